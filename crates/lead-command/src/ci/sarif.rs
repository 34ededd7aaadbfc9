//! SARIF 2.1.0, the format in which code-scanning services exchange findings. Columns count characters.

use lead_diag::InOrder;
use std::collections::BTreeMap;

use lead_diag::{Code, Level};
use serde_json::{Value, json};

use super::{At, Findings, Found, level};

/// Where the format is described for programs.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log with one run.
pub fn value(findings: &Findings) -> Value {
    let mut codes: Vec<Code> = findings.found.iter().map(|f| f.code).collect();
    codes.in_order_by_key(|c| c.id());
    codes.dedup();
    let index: BTreeMap<&str, usize> = codes.iter().enumerate().map(|(i, c)| (c.id(), i)).collect();
    let failed = findings.found.iter().any(|f| findings.fails(f));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lead",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|c| rule(*c)).collect::<Vec<_>>(),
            }},
            "automationDetails": { "id": format!("{}/", findings.command.replace(' ', "-")) },
            "invocations": [{ "executionSuccessful": true, "exitCode": i32::from(failed) }],
            "columnKind": "unicodeCodePoints",
            "artifacts": findings.files.iter().map(|f| json!({ "location": { "uri": uri(f) } })).collect::<Vec<_>>(),
            "results": findings.found.iter().map(|f| result(f, &index)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    let page = code.info().page;
    // The first paragraph below the heading says what it is about.
    let about = page.lines().skip(1).skip_while(|l| l.trim().is_empty()).take_while(|l| !l.trim().is_empty());
    let about = about.map(str::trim).collect::<Vec<_>>().join(" ");
    let default = match code.info().level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Allow => "note",
    };
    json!({
        "id": code.id(),
        "name": code.slug(),
        "shortDescription": { "text": code.slug().replace('-', " ") },
        "fullDescription": { "text": about },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": default },
    })
}

fn result(found: &Found, index: &BTreeMap<&str, usize>) -> Value {
    let more = found.help.iter().chain(&found.notes);
    let text = std::iter::once(&found.message).chain(more).cloned().collect::<Vec<_>>().join("\n");
    let mut out = json!({
        "ruleId": found.code.id(),
        "ruleIndex": index.get(found.code.id()),
        "level": level(found.severity, "note"),
        "message": { "text": text },
        "locations": found.at.iter().map(location).collect::<Vec<_>>(),
        "partialFingerprints": { "leadFingerprint/v1": found.fingerprint },
    });
    if !found.others.is_empty()
        && let Value::Object(out) = &mut out
    {
        let others = found.others.iter().enumerate().map(|(i, (at, text))| {
            let mut other = location(at);
            other["id"] = json!(i + 1);
            if !text.is_empty() {
                other["message"] = json!({ "text": text });
            }
            other
        });
        out.insert("relatedLocations".into(), others.collect());
    }
    out
}

fn location(at: &At) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&at.file) },
        "region": {
            "startLine": at.start.line,
            "startColumn": at.start.column,
            "endLine": at.end.line,
            "endColumn": at.end.column,
        },
    }})
}

/// A path as a reference: what a reference may not hold is written in hexadecimal.
fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("my rules/übung #1.lead"), "my%20rules/%C3%BCbung%20%231.lead");
    }
}
