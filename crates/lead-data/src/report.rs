//! What was not as it should be in the data, counted, with the first few places.
//!
//! Invariant *order of threads*: a report depends on the data alone. Workers count apart; places are the lowest by
//! file and line, kept in order when tallies are joined, whichever worker saw them.

use std::collections::{BTreeMap, BTreeSet};

use lead_diag::{Code, Severity};
use serde::Serialize;

/// How many places a problem names.
pub const PLACES: usize = 5;

/// Everything found in the data of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What was not as it should be: errors first, then by table, file and code.
    pub problems: Vec<Problem>,
    /// What was read, by table and file.
    pub sources: Vec<SourceSummary>,
    /// Rows and values that were not taken, by file and line; empty unless they were asked for.
    pub rejects: Vec<Reject>,
}

impl Report {
    /// Whether the data cannot be used as it stands.
    pub fn is_fatal(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }

    /// Whether there are warnings.
    pub fn has_warnings(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Warning)
    }
}

/// One kind of finding in one column (or file) of the data.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Its code, `L07…`.
    pub code: Code,
    /// `Error`: the run stops. `Warning`: the values are unknown or the rows left out. `Hint`: worth knowing.
    pub severity: Severity,
    /// The entity or event.
    pub table: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// The file, relative to the data folder.
    pub file: Option<String>,
    /// What is wrong.
    pub message: String,
    /// How many rows or values.
    pub count: u64,
    /// The first few places.
    pub places: Vec<Place>,
    /// What to do.
    pub help: Option<String>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, relative to the data folder.
    pub file: String,
    /// The line as an editor shows it, from 1; in Parquet the row, from 1.
    pub line: u64,
    /// The header of the column; empty where the whole row is meant.
    pub column: String,
    /// What stands there.
    pub value: String,
}

/// What became of the rows of a file for one table. Invariant *rows add up*: `selected = taken + rejected`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceSummary {
    /// The file, relative to the data folder.
    pub file: String,
    /// The entity or event.
    pub table: String,
    /// Rows in the file.
    pub rows: u64,
    /// Rows for which the source's `where` is yes.
    pub selected: u64,
    /// Rows taken.
    pub taken: u64,
    /// Rows not taken; each is a reject.
    pub rejected: u64,
}

/// Whether a whole row or one value of it was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RejectKind {
    /// The row is left out.
    Row,
    /// The row is taken, the value is unknown.
    Value,
}

/// A row or value that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reject {
    /// The file, relative to the data folder.
    pub file: String,
    /// As [`Place::line`].
    pub line: u64,
    /// The entity or event.
    pub table: String,
    /// A row or a value.
    pub kind: RejectKind,
    /// The header; empty where the row as a whole is at fault.
    pub column: String,
    /// The value at fault; of a row without one, the row as it stands.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// What a tally is about. The order is that of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub table: Option<u32>,
    pub file: Option<u32>,
    pub code: &'static str,
    pub field: Option<u32>,
}

/// A place before it has a file's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub line: u64,
    pub column: String,
    pub value: String,
}

/// How often, and where first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub count: u64,
    pub spots: Vec<Spot>,
}

impl Tally {
    /// Whether a spot at `line` would be among the first few.
    pub fn wants(&self, line: u64) -> bool {
        self.spots.len() < PLACES || self.spots.last().is_some_and(|s| line < s.line)
    }

    /// Keeps a spot if it is among the first few.
    pub fn note(&mut self, spot: Spot) {
        let at = self.spots.partition_point(|s| *s <= spot);
        self.spots.insert(at, spot);
        self.spots.truncate(PLACES);
    }

    fn join(&mut self, other: Tally) {
        self.count += other.count;
        for spot in other.spots {
            self.note(spot);
        }
    }

    fn widen(&mut self, other: Tally) {
        let count = self.count.max(other.count);
        let known: BTreeSet<Spot> = self.spots.iter().cloned().collect();
        let fresh = Tally { spots: other.spots.into_iter().filter(|s| !known.contains(s)).collect(), ..other };
        self.join(fresh);
        self.count = count;
    }
}

/// Rows of one table in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub rows: u64,
    pub selected: u64,
    pub rejected: u64,
}

impl Counts {
    /// Adds those of other rows.
    pub fn add(&mut self, other: Counts) {
        self.rows += other.rows;
        self.selected += other.selected;
        self.rejected += other.rejected;
    }
}

/// What one worker found, or all of them together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub tallies: BTreeMap<Subject, Tally>,
    pub counts: BTreeMap<(u32, u32), Counts>,
    pub rejects: Vec<(u32, u32, u64, RejectKind, String, String, String)>,
}

impl Findings {
    /// Adds what another worker found in other rows.
    pub fn join(&mut self, other: Findings) {
        for (subject, tally) in other.tallies {
            self.tallies.entry(subject).or_default().join(tally);
        }
        for (key, c) in other.counts {
            self.counts.entry(key).or_default().add(c);
        }
        self.rejects.extend(other.rejects);
    }

    /// Takes in what another reading of the same rows found: nothing counts twice.
    pub fn widen(&mut self, other: Findings) {
        for (subject, tally) in other.tallies {
            self.tallies.entry(subject).or_default().widen(tally);
        }
        for (key, c) in other.counts {
            self.counts.insert(key, c);
        }
        let known: BTreeSet<_> = self.rejects.iter().cloned().collect();
        self.rejects.extend(other.rejects.into_iter().filter(|r| !known.contains(r)));
    }
}
