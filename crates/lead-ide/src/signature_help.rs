//! Signature help: what an aggregate, a function or a window takes, and which part the cursor is in.

use crate::completion::{Cursor, Inside, Offered, Reader};
use crate::facts;
use crate::snapshot::{FilePosition, Snapshot};

/// The form of what is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The whole form.
    pub label: String,
    /// What it gives, as Markdown.
    pub docs: String,
    /// Its parts: ranges of bytes of the label.
    pub parts: Vec<std::ops::Range<u32>>,
    /// The part that the cursor is in.
    pub active: Option<usize>,
}

impl Snapshot {
    /// Characters that signature help is worth asking for when they are typed.
    pub const SIGNATURE_TRIGGERS: [&'static str; 3] = ["(", ",", " "];

    /// The form of the innermost aggregate or function that is open at a position, or of the window that is being written.
    pub fn signature_help(&self, at: FilePosition) -> Option<SignatureHelp> {
        let at = self.clamp(at)?;
        let cursor = Cursor::new(self.text(at.file), at.offset as usize);
        if matches!(cursor.inside, Inside::Comment(_)) {
            return None;
        }
        let mut reader = Reader::new(self.lexicon(), self.names(), &cursor, self.subject_at(at));
        reader.statement();
        match reader.offered_window() {
            Some(Offered::Within) => return Some(within()),
            Some(Offered::Moment) => return Some(moment()),
            None => {}
        }
        let (name, paren) = reader.calls.last().copied()?;
        let (first, open) = (cursor.tokens.get(name)?, cursor.tokens.get(paren)?);
        let called = lead_syntax::ast::fold_name(cursor.text.get(first.start..open.start)?);
        if let Some(function) = facts::function(&called) {
            let label = format!("{}({})", function.name, function.of);
            let part = function.name.len() as u32 + 1..label.len() as u32 - 1;
            return Some(SignatureHelp {
                label,
                docs: format!("Gives {}.", function.gives),
                parts: vec![part],
                active: Some(0),
            });
        }
        let facts = facts::AGGREGATES.iter().find(|a| a.name == called)?;
        let steps = matches!(facts.name, "any" | "no" | "count");
        let mut parts =
            vec![if facts.name == "every" { "records" } else { facts.form }, "within …", "via …", "where …"];
        if steps {
            parts.push("then …");
        }
        // The last of these words on the level of the call says which part is being written.
        let depth = open.depth + 1;
        let inside = cursor.tokens.get(paren + 1..).unwrap_or(&[]).iter().filter(|t| t.depth == depth);
        let mut active = 0;
        for token in inside {
            let word = token.text(cursor.text).to_ascii_lowercase();
            active = match word.as_str() {
                "within" | "since" | "before" | "between" => 1,
                "via" => 2,
                "where" => 3,
                "then" if steps => 4,
                _ => active,
            };
        }
        let docs = format!("Gives {}; of nothing: {}.\n\nSuch as `{}`", facts.gives, facts.of_nothing, facts.example);
        Some(form(facts.name, &parts, docs, active))
    }
}

/// `count(records within … via … where …)`
fn form(name: &str, parts: &[&str], docs: String, active: usize) -> SignatureHelp {
    let mut label = format!("{name}(");
    let mut ranges = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            label.push(' ');
        }
        let start = label.len() as u32;
        label.push_str(part);
        ranges.push(start..label.len() as u32);
    }
    label.push(')');
    SignatureHelp { label, docs, parts: ranges, active: Some(active) }
}

fn alternatives(head: &str, parts: &[&str], docs: &str) -> SignatureHelp {
    let mut label = head.to_string();
    let mut ranges = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        label.push_str(if i > 0 { " | " } else { " " });
        let start = label.len() as u32;
        label.push_str(part);
        ranges.push(start..label.len() as u32);
    }
    SignatureHelp { label, docs: docs.to_string(), parts: ranges, active: None }
}

fn within() -> SignatureHelp {
    alternatives(
        "within",
        &["90d", "this quarter", "last 2 fiscal quarters", "next 12mo", "name of a period"],
        "A window covers everything in the `and`-chain to its left that has no window of its own.\n\nUnits: `min` `h` `d` `w` `mo` `q` `y`",
    )
}

fn moment() -> SignatureHelp {
    alternatives(
        "since",
        &["2026-01-01", "90d ago", "today", "name of a date"],
        "A fixed point in time. `since` includes it, `before` does not.",
    )
}
