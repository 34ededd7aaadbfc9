//! Time and stack are bounded, whatever the text: deep nesting, long chains, long lists, broken and random files.
#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write;

use common::{SCHEMA, check, check_files};

#[test]
fn ten_thousand_definitions_in_a_chain() {
    let mut text = String::from("a0 = 5\n");
    for i in 1..10_000 {
        let _ = writeln!(text, "a{i} = a{} + 1", i - 1);
    }
    assert_eq!(check(&text).codes(), Vec::<&str>::new());
    let turned: Vec<&str> = text.lines().rev().collect();
    assert_eq!(check(&turned.join("\n")).codes(), Vec::<&str>::new());
}

#[test]
fn a_ring_of_ten_thousand_definitions_is_one_cycle() {
    let mut text = String::from("a0 when a9999\n");
    for i in 1..10_000 {
        let _ = writeln!(text, "a{i} when a{}", i - 1);
    }
    let checked = check(&text);
    assert_eq!(checked.codes(), ["L0207"]);
    assert!(checked.diagnostics[0].message.len() < 200);
}

#[test]
fn nesting_of_every_kind_ends_in_a_tree_or_a_message() {
    let nested = |open: &str, close: &str, n: usize| format!("a when {}opted in{}\n", open.repeat(n), close.repeat(n));
    for n in [10, 100, 127, 200, 5_000] {
        for text in [
            nested("(", ")", n),
            nested("not ", "", n),
            nested("any(contact via company where ", ")", n),
            nested("any(page view where ", ")", n),
            format!("a = {}5{}\n", "(1 + ".repeat(n), ")".repeat(n)),
            format!("a = {}5\n", "-".repeat(n)),
            format!("a = {}5{}\n", "round(".repeat(n), ")".repeat(n)),
            format!("a = {}5{}\n", "[".repeat(n), "]".repeat(n)),
        ] {
            let _ = check(&text);
        }
    }
}

#[test]
fn long_flat_expressions_are_fine() {
    for n in [100, 2_000] {
        let _ = check(&format!("a = {}5\n", "5 + ".repeat(n)));
        let _ = check(&format!("a = {}5\n", "5 * 2 - ".repeat(n)));
        let _ = check(&format!("a when {}opted in\n", "opted in and ".repeat(n)));
        let _ = check(&format!("a when {}opted in\n", "opted in or ".repeat(n)));
        let _ = check(&format!("a when company{}.employees > 5\n", ".parent".repeat(n)));
        let _ = check(&format!("a when job title in [{}\"x\"]\n", "\"x\", ".repeat(n)));
        let _ = check(&format!("a when any(visit within 5d){}\n", " within 5d".repeat(n)));
    }
}

#[test]
fn a_dense_schema_does_not_explode() {
    let mut text = String::new();
    for i in 0..40 {
        let _ = writeln!(text, "entity t{i} from \"t.csv\"\n    id: key");
        for j in 0..40 {
            let _ = writeln!(text, "    r{j} -> t{j}");
        }
    }
    text.push_str("\nfor t0\n\nn = count(t39)\nm = count(t1 via r7)\nk when nobody\n");
    let start = std::time::Instant::now();
    let checked = check_files(&[("case.lead", &text)]);
    assert!(checked.codes().contains(&"L0209"), "{:?}", checked.codes());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn thousands_of_errors_stay_quick() {
    let mut text = String::new();
    for i in 0..5_000 {
        let _ = writeln!(text, "a{i} when nothing{i} and count(nowhere{i}) > company.nobody{i}");
    }
    let start = std::time::Instant::now();
    assert!(check(&text).diagnostics.len() >= 15_000);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

/// A small generator of numbers, so that the cases are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

#[test]
fn mixed_up_words_of_the_cases_never_crash() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut words: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        lines.extend(text.lines().map(str::to_string));
        words.extend(text.split_whitespace().map(str::to_string));
    }
    lines.sort();
    words.sort();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..20 {
            let mut line = lines[dice.roll(lines.len())].clone();
            if dice.roll(2) == 0 {
                let mut parts: Vec<&str> = line.split(' ').collect();
                let at = dice.roll(parts.len());
                parts[at] = &words[dice.roll(words.len())];
                line = parts.join(" ");
            }
            text.push_str(&line);
            text.push('\n');
        }
        let checked = check_files(&[("schema.lead", SCHEMA), ("case.lead", &text)]);
        let _ = lead_hir::debug(&checked.lowered.lexicon);
        for found in &checked.diagnostics {
            for label in &found.labels {
                let file = checked.sources.file(label.span.file).text();
                assert!(file.get(label.span.range()).is_some(), "{found:?}\n{text}");
            }
            for edit in found.fixes.iter().flat_map(|f| &f.edits) {
                let file = checked.sources.file(edit.span.file).text();
                assert!(file.get(edit.span.range()).is_some(), "{found:?}\n{text}");
            }
        }
    }
}
