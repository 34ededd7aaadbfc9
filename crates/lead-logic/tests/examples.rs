//! The examples and the corpus hold nothing that is proved to be wrong, but for what the corpus shows on purpose.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use lead_logic::Linter;
use lead_project::Project;

fn lints(path: &Path) -> Vec<String> {
    let mut project = Project::open(path).unwrap();
    let before: Vec<_> = project.diagnostics.clone();
    project.lint(&mut Linter::new());
    let new = project.diagnostics.iter().filter(|d| !before.contains(d));
    let shown = new.map(|d| {
        let place = d.span().map_or(String::new(), |s| project.sources.place(s).to_string());
        format!("{place}: {} {} ({})", d.code.id(), d.message, d.notes.join("; "))
    });
    shown.collect()
}

fn inside(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn the_examples_have_no_finding() {
    let all: Vec<String> = inside("examples").iter().filter(|p| p.is_dir()).flat_map(|p| lints(p)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_corpus_has_no_finding() {
    let files = inside("tests/corpus").into_iter().filter(|p| p.extension().is_some_and(|e| e == "lead"));
    // Files that show every way to write something say some of it twice.
    let on_purpose =
        ["every_comparison.lead", "logic_from_loosest_to_tightest.lead", "text_and_numbers_as_written.lead"];
    let all: Vec<String> = files.flat_map(|p| lints(&p)).collect();
    let rest: Vec<&String> = all.iter().filter(|f| !on_purpose.iter().any(|p| f.contains(p))).collect();
    assert!(rest.is_empty(), "{rest:#?}");
    assert!(all.iter().all(|f| f.contains(" L0617 ") || f.contains(" L0621 ")), "{all:#?}");
}
