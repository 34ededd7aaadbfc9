//! What the tests share: a schema to speak of, and source and messages as one text.
#![allow(dead_code)]

use lead_diag::render::{self, Options};
use lead_diag::{Diagnostic, FileId, SourceMap};
use lead_hir::{Config, Linted, Lowered};

/// The schema that examples without one of their own are about.
pub const SCHEMA: &str = include_str!("schema.lead");

/// Files that were checked.
pub struct Checked {
    pub sources: SourceMap,
    pub diagnostics: Vec<Diagnostic>,
    pub lowered: Lowered,
}

impl Checked {
    pub fn codes(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|d| d.code.id()).collect()
    }

    /// Every message as the terminal shows it.
    pub fn rendered(&self) -> String {
        let options = Options::default();
        let all: Vec<String> = self
            .diagnostics
            .iter()
            .map(|d| render::human(d, &self.sources, &options).trim_matches('\n').to_string())
            .collect();
        if all.is_empty() { "no findings".into() } else { all.join("\n\n") }
    }
}

/// Checks files given as name and text; `lead.toml` among them is the settings.
pub fn check_files(files: &[(&str, &str)]) -> Checked {
    let mut sources = SourceMap::new();
    let mut diagnostics = Vec::new();
    let mut config = Config::default();
    let mut asts = Vec::new();
    for (name, text) in files {
        let id: FileId = sources.add(*name, *text);
        if *name == "lead.toml" {
            let (read, found) = lead_hir::config::parse(id, text);
            config = read;
            diagnostics.extend(found);
        } else {
            let parsed = lead_syntax::parse(id, text);
            diagnostics.extend(parsed.diagnostics);
            asts.push((id, parsed.file));
        }
    }
    let borrowed: Vec<_> = asts.iter().map(|(id, file)| (*id, file)).collect();
    let lowered = lead_hir::lower(&borrowed, &config);
    diagnostics.extend(lowered.diagnostics.iter().cloned());
    let found = lead_logic::Linter::of(&lowered.lexicon, &config);
    let sound = !diagnostics.iter().any(Diagnostic::is_error);
    let mut more = Vec::new();
    for (id, file) in &asts {
        let here = |d: &&Diagnostic| d.span().is_some_and(|s| s.file == *id);
        let shown: Vec<Diagnostic> = diagnostics.iter().filter(here).cloned().collect();
        let own = found.iter().filter(here).cloned().collect();
        let silenced: Vec<_> = lowered.silenced.iter().copied().filter(|(_, s)| s.file == *id).collect();
        let linted = Linted {
            comments: &file.comments,
            shown: &shown,
            silenced: &silenced,
            config: &config,
            sound,
            of_data: false,
        };
        more.extend(linted.settle(own, || file.statements.iter().map(|s| s.span).collect()));
    }
    diagnostics.retain(|d| !lead_hir::says_less(d, &more));
    diagnostics.extend(more);
    diagnostics.sort_by_key(|d| d.span().map(|s| (s.file, s.start)));
    Checked { sources, diagnostics, lowered }
}

/// Checks one text below the shared schema.
pub fn check(text: &str) -> Checked {
    check_files(&[("schema.lead", SCHEMA), ("case.lead", text)])
}

/// Checks a fixture: `//- name` begins a file, and what stands before the first is `case.lead`. The shared schema is added unless the
/// fixture has a `schema.lead`.
pub fn check_fixture(text: &str) -> Checked {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("//- ") {
            Some(name) => files.push((name.trim().to_string(), String::new())),
            None => {
                if files.is_empty() {
                    files.push(("case.lead".into(), String::new()));
                }
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    if !files.iter().any(|(name, _)| name == "schema.lead") {
        files.insert(0, ("schema.lead".into(), SCHEMA.into()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    check_files(&files)
}
