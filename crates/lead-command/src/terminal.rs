//! Where output goes: streams, colours, width, and what a command ends with.

use std::io::{self, IsTerminal, Write};

pub use lead_diag::grouped;

use crate::args::Color;

/// What the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to say against it.
    Fine = 0,
    /// Findings in the lexicon.
    Findings = 1,
    /// The command was called in a way that means nothing.
    Usage = 2,
    /// Data or files stand in the way.
    Data = 3,
}

/// Why a command stopped. The message is shown after `error: `.
#[derive(Debug)]
pub struct Failure {
    /// What the process ends with.
    pub exit: Exit,
    /// What went wrong, on one line; empty if it has been said.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Failure {
    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, message: message.into(), help: None }
    }

    /// Data or files in the way.
    pub fn data(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Data, message: message.into(), help: None }
    }

    /// Everything has been said; only the exit code is left.
    pub fn said(exit: Exit) -> Failure {
        Failure { exit, message: String::new(), help: None }
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // Whoever read the output has seen enough.
            return Failure::said(Exit::Fine);
        }
        Failure::data(format!("output cannot be written: {}", plain(&error)))
    }
}

/// What a command gives.
pub type Outcome = Result<Exit, Failure>;

/// The streams of the process and how to write to them.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Colours on standard output.
    pub color_out: bool,
    /// Colours on standard error.
    pub color_err: bool,
    /// Progress on standard error.
    pub progress: bool,
    /// Columns.
    pub width: usize,
}

impl Terminal {
    /// As the environment and `--color` say.
    pub fn new(color: Color) -> Terminal {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0");
        let wanted = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR") => false,
            Color::Auto => forced || (terminal && !dumb),
        };
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Terminal { color_out: wanted(out), color_err: wanted(err), progress: err && !dumb, width: width(out) }
    }

    /// How diagnostics look on standard output.
    pub fn out_options(&self) -> lead_diag::render::Options {
        lead_diag::render::Options { color: self.color_out, width: self.width.min(120) }
    }

    /// How diagnostics look on standard error.
    pub fn err_options(&self) -> lead_diag::render::Options {
        lead_diag::render::Options { color: self.color_err, width: self.width.min(120) }
    }

    /// A text in a style, if standard output has colours.
    pub fn paint(&self, style: Style, text: &str) -> String {
        paint(self.color_out, style, text)
    }

    /// A text in a style, if standard error has colours.
    pub fn paint_err(&self, style: Style, text: &str) -> String {
        paint(self.color_err, style, text)
    }
}

/// Styles of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Headings.
    Bold,
    /// Beside the matter.
    Dim,
    /// Yes, added.
    Green,
    /// No, taken away, errors.
    Red,
    /// Cannot tell, warnings.
    Yellow,
    /// Names, help.
    Cyan,
}

fn paint(on: bool, style: Style, text: &str) -> String {
    if !on || text.is_empty() {
        return text.to_owned();
    }
    let code = match style {
        Style::Bold => "1",
        Style::Dim => "2",
        Style::Green => "32",
        Style::Red => "31",
        Style::Yellow => "33",
        Style::Cyan => "36",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

fn width(terminal: bool) -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok()).filter(|c| *c > 0);
    let seen = || terminal.then(terminal_size::terminal_size).flatten().map(|(w, _)| w.0 as usize);
    told.or_else(seen).unwrap_or(100).clamp(40, 400)
}

/// Writes a text to standard output at once.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a text to standard error; that it cannot be written is nobody's concern.
pub fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// An error of the system without its number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// `1 error`, `2 errors`, `1,234 rows`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n as i128), if n == 1 { one } else { many })
}
