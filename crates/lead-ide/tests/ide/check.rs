//! What every change must hold: its result is read and checked with no errors that were not there before.

use std::collections::BTreeMap;

use lead_hir::Session;
use lead_ide::{Change, Snapshot};

use crate::fixture::Fixture;

/// The texts of all files after a change.
pub fn texts_after(snapshot: &Snapshot, change: &Change) -> BTreeMap<String, String> {
    let checked = snapshot.checked();
    let mut applied = 0;
    let texts = checked
        .files()
        .map(|f| {
            let own: Vec<_> = change.edits.iter().filter(|e| e.span.file == f.id).cloned().collect();
            let (text, count) = lead_diag::apply_edits(&f.text, &own);
            applied += count;
            (f.name.to_string(), text)
        })
        .collect();
    assert_eq!(applied, change.edits.len(), "edits overlap or lie outside: {:?}", change.edits);
    texts
}

/// The errors of a lexicon as texts, without their places.
pub fn errors(snapshot: &Snapshot) -> Vec<String> {
    let checked = snapshot.checked();
    let all = checked.files().flat_map(|f| checked.diagnostics(f.id)).chain(checked.placeless());
    let mut out: Vec<String> = all.filter(|d| d.is_error()).map(|d| format!("{} {}", d.code.id(), d.message)).collect();
    out.sort();
    out
}

/// The lexicon after a change, checked; panics with the texts if errors were added.
pub fn no_worse(snapshot: &Snapshot, change: &Change, what: &str) -> Snapshot {
    let texts = texts_after(snapshot, change);
    let mut session = Session::new();
    for (name, text) in &texts {
        session.set_file(name, text.as_str().into());
    }
    let after = Snapshot::new(session.check());
    let (old, new) = (errors(snapshot), errors(&after));
    let mut left = old.clone();
    for error in &new {
        match left.iter().position(|e| e == error) {
            Some(at) => drop(left.remove(at)),
            None if new.len() <= old.len() => {}
            None => {
                panic!("{what} makes an error: {error}\n\n{}", texts.values().cloned().collect::<Vec<_>>().join("\n"))
            }
        }
    }
    if let Some(select) = change.select {
        let file = after.checked().files().find(|f| snapshot.file(select.file).is_some_and(|o| o.name == f.name));
        assert!(file.is_some_and(|f| f.text.get(select.range()).is_some()), "{what} selects outside of the text");
    }
    after
}

/// The titles of the actions at the cursors.
pub fn titles(fixture: &Fixture) -> String {
    let (file, range) = fixture.range();
    let actions = fixture.snapshot.code_actions(file, range, &[]);
    let show = |a: &lead_ide::Action| {
        let preferred = if a.preferred { " *" } else { "" };
        let disabled = a.disabled.map(|d| format!(" -- {d}")).unwrap_or_default();
        format!("{}: {}{preferred}{disabled}", a.kind.name(), a.title)
    };
    actions.iter().map(show).collect::<Vec<_>>().join("\n")
}

/// The file of the cursor after the action whose title begins so, with what it selects in `[[ ]]`.
pub fn acted(fixture: &Fixture, title: &str) -> String {
    let (file, range) = fixture.range();
    let actions = fixture.snapshot.code_actions(file, range.clone(), &[]);
    let action = actions.iter().find(|a| a.title.starts_with(title)).unwrap_or_else(|| {
        panic!("no action `{title}` among\n{}", titles(fixture));
    });
    let change = fixture.snapshot.resolve_code_action(file, range, &action.id).expect("it is offered");
    no_worse(&fixture.snapshot, &change, title);
    let mut text = change.apply(file, fixture.snapshot.text(file));
    if let Some(select) = change.select {
        text.insert_str(select.end as usize, "]]");
        text.insert_str(select.start as usize, "[[");
    }
    text.trim_end().to_string()
}
