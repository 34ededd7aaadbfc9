//! Outcomes of examples as JUnit's XML, which CI services show beside a change.

use std::fmt::Write;

use super::Tested;
use crate::ci::escaped;

/// A suite per file, a case per example.
pub fn text(all: &[Tested]) -> String {
    let mut suites: Vec<(String, Vec<(&Tested, &super::Came)>)> = Vec::new();
    for tested in all {
        for outcome in &tested.outcomes {
            let Some(example) = tested.suite.example(outcome.example) else { continue };
            let file = tested.project.sources.file(example.span.file).name();
            match suites.iter_mut().find(|s| s.0 == file) {
                Some((_, cases)) => cases.push((tested, outcome)),
                None => suites.push((file.to_string(), vec![(tested, outcome)])),
            }
        }
    }
    let count = |cases: &[(&Tested, &super::Came)]| cases.iter().filter(|c| !c.1.passed()).count();
    let all_cases: usize = suites.iter().map(|s| s.1.len()).sum();
    let all_failed: usize = suites.iter().map(|s| count(&s.1)).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ =
        writeln!(out, "<testsuites name=\"lead test\" tests=\"{all_cases}\" failures=\"{all_failed}\" errors=\"0\">");
    for (file, cases) in &suites {
        let (tests, failed) = (cases.len(), count(cases));
        let file = escaped(file);
        let _ = writeln!(out, "  <testsuite name=\"{file}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\">");
        for (tested, outcome) in cases {
            let sources = &tested.project.sources;
            let Some(example) = tested.suite.example(outcome.example) else { continue };
            let line = sources.file(example.span.file).line_col(example.span.start).line;
            let title = escaped(&example.title);
            let head = format!("    <testcase name=\"{title}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\"");
            if outcome.passed() {
                let _ = writeln!(out, "{head}/>");
                continue;
            }
            let _ = writeln!(out, "{head}>");
            for found in lead_examples::diagnostics(&tested.suite, outcome, |s| sources.slice(s).to_string()) {
                let shown = lead_diag::render::human(&found, sources, &lead_diag::render::Options::default());
                let (message, shown) = (escaped(&found.message), escaped(&shown));
                let _ = writeln!(
                    out,
                    "      <failure message=\"{message}\" type=\"{}\">{shown}</failure>",
                    found.code.id()
                );
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}
