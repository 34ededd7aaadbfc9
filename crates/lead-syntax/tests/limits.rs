//! Depth, size and time are bounded, whatever the text.

use std::time::{Duration, Instant};

use lead_diag::{FileId, codes};
use lead_syntax::ast::{ExprKind, StatementKind};
use lead_syntax::{Parsed, parse};

/// Reads a text within a time that even a slow machine keeps by far, unless the work is not linear.
fn within(seconds: u64, text: &str) -> Parsed {
    let start = Instant::now();
    let parsed = parse(FileId(0), text);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(seconds), "took {took:?}");
    for d in &parsed.diagnostics {
        let span = d.span().expect("a place");
        assert!(text.get(span.range()).is_some(), "place outside the text: {d:?}");
    }
    parsed
}

fn ids(parsed: &Parsed) -> Vec<&'static str> {
    parsed.diagnostics.iter().map(|d| d.code.id()).collect()
}

#[test]
fn two_hundred_parentheses_give_a_message() {
    let parsed = within(5, &format!("a = {}1{}\nb = 2\n", "(".repeat(200), ")".repeat(200)));
    assert_eq!(ids(&parsed), [codes::TOO_DEEP.id()]);
    assert!(matches!(&parsed.file.statements[0].kind, StatementKind::Broken { name: Some(n) } if n.text == "a"));
    assert!(matches!(&parsed.file.statements[1].kind, StatementKind::Value(_)));
}

#[test]
fn a_hundred_and_twenty_eight_parentheses_are_read() {
    let parsed = within(5, &format!("a = {}1{}\n", "(".repeat(128), ")".repeat(128)));
    assert_eq!(ids(&parsed), [""; 0]);
    let parsed = within(5, &format!("a when {}x{}\n", "not (y or ".repeat(100), ")".repeat(100)));
    assert!(ids(&parsed).iter().all(|id| *id == codes::TOO_DEEP.id()));
    let parsed = within(5, &format!("a when {}x{}\n", "any(visit where ".repeat(128), ")".repeat(128)));
    assert_eq!(ids(&parsed), [""; 0]);
}

#[test]
fn a_bracket_that_is_never_closed_is_no_trap() {
    within(5, &format!("a = {}1\n", "(".repeat(120)));
    within(5, &format!("a = {}1\n", "count(x where [".repeat(60)));
    within(10, &format!("a = {}\n", "(".repeat(100_000)));
    within(10, &format!("a when {}\n", ") when ".repeat(10_000)));
}

#[test]
fn chains_of_a_hundred_thousand_operands_are_flat() {
    let parsed = within(20, &format!("a when {} x\n", "x and ".repeat(100_000)));
    assert_eq!(ids(&parsed), [""; 0]);
    let StatementKind::Term(term) = &parsed.file.statements[0].kind else { unreachable!("not a term") };
    assert!(matches!(&term.alternatives[0].condition.kind, ExprKind::And(items) if items.len() == 100_001));
    let parsed = within(20, &format!("a when {} x\n", "x or\n ".repeat(100_000)));
    assert_eq!(ids(&parsed), [""; 0]);
}

#[test]
fn long_runs_of_signs_give_a_message() {
    for text in [
        format!("a when {} x\n", "not ".repeat(100_000)),
        format!("a = {} 5\n", "- ".repeat(100_000)),
        format!("a = {} 5\n", "5 + ".repeat(100_000)),
        format!("a = {} 5\n", "5 * x - ".repeat(100_000)),
    ] {
        let parsed = within(20, &text);
        assert_eq!(ids(&parsed), [codes::TOO_DEEP.id()]);
        let _ = lead_syntax::debug(&parsed.file);
    }
}

#[test]
fn a_file_of_ten_megabytes_is_refused() {
    let parsed = within(5, &"pages = count(page view)\n".repeat(420_000));
    assert_eq!(ids(&parsed), [codes::TOO_LARGE.id()]);
    assert!(parsed.file.statements.is_empty());
}

#[test]
fn a_large_file_takes_time_in_proportion() {
    let text = "lead when pages > 5 and visits >= 2 within 90d\n".repeat(5_000);
    let parsed = within(20, &text);
    assert_eq!(parsed.file.statements.len(), 5_000);
    let one = format!("x = [{}1]\n", "\"a\", ".repeat(40_000));
    assert_eq!(ids(&within(20, &one)), [""; 0]);
    let broken = "lead when pages > > 5 and visits >= 2 within 90d\n".repeat(2_000);
    assert_eq!(ids(&within(20, &broken)).len(), 2_000);
}

#[test]
fn one_long_statement_with_many_broken_lines_takes_time_in_proportion() {
    within(20, &format!("score s\n{}", "    +1 per per\n".repeat(3_000)));
    within(20, &format!("entity e from \"a\"\n{}", "    a: txet\n".repeat(3_000)));
    within(20, &format!("examples e\n    a\n{}", "    a | b b\n".repeat(3_000)));
    within(20, &format!("t when a {}", "\n    or when > ".repeat(3_000)));
    within(20, &format!("owner is\n{}", "    5 when when\n".repeat(3_000)));
    within(20, &format!("funnel f\n{}", "    5\n".repeat(3_000)));
}

/// A small generator of the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[test]
fn random_characters_never_stop_the_reader() {
    let mut random = Random(88172645463325252);
    let pieces = [
        "lead",
        " when ",
        " or ",
        "and",
        "not ",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "`",
        "#",
        "##",
        "\n",
        "\n    ",
        "\r\n",
        "=",
        "is ",
        "within ",
        "90d",
        "2026-01-01",
        "2026-13-99T99:99",
        "between ",
        " ago",
        "entity ",
        "event ",
        " of ",
        " from ",
        "score ",
        "+",
        "-",
        "|",
        ",",
        ":",
        "->",
        "examples ",
        "example ",
        "metric ",
        " by ",
        " in ",
        "per ",
        "é",
        "\u{A0}",
        "\u{0}",
        "\u{1}",
        "\t",
        "5_0",
        "1.5.5",
        "20%",
        "count(",
        "any(",
        " then ",
        "because ",
        "for ",
        "funnel ",
        "was ",
        "became ",
        "<",
        ">=",
        "=>",
        "&&",
        "’",
        "“",
        "😀",
        "\u{FEFF}",
        "99999999999d",
        "otherwise",
    ];
    for _ in 0..1_500 {
        let length = random.next() % 40;
        let text: String = (0..length).map(|_| pieces[(random.next() % pieces.len() as u64) as usize]).collect();
        let parsed = within(5, &text);
        let _ = lead_syntax::debug(&parsed.file);
    }
    for _ in 0..500 {
        let bytes: Vec<u8> = (0..200).map(|_| random.next() as u8).collect();
        within(5, &String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn deep_and_long_statements_are_laid_out() {
    for text in [
        format!("a = {}1{}\n", "(".repeat(128), ")".repeat(128)),
        format!("a when {}x{}\n", "any(visit where not ".repeat(100), ")".repeat(100)),
        format!("a when {}x{}\n", "long name of a thing and (other or ".repeat(60), ")".repeat(60)),
        format!("a = {} 5\n", "a long name + ".repeat(300)),
        format!("a when {} x\n", "x and ".repeat(20_000)),
        format!("x = [{}1]\n", "\"a\", ".repeat(20_000)),
    ] {
        let start = Instant::now();
        let new = lead_syntax::format(&text).unwrap_or_default();
        assert!(!new.is_empty());
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
