//! Small changes of definitions, and those that no example notices.

use std::fmt::Write;
use std::time::Duration;

use lead_examples::{Fate, Mutant, Mutation};
use serde_json::{Value, json};

use super::Tested;
use super::coverage::percent;
use crate::terminal::{Failure, Style, Terminal, counted};

/// A lexicon with what became of its mutants, and how long it took to try them.
pub type Mutated<'t> = (&'t Tested, Mutation, Duration);

/// The mutants that nobody noticed, by definition.
pub fn human(all: &[Mutated], terminal: &Terminal) -> String {
    let mut out = String::new();
    for (tested, mutation, took) in all {
        let lexicon = &tested.project.lexicon;
        let mut of = None;
        let mut untouched: Vec<(&str, usize)> = Vec::new();
        for (mutant, fate) in &mutation.mutants {
            let name = lexicon.def(mutant.def).name.text.as_str();
            match fate {
                Fate::Noticed => {}
                Fate::Untouched => match untouched.last_mut() {
                    Some((last, n)) if *last == name => *n += 1,
                    _ => untouched.push((name, 1)),
                },
                Fate::Survived => {
                    if of != Some(mutant.def) {
                        let _ = writeln!(out, "{}", terminal.paint(Style::Bold, name));
                        of = Some(mutant.def);
                    }
                    out.push_str(&survivor(tested, mutant, terminal));
                }
            }
        }
        if !untouched.is_empty() {
            let _ = writeln!(out, "{}", terminal.paint(Style::Bold, "no example works these out"));
            for (name, n) in untouched {
                let _ = writeln!(out, "  {name}: {}", counted(n, "change", "changes"));
            }
        }
        if !mutation.failing.is_empty() {
            let line = format!(
                "{} left out: not as expected to begin with",
                counted(mutation.failing.len(), "example is", "examples are")
            );
            let _ = writeln!(out, "{}", terminal.paint(Style::Yellow, &line));
        }
        let (noticed, of) = (mutation.noticed(), mutation.mutants.len());
        let style = if noticed == of { Style::Green } else { Style::Yellow };
        let line = format!(
            "{} of {} noticed by examples: {}%, in {:.1} ms",
            noticed,
            counted(of, "change", "changes"),
            percent(mutation.percent()),
            took.as_secs_f64() * 1000.0
        );
        let _ = writeln!(out, "{}", terminal.paint(style, &line));
    }
    out
}

fn survivor(tested: &Tested, mutant: &Mutant, terminal: &Terminal) -> String {
    let sources = &tested.project.sources;
    let file = sources.file(mutant.span.file);
    let at = file.line_col(mutant.span.start);
    let settings = &tested.project.lexicon.settings;
    let slice = |span| sources.slice(span).to_string();
    let (change, help) = (mutant.text(settings, &slice), mutant.help(settings, &slice));
    let place = terminal.paint(Style::Dim, &format!("{}:{}:{}", file.name(), at.line, at.column));
    format!("  {change}  {place}\n    {}\n", terminal.paint(Style::Cyan, &help))
}

/// What stands there, what would stand there, and what an example would have to say.
fn told(tested: &Tested, mutant: &Mutant) -> (String, String, String) {
    let sources = &tested.project.sources;
    let settings = &tested.project.lexicon.settings;
    let slice = |span| sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
    (slice(mutant.span), mutant.to(settings, &slice), mutant.help(settings, &slice))
}

/// All mutants, and what became of them.
pub fn json(all: &[Mutated]) -> Result<String, Failure> {
    let lexicons: Vec<Value> = all
        .iter()
        .map(|(tested, mutation, _)| {
            let sources = &tested.project.sources;
            let mutants = mutation.mutants.iter().map(|(mutant, fate)| {
                let file = sources.file(mutant.span.file);
                let at = file.line_col(mutant.span.start);
                let (was, to, help) = told(tested, mutant);
                json!({
                    "definition": tested.project.lexicon.def(mutant.def).name.text,
                    "file": file.name(), "line": at.line, "column": at.column,
                    "kind": mutant.kind.word(), "was": was, "to": to,
                    "fate": match fate {
                        Fate::Noticed => "noticed",
                        Fate::Survived => "survived",
                        Fate::Untouched => "untouched",
                    },
                    "suggestion": (*fate != Fate::Noticed).then_some(help),
                })
            });
            json!({
                "lexicon": tested.project.lexicon.settings.name,
                "noticed": mutation.noticed(), "changes": mutation.mutants.len(), "percent": mutation.percent(),
                "mutants": mutants.collect::<Vec<_>>(),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "version": 1, "lexicons": lexicons }))
        .map_err(|e| Failure::data(format!("the changes cannot be written as JSON: {e}")))?;
    Ok(text + "\n")
}
