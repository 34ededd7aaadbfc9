//! Today's answers of an example that is to be added, from running it: what is generated says what is so, not what was
//! aimed at.

use std::ops::Range;

use lead_diag::{Edit, FileId, Span, apply_edits};
use lead_eval::Why;
use lead_examples::{Suite, Verdict, literal};
use lead_hir::Session;
use lead_hir::hir::{Example, Value};

use super::super::site::Site;
use crate::Change;

/// What came of a line that expects something.
pub(super) struct Answer {
    /// As expected, and for the reason given.
    pub passed: bool,
    /// Whether the condition or term holds; `None`: it cannot be told, or is no matter of yes and no.
    pub holds: Option<bool>,
    /// The answer of the definition as a lexicon writes it, if it is known.
    pub value: Option<String>,
    /// The reasons for it.
    pub reasons: Vec<String>,
}

/// The answers of the lines that a change adds, in their order. `None`: the lexicon has errors, so nothing runs.
pub(super) fn answers(site: &Site, change: &Change, as_of: i64) -> Option<Vec<Answer>> {
    let checked = site.snapshot.checked();
    let mut session = Session::new();
    if let Some(file) = checked.config_file.and_then(|f| checked.file(f)) {
        session.set_config(&file.name, Some(file.text.clone()));
    }
    let mut own: Option<FileId> = None;
    for file in checked.files() {
        let edits: Vec<Edit> = change.edits.iter().filter(|e| e.span.file == file.id).cloned().collect();
        let text = if edits.is_empty() { file.text.clone() } else { apply_edits(&file.text, &edits).0.into() };
        let id = session.set_file(&file.name, text);
        if file.id == site.id {
            own = Some(id);
        }
    }
    let own = own?;
    let after = session.check();
    if !after.is_sound() {
        return None;
    }
    let added = added(change, site.id);
    let touches = |s: Span| s.file == own && added.iter().any(|r| s.start < r.end && r.start < s.end);
    let lexicon = after.to_run();
    let wanted = |e: &Example| touches(e.span);
    let suite = Suite::of(&lexicon, as_of, wanted);
    let mut out = Vec::new();
    for (number, _) in lexicon.examples.iter().enumerate().filter(|(_, e)| wanted(e)) {
        let outcome = suite.run(number).filter(|o| o.stopped.is_none())?;
        for check in outcome.checks.iter().filter(|c| touches(c.span)) {
            let why = check.whys.first();
            let value = why.map_or(check.answer.as_ref(), |w| w.value.as_ref());
            out.push(Answer {
                passed: check.verdict == Verdict::Passed,
                holds: match check.answer {
                    Some(Value::YesNo(yes)) => Some(yes),
                    _ => None,
                },
                value: value.map(|v| literal(v, &lexicon.settings)),
                reasons: why.map(Why::reasons).unwrap_or_default(),
            });
        }
    }
    Some(out)
}

/// Where the new texts of a file stand once the change is made.
fn added(change: &Change, file: FileId) -> Vec<Range<u32>> {
    let mut moved = 0i64;
    let mut out = Vec::new();
    for edit in change.edits.iter().filter(|e| e.span.file == file) {
        let start = i64::from(edit.span.start) + moved;
        let length = edit.text.len() as i64;
        out.push(start.max(0) as u32..(start + length).max(0) as u32);
        moved += length - i64::from(edit.span.end - edit.span.start);
    }
    out
}
