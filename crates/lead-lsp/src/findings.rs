//! What was found, as the protocol has it: sent by the server, or asked for by the client.

use std::collections::HashMap;
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId, Severity};
use lead_ide::{Report, Shown, Tag};
use tower_lsp::lsp_types::{
    self as lsp, CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, NumberOrString, Url,
};

use crate::outbox::{Outbox, Published};
use crate::pages;
use crate::place::{Home, Key};
use crate::settings::{self, Settings};
use crate::view::View;

/// The findings of a document.
pub fn of_file(view: &View, file: FileId, settings: &Settings) -> (Vec<lsp::Diagnostic>, String) {
    let Report { diagnostics, result_id } = view.snapshot.diagnostics(file);
    let mut all: Vec<lsp::Diagnostic> =
        diagnostics.iter().filter_map(|shown| converted(view, file, shown, settings)).collect();
    let mut id = result_id;
    if let Some(uri) = view.uri(file) {
        for found in view.unread.iter().filter(|(u, _)| u == uri).map(|(_, d)| d) {
            all.push(without_tree(view, found));
            id.push_str(found.code.id());
        }
    }
    for lint in settings.lints.keys() {
        id.push_str(lint);
    }
    (all, id)
}

/// The findings that a session made of a document, by their number among all that were made.
pub fn by_index(view: &View, file: FileId, settings: &Settings) -> HashMap<usize, lsp::Diagnostic> {
    let all = view.snapshot.diagnostics(file).diagnostics;
    all.iter().filter_map(|shown| Some((shown.index, converted(view, file, shown, settings)?))).collect()
}

fn converted(view: &View, file: FileId, shown: &Shown, settings: &Settings) -> Option<lsp::Diagnostic> {
    let severity = match settings.lints.get(shown.code.id()) {
        Some(settings::Shown::Off) => return None,
        Some(settings::Shown::Hint) => DiagnosticSeverity::HINT,
        Some(settings::Shown::Information) => DiagnosticSeverity::INFORMATION,
        Some(settings::Shown::As(severity)) => severity_of(*severity),
        None => severity_of(shown.severity),
    };
    let related = shown.related.iter().filter_map(|(span, text)| {
        Some(DiagnosticRelatedInformation { location: view.location(*span)?, message: text.clone() })
    });
    let tags = shown.tags.iter().map(|tag| match tag {
        Tag::Unnecessary => DiagnosticTag::UNNECESSARY,
        Tag::Deprecated => DiagnosticTag::DEPRECATED,
    });
    let (related, tags): (Vec<_>, Vec<_>) = (related.collect(), tags.collect());
    Some(lsp::Diagnostic {
        range: view.range(file, shown.range.clone()),
        severity: Some(severity),
        code: Some(NumberOrString::String(shown.code.id().to_owned())),
        code_description: pages::address(shown.code).map(|href| CodeDescription { href }),
        source: Some("lead".to_owned()),
        message: shown.message.clone(),
        related_information: Some(related).filter(|r| !r.is_empty()),
        tags: Some(tags).filter(|t| !t.is_empty()),
        data: None,
    })
}

/// A finding that no session made: its place is known, or it is the beginning of the document.
fn without_tree(view: &View, found: &Diagnostic) -> lsp::Diagnostic {
    let span = found.span().filter(|s| view.files.contains_key(&s.file));
    let mut message = found.message.clone();
    for more in found.labels.first().map(|l| l.text.clone()).into_iter().chain(found.help.clone()) {
        message.push('\n');
        message.push_str(&more);
    }
    lsp::Diagnostic {
        range: span.map(|s| view.range_of(s)).unwrap_or_default(),
        severity: Some(severity_of(found.severity)),
        code: Some(NumberOrString::String(found.code.id().to_owned())),
        code_description: pages::address(found.code).map(|href| CodeDescription { href }),
        source: Some("lead".to_owned()),
        message,
        ..lsp::Diagnostic::default()
    }
}

fn severity_of(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Hint => DiagnosticSeverity::HINT,
    }
}

/// What was converted last of a document, and from what.
struct Kept {
    text: Arc<str>,
    found: Vec<Diagnostic>,
    converted: Arc<Vec<lsp::Diagnostic>>,
}

/// Findings that the server sends.
pub struct Findings {
    outbox: Outbox,
    kept: HashMap<Home, HashMap<FileId, Kept>>,
}

impl Findings {
    /// None yet.
    pub fn new(outbox: Outbox) -> Findings {
        Findings { outbox, kept: HashMap::new() }
    }

    /// Whether a lexicon was shown before.
    pub fn has_seen(&self, home: &Home) -> bool {
        self.kept.contains_key(home)
    }

    /// Converts everything anew the next time.
    pub fn forget(&mut self) {
        self.kept.values_mut().for_each(HashMap::clear);
    }

    /// Sends what was found in a lexicon, in one document first.
    pub fn show(&mut self, home: &Home, view: &Arc<View>, first: Option<&Key>, settings: &Settings, revision: u64) {
        let kept = self.kept.entry(home.clone()).or_default();
        if self.outbox.pulls() {
            return;
        }
        let first = first.and_then(|k| view.by_key.get(k)).copied();
        if let Some(file) = first {
            let one = published(view, file, settings, kept);
            self.outbox.publish(home, one.into_iter().collect(), revision);
        }
        let mut rest: Vec<FileId> = view.files.keys().filter(|f| Some(**f) != first).copied().collect();
        rest.sort_unstable();
        let mut all: Vec<Published> = rest.iter().filter_map(|f| published(view, *f, settings, kept)).collect();
        // Files that cannot be read have no place in the view.
        for (uri, found) in &view.unread {
            if !view.files.values().any(|f| f.uri == *uri) {
                let findings = Arc::new(vec![without_tree(view, found)]);
                all.push(Published { uri: uri.clone(), version: None, findings });
            }
        }
        self.outbox.publish(home, all, revision);
    }

    /// Clears what was shown of documents that are none of a lexicon any more.
    pub fn keep_only(&mut self, home: &Home, uris: &[Url], revision: u64) {
        self.outbox.keep_only(home, uris.to_vec(), Some(revision));
    }

    /// Clears what was shown of a document.
    pub fn clear(&mut self, uri: &Url) {
        self.outbox.clear(uri);
    }

    /// Clears all that was shown of a lexicon.
    pub fn drop_home(&mut self, home: &Home) {
        self.kept.remove(home);
        self.outbox.keep_only(home, Vec::new(), None);
    }
}

fn published(view: &View, file: FileId, settings: &Settings, kept: &mut HashMap<FileId, Kept>) -> Option<Published> {
    let of = view.files.get(&file)?;
    let text = &view.snapshot.file(file)?.text;
    let found = view.snapshot.checked().diagnostics(file);
    // Places in other documents move with their texts.
    let stays = found.iter().all(|d| d.labels.iter().all(|l| l.span.file == file))
        && !view.unread.iter().any(|(u, _)| *u == of.uri);
    let known = kept.get(&file).filter(|k| stays && Arc::ptr_eq(&k.text, text) && k.found == found);
    let findings = match known {
        Some(known) => known.converted.clone(),
        None => {
            let converted = Arc::new(of_file(view, file, settings).0);
            kept.insert(file, Kept { text: text.clone(), found: found.to_vec(), converted: converted.clone() });
            converted
        }
    };
    Some(Published { uri: of.uri.clone(), version: of.version, findings })
}
