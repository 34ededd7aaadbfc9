//! Diagnostics as text for a terminal, and as JSON.
//!
//! Text: a head line with severity, code and slug, the message and one excerpt by miette, then help, notes and fixes.
//! Colour and width are options, never asked of the environment. Nothing of a file reaches the terminal unread:
//! control characters are shown as pictures, so that a crafted file cannot move the cursor.

mod excerpt;
mod json;

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use crate::{Applicability, Diagnostic, Label, Severity, SourceMap};
use excerpt::Excerpt;
pub use json::{JsonDiagnostic, JsonEdit, JsonFix, JsonLabel, json};

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// With ANSI colours.
    pub color: bool,
    /// Columns to wrap at.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { color: false, width: 100 }
    }
}

/// Labels further than this many lines from the primary one are shown below the excerpt, not in it.
const REACH: u32 = 8;

/// A diagnostic as several lines of text, the last one ended.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, options: &Options) -> String {
    let width = options.width.clamp(40, 200);
    let paint = Paint { on: options.color };
    let (near, far) = split_labels(diagnostic, sources);
    let excerpt = near.first().map(|l| Excerpt::new(&near, sources, l.span.file, width));

    let mut out = head(diagnostic, &paint);
    let theme = if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
        .with_context_lines(excerpt.as_ref().map_or(1, |e| e.line_count()));
    let shown = Shown { message: clean(&diagnostic.message), severity: diagnostic.severity, excerpt };
    let before = out.len();
    if handler.render_report(&mut out, &shown).is_err() {
        out.truncate(before);
        out.push_str(&format!("  {}\n", shown.message));
    }
    for label in far {
        let mut text = clean(&label.text);
        if text.is_empty() {
            text = "here".to_owned();
        }
        footer(&mut out, &paint.cyan("note:"), &format!("{text} ({})", sources.place(label.span)), width);
        let line = sources.file(label.span.file).line_col(label.span.start).line;
        let line = clean(sources.file(label.span.file).line(line).trim());
        if !line.is_empty() {
            out.push_str(&format!("        │ {}\n", excerpt::clip(&line, width.saturating_sub(10))));
        }
    }
    if let Some(help) = &diagnostic.help {
        footer(&mut out, &paint.cyan("help:"), help, width);
    }
    for note in &diagnostic.notes {
        footer(&mut out, &paint.cyan("note:"), note, width);
    }
    for fix in &diagnostic.fixes {
        let suffix = if fix.applicability == Applicability::Unsafe { " (changes meaning)" } else { "" };
        footer(&mut out, &paint.green("fix:"), &format!("{}{suffix}", fix.title), width);
    }
    out
}

/// A diagnostic as one line: `main.lead:3:7: error[L0203]: …`.
pub fn short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = diagnostic.span().map(|s| sources.place(s) + ": ").unwrap_or_default();
    format!("{place}{}[{}]: {}", severity_word(diagnostic.severity), diagnostic.code.id(), clean(&diagnostic.message))
}

/// `error`, `warning` or `hint`.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// Text with control and direction characters made visible and line ends as blanks.
pub fn clean(text: &str) -> String {
    if text.chars().all(|c| excerpt::shown(c) == c) {
        return text.to_owned();
    }
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { excerpt::shown(c) }).collect()
}

fn head(diagnostic: &Diagnostic, paint: &Paint) -> String {
    let word = format!("{}[{}]", severity_word(diagnostic.severity), diagnostic.code.id());
    let word = match diagnostic.severity {
        Severity::Error => paint.red(&word),
        Severity::Warning => paint.yellow(&word),
        Severity::Hint => paint.cyan(&word),
    };
    format!("{word} {}\n", paint.dim(diagnostic.code.slug()))
}

/// Labels of the primary one's file and neighbourhood, and the others. The primary label stays first.
fn split_labels<'a>(diagnostic: &'a Diagnostic, sources: &SourceMap) -> (Vec<&'a Label>, Vec<&'a Label>) {
    let Some(primary) = diagnostic.labels.first() else { return (Vec::new(), Vec::new()) };
    let file = sources.file(primary.span.file);
    let line = file.line_col(primary.span.start).line;
    diagnostic
        .labels
        .iter()
        .partition(|l| l.span.file == primary.span.file && file.line_col(l.span.start).line.abs_diff(line) <= REACH)
}

/// A line of the footer, wrapped and indented below its keyword.
fn footer(out: &mut String, keyword: &str, text: &str, width: usize) {
    let room = width.saturating_sub(9).max(20);
    // Keywords are 4 or 5 wide; texts start in one column.
    let pad = if keyword.contains("fix:") { "   " } else { "  " };
    for (i, line) in wrap(&clean(text), room).iter().enumerate() {
        if i == 0 {
            out.push_str(&format!("{pad}{keyword} {line}\n"));
        } else {
            out.push_str(&format!("        {line}\n"));
        }
    }
}

/// Text in lines of at most `room` columns, broken at blanks; a longer word stands alone.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let wide = excerpt::width_of(word);
        match lines.last_mut() {
            Some(line) if used + 1 + wide <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + wide;
            }
            _ => {
                lines.push(word.to_owned());
                used = wide;
            }
        }
    }
    lines
}

/// Colours, where they are wanted.
struct Paint {
    on: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
    fn red(&self, text: &str) -> String {
        self.with("1;31", text)
    }
    fn yellow(&self, text: &str) -> String {
        self.with("1;33", text)
    }
    fn cyan(&self, text: &str) -> String {
        self.with("36", text)
    }
    fn green(&self, text: &str) -> String {
        self.with("32", text)
    }
    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }
}

/// What miette is given: the message and the excerpt.
#[derive(Debug)]
struct Shown {
    message: String,
    severity: Severity,
    excerpt: Option<Excerpt>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|e| e as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.excerpt.as_ref().map(|e| e.labels())
    }
}

#[cfg(test)]
mod tests;
