//! How records relate to a subject (D7): the ways over references, and which of them is taken.

use lead_diag::InOrder;
use std::collections::HashSet;
use std::sync::Arc;

use lead_diag::{Applicability, Diagnostic, Edit, Fix, Span, codes};
use lead_syntax::ast;

use super::body::Body;
use super::{Cx, Item, Ways};
use crate::hir::{FieldId, Hop, Relation, TableId, Ty};
use crate::suggest::list;

/// In group 3 at most four references are followed.
const LONGEST: usize = 4;
/// More ways than this are ambiguous whatever `via` says; a bound on the search in dense schemas.
const MOST: usize = 64;

struct Search<'s> {
    forward: &'s [Vec<(FieldId, TableId)>],
    back: &'s [Vec<(TableId, FieldId)>],
    to: TableId,
    /// Steps that are still allowed.
    budget: u32,
    found: Vec<Vec<Hop>>,
}

impl Search<'_> {
    /// Chains of references alone, no table twice, except that both ends may be one table.
    fn chains(&mut self, at: TableId, seen: &mut Vec<TableId>, hops: &mut Vec<Hop>) {
        let forward = self.forward;
        for (field, next) in &forward[at.0 as usize] {
            if self.budget == 0 || self.found.len() >= MOST {
                return;
            }
            self.budget -= 1;
            hops.push(Hop::Forward(*field));
            if *next == self.to {
                self.found.push(hops.clone());
            } else if !seen.contains(next) {
                seen.push(*next);
                self.chains(*next, seen, hops);
                seen.pop();
            }
            hops.pop();
        }
    }

    /// Simple walks in both directions; events stand only at the ends.
    fn walks(&mut self, at: TableId, events: &[bool], seen: &mut Vec<TableId>, hops: &mut Vec<Hop>) {
        if hops.len() >= LONGEST || self.budget == 0 || self.found.len() >= MOST {
            return;
        }
        let (forward, back) = (self.forward, self.back);
        let onward = forward[at.0 as usize].iter().map(|(f, t)| (Hop::Forward(*f), *t));
        let inward = back[at.0 as usize].iter().map(|(t, f)| (Hop::Back(*t, *f), *t));
        for (hop, next) in onward.chain(inward) {
            self.budget = self.budget.saturating_sub(1);
            // Back over a reference and along it again leads to the record itself.
            if let (Some(Hop::Back(_, came)), Hop::Forward(field)) = (hops.last(), hop)
                && *came == field
                && seen.last() == Some(&at)
            {
                continue;
            }
            hops.push(hop);
            if next == self.to {
                self.found.push(hops.clone());
            } else if !seen.contains(&next) && !events[next.0 as usize] {
                seen.push(next);
                self.walks(next, events, seen, hops);
                seen.pop();
            }
            hops.pop();
        }
    }
}

fn is_forward(way: &[Hop]) -> bool {
    way.iter().all(|h| matches!(h, Hop::Forward(_)))
}

fn is_back(way: &[Hop]) -> bool {
    way.iter().all(|h| matches!(h, Hop::Back(..)))
}

impl Cx<'_> {
    /// All ways from records of one table to records of another, by group, shortest first.
    pub(crate) fn ways(&mut self, from: TableId, to: TableId) -> Ways {
        if let Some(known) = self.ways.get(&(from, to)) {
            return known.clone();
        }
        let tables = self.tables.len();
        let mut forward = vec![Vec::new(); tables];
        let mut back = vec![Vec::new(); tables];
        for (i, table) in self.tables.iter().enumerate() {
            for (f, field) in table.fields.iter().enumerate() {
                if let Ty::Record(other) = field.ty {
                    forward[i].push((FieldId(f as u32), other));
                    back[other.0 as usize].push((TableId(i as u32), FieldId(f as u32)));
                }
            }
        }
        let events: Vec<bool> = self.tables.iter().map(|t| t.is_event()).collect();
        let search = |to| Search { forward: &forward, back: &back, to, budget: 20_000, found: Vec::new() };
        // Group 1: from the records to the subject; turned around, the ways begin at the subject.
        let mut inward = search(from);
        inward.chains(to, &mut vec![to], &mut Vec::new());
        let first: Vec<Vec<Hop>> = inward.found.iter().map(|way| self.turned(to, way)).collect();
        let mut outward = search(to);
        if from != to {
            outward.chains(from, &mut vec![from], &mut Vec::new());
        }
        let mut any = search(to);
        any.walks(from, &events, &mut vec![from], &mut Vec::new());
        let mut third = any.found;
        third.retain(|way| !is_forward(way) && !is_back(way));
        let mut groups = [first, outward.found, third];
        groups.iter_mut().for_each(|g| g.in_order_by_key(Vec::len));
        let ways = Arc::new(groups);
        self.ways.insert((from, to), ways.clone());
        ways
    }

    /// A chain of references seen from its other end.
    fn turned(&self, start: TableId, way: &[Hop]) -> Vec<Hop> {
        let mut at = start;
        let mut turned = Vec::new();
        for hop in way {
            if let Hop::Forward(field) = hop {
                turned.push(Hop::Back(at, *field));
                if let Ty::Record(next) = self.field_ty(at, *field) {
                    at = *next;
                }
            }
        }
        turned.reverse();
        turned
    }

    /// The names that a way passes: references and the tables between.
    fn passes(&self, from: TableId, way: &[Hop]) -> HashSet<String> {
        let mut names = HashSet::new();
        let mut at = from;
        for (i, hop) in way.iter().enumerate() {
            let (table, field) = match hop {
                Hop::Forward(field) => (at, *field),
                Hop::Back(table, field) => (*table, *field),
            };
            let declared = &self.table(table).fields[field.0 as usize];
            names.insert(declared.name.key.clone());
            at = match (hop, &declared.ty) {
                (Hop::Back(table, _), _) => *table,
                (Hop::Forward(_), Ty::Record(next)) => *next,
                _ => at,
            };
            if i + 1 < way.len() {
                names.insert(self.table(at).name.key.clone());
            }
        }
        names
    }

    /// `contact -> company <- deal (by company)`
    fn way_text(&self, from: TableId, way: &[Hop]) -> String {
        let mut at = from;
        let mut text = self.table_name(from).to_string();
        for hop in way {
            match hop {
                Hop::Forward(field) => {
                    let declared = &self.table(at).fields[field.0 as usize];
                    if let Ty::Record(next) = declared.ty {
                        at = next;
                    }
                    text.push_str(&format!(" -> {}", self.table_name(at)));
                    if declared.name.key != self.table(at).name.key {
                        text.push_str(&format!(" (`{}`)", declared.name.text));
                    }
                }
                Hop::Back(table, field) => {
                    let declared = &self.table(*table).fields[field.0 as usize];
                    text.push_str(&format!(" <- {}", self.table_name(*table)));
                    if declared.name.key != self.table(at).name.key {
                        text.push_str(&format!(" (`{}`)", declared.name.text));
                    }
                    at = *table;
                }
            }
        }
        text
    }
}

impl Body<'_, '_> {
    /// The way from records of one table to those of another; `None`: reported.
    pub fn relate(&mut self, from: TableId, to: TableId, via: Option<&ast::Name>, target: Span) -> Option<Relation> {
        let ways = self.cx.ways(from, to);
        let key = via.map(ast::Name::key);
        let mut taken: Vec<Vec<Hop>> = Vec::new();
        for group in ways.iter() {
            taken = match &key {
                None => group.clone(),
                Some(key) => group.iter().filter(|w| self.cx.passes(from, w).contains(key)).cloned().collect(),
            };
            if !taken.is_empty() {
                break;
            }
        }
        match taken.as_slice() {
            [] => {
                self.no_relation(from, to, via, target, &ways);
                None
            }
            [only] => {
                if let Some(via) = via {
                    self.note_via(from, only, via);
                }
                Some(Relation::Hops(only.clone()))
            }
            several => {
                self.ambiguous(from, to, several, target);
                None
            }
        }
    }

    /// What the name behind `via` stands for: a reference on the way, else a table between.
    fn note_via(&mut self, from: TableId, way: &[Hop], via: &ast::Name) {
        let key = via.key();
        let mut at = from;
        for hop in way {
            let (table, field) = match hop {
                Hop::Forward(field) => (at, *field),
                Hop::Back(table, field) => (*table, *field),
            };
            let declared = &self.cx.table(table).fields[field.0 as usize];
            if declared.name.key == key {
                return self.cx.note_field(via.span, table, field);
            }
            at = match (hop, &declared.ty) {
                (Hop::Back(table, _), _) => *table,
                (Hop::Forward(_), Ty::Record(next)) => *next,
                _ => at,
            };
            if self.cx.table(at).name.key == key {
                return self.cx.note_table(via.span, at);
            }
        }
    }

    fn no_relation(&mut self, from: TableId, to: TableId, via: Option<&ast::Name>, target: Span, ways: &Ways) {
        let (subject, records) = (self.cx.table_name(from).to_string(), self.cx.table_name(to).to_string());
        let all: Vec<&Vec<Hop>> = ways.iter().flatten().collect();
        if let Some(via) = via
            && !all.is_empty()
        {
            if self.cx.named(&via.key()) == Some(Item::Broken) {
                return;
            }
            let mut names: Vec<String> = all.iter().flat_map(|w| self.cx.passes(from, w)).collect();
            names.in_order();
            names.dedup();
            let near = self.cx.nearest(&via.text, names.iter().map(String::as_str));
            let found = Diagnostic::new(
                codes::NO_RELATION,
                format!("no way from `{subject}` to `{records}` goes through `{}`", via.text),
            )
            .label(via.span, "on none of the ways");
            let found = match near {
                Some(near) => super::unknown::did_you_mean(found, via.span, &near),
                None => found.help(format!("the ways go through {}", list(names.iter().map(String::as_str)))),
            };
            return self.report(found);
        }
        // A reference that was reported may have been the way.
        let broken = |t: TableId| self.cx.table(t).fields.iter().any(|f| f.ty == Ty::Error);
        if broken(from) || broken(to) {
            return;
        }
        let found = Diagnostic::new(codes::NO_RELATION, format!("nothing relates `{records}` to `{subject}`"))
            .label(target, format!("which {records} belongs to a {subject}?"))
            .label(self.cx.table(to).name_span, format!("no reference leads from here to `{subject}`"));
        let help = if self.cx.table(to).is_event() {
            format!("declare whose event it is: `event {records} of {subject} from …`")
        } else {
            format!("declare a reference: `{subject} -> {subject}` below `entity {records}`")
        };
        self.report(found.help(help));
    }

    /// A reference that one of the ways begins with.
    fn by_reference(&self, from: TableId, ways: &[Vec<Hop>]) -> Option<String> {
        ways.iter().find_map(|way| match way.first()? {
            Hop::Forward(field) => Some(self.cx.table(from).fields[field.0 as usize].name.text.clone()),
            Hop::Back(..) => None,
        })
    }

    fn ambiguous(&mut self, from: TableId, to: TableId, ways: &[Vec<Hop>], target: Span) {
        let (subject, records) = (self.cx.table_name(from).to_string(), self.cx.table_name(to).to_string());
        let mut found = Diagnostic::new(
            codes::AMBIGUOUS_RELATION,
            format!(
                "`{records}` relates to `{subject}` in {} ways",
                if ways.len() >= MOST { "many".into() } else { ways.len().to_string() }
            ),
        )
        .label(target, "which of them is meant?");
        let names: Vec<HashSet<String>> = ways.iter().map(|w| self.cx.passes(from, w)).collect();
        let mut vias = Vec::new();
        for (i, way) in ways.iter().enumerate().take(6) {
            // A name that this way alone passes.
            let others = |n: &String| names.iter().enumerate().any(|(j, o)| j != i && o.contains(n));
            let mut own: Vec<&String> = names[i].iter().filter(|n| !others(n)).collect();
            own.in_order();
            let text = self.cx.way_text(from, way);
            match own.first() {
                Some(name) => {
                    found = found.note(format!("`via {name}`: {text}"));
                    vias.push(super::unknown::needs_backticks(name));
                }
                None => found = found.note(format!("one way: {text}")),
            }
        }
        found = found.help(match vias.first() {
            Some(name) => format!("say which by a name on the way, such as `{records} via {name}`"),
            None => match self.by_reference(from, ways) {
                Some(name) => format!("follow a reference by name instead, such as `{name}.{records}`"),
                None => "declare the reference that is meant in the entity itself".to_string(),
            },
        });
        for via in vias {
            found = found.fix(Fix {
                title: format!("add `via {via}`"),
                applicability: Applicability::Unsafe,
                edits: vec![Edit { span: target.after(), text: format!(" via {via}") }],
            });
        }
        self.report(found);
    }
}
