//! Dependencies: the table of the code map is true, each one from outside has a reason and a user, and all that is linked
//! comes under a permissive licence.

// A test says what is wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// What cargo says.
fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages of this workspace.
fn members() -> &'static [Value] {
    static MEMBERS: OnceLock<Value> = OnceLock::new();
    let all = MEMBERS.get_or_init(|| {
        let text = cargo(&["metadata", "--format-version", "1", "--locked", "--no-deps"]);
        serde_json::from_str(&text).unwrap()
    });
    all["packages"].as_array().unwrap()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Dependencies of a package that are no development dependencies.
fn uses(package: &Value) -> BTreeSet<&str> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|d| d["kind"].is_null()).map(|d| text(d, "name")).collect()
}

/// All `.rs` files of a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn crates_use_each_other_as_the_table_in_the_code_map_says() {
    let map = fs::read_to_string(root().join("crates/README.md")).unwrap();
    let (_, table) = map.split_once("| crate | may use |").unwrap();
    let mut allowed: BTreeMap<String, String> = BTreeMap::new();
    for row in table.lines().skip(2).take_while(|l| l.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        allowed.insert(cells[1].trim_matches('`').to_owned(), cells[2].to_owned());
    }
    for package in members() {
        let name = text(package, "name");
        let Some(may) = allowed.remove(name) else { panic!("crates/README.md has no row for {name}") };
        if may == "all" {
            continue;
        }
        let said: BTreeSet<String> = may
            .split(',')
            .map(|c| c.trim().trim_matches('`'))
            .filter(|c| *c != "–")
            .map(|c| format!("lead-{c}"))
            .collect();
        let used: BTreeSet<String> =
            uses(package).into_iter().filter(|d| d.starts_with("lead-")).map(str::to_owned).collect();
        assert_eq!(used, said, "what {name} uses, and what crates/README.md says");
    }
    assert!(allowed.is_empty(), "no such crates: {allowed:?}");
}

/// Each group of shared dependencies has a comment above it that says what it is for.
#[test]
fn every_shared_dependency_has_a_reason_and_a_user() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, section) = manifest.split_once("[workspace.dependencies]").unwrap();
    let used: BTreeSet<&str> =
        members().iter().flat_map(|p| p["dependencies"].as_array().unwrap()).map(|d| text(d, "name")).collect();
    let mut reason = false;
    for line in section.lines().skip(1).take_while(|l| !l.starts_with('[')) {
        match line.split_once('=') {
            _ if line.is_empty() => reason = false,
            _ if line.starts_with('#') => reason = true,
            Some((name, _)) => {
                let name = name.trim();
                assert!(reason || name.starts_with("lead-"), "no reason is given for {name}");
                assert!(used.contains(name), "nothing uses {name}");
            }
            None => {}
        }
    }
}

#[test]
fn every_dependency_is_named_in_the_code_that_declares_it() {
    let mut unused = Vec::new();
    for package in members() {
        let folder = Path::new(text(package, "manifest_path")).parent().unwrap();
        let mut files = Vec::new();
        for part in ["src", "tests", "examples", "benches"] {
            sources(&folder.join(part), &mut files);
        }
        let code: String = files.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
        for dependency in package["dependencies"].as_array().unwrap() {
            if text(dependency, "req").starts_with('=') {
                // Declared to choose the version that others are given.
                continue;
            }
            let name = text(dependency, "name").replace('-', "_");
            let named = code.match_indices(&name).any(|(at, _)| {
                let before = code[..at].chars().next_back().unwrap_or(' ');
                let after = code[at + name.len()..].chars().next().unwrap_or(' ');
                !before.is_alphanumeric() && before != '_' && !after.is_alphanumeric() && after != '_'
            });
            if !named {
                unused.push(format!("{}: {name}", text(package, "name")));
            }
        }
    }
    assert!(unused.is_empty(), "declared and not used: {unused:?}");
}

/// Licences under which a dependency may come.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Zlib",
];

/// Whether an expression of licences (`A OR B`, `(A OR B) AND C`, `A/B`) can be met.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let split = |text: &str, word: &str| -> Vec<String> {
        let (mut depth, mut parts, mut from) = (0i32, Vec::new(), 0);
        for (i, c) in text.char_indices() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 && i >= from && text[i..].starts_with(word) {
                parts.push(text[from..i].trim().to_owned());
                from = i + word.len();
            }
        }
        parts.push(text[from..].trim().to_owned());
        parts
    };
    let either = split(&expression, " OR ");
    if either.len() > 1 {
        return either.iter().any(|e| allowed(e));
    }
    let all = split(&expression, " AND ");
    if all.len() > 1 {
        return all.iter().all(|e| allowed(e));
    }
    let one = expression.trim();
    match one.strip_prefix('(').and_then(|o| o.strip_suffix(')')) {
        Some(inner) => allowed(inner),
        None => LICENCES.contains(&one),
    }
}

#[test]
fn everything_that_is_linked_comes_under_a_permissive_licence() {
    assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0") && allowed("Unlicense/MIT") && allowed("MIT OR LGPL-2.1"));
    assert!(!allowed("GPL-3.0") && !allowed("MIT AND GPL-3.0") && !allowed(""));
    // The tree of what is built for this machine; the rest of the lock file is for others.
    let output = cargo(&["tree", "--workspace", "--locked", "--prefix", "none", "--format", "{l}|{p}"]);
    let mut by_licence: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in output.lines() {
        let Some((licence, package)) = line.split_once('|') else { continue };
        let name = package.split(" (").next().unwrap_or(package);
        by_licence.entry(licence).or_default().insert(name);
    }
    let refused: Vec<_> = by_licence.iter().filter(|(l, _)| !allowed(l)).collect();
    assert!(refused.is_empty(), "not permitted: {refused:?}");
}
