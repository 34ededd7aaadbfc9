//! The code action that adds the examples which a definition is missing: rows that show what none of the lexicon's examples does,
//! with today's answers.

use std::ops::Range;

use lead_diag::{Edit, FileId, Span};
use lead_examples::Suite;
use lead_hir::hir::{Def, DefKind};

use super::commands;
use crate::view::{Asked, View};

/// What the action is resolved by.
pub const ID: &str = "missing-examples";

/// The examples that are missing of the definition on whose first line a selection lies.
pub struct Missing {
    /// The definition's name.
    pub name: String,
    /// What adds a table behind its statement.
    pub edit: Edit,
}

/// Looks for what is missing. Nothing is offered while the lexicon has errors.
pub fn missing(asked: &Asked, view: &View, file: FileId, offsets: &Range<u32>) -> Option<Missing> {
    let snapshot = &view.snapshot;
    let text = snapshot.text(file);
    let chosen = |def: &Def| {
        let line = text.get(def.name_span.end as usize..).and_then(|rest| rest.find('\n')).unwrap_or(text.len());
        let end = def.name_span.end.saturating_add(line as u32);
        def.name_span.file == file
            && def.subject.is_some()
            && !matches!(def.kind, DefKind::Period(_) | DefKind::Metric(_) | DefKind::Error)
            && def.name_span.start <= offsets.start
            && offsets.end <= end
    };
    // Before anything is copied: is there a definition at all?
    if !snapshot.checked().is_sound() || !snapshot.checked().defs().any(|(_, def)| chosen(def)) {
        return None;
    }
    let as_of = commands::as_of(asked, snapshot).ok()?;
    let lexicon = snapshot.checked().to_run();
    let (id, def) = lexicon.def_ids().find(|(_, def)| chosen(def))?;
    let suite = Suite::new(&lexicon, as_of);
    let found = suite.suggest(id, &suite.coverage(1)).filter(|found| !found.rows.is_empty())?;
    let table = found.text(&lexicon, &|span: Span| snapshot.slice(span).to_owned());
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let table = table.trim_end().replace('\n', line_end);
    let rest = text.get(def.span.end as usize..).unwrap_or("");
    let at = def.span.end as usize + rest.find('\n').unwrap_or(rest.len());
    let at = if at > def.span.end as usize && text.as_bytes().get(at - 1) == Some(&b'\r') { at - 1 } else { at };
    let span = Span::new(file, at, at);
    let edit = Edit { span, text: format!("{line_end}{line_end}{table}") };
    Some(Missing { name: def.name.text.clone(), edit })
}
