//! Every feature at every place of every text, whole and broken: an answer within bounds, and no panic.

use std::path::{Path, PathBuf};

use lead_diag::{Edit, Span};
use lead_hir::Session;
use lead_ide::{Cancel, DocumentSymbol, FilePosition, FileRename, Snapshot};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The `.lead` files of a folder, with their texts.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "lead"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no files in {folder}");
    found
}

fn check(snapshot: &Snapshot, span: Span) {
    let text = snapshot.text(span.file);
    let range = span.range();
    assert!(range.start <= range.end && text.get(range.clone()).is_some(), "{span:?} is outside of its file");
}

fn check_edits(snapshot: &Snapshot, edits: &[Edit]) {
    edits.iter().for_each(|e| check(snapshot, e.span));
}

fn check_symbols(snapshot: &Snapshot, symbols: &[DocumentSymbol]) {
    for symbol in symbols {
        check(snapshot, symbol.whole);
        check(snapshot, symbol.focus);
        assert!(symbol.whole.start <= symbol.focus.start && symbol.focus.end <= symbol.whole.end, "{symbol:?}");
        assert!(!symbol.name.is_empty());
        check_symbols(snapshot, &symbol.children);
    }
}

/// What is asked at one place.
fn ask(snapshot: &Snapshot, at: FilePosition) {
    let offset = at.offset;
    let completions = snapshot.completions(at);
    for (i, item) in completions.items.iter().enumerate() {
        check(snapshot, item.insert);
        check(snapshot, item.replace);
        assert!(item.insert.start == item.replace.start && item.insert.end <= item.replace.end);
        assert!(item.insert.start <= offset && offset <= item.insert.end, "{item:?} does not hold the cursor {offset}");
        assert!(!snapshot.slice(item.replace).contains('\n'), "{item:?} goes over a line end");
        if i < 3
            && let Some(key) = &item.key
        {
            snapshot.completion_docs(key);
        }
    }
    if let Some(hover) = snapshot.hover(at) {
        check(snapshot, hover.span);
        assert!(hover.span.touches(offset) && !hover.text.is_empty());
    }
    if let Some(help) = snapshot.signature_help(at) {
        help.parts.iter().for_each(|p| assert!(help.label.get(p.start as usize..p.end as usize).is_some()));
    }
    for goto in snapshot.goto_definition(at).into_iter().chain(snapshot.goto_type_definition(at)) {
        [goto.origin, goto.whole, goto.name].into_iter().for_each(|s| check(snapshot, s));
    }
    snapshot.references(at, true).into_iter().for_each(|s| check(snapshot, s));
    snapshot.highlight(at).into_iter().for_each(|h| check(snapshot, h.span));
    for item in snapshot.call_items(at) {
        check(snapshot, item.whole);
        check(snapshot, item.focus);
    }
    for call in snapshot.incoming_calls(at).into_iter().chain(snapshot.outgoing_calls(at)) {
        call.places.into_iter().for_each(|s| check(snapshot, s));
    }
    if let Ok(renamed) = snapshot.prepare_rename(at) {
        check(snapshot, renamed.span);
        assert!(renamed.span.touches(offset) || snapshot.slice(renamed.span).len() + 2 >= 2);
    }
}

fn ask_file(snapshot: &Snapshot, name: &str) {
    let file = snapshot.checked().file_named(name).unwrap().id;
    check_symbols(snapshot, &snapshot.document_symbols(file));
    snapshot.document_links(file).into_iter().for_each(|l| check(snapshot, l.span));
    let renames = [FileRename::Export { from: "contacts.csv".into(), to: "people.csv".into() }];
    check_edits(snapshot, &snapshot.rename_files(&renames));
}

fn snapshot(files: &[(String, String)]) -> Snapshot {
    let mut session = Session::new();
    for (name, text) in files {
        session.set_file(name, text.as_str().into());
    }
    Snapshot::new(session.check())
}

/// Asks at every `step`-th place of a file, inside of characters as well.
fn ask_everywhere(snapshot: &Snapshot, name: &str, step: usize) {
    let file = snapshot.checked().file_named(name).unwrap();
    let (id, length) = (file.id, file.text.len() as u32);
    let text = file.text.clone();
    for offset in (0..length + 2).step_by(step) {
        let mut at = (offset as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if at as u32 == offset {
            ask(snapshot, FilePosition { file: id, offset });
        } else {
            // Past the end, or inside a character: an answer of some kind, and no panic.
            snapshot.completions(FilePosition { file: id, offset });
            snapshot.hover(FilePosition { file: id, offset });
        }
    }
    ask_file(snapshot, name);
}

#[test]
fn every_offset_of_the_corpus_is_answered() {
    for (name, text) in files("tests/corpus") {
        ask_everywhere(&snapshot(&[(name.clone(), text)]), &name, 1);
    }
}

#[test]
fn every_third_offset_of_the_industrial_example_is_answered() {
    let files = files("examples/industrial");
    let snapshot = snapshot(&files);
    for (i, (name, _)) in files.iter().enumerate() {
        ask_everywhere(&snapshot, name, 3 + i % 2);
    }
}

#[test]
fn texts_that_end_anywhere_are_answered_at_their_end() {
    for (name, text) in files("tests/corpus") {
        // As while it is typed: one session, many texts.
        let mut session = Session::new();
        for (n, (end, _)) in text.char_indices().enumerate() {
            // Each is checked: one end in seven is enough, and which differ from file to file.
            if (n + name.len()) % 7 != 0 {
                continue;
            }
            let file = session.set_file(&name, text[..end].into());
            let snapshot = Snapshot::new(session.check());
            ask(&snapshot, FilePosition { file, offset: end as u32 });
            check_symbols(&snapshot, &snapshot.document_symbols(file));
        }
    }
}

#[test]
fn texts_with_something_missing_or_added_are_answered_around_it() {
    let breaks = ["", "(", "\"", "`", " and ", "\n", ".", "\u{0}", "é", "|", "within ", "#"];
    for (i, (name, text)) in files("tests/corpus").into_iter().enumerate() {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut session = Session::new();
        for (n, at) in ends.iter().enumerate().skip(i % 7).step_by(23) {
            let mut broken = text.clone();
            let end = ends.get(n + 1 + n % 4).copied().unwrap_or(text.len());
            broken.replace_range(*at..end, breaks[(n + i) % breaks.len()]);
            let file = session.set_file(&name, broken.as_str().into());
            let snapshot = Snapshot::new(session.check());
            for offset in at.saturating_sub(4)..(at + 8).min(broken.len() + 1) {
                if broken.is_char_boundary(offset) {
                    ask(&snapshot, FilePosition { file, offset: offset as u32 });
                }
            }
            ask_file(&snapshot, &name);
        }
    }
}

#[test]
fn a_rename_of_every_name_of_the_corpus_comes_back_with_a_second() {
    for (name, text) in files("tests/corpus") {
        let first = snapshot(&[(name.clone(), text.clone())]);
        let file = first.checked().file_named(&name).unwrap().id;
        let places = first.checked().places_in(file).to_vec();
        for place in places.iter().step_by(1 + places.len() / 12) {
            let at = FilePosition { file, offset: place.span.start };
            let Ok(renamed) = first.rename(at, "quite another name", &Cancel::new()) else { continue };
            let edits = renamed.edits;
            check_edits(&first, &edits);
            let (renamed, applied) = lead_diag::apply_edits(&text, &edits);
            assert_eq!(applied, edits.len());
            let errors = |s: &Snapshot| s.checked().diagnostics(file).iter().filter(|d| d.is_error()).count();
            let second = snapshot(&[(name.clone(), renamed)]);
            assert!(errors(&second) <= errors(&first), "{name}");
        }
    }
}
