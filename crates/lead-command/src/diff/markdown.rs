//! The differences as Markdown, for the comment on a pull request: a line per change, and what is behind it folded away.

use lead_diff::Class;

use super::entry::{Entry, Report, listed};
use super::human::{said, summary};
use super::people::{Moves, Term, cause_text};
use crate::ci::cell;
use crate::terminal::counted;

/// Changes of more than this many names of one class are folded.
const FEW: usize = 12;

/// By class, the heaviest first.
pub fn text(report: &Report) -> String {
    let mut out = format!(
        "### {}: {} → {}\n\n{}\n",
        cell(&report.lexicon),
        cell(&report.base),
        cell(&report.head),
        summary(report)
    );
    if let Some(people) = &report.people {
        out.push_str(&format!("\n{}\n", cell(&people.as_of)));
        for line in people.other_records() {
            out.push_str(&format!("\n{}\n", cell(&line)));
        }
    }
    for (key, before, after) in &report.diff.settings {
        out.push_str(&format!("\n**`{key}`** of `lead.toml`: {} → {}\n", cell(before), cell(after)));
    }
    for class in Class::ALL.into_iter().rev() {
        let entries: Vec<&Entry> = report.of_class(class).collect();
        if entries.is_empty() {
            continue;
        }
        let heading = format!("{} {}", sign(class), class.word());
        let folded = class == Class::Cosmetic || entries.len() > FEW;
        match folded {
            true => out.push_str(&format!("\n<details><summary>{heading} ({})</summary>\n\n", entries.len())),
            false => out.push_str(&format!("\n#### {heading}\n\n")),
        }
        for entry in entries {
            one(report, entry, class, &mut out);
        }
        if folded {
            out.push_str("\n</details>\n");
        }
    }
    for (titles, said) in report.diff.examples.iter().zip(["new", "gone", "changed"]) {
        if !titles.is_empty() {
            let count = counted(titles.len(), "example", "examples");
            out.push_str(&format!("\n{count} {said}: {}\n", cell(&listed(titles, 5))));
        }
    }
    out
}

fn sign(class: Class) -> &'static str {
    match class {
        Class::Breaking => "🔴",
        Class::Narrower => "🟠",
        Class::Wider => "🟢",
        Class::Changed => "🟡",
        Class::Added => "➕",
        Class::Cosmetic => "⚪",
    }
}

fn one(report: &Report, entry: &Entry, class: Class, out: &mut String) {
    let place = entry.place.as_ref().map(|(file, line)| format!(" · `{file}:{line}`")).unwrap_or_default();
    out.push_str(&format!("- **{}**: {}{place}\n", cell(&entry.title()), cell(&entry.said())));
    if class == Class::Cosmetic && entry.logic.is_none() {
        return;
    }
    for line in entry.logic.iter().flat_map(|l| l.lines()) {
        out.push_str(&format!("  - {}\n", cell(&line)));
    }
    if let Some(moves) = report.moves(entry) {
        for line in said(moves, &entry.change.name, report.by()) {
            let (indent, line) = line.strip_prefix("  ").map_or(("  ", line.as_str()), |rest| ("    ", rest));
            out.push_str(&format!("{indent}- {}\n", cell(line)));
        }
        if let Moves::Term(term) = moves {
            named(term, &entry.change.name, report.by(), out);
        }
    }
    if !entry.change.used_by.is_empty() {
        out.push_str(&format!("  - used by {}\n", cell(&listed(&entry.change.used_by, 8))));
    }
    if entry.has_texts() {
        let lines = entry.lines();
        // A fence that is longer than any in the text.
        let fence = "`".repeat(lines.iter().map(|l| longest_run(l)).max().unwrap_or(0).max(2) + 1);
        out.push_str(&format!("\n  <details><summary>the definition</summary>\n\n  {fence}diff\n"));
        for line in lines {
            out.push_str(&format!("  {line}\n"));
        }
        out.push_str(&format!("  {fence}\n\n  </details>\n\n"));
    }
}

/// The first who move, in a table that is folded away.
fn named(term: &Term, name: &str, by: Option<&str>, out: &mut String) {
    if term.first.iter().all(Vec::is_empty) {
        return;
    }
    let split = |text: &str| if by.is_some() { format!(" {text} |") } else { String::new() };
    out.push_str("\n  <details><summary>the first who move</summary>\n\n");
    out.push_str(&format!("  | {} |{} before | now | because |\n", cell(&term.entity), split(&cell(by.unwrap_or("")))));
    out.push_str(&format!("  | --- |{} --- | --- | --- |\n", split("---")));
    for person in term.first.iter().flatten() {
        let cause = cause_text(&term.moves.causes[person.cause], name);
        let by = split(&cell(person.by.as_deref().unwrap_or("")));
        let (from, to) = (person.from.word(), person.to.word());
        out.push_str(&format!("  | {} |{by} {from} | {to} | {} |\n", cell(&person.key), cell(&cause)));
    }
    out.push_str("\n  </details>\n\n");
}

/// The most backticks that stand side by side.
fn longest_run(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
