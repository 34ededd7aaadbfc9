//! Semantic tokens: what each word of a file is, for colouring. Words come from the scanner, what they are from the
//! tree, and what names mean from the index of the checked lexicon; a broken statement keeps its words, texts and signs.

use lead_diag::InOrder;
use std::ops::Range;

use lead_diag::{FileId, Span};
use lead_hir::hir::{DefKind, Ty};
use lead_hir::index::{Place, Role, Target};
use lead_syntax::ast::{CompareOp, ExprKind, File, LiteralKind, Statement, StatementKind, TypeKind};
use lead_syntax::scan::{self, TokenKind};

use crate::Snapshot;
use crate::line_index::{Encoding, LineIndex};
use crate::names::is_constant;
use crate::tree::{self, Naming, Node, Quoted};

/// What a token is. The names are those of the protocol, so that every theme knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Class {
    /// An entity.
    Class,
    /// An event.
    Event,
    /// A field, a header, a dimension.
    Property,
    /// What is measured: a value, a score, a metric.
    Variable,
    /// What is decided: a term; and the functions of the language.
    Function,
    /// What answers with one of several texts: a choice, a funnel.
    Enum,
    /// One of these texts.
    EnumMember,
    /// The type of a field.
    Type,
    /// A word of the language.
    Keyword,
    /// A sign.
    Operator,
    /// A number, percentage, duration, date or time.
    Number,
    /// A text.
    String,
    /// A regular expression.
    Regexp,
    /// A comment.
    Comment,
}

impl Class {
    /// All of them; a token's class is told by its place here.
    pub const ALL: [Class; 14] = [
        Class::Class,
        Class::Event,
        Class::Property,
        Class::Variable,
        Class::Function,
        Class::Enum,
        Class::EnumMember,
        Class::Type,
        Class::Keyword,
        Class::Operator,
        Class::Number,
        Class::String,
        Class::Regexp,
        Class::Comment,
    ];

    /// The name in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Class::Class => "class",
            Class::Event => "event",
            Class::Property => "property",
            Class::Variable => "variable",
            Class::Function => "function",
            Class::Enum => "enum",
            Class::EnumMember => "enumMember",
            Class::Type => "type",
            Class::Keyword => "keyword",
            Class::Operator => "operator",
            Class::Number => "number",
            Class::String => "string",
            Class::Regexp => "regexp",
            Class::Comment => "comment",
        }
    }
}

/// What is said of a token besides its class: bits, in the order of [`Modifiers::NAMES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modifiers(pub u8);

impl Modifiers {
    /// Nothing.
    pub const NONE: Modifiers = Modifiers(0);
    /// The name is declared here.
    pub const DECLARATION: Modifiers = Modifiers(1);
    /// The same for every record.
    pub const READONLY: Modifiers = Modifiers(2);
    /// Its documentation says not to use it any more.
    pub const DEPRECATED: Modifiers = Modifiers(4);
    /// A comment that documents.
    pub const DOCUMENTATION: Modifiers = Modifiers(8);
    /// Of the language itself.
    pub const DEFAULT_LIBRARY: Modifiers = Modifiers(16);
    /// The names in the protocol, by bit.
    pub const NAMES: [&str; 5] = ["declaration", "readonly", "deprecated", "documentation", "defaultLibrary"];

    /// Both.
    pub fn with(self, other: Modifiers) -> Modifiers {
        Modifiers(self.0 | other.0)
    }

    /// The names of what is said.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Modifiers::NAMES.into_iter().enumerate().filter(move |(i, _)| self.0 & (1 << i) != 0).map(|(_, n)| n)
    }
}

/// A token. Tokens are in order of place, do not overlap, and each lies on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its place.
    pub range: Range<u32>,
    /// What it is.
    pub class: Class,
    /// What else is said of it.
    pub modifiers: Modifiers,
}

/// What a name or text means, if more is known than its place in the tree tells.
pub(crate) type Meaning<'m> = &'m dyn Fn(Span) -> Option<(Class, Modifiers)>;

/// The tokens of the statements and comments that lie in `range`.
/// `errors` are the places that could not be read, in order.
pub(crate) fn tokens(file: &File, text: &str, range: Range<u32>, errors: &[Span], meaning: Meaning) -> Vec<Token> {
    let mut out = Vec::new();
    let from = file.comments.partition_point(|c| c.span.end < range.start);
    let mut comments =
        file.comments.get(from..).unwrap_or(&[]).iter().take_while(|c| c.span.start < range.end).peekable();
    let comment = |c: &lead_syntax::ast::Comment| Token {
        range: c.span.start..c.span.end,
        class: Class::Comment,
        modifiers: if c.text.starts_with("##") { Modifiers::DOCUMENTATION } else { Modifiers::NONE },
    };
    for statement in tree::statements_in(file, range.start, range.end) {
        for token in of_statement(statement, text, errors, meaning) {
            while let Some(before) = comments.next_if(|c| c.span.start < token.range.start) {
                out.push(comment(before));
            }
            out.push(token);
        }
    }
    out.extend(comments.map(comment));
    out
}

fn of_statement(statement: &Statement, text: &str, errors: &[Span], meaning: Meaning) -> Vec<Token> {
    let marks = marks(statement, text, meaning);
    let unread = unread(statement, text, errors);
    let source = text.get(statement.span.range()).unwrap_or("");
    let base = statement.span.start;
    let mut out: Vec<Token> = Vec::with_capacity(marks.len() * 2);
    let mut marks = marks.into_iter().peekable();
    for token in scan::tokens(source) {
        let range = base + token.start as u32..base + token.end as u32;
        while let Some(mark) = marks.next_if(|m| m.range.start <= range.start) {
            out.push(mark);
        }
        if out.last().is_some_and(|last| last.range.end > range.start) {
            continue;
        }
        let broken = unread.iter().any(|u| u.start <= range.start && range.end <= u.end);
        let word = token.text(source);
        let class = match token.kind {
            TokenKind::Word if word_of_the_language(word, token.start == 0, broken) => Class::Keyword,
            TokenKind::Word | TokenKind::Other => continue,
            TokenKind::Quoted => Class::Variable,
            TokenKind::Text | TokenKind::Unclosed => Class::String,
            TokenKind::Number => Class::Number,
            TokenKind::Sign if is_operator(word) => Class::Operator,
            TokenKind::Sign | TokenKind::Open | TokenKind::Close => continue,
        };
        out.push(Token { range, class, modifiers: Modifiers::NONE });
    }
    out.extend(marks);
    out
}

fn is_operator(sign: &str) -> bool {
    matches!(sign, "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "->" | "|")
}

/// The words that mean something in their place alone, lower case, sorted.
const PLACED: [&str; 62] = [
    "ago",
    "as",
    "at",
    "by",
    "day",
    "days",
    "distinct",
    "ends",
    "entity",
    "event",
    "example",
    "examples",
    "expect",
    "false",
    "first",
    "fiscal",
    "for",
    "from",
    "funnel",
    "half",
    "half-life",
    "in",
    "key",
    "known",
    "last",
    "least",
    "life",
    "list",
    "metric",
    "month",
    "months",
    "more",
    "most",
    "next",
    "no",
    "now",
    "of",
    "on",
    "one",
    "per",
    "quarter",
    "quarters",
    "same",
    "score",
    "starts",
    "than",
    "this",
    "today",
    "true",
    "unknown",
    "week",
    "weeks",
    "with",
    "year",
    "years",
    "yes",
    "date",
    "duration",
    "money",
    "number",
    "text",
    "time",
];

/// Whether a word that is part of no name is one of the language. Where the tree is broken it may be part of one.
fn word_of_the_language(word: &str, first: bool, broken: bool) -> bool {
    if scan::is_keyword(word) {
        return true;
    }
    let begins = ["entity", "event", "for", "score", "funnel", "metric", "example", "examples"];
    let among = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(word));
    if broken { first && among(&begins) } else { among(&PLACED) }
}

/// The parts of a statement that could not be read: all of it, or the lines with an error.
fn unread(statement: &Statement, text: &str, errors: &[Span]) -> Vec<Span> {
    let whole = statement.span;
    if matches!(statement.kind, StatementKind::Broken { .. }) {
        return vec![whole];
    }
    let from = errors.partition_point(|e| e.start < whole.start);
    let inside = errors.iter().skip(from).take_while(|e| e.start <= whole.end);
    let lines = |e: &Span| Span {
        start: tree::line_start(text, e.start) as u32,
        end: tree::line_end(text, e.end) as u32,
        ..*e
    };
    inside.map(lines).collect()
}

/// What the tree and the index know: names, types, texts with a meaning. In order, none overlapping.
fn marks(statement: &Statement, text: &str, meaning: Meaning) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut add = |span: Span, class: Class, modifiers: Modifiers| {
        let range = span.start..span.end;
        let one_line = text.get(span.range()).is_some_and(|t| !t.contains('\n') && !t.is_empty());
        if one_line {
            out.push(Token { range, class, modifiers });
        }
    };
    tree::statement(statement, &mut |node| match node {
        Node::Name(name, naming) => {
            let known = if naming == Naming::Header { None } else { meaning(name.span) };
            let (class, modifiers) = known.unwrap_or_else(|| by_place(naming, statement));
            add(name.span, class, modifiers);
        }
        Node::Aggregate(span) => add(span, Class::Function, Modifiers::DEFAULT_LIBRARY),
        Node::Type(ty) => match ty.kind {
            TypeKind::List(_) | TypeKind::OneOf(_) | TypeKind::Reference(_) | TypeKind::Error => {}
            _ => add(ty.span, Class::Type, Modifiers::DEFAULT_LIBRARY),
        },
        Node::Text(text, Quoted::OneOf) => add(text.span, Class::EnumMember, Modifiers::DECLARATION),
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Literal(LiteralKind::Text(_)) => {
                if let Some((class, modifiers)) = meaning(expr.span) {
                    add(expr.span, class, modifiers);
                }
            }
            ExprKind::Compare { op: CompareOp::Matches, right, .. } => {
                if matches!(right.kind, ExprKind::Literal(LiteralKind::Text(_))) {
                    add(right.span, Class::Regexp, Modifiers::NONE);
                }
            }
            _ => {}
        },
        _ => {}
    });
    out.in_order_by_key(|t| (t.range.start, t.range.end));
    out.dedup_by(|next, first| next.range.start < first.range.end);
    out
}

/// What a name is as far as its place tells.
fn by_place(naming: Naming, statement: &Statement) -> (Class, Modifiers) {
    match naming {
        Naming::Entity => (Class::Class, Modifiers::DECLARATION),
        Naming::Event => (Class::Event, Modifiers::DECLARATION),
        Naming::Field | Naming::Dimension => (Class::Property, Modifiers::DECLARATION),
        Naming::FieldUse | Naming::Header => (Class::Property, Modifiers::NONE),
        Naming::Records => (Class::Class, Modifiers::NONE),
        Naming::Use => (Class::Variable, Modifiers::NONE),
        Naming::Function => (Class::Function, Modifiers::DEFAULT_LIBRARY),
        Naming::Definition => {
            let class = match statement.kind {
                StatementKind::Term(_) => Class::Function,
                StatementKind::Choice(_) | StatementKind::Funnel(_) => Class::Enum,
                _ => Class::Variable,
            };
            (class, Modifiers::DECLARATION)
        }
    }
}

/// Tokens as the protocol sends them: five numbers each, lines and columns relative to the token before.
pub fn encode(tokens: &[Token], lines: &LineIndex, encoding: Encoding) -> Vec<u32> {
    let mut out = Vec::with_capacity(tokens.len() * 5);
    let (mut line, mut column) = (0, 0);
    for token in tokens {
        let start = lines.line_column(token.range.start, encoding);
        let end = lines.line_column(token.range.end, encoding);
        if end.line != start.line {
            continue;
        }
        let from = if start.line == line { column } else { 0 };
        out.extend([start.line - line, start.column - from, end.column - start.column]);
        out.extend([token.class as u32, u32::from(token.modifiers.0)]);
        (line, column) = (start.line, start.column);
    }
    out
}

/// A change of encoded tokens: at `start`, `delete` numbers are taken out and `insert` put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Index of the first number that changes.
    pub start: u32,
    /// How many go.
    pub delete: u32,
    /// What comes.
    pub insert: Vec<u32>,
}

/// What leads from the tokens that an editor has to those it should have; `None` where they are the same.
pub fn delta(old: &[u32], new: &[u32]) -> Option<Delta> {
    if old == new {
        return None;
    }
    let same = |a: &mut dyn Iterator<Item = (&[u32], &[u32])>| a.take_while(|(a, b)| a == b).count() * 5;
    let front = same(&mut old.chunks(5).zip(new.chunks(5)));
    let (old, new) = (old.get(front..).unwrap_or(&[]), new.get(front..).unwrap_or(&[]));
    let back = same(&mut old.rchunks(5).zip(new.rchunks(5)));
    Some(Delta {
        start: front as u32,
        delete: (old.len() - back) as u32,
        insert: new.get(..new.len() - back).unwrap_or(&[]).to_vec(),
    })
}

impl Snapshot {
    /// The tokens of a file, or of the statements and comments in a range of it.
    pub fn semantic_tokens(&self, file: FileId, range: Option<Range<u32>>) -> Vec<Token> {
        let Some(checked) = self.file(file) else { return Vec::new() };
        let places = self.checked().places_in(file);
        let meaning = |span: Span| {
            let key = (span.start, span.end);
            let at = places.partition_point(|p| (p.span.start, p.span.end) < key);
            let same = places.get(at..).unwrap_or(&[]).iter().take_while(|p| p.span == span);
            // What is declared counts more: an event's `of contact` is both.
            let place = same.max_by_key(|p| matches!(p.target, Target::Table(_)))?;
            Some(self.meaning_of(place))
        };
        let unreadable = self.checked().diagnostics(file).iter().filter(|d| d.code.id().starts_with("L01"));
        let errors: Vec<Span> = unreadable.filter_map(lead_diag::Diagnostic::span).collect();
        tokens(checked.tree(), &checked.text, range.unwrap_or(0..u32::MAX), &errors, &meaning)
    }

    fn meaning_of(&self, place: &Place) -> (Class, Modifiers) {
        let lexicon = self.lexicon();
        let (class, docs, constant) = match place.target {
            Target::Table(id) => {
                let table = lexicon.table(id);
                (if table.is_event() { Class::Event } else { Class::Class }, table.docs.as_deref(), false)
            }
            Target::Field(table, field) => (Class::Property, lexicon.field(table, field).docs.as_deref(), false),
            Target::Value(..) => (Class::EnumMember, None, false),
            Target::Dimension(..) => (Class::Property, None, false),
            Target::Def(id) => {
                let def = lexicon.def(id);
                let class = match def.kind {
                    DefKind::Term(_) => Class::Function,
                    DefKind::Choice(_) | DefKind::Funnel(_) => Class::Enum,
                    _ => Class::Variable,
                };
                (class, def.docs.as_deref(), def.ty == Ty::Period || is_constant(def))
            }
        };
        let when = |yes: bool, modifiers: Modifiers| if yes { modifiers } else { Modifiers::NONE };
        let modifiers = when(place.role == Role::Declaration, Modifiers::DECLARATION)
            .with(when(constant, Modifiers::READONLY))
            .with(when(docs.is_some_and(is_deprecated), Modifiers::DEPRECATED));
        (class, modifiers)
    }
}

/// Whether documentation says not to use a name any more: a line of it begins with `deprecated`.
pub(crate) fn is_deprecated(docs: &str) -> bool {
    docs.lines().any(|line| match line.trim_start().split_at_checked("deprecated".len()) {
        Some((word, rest)) => {
            word.eq_ignore_ascii_case("deprecated") && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')
        }
        None => false,
    })
}
