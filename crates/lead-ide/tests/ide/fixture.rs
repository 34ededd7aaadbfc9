//! Lexicons for tests: `//- name.lead` begins a file, `//- name.csv` an export, and `$0` is the cursor.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::Arc;

use lead_diag::{Edit, FileId, Span};
use lead_hir::Session;
use lead_ide::{Exports, FilePosition, Snapshot};

/// The schema that fixtures without one of their own are about.
pub const SCHEMA: &str = include_str!("schema.lead");

/// A checked lexicon with cursors in it.
pub struct Fixture {
    pub snapshot: Snapshot,
    pub files: Vec<(String, FileId)>,
    pub cursors: Vec<FilePosition>,
}

/// Exports given as text: a header line and rows, separated by commas.
#[derive(Default)]
pub struct Csv(BTreeMap<String, Vec<Vec<String>>>);

impl Exports for Csv {
    fn files(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn headers(&self, source: &str) -> Option<Arc<Vec<String>>> {
        self.0.get(source).and_then(|rows| rows.first()).map(|row| Arc::new(row.clone()))
    }

    fn samples(&self, source: &str, header: &str) -> Arc<Vec<String>> {
        let Some(rows) = self.0.get(source) else { return Arc::default() };
        let Some(at) = rows.first().and_then(|h| h.iter().position(|c| c == header)) else { return Arc::default() };
        let mut values: Vec<String> = rows[1..].iter().filter_map(|r| r.get(at).cloned()).collect();
        values.sort();
        values.dedup();
        Arc::new(values)
    }
}

impl Fixture {
    /// A lexicon as it stands.
    pub fn whole(text: &str) -> Fixture {
        let mut parts: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("//- ") {
                Some(name) => parts.push((name.trim().to_string(), String::new())),
                None if parts.is_empty() => parts.push(("rules.lead".into(), line.into())),
                None => parts.last_mut().unwrap().1.push_str(line),
            }
        }
        let mut session = Session::new();
        let mut exports = Csv::default();
        let (mut files, mut cursors) = (Vec::new(), Vec::new());
        for (name, text) in parts {
            if name.ends_with(".csv") {
                let rows = text.lines().map(|l| l.split(',').map(|c| c.trim().to_string()).collect()).collect();
                exports.0.insert(name, rows);
                continue;
            }
            let mut clean = String::new();
            let mut offsets = Vec::new();
            for (i, piece) in text.split("$0").enumerate() {
                if i > 0 {
                    offsets.push(clean.len() as u32);
                }
                clean.push_str(piece);
            }
            if name.ends_with(".toml") {
                session.set_config(&name, Some(clean.into()));
                continue;
            }
            let file = session.set_file(&name, clean.into());
            cursors.extend(offsets.into_iter().map(|offset| FilePosition { file, offset }));
            files.push((name, file));
        }
        let snapshot = Snapshot::with(session.check(), Arc::new(exports), None);
        Fixture { snapshot, files, cursors }
    }

    /// A text below the shared schema, which stands in a file of its own.
    pub fn new(text: &str) -> Fixture {
        let text = if text.starts_with("//- ") { text.to_string() } else { format!("//- rules.lead\n{text}") };
        Fixture::whole(&format!("//- schema.lead\n{SCHEMA}{text}"))
    }

    /// The only cursor.
    pub fn at(&self) -> FilePosition {
        assert_eq!(self.cursors.len(), 1, "one cursor is wanted");
        self.cursors[0]
    }

    /// What lies between two cursors; one alone is an empty selection.
    pub fn range(&self) -> (FileId, std::ops::Range<u32>) {
        match self.cursors.as_slice() {
            [at] => (at.file, at.offset..at.offset),
            [from, to] => (from.file, from.offset..to.offset),
            other => panic!("one cursor or two are wanted, not {}", other.len()),
        }
    }

    pub fn name(&self, file: FileId) -> &str {
        self.files.iter().find(|(_, id)| *id == file).map_or("?", |(name, _)| name)
    }

    /// `rules.lead:3: the line, with the place in [brackets]`
    pub fn line(&self, span: Span) -> String {
        let text = self.snapshot.text(span.file);
        let (start, end) = (span.start as usize, span.end as usize);
        let from = text[..start].rfind('\n').map_or(0, |n| n + 1);
        let to = text[end..].find('\n').map_or(text.len(), |n| end + n);
        let number = text[..start].matches('\n').count() + 1;
        format!("{}:{number}: {}[{}]{}", self.name(span.file), &text[from..start], &text[start..end], &text[end..to])
    }

    pub fn lines(&self, spans: impl IntoIterator<Item = Span>) -> String {
        spans.into_iter().map(|s| self.line(s)).collect::<Vec<_>>().join("\n")
    }

    /// A file after edits.
    pub fn edited(&self, name: &str, edits: &[Edit]) -> String {
        let (_, file) = self.files.iter().find(|(n, _)| n == name).expect("no such file");
        let own: Vec<Edit> = edits.iter().filter(|e| e.span.file == *file).cloned().collect();
        let (text, applied) = lead_diag::apply_edits(self.snapshot.text(*file), &own);
        assert_eq!(applied, own.len(), "edits overlap");
        text
    }
}
