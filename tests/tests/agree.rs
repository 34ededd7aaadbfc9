//! The evaluator and the reference interpreter agree on random lexicons over random data.
//!
//! `LEAD_AGREE_SEEDS=n` tries n seeds instead of the usual few, from `LEAD_AGREE_FROM=s` on; `LEAD_AGREE_SEED=s` tries the seed
//! s alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use lead_tests::compare::{Difference, Outcome, compare, shrink};
use lead_tests::generate::Generated;

/// So many seeds in a plain run.
const SEEDS: u64 = 120;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What a person needs to see of a difference, and to try it again.
fn report(seed: u64, generated: &Generated, difference: Difference) -> String {
    let (least, files, sheets) = shrink(generated, difference);
    let def = &generated.defs[least.def];
    let mut out = format!(
        "seed {seed}: `{}` of {}\n  evaluator: {}\n  reference: {}\n  as of {} in {}, fiscal year from {}\n",
        def.name,
        least.record,
        least.real,
        least.reference,
        generated.setting.as_of,
        generated.setting.zone,
        generated.setting.fiscal
    );
    files[1..].iter().for_each(|f| out += &format!("{}\n", f.1));
    for (name, sheet) in sheets.iter().filter(|s| !s.1.rows.is_empty()) {
        let text = sheet.text();
        let few: Vec<&str> = text.lines().take(12).collect();
        out += &format!("--- {name}, {} rows\n{}\n", sheet.rows.len(), few.join("\n"));
    }
    out + "\n"
}

#[test]
fn the_evaluator_and_the_reference_agree_on_random_lexicons() {
    let seeds: Vec<u64> = match variable("LEAD_AGREE_SEED") {
        Some(seed) => vec![seed],
        None => {
            let from = variable("LEAD_AGREE_FROM").unwrap_or(0);
            (from..from + variable("LEAD_AGREE_SEEDS").unwrap_or(SEEDS)).collect()
        }
    };
    let next = AtomicU64::new(0);
    let answers = AtomicU64::new(0);
    let refused: Mutex<Vec<String>> = Mutex::default();
    let wrong: Mutex<Vec<(u64, String)>> = Mutex::default();
    // A panic of either side is part of a report, not noise of its own.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    if wrong.lock().unwrap().len() >= 5 {
                        break;
                    }
                    let generated = Generated::new(*seed);
                    match compare(&generated, &|_| true, &generated.sheets) {
                        Outcome::Agree(count) => {
                            answers.fetch_add(count as u64, Ordering::Relaxed);
                        }
                        Outcome::Refused(errors) => {
                            refused.lock().unwrap().push(format!("seed {seed}: {}", errors.join("\n  ")));
                        }
                        Outcome::Differ(d) => {
                            let text = report(*seed, &generated, *d);
                            wrong.lock().unwrap().push((*seed, text));
                        }
                    }
                }
            });
        }
    });
    std::panic::set_hook(usual);
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    let wrong: Vec<String> = wrong.into_iter().map(|w| w.1).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let refused = refused.into_inner().unwrap();
    let few = refused.len() * 20 <= seeds.len();
    let shown = refused[..refused.len().min(12)].join("\n");
    assert!(few, "{} of {} lexicons are refused:\n{shown}", refused.len(), seeds.len());
    let answers = answers.into_inner();
    assert!(seeds.len() < 10 || answers > 100 * seeds.len() as u64, "only {answers} answers were compared");
}
