//! Who stops being what if nothing more happens, and which condition decides it.

use std::ops::Range;

use lead_data::Column;
use lead_diag::Span;
use lead_eval::Answers;
use lead_hir::hir::{DefId, Lexicon, TableId, Ty, WindowKind};
use lead_plan::{Explained, Part, Planner};

use crate::tri::Decisions;

/// Who stops being what.
#[derive(Clone, Debug)]
pub struct Ageing {
    /// The times that were looked at, ascending.
    pub times: Vec<i64>,
    /// By term, in the order asked for, then time, then record.
    pub falls: Vec<Fall>,
    /// The terms that were looked at.
    pub terms: Vec<DefId>,
}

/// A record that is yes and will not be.
#[derive(Clone, Debug)]
pub struct Fall {
    /// Which term.
    pub term: DefId,
    /// Whose record.
    pub table: TableId,
    /// Row of the record.
    pub row: u32,
    /// Number of the first time at which it is not yes any more.
    pub time: usize,
    /// Whether it cannot be told then, rather than being no.
    pub unknown: bool,
    /// The conditions that turn.
    pub decided: Vec<Decided>,
}

/// A condition that turns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Where it stands in the lexicon.
    pub span: Span,
    /// The definition in whose rule it stands.
    pub def: DefId,
    /// The window that moves on, if it measures over one.
    pub window: Option<WindowKind>,
    /// The times that the window takes then.
    pub times: Option<Range<i64>>,
}

/// More parts of a rule are not followed: what lies deeper counts as one condition.
const MOST_PARTS: usize = 400;
/// More conditions than this are not listed.
const MOST_DECIDED: usize = 4;

/// A term that is asked at the present and later, with all conditions that it is made of.
pub(crate) struct Watched {
    term: DefId,
    table: TableId,
    now: usize,
    later: Vec<usize>,
    /// By later time: the conditions.
    conditions: Vec<Vec<Condition>>,
}

/// A condition in a rule, now and at a later time.
struct Condition {
    /// Number of the condition that it is a part of.
    parent: Option<usize>,
    decided: Decided,
    /// Places of its answers now and then; `None` where it is the same at both.
    places: Option<(usize, usize)>,
}

/// Conditions of a rule as they are met, at the present and at a later time side by side.
struct Conditions<'p, 'a> {
    planner: &'p mut Planner<'a>,
    term: DefId,
    table: TableId,
    found: Vec<Condition>,
}

impl Watched {
    pub(crate) fn new(
        planner: &mut Planner,
        lexicon: &Lexicon,
        term: DefId,
        now: i64,
        later: &[i64],
    ) -> Option<Watched> {
        let table = lexicon.def(term).subject?;
        let present = planner.explain_at(term, now)?;
        let mut out = Watched {
            term,
            table,
            now: planner.want_node(term, table, present.node),
            later: vec![],
            conditions: vec![],
        };
        for time in later {
            let then = planner.explain_at(term, *time)?;
            out.later.push(planner.want_node(term, table, then.node));
            let mut conditions = Conditions { planner, term, table, found: Vec::new() };
            conditions.below(None, term, &[], &present, &then);
            out.conditions.push(conditions.found);
        }
        Some(out)
    }
}

impl Conditions<'_, '_> {
    /// Notes the conditions that a part is made of. `path`: references from the term's record to the part's.
    fn below(
        &mut self,
        parent: Option<usize>,
        def: DefId,
        path: &[lead_hir::hir::FieldId],
        now: &Explained,
        then: &Explained,
    ) {
        for (now, then) in now.parts.iter().zip(&then.parts) {
            if now.ty != Ty::YesNo || self.found.len() >= MOST_PARTS {
                continue;
            }
            let path: Vec<_> = path.iter().chain(&now.path).copied().collect();
            let own = self.planner.followed(self.table, &path, now.node);
            let later = self.planner.followed(self.table, &path, then.node);
            let (window, times) = window_of(then).map_or((None, None), |(w, t)| (w, Some(t)));
            let decided = Decided { span: now.span, def, window, times };
            let mut place = |node| self.planner.want_node(self.term, self.table, node);
            // What is the same at both times cannot turn, nor can anything that it is made of.
            let places = (own != later).then(|| (place(own), place(later)));
            if places.is_none() {
                continue;
            }
            self.found.push(Condition { parent, decided, places });
            let inside = if let Part::Def(id) = now.part { id } else { def };
            self.below(Some(self.found.len() - 1), inside, &path, now, then);
        }
    }
}

/// The window of the first thing measured in a part.
fn window_of(part: &Explained) -> Option<(Option<WindowKind>, Range<i64>)> {
    match &part.part {
        Part::Measure { times: Some(times), window: Some(window), .. } => Some((Some(*window), times.clone())),
        Part::InRange(range) => Some((None, range.clone())),
        _ => part.parts.iter().find_map(window_of),
    }
}

impl Ageing {
    pub(crate) fn new(times: &[i64], watched: &[Watched], answers: &Answers) -> Ageing {
        let mut falls = Vec::new();
        for term in watched {
            let Some(subject) = answers.subjects.iter().find(|s| s.table == term.table) else { continue };
            let column = |place: usize| subject.defs.get(place).map(|d| &*d.column);
            let Some(now) = column(term.now) else { continue };
            let now = Decisions::of(now);
            let mut left: Vec<u32> = (0..subject.rows as u32).filter(|row| now.is_yes(*row as usize)).collect();
            for (time, place) in term.later.iter().enumerate() {
                let Some(then) = column(*place).map(Decisions::of) else { continue };
                let conditions = &term.conditions[time];
                let (stay, fall): (Vec<u32>, Vec<u32>) = left.iter().partition(|row| then.is_yes(**row as usize));
                for row in fall {
                    let unknown = then.get(row as usize).is_none();
                    let decided = decided(conditions, &column, row as usize);
                    falls.push(Fall { term: term.term, table: term.table, row, time, unknown, decided });
                }
                left = stay;
            }
        }
        Ageing { times: times.to_vec(), falls, terms: watched.iter().map(|w| w.term).collect() }
    }
}

/// The innermost conditions that turn for a record.
fn decided<'c>(conditions: &[Condition], column: &dyn Fn(usize) -> Option<&'c Column>, row: usize) -> Vec<Decided> {
    let turns = |c: &Condition| {
        let Some((now, then)) = c.places else { return false };
        let at = |place: usize| column(place).map(|c| Decisions::of(c).get(row));
        at(now) != at(then)
    };
    let turned: Vec<bool> = conditions
        .iter()
        .scan(Vec::new(), |above: &mut Vec<bool>, c| {
            let turned = c.parent.is_none_or(|p| above[p]) && turns(c);
            above.push(turned);
            Some(turned)
        })
        .collect();
    let has_part = |i: usize| conditions.iter().zip(&turned).any(|(c, turned)| *turned && c.parent == Some(i));
    let innermost = (0..conditions.len()).filter(|i| turned[*i] && !has_part(*i));
    let mut out: Vec<Decided> = Vec::new();
    for i in innermost {
        if !out.contains(&conditions[i].decided) && out.len() < MOST_DECIDED {
            out.push(conditions[i].decided.clone());
        }
    }
    out
}
