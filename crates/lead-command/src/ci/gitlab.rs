//! A code-quality report of GitLab: a list of findings, which the service compares with that of the target branch by their
//! fingerprints.

use lead_diag::Severity;
use serde_json::{Value, json};

use super::{Findings, Found};

/// The report.
pub fn value(findings: &Findings) -> Value {
    // The service refuses findings without a file: what is said of a lexicon as a whole stands at its first one.
    let first = findings.files.first().map_or("lead.toml", String::as_str);
    Value::Array(findings.found.iter().map(|found| issue(found, first)).collect())
}

fn issue(found: &Found, first: &str) -> Value {
    let (path, begin, end) = match &found.at {
        Some(at) => (at.file.as_str(), at.start.line, at.end.line),
        None => (first, 1, 1),
    };
    let severity = match found.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Hint => "info",
    };
    json!({
        "description": format!("{}: {}", found.code.id(), found.message),
        "check_name": found.code.slug(),
        "fingerprint": found.fingerprint,
        "severity": severity,
        "location": { "path": path, "lines": { "begin": begin, "end": end } },
    })
}
