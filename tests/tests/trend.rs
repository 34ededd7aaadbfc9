//! A lexicon as of many times in one pass: at each time as a run at that time alone, on random lexicons over random data.
//!
//! `LEAD_TREND_SEEDS=n` tries n seeds instead of the usual few.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use lead_hir::hir::{DefId, DefKind, Lexicon};
use lead_tests::compare::{as_of, laid_out};
use lead_tests::generate::Generated;
use lead_tests::pipeline::{Answered, Checked, answer, answer_series, opened, usable};
use lead_trend::{Ask, Prepared, Tally, Trend};

/// So many seeds in a plain run.
const SEEDS: u64 = 16;
const DAY: i64 = 86_400_000_000;

/// A seed's times: close together and far apart, one of them in the future of the data.
fn times(now: i64) -> Vec<i64> {
    vec![now - 400 * DAY, now - 30 * DAY, now - 1, now, now + 45 * DAY]
}

#[test]
fn many_times_at_once_answer_as_each_time_alone_and_a_trend_counts_these_answers() {
    let seeds = std::env::var("LEAD_TREND_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(SEEDS);
    let (mut seen, mut compared, mut counts, mut steps) = (0, 0, 0, 0);
    for seed in 0..seeds {
        let generated = Generated::new(seed);
        let (checked, dir) = laid_out(&generated);
        if !checked.errors.is_empty() {
            continue;
        }
        let times = times(as_of(&generated));
        let alone: Result<Vec<Answered>, String> = times.iter().map(|t| answer(&checked, dir.path(), *t, 1)).collect();
        // An amount that is too large at one of the times stops them all.
        let Ok(alone) = alone else { continue };
        seen += 1;
        let together = answer_series(&checked, dir.path(), &times, 1 + seed as usize % 3).unwrap();
        for (i, (one, other)) in alone.iter().zip(&together).enumerate() {
            for (name, answers) in &one.defs {
                assert_eq!(other.defs.get(name), Some(answers), "seed {seed}, time {i}, `{name}`");
                compared += answers.len();
            }
            assert_eq!(one, other, "seed {seed}, time {i}");
        }
        let trend = trend_of(&checked, dir.path(), &times);
        counts += terms_count(seed, &checked.lexicon, &trend, &alone);
        steps += funnels_count(seed, &checked.lexicon, &trend, &alone);
    }
    assert!(seen * 3 > seeds * 2 && compared > 1_000, "only {seen} seeds and {compared} answers were compared");
    assert!(counts > 100 && steps > 20, "only {counts} counts of terms and {steps} of steps were compared");
}

fn trend_of(checked: &Checked, dir: &Path, times: &[i64]) -> Trend {
    let lexicon = &checked.lexicon;
    let of = |wanted: fn(&DefKind) -> bool| {
        lexicon.def_ids().filter(|(_, d)| wanted(&d.kind)).map(|(id, _)| id).collect::<Vec<_>>()
    };
    let (terms, funnels) = (of(|k| matches!(k, DefKind::Term(_))), of(|k| matches!(k, DefKind::Funnel(_))));
    let ask = Ask { times: times.to_vec(), terms, funnels, moves: true, ..Ask::default() };
    let prepared = Prepared::new(lexicon, ask);
    let data = opened(checked, dir, &prepared.plan, 2);
    let found = prepared.run(lexicon, &data);
    usable(&data, found).unwrap()
}

fn terms_count(seed: u64, lexicon: &Lexicon, trend: &Trend, alone: &[Answered]) -> usize {
    let mut compared = 0;
    for term in &trend.terms {
        let name = &lexicon.def(term.def).name.key;
        let answers = |time: usize| &alone[time].defs[name];
        for (i, count) in term.counts.iter().enumerate() {
            let of = |answer: &str| answers(i).iter().filter(|a| *a == answer).count();
            let wanted = Tally { yes: of("yes"), no: of("no"), unknown: of("?") };
            assert_eq!(*count, wanted, "seed {seed}, time {i}, `{name}`");
            compared += 1;
            if i > 0 {
                let pairs = || answers(i - 1).iter().zip(answers(i));
                let on = pairs().filter(|(a, b)| *a != "yes" && *b == "yes").count();
                let off = pairs().filter(|(a, b)| *a == "yes" && *b != "yes").count();
                assert_eq!(term.turned[i - 1], (on, off), "seed {seed}, time {i}, `{name}`");
            }
        }
    }
    compared
}

fn funnels_count(seed: u64, lexicon: &Lexicon, trend: &Trend, alone: &[Answered]) -> usize {
    let mut compared = 0;
    for funnel in &trend.funnels {
        let name = &lexicon.def(funnel.def).name.key;
        let step = |answer: &str| {
            let said = |d: &DefId| format!("{:?}", lexicon.def(*d).name.text);
            funnel.steps.iter().rposition(|s| said(s) == answer).map_or(0, |i| i + 1)
        };
        for (i, standing) in funnel.standing.iter().enumerate() {
            let steps: Vec<usize> = alone[i].defs[name].iter().map(|a| step(a)).collect();
            for (at, count) in standing.iter().enumerate() {
                let wanted = steps.iter().filter(|s| **s == at).count();
                assert_eq!(*count, wanted, "seed {seed}, time {i}, `{name}`, step {at}");
                compared += 1;
            }
            for one in funnel.moves.iter().filter(|m| m.time == i) {
                assert_eq!(steps[one.row as usize], one.to, "seed {seed}, time {i}, `{name}`");
            }
        }
    }
    compared
}
