//! The syntax tree of a `.lead` file. Made by [`crate::parse`], read by the formatter and by `lead-hir`.
//!
//! Invariant *always a tree*: every text has one; what cannot be read is [`StatementKind::Broken`] or
//! [`ExprKind::Error`], each with a diagnostic. Invariant *own span*: every node's span covers exactly its own text.

mod expr;
pub(crate) mod shift;

use lead_diag::Span;

pub use expr::{
    Aggregate, AggregateBody, AggregateFn, ArithmeticOp, CompareOp, Expr, ExprKind, Literal, LiteralKind, Moment,
    MomentKind, Path, Period, PeriodUnit, Records, SequenceStep, Unit, Which, Window, WindowKind,
};

/// A file: its statements in order, and every comment.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Statements in order of place.
    pub statements: Vec<Statement>,
    /// Every comment, documentation lines among them, in order of place.
    pub comments: Vec<Comment>,
}

/// A `#` comment, to the end of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the last character.
    pub span: Span,
    /// With its `#` signs.
    pub text: String,
    /// Whether nothing stands before it on its line.
    pub own_line: bool,
}

/// A statement: what starts in column one, and the indented lines below it.
#[derive(Clone, Debug)]
pub struct Statement {
    /// From the first character to the last that is neither blank nor comment.
    pub span: Span,
    /// The text of the `##` lines just above, without signs and one blank, joined by line ends.
    pub docs: Option<String>,
    /// What it says.
    pub kind: StatementKind,
}

/// The statements of LANGUAGE section 3.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `entity contact from "contacts.csv"`
    Entity(Entity),
    /// `event visit of contact from "events.csv" where type = "visit"`
    Event(Event),
    /// `for company`
    Subject(Name),
    /// `pages = count(page view)`
    Value(Value),
    /// `lead when …`
    Term(Term),
    /// `owner is …`
    Choice(Choice),
    /// `score engagement …`
    Score(Score),
    /// `funnel buying journey …`
    Funnel(Funnel),
    /// `metric cost per lead = …`
    Metric(Metric),
    /// `example "…" …`
    Story(Story),
    /// `examples anonymous lead …`
    Table(Table),
    /// Could not be read. The name is what it would define, if that much is clear, so that uses of it are not
    /// reported as well.
    Broken {
        /// The defined name, if known.
        name: Option<Name>,
    },
}

/// One or more words, as written but without backticks.
#[derive(Clone, Debug)]
pub struct Name {
    /// As written, blanks between words as they stand.
    pub text: String,
    /// Backticks included.
    pub span: Span,
    /// Whether it was written in backticks.
    pub quoted: bool,
}

impl Name {
    /// What names are compared by: lower case, `_` as a blank, single blanks.
    pub fn key(&self) -> String {
        fold_name(&self.text)
    }
}

pub use lead_scan::KEYWORDS;

/// What names are compared by: lower case, `_` as a blank, single blanks.
pub fn fold_name(text: &str) -> String {
    if is_folded(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        let mut gap = false;
        for c in text.chars() {
            if c == '_' || c.is_whitespace() {
                gap = !out.is_empty();
                continue;
            }
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c.to_ascii_lowercase());
        }
        return out;
    }
    for word in text.split(|c: char| c == '_' || c.is_whitespace()).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

/// Whether a name is what [`fold_name`] makes of it, as most are; quick, and right where it says so.
fn is_folded(text: &str) -> bool {
    /// By byte: whether it stands in a folded name as it is.
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut b = b'!';
        while b <= b'~' {
            plain[b as usize] = !b.is_ascii_uppercase() && b != b'_';
            b += 1;
        }
        plain
    };
    let mut gap = true;
    for b in text.bytes() {
        let plain = PLAIN[usize::from(b)];
        if !plain && (gap || b != b' ') {
            return false;
        }
        gap = !plain;
    }
    !gap
}

/// A text in quotes: the value, with `""` read as `"`. A backslash is an ordinary character.
#[derive(Clone, Debug)]
pub struct Text {
    /// The value.
    pub value: String,
    /// Quotes included.
    pub span: Span,
}

/// `entity …`
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its name.
    pub name: Name,
    /// The files it is read from, at least one.
    pub sources: Vec<Text>,
    /// `where` on the file's headers.
    pub filter: Option<Expr>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// `same when email`: the second keys.
    pub same_when: Vec<Name>,
}

/// `event …`
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: Name,
    /// `of contact`: the name of the subject reference. An event without it has no subject.
    pub of: Option<Name>,
    /// The files it is read from, at least one.
    pub sources: Vec<Text>,
    /// `where` on the file's headers.
    pub filter: Option<Expr>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A line of an entity or event: `email: text from "E-mail"` or `company -> company`.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// `from "A", "B" in "file.csv"`: the headers to look for, in order.
    pub headers: Vec<Header>,
    /// The whole line.
    pub span: Span,
    /// Documentation lines just above the field.
    pub docs: Option<String>,
}

/// A header of a field, for every source or for one.
#[derive(Clone, Debug)]
pub struct Header {
    /// The header as the file has it.
    pub header: Text,
    /// The source (as written in `from`) that it is for; `None` for all.
    pub source: Option<Text>,
}

/// The type of a field.
#[derive(Clone, Debug)]
pub struct Type {
    /// Which.
    pub kind: TypeKind,
    /// Its place.
    pub span: Span,
}

/// The types of fields.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `key`
    Key,
    /// `text`
    Text,
    /// `number`
    Number,
    /// `money`
    Money,
    /// `yes/no`
    YesNo,
    /// `time`
    Time,
    /// `date`
    Date,
    /// `duration`
    Duration,
    /// `list of text`
    List(Box<Type>),
    /// `one of "A", "B"`
    OneOf(Vec<Text>),
    /// `-> company`
    Reference(Name),
    /// A word that is no type; reported by the parser.
    Error,
}

/// `pages = count(page view)`
#[derive(Clone, Debug)]
pub struct Value {
    /// Its name.
    pub name: Name,
    /// What it measures.
    pub expr: Expr,
}

/// `lead when … or when … unless …`
#[derive(Clone, Debug)]
pub struct Term {
    /// Its name.
    pub name: Name,
    /// `when`, `or when`; at least one.
    pub alternatives: Vec<Clause>,
    /// `unless`.
    pub exceptions: Vec<Clause>,
}

/// A condition with its reason.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The condition.
    pub condition: Expr,
    /// `because "…"`
    pub because: Option<Text>,
    /// From the keyword to the end of the reason.
    pub span: Span,
}

/// `owner is …`
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name.
    pub name: Name,
    /// Its lines.
    pub lines: Vec<ChoiceLine>,
}

/// `"field sales" when …` or `"nurture" otherwise`
#[derive(Clone, Debug)]
pub struct ChoiceLine {
    /// The answer if the line matches.
    pub result: Expr,
    /// `None`: `otherwise`.
    pub condition: Option<Expr>,
    /// `because "…"`
    pub because: Option<Text>,
    /// The whole line.
    pub span: Span,
}

/// `score engagement, half-life 30d, at most 100 …`
#[derive(Clone, Debug)]
pub struct Score {
    /// Its name.
    pub name: Name,
    /// Options of the whole.
    pub options: Vec<ScoreOption>,
    /// Its lines.
    pub lines: Vec<ScoreLine>,
}

/// An option of a score or of a line of it.
#[derive(Clone, Debug)]
pub struct ScoreOption {
    /// Which.
    pub kind: ScoreOptionKind,
    /// Its place.
    pub span: Span,
}

/// Options of scores.
#[derive(Clone, Debug)]
pub enum ScoreOptionKind {
    /// `half-life 30d`
    HalfLife(Literal),
    /// `at most 100`
    AtMost(Expr),
    /// `at least 0`
    AtLeast(Expr),
}

/// `+10 when …`, `+1 per page view where …, at most 20`, `+5`
#[derive(Clone, Debug)]
pub struct ScoreLine {
    /// Whether it began with `-`.
    pub negative: bool,
    /// The points without the sign: a number, a name or an expression in parentheses.
    pub points: Expr,
    /// For what.
    pub kind: ScoreLineKind,
    /// `, at most 20`, `, half-life 7d`
    pub options: Vec<ScoreOption>,
    /// `because "…"`
    pub because: Option<Text>,
    /// The whole line.
    pub span: Span,
}

/// What a line of a score gives points for.
// A score has a handful of lines; a box for each would buy nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub enum ScoreLineKind {
    /// Once, where the condition is yes.
    When(Expr),
    /// For each record.
    Per(Records),
    /// Always.
    Always,
}

/// `funnel buying journey` and its terms.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// Its name.
    pub name: Name,
    /// Terms in order.
    pub steps: Vec<Name>,
}

/// `metric cost per lead = … by lead source, quarter(at) as quarter`
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its name.
    pub name: Name,
    /// What it measures, over all records.
    pub expr: Expr,
    /// What it is split by.
    pub by: Vec<Dimension>,
}

/// A dimension of a metric.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Found anew for the records of each aggregate.
    pub expr: Expr,
    /// `as NAME`
    pub name: Option<Name>,
}

/// `example "…"`: records, events and what is expected of them.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it shows.
    pub title: Text,
    /// `as of …`
    pub as_of: Option<Literal>,
    /// In order.
    pub items: Vec<StoryItem>,
}

/// A line of a story.
#[derive(Clone, Debug)]
pub struct StoryItem {
    /// Which.
    pub kind: StoryItemKind,
    /// The whole line.
    pub span: Span,
}

/// Lines of a story.
#[derive(Clone, Debug)]
pub enum StoryItemKind {
    /// `contact "c1": lead source "Trade show", company "acme"`
    Record {
        /// The entity.
        entity: Name,
        /// Its key; the only record of its entity may go without.
        key: Option<Text>,
        /// Field and value.
        fields: Vec<(Name, Expr)>,
    },
    /// `page view of "c1" 20d ago, url "/pricing"`
    Event {
        /// The event.
        event: Name,
        /// The key of its subject; the only record of the subject's entity may go unnamed.
        of: Option<Text>,
        /// When.
        at: Moment,
        /// Field and value.
        fields: Vec<(Name, Expr)>,
    },
    /// `expect not lead`, `expect "c1": owner = "field sales"`
    Expect {
        /// The key of the record asked; without it the only record of the term's subject.
        key: Option<Text>,
        /// A condition that must be yes.
        condition: Expr,
        /// `because "…"`: the reason that must be given.
        because: Option<Text>,
    },
}

/// `examples anonymous lead` and a table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The term (or value, choice, score) whose column is the expectation.
    pub name: Name,
    /// `as of …`
    pub as_of: Option<Literal>,
    /// The header line.
    pub columns: Vec<Name>,
    /// Rows of cells; an empty cell is `None`.
    pub rows: Vec<Row>,
}

/// A row of an examples table.
#[derive(Clone, Debug)]
pub struct Row {
    /// As many as columns; else reported by the parser and cut or filled.
    pub cells: Vec<Option<Expr>>,
    /// The whole line.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::fold_name;

    #[test]
    fn names_compare_by_small_letters_and_single_blanks() {
        for (name, folded) in [
            ("", ""),
            ("lead", "lead"),
            ("hot lead", "hot lead"),
            ("b-2b (old)", "b-2b (old)"),
            ("Hot_Lead", "hot lead"),
            ("hot  lead", "hot lead"),
            (" hot lead", "hot lead"),
            ("hot lead ", "hot lead"),
            ("hot\tlead", "hot lead"),
            ("hot_", "hot"),
            ("Größe", "größe"),
        ] {
            assert_eq!(fold_name(name), folded, "{name:?}");
        }
    }
}
