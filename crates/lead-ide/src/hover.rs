//! Hover: what a name is, what it says, over which windows, and who uses it.

use lead_diag::Span;
use lead_hir::hir::{DefId, DefKind, FieldId, TableId, TableKind, Ty};
use lead_hir::index::{Effective, Signal, Target};
use lead_syntax::scan::{self, TokenKind};

use crate::completion::Cursor;
use crate::facts::{self, quoted, type_text};
use crate::names::Item;
use crate::snapshot::{FilePosition, Snapshot};
use crate::words;

/// What is shown over a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// As many lines of a statement are shown.
const MOST_LINES: usize = 16;
/// As many users, fields or values are named.
const MOST_NAMES: usize = 8;

impl Snapshot {
    /// What stands at a position.
    pub fn hover(&self, at: FilePosition) -> Option<Hover> {
        let at = self.clamp(at)?;
        let checked = self.checked();
        if let Some(place) = checked.place_at(at.file, at.offset) {
            let mut text = self.docs_of(place.target)?;
            if let Some(window) = self.window_of(place.span) {
                text.push_str(&format!("\n\n---\n\nHere over: `{window}`"));
            }
            return Some(Hover { span: place.span, text });
        }
        self.hover_word(at)
    }

    /// The documentation of whatever can be named, as Markdown.
    pub fn docs_of(&self, target: Target) -> Option<String> {
        Some(match target {
            Target::Table(table) => self.table_docs(table),
            Target::Field(table, field) => self.field_docs(table, field),
            Target::Def(def) => self.def_docs(def),
            Target::Value(table, field, value) => {
                let declared = self.lexicon().table(table).fields.get(field.0 as usize)?;
                let Ty::OneOf(values) = &declared.ty else { return None };
                let value = values.get(value as usize)?;
                let others: Vec<String> =
                    values.iter().filter(|v| *v != value).take(MOST_NAMES).map(|v| quoted(v)).collect();
                let of = format!("`{}` of `{}`", declared.name.text, self.lexicon().table(table).name.text);
                format!("{}\n\nA value of {of}. The others: {}", code(&quoted(value)), others.join(", "))
            }
            Target::Dimension(def, at) => {
                let DefKind::Metric(metric) = &self.lexicon().def(def).kind else { return None };
                let dimension = metric.by.get(at as usize)?;
                let ty = type_text(self.lexicon(), &dimension.ty);
                let of = &self.lexicon().def(def).name.text;
                format!("{}\n\nA column of the metric `{of}`", code(&format!("{}: {ty}", dimension.name.text)))
            }
        })
    }

    pub(crate) fn docs_of_name(&self, key: &str) -> Option<String> {
        match self.names().item(key)? {
            Item::Table(table) => Some(self.table_docs(table)),
            Item::Def(def) => Some(self.def_docs(def)),
        }
    }

    pub(crate) fn docs_of_field(&self, path: &str) -> Option<String> {
        let (table, field) = path.split_once('.')?;
        let Item::Table(table) = self.names().item(table)? else { return None };
        let field = self.lexicon().table(table).field_named(field)?;
        Some(self.field_docs(table, field))
    }

    pub(crate) fn docs_of_function(&self, name: &str) -> Option<String> {
        if let Some(facts) = facts::AGGREGATES.iter().find(|a| a.name == name) {
            let head = code(&format!("{}({})", facts.name, facts.form));
            return Some(format!(
                "{head}\n\nGives {}; of nothing: {}.\n\nSuch as `{}`",
                facts.gives, facts.of_nothing, facts.example
            ));
        }
        let facts = facts::function(name)?;
        let head = code(&format!("{}({})", facts.name, facts.of));
        Some(format!("{head}\n\nGives {}.", facts.gives))
    }

    fn table_docs(&self, id: TableId) -> String {
        let lexicon = self.lexicon();
        let table = lexicon.table(id);
        let sources: Vec<String> = table.sources.iter().map(|s| quoted(s)).collect();
        let head = match table.kind {
            TableKind::Entity => format!("entity {} from {}", table.name.text, sources.join(", ")),
            TableKind::Event { subject, .. } => {
                let of = subject.map(|f| format!(" of {}", lexicon.field(id, f).name.text)).unwrap_or_default();
                format!("event {}{of} from {}", table.name.text, sources.join(", "))
            }
        };
        let mut text = code(&head);
        push_docs(&mut text, table.docs.as_deref());
        let mut fields: Vec<String> = Vec::new();
        for field in table.fields.iter().take(2 * MOST_NAMES) {
            fields.push(format!("`{}` {}", field.name.text, facts::short_type(lexicon, &field.ty)));
        }
        if table.fields.len() > fields.len() {
            fields.push(format!("… ({} in all)", table.fields.len()));
        }
        if !fields.is_empty() {
            text.push_str(&format!("\n\nFields: {}", fields.join(" · ")));
        }
        let said = self.names().of_subject(id).len();
        if said > 0 {
            text.push_str(&format!(
                "\n\n{said} {} said of it",
                if said == 1 { "definition is" } else { "definitions are" }
            ));
        }
        text
    }

    fn field_docs(&self, table: TableId, id: FieldId) -> String {
        let lexicon = self.lexicon();
        let (of, field) = (lexicon.table(table), lexicon.field(table, id));
        let ty = type_text(lexicon, &field.ty);
        let head = match field.ty {
            Ty::Record(_) => format!("{} {ty}", field.name.text),
            _ => format!("{}: {ty}", field.name.text),
        };
        let mut text = code(&head);
        let what = match of.kind {
            TableKind::Event { time, .. } if time == id => "The time of the event",
            _ if of.key == Some(id) => "The key of the entity",
            _ if matches!(field.ty, Ty::Record(_)) => "A reference of",
            _ => "A field of",
        };
        text.push_str(&format!("\n\n{what} `{}`", of.name.text));
        push_docs(&mut text, field.docs.as_deref());
        let headers: Vec<String> = field.headers.iter().take(MOST_NAMES).map(|h| quoted(&h.header)).collect();
        if !headers.is_empty() {
            text.push_str(&format!("\n\nRead from the column {}", headers.join(" or ")));
        }
        if !matches!(field.ty, Ty::OneOf(_)) {
            let columns = crate::completion::columns_of(self, table, id);
            if let Some((source, header)) = columns.first() {
                let samples = self.exports().samples(source, header);
                let shown: Vec<String> = samples.iter().take(5).map(|s| format!("`{}`", s.replace('`', "'"))).collect();
                if !shown.is_empty() {
                    text.push_str(&format!("\n\nSuch as {}", shown.join(", ")));
                }
            }
        }
        text
    }

    fn def_docs(&self, id: DefId) -> String {
        let lexicon = self.lexicon();
        let def = lexicon.def(id);
        let statement = self.slice(def.span);
        let mut text = code(&shortened(statement));
        text.push_str(&format!("\n\n{}", self.def_line(id)));
        push_docs(&mut text, def.docs.as_deref());
        if !crate::names::is_constant(def)
            && let Some(sentence) = lead_prose::sentence(lexicon, id)
        {
            text.push_str(&format!("\n\n{}", sentence.markdown()));
        }
        if let Some(unfolded) = crate::unfold::unfold(lexicon, id)
            && !same_words(&unfolded.text, statement)
        {
            text.push_str(&format!("\n\nUnfolded:\n\n{}", code(&shortened(&unfolded.text))));
        }
        let windows = self.windows_of(def.span);
        if !windows.is_empty() {
            text.push_str(&format!("\n\nMeasured: {}", windows.join(" · ")));
        }
        let users = self.checked().users(id);
        if !users.is_empty() {
            let shown = users.iter().take(MOST_NAMES).map(|u| format!("`{}`", lexicon.def(*u).name.text));
            let mut shown: Vec<String> = shown.collect();
            if users.len() > shown.len() {
                shown.push(format!("… ({} in all)", users.len()));
            }
            text.push_str(&format!("\n\nUsed by {}", shown.join(", ")));
        }
        text
    }

    /// `A term of contact: yes/no`
    fn def_line(&self, id: DefId) -> String {
        let lexicon = self.lexicon();
        let def = lexicon.def(id);
        let what = match &def.kind {
            DefKind::Error => "definition with a mistake",
            kind => kind.word(),
        };
        let of = def.subject.map(|s| format!(" of `{}`", lexicon.table(s).name.text)).unwrap_or_default();
        let ty = match (&def.kind, &def.ty) {
            (DefKind::Term(_) | DefKind::Period(_), _) | (_, Ty::Error) => String::new(),
            (_, ty) => format!(", {}", type_text(lexicon, ty)),
        };
        format!("A {what}{of}{ty}")
    }

    /// `` `pages` within 90d ``, for each measurement of a definition.
    fn windows_of(&self, span: Span) -> Vec<String> {
        let all = self.checked().windows_in(span.file);
        let from = all.partition_point(|w| w.span.start < span.start);
        let inside = all.get(from..).unwrap_or(&[]).iter().take_while(|w| w.span.end <= span.end);
        let mut shown: Vec<String> = Vec::new();
        for effective in inside {
            let measured = self.slice(effective.span);
            let line = measured.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = format!("`{}` {}", cut(&line, 60).replace('`', "'"), self.window_text(effective));
            if !shown.contains(&text) {
                shown.push(text);
            }
            if shown.len() >= MOST_NAMES {
                shown.push("…".into());
                break;
            }
        }
        shown
    }

    fn window_text(&self, effective: &Effective) -> String {
        match (&effective.window, effective.signal) {
            (Some((kind, _)), _) => words::window(self.lexicon(), *kind),
            (None, Signal::Events | Signal::Value(_)) => "over all time".into(),
            (None, _) => "at any time".into(),
        }
    }

    /// The window that a value used at this place is measured over.
    fn window_of(&self, span: Span) -> Option<String> {
        let all = self.checked().windows_in(span.file);
        let from = all.partition_point(|w| w.span.start < span.start);
        let found = all.get(from..)?.iter().take_while(|w| w.span.start == span.start).find(|w| w.span == span)?;
        found.window.as_ref().map(|_| self.window_text(found))
    }

    /// Words of the language, values written out, and whatever has a type.
    fn hover_word(&self, at: FilePosition) -> Option<Hover> {
        let text = self.text(at.file);
        let (start, word) = word_at(text, at)?;
        let span = Span::new(at.file, start, start + word.len());
        let lower = word.to_lowercase();
        let called = text.get(start + word.len()..).is_some_and(|t| t.starts_with('('));
        if called
            && let Some(docs) = self.longer_function(text, start, &lower).or_else(|| self.docs_of_function(&lower))
        {
            return Some(Hover { span, text: docs });
        }
        if let Some(told) = crate::glossary::word(&lower, text.get(start + word.len()..).unwrap_or("")) {
            return Some(Hover { span, text: told.to_string() });
        }
        let typed = self.checked().type_at(at.file, at.offset)?;
        if typed.ty == Ty::Error || self.slice(typed.span).contains('\n') {
            return None;
        }
        Some(Hover { span: typed.span, text: code(&type_text(self.lexicon(), &typed.ty)) })
    }

    /// `fiscal quarter(…)`, whose last word stands before the parenthesis.
    fn longer_function(&self, text: &str, start: usize, word: &str) -> Option<String> {
        let before = text.get(..start)?.trim_end_matches([' ', '\t']);
        before.to_lowercase().ends_with("fiscal").then(|| self.docs_of_function(&format!("fiscal {word}")))?
    }
}

/// The word or number that an offset touches.
fn word_at(text: &str, at: FilePosition) -> Option<(usize, &str)> {
    let offset = at.offset as usize;
    // The statement is cut behind the cursor's line, so that a word is whole.
    let end = text.get(offset..)?.find('\n').map_or(text.len(), |n| offset + n);
    let cursor = Cursor::new(text, end);
    let own = text.get(cursor.base..end)?;
    let local = offset.checked_sub(cursor.base)?;
    let token =
        scan::tokens(own).into_iter().find(|t| t.start <= local && local <= t.end && t.kind == TokenKind::Word)?;
    Some((cursor.base + token.start, own.get(token.start..token.end)?))
}

/// Text of the language as a block.
pub(crate) fn code(text: &str) -> String {
    format!("```lead\n{}\n```", text.trim_end())
}

fn push_docs(text: &mut String, docs: Option<&str>) {
    if let Some(docs) = docs.map(str::trim).filter(|d| !d.is_empty()) {
        text.push_str(&format!("\n\n{docs}"));
    }
}

/// The first lines of a long statement.
fn shortened(statement: &str) -> String {
    let lines: Vec<&str> = statement.lines().filter(|l| !l.trim_start().starts_with('#')).collect();
    if lines.len() <= MOST_LINES {
        return lines.join("\n");
    }
    let rest = lines.len() - MOST_LINES;
    format!("{}\n    # … {rest} more lines", lines[..MOST_LINES].join("\n"))
}

/// At most `most` characters.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

/// Whether two texts differ in blanks and case alone.
fn same_words(a: &str, b: &str) -> bool {
    let words = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words(a) == words(b)
}
