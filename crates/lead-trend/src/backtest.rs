//! Would a definition have found those for whom an outcome came true later?
//!
//! A case is a record at a past time at which the outcome was not yes. It is *found* if the definition was yes, and *came* if
//! the outcome was seen to be yes behind that time and up to the horizon, at one of the times at which the outcome is looked at
//! ([`check_times`]). What is asked of a case was known at its time, but for what has no history (`lean.rs`).

use std::collections::{BTreeMap, HashSet};

use lead_data::{Column, Data, Values, fold_text};
use lead_eval::{Answers, EvalError, evaluate};
use lead_hir::hir::{DefId, FieldId, Lexicon, Settings, Step, TableId, Target, Value};
use lead_plan::{Plan, Planner, calendar, on_a_deep_stack};

use crate::compare::{Both, Flags};
use crate::series::stepped;
use crate::share::{Share, quartiles, wilson};
use crate::tri::Decisions;

/// By what cases are told apart.
#[derive(Clone, Debug)]
pub struct By {
    /// References from the term's record.
    pub path: Vec<FieldId>,
    /// What is asked there, at the time of the case: of type text, one of several texts, key, or yes/no.
    pub target: Target,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct BacktestAsk {
    /// The definition.
    pub term: DefId,
    /// The outcome, a term.
    pub outcome: DefId,
    /// References from the term's record to the outcome's.
    pub path: Vec<FieldId>,
    /// Past times, ascending.
    pub times: Vec<i64>,
    /// How long the outcome may take.
    pub horizon: Step,
    /// How far apart the times are at which the outcome is looked at.
    pub check: Step,
    /// The present: nothing behind it is known.
    pub as_of: i64,
    /// Whether cases are told apart.
    pub by: Option<By>,
}

/// A plan for a [`BacktestAsk`], and where its answers stand.
pub struct PreparedBacktest {
    /// What is read, measured and computed.
    pub plan: Plan,
    /// The times whose horizon ends by the present, ascending.
    pub times: Vec<i64>,
    /// The times at which the outcome is looked at, ascending; those of `times` and their ends among them.
    pub checks: Vec<i64>,
    ends: Vec<i64>,
    left_out: Vec<i64>,
    as_of: i64,
    table: TableId,
    terms: Vec<usize>,
    outcomes: Vec<usize>,
    by: Vec<usize>,
}

/// How a definition did over some cases.
#[derive(Clone, Debug, Default)]
pub struct Tested {
    /// Cases.
    pub cases: usize,
    /// The definition said yes.
    pub yes: usize,
    /// The definition could not tell.
    pub unknown: usize,
    /// The outcome came.
    pub came: usize,
    /// The definition said yes, and the outcome came.
    pub found: usize,
    /// Records among those that it said yes of.
    pub yes_records: usize,
    /// Records among those for whom the outcome came.
    pub came_records: usize,
    /// From the time of a found case to the outcome: lower quartile, median, upper quartile, in microseconds.
    pub lead: Option<[i64; 3]>,
}

impl Tested {
    /// Of those that it said yes of, for how many the outcome came. The interval takes all cases of one record for one.
    pub fn precision(&self) -> Option<Share> {
        wilson(self.found, self.yes, self.yes_records)
    }

    /// Of those for whom the outcome came, how many it had said yes of. The interval takes all cases of one record for one.
    pub fn recall(&self) -> Option<Share> {
        wilson(self.found, self.came, self.came_records)
    }

    /// For how many of all cases the outcome came.
    pub fn base(&self) -> Option<f64> {
        (self.cases > 0).then(|| self.came as f64 / self.cases as f64)
    }

    /// How many times more often the outcome came where it said yes than anywhere.
    pub fn lift(&self) -> Option<f64> {
        let base = self.base().filter(|b| *b > 0.0)?;
        (self.yes > 0).then(|| self.found as f64 / self.yes as f64 / base)
    }
}

/// A definition and how it did.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// Over all cases.
    pub all: Tested,
    /// By time.
    pub times: Vec<Tested>,
    /// By what cases are told apart by; `None` is unknown, and comes last.
    pub by: Vec<(Option<String>, Tested)>,
}

/// How definitions did.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// Whose records.
    pub table: TableId,
    /// How many records there are.
    pub records: usize,
    /// The times that were tested, ascending.
    pub times: Vec<i64>,
    /// Times that were left out, because their horizon runs past the end of the data.
    pub left_out: Vec<i64>,
    /// The end of the data: the present, or the end of the day of the last event where that is more than a week before.
    pub data_end: i64,
    /// The definition.
    pub this: Definition,
    /// Another definition of the term, and what both have in common.
    pub other: Option<(Definition, Both)>,
}

/// A week without any event is the end of the data.
const QUIET: i64 = 7 * 86_400_000_000;
/// No time.
const NEVER: i64 = i64::MIN;

/// The ends of the horizons of some times, and all times at which an outcome is looked at: these, their ends, and steps between.
pub fn check_times(times: &[i64], horizon: Step, check: Step, settings: &Settings) -> (Vec<i64>, Vec<i64>) {
    let ends: Vec<i64> = times.iter().map(|t| stepped(*t, horizon, 1, false, settings)).collect();
    let mut checks: Vec<i64> = times.iter().chain(&ends).copied().collect();
    if let (Some(first), Some(last)) = (checks.iter().min().copied(), checks.iter().max().copied()) {
        let mut at = first;
        for n in 1.. {
            let next = stepped(first, check, n, false, settings);
            if next <= at || next >= last || n > MOST_CHECKS {
                break;
            }
            checks.push(next);
            at = next;
        }
    }
    checks.sort_unstable();
    checks.dedup();
    (ends, checks)
}

/// An outcome is looked at no more often than this.
const MOST_CHECKS: usize = 2_000;

impl PreparedBacktest {
    /// Plans what is asked. `None` where the term is asked of no record.
    pub fn new(lexicon: &Lexicon, ask: &BacktestAsk) -> Option<PreparedBacktest> {
        let table = lexicon.def(ask.term).subject?;
        let settings = &lexicon.settings;
        let ends_by_now = |t: &i64| stepped(*t, ask.horizon, 1, false, settings) <= ask.as_of;
        let (times, left_out): (Vec<i64>, Vec<i64>) = ask.times.iter().partition(|t| ends_by_now(t));
        let (ends, checks) = check_times(&times, ask.horizon, ask.check, settings);
        Some(on_a_deep_stack(|| {
            let mut planner = Planner::plain(lexicon, ask.as_of);
            let mut places = |path: &[FieldId], target: Target, times: &[i64]| -> Vec<usize> {
                let mut place = |time: &i64| {
                    let node = planner.asked_at(table, path, target, *time);
                    planner.want_node(ask.term, table, node)
                };
                times.iter().map(&mut place).collect()
            };
            let terms = places(&[], Target::Def(ask.term), &times);
            let outcomes = places(&ask.path, Target::Def(ask.outcome), &checks);
            let by = ask.by.as_ref().map_or_else(Vec::new, |by| places(&by.path, by.target, &times));
            planner.want_latest(ask.term, ask.as_of);
            let plan = planner.finish();
            PreparedBacktest { plan, times, checks, ends, left_out, as_of: ask.as_of, table, terms, outcomes, by }
        }))
    }

    /// Tests the definition, and another one beside it, over data that hold what the plan needs.
    ///
    /// # Errors
    /// An amount of money that leaves its 64 bits.
    pub fn run<'a>(
        &'a self,
        lexicon: &'a Lexicon,
        data: &'a Data<'a>,
        other: Option<&Flags>,
    ) -> Result<Backtest, EvalError> {
        let answers = evaluate(lexicon, &self.plan, data, false)?;
        Ok(self.read(lexicon, &answers, other))
    }

    /// The end of the data, as the answers of the plan show it.
    fn data_end(&self, lexicon: &Lexicon, answers: &Answers) -> i64 {
        let zone = &lexicon.settings.zone;
        let times = answers.metrics.iter().filter_map(|m| match m.rows.first()?.value {
            Some(Value::Time(t)) => Some(t),
            Some(Value::Date(day)) => Some(calendar::start_of_day(day, zone)),
            _ => None,
        });
        match times.max() {
            Some(last) if last.saturating_add(QUIET) < self.as_of => {
                calendar::end_of_day(calendar::local_day(last, zone), zone)
            }
            _ => self.as_of,
        }
    }

    fn read(&self, lexicon: &Lexicon, answers: &Answers, other: Option<&Flags>) -> Backtest {
        let data_end = self.data_end(lexicon, answers);
        let subject = answers.subjects.iter().find(|s| s.table == self.table);
        let rows = subject.map_or(0, |s| s.rows);
        let column = |place: Option<&usize>| subject.and_then(|s| s.defs.get(*place?)).map(|d| &*d.column);
        let mut groups = Groups::default();
        let (mut this, mut that) = (Tally::default(), Tally::default());
        let mut both = Both::default();
        // The first time behind the one at hand at which the outcome is yes.
        let mut next = vec![NEVER; rows];
        let mut tested = Vec::new();
        let mut left_out = self.left_out.clone();
        for (check, place) in self.checks.iter().zip(&self.outcomes).rev() {
            let Some(outcome) = column(Some(place)).map(Decisions::of) else { continue };
            if let Ok(at) = self.times.binary_search(check) {
                if self.ends[at] > data_end {
                    left_out.push(*check);
                } else if let Some(term) = column(self.terms.get(at)).map(Decisions::of) {
                    let of = column(self.by.get(at)).map(|c| groups.of(c));
                    let second = other.and_then(|flags| flags.decisions.get(at));
                    this.begin();
                    that.begin();
                    for row in (0..rows).filter(|row| !outcome.is_yes(*row)) {
                        let came = Some(next[row]).filter(|t| *t != NEVER && *t <= self.ends[at]).map(|t| t - check);
                        let group = of.as_ref().map(|of| of[row]);
                        let first = term.get(row);
                        this.add(row, group, first, came);
                        if let Some(second) = second {
                            let second = second.get(row).copied().flatten();
                            that.add(row, group, second, came);
                            both.add(first == Some(true), second == Some(true), came.is_some());
                        }
                    }
                    tested.push(*check);
                }
            }
            for (word, mut rest) in outcome.yes_words().enumerate() {
                while rest != 0 {
                    if let Some(slot) = next.get_mut(word * 64 + rest.trailing_zeros() as usize) {
                        *slot = *check;
                    }
                    rest &= rest - 1;
                }
            }
        }
        tested.reverse();
        left_out.sort_unstable();
        let other = other.map(|_| (that.finish(&groups), both));
        let this = this.finish(&groups);
        Backtest { table: self.table, records: rows, times: tested, left_out, data_end, this, other }
    }
}

/// The values that cases are told apart by. Texts that compare equal are one, shown as the least spelling.
#[derive(Default)]
struct Groups {
    numbers: BTreeMap<(bool, String), u32>,
    shown: Vec<Option<String>>,
}

impl Groups {
    /// The number of a value.
    fn number(&mut self, value: Option<String>) -> u32 {
        let key = (value.is_none(), value.as_deref().map(fold_text).unwrap_or_default());
        if let Some(number) = self.numbers.get(&key) {
            let shown = &mut self.shown[*number as usize];
            if value < *shown {
                *shown = value;
            }
            return *number;
        }
        let number = self.shown.len() as u32;
        self.numbers.insert(key, number);
        self.shown.push(value);
        number
    }

    /// The number of each record's value.
    fn of(&mut self, column: &Column) -> Vec<u32> {
        let rows = column.len();
        let none = self.number(None);
        let mut texts: Vec<u32> = Vec::new();
        let mut other: BTreeMap<String, u32> = BTreeMap::new();
        if let Values::Text(v) = &column.values {
            texts = vec![u32::MAX; v.dictionary.len()];
        }
        (0..rows)
            .map(|row| {
                if !column.is_known(row) {
                    return none;
                }
                match &column.values {
                    Values::Text(v) => {
                        let code = v.codes[row] as usize;
                        if texts[code] == u32::MAX {
                            texts[code] = self.number(Some(v.get(row).trim().to_owned()));
                        }
                        texts[code]
                    }
                    Values::YesNo(v) => {
                        let text = if v.get(row) { "yes" } else { "no" };
                        *other.entry(text.to_owned()).or_insert_with(|| self.number(Some(text.to_owned())))
                    }
                    _ => none,
                }
            })
            .collect()
    }
}

/// What is counted of one definition.
#[derive(Default)]
struct Tally {
    all: Count,
    times: Vec<Count>,
    by: Vec<Count>,
}

#[derive(Default)]
struct Count {
    tested: Tested,
    yes: HashSet<u32>,
    came: HashSet<u32>,
    leads: Vec<i64>,
}

impl Count {
    fn add(&mut self, row: usize, decision: Option<bool>, came: Option<i64>) {
        let yes = decision == Some(true);
        self.tested.cases += 1;
        self.tested.unknown += usize::from(decision.is_none());
        if yes {
            self.tested.yes += 1;
            self.yes.insert(row as u32);
        }
        if let Some(lead) = came {
            self.tested.came += 1;
            self.came.insert(row as u32);
            if yes {
                self.tested.found += 1;
                self.leads.push(lead);
            }
        }
    }

    fn finish(mut self) -> Tested {
        self.tested.yes_records = self.yes.len();
        self.tested.came_records = self.came.len();
        self.tested.lead = quartiles(&mut self.leads);
        self.tested
    }
}

impl Tally {
    /// Another time, one before those until now.
    fn begin(&mut self) {
        self.times.push(Count::default());
    }

    fn add(&mut self, row: usize, group: Option<u32>, decision: Option<bool>, came: Option<i64>) {
        self.all.add(row, decision, came);
        if let Some(last) = self.times.last_mut() {
            last.add(row, decision, came);
        }
        if let Some(group) = group.map(|g| g as usize) {
            if self.by.len() <= group {
                self.by.resize_with(group + 1, Count::default);
            }
            self.by[group].add(row, decision, came);
        }
    }

    fn finish(mut self, groups: &Groups) -> Definition {
        let mut by: Vec<Option<Count>> = self.by.into_iter().map(Some).collect();
        let order = groups.numbers.values().filter_map(|n| {
            let count = by.get_mut(*n as usize)?.take().filter(|c| c.tested.cases > 0)?;
            Some((groups.shown[*n as usize].clone(), count.finish()))
        });
        let by = order.collect();
        self.times.reverse();
        Definition { all: self.all.finish(), times: self.times.into_iter().map(Count::finish).collect(), by }
    }
}
