//! The arrows between crates, and the habits of files, as the project's house rules state them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Crates of the workspace with the names of what they depend on, tests' own dependencies left out.
fn crates() -> Vec<(String, PathBuf, Vec<String>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        let manifest: toml::Table = text.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_string();
        let uses = manifest.get("dependencies").and_then(|d| d.as_table());
        let uses = uses.map(|d| d.keys().cloned().collect()).unwrap_or_default();
        found.push((name, folder, uses));
    }
    found.sort();
    assert!(found.len() >= 7, "the crates were not found");
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            files.extend(rust_files(&path));
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The text of a file without what is compiled for tests alone.
fn shipped(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let tests = ["#![cfg(test)]", "#[cfg(test)]"].iter().find_map(|mark| text.find(mark));
    tests.map_or(text.as_str(), |at| &text[..at]).to_string()
}

#[test]
fn every_crate_uses_only_what_its_place_allows() {
    let allowed = |name: &str| -> &[&str] {
        match name {
            "lead-diag" | "lead-grammar" | "lead-scan" => &[],
            "lead-mistakes" => &["lead-diag", "lead-scan"],
            "lead-syntax" => &["lead-diag", "lead-grammar", "lead-mistakes", "lead-scan"],
            "lead-hir" => &["lead-diag", "lead-syntax"],
            "lead-plan" | "lead-data" | "lead-logic" => &["lead-diag", "lead-hir"],
            "lead-eval" => &["lead-diag", "lead-hir", "lead-plan", "lead-data"],
            "lead-project" => &["lead-diag", "lead-syntax", "lead-hir"],
            "lead-sql" => &["lead-diag", "lead-hir", "lead-plan"],
            "lead-trend" => &["lead-diag", "lead-hir", "lead-plan", "lead-data", "lead-eval"],
            "lead-prose" => &["lead-hir"],
            "lead-output" => &["lead-hir", "lead-data"],
            "lead-report" => &[
                "lead-diag",
                "lead-syntax",
                "lead-hir",
                "lead-prose",
                "lead-plan",
                "lead-data",
                "lead-eval",
                "lead-trend",
            ],
            "lead-ide" => &[
                "lead-diag",
                "lead-syntax",
                "lead-hir",
                "lead-prose",
                "lead-plan",
                "lead-data",
                "lead-eval",
                "lead-project",
                "lead-examples",
            ],
            "lead-diff" => &["lead-diag", "lead-hir", "lead-plan", "lead-data", "lead-eval"],
            "lead-draft" => &["lead-diag", "lead-hir", "lead-data"],
            "lead-examples" => &["lead-diag", "lead-hir", "lead-plan", "lead-data", "lead-eval"],
            // It runs what an editor asks for: examples, plans, the answer of a record.
            "lead-lsp" => &[
                "lead-diag",
                "lead-hir",
                "lead-logic",
                "lead-plan",
                "lead-data",
                "lead-eval",
                "lead-project",
                "lead-examples",
                "lead-ide",
                "lead-sql",
            ],
            "lead-cli" => &["lead-command", "lead-postgres"],
            "lead-postgres" => &[],
            "lead-command" => &[
                "lead-diag",
                "lead-syntax",
                "lead-hir",
                "lead-prose",
                "lead-logic",
                "lead-plan",
                "lead-data",
                "lead-eval",
                "lead-project",
                "lead-sql",
                "lead-output",
                "lead-report",
                "lead-trend",
                "lead-diff",
                "lead-draft",
                "lead-logic",
                "lead-examples",
                "lead-ide",
                "lead-lsp",
            ],
            other => panic!("`{other}` has no place among the crates yet: say here what it may use"),
        }
    };
    for (name, _, uses) in crates() {
        for used in uses.iter().filter(|u| u.starts_with("lead-")) {
            assert!(allowed(&name).contains(&used.as_str()), "{name} uses {used}");
        }
    }
}

#[test]
fn outside_crates_stand_behind_one_door() {
    let doors: &[(&str, &[&str])] = &[
        ("pest", &["lead-grammar"]),
        ("pest_derive", &["lead-grammar"]),
        ("miette", &["lead-diag"]),
        ("tower-lsp", &["lead-lsp"]),
        ("clap", &["lead-command"]),
        ("csv", &["lead-data", "lead-command"]),
        ("csv-core", &["lead-data"]),
        ("parquet", &["lead-data", "lead-output"]),
        ("postgres", &["lead-postgres"]),
        // Parquet is read and written without Arrow, which is as much code as all else.
        ("arrow-array", &[]),
        ("arrow-schema", &[]),
        ("arrow-buffer", &[]),
    ];
    for (name, _, uses) in crates() {
        for (outside, may) in doors {
            let used = uses.iter().any(|u| u == outside);
            assert!(!used || may.contains(&name.as_str()), "{name} uses {outside}");
        }
    }
}

#[test]
fn the_clock_and_the_file_system_are_left_to_data_project_and_command() {
    let marks = ["std::fs", "SystemTime", "Instant::now", "Timestamp::now", "Zoned::now", "File::open"];
    for (name, folder, _) in crates() {
        if matches!(name.as_str(), "lead-data" | "lead-project" | "lead-command" | "lead-lsp" | "lead-postgres") {
            continue;
        }
        for file in rust_files(&folder.join("src")) {
            let text = shipped(&file);
            for mark in marks {
                assert!(!text.contains(mark), "{} names {mark}", file.display());
            }
        }
    }
}

#[test]
fn only_the_command_writes_to_the_terminal() {
    for (name, folder, _) in crates() {
        if name == "lead-command" {
            continue;
        }
        for file in rust_files(&folder.join("src")) {
            let text = shipped(&file);
            for (n, line) in text.lines().enumerate() {
                let code = line.trim_start();
                let writes = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!("].iter().any(|m| code.contains(m));
                assert!(code.starts_with("//") || !writes, "{}:{} writes to the terminal", file.display(), n + 1);
            }
        }
    }
}

#[test]
fn every_file_says_first_what_it_holds_and_none_is_long() {
    let mut wrong = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let shown = file.strip_prefix(root()).unwrap().display().to_string();
            if !text.starts_with("//!") {
                wrong.push(format!("{shown} does not open with `//!`"));
            }
            // Trees that other crates read are documented item by item; there the words are not counted.
            let words = |l: &&str| !l.trim_start().starts_with("///") && !l.trim().is_empty();
            let lines = text.lines().filter(words).count();
            if lines > 600 {
                wrong.push(format!("{shown} has {lines} lines"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
