//! What `lead test --update` writes into the examples of the project once their expectations are turned around: all of them come out.

use std::fs;
use std::path::{Path, PathBuf};

use lead_diag::{Diagnostic, Edit, FileId, SourceMap, Span, apply_edits};
use lead_examples::Suite;
use lead_hir::Config;
use lead_hir::hir::{ExampleKind, ExprKind, Given, Lexicon, Value};
use lead_project::Project;

const AS_OF: i64 = 1_780_272_000_000_000; // 2026-06-01T00:00Z

type Texts = Vec<(String, String)>;

fn lowered(texts: &Texts, config: &Config) -> (SourceMap, Lexicon) {
    let mut sources = SourceMap::new();
    let mut trees = Vec::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    for (name, text) in texts {
        let id = sources.add(name.as_str(), text.as_str());
        let parsed = lead_syntax::parse(id, text);
        found.extend(parsed.diagnostics);
        trees.push((id, parsed.file));
    }
    let trees: Vec<_> = trees.iter().map(|(id, tree)| (*id, tree)).collect();
    let lowered = lead_hir::lower(&trees, config);
    found.extend(lowered.diagnostics);
    let errors: Vec<_> =
        found.iter().filter(|d| d.is_error()).map(|d| (&d.message, d.span().map(|s| sources.slice(s)))).collect();
    assert!(errors.is_empty(), "{errors:?}");
    (sources, lowered.lexicon)
}

fn edited(texts: &Texts, edits: &[Edit]) -> Texts {
    let of = |i: usize| edits.iter().filter(|e| e.span.file == FileId(i as u32)).cloned().collect::<Vec<_>>();
    texts.iter().enumerate().map(|(i, (name, text))| (name.clone(), apply_edits(text, &of(i)).0)).collect()
}

/// Every expectation that can be turned around without another type, and how many there are.
fn turned(lexicon: &Lexicon, slice: &dyn Fn(Span) -> String) -> Vec<Edit> {
    let mut edits = Vec::new();
    for example in &lexicon.examples {
        match &example.kind {
            ExampleKind::Table(table) => {
                let Some(at) = table.columns.iter().position(|c| c.what == Given::Expected) else { continue };
                for cell in table.rows.iter().filter_map(|row| row.cells[at].as_ref()) {
                    let text = match &cell.kind {
                        ExprKind::Literal(Value::YesNo(yes)) => if *yes { "no" } else { "yes" }.to_string(),
                        ExprKind::Literal(Value::Number(n)) => format!("{}", n + 100_000.0),
                        _ => continue,
                    };
                    edits.push(Edit { span: cell.span, text });
                }
            }
            ExampleKind::Story(story) => {
                for expect in &story.expects {
                    let text = format!("not ({})", slice(expect.condition.span));
                    edits.push(Edit { span: expect.condition.span, text });
                }
            }
            ExampleKind::Error => {}
        }
    }
    edits
}

#[test]
fn expectations_that_were_turned_around_come_out_once_they_are_updated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root).expect("examples").map(|e| e.expect("an entry").path()).filter(|p| p.is_dir()).collect();
    paths.sort();
    let mut updated = 0;
    for path in paths {
        let project = Project::open(&path).expect("a lexicon");
        let files = project.sources.files().filter(|(_, f)| f.name().ends_with(".lead"));
        let texts: Texts = files.map(|(_, f)| (f.name().to_string(), f.text().to_string())).collect();
        let (sources, lexicon) = lowered(&texts, &project.config);
        let wrong = edited(&texts, &turned(&lexicon, &|span| sources.slice(span).to_string()));
        let (sources, lexicon) = lowered(&wrong, &project.config);
        let suite = Suite::new(&lexicon, AS_OF);
        let outcomes = suite.run_all(2, |_| true);
        let slice = |span: Span| sources.slice(span).to_string();
        let updates: Vec<_> = outcomes.iter().filter_map(|o| suite.update(o, &slice)).collect();
        updated += updates.iter().map(|u| u.expectations).sum::<usize>();
        let edits: Vec<Edit> = updates.into_iter().flat_map(|u| u.edits).collect();
        let right = edited(&wrong, &edits);
        let (sources, lexicon) = lowered(&right, &project.config);
        let suite = Suite::new(&lexicon, AS_OF);
        for outcome in suite.run_all(2, |_| true) {
            let shown = suite.example(outcome.example).map(|e| sources.slice(e.span).to_string());
            assert!(outcome.passed(), "{}", shown.unwrap_or_default());
        }
    }
    assert!(updated > 80, "{updated} expectations");
}
