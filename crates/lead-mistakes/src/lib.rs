//! What is wrong with a part that the grammar refused: place, cause and cure.
//!
//! The grammar says where it stopped; the tokens around that place tell the likely mistake. Each kind of mistake is
//! one small function that looks at a [`Place`] and either knows the cause or passes on. The order is from the
//! surest to the vaguest.

mod chain;
mod lines;
mod signs;
mod values;

use lead_diag::{Applicability, Code, Diagnostic, FileId, Fix, Span, codes};

use lead_scan::{Kind, Token, TokenKind, is_keyword};

/// A part of a statement, and where the grammar stopped in it.
pub struct Place<'t> {
    /// The file.
    pub file: FileId,
    /// Where the statement starts in it.
    pub base: usize,
    /// The whole statement.
    pub text: &'t str,
    /// The tokens of the part that could not be read.
    pub tokens: &'t [Token],
    /// The token at which the grammar stopped; the number of tokens if it stopped at the end.
    pub at: usize,
    /// The kind of the statement.
    pub kind: Kind,
    /// What part of it this is.
    pub part: Part,
    /// Where the token before the part ends.
    pub before: usize,
}

/// Parts of statements that have mistakes of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first line of an entity, event, score, …
    Head,
    /// A line below it, or a clause.
    Line,
    /// All of a statement.
    Whole,
}

impl<'t> Place<'t> {
    fn span(&self, range: (usize, usize)) -> Span {
        Span::new(self.file, self.base + range.0, self.base + range.1)
    }

    fn of(&self, token: &Token) -> Span {
        self.span((token.start, token.end))
    }

    fn text(&self, token: &Token) -> &'t str {
        token.text(self.text)
    }

    /// The token where the grammar stopped.
    fn here(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// The token `n` behind that.
    fn ahead(&self, n: usize) -> Option<&'t Token> {
        self.tokens.get(self.at + n)
    }

    /// The token `n` before that; 1 is the one just before.
    fn back(&self, n: usize) -> Option<&'t Token> {
        self.tokens.get(self.at.checked_sub(n)?)
    }

    fn is_word(&self, token: Option<&Token>, words: &[&str]) -> bool {
        token.is_some_and(|t| words.iter().any(|w| t.is_word(self.text, w)))
    }

    fn is_sign(&self, token: Option<&Token>, signs: &[&str]) -> bool {
        token.is_some_and(|t| signs.iter().any(|s| t.is_sign(self.text, s)))
    }

    /// Whether two tokens touch.
    fn touch(&self, a: &Token, b: &Token) -> bool {
        a.end == b.start
    }

    /// Just behind the last token before the stop; never on the next line.
    fn behind(&self) -> Span {
        let last = self.tokens.get(..self.at).and_then(<[Token]>::last).or(self.tokens.last());
        last.map_or(self.span((self.before, self.before)), |t| self.of(t).after())
    }

    fn broken(&self, message: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
        self.report(codes::BROKEN_STATEMENT, message, span, label)
    }

    fn report(&self, code: Code, message: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, message).label(span, label)
    }
}

/// A fix that means what the writer meant.
fn safe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix::replace(title, Applicability::Safe, span, text)
}

/// A fix that is likely right.
fn likely(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix::replace(title, Applicability::Unsafe, span, text)
}

/// Whether a token can end an operand.
fn ends_operand(place: &Place, token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => !is_keyword(place.text(token)),
        TokenKind::Quoted | TokenKind::Text | TokenKind::Number | TokenKind::Close => true,
        _ => false,
    }
}

/// Whether a token can begin an operand.
fn begins_operand(place: &Place, token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => !is_keyword(place.text(token)) || place.is_word(Some(token), &["was", "became", "not"]),
        TokenKind::Quoted | TokenKind::Text | TokenKind::Number | TokenKind::Open => true,
        _ => false,
    }
}

/// The one diagnostic of a part that could not be read.
pub fn explain(place: &Place) -> Diagnostic {
    type Check = fn(&Place) -> Option<Diagnostic>;
    const CHECKS: &[Check] = &[
        values::unclosed_text,
        values::curly_quotes,
        values::single_quotes,
        lines::field,
        signs::foreign_sign,
        values::comma_in_number,
        values::unit_as_a_word,
        values::not_a_number,
        values::percent_apart,
        values::currency,
        lines::head,
        lines::otherwise,
        lines::if_for_when,
        lines::points,
        lines::reason,
        lines::metric,
        lines::step,
        lines::story_field,
        lines::story_event,
        lines::score_option,
        lines::empty,
        chain::is_a_value,
        chain::is_nothing,
        chain::round_list,
        chain::blank_before_parenthesis,
        chain::words_for_signs,
        chain::last_days,
        chain::no_unit,
        chain::was_not,
        chain::was_without_time,
        chain::since_without_ago,
        chain::between_without_and,
        chain::is_not_in,
        chain::two_comparisons,
        chain::behind_a_window,
        chain::word_for_unless,
        chain::glued,
        chain::nothing_behind,
        chain::nothing_before,
        signs::unbalanced,
        signs::stray,
        lines::definition,
        lines::choice_line,
    ];
    CHECKS.iter().find_map(|check| check(place)).unwrap_or_else(|| vague(place))
}

/// Nothing better is known than where the grammar stopped.
fn vague(place: &Place) -> Diagnostic {
    let after_operand = place.back(1).is_some_and(|t| ends_operand(place, t));
    match place.here() {
        Some(token) => {
            let found = place.text(token);
            let label = if after_operand { "expected `and`, `or` or the end" } else { "expected a name or a value" };
            place.broken(format!("`{found}` cannot stand here"), place.of(token), label).help(shape(place.kind))
        }
        None => place
            .broken("the statement ends too early", place.behind(), "something is missing here")
            .help(shape(place.kind)),
    }
}

/// What a statement of a kind looks like.
fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Entity => "an entity reads `entity contact from \"contacts.csv\"`, and below it a line for each field",
        Kind::Event => {
            "an event reads `event visit of contact from \"visits.csv\"`, and below it a line for each field"
        }
        Kind::Subject => "write `for` and the name of an entity: `for company`",
        Kind::Value => "a value reads `pages = count(page view)`",
        Kind::Term | Kind::Unknown => "a term reads `lead when pages > 5 and visits >= 2 within 90d`",
        Kind::Choice => {
            "a choice reads `owner is`, and below it lines such as `\"sales\" when lead` and `\"nobody\" otherwise`"
        }
        Kind::Score => "a score reads `score engagement, at most 100`, and below it lines such as `+10 when lead`",
        Kind::Funnel => "a funnel reads `funnel buying journey`, and below it a line for each term",
        Kind::Metric => "a metric reads `metric cost per lead = sum(spend.amount) / count(lead) by lead source`",
        Kind::Story => "a story has lines such as `visit 20d ago` and `expect lead`",
        Kind::Table => "a table has a line of column names and lines of values, parted by `|`",
    }
}

/// A name that the grammar would not read as one.
pub fn needs_backticks(name: &str, span: Span) -> Diagnostic {
    let word = name.split_whitespace().skip(1).find(|w| w.eq_ignore_ascii_case("in") || w.eq_ignore_ascii_case("by"));
    let message = match word {
        Some(word) => format!("`{}` reads as two names with `{}` between them", name, word.to_lowercase()),
        None => format!("`{}` holds a word of the language", name),
    };
    Diagnostic::new(codes::BROKEN_STATEMENT, message)
        .label(span, "cannot be read as one name")
        .help("choose another name, or write it in backticks wherever it is used")
        .fix(likely("write it in backticks", span, format!("`{}`", name)))
}

/// A definition that is indented below another statement: `start` is where it begins in `text`.
pub fn indented_definition(file: FileId, text: &str, base: usize, start: usize) -> Diagnostic {
    let head = lead_scan::classify(text.get(start..).unwrap_or(""));
    let name = head.name.and_then(|(a, b)| text.get(start + a..start + b)).unwrap_or("").trim();
    let line = text.get(..start).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    let blanks = Span::new(file, base + line, base + start);
    let first = Span::new(file, base + start, base + start + name.len());
    Diagnostic::new(codes::INDENTED_START, format!("the definition of `{name}` is indented"))
        .label(first, "belongs to the statement above, as it stands")
        .help("start every statement at the beginning of its line")
        .fix(safe("leave out the blanks", blanks, ""))
}
