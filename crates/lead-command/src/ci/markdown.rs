//! Findings as Markdown: a table, for the comment on a change or the summary of a job.

use lead_diag::Severity;

use super::{Findings, level};
use crate::terminal::counted;

/// A heading that says how it went, and a row per finding, the worst first.
pub fn text(findings: &Findings) -> String {
    let of = |severity| findings.found.iter().filter(|f| f.severity == severity).count();
    let counts: Vec<String> = [
        (of(Severity::Error), "error", "errors"),
        (of(Severity::Warning), "warning", "warnings"),
        (of(Severity::Hint), "hint", "hints"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, one, many)| counted(n, one, many))
    .collect();
    let said = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
    let files = counted(findings.files.len(), "file", "files");
    let mut out = format!("### `{}`: {said} in {files}\n", findings.command);
    if findings.found.is_empty() {
        return out;
    }
    out.push_str("\n| | place | finding |\n| --- | --- | --- |\n");
    for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
        for found in findings.found.iter().filter(|f| f.severity == severity) {
            let place = found.at.as_ref().map(|at| format!("`{}:{}`", at.file, at.start.line)).unwrap_or_default();
            let help = found.help.as_ref().map(|h| format!("<br>{}", cell(h))).unwrap_or_default();
            let code = format!("{} {}", level(severity, "hint"), found.code.id());
            out.push_str(&format!("| {code} | {} | {}{help} |\n", cell(&place), cell(&found.message)));
        }
    }
    out
}

/// A text inside of a cell: signs that would end it, or that are read as tags outside of backticks, are written out.
pub fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        match c {
            '`' => {
                code = !code;
                out.push(c);
            }
            '|' => out.push_str("\\|"),
            '\n' | '\r' => out.push(' '),
            '<' if !code => out.push_str("&lt;"),
            '>' if !code => out.push_str("&gt;"),
            '&' if !code => out.push_str("&amp;"),
            // No name may call somebody, no text may turn bold.
            '@' | '*' | '_' | '[' | ']' | '#' | '~' if !code => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_holds_any_text() {
        assert_eq!(cell("a | b\n`x < y` < @me"), "a \\| b `x < y` &lt; \\@me");
    }
}
