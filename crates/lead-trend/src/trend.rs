//! A plan that holds terms at every time of a series, and what its answers say of them.

use std::collections::BTreeMap;

use lead_data::{Column, Data};
use lead_eval::{Answers, EvalError, evaluate};
use lead_hir::hir::{DefId, DefKind, Lexicon, TableId, Target};
use lead_plan::{Plan, Planner, on_a_deep_stack};

use crate::ageing::{Ageing, Watched};
use crate::funnel::FunnelTrend;
use crate::tri::Decisions;

/// What is asked of a lexicon over time.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// As-of times, ascending; the last is the present of the series.
    pub times: Vec<i64>,
    /// Terms that are told of.
    pub terms: Vec<DefId>,
    /// Funnels that are told of.
    pub funnels: Vec<DefId>,
    /// Times behind the last one, ascending, at which nothing more has happened: what holds at the last time is asked again there.
    pub ageing: Vec<i64>,
    /// Whether each record that goes from one step of a funnel to another is listed.
    pub moves: bool,
}

/// A plan for an [`Ask`], and where its answers stand.
pub struct Prepared {
    /// What is read, measured and computed.
    pub plan: Plan,
    ask: Ask,
    /// By term: its entity, and the place of its answer at each time.
    places: BTreeMap<DefId, (TableId, Vec<usize>)>,
    watched: Vec<Watched>,
}

/// How many are yes, no, and cannot be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Yes.
    pub yes: usize,
    /// No.
    pub no: usize,
    /// Cannot tell.
    pub unknown: usize,
}

/// A term over the series.
#[derive(Clone, Debug)]
pub struct TermTrend {
    /// Which.
    pub def: DefId,
    /// Whose records are asked.
    pub table: TableId,
    /// How many records there are.
    pub records: usize,
    /// At each time.
    pub counts: Vec<Tally>,
    /// At each time but the first: how many became yes since the time before, and how many stopped being it.
    pub turned: Vec<(usize, usize)>,
}

/// What a series shows.
#[derive(Clone, Debug)]
pub struct Trend {
    /// As-of times, ascending.
    pub times: Vec<i64>,
    /// Terms in the order asked for.
    pub terms: Vec<TermTrend>,
    /// Funnels in the order asked for.
    pub funnels: Vec<FunnelTrend>,
    /// Who stops being what, if that was asked for.
    pub ageing: Option<Ageing>,
}

impl Prepared {
    /// Plans what is asked. The lexicon has no errors.
    pub fn new(lexicon: &Lexicon, ask: Ask) -> Prepared {
        on_a_deep_stack(|| {
            let last = ask.times.last().copied().unwrap_or(0);
            let mut planner = Planner::plain(lexicon, last);
            planner.happened_until(last);
            let mut places: BTreeMap<DefId, (TableId, Vec<usize>)> = BTreeMap::new();
            for def in ask.terms.iter().chain(ask.funnels.iter().flat_map(|f| steps(lexicon, *f))) {
                let Some(table) = lexicon.def(*def).subject.filter(|_| !places.contains_key(def)) else { continue };
                let mut at = Vec::with_capacity(ask.times.len());
                for time in &ask.times {
                    let node = planner.asked_at(table, &[], Target::Def(*def), *time);
                    at.push(planner.want_node(*def, table, node));
                }
                places.insert(*def, (table, at));
            }
            let watch = |def: &DefId| Watched::new(&mut planner, lexicon, *def, last, &ask.ageing);
            let watched = if ask.ageing.is_empty() { Vec::new() } else { ask.terms.iter().filter_map(watch).collect() };
            Prepared { plan: planner.finish(), ask, places, watched }
        })
    }

    /// Answers what is asked, from data that hold what the plan needs.
    ///
    /// # Errors
    /// An amount of money that leaves its 64 bits.
    pub fn run<'a>(&'a self, lexicon: &'a Lexicon, data: &'a Data<'a>) -> Result<Trend, EvalError> {
        Ok(self.read(lexicon, &evaluate(lexicon, &self.plan, data, false)?))
    }

    /// What the answers of the plan say.
    pub fn read(&self, lexicon: &Lexicon, answers: &Answers) -> Trend {
        let of = |def: DefId| self.columns(answers, def);
        let terms = self.ask.terms.iter().filter_map(|def| of(*def).map(|(t, n, c)| term_trend(*def, t, n, &c)));
        let terms = terms.collect();
        let mut funnels = Vec::new();
        for funnel in &self.ask.funnels {
            let Some(table) = lexicon.def(*funnel).subject else { continue };
            let steps = steps(lexicon, *funnel);
            let found: Vec<(usize, Vec<&Column>)> =
                steps.iter().filter_map(|s| of(*s).map(|(_, rows, columns)| (rows, columns))).collect();
            if found.len() == steps.len() {
                let records = found.first().map_or(0, |f| f.0);
                let columns: Vec<Vec<&Column>> = found.into_iter().map(|f| f.1).collect();
                let ask = (self.ask.times.as_slice(), self.ask.moves);
                funnels.push(FunnelTrend::new((*funnel, table), steps, records, &columns, ask));
            }
        }
        let ageing = (!self.ask.ageing.is_empty()).then(|| Ageing::new(&self.ask.ageing, &self.watched, answers));
        Trend { times: self.ask.times.clone(), terms, funnels, ageing }
    }

    /// The entity of a term, how many records that has, and the term's answers at each time.
    fn columns<'b>(&self, answers: &'b Answers, def: DefId) -> Option<(TableId, usize, Vec<&'b Column>)> {
        let (table, places) = self.places.get(&def)?;
        let subject = answers.subjects.iter().find(|s| s.table == *table)?;
        let columns = places.iter().filter_map(|p| subject.defs.get(*p).map(|d| &*d.column)).collect();
        Some((*table, subject.rows, columns))
    }
}

/// The terms of a funnel.
fn steps(lexicon: &Lexicon, funnel: DefId) -> &[DefId] {
    match &lexicon.def(funnel).kind {
        DefKind::Funnel(steps) => steps,
        _ => &[],
    }
}

fn term_trend(def: DefId, table: TableId, records: usize, columns: &[&Column]) -> TermTrend {
    let all: Vec<Decisions> = columns.iter().map(|c| Decisions::of(c)).collect();
    let tally = |d: &Decisions| {
        let (yes, unknown) = d.count(records);
        Tally { yes, no: records - yes - unknown, unknown }
    };
    let counts = all.iter().map(tally).collect();
    let turned = all.windows(2).map(|pair| {
        let words = pair[0].yes_words().zip(pair[1].yes_words());
        words.fold((0, 0), |(on, off), (before, after)| {
            (on + (after & !before).count_ones() as usize, off + (before & !after).count_ones() as usize)
        })
    });
    TermTrend { def, table, records, turned: turned.collect(), counts }
}
