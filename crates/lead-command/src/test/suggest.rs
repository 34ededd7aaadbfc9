//! `lead test --suggest`: the examples that are missing, as tables with today's answers, for review.

use std::collections::BTreeMap;
use std::path::Path;

use lead_examples::Suggestion;

use super::Tested;
use super::more::asked_for;
use crate::args::TestArgs;
use crate::data;
use crate::files;
use crate::terminal::{Exit, Outcome, Style, Terminal, counted, eprint, print};

/// Prints what is missing, or puts it at the end of the files that hold the definitions.
pub fn suggest(all: &[Tested], args: &TestArgs, terminal: &Terminal) -> Outcome {
    let (mut rows, mut tables, mut left) = (0usize, 0usize, 0usize);
    let mut exit = Exit::Fine;
    for tested in all {
        let lexicon = tested.suite.lexicon();
        let sources = &tested.project.sources;
        let slice = |span| sources.slice(span).to_string();
        let mut files: BTreeMap<lead_diag::FileId, String> = BTreeMap::new();
        for suggestion in suggestions(tested, args) {
            left += suggestion.left.len();
            if suggestion.rows.is_empty() {
                continue;
            }
            rows += suggestion.rows.len();
            tables += 1;
            let file = lexicon.def(suggestion.def).name_span.file;
            let text = files.entry(file).or_default();
            text.push('\n');
            text.push_str(&suggestion.text(lexicon, &slice));
        }
        for (file, new) in files {
            let file = sources.file(file);
            if !args.more.append {
                let heading = terminal.paint(Style::Dim, &format!("# {}", file.name()));
                print(&format!("{heading}\n{new}\n"))?;
                continue;
            }
            let old = file.text();
            let ended = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
            let whole = match old.contains("\r\n") {
                true => format!("{old}{ended}{new}").replace("\r\n", "\n").replace('\n', "\r\n"),
                false => format!("{old}{ended}{new}"),
            };
            print(&files::paint_diff(&files::unified_diff(file.name(), old, &whole), terminal))?;
            if args.more.dry_run {
                exit = Exit::Findings;
            } else {
                files::replace(Path::new(file.name()), &whole)?;
            }
        }
    }
    let mut said = match rows {
        0 => "no table shows more than the examples do".to_string(),
        _ => format!("{} for {}", counted(rows, "row", "rows"), counted(tables, "definition", "definitions")),
    };
    if left > 0 {
        let things = counted(left, "thing", "things");
        said.push_str(&format!("; {things} can be shown by a story alone, with events or related records"));
    }
    eprint(&format!("{said}\n"));
    Ok(exit)
}

/// What is missing of each definition that is asked for.
fn suggestions(tested: &Tested, args: &TestArgs) -> Vec<Suggestion> {
    let coverage = tested.suite.coverage(data::cores());
    let asked = coverage.defs.iter().filter(|def| asked_for(tested, def.def, args));
    asked.filter_map(|def| tested.suite.suggest(def.def, &coverage)).collect()
}
