//! What `lead test --suggest` writes for the examples of the project: every row comes out, and every row shows something that no example
//! and no row before it shows.

use std::fs;
use std::path::{Path, PathBuf};

use lead_diag::{FileId, SourceMap, Span};
use lead_examples::{DefCoverage, Suggestion, Suite};
use lead_hir::hir::{Example, Lexicon};
use lead_project::Project;

fn lexicons() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut found: Vec<PathBuf> =
        fs::read_dir(root).expect("examples").map(|e| e.expect("an entry").path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

const AS_OF: i64 = 1_780_272_000_000_000; // 2026-06-01T00:00Z

/// The files of a lexicon with more text at the end of those of definitions.
fn with(project: &Project, more: &[(FileId, String)]) -> Lexicon {
    let mut sources = SourceMap::new();
    let mut trees = Vec::new();
    for (id, file) in project.sources.files().filter(|(_, f)| f.name().ends_with(".lead")) {
        let mut text = file.text().to_string();
        for (_, table) in more.iter().filter(|(of, _)| *of == id) {
            text.push('\n');
            text.push_str(table);
        }
        let id = sources.add(file.name(), text.as_str());
        let parsed = lead_syntax::parse(id, &text);
        let errors: Vec<_> = parsed.diagnostics.iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{more:?}");
        trees.push((id, parsed.file));
    }
    let trees: Vec<_> = trees.iter().map(|(id, tree)| (*id, tree)).collect();
    let lowered = lead_hir::lower(&trees, &project.config);
    let errors: Vec<_> = lowered.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{more:?}");
    lowered.lexicon
}

#[test]
fn every_suggested_row_comes_out_and_shows_something_new() {
    let mut rows = 0;
    for path in lexicons() {
        let project = Project::open(&path).expect("a lexicon");
        let slice = |span: Span| project.sources.slice(span).to_string();
        let suite = Suite::new(&project.lexicon, AS_OF);
        let before = suite.coverage(2);
        let mut tables: Vec<(FileId, String)> = Vec::new();
        for def in &before.defs {
            let Some(found) = suite.suggest(def.def, &before) else { continue };
            each_row(&project, def, &found);
            rows += found.rows.len();
            if !found.rows.is_empty() {
                let file = project.lexicon.def(def.def).name_span.file;
                tables.push((file, found.text(&project.lexicon, &slice)));
            }
        }
        // All of them together.
        let lexicon = with(&project, &tables);
        let suite = Suite::new(&lexicon, AS_OF);
        for outcome in suite.run_all(2, |_| true) {
            let failed: Vec<_> = outcome.checks.iter().map(|c| (&c.expected, &c.answer)).collect();
            assert!(outcome.passed(), "{}: {:?}\n{failed:?}", path.display(), suite.example(outcome.example));
        }
        let after = suite.coverage(2);
        assert!(tables.is_empty() || after.score().met > before.score().met, "{}", path.display());
        assert_eq!(after.score().wanted, before.score().wanted, "{}", path.display());
    }
    assert!(rows > 50, "{rows} rows");
}

/// Each row in a table of its own: it comes out, and shows what is said of it, none of which was seen before.
fn each_row(project: &Project, def: &DefCoverage, found: &Suggestion) {
    let slice = |span: Span| project.sources.slice(span).to_string();
    let file = project.lexicon.def(def.def).name_span.file;
    let mut seen = std::collections::BTreeSet::new();
    let alone = |row: &lead_examples::SuggestedRow| Suggestion { rows: vec![row.clone()], ..found.clone() };
    let tables: Vec<(FileId, String)> =
        found.rows.iter().map(|row| (file, alone(row).text(&project.lexicon, &slice))).collect();
    let lexicon = with(project, &tables);
    let (place, old) = (place(project, file), project.sources.file(file).text().len());
    let is_new = |e: &Example| e.span.file.0 as usize == place && e.span.start as usize >= old;
    let new: Vec<usize> = (0..lexicon.examples.len()).filter(|i| is_new(&lexicon.examples[*i])).collect();
    assert_eq!(new.len(), found.rows.len());
    for (row, example) in found.rows.iter().zip(new) {
        let span = lexicon.examples[example].span;
        let suite = Suite::of(&lexicon, AS_OF, |e| e.span == span);
        let outcome = suite.run(example).expect("an outcome");
        assert!(outcome.passed(), "{}: {row:?}", found.text(&project.lexicon, &slice));
        let coverage = suite.coverage(1);
        let shown = coverage.def(def.def).expect("the definition");
        assert!(!row.shows.is_empty());
        for goal in &row.shows {
            assert!(def.mark(*goal).is_some_and(|m| m.missing()), "{goal:?} was seen before");
            assert!(shown.mark(*goal).is_some_and(|m| m.met()), "{goal:?} of {row:?} is not seen");
            assert!(seen.insert(*goal), "{goal:?} is shown twice");
        }
    }
}

/// The place of a file among those that are read.
fn place(project: &Project, file: FileId) -> usize {
    let mut read = project.sources.files().filter(|(_, f)| f.name().ends_with(".lead"));
    read.position(|(id, _)| id == file).expect("the file")
}
