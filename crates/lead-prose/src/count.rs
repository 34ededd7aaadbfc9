//! How many records there are: `viewed more than 5 pages`, `has 2 or more contacts who are anonymous leads`.

use lead_hir::hir::{CompareOp, Hop, Records, Relation, TableKind, WindowKind};

use crate::clause::{Before, Clause, Voice, Who};
use crate::english::{COME, HAVE, Verb, article, doing, doing_alone, plural};
use crate::kind::is_person;
use crate::prose::{Prose, prose};
use crate::speaker::Speaker;
use crate::window::{is_ahead, is_over, number};

/// How many.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Quantity {
    /// At least one.
    Some,
    None,
    /// Other numbers: what stands before the noun.
    Many(String),
}

impl Quantity {
    /// `x op n`
    pub fn new(op: CompareOp, n: f64) -> Option<Quantity> {
        let said = number(n);
        Some(match op {
            CompareOp::Greater if n == 0.0 => Quantity::Some,
            CompareOp::GreaterEqual if n == 1.0 => Quantity::Some,
            CompareOp::NotEqual if n == 0.0 => Quantity::Some,
            CompareOp::Equal | CompareOp::LessEqual if n == 0.0 => Quantity::None,
            CompareOp::Less if n == 1.0 => Quantity::None,
            CompareOp::Greater => Quantity::Many(format!("more than {said}")),
            CompareOp::GreaterEqual => Quantity::Many(format!("{said} or more")),
            CompareOp::Less => Quantity::Many(format!("fewer than {said}")),
            CompareOp::LessEqual => Quantity::Many(format!("at most {said}")),
            CompareOp::Equal => Quantity::Many(format!("exactly {said}")),
            CompareOp::NotEqual => Quantity::Many(format!("another number than {said} of")),
            _ => return None,
        })
    }
}

/// What is done with what.
struct Doing {
    verb: Verb,
    /// What: `page`; nothing where it is counted in times.
    object: Option<String>,
    /// Behind the object: `sent`.
    tail: &'static str,
}

impl Speaker<'_> {
    /// A clause about how many records there are. A window that reaches them is left open.
    pub fn how_many(&mut self, records: &Records, quantity: &Quantity, window: Option<WindowKind>) -> Clause {
        let lexicon = self.lexicon;
        let own = records.window.as_ref().map(|w| w.kind);
        let is_event = lexicon.table(records.table).is_event();
        // What is planned is there already; it is not done.
        let planned = is_event && own.or(window).is_some_and(is_ahead);
        let events = is_event && !planned;
        let passed = window.filter(|_| !is_event);
        let window = own.or(window.filter(|_| is_event));
        let direct = self.is_direct(records);
        let doing = self.doing(records, direct && events);
        let many = matches!(quantity, Quantity::Many(_));
        let which = self.which(records, passed, many);
        let mut object = match (&doing.object, records.member_of, quantity) {
            (None, _, Quantity::Some) if doing.verb == COME => "at least once".into(),
            (None, _, Quantity::Some) => Prose::default(),
            (None, _, Quantity::None) => Prose::default(),
            (None, _, Quantity::Many(n)) => format!("{n} times").into(),
            (Some(_), Some(term), quantity) => {
                let name = &self.def(term).name.text;
                match quantity {
                    Quantity::Some => prose![article(name), " ", Prose::def(term, name)],
                    Quantity::None => prose!["no ", Prose::def(term, name)],
                    Quantity::Many(n) => prose![n.as_str(), " ", Prose::def(term, plural(name))],
                }
            }
            (Some(object), None, Quantity::Some) => prose![article(object), " ", Prose::theirs(object)],
            (Some(object), None, Quantity::None) if events => prose![article(object), " ", Prose::theirs(object)],
            (Some(object), None, Quantity::None) => prose!["no ", Prose::theirs(object)],
            (Some(object), None, Quantity::Many(n)) => {
                let one = n.ends_with(" 1");
                prose![n.as_str(), " ", Prose::theirs(if one { object.clone() } else { plural(object) })]
            }
        };
        if !doing.tail.is_empty() {
            object.push(format!(" {}", doing.tail));
        }
        object.push(self.through(records));
        object.push(which);
        let Verb { base, past, participle } = doing.verb;
        let none = *quantity == Quantity::None;
        let verb = match (events, none) {
            (true, true) if window.is_some_and(is_over) => (format!("did not {base}"), format!("did not {base}")),
            (true, true) => (format!("has not {participle}"), format!("have not {participle}")),
            (true, false) => (past.to_string(), past.to_string()),
            (false, _) => match self.parent(records) {
                Some(role) => (format!("is the {role} of"), format!("are the {role} of")),
                None => ("has".into(), "have".into()),
            },
        };
        let who = self.record(records.up, &records.path);
        let clause = Clause::new(who, (&verb.0, &verb.1), object).negative(none);
        match own {
            // Its own window is said where it stands.
            Some(kind) => Clause { when: Some(crate::clause::When::Here(kind)), ..clause },
            None => clause.within(window.filter(|_| is_event)),
        }
    }

    /// How records of the same table call the record: `parent`.
    fn parent(&self, records: &Records) -> Option<String> {
        let Relation::Hops(hops) = &records.relation else { return None };
        match hops.as_slice() {
            [Hop::Back(table, field)] if Some(*table) == self.arrives(records.up, &records.path) => {
                Some(self.lexicon.field(*table, *field).name.text.clone())
            }
            _ => None,
        }
    }

    /// Whether events are those whose subject the record is.
    pub fn is_direct(&self, records: &Records) -> bool {
        let TableKind::Event { subject: Some(subject), .. } = self.lexicon.table(records.table).kind else {
            return false;
        };
        matches!(&records.relation, Relation::Hops(hops) if hops.as_slice() == [Hop::Back(records.table, subject)])
    }

    fn doing(&self, records: &Records, direct: bool) -> Doing {
        let name = &self.lexicon.table(records.table).name.text;
        let plain = || Doing { verb: HAVE, object: Some(name.clone()), tail: "" };
        if !direct {
            return plain();
        }
        let lower = name.to_lowercase();
        match name.rsplit_once(' ') {
            None => match doing_alone(&lower) {
                Some(verb) if records.filter.is_none() => Doing { verb, object: None, tail: "" },
                _ => plain(),
            },
            Some((object, last)) => match last.to_lowercase().as_str() {
                "sent" => Doing { verb: HAVE, object: Some(object.into()), tail: "sent" },
                "delivered" => Doing { verb: HAVE, object: Some(object.into()), tail: "delivered" },
                last => match doing(last) {
                    Some(verb) => Doing { verb, object: Some(object.into()), tail: "" },
                    None => plain(),
                },
            },
        }
    }

    /// The name of the records.
    pub fn records_name(&self, records: &Records, many: bool) -> Prose {
        let bend = |name: &str| if many { plural(name) } else { name.to_string() };
        match records.member_of {
            Some(term) => Prose::def(term, bend(&self.def(term).name.text)),
            None => Prose::theirs(bend(&self.lexicon.table(records.table).name.text)),
        }
    }

    /// ` through its contacts`, where records are related in more than one step.
    pub fn through(&self, records: &Records) -> Prose {
        let Relation::Hops(hops) = &records.relation else { return Prose::default() };
        let from = self.arrives(records.up, &records.path);
        match hops.as_slice() {
            [Hop::Back(table, _), _, ..] => {
                let name = &self.lexicon.table(*table).name.text;
                prose![" through ", self.possessive(), " ", Prose::theirs(plural(name))]
            }
            [Hop::Forward(field), _, ..] => match from {
                Some(from) => {
                    let name = self.lexicon.field(from, *field).name.text.clone();
                    prose![" of ", self.possessive(), " ", Prose::theirs(name)]
                }
                None => Prose::default(),
            },
            _ => Prose::default(),
        }
    }

    /// ` whose offer kind is “meeting”`
    pub fn which(&mut self, records: &Records, window: Option<WindowKind>, many: bool) -> Prose {
        let Some(filter) = &records.filter else { return Prose::default() };
        let people = is_person(self.lexicon, records.table);
        let lexicon = self.lexicon;
        self.inside(records.table, |speaker| {
            let said = speaker.condition(filter, window, false).settle();
            prose![" ", said.text(lexicon, Voice::Which { people, many }, false, &mut Before::default())]
        })
    }

    /// Whose records are counted or measured: ` of theirs` is left to the possessive where there is one.
    pub fn whose(&self, records: &Records, many: bool) -> Prose {
        let name = self.records_name(records, many);
        let all = matches!(records.relation, Relation::All);
        match self.record(records.up, &records.path) {
            _ if all && many => name,
            _ if all => prose!["the ", name],
            Who::Same => prose![self.possessive(), " ", name],
            Who::Their(record, _) => prose![self.possessive(), " ", record, "’s ", name],
            Who::Thing(record, _) => prose![record, "’s ", name],
        }
    }
}
