//! Completion: what may stand at the cursor, best first.
//!
//! [`cursor`] finds the statement and its tokens, [`reader`] reads them up to the cursor and says what the grammar takes
//! there, [`list`] finds what that may be in this lexicon and ranks it. No tree is needed, so any broken text will do.

mod candidate;
mod columns;
mod cursor;
mod example;
mod expr;
mod list;
mod named;
mod offer;
mod reader;
mod records;
mod relate;
mod schema;
mod statement;
mod values;
mod window;
mod words;

use lead_diag::Span;
use lead_syntax::scan;

pub(crate) use candidate::{def_detail, def_kind};
pub(crate) use columns::columns_of;
pub(crate) use cursor::{Cursor, Inside};
pub(crate) use reader::{Offered, Reader};

use crate::snapshot::{FilePosition, Snapshot};

/// What a completion stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A word of the language.
    Keyword,
    /// A form of the language with places to fill in.
    Snippet,
    /// An entity.
    Entity,
    /// An event.
    Event,
    /// A field that is no reference.
    Field,
    /// A reference.
    Reference,
    /// A measurement.
    Value,
    /// A decision.
    Term,
    /// A choice.
    Choice,
    /// A score.
    Score,
    /// A funnel.
    Funnel,
    /// A metric.
    Metric,
    /// A named window.
    Period,
    /// A function or an aggregate.
    Function,
    /// A text of a `one of`, or a value of a column.
    Text,
    /// A column header.
    Header,
    /// An export file.
    File,
    /// A length of time.
    Unit,
    /// A type of fields.
    Type,
    /// A lint.
    Lint,
    /// The key of a record of a story.
    Key,
}

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionItem {
    /// As shown in the list.
    pub label: String,
    /// What it stands for.
    pub kind: CompletionKind,
    /// Type and subject, in a few words.
    pub detail: Option<String>,
    /// What typed text is compared with, where it is not the label.
    pub filter: Option<String>,
    /// What is inserted.
    pub text: String,
    /// Whether `text` is a snippet with stops (`${1:name}`).
    pub snippet: bool,
    /// What is replaced if what stands behind the cursor is to stay.
    pub insert: Span,
    /// What is replaced if the whole name or text at the cursor is to go. Begins where `insert` does.
    pub replace: Span,
    /// For [`Snapshot::completion_docs`].
    pub key: Option<String>,
    /// Behind it, completion is to be asked for again.
    pub again: bool,
    /// The likeliest of all.
    pub preselect: bool,
}

/// A list of completions, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The items.
    pub items: Vec<CompletionItem>,
    /// There were more: ask again when more is typed.
    pub is_incomplete: bool,
}

/// How many items a list has at most.
const MOST: usize = 150;

impl Snapshot {
    /// Characters that completion is worth asking for when they are typed.
    pub const COMPLETION_TRIGGERS: [&'static str; 9] = [" ", ".", "\"", "(", "`", ">", ":", "|", "+"];

    /// What may stand at a position.
    pub fn completions(&self, at: FilePosition) -> Completions {
        let Some(at) = self.clamp(at) else { return Completions::default() };
        if self.checked().config_file == Some(at.file) {
            return Completions::default();
        }
        let cursor = Cursor::new(self.text(at.file), at.offset as usize);
        let mut reader = Reader::new(self.lexicon(), self.names(), &cursor, self.subject_at(at));
        reader.statement();
        let offers = std::mem::take(&mut reader.offers);
        list::list(self, at, &cursor, offers)
    }

    /// The documentation of a completion, as Markdown, by its [`CompletionItem::key`].
    pub fn completion_docs(&self, key: &str) -> Option<String> {
        let (kind, name) = key.split_once(':')?;
        match kind {
            "name" => self.docs_of_name(name),
            "field" => self.docs_of_field(name),
            "function" => self.docs_of_function(name),
            "lint" => lead_diag::Code::find(name).map(|code| code.info().page.to_string()),
            _ => None,
        }
    }
}

/// What is replaced at the cursor from `from` (in the statement) on: up to the cursor, and up to the end of the name or text.
pub(crate) fn ranges(file: lead_diag::FileId, cursor: &Cursor<'_>, from: usize) -> (Span, Span) {
    let offset = cursor.base + cursor.text.len();
    let behind = cursor.behind;
    let (insert_end, replace_end) = match cursor.inside {
        Inside::Text(_) => {
            // An odd number of quotes behind the cursor: the first of them ends this text.
            let end = match behind.matches('"').count() % 2 {
                1 => behind.find('"').map_or(0, |n| n + 1),
                _ => 0,
            };
            (end, end)
        }
        Inside::Quoted(_) => {
            let end = behind.find('`').map_or(0, |n| n + 1);
            (end, end)
        }
        Inside::Comment(_) => (0, 0),
        Inside::Code => (0, name_behind(cursor.text.get(from..).unwrap_or(""), behind)),
    };
    let start = cursor.base + from;
    (Span::new(file, start, offset + insert_end), Span::new(file, start, offset + replace_end))
}

/// How much of the text behind the cursor belongs to the name that the cursor is in.
fn name_behind(typed: &str, behind: &str) -> usize {
    // Only from inside a word, or from inside a name of several words, does the name go on.
    let in_word = typed.chars().next_back().is_some_and(|c| c.is_alphanumeric());
    if !in_word {
        return 0;
    }
    // What follows counts as word characters, also a digit, which no word begins with.
    let joined = format!("a{behind}");
    let length = scan::word_length(&joined);
    length.saturating_sub(1)
}
