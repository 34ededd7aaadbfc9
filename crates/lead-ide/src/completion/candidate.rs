//! Candidates of a list: what was found, how well it fits, and how it is shown once it is among the best.

use lead_hir::hir::{DefId, DefKind, FieldId, TableId, Ty};

use super::offer::Word;
use super::{CompletionItem, CompletionKind};
use crate::facts::{self, AggregateFacts, FunctionFacts, quoted};
use crate::snapshot::Snapshot;
use crate::spelling::written;

/// Something that may be inserted, small enough to be made ten thousand times.
#[derive(Clone, Debug)]
pub(crate) enum Candidate {
    Word(&'static Word),
    Def(DefId),
    Field(TableId, FieldId),
    Table(TableId),
    /// `spend.amount`, for aggregates.
    Measured(TableId, FieldId),
    Aggregate(&'static AggregateFacts),
    Function(&'static FunctionFacts),
    /// A text in quotes.
    Text {
        value: String,
        kind: CompletionKind,
        detail: &'static str,
    },
    /// A header as a name.
    Header(String),
    /// A word that stands for itself.
    Plain {
        text: String,
        kind: CompletionKind,
        detail: &'static str,
    },
    /// A form with stops.
    Snippet {
        label: String,
        insert: String,
        kind: CompletionKind,
        detail: String,
    },
    Lint(lead_diag::Code),
}

/// What is shown and inserted, without the range.
#[derive(Debug)]
pub(crate) struct Shown {
    pub label: String,
    pub insert: String,
    pub snippet: bool,
    pub kind: CompletionKind,
    pub detail: String,
    /// For resolving.
    pub key: Option<String>,
    pub again: bool,
}

impl Shown {
    fn new(label: String, kind: CompletionKind, detail: String, key: Option<String>) -> Shown {
        Shown { insert: label.clone(), label, snippet: false, kind, detail, key, again: false }
    }

    pub(crate) fn into_item(self, insert: lead_diag::Span, replace: lead_diag::Span) -> CompletionItem {
        let filter = (self.insert != self.label && !self.snippet).then(|| self.insert.clone());
        CompletionItem {
            label: self.label,
            kind: self.kind,
            detail: Some(self.detail).filter(|d| !d.is_empty()),
            filter,
            text: self.insert,
            snippet: self.snippet,
            insert,
            replace,
            key: self.key,
            again: self.again,
            preselect: false,
        }
    }
}

/// What a definition is, in a word.
pub(crate) fn def_kind(snapshot: &Snapshot, id: DefId) -> CompletionKind {
    match snapshot.lexicon().def(id).kind {
        DefKind::Value(_) | DefKind::Error => CompletionKind::Value,
        DefKind::Period(_) => CompletionKind::Period,
        DefKind::Term(_) => CompletionKind::Term,
        DefKind::Choice(_) => CompletionKind::Choice,
        DefKind::Score(_) => CompletionKind::Score,
        DefKind::Funnel(_) => CompletionKind::Funnel,
        DefKind::Metric(_) => CompletionKind::Metric,
    }
}

/// `term of contact`, `number of company`
pub(crate) fn def_detail(snapshot: &Snapshot, id: DefId) -> String {
    let lexicon = snapshot.lexicon();
    let def = lexicon.def(id);
    let what = match &def.kind {
        DefKind::Value(_) | DefKind::Error => match facts::short_type(lexicon, &def.ty) {
            ty if ty.is_empty() => "value".into(),
            ty => ty,
        },
        kind => kind.word().to_owned(),
    };
    match def.subject {
        Some(subject) => format!("{what} of {}", lexicon.table(subject).name.text),
        None => what,
    }
}

impl Candidate {
    /// What the list is filtered by.
    pub fn matched_by(&self, snapshot: &Snapshot, typed: &str) -> Option<i32> {
        use crate::spelling::{matched, matched_text};
        let lexicon = snapshot.lexicon();
        match self {
            Candidate::Word(word) => matched_text(typed, word.label.trim_start_matches(['…', ' '])),
            Candidate::Def(id) => matched(typed, &lexicon.def(*id).name.key),
            Candidate::Field(table, field) => matched(typed, &lexicon.field(*table, *field).name.key),
            Candidate::Table(table) => matched(typed, &lexicon.table(*table).name.key),
            Candidate::Measured(table, field) => {
                if typed.is_empty() {
                    return Some(0);
                }
                let key = format!("{}.{}", lexicon.table(*table).name.key, lexicon.field(*table, *field).name.key);
                matched(typed, &key)
            }
            Candidate::Aggregate(facts) => matched(typed, facts.name),
            Candidate::Function(facts) => matched(typed, facts.name),
            Candidate::Text { value, .. } | Candidate::Header(value) => matched_text(typed, value),
            Candidate::Plain { text, .. } => matched_text(typed, text),
            Candidate::Snippet { label, .. } => matched_text(typed, label),
            Candidate::Lint(code) => matched_text(typed, code.slug()),
        }
    }

    /// How it is shown.
    pub fn shown(self, snapshot: &Snapshot) -> Shown {
        let lexicon = snapshot.lexicon();
        match self {
            Candidate::Word(word) => {
                let stops = word.insert.contains('$');
                let kind = if stops { CompletionKind::Snippet } else { CompletionKind::Keyword };
                let mut shown = Shown::new(word.label.into(), kind, word.detail.into(), None);
                if !word.insert.is_empty() {
                    shown.insert = word.insert.into();
                    shown.snippet = stops;
                    shown.again = !stops && word.insert.ends_with(' ') || word.insert.ends_with("\"${0}\"");
                }
                shown
            }
            Candidate::Def(id) => {
                let def = lexicon.def(id);
                let key = Some(format!("name:{}", def.name.key));
                let mut shown =
                    Shown::new(def.name.text.clone(), def_kind(snapshot, id), def_detail(snapshot, id), key);
                shown.insert = written(&def.name.text);
                shown
            }
            Candidate::Field(table, id) => {
                let field = lexicon.field(table, id);
                let key = Some(format!("field:{}.{}", lexicon.table(table).name.key, field.name.key));
                let kind = match field.ty {
                    Ty::Record(_) => CompletionKind::Reference,
                    _ => CompletionKind::Field,
                };
                let detail = match field.ty {
                    Ty::Record(_) => facts::type_text(lexicon, &field.ty),
                    _ => format!("{} of {}", facts::short_type(lexicon, &field.ty), lexicon.table(table).name.text),
                };
                let mut shown = Shown::new(field.name.text.clone(), kind, detail, key);
                shown.insert = written(&field.name.text);
                shown
            }
            Candidate::Measured(table, id) => {
                let (of, field) = (lexicon.table(table), lexicon.field(table, id));
                let key = Some(format!("field:{}.{}", of.name.key, field.name.key));
                let label = format!("{}.{}", of.name.text, field.name.text);
                let mut shown = Shown::new(label, CompletionKind::Field, facts::short_type(lexicon, &field.ty), key);
                shown.insert = format!("{}.{}", written(&of.name.text), written(&field.name.text));
                shown
            }
            Candidate::Table(id) => {
                let table = lexicon.table(id);
                let (kind, what) = if table.is_event() {
                    (CompletionKind::Event, "event")
                } else {
                    (CompletionKind::Entity, "entity")
                };
                let detail = match crate::names::subject_of(lexicon, id) {
                    Some((_, subject)) => format!("{what} of {}", lexicon.table(subject).name.text),
                    None => what.to_string(),
                };
                let key = Some(format!("name:{}", table.name.key));
                let mut shown = Shown::new(table.name.text.clone(), kind, detail, key);
                shown.insert = written(&table.name.text);
                shown
            }
            Candidate::Aggregate(facts) => {
                let key = Some(format!("function:{}", facts.name));
                let label = format!("{}(…)", facts.name);
                let mut shown = Shown::new(label, CompletionKind::Function, facts.gives.into(), key);
                shown.insert = format!("{}(${{0}})", facts.name);
                (shown.snippet, shown.again) = (true, true);
                shown
            }
            Candidate::Function(facts) => {
                let key = Some(format!("function:{}", facts.name));
                let label = format!("{}(…)", facts.name);
                let mut shown = Shown::new(label, CompletionKind::Function, facts.gives.into(), key);
                shown.insert = format!("{}(${{0}})", facts.name);
                (shown.snippet, shown.again) = (true, true);
                shown
            }
            Candidate::Text { value, kind, detail } => Shown::new(quoted(&value), kind, detail.into(), None),
            Candidate::Header(name) => {
                let mut shown = Shown::new(name.clone(), CompletionKind::Header, "column of the export".into(), None);
                shown.insert = written(&name);
                shown
            }
            Candidate::Plain { text, kind, detail } => Shown::new(text, kind, detail.into(), None),
            Candidate::Snippet { label, insert, kind, detail } => {
                let mut shown = Shown::new(label, kind, detail, None);
                shown.snippet = insert.contains('$');
                shown.insert = insert;
                shown
            }
            Candidate::Lint(code) => {
                let key = Some(format!("lint:{}", code.id()));
                Shown::new(code.slug().into(), CompletionKind::Lint, code.id().into(), key)
            }
        }
    }
}
