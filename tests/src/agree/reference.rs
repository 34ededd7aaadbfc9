//! The reference interpreter as one more engine. It reads plain CSV files alone: it is asked of random lexicons and of cases.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::programs::Program;
use super::{Difference, Outcome};
use crate::compare::{expected, said};
use crate::pipeline::Answered;
use crate::reference::Reference;

/// What it is called beside engines.
pub const NAME: &str = "reference";

/// Its answers beside the evaluator's.
pub fn compare(program: &Program, answered: &Answered) -> Outcome {
    let Some(calendar) = program.calendar() else { return Outcome::Left("no such zone".to_string()) };
    let trees = program.trees();
    let text_of = |source: &str| std::fs::read_to_string(program.data.join(source)).unwrap_or_default();
    let read = || Reference::read(&trees, calendar.zone.clone(), calendar.fiscal_start, text_of);
    let reference = match catch_unwind(AssertUnwindSafe(read)) {
        Ok(reference) => reference,
        Err(e) => return Outcome::Left(said(e)),
    };
    let (mut count, mut wrong) = (0, Vec::new());
    for def in &reference.schema.defs {
        let name = &def.name;
        let wanted = match catch_unwind(AssertUnwindSafe(|| expected(&reference, name, program.as_of))) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => continue,
            Err(e) => return Outcome::Left(said(e)),
        };
        let found = answered.defs.get(name).or_else(|| answered.metrics.get(name));
        let Some(found) = found else { continue };
        for n in 0..wanted.len().max(found.len()) {
            let (place, reference) = wanted.get(n).cloned().unwrap_or((format!("row {n}"), "nothing".to_string()));
            let native = found.get(n).cloned().unwrap_or("nothing".to_string());
            count += 1;
            if native != reference {
                let place = format!("{place}: {name}");
                let (statement, sql) = ("interpreted".to_string(), String::new());
                wrong.push(Difference { statement, place, def: Some(name.clone()), engine: reference, native, sql });
            }
        }
    }
    if wrong.is_empty() { Outcome::Agree(count) } else { Outcome::Differ(wrong) }
}
