//! Messages, source and rendering together: one case a file in `cases/`, its name a sentence.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use common::check_fixture;

fn each(folder: &str, mut visit: impl FnMut(&str, &str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().to_string();
        visit(&name, &fs::read_to_string(&file).unwrap());
    }
}

#[test]
fn messages_are_as_recorded() {
    each("cases", |name, text| {
        let checked = check_fixture(text);
        let shown = format!("{text}\n----\n\n{}", checked.rendered());
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/cases", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, shown);
        });
    });
}

#[test]
fn trees_are_as_recorded() {
    each("trees", |name, text| {
        let checked = check_fixture(text);
        assert!(checked.lowered.diagnostics.is_empty(), "{name}: {}", checked.rendered());
        let tree = lead_hir::debug(&checked.lowered.lexicon);
        // The schema is the same in all of them.
        let own = tree.split_once("event stage change").map_or(tree.as_str(), |(_, rest)| rest);
        let own = own.split_once("deal: -> deal\n").map_or(own, |(_, rest)| rest);
        let shown = format!("{text}\n----\n\n{own}");
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/trees", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, shown);
        });
    });
}

#[test]
fn messages_are_one_line_in_lower_case_without_a_stop() {
    each("cases", |name, text| {
        for found in check_fixture(text).diagnostics {
            let first = found.message.chars().next().unwrap();
            assert!(!first.is_uppercase(), "{name}: {}", found.message);
            let lines = [&found.message].into_iter().chain(&found.help).chain(&found.notes);
            for line in lines.chain(found.labels.iter().map(|l| &l.text)) {
                assert!(!line.ends_with('.') && !line.contains('\n'), "{name}: {line}");
                let words: HashSet<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
                for word in ["your", "expression", "boolean", "string", "integer", "identifier", "token"] {
                    assert!(!words.contains(word), "{name}: {line}");
                }
            }
        }
    });
}

#[test]
fn fixes_named_safe_take_their_message_away() {
    each("cases", |name, text| {
        if text.contains("//- ") {
            return;
        }
        let checked = check_fixture(text);
        for found in &checked.diagnostics {
            let safe = found.fixes.iter().find(|f| f.applicability == lead_diag::Applicability::Safe);
            let Some(fix) = safe else { continue };
            let (fixed, applied) = lead_diag::apply_edits(text, &fix.edits);
            assert_eq!(applied, fix.edits.len(), "{name}: {}", fix.title);
            let again = check_fixture(&fixed);
            let same = |d: &lead_diag::Diagnostic| d.message == found.message;
            let before = checked.diagnostics.iter().filter(|d| same(d)).count();
            assert!(again.diagnostics.iter().filter(|d| same(d)).count() < before, "{name}: {} stays", found.message);
        }
    });
}
