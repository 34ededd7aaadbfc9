//! The formatter: the corpus and random lexicons keep their trees and comments, and a second time changes nothing.

mod support;

use lead_diag::FileId;
use lead_syntax::{debug, format, parse};
use support::Writer;

fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<String> = parse(FileId(0), text).file.comments.into_iter().map(|c| c.text).collect();
    found.sort();
    found
}

fn formatted(text: &str, what: &str) -> String {
    match format(text) {
        Ok(new) => new,
        Err(found) => unreachable!("{what} cannot be laid out: {found:?}\n{text}"),
    }
}

fn check_layout(text: &str, what: &str) -> String {
    let old = parse(FileId(0), text);
    let new_text = formatted(text, what);
    let new = parse(FileId(0), &new_text);
    assert_eq!(debug(&old.file), debug(&new.file), "{what}: another tree\n{text}\n---\n{new_text}");
    assert_eq!(comments(text), comments(&new_text), "{what}: other comments\n{text}\n---\n{new_text}");
    let again = formatted(&new_text, what);
    assert_eq!(new_text, again, "{what}: a second time changes the layout\n{text}");
    // A statement whose layout would change its meaning keeps its old lines.
    for line in new_text.lines().filter(|l| !text.lines().any(|old| old == *l)) {
        assert_eq!(line, line.trim_end(), "{what}: blanks at the end of a line");
    }
    assert!(!new_text.contains("\n\n\n"), "{what}: more than one blank line\n{new_text}");
    new_text
}

fn seeds() -> std::ops::Range<u64> {
    match std::env::var("LEAD_SEED").ok().and_then(|s| s.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..std::env::var("LEAD_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(150),
    }
}

#[test]
fn random_lexicons_are_read_without_errors() {
    for seed in seeds() {
        let text = Writer::lexicon(seed, false);
        let parsed = parse(FileId(0), &text);
        let reports: Vec<_> = parsed.diagnostics.iter().map(|d| (&d.message, d.span())).collect();
        assert!(reports.is_empty(), "seed {seed}: {reports:?}\n{text}");
        assert!(!debug(&parsed.file).contains("ERROR"), "seed {seed}\n{text}");
    }
}

#[test]
fn random_lexicons_keep_their_trees() {
    for seed in seeds() {
        check_layout(&Writer::lexicon(seed, false), &format!("seed {seed}"));
    }
}

#[test]
fn random_lexicons_keep_their_comments() {
    for seed in seeds() {
        check_layout(&Writer::lexicon(seed, true), &format!("seed {seed}, with comments"));
    }
}

#[test]
fn lines_stay_on_the_page() {
    let mut long = 0;
    let mut all = 0;
    for seed in seeds() {
        for line in formatted(&Writer::lexicon(seed, false), "seed").lines() {
            all += 1;
            // Only what cannot be broken is longer: paths, comparisons of long names, heads.
            long += usize::from(line.chars().count() > 100);
        }
    }
    assert!(long * 50 <= all, "{long} of {all} lines are too long");
}

#[test]
fn broken_statements_stay_as_they_are() {
    let text = "a   =  5\nlead   when  >  # why\n     5   # keep\n\n\n\nb   =   6\n";
    assert_eq!(formatted(text, "text"), "a = 5\n\nlead   when  >  # why\n     5   # keep\n\nb = 6\n");
}

#[test]
fn windows_line_ends_stay() {
    assert_eq!(formatted("a   = 5\r\nb =  6\r\n", "text"), "a = 5\r\nb = 6\r\n");
}

#[test]
fn an_empty_file_stays_empty() {
    assert_eq!(formatted("", "text"), "");
    assert_eq!(formatted("\n\n\n", "text"), "");
    assert_eq!(formatted("# only this", "text"), "# only this\n");
}

#[test]
fn the_corpus_is_read_and_laid_out() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir("../../tests/corpus").expect("the corpus") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|e| e == "lead") {
            names.push(path);
        }
    }
    names.sort();
    assert!(names.len() >= 25);
    for path in names {
        let name = path.file_stem().and_then(|n| n.to_str()).unwrap_or("").to_string();
        let text = std::fs::read_to_string(&path).expect("readable");
        let parsed = parse(FileId(0), &text);
        let reports: Vec<_> = parsed.diagnostics.iter().map(|d| &d.message).collect();
        assert!(reports.is_empty(), "{name}: {reports:?}");
        let tree = debug(&parsed.file);
        assert!(!tree.contains("ERROR") && !tree.contains("broken"), "{name}");
        let new = check_layout(&text, &name);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("tree_{name}"), tree);
            insta::assert_snapshot!(format!("layout_{name}"), new);
        });
    }
}

#[test]
fn the_examples_are_read_and_laid_out() {
    let mut read = 0;
    for folder in std::fs::read_dir("../../examples").expect("the examples") {
        let Ok(files) = std::fs::read_dir(folder.expect("a folder").path()) else { continue };
        for file in files {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|e| e == "lead") {
                let text = std::fs::read_to_string(&path).expect("readable");
                let name = path.display().to_string();
                assert!(parse(FileId(0), &text).diagnostics.is_empty(), "{name}");
                check_layout(&text, &name);
                read += 1;
            }
        }
    }
    assert!(read > 0);
}

#[test]
fn texts_that_are_being_written_are_laid_out_as_far_as_they_can_be_read() {
    let mut random = support::Random::new(7);
    for seed in seeds() {
        let whole = Writer::lexicon(seed, true);
        let chars: Vec<char> = whole.chars().collect();
        for _ in 0..6 {
            let mut text = chars.clone();
            let at = random.below(text.len().max(1) as u64) as usize;
            match random.below(4) {
                0 => text.truncate(at),
                1 => drop(text.drain(at..(at + 3).min(text.len()))),
                2 => text.insert(at, ['"', '(', '`', '\n', '#', '=', ')', '“'][random.below(8) as usize]),
                _ => text.splice(at..at, " and ".chars()).for_each(drop),
            }
            let text: String = text.into_iter().collect();
            let old = parse(FileId(0), &text);
            for d in &old.diagnostics {
                for label in &d.labels {
                    assert!(text.get(label.span.range()).is_some(), "seed {seed}: a place outside the text\n{text}");
                }
                for edit in d.fixes.iter().flat_map(|f| &f.edits) {
                    assert!(text.get(edit.span.range()).is_some(), "seed {seed}: a fix outside the text\n{text}");
                }
            }
            for s in &old.file.statements {
                assert!(text.get(s.span.range()).is_some_and(|t| t.trim() == t), "seed {seed}: {:?}\n{text}", s.span);
            }
            let new = formatted(&text, &format!("seed {seed}"));
            let again = formatted(&new, &format!("seed {seed}"));
            assert_eq!(new, again, "seed {seed}: a second time changes the layout\n{text}");
            let (a, b) = (debug(&old.file), debug(&parse(FileId(0), &new).file));
            assert_eq!(a, b, "seed {seed}: another tree\n{text}\n---\n{new}");
        }
    }
}
