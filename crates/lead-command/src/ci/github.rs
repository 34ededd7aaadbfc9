//! Workflow commands of GitHub: a line per finding, which the service shows beside the line of the change.

use super::{Findings, Found, level};

/// A command per finding, then one line for whoever reads the log.
pub fn text(findings: &Findings) -> String {
    let mut out: String = findings.found.iter().map(command).collect();
    let failing = findings.found.iter().filter(|f| findings.fails(f)).count();
    out.push_str(&format!("{}: {} found, {failing} failing\n", findings.command, findings.found.len()));
    out
}

fn command(found: &Found) -> String {
    let mut properties = Vec::new();
    if let Some(at) = &found.at {
        properties.push(format!("file={}", property(&at.file)));
        properties.push(format!("line={}", at.start.line));
        properties.push(format!("endLine={}", at.end.line));
        // Columns mean something on one line alone.
        if at.start.line == at.end.line {
            properties.push(format!("col={}", at.start.column));
            properties.push(format!("endColumn={}", at.end.column.max(at.start.column)));
        }
    }
    properties.push(format!("title={}", property(&format!("{} {}", found.code.id(), found.code.slug()))));
    let more = found.help.iter().chain(&found.notes);
    let message = std::iter::once(&found.message).chain(more).cloned().collect::<Vec<_>>().join("\n");
    format!("::{} {}::{}\n", level(found.severity, "notice"), properties.join(","), data(&message))
}

/// A message: signs that would end it are written as the service reads them.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a colon or comma would end too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn signs_that_end_a_command_or_a_property_are_escaped() {
        assert_eq!(data("50% of\r\nall: a, b"), "50%25 of%0D%0Aall: a, b");
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
