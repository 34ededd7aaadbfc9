//! Diagnostics as an editor shows them: one text with its help, the other places involved, tags for what is of no use.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use lead_diag::{Code, Diagnostic, FileId, Severity, Span, codes};

use crate::Snapshot;

/// How the editor draws what a diagnostic covers, besides its severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Of no use: drawn faded.
    Unnecessary,
    /// Not to be used any more: struck through.
    Deprecated,
}

/// A diagnostic of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is underlined. Never empty unless the text is.
    pub range: Range<u32>,
    /// How bad it is.
    pub severity: Severity,
    /// The code; its page is `code.info().page`.
    pub code: Code,
    /// What is wrong, what is here, and what to do, a line each.
    pub message: String,
    /// The other places involved, and what stands there.
    pub related: Vec<(Span, String)>,
    /// How it is drawn.
    pub tags: Vec<Tag>,
    /// Which of the file's diagnostics it is, for its code actions.
    pub index: usize,
}

/// A file's diagnostics, and an id that is the same as long as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// In order of place.
    pub diagnostics: Vec<Shown>,
    /// Equal for equal reports.
    pub result_id: String,
}

impl Snapshot {
    /// The diagnostics of a file; empty for a file that is not of the lexicon.
    pub fn diagnostics(&self, file: FileId) -> Report {
        let text = self.text(file);
        let all = self.checked().diagnostics(file);
        let diagnostics: Vec<Shown> = all.iter().enumerate().filter_map(|(i, d)| shown(d, i, text, file)).collect();
        let mut hasher = DefaultHasher::new();
        for one in &diagnostics {
            (one.range.clone(), one.severity as u8, one.code.id(), &one.message, &one.tags).hash(&mut hasher);
            one.related.hash(&mut hasher);
        }
        Report { diagnostics, result_id: format!("{:016x}", hasher.finish()) }
    }
}

fn shown(found: &Diagnostic, index: usize, text: &str, file: FileId) -> Option<Shown> {
    let (first, rest) = found.labels.split_first()?;
    if first.span.file != file {
        return None;
    }
    let mut message = found.message.clone();
    let mut line = |text: &str| {
        if !text.is_empty() {
            message.push('\n');
            message.push_str(text);
        }
    };
    line(&first.text);
    found.help.iter().for_each(|help| line(&format!("help: {help}")));
    found.notes.iter().for_each(|note| line(&format!("note: {note}")));
    Some(Shown {
        range: visible(first.span, text),
        severity: found.severity,
        code: found.code,
        message,
        related: rest
            .iter()
            .map(|l| (l.span, if l.text.is_empty() { "here".into() } else { l.text.clone() }))
            .collect(),
        tags: tag(found.code).into_iter().collect(),
        index,
    })
}

/// What is of no use where it stands, or not to be used any more.
fn tag(code: Code) -> Option<Tag> {
    const UNNECESSARY: [Code; 5] = [
        codes::UNUSED_VALUE,
        codes::UNUSED_TERM,
        codes::REPEATED_STEP,
        codes::REPEATED_CONDITION,
        codes::OTHERWISE_NOT_LAST,
    ];
    if code.slug() == "deprecated-name" {
        return Some(Tag::Deprecated);
    }
    UNNECESSARY.contains(&code).then_some(Tag::Unnecessary)
}

/// A range with something in it: an empty one takes in the character behind it, else the one before it.
fn visible(span: Span, text: &str) -> Range<u32> {
    let length = text.len() as u32;
    let (start, end) = (span.start.min(length), span.end.min(length));
    if start < end {
        return start..end;
    }
    let behind = text.get(start as usize..).and_then(|t| t.chars().next()).filter(|c| !matches!(c, '\n' | '\r'));
    let before = text.get(..start as usize).and_then(|t| t.chars().next_back()).filter(|c| !matches!(c, '\n' | '\r'));
    match (behind, before) {
        (Some(c), _) => start..start + c.len_utf8() as u32,
        (None, Some(c)) => start - c.len_utf8() as u32..start,
        (None, None) => start..end,
    }
}
