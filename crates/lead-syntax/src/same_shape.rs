//! Tests of *same shape*: what is read in short is what is read at full length.

#![cfg(test)]

use lead_diag::FileId;

use crate::build::Builder;
use crate::shorten::{Shapes, shorten};
use crate::split::split;
use crate::statement::{build, prepare, strict_rule};
use lead_grammar::{self as grammar, Pairs};
use lead_scan::classify;

#[allow(dead_code)]
#[path = "../tests/support/mod.rs"]
mod support;

/// Reads every statement in short and at full length; the trees, places and reports must be the same.
fn check(text: &str, shapes: &mut Shapes) -> usize {
    let file = FileId(0);
    let mut read = 0;
    for piece in split(file, text).0 {
        let source = &text[piece.start..piece.end];
        let kind = classify(source).kind;
        let prepared = prepare(kind, source);
        let Some(rule) = strict_rule(kind) else { continue };
        let whole = grammar::read(rule, &prepared).ok().and_then(|parts| {
            let mut reports = Vec::new();
            let mut builder = Builder::new(file, piece.start, source, &mut reports);
            let tree = build(&mut builder, Pairs::new(&parts, &prepared).next()?);
            Some(format!("{tree:?} {reports:?}"))
        });
        let Some(short) = shorten(kind, &prepared) else { continue };
        let quick = shapes.read(rule, &short.text).and_then(|parts| {
            let mut reports = Vec::new();
            let mut builder = Builder::new(file, piece.start, source, &mut reports).of_short(&short.places);
            let tree = build(&mut builder, Pairs::new(parts, &short.text).next()?);
            Some(format!("{tree:?} {reports:?}"))
        });
        assert_eq!(whole, quick, "{source}\n---\n{}", short.text);
        read += 1;
    }
    read
}

#[test]
fn a_short_text_reads_as_the_long_one() {
    let mut shapes = Shapes::default();
    let mut random = support::Random::new(5);
    let mut read = 0;
    for seed in 0..std::env::var("LEAD_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(300) {
        let text = support::Writer::lexicon(seed, seed % 2 == 0);
        read += check(&text, &mut shapes);
        let chars: Vec<char> = text.chars().collect();
        for _ in 0..8 {
            let mut broken = chars.clone();
            let at = random.below(chars.len().max(1) as u64) as usize;
            match random.below(5) {
                0 => drop(broken.drain(at..(at + 3).min(chars.len()))),
                1 => broken
                    .insert(at, ['"', '(', '`', '\n', '#', '-', '\u{1}', 'é', '5', 'a'][random.below(10) as usize]),
                2 => broken
                    .splice(
                        at..at,
                        [" in ", " per ", " of ", " is ", " on 2 ", " same when "][random.below(6) as usize].chars(),
                    )
                    .for_each(drop),
                3 => broken.truncate(at),
                _ => broken.swap(at.min(chars.len() - 1), chars.len() / 2),
            }
            read += check(&broken.into_iter().collect::<String>(), &mut shapes);
        }
    }
    for folder in ["../../tests/corpus", "../../examples/industrial"] {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            read += std::fs::read_to_string(entry.path()).map_or(0, |text| check(&text, &mut shapes));
        }
    }
    assert!(read > 1000, "{read}");
}
