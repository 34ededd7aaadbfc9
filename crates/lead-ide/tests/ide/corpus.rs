//! Every editing feature over every file of the corpus and over broken variants of it: nothing panics, every span lies
//! inside its file, every action leaves no new error.

use std::path::PathBuf;

use lead_examples::Verdict;
use lead_hir::Session;
use lead_ide::{Encoding, FilePosition, HintSettings, LensSettings, Snapshot, SubjectHints, encode};

use crate::check::no_worse;

fn corpus() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut out = Vec::new();
    for folder in ["tests/corpus", "tests/leadforge", "examples/industrial", "examples/hello", "examples/hubspot"] {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(root.join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "lead")) {
            out.push((path.file_name().unwrap().to_string_lossy().to_string(), std::fs::read_to_string(path).unwrap()));
        }
    }
    out
}

fn alone(text: &str) -> Snapshot {
    let mut session = Session::new();
    session.set_file("a.lead", text.into());
    Snapshot::new(session.check())
}

fn inside(text: &str, from: u32, to: u32, what: &str) {
    assert!(from <= to && text.get(from as usize..to as usize).is_some(), "{what}: {from}..{to} of {}", text.len());
}

/// Asks for everything; returns what was asked, for counting.
fn everything(snapshot: &Snapshot, step: usize, resolve: bool) -> usize {
    let file = snapshot.checked().files().next().unwrap();
    let (id, text) = (file.id, &file.text);
    let end = text.len() as u32;
    let mut asked = 0;

    let tokens = snapshot.semantic_tokens(id, None);
    let mut last = 0;
    for token in &tokens {
        inside(text, token.range.start, token.range.end, "token");
        assert!(last <= token.range.start, "tokens overlap at {}", token.range.start);
        assert!(!text[token.range.start as usize..token.range.end as usize].contains('\n'), "a token of two lines");
        last = token.range.end;
    }
    encode(&tokens, &snapshot.lines(id), Encoding::Utf16);
    for fold in snapshot.folding_ranges(id) {
        inside(text, fold.range.start, fold.range.end, "fold");
        assert!(text[fold.range.start as usize..fold.range.end as usize].contains('\n'));
    }
    let settings = HintSettings { subjects: SubjectHints::Always, ..HintSettings::default() };
    for hint in snapshot.inlay_hints(id, 0..end, &settings) {
        inside(text, hint.offset, hint.offset, "hint");
    }
    for lens in snapshot.code_lenses(id, &LensSettings::default()) {
        inside(text, lens.range.start, lens.range.end, "lens");
        assert!(!lens.title().is_empty());
    }
    let report = snapshot.diagnostics(id);
    for shown in &report.diagnostics {
        inside(text, shown.range.start, shown.range.end, "diagnostic");
    }
    if let Some(edits) = snapshot.format(id) {
        let (new, applied) = lead_diag::apply_edits(text, &edits);
        assert_eq!(applied, edits.len(), "edits of the layout overlap");
        assert_eq!(lead_syntax::format(text).unwrap(), new, "edits lead to another layout");
    }
    for (i, (def, _)) in snapshot.checked().defs().enumerate() {
        snapshot.unfold(def);
        if i % 8 == 0 {
            snapshot.show_plan(def, 1_750_000_000_000_000);
        }
        asked += 1;
    }
    for offset in (0..=text.len()).step_by(step).filter(|at| text.is_char_boundary(*at)) {
        let at = FilePosition { file: id, offset: offset as u32 };
        let mut before: Option<std::ops::Range<u32>> = None;
        for range in snapshot.selection_ranges(at) {
            inside(text, range.start, range.end, "selection");
            assert!(range.start <= at.offset && at.offset <= range.end);
            if let Some(before) = before {
                assert!(range.start <= before.start && before.end <= range.end && range != before);
            }
            before = Some(range);
        }
        if let Some(linked) = snapshot.linked_editing_ranges(at) {
            linked.ranges.iter().for_each(|r| inside(text, r.start, r.end, "linked"));
        }
        let seldom = (offset / step).is_multiple_of(8);
        if seldom {
            snapshot.format_on_line_end(at);
            snapshot.format_range(id, at.offset..at.offset + 1);
        }
        let to = (offset + 17..).find(|n| text.is_char_boundary(*n) || *n > text.len()).unwrap().min(text.len());
        for range in [at.offset..at.offset, at.offset..to as u32] {
            for action in snapshot.code_actions(id, range.clone(), &[]) {
                asked += 1;
                if !resolve || action.disabled.is_some() {
                    continue;
                }
                let change = snapshot.resolve_code_action(id, range.clone(), &action.id);
                let change = change.unwrap_or_else(|| panic!("`{}` at {offset} comes to nothing", action.title));
                let own = action.kind.name() != "quickfix" && action.kind.name() != "source.fixAll";
                if own {
                    no_worse(snapshot, &change, &format!("`{}` at {offset}", action.title));
                }
            }
        }
    }
    asked
}

#[test]
fn every_feature_answers_on_every_file_of_the_corpus() {
    let mut asked = 0;
    for (_, text) in corpus() {
        asked += everything(&alone(&text), 61 + text.len() / 60, true);
    }
    assert!(asked > 500, "only {asked} were asked for");
}

#[test]
fn expressions_of_the_corpus_are_extracted_without_new_errors() {
    let mut extracted = 0;
    for (_, text) in corpus() {
        let snapshot = alone(&text);
        let file = snapshot.checked().files().next().unwrap();
        let typed: Vec<_> = snapshot.checked().types_in(file.id).to_vec();
        for one in typed.iter().step_by(3 + typed.len() / 60) {
            let range = one.span.start..one.span.end;
            for action in snapshot.code_actions(file.id, range.clone(), &["refactor.extract"]) {
                let change = snapshot.resolve_code_action(file.id, range.clone(), &action.id).unwrap();
                no_worse(&snapshot, &change, &format!("{} of `{}`", action.title, file.slice(one.span)));
                extracted += 1;
            }
        }
    }
    assert!(extracted > 100, "only {extracted}");
}

#[test]
fn names_of_the_corpus_are_inlined_and_examples_made_without_new_errors() {
    let (mut inlined, mut made) = (0, 0);
    for (_, text) in corpus() {
        let snapshot = alone(&text);
        let file = snapshot.checked().files().next().unwrap();
        let places = snapshot.checked().places_in(file.id);
        let failed_before = failed(&snapshot);
        for place in places.iter().step_by(1 + places.len() / 60) {
            let range = place.span.start..place.span.start;
            for action in snapshot.code_actions(file.id, range.clone(), &["refactor.inline", "refactor"]) {
                if action.disabled.is_some() {
                    continue;
                }
                let change = snapshot.resolve_code_action(file.id, range.clone(), &action.id).unwrap();
                let what = format!("{} of `{}`", action.title, file.slice(place.span));
                let after = no_worse(&snapshot, &change, &what);
                if action.kind.name() == "refactor.inline" {
                    inlined += 1;
                } else {
                    made += 1;
                    // What is made says what is so.
                    assert_eq!(failed(&after), failed_before, "{what} fails:\n{}", change.apply(file.id, &text));
                }
            }
        }
    }
    assert!(inlined > 50 && made > 50, "{inlined} inlined, {made} made");
}

/// How many examples of a lexicon without errors fail.
fn failed(snapshot: &Snapshot) -> usize {
    if !snapshot.checked().is_sound() {
        return 0;
    }
    let suite = lead_examples::Suite::new(&snapshot.checked().to_run(), 1_781_733_599_999_999);
    suite.run_all(1, |_| true).iter().map(|o| o.checks.iter().filter(|c| c.verdict != Verdict::Passed).count()).sum()
}

#[test]
fn every_feature_answers_on_broken_files() {
    for (n, (_, text)) in corpus().into_iter().enumerate() {
        if text.len() > 3_000 {
            continue;
        }
        let cut = (n * 37) % text.len().max(1);
        let boundary = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (half, cut) = (boundary(text.len() / 2), boundary(cut));
        let variants = [
            text[..half].to_string(),
            text[cut..].to_string(),
            text.replace("when", "wen"),
            text.replace(" = ", " == "),
            text.replace('(', ""),
            text.replace('"', ""),
            text.replace('\n', "\r\n"),
            text.replace("\n    ", "\n"),
            format!("\u{FEFF}{text}"),
            text.replace('e', "é"),
            text.replace(' ', "\u{A0}"),
        ];
        for variant in variants {
            everything(&alone(&variant), 151, false);
        }
    }
}
