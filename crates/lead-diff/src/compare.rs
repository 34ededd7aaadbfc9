//! Which definitions, tables and fields were added, removed, renamed, changed, or only look another way; and what rests on them.

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::discriminant;

use lead_diag::{SourceMap, Span};
use lead_hir::Config;
use lead_hir::hir::{Def, DefId, DefKind, FieldId, Lexicon, TableId, Ty};

use crate::class::is_column;
use crate::meaning::{Item, Meaning, of_def, of_field, of_table};
use crate::names::Names;
use crate::settings::{self, Setting};

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// What it means.
    pub lexicon: &'a Lexicon,
    /// Its texts.
    pub sources: &'a SourceMap,
    /// What the names of its files begin with, which is no difference: the path of its folder.
    pub folder: &'a str,
    /// Its settings.
    pub config: &'a Config,
}

/// What differs between two versions.
#[derive(Clone, Debug)]
pub struct Diff {
    /// What changed, in order of the newer version, then what was removed, in order of the older one.
    pub changes: Vec<Change>,
    /// How many definitions and tables are as they were.
    pub same: usize,
    /// Settings that all answers rest on: key, before, after.
    pub settings: Vec<Setting>,
    /// Titles of examples that are new, gone, and other than they were.
    pub examples: [Vec<String>; 3],
    /// Canonical names of the older version.
    pub base_names: Names,
    /// Canonical names of the newer version.
    pub head_names: Names,
}

/// One thing that changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// `term`, `value`, `entity`, `field`, …
    pub what: &'static str,
    /// Its name; the newer one.
    pub name: String,
    /// The entity that it is asked of or belongs to.
    pub of: Option<String>,
    /// What became of it.
    pub how: How,
    /// In the older version.
    pub base: Option<Item>,
    /// In the newer version.
    pub head: Option<Item>,
    /// Its statement or line in the older version.
    pub base_span: Option<Span>,
    /// Its statement or line in the newer version.
    pub head_span: Option<Span>,
    /// The definitions that name it: of the older version where the name is gone, else of the newer one.
    pub used_by: Vec<String>,
    /// Whether the answers have a column or file of it.
    pub is_column: bool,
    /// Whether it is a term on both sides.
    pub is_term: bool,
    /// Whether its answers are of another kind than before, or asked of another entity.
    pub other_type: bool,
    /// Fields, tables and settings that changed and that it rests on: what is read is another thing, whatever its words say.
    pub reads: Vec<String>,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It means the same and has another name.
    Renamed {
        /// The name it had.
        from: String,
    },
    /// It means the same.
    Cosmetic(Vec<Cosmetic>),
    /// It means something else.
    Changed,
    /// It says the same, and what it rests on changed.
    Affected {
        /// What changed.
        through: Vec<String>,
    },
}

/// What may change without changing an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cosmetic {
    /// Words and signs that mean the same, line ends, blanks, comments.
    Layout,
    /// The spelling of the name.
    Spelling,
    /// The documentation.
    Documentation,
    /// The reasons that are given.
    Reasons,
    /// The file, or the order.
    Moved,
}

/// Compares two versions of a lexicon. Neither needs to be free of errors: a definition with an error has no meaning, and differs
/// from one that has.
pub fn compare(base: Version, head: Version) -> Diff {
    let mut pairing = Pairing::new(base, head);
    // A name that is found to be another one's may show further ones to be alike.
    while pairing.find_renamed() {}
    pairing.finish()
}

/// Both sides while they are compared.
pub(crate) struct Pairing<'a> {
    pub(crate) base: Version<'a>,
    pub(crate) head: Version<'a>,
    pub(crate) base_names: Names,
    pub(crate) head_names: Names,
    pub(crate) base_meanings: Vec<Meaning>,
    pub(crate) head_meanings: Vec<Meaning>,
}

fn meanings(lexicon: &Lexicon, names: &Names) -> Vec<Meaning> {
    lexicon.defs.iter().map(|def| of_def(lexicon, names, def)).collect()
}

/// Definitions by name; the first where a name stands twice.
fn by_name(lexicon: &Lexicon, names: &Names) -> HashMap<String, DefId> {
    let mut out = HashMap::new();
    for (id, _) in lexicon.def_ids() {
        out.entry(names.def(id).to_owned()).or_insert(id);
    }
    out
}

impl<'a> Pairing<'a> {
    fn new(base: Version<'a>, head: Version<'a>) -> Pairing<'a> {
        let (base_names, head_names) = (Names::of(base.lexicon), Names::of(head.lexicon));
        let base_meanings = meanings(base.lexicon, &base_names);
        let head_meanings = meanings(head.lexicon, &head_names);
        Pairing { base, head, base_names, head_names, base_meanings, head_meanings }
    }

    /// Gives what was renamed its old name. Whether there was anything.
    fn find_renamed(&mut self) -> bool {
        let renamed = self.renamed_tables() | self.renamed_fields() | self.renamed_defs();
        if renamed {
            self.head_meanings = meanings(self.head.lexicon, &self.head_names);
        }
        renamed
    }

    fn renamed_tables(&mut self) -> bool {
        let lone = |lexicon: &Lexicon, names: &Names, others: &Names| -> Vec<TableId> {
            lexicon.table_ids().map(|t| t.0).filter(|t| others.table_named(names.table(*t)).is_none()).collect()
        };
        let gone = lone(self.base.lexicon, &self.base_names, &self.head_names);
        let mut new = lone(self.head.lexicon, &self.head_names, &self.base_names);
        let mut any = false;
        for old in gone {
            // Under one name, both must mean the same.
            let name = self.base_names.table(old).to_owned();
            let meaning = self.whole_table(self.base.lexicon, &self.base_names, old);
            let alike = new.iter().position(|id| {
                let mut names = self.head_names.clone();
                names.rename_table(*id, &name);
                self.whole_table(self.head.lexicon, &names, *id) == meaning
            });
            if let Some(at) = alike {
                self.head_names.rename_table(new.remove(at), &name);
                any = true;
            }
        }
        any
    }

    /// What a table and its fields mean.
    fn whole_table(&self, lexicon: &Lexicon, names: &Names, id: TableId) -> String {
        let fields = (0..lexicon.table(id).fields.len() as u32).map(FieldId);
        let fields = fields.map(|f| format!("{}: {}", names.field(id, f), of_field(lexicon, names, id, f)));
        format!("{}; {}", of_table(lexicon, names, id), fields.collect::<Vec<_>>().join("; "))
    }

    fn renamed_fields(&mut self) -> bool {
        let mut any = false;
        for (old_table, _) in self.base.lexicon.table_ids() {
            let Some(new_table) = self.head_names.table_named(self.base_names.table(old_table)) else { continue };
            let count = |lexicon: &Lexicon, t: TableId| (0..lexicon.table(t).fields.len() as u32).map(FieldId);
            let gone = count(self.base.lexicon, old_table)
                .filter(|f| self.head_names.field_named(new_table, self.base_names.field(old_table, *f)).is_none());
            let mut new: Vec<FieldId> = count(self.head.lexicon, new_table)
                .filter(|f| self.base_names.field_named(old_table, self.head_names.field(new_table, *f)).is_none())
                .collect();
            for old in gone.collect::<Vec<_>>() {
                let meaning = of_field(self.base.lexicon, &self.base_names, old_table, old);
                let read = |f: &FieldId| of_field(self.head.lexicon, &self.head_names, new_table, *f);
                let alike = new.iter().position(|f| read(f) == meaning);
                if let Some(at) = alike {
                    let name = self.base_names.field(old_table, old).to_owned();
                    self.head_names.rename_field(new_table, new.remove(at), &name);
                    any = true;
                }
            }
        }
        any
    }

    fn renamed_defs(&mut self) -> bool {
        let (old, new) = (by_name(self.base.lexicon, &self.base_names), by_name(self.head.lexicon, &self.head_names));
        let mut fresh: BTreeMap<&str, Vec<DefId>> = BTreeMap::new();
        let mut ids: Vec<DefId> = new.iter().filter(|(name, _)| !old.contains_key(*name)).map(|n| *n.1).collect();
        ids.sort_unstable();
        for id in ids {
            let is_error = matches!(self.head.lexicon.def(id).kind, DefKind::Error);
            if !is_error {
                fresh.entry(&self.head_meanings[id.0 as usize].text).or_default().push(id);
            }
        }
        let mut gone: Vec<DefId> = old.iter().filter(|(name, _)| !new.contains_key(*name)).map(|n| *n.1).collect();
        gone.sort_unstable();
        let mut renamed = Vec::new();
        for id in gone {
            if let Some(alike) = fresh.get_mut(self.base_meanings[id.0 as usize].text.as_str())
                && !alike.is_empty()
            {
                renamed.push((alike.remove(0), self.base_names.def(id).to_owned()));
            }
        }
        for (id, name) in &renamed {
            self.head_names.rename_def(*id, name);
        }
        !renamed.is_empty()
    }

    fn finish(self) -> Diff {
        let mut settings = settings::of_lexicon(self.base.lexicon, self.head.lexicon);
        let mut found = Vec::new();
        let mut same = 0;
        let (old, new) = (by_name(self.base.lexicon, &self.base_names), by_name(self.head.lexicon, &self.head_names));
        let moved = self.moved(&old, &new);
        // What changed in itself, as ids of the newer version.
        let mut roots: Vec<(Item, String)> = Vec::new();
        let (of_sources, read) = settings::of_sources(self.base.config, self.head.config, self.head.lexicon);
        roots.extend(read.into_iter().map(|(table, name)| (Item::Table(table), name)));
        self.tables(&mut found, &mut roots, &moved, &mut same);
        for (id, def) in self.head.lexicon.def_ids() {
            let name = self.head_names.def(id);
            if new.get(name) != Some(&id) {
                continue;
            }
            let change = match old.get(name) {
                None => self.def_change(None, Some(id), How::Added),
                Some(before) => match self.how_def(*before, id, &moved) {
                    Some(how) => {
                        if how == How::Changed && !self.same_text(*before, id) {
                            roots.push((Item::Def(id), def.name.text.clone()));
                        }
                        self.def_change(Some(*before), Some(id), how)
                    }
                    None => {
                        same += 1;
                        continue;
                    }
                },
            };
            found.push(change);
        }
        let mut gone: Vec<DefId> = old.iter().filter(|(name, _)| !new.contains_key(*name)).map(|n| *n.1).collect();
        gone.sort_unstable();
        found.extend(gone.into_iter().map(|id| self.def_change(Some(id), None, How::Removed)));
        let before = found.len();
        self.affected(&mut found, &roots, &settings, &old);
        settings.extend(of_sources);
        same = same.saturating_sub(found.len() - before);
        self.fill_users(&mut found);
        found.in_order_by_key(|c| (c.head_span.is_none(), c.head_span.or(c.base_span).map(|s| (s.file, s.start))));
        let examples = self.examples();
        Diff { changes: found, same, settings, examples, base_names: self.base_names, head_names: self.head_names }
    }

    /// Whether both sides say it in the same words.
    fn same_text(&self, before: DefId, after: DefId) -> bool {
        let text = |version: &Version, def: &Def| version.sources.slice(def.span).to_owned();
        text(&self.base, self.base.lexicon.def(before)) == text(&self.head, self.head.lexicon.def(after))
    }

    pub(crate) fn says_the_same(&self, change: &Change) -> bool {
        match (&change.how, change.base, change.head) {
            (How::Changed, Some(Item::Def(before)), Some(Item::Def(after))) => self.same_text(before, after),
            _ => false,
        }
    }

    /// What became of a definition that is on both sides; `None`: nothing.
    fn how_def(&self, before: DefId, after: DefId, moved: &BTreeSet<Item>) -> Option<How> {
        let (old, new) = (self.base.lexicon.def(before), self.head.lexicon.def(after));
        let (was, is) = (&self.base_meanings[before.0 as usize], &self.head_meanings[after.0 as usize]);
        if was.text != is.text {
            return Some(How::Changed);
        }
        if old.name.key != new.name.key {
            return Some(How::Renamed { from: old.name.text.clone() });
        }
        let mut cosmetic = Vec::new();
        let text = |version: &Version, def: &Def| {
            let whole = version.sources.slice(def.span);
            // The name and the reasons have kinds of their own.
            let mut text = whole.replacen(version.sources.slice(def.name_span), "", 1);
            for because in &is.reasons {
                text = text.replace(because.as_str(), "");
            }
            text
        };
        if was.reasons == is.reasons && text(&self.base, old) != text(&self.head, new) {
            cosmetic.push(Cosmetic::Layout);
        }
        if old.name.text != new.name.text {
            cosmetic.push(Cosmetic::Spelling);
        }
        if old.docs != new.docs {
            cosmetic.push(Cosmetic::Documentation);
        }
        if was.reasons != is.reasons {
            cosmetic.push(Cosmetic::Reasons);
        }
        if moved.contains(&Item::Def(after)) {
            cosmetic.push(Cosmetic::Moved);
        }
        (!cosmetic.is_empty()).then_some(How::Cosmetic(cosmetic))
    }

    pub(crate) fn def_change(&self, before: Option<DefId>, after: Option<DefId>, how: How) -> Change {
        let (old, new) = (before.map(|d| self.base.lexicon.def(d)), after.map(|d| self.head.lexicon.def(d)));
        let (lexicon, def) = match (new, old) {
            (Some(new), _) => (self.head.lexicon, Some(new)),
            (None, old) => (self.base.lexicon, old),
        };
        let is_term = |d: Option<&Def>| d.is_some_and(|d| matches!(d.kind, DefKind::Term(_)));
        Change {
            what: def.map_or("definition", |d| d.kind.word()),
            name: def.map_or(String::new(), |d| d.name.text.clone()),
            of: def.and_then(|d| d.subject).map(|s| lexicon.table(s).name.text.clone()),
            how,
            base: before.map(Item::Def),
            head: after.map(Item::Def),
            base_span: old.map(|d| d.span),
            head_span: new.map(|d| d.span),
            used_by: Vec::new(),
            is_column: old.or(new).is_some_and(|d| is_column(&d.kind)),
            is_term: is_term(old) && is_term(new),
            other_type: old.zip(new).is_some_and(|(old, new)| self.other_type(old, new)),
            reads: Vec::new(),
        }
    }

    /// Whether the answers of a definition are of another kind.
    fn other_type(&self, old: &Def, new: &Def) -> bool {
        if matches!(old.kind, DefKind::Error) || matches!(new.kind, DefKind::Error) {
            return false;
        }
        let subject = |names: &Names, def: &Def| def.subject.map(|s| names.table(s).to_owned());
        let lost = |old: &DefKind, new: &DefKind| match (old, new) {
            (DefKind::Metric(old), DefKind::Metric(new)) => {
                old.by.iter().any(|d| !new.by.iter().any(|n| n.name.key == d.name.key))
            }
            _ => false,
        };
        // A list of answers is a text, however it is written down.
        let ty = |ty: &Ty, names: &Names| match ty {
            Ty::OneOf(_) => "text".to_owned(),
            Ty::Record(table) => names.table(*table).to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        discriminant(&old.kind) != discriminant(&new.kind)
            || subject(&self.base_names, old) != subject(&self.head_names, new)
            || ty(&old.ty, &self.base_names) != ty(&new.ty, &self.head_names)
            || lost(&old.kind, &new.kind)
    }

    /// Titles of examples that are new, gone, and other than they were.
    fn examples(&self) -> [Vec<String>; 3] {
        let of = |version: &Version| -> BTreeMap<String, BTreeSet<String>> {
            let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for example in &version.lexicon.examples {
                let text = version.sources.slice(example.span).split_whitespace().collect::<Vec<_>>().join(" ");
                out.entry(example.title.clone()).or_default().insert(text);
            }
            out
        };
        let (old, new) = (of(&self.base), of(&self.head));
        let added = new.keys().filter(|t| !old.contains_key(*t)).cloned().collect();
        let removed = old.keys().filter(|t| !new.contains_key(*t)).cloned().collect();
        let changed = new.iter().filter(|(t, texts)| old.get(*t).is_some_and(|o| o != *texts));
        [added, removed, changed.map(|(t, _)| t.clone()).collect()]
    }
}

impl Diff {
    /// Definitions of the newer version whose answers may be others than before, with those of the older one.
    pub fn moving(&self) -> impl Iterator<Item = (&Change, DefId, DefId)> {
        self.changes.iter().filter_map(|change| match (change.base, change.head, &change.how) {
            (Some(Item::Def(before)), Some(Item::Def(after)), How::Changed | How::Affected { .. }) => {
                Some((change, before, after))
            }
            _ => None,
        })
    }

    /// Whether nothing at all differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.settings.is_empty() && self.examples.iter().all(Vec::is_empty)
    }
}
