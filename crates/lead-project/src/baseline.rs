//! Baselines: lints of an old lexicon that are known, so that only new ones are shown.
//!
//! A finding is recognised by its fingerprint, which knows neither lines nor figures. Errors are never in a baseline.

use std::collections::BTreeMap;
use std::path::Path;

use lead_diag::{Code, Diagnostic, fingerprints};
use serde_json::{Value, json};

use crate::Project;

/// The layout of the file.
const VERSION: u64 = 1;

/// Lints that are known.
#[derive(Debug, Default)]
pub struct Baseline {
    /// By fingerprint: code, file and message, for the reader of the file.
    findings: BTreeMap<String, Value>,
}

impl Baseline {
    /// The baseline of a file's text; `None` if it is none.
    pub fn parse(text: &str) -> Option<Baseline> {
        let read: Value = serde_json::from_str(text).ok()?;
        let version = read.get("version").and_then(Value::as_u64)?;
        let findings = read.get("findings").and_then(Value::as_object)?;
        let findings = findings.iter().map(|(print, known)| (print.clone(), known.clone())).collect();
        (version == VERSION).then_some(Baseline { findings })
    }

    /// Adds the lints of a lexicon.
    pub fn add(&mut self, project: &Project) {
        for (found, print) in lints(project) {
            let file = found.span().map_or(String::new(), |s| inside(project, project.sources.file(s.file).name()));
            let known = json!({ "code": found.code.id(), "file": file, "message": found.message });
            self.findings.insert(print, known);
        }
    }

    /// How many are left of those that were looked for; without data, lints about them were not.
    pub fn gone(&self, with_data: bool) -> usize {
        let code = |known: &Value| known.get("code").and_then(Value::as_str).and_then(Code::find);
        self.findings.values().filter(|known| with_data || !code(known).is_some_and(Code::is_of_data)).count()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Takes the known lints out of what was found in a lexicon, and out of the baseline, so that those stay that are gone.
    pub fn take_from(&mut self, project: &mut Project) -> usize {
        let known: Vec<Diagnostic> = lints(project)
            .into_iter()
            .filter(|(_, print)| self.findings.remove(print).is_some())
            .map(|(found, _)| found.clone())
            .collect();
        project.diagnostics.retain(|d| !known.contains(d));
        known.len()
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        format!("{:#}\n", json!({ "version": VERSION, "findings": self.findings }))
    }
}

/// The lints of a lexicon with their fingerprints.
fn lints(project: &Project) -> Vec<(&Diagnostic, String)> {
    let lints: Vec<&Diagnostic> = project.diagnostics.iter().filter(|d| d.code.is_lint()).collect();
    let prints = fingerprints(lints.iter().copied(), &project.sources, |name| inside(project, name));
    lints.into_iter().zip(prints).collect()
}

/// A file's name inside of its lexicon, whatever folder the command runs in.
fn inside(project: &Project, name: &str) -> String {
    let path = Path::new(name);
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let root = project.root.canonicalize().unwrap_or_else(|_| project.root.clone());
    let inside = real.strip_prefix(&root).unwrap_or(path);
    inside.to_string_lossy().replace('\\', "/")
}
