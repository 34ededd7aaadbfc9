//! Coverage in the tracefile format of LCOV, which editors and CI sites paint beside the lines: a definition is a function, each thing
//! to be seen of a condition a branch.

use std::collections::BTreeMap;
use std::fmt::Write;

use lead_diag::{FileId, Span};
use lead_examples::{DefCoverage, Mark};

use super::coverage::Measured;

/// What a file's record holds.
#[derive(Default)]
struct Record {
    /// Line, name and how many examples, by definition.
    functions: Vec<(usize, String, usize)>,
    /// By line: how often it was worked out.
    lines: BTreeMap<usize, u64>,
    /// By line: its branches in order; `None`: never asked.
    branches: BTreeMap<usize, Vec<Option<u32>>>,
}

/// A record per file of the lexicons that holds definitions.
pub fn text(all: &[Measured]) -> String {
    let mut out = String::from("TN:\n");
    for (tested, coverage) in all {
        let sources = &tested.project.sources;
        let mut files: BTreeMap<FileId, Record> = BTreeMap::new();
        for def in &coverage.defs {
            let asked = tested.project.lexicon.def(def.def);
            let record = files.entry(asked.name_span.file).or_default();
            let line = |span: Span| sources.file(span.file).line_col(span.start).line as usize;
            // A name ends its line and stands behind commas.
            let name = asked.name.text.replace([',', '\n'], ";");
            record.functions.push((line(asked.name_span), name, def.examples));
            record.add(def, line(asked.name_span), &line);
        }
        for (file, record) in files {
            record.write(sources.file(file).name(), &mut out);
        }
    }
    out
}

impl Record {
    fn add(&mut self, def: &DefCoverage, at: usize, line: &dyn Fn(Span) -> usize) {
        *self.lines.entry(at).or_default() += def.examples as u64;
        for condition in def.decisions.iter().flat_map(|d| &d.conditions) {
            let at = line(condition.span);
            let asked =
                [&condition.yes, &condition.no, &condition.unknown].into_iter().map(|m| u64::from(m.seen)).sum();
            let hits = self.lines.entry(at).or_default();
            *hits = (*hits).max(asked);
            self.branch(at, condition.marks(), asked > 0);
        }
        for outcome in &def.outcomes {
            let at = line(outcome.span);
            let hits = self.lines.entry(at).or_default();
            *hits = (*hits).max(u64::from(outcome.mark.seen));
            self.branch(at, std::iter::once(&outcome.mark), def.examples > 0);
        }
    }

    fn branch<'m>(&mut self, line: usize, marks: impl Iterator<Item = &'m Mark>, asked: bool) {
        let branches = self.branches.entry(line).or_default();
        branches.extend(marks.filter(|m| m.wanted).map(|m| asked.then_some(m.seen)));
    }

    fn write(&self, file: &str, out: &mut String) {
        let _ = writeln!(out, "SF:{file}");
        for (line, name, _) in &self.functions {
            let _ = writeln!(out, "FN:{line},{name}");
        }
        for (_, name, examples) in &self.functions {
            let _ = writeln!(out, "FNDA:{examples},{name}");
        }
        let _ = writeln!(out, "FNF:{}", self.functions.len());
        let _ = writeln!(out, "FNH:{}", self.functions.iter().filter(|f| f.2 > 0).count());
        for (line, branches) in &self.branches {
            for (number, taken) in branches.iter().enumerate() {
                let taken = taken.map_or("-".to_string(), |n| n.to_string());
                let _ = writeln!(out, "BRDA:{line},0,{number},{taken}");
            }
        }
        let all = || self.branches.values().flatten();
        let _ = writeln!(out, "BRF:{}", all().count());
        let _ = writeln!(out, "BRH:{}", all().filter(|b| b.is_some_and(|n| n > 0)).count());
        for (line, hits) in &self.lines {
            let _ = writeln!(out, "DA:{line},{hits}");
        }
        let _ = writeln!(out, "LF:{}", self.lines.len());
        let _ = writeln!(out, "LH:{}", self.lines.values().filter(|n| **n > 0).count());
        out.push_str("end_of_record\n");
    }
}
