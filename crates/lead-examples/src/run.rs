//! Examples answered, and the answers compared with what was expected.

use lead_data::{Column, Data};
use lead_diag::Span;
use lead_eval::{EvalError, Why, evaluate};
use lead_hir::hir::{DefId, Settings, TableId, Ty, Value};
use lead_plan::Planner;

use crate::suite::Suite;
use crate::value::{record_at, same, value_at};
use crate::world::{Asked, Case};

/// What came of an example.
#[derive(Debug)]
pub struct Outcome {
    /// Its number in the lexicon.
    pub example: usize,
    /// A check per row of a table, or per expectation of a story.
    pub checks: Vec<Check>,
    /// Why there are no answers.
    pub stopped: Option<EvalError>,
}

impl Outcome {
    /// Whether all is as expected.
    pub fn passed(&self) -> bool {
        self.stopped.is_none() && self.checks.iter().all(|c| c.verdict == Verdict::Passed)
    }
}

/// What came of one expectation.
#[derive(Debug)]
pub struct Check {
    /// The line of the example.
    pub span: Span,
    /// Whose record.
    pub table: TableId,
    /// Which record of the example's world.
    pub row: u32,
    /// What was asked; for a story a definition that stands for the condition (see [`Suite::lexicon`]).
    pub def: DefId,
    /// The definitions in question, for people.
    pub about: Vec<DefId>,
    /// What was expected; `None` is cannot tell.
    pub expected: Option<Value>,
    /// What came out; `None` is cannot tell.
    pub answer: Option<Value>,
    /// The type of both.
    pub ty: Ty,
    /// The reason that was expected.
    pub because: Option<(String, Span)>,
    /// The comparison.
    pub verdict: Verdict,
    /// Of a failed one: how the answer of each definition in question comes about.
    pub whys: Vec<Why>,
}

/// How an expectation compares with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Another answer.
    Answer,
    /// The answer expected, for other reasons: those that were given.
    Reason(Vec<String>),
}

/// Runs a case. Definitions may build on each other thousands deep: the caller sees to the stack.
pub(crate) fn run(suite: &Suite, example: usize, case: &Case) -> Option<Outcome> {
    let lexicon = suite.lexicon();
    let mut planner = planner(suite, case);
    case.asked.iter().map(|a| a.def).collect::<std::collections::BTreeSet<_>>().into_iter().for_each(|def| {
        planner.want_def(def);
    });
    let plan = planner.finish();
    let data = Data::made(lexicon, case.world.clone());
    let mut outcome = Outcome { example, checks: Vec::new(), stopped: None };
    let answers = match evaluate(lexicon, &plan, &data, false) {
        Ok(answers) => answers,
        Err(error) => return Some(Outcome { stopped: Some(error), ..outcome }),
    };
    for asked in &case.asked {
        let found = answers.subjects.iter().flat_map(|s| &s.defs).find(|d| d.def == asked.def);
        let ty = lexicon.def(asked.def).ty.clone();
        let answer = found.and_then(|found| answer_at(suite, example, asked, &found.column));
        let as_expected = as_expected(asked, answer.as_ref(), &lexicon.settings);
        let mut check = Check {
            span: asked.span,
            table: asked.table,
            row: asked.row,
            def: asked.def,
            about: asked.about.clone(),
            expected: asked.expected.clone(),
            answer,
            ty,
            because: asked.because.clone(),
            verdict: if as_expected { Verdict::Passed } else { Verdict::Answer },
            whys: Vec::new(),
        };
        if !as_expected || asked.because.is_some() {
            match whys(suite, case, asked) {
                Ok(whys) => check.whys = whys,
                Err(error) => return Some(Outcome { stopped: Some(error), ..outcome }),
            }
        }
        if as_expected && let Some((because, _)) = &asked.because {
            let mut given: Vec<String> = check.whys.iter().flat_map(Why::reasons).collect();
            given.dedup();
            if given.contains(because) {
                check.whys.clear();
            } else {
                check.verdict = Verdict::Reason(given);
            }
        }
        outcome.checks.push(check);
    }
    Some(outcome)
}

/// The answer to a question.
pub(crate) fn answer_at(suite: &Suite, example: usize, asked: &Asked, column: &Column) -> Option<Value> {
    match &suite.lexicon().def(asked.def).ty {
        Ty::Record(to) => {
            let name = suite.record_name(example, *to, record_at(column, asked.row as usize)?)?;
            Some(Value::Text(name.into()))
        }
        ty => value_at(column, ty, asked.row as usize),
    }
}

/// Whether an answer is the expected one.
pub(crate) fn as_expected(asked: &Asked, answer: Option<&Value>, settings: &Settings) -> bool {
    match (&asked.expected, answer) {
        (Some(expected), Some(answer)) => same(expected, answer, settings),
        (None, None) => true,
        _ => false,
    }
}

/// A planner for a case, with what is given in it.
pub(crate) fn planner<'s>(suite: &'s Suite, case: &Case) -> Planner<'s> {
    let mut planner = Planner::new(suite.lexicon(), case.as_of);
    for def in &case.given {
        if let Some(field) = suite.given(*def) {
            planner.give(*def, field);
        }
    }
    planner
}

/// How the answers of the definitions in question come about; of the condition itself where it names none of the record.
fn whys(suite: &Suite, case: &Case, asked: &Asked) -> Result<Vec<Why>, EvalError> {
    whys_of(suite, case, asked, planner(suite, case))
}

/// As [`whys`], with a planner of the case.
pub(crate) fn whys_of(suite: &Suite, case: &Case, asked: &Asked, mut planner: Planner) -> Result<Vec<Why>, EvalError> {
    let lexicon = suite.lexicon();
    let of_record = |def: &&DefId| lexicon.def(**def).subject == Some(asked.table);
    let mut explained: Vec<_> = asked.about.iter().filter(of_record).filter_map(|def| planner.explain(*def)).collect();
    if explained.is_empty() {
        explained.extend(planner.explain(asked.def));
    }
    let plan = planner.finish();
    let data = Data::made(lexicon, case.world.clone());
    lead_eval::why(lexicon, &plan, &data, &explained, asked.row)
}
