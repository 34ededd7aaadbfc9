//! Findings for CI services: annotations, code-quality reports, SARIF, JUnit and Markdown, all from the same list.
//!
//! What a command found is gathered in [`Findings`]; each format is a function of it, in a file of its own.

mod github;
mod gitlab;
mod junit;
mod markdown;
mod sarif;

use std::path::{Component, Path, PathBuf};

use lead_diag::{Code, Diagnostic, LineCol, Severity, SourceMap, Span, fingerprints, render};

use crate::terminal::{Failure, plain};
pub use junit::escaped;
pub use markdown::cell;

/// Formats that CI services read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Workflow commands of GitHub, and the summary of its job.
    Github,
    /// A code-quality report of GitLab.
    Gitlab,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit's XML.
    Junit,
    /// A table, for comments and summaries.
    Markdown,
}

/// What a command found.
#[derive(Debug)]
pub struct Findings {
    /// `lead check`
    pub command: &'static str,
    /// Every file that was looked at, in order.
    pub files: Vec<String>,
    /// In order of lexicon, file and place.
    pub found: Vec<Found>,
    /// Whether warnings fail.
    pub strict: bool,
}

/// A finding with places as lines and columns.
#[derive(Debug)]
pub struct Found {
    /// The code.
    pub code: Code,
    /// Its severity.
    pub severity: Severity,
    /// What is wrong, on one line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// More that is worth knowing.
    pub notes: Vec<String>,
    /// Where it is.
    pub at: Option<At>,
    /// The other places, and what is there.
    pub others: Vec<(At, String)>,
    /// What it is recognised by when lines move.
    pub fingerprint: String,
    /// With its excerpt, as a terminal shows it without colours.
    pub shown: String,
}

/// A range of a file.
#[derive(Clone, Debug)]
pub struct At {
    /// Relative to the folder that the service knows, with `/`.
    pub file: String,
    /// Of its first sign, from 1.
    pub start: LineCol,
    /// Behind its last sign.
    pub end: LineCol,
}

impl Findings {
    /// Nothing yet.
    pub fn new(command: &'static str, strict: bool) -> Findings {
        Findings { command, files: Vec::new(), found: Vec::new(), strict }
    }

    /// Adds findings of one lexicon and the files that it has.
    pub fn add(&mut self, diagnostics: &[&Diagnostic], sources: &SourceMap, files: impl IntoIterator<Item = String>) {
        let base = base();
        self.files.extend(files.into_iter().map(|f| placed(&f, &base)));
        let place = |span: Span| {
            let file = sources.file(span.file);
            let (start, end) = (file.line_col(span.start), file.line_col(span.end));
            At { file: placed(file.name(), &base), start, end }
        };
        let prints = fingerprints(diagnostics.iter().copied(), sources, |name| placed(name, &base));
        for (found, fingerprint) in diagnostics.iter().zip(prints) {
            self.found.push(Found {
                code: found.code,
                severity: found.severity,
                message: render::clean(&found.message),
                help: found.help.as_deref().map(render::clean),
                notes: found.notes.iter().map(|n| render::clean(n)).collect(),
                at: found.span().map(place),
                others: found.labels.iter().skip(1).map(|l| (place(l.span), render::clean(&l.text))).collect(),
                fingerprint,
                shown: render::human(found, sources, &render::Options::default()),
            });
        }
    }

    /// Whether a finding makes the command fail.
    pub fn fails(&self, found: &Found) -> bool {
        found.severity == Severity::Error || self.strict && found.severity == Severity::Warning
    }

    /// The commands of GitHub alone, where the summary of the job is another text.
    pub fn without_summary(&self) -> String {
        github::text(self)
    }

    /// The text in a format. For GitHub it also appends to the summary of the job, if there is one.
    pub fn text(&self, format: Format) -> Result<String, Failure> {
        Ok(match format {
            Format::Github => {
                append_summary(&markdown::text(self))?;
                github::text(self)
            }
            Format::Gitlab => json(&gitlab::value(self))?,
            Format::Sarif => json(&sarif::value(self))?,
            Format::Junit => junit::text(self),
            Format::Markdown => markdown::text(self),
        })
    }
}

fn json(value: &serde_json::Value) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::data(format!("findings cannot be written as JSON: {e}")))?;
    Ok(text + "\n")
}

/// Appends Markdown to the summary of a job of GitHub, whose file the service names.
pub fn append_summary(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|p| !p.is_empty()) else { return Ok(()) };
    let path = PathBuf::from(path);
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    opened.and_then(|mut file| file.write_all(format!("{text}\n").as_bytes())).map_err(|e| {
        Failure::data(format!("the summary `{}` cannot be written: {}", path.display(), plain(&e)))
            .help("`GITHUB_STEP_SUMMARY` names the file")
    })
}

/// The folder that paths are relative to: that of the service, if the command runs inside of it, else the current one.
fn base() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let told = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    told.into_iter().find(|f| f.is_absolute() && here.starts_with(f)).unwrap_or(here)
}

/// A name of a file relative to a folder, with `/` on every machine.
fn placed(name: &str, base: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let mut whole = PathBuf::new();
    for part in here.join(name).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(whole.pop()),
            other => whole.push(other),
        }
    }
    let path = whole.strip_prefix(base).map_or_else(|_| PathBuf::from(name), Path::to_path_buf);
    path.to_string_lossy().replace('\\', "/")
}

/// `error`, `warning` or `note`, as most services call them.
fn level(severity: Severity, note: &'static str) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => note,
    }
}
