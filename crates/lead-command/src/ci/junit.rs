//! JUnit's XML for findings: a case per file, which fails where a finding does.

use std::fmt::Write;

use super::{Findings, Found};

/// A suite of all files. Findings that fail nothing are the output of their case.
pub fn text(findings: &Findings) -> String {
    let of = |file: &String| -> Vec<&Found> {
        findings.found.iter().filter(|f| f.at.as_ref().is_some_and(|a| a.file == *file)).collect()
    };
    let mut cases: Vec<(&str, Vec<&Found>)> = findings.files.iter().map(|f| (f.as_str(), of(f))).collect();
    let known = |f: &&Found| f.at.as_ref().is_some_and(|a| findings.files.contains(&a.file));
    let whole: Vec<&Found> = findings.found.iter().filter(|f| !known(f)).collect();
    if !whole.is_empty() {
        cases.push(("the lexicon as a whole", whole));
    }
    let failed = cases.iter().filter(|c| c.1.iter().any(|f| findings.fails(f))).count();
    let (command, tests) = (findings.command, cases.len());
    let counts = format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"0\"");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"{command}\" {counts}>\n  <testsuite name=\"{command}\" {counts}>");
    for (file, found) in cases {
        let file = escaped(file);
        let _ = writeln!(out, "    <testcase name=\"{file}\" classname=\"{command}\" file=\"{file}\">");
        for failing in found.iter().filter(|f| findings.fails(f)) {
            let (message, shown) = (escaped(&failing.message), escaped(&failing.shown));
            let kind = failing.code.id();
            let _ = writeln!(out, "      <failure message=\"{message}\" type=\"{kind}\">{shown}</failure>");
        }
        let rest: String = found.iter().filter(|f| !findings.fails(f)).map(|f| escaped(&f.shown)).collect();
        if !rest.is_empty() {
            let _ = writeln!(out, "      <system-out>{rest}</system-out>");
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// A text for an attribute or between tags. XML has no way to write most control characters: they become pictures.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
