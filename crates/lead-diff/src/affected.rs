//! What rests on what changed: definitions that say the same and mean something else, and those whose records are read otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lead_hir::hir::{DefId, Lexicon};

use crate::compare::{Change, How, Pairing, Version};
use crate::meaning::{Item, Meaning, of_tables};
use crate::settings::Setting;

/// The definitions that rest on each thing.
struct Users {
    direct: BTreeMap<Item, Vec<DefId>>,
}

impl Users {
    fn of(lexicon: &Lexicon, meanings: &[Meaning]) -> Users {
        let mut direct: BTreeMap<Item, Vec<DefId>> = BTreeMap::new();
        for (id, _) in lexicon.def_ids() {
            for item in &meanings[id.0 as usize].uses {
                direct.entry(*item).or_default().push(id);
                // Whoever reads a field reads the records that have it.
                if let Item::Field(table, _) = item {
                    direct.entry(Item::Table(*table)).or_default().push(id);
                }
            }
        }
        Users { direct }
    }

    /// All that rest on any of these, however far.
    fn all(&self, mut open: Vec<Item>) -> BTreeSet<DefId> {
        let mut seen = BTreeSet::new();
        while let Some(item) = open.pop() {
            for user in self.direct.get(&item).into_iter().flatten() {
                if seen.insert(*user) {
                    open.push(Item::Def(*user));
                }
            }
        }
        seen
    }
}

impl Pairing<'_> {
    /// Adds the definitions that rest on what changed, and say the same as before; and to each change what it reads otherwise.
    /// `roots`: what changed in itself, as ids of the newer version.
    pub(crate) fn affected(
        &self,
        found: &mut Vec<Change>,
        roots: &[(Item, String)],
        settings: &[Setting],
        old: &HashMap<String, DefId>,
    ) {
        let users = Users::of(self.head.lexicon, &self.head_meanings);
        let mut through: BTreeMap<DefId, BTreeSet<&str>> = BTreeMap::new();
        let mut reads: BTreeMap<DefId, BTreeSet<&str>> = BTreeMap::new();
        for (root, name) in roots {
            for user in users.all(vec![*root]) {
                through.entry(user).or_default().insert(name);
                if !matches!(root, Item::Def(_)) {
                    reads.entry(user).or_default().insert(name);
                }
            }
        }
        if !settings.is_empty() {
            let timely = self.timely(&users);
            for (key, _, _) in settings {
                for id in &timely {
                    through.entry(*id).or_default().insert(key);
                    reads.entry(*id).or_default().insert(key);
                }
            }
        }
        for (id, names) in through {
            // What changed itself, or is new, is there already; what only looks another way is more than that.
            let listed = found.iter().position(|c| c.head == Some(Item::Def(id)));
            let how = How::Affected { through: names.iter().map(|n| (*n).to_owned()).collect() };
            match listed {
                Some(at) if matches!(found[at].how, How::Cosmetic(_)) => found[at].how = how,
                // The same words mean something else, because what they name does.
                Some(at) if self.says_the_same(&found[at]) => found[at].how = how,
                Some(_) => {}
                None => {
                    let Some(before) = old.get(self.head_names.def(id)) else { continue };
                    found.push(self.def_change(Some(*before), Some(id), how));
                }
            }
        }
        for change in found {
            if let Some(Item::Def(id)) = change.head {
                change.reads = reads.get(&id).into_iter().flatten().map(|n| (*n).to_owned()).collect();
            }
        }
    }

    /// The definitions whose answers may be others in another time zone or fiscal year.
    fn timely(&self, users: &Users) -> BTreeSet<DefId> {
        let lexicon = self.head.lexicon;
        let own = |id: &DefId| self.head_meanings[id.0 as usize].is_timely;
        let first: BTreeSet<DefId> = lexicon.def_ids().map(|d| d.0).filter(own).collect();
        let defs = first.iter().map(|id| Item::Def(*id));
        let tables = of_tables(lexicon, &self.head_names).into_iter().filter(|(_, m)| m.is_timely);
        let mut all = users.all(defs.chain(tables.map(|(id, _)| Item::Table(id))).collect());
        all.extend(first);
        all
    }

    /// Who names each thing that changed.
    pub(crate) fn fill_users(&self, found: &mut [Change]) {
        let users = |version: &Version, meanings: &[Meaning], item: Item| -> Vec<String> {
            let uses = |id: DefId| {
                let uses = &meanings[id.0 as usize].uses;
                let of_table = |u: &Item| matches!((u, item), (Item::Field(t, _), Item::Table(wanted)) if *t == wanted);
                uses.contains(&item) || uses.iter().any(of_table)
            };
            let defs = version.lexicon.def_ids().filter(|(id, _)| Item::Def(*id) != item && uses(*id));
            defs.map(|(_, d)| d.name.text.clone()).collect()
        };
        for change in found {
            let gone = matches!(change.how, How::Removed | How::Renamed { .. });
            change.used_by = match (change.base, change.head) {
                (Some(item), _) if gone => users(&self.base, &self.base_meanings, item),
                (_, Some(item)) => users(&self.head, &self.head_meanings, item),
                (Some(item), None) => users(&self.base, &self.base_meanings, item),
                (None, None) => Vec::new(),
            };
        }
    }
}
