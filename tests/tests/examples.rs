//! Every example is checked and run, and its answers are compared: those of `industrial` with an independent computation,
//! those of the small ones with files, byte for byte.

// A test says what is wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

mod industrial_expected;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use industrial_expected::{Cell, Expected};
use lead_tests::command::{lead, root};

fn run(args: &[&str]) -> Output {
    Command::new(lead()).args(args).current_dir(root()).env("NO_COLOR", "1").output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a lexicon and gives the folder of its answers.
fn answers(lexicon: &str, more: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("answers").display().to_string();
    let output = run(&[&["run", lexicon, "--output", &out, "--format", "csv"], more].concat());
    assert!(output.status.success(), "{lexicon} does not run:\n{}", said(&output));
    folder
}

fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    (headers, rows)
}

fn column(headers: &[String], name: &str) -> usize {
    headers.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name} in {headers:?}"))
}

/// Compares every expected cell of every record; says the first few that differ, by column.
fn compare(file: &Path, expected: &Expected) {
    let (headers, rows) = table(file);
    assert_eq!(rows.len(), expected.len(), "records in {}", file.display());
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in &rows {
        for (name, cell) in &expected[&row[0]] {
            let found = &row[column(&headers, name)];
            if !cell.is(found) {
                wrong.entry(name).or_default().push(format!("{}: {cell:?}, found {found:?}", row[0]));
            }
        }
    }
    let text: Vec<String> = wrong
        .iter()
        .map(|(name, cells)| {
            format!("{name}: {} differ, such as {}", cells.len(), cells[..cells.len().min(4)].join("; "))
        })
        .collect();
    assert!(text.is_empty(), "{}:\n{}", file.display(), text.join("\n"));
}

/// Compares a metric; the last column is the value, the one before it the dimension.
fn compare_metric(file: &Path, expected: &BTreeMap<String, Cell>) {
    let (headers, rows) = table(file);
    let found: BTreeMap<String, &str> = rows
        .iter()
        .map(|r| {
            let key = if headers.len() > 1 { r[headers.len() - 2].to_lowercase() } else { String::new() };
            (key, r[headers.len() - 1].as_str())
        })
        .collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "rows of {}", file.display());
    for (key, cell) in expected {
        assert!(cell.is(found[key]), "{} for {key:?}: expected {cell:?}, found {:?}", file.display(), found[key]);
    }
}

#[test]
fn the_industrial_answers_are_those_of_plain_loops_over_the_rows() {
    let folder = answers("examples/industrial", &[]);
    let answers = folder.path().join("answers");
    let expected = industrial_expected::compute(&root().join("examples/industrial/data"));
    compare(&answers.join("contact.csv"), &expected.contacts);
    compare(&answers.join("company.csv"), &expected.companies);
    compare(&answers.join("opportunity.csv"), &expected.opportunities);
    for (name, cells) in &expected.metrics {
        compare_metric(&answers.join(format!("{name}.csv")), cells);
    }
}

/// A definition that nothing satisfies would agree with anything.
#[test]
fn the_industrial_definitions_find_something() {
    let expected = industrial_expected::compute(&root().join("examples/industrial/data"));
    let mut yes: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (name, cell) in [&expected.contacts, &expected.companies, &expected.opportunities]
        .into_iter()
        .flat_map(|e| e.values().flatten())
    {
        if let Cell::Yes(answer) = cell {
            yes.entry(name).or_default()[match answer {
                Some(true) => 0,
                Some(false) => 1,
                None => 2,
            }] += 1;
        }
    }
    for (name, [yes, no, unknown]) in yes {
        assert!(yes > 0 && no > 0, "{name}: {yes} yes, {no} no, {unknown} unknown");
    }
}

/// The rows of the definitions workshop: three parts, sixteen terms, nine situations, nine measures, eight decisions. Each
/// is marked where it is said, and every definition has a sentence for people.
#[test]
fn the_industrial_lexicon_says_every_row_and_documents_every_definition() {
    let mut marks = Vec::new();
    for file in fs::read_dir(root().join("examples/industrial")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|e| e != "lead") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let mut before = "";
        for line in text.lines() {
            let starts = line.starts_with(|c: char| !c.is_whitespace() && c != '#');
            if starts && !line.starts_with("for ") && !line.starts_with("example") {
                assert!(before.starts_with("## "), "{}: `{line}` has no documentation", path.display());
            }
            if let Some(rows) = line.strip_prefix("# ") {
                marks.extend(rows.split(", ").map(str::to_owned));
            }
            before = line;
        }
    }
    for (part, rows) in [("A", 3), ("B", 16), ("C", 9), ("D", 9), ("E", 8)] {
        for row in 1..=rows {
            assert!(marks.contains(&format!("{part}{row}")), "no definition is marked {part}{row}");
        }
    }
}

#[test]
fn every_example_checks_without_findings() {
    for name in ["hello", "hubspot", "salesforce", "industrial"] {
        let output = run(&["check", &format!("examples/{name}"), "--strict"]);
        assert!(output.status.success(), "{name}:\n{}", said(&output));
    }
}

#[test]
fn every_story_and_table_comes_out() {
    let output = run(&["test", "examples/hubspot", "examples/salesforce", "examples/industrial"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("all as expected: 68 examples"), "{}", said(&output));
}

#[test]
fn every_example_is_laid_out_well() {
    let output = run(&["fmt", "--check", "examples"]);
    assert!(output.status.success(), "{}", said(&output));
}

/// `expected/` holds what a run writes, and nothing else. To see a difference: `lead run examples/NAME --output DIR`.
#[test]
fn the_small_examples_answer_as_their_files_say() {
    for name in ["hello", "hubspot", "salesforce"] {
        let folder = answers(&format!("examples/{name}"), &[]);
        let expected = root().join("examples").join(name).join("expected");
        let names = |folder: &Path| {
            let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let found = folder.path().join("answers");
        assert_eq!(names(&found), names(&expected), "files of {name}");
        for file in names(&expected) {
            let (ours, theirs) = (fs::read_to_string(found.join(&file)), fs::read_to_string(expected.join(&file)));
            assert_eq!(ours.unwrap(), theirs.unwrap(), "{name}: {}", file.display());
        }
    }
}

/// The tutorial with what the commands in its `console` blocks print at present.
fn tutorial_of_now(text: &str) -> String {
    let mut now = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        now.push_str(&format!("{line}\n"));
        if line != "```console" {
            continue;
        }
        let command = lines.next().unwrap();
        let args: Vec<&str> = command.strip_prefix("$ lead ").unwrap().split(' ').collect();
        now.push_str(&format!("{command}\n{}\n```\n", said(&run(&args)).trim_end()));
        lines.by_ref().find(|l| *l == "```").unwrap();
    }
    now
}

/// To bring the page up to date: `UPDATE_TUTORIAL=1 cargo test -p lead-tests --test examples tutorial`.
#[test]
fn the_tutorial_shows_what_the_commands_print() {
    let page = root().join("docs/tutorial.md");
    let text = fs::read_to_string(&page).unwrap().replace("\r\n", "\n");
    let now = tutorial_of_now(&text);
    if std::env::var_os("UPDATE_TUTORIAL").is_some() {
        fs::write(page, now).unwrap();
    } else {
        assert!(text == now, "docs/tutorial.md is not what the commands print; they print:\n{now}");
    }
}

/// Answers that another engine computed over exports that lie beside the project; where they are absent, nothing is asked.
#[test]
fn exports_of_others_get_the_answers_that_another_engine_gave() {
    let data = root().join("../shared/data/leadforge");
    if !data.exists() {
        return;
    }
    let data = data.display().to_string();
    let count = |file: &Path, name: &str| {
        let (headers, rows) = table(file);
        let at = column(&headers, name);
        rows.iter().filter(|r| r[at] == "true").count()
    };
    let folder = answers("tests/leadforge", &["--data", &data, "--as-of", "2024-12-31"]);
    assert_eq!(count(&folder.path().join("answers/contact.csv"), "reader"), 2489);
    assert_eq!(count(&folder.path().join("answers/company.csv"), "company_with_readers"), 742);
    let folder = answers("tests/leadforge", &["--data", &data, "--as-of", "2024-04-28T00:00"]);
    assert_eq!(count(&folder.path().join("answers/contact.csv"), "reader_of_late"), 1931);
}
