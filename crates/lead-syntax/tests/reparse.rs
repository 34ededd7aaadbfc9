//! Reading again after an edit gives what reading from the start gives, spans and messages included.

mod support;

use lead_diag::FileId;
use lead_syntax::ast::Statement;
use lead_syntax::{Parsed, parse, reparse};
use support::{Random, Writer};

const FILE: FileId = FileId(3);

/// Edits a text, reads it again, and compares. Returns the new tree.
fn check(old: Parsed, old_text: &str, text: &str) -> Parsed {
    let whole = parse(FILE, text);
    let before = format!("{:?}", old.file.statements);
    let again = reparse(old, old_text, FILE, text);
    assert_eq!(format!("{whole:?}"), format!("{:?}", again.parsed), "\n{old_text}\n---\n{text}");
    let statements: &[Statement] = &again.parsed.file.statements;
    let front = format!("{:?}", &statements[..again.same_front]);
    assert!(before.starts_with(front.trim_end_matches(']')), "\n{old_text}\n---\n{text}");
    assert!(again.changed().end + again.same_back == statements.len() || again.changed().is_empty());
    again.parsed
}

#[test]
fn random_edits_one_after_the_other() {
    let seeds = std::env::var("LEAD_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(150);
    let mut random = Random::new(11);
    for seed in 0..seeds {
        let mut text = Writer::lexicon(seed, true);
        let other: Vec<char> = Writer::lexicon(seed + 1000, true).chars().collect();
        let mut parsed = parse(FILE, &text);
        for _ in 0..12 {
            let mut new: Vec<char> = text.chars().collect();
            let place = |random: &mut Random, n: usize| random.below(n as u64 + 1) as usize;
            let (a, b) = (place(&mut random, new.len()), place(&mut random, new.len()));
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 40));
            let piece = place(&mut random, other.len());
            match random.below(6) {
                0 => new.truncate(from),
                1 => drop(new.drain(from..to)),
                2 => new.insert(from, ['"', '(', '`', '\n', '#', '=', ' ', '\u{1}'][random.below(8) as usize]),
                3 => new.splice(from..from, other[..piece].iter().copied()).for_each(drop),
                4 => new.splice(from..to, " and ".chars()).for_each(drop),
                _ => new.extend("\n## what it means\nx = 5\n".chars()),
            }
            let new: String = new.into_iter().collect();
            parsed = check(parsed, &text, &new);
            text = new;
        }
    }
}

#[test]
fn an_edit_reads_one_statement() {
    let old = "a = 1\n\n## doc\nb when a > 2\n\nc = b and (\n\nd = 4\n";
    let new = "a = 1\n\n## doc\nb when a > 20 or a = 5\n\nc = b and (\n\nd = 4\n";
    let parsed = parse(FILE, old);
    let again = reparse(parsed, old, FILE, new);
    assert_eq!((again.same_front, again.changed(), again.same_back, again.moved), (1, 1..2, 2, 10));
    assert_eq!(again.parsed.diagnostics.len(), 1);
}

#[test]
fn documentation_belongs_to_the_statement() {
    let old = "a = 1\n## old\nb = 2\nc = 3\n";
    let again = reparse(parse(FILE, old), old, FILE, "a = 1\n## new\nb = 2\nc = 3\n");
    assert_eq!(again.changed(), 1..2);
    assert_eq!(again.parsed.file.statements[1].docs.as_deref(), Some("new"));
}

#[test]
fn the_same_text_is_not_read() {
    let text = "a = 1\nb = 2\n";
    let again = reparse(parse(FILE, text), text, FILE, text);
    assert_eq!((again.same_front, again.same_back), (2, 0));
    check(parse(FILE, ""), "", text);
    check(parse(FILE, text), text, "");
}
