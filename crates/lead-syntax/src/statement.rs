//! One statement: read by the strict rule of its kind; only if that fails, part by part, so that as much as possible
//! of a broken statement has a tree.
//!
//! Invariant *one cause, one report*: a part that cannot be read gives one diagnostic and an error node.

use std::borrow::Cow;

use lead_diag::{Diagnostic, FileId, Span};

use crate::ast::{
    Choice, ChoiceLine, Clause, Entity, Event, Expr, ExprKind, Field, Funnel, Metric, Name, Score, ScoreLine,
    ScoreLineKind, StatementKind, Story, StoryItem, Table, Term, Text, Type, TypeKind, Value,
};
use crate::build::{Builder, FieldLine, StoryLine, TableLine};
use crate::shorten::{Shapes, shorten};
use crate::split::comment_start;
use lead_grammar::{self as grammar, Pair, Pairs, Rule};
use lead_mistakes::{self as mistakes, Part, Place};
use lead_scan::{HeadScan, Kind, Token, TokenKind, classify, line_starts, tokens};

/// A statement that was read, and where in the text it stands.
pub(crate) struct Found {
    pub start: usize,
    pub end: usize,
    pub kind: StatementKind,
}

/// Reads one statement, whose text starts at `base` in its file. Definitions that are indented below it by accident
/// are reported and read as statements of their own, so there may be more than one.
pub(crate) fn statement(
    file: FileId,
    text: &str,
    base: usize,
    shapes: &mut Shapes,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Found> {
    let mut out = Vec::with_capacity(1);
    let mut start = 0;
    loop {
        let rest = text.get(start..).unwrap_or("");
        let head = classify(rest);
        if let Some(kind) = strict(file, rest, base + start, head.kind, shapes, diagnostics) {
            out.push(Found { start, end: text.len(), kind });
            return out;
        }
        let prepared = prepare(head.kind, rest);
        let all = tokens(&prepared);
        if let Some((end, next)) = indented_definition(head.kind, rest, &all)
            && let Some(first) = rest.get(..end)
            && let Some(kind) = strict(file, first, base + start, head.kind, shapes, diagnostics)
        {
            out.push(Found { start, end: start + end, kind });
            diagnostics.push(mistakes::indented_definition(file, rest, base + start, next));
            start += next;
            continue;
        }
        let place = base + start;
        let kind = Tolerant { file, text: &prepared, base: place, head, tokens: all, diagnostics }.read();
        out.push(Found { start, end: text.len(), kind });
        return out;
    }
}

fn strict(
    file: FileId,
    text: &str,
    base: usize,
    kind: Kind,
    shapes: &mut Shapes,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<StatementKind> {
    let prepared = prepare(kind, text);
    let rule = strict_rule(kind)?;
    if let Some(short) = shorten(kind, &prepared)
        && let Some(parts) = shapes.read(rule, &short.text)
    {
        let pair = Pairs::new(parts, &short.text).next()?;
        return build(&mut Builder::new(file, base, text, diagnostics).of_short(&short.places), pair);
    }
    let parts = grammar::read(rule, &prepared).ok()?;
    build(&mut Builder::new(file, base, text, diagnostics), Pairs::new(&parts, &prepared).next()?)
}

/// The first line of a broken statement that looks like a definition: where what stands above it ends, and where it
/// begins.
fn indented_definition(kind: Kind, text: &str, tokens: &[Token]) -> Option<(usize, usize)> {
    for i in line_starts(Kind::Value, text, tokens) {
        let (before, token) = (tokens.get(i.checked_sub(1)?)?, tokens.get(i)?);
        let found = classify(text.get(token.start..)?).kind;
        let defines = match kind {
            Kind::Choice => matches!(found, Kind::Value | Kind::Metric),
            Kind::Story => false,
            _ => matches!(found, Kind::Value | Kind::Metric | Kind::Term | Kind::Choice),
        };
        if defines {
            return Some((before.end, token.start));
        }
    }
    None
}

pub(crate) fn strict_rule(kind: Kind) -> Option<Rule> {
    Some(match kind {
        Kind::Entity => Rule::one_entity,
        Kind::Event => Rule::one_event,
        Kind::Subject => Rule::one_subject,
        Kind::Value => Rule::one_value,
        Kind::Term => Rule::one_term,
        Kind::Choice => Rule::one_choice,
        Kind::Score => Rule::one_score,
        Kind::Funnel => Rule::one_funnel,
        Kind::Metric => Rule::one_metric,
        Kind::Story => Rule::one_story,
        Kind::Table => Rule::one_table,
        Kind::Unknown => return None,
    })
}

pub(crate) fn build(builder: &mut Builder, pair: Pair) -> Option<StatementKind> {
    Some(match pair.as_rule() {
        Rule::entity => StatementKind::Entity(builder.entity(pair)),
        Rule::event => StatementKind::Event(builder.event(pair)),
        Rule::subject => StatementKind::Subject(builder.inner_name(pair)),
        Rule::value => StatementKind::Value(builder.value(pair)),
        Rule::term => StatementKind::Term(builder.term(pair)),
        Rule::choice => StatementKind::Choice(builder.choice(pair)),
        Rule::score => StatementKind::Score(builder.score(pair)),
        Rule::funnel => StatementKind::Funnel(builder.funnel(pair)),
        Rule::metric => StatementKind::Metric(builder.metric(pair)),
        Rule::story => StatementKind::Story(builder.story(pair)),
        Rule::table => StatementKind::Table(builder.table(pair)),
        _ => return None,
    })
}

/// The text as the grammar takes it: comments are blanks, and where lines have meaning, the line end before each is
/// U+0001. Positions stay.
pub(crate) fn prepare(kind: Kind, text: &str) -> Cow<'_, str> {
    let text = without_comments(text);
    if !matches!(kind, Kind::Score | Kind::Story | Kind::Table) {
        return text;
    }
    let tokens = tokens(&text);
    let starts = line_starts(kind, &text, &tokens);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for start in starts.iter().filter_map(|i| tokens.get(*i)).map(|t| t.start) {
        let Some(line_end) = text.get(at..start).and_then(|t| t.rfind('\n')).map(|n| at + n) else { continue };
        out.push_str(&text[at..line_end]);
        out.push('\u{1}');
        at = line_end + 1;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// The text with a blank for each byte of its comments.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b'#') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let comment = comment_start(line.as_bytes()).and_then(|at| Some((line.get(..at)?, line.get(at..)?)));
        let Some((code, comment)) = comment else {
            out.push_str(line);
            continue;
        };
        let body = comment.trim_end_matches('\n').len();
        out.push_str(code);
        out.extend(std::iter::repeat_n(' ', body));
        out.push_str(&comment[body..]);
    }
    Cow::Owned(out)
}

/// The reading of a statement that the strict rule refused.
struct Tolerant<'t, 'd> {
    file: FileId,
    text: &'t str,
    base: usize,
    head: HeadScan,
    tokens: Vec<Token>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'t> Tolerant<'t, '_> {
    fn read(mut self) -> StatementKind {
        let before = self.diagnostics.len();
        let kind = match self.head.kind {
            Kind::Entity | Kind::Event => self.entity_or_event(),
            Kind::Value => self.value(),
            Kind::Metric => self.metric(),
            Kind::Term => self.term(),
            Kind::Choice => self.choice(),
            Kind::Score => self.score(),
            Kind::Funnel => self.funnel(),
            Kind::Story => self.story(),
            Kind::Table => self.table(),
            Kind::Subject | Kind::Unknown => self.broken(),
        };
        // Every part read alone and the whole did not: say so where the strict rule stopped.
        if self.diagnostics.len() == before {
            let rule = strict_rule(self.head.kind).unwrap_or(Rule::one_value);
            let whole = (0, self.text.len());
            if self.parse(rule, whole, |_, _| ()).is_none() && self.diagnostics.len() == before {
                self.report_at(whole, 0, self.head.kind);
            }
        }
        kind
    }

    fn span(&self, range: (usize, usize)) -> Span {
        Span::new(self.file, self.base + range.0, self.base + range.1)
    }

    fn builder(&mut self, at: usize) -> Builder<'_> {
        let text = self.text.get(at..).unwrap_or("");
        Builder::new(self.file, self.base + at, text, self.diagnostics)
    }

    fn error(&self, range: (usize, usize)) -> Expr {
        Expr { kind: ExprKind::Error, span: self.span(range) }
    }

    fn report_at(&mut self, range: (usize, usize), stop: usize, kind: Kind) {
        let from = self.tokens.partition_point(|t| t.start < range.0);
        let to = self.tokens.partition_point(|t| t.end <= range.1);
        let tokens = self.tokens.get(from..to).unwrap_or(&[]);
        let at = tokens.partition_point(|t| t.end <= stop);
        let part = match range {
            (0, end) if end == self.text.len() && tokens.len() == self.tokens.len() => Part::Whole,
            (0, _) => Part::Head,
            _ => Part::Line,
        };
        // The head of an entity without lines is a head all the same.
        let part = if part == Part::Whole && matches!(kind, Kind::Entity | Kind::Event) { Part::Head } else { part };
        let before = from.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.end);
        let place = Place { file: self.file, base: self.base, text: self.text, tokens, at, kind, part, before };
        self.diagnostics.push(mistakes::explain(&place));
    }

    /// Reads a part by `rule` and builds its tree, or reports why it cannot be read.
    fn parse<T>(
        &mut self,
        rule: Rule,
        range: (usize, usize),
        build: impl FnOnce(&mut Builder, Pair) -> T,
    ) -> Option<T> {
        let text = self.text.get(range.0..range.1)?;
        match grammar::read(rule, text) {
            Ok(parts) => {
                let pair = Pairs::new(&parts, text).next()?;
                Some(build(&mut self.builder(range.0), pair))
            }
            Err(stop) => {
                self.report_at(range, range.0 + stop, self.head.kind);
                None
            }
        }
    }

    /// The parts of the text that start at the given tokens; the first part is the head.
    fn parts(&self, starts: &[usize]) -> (usize, Vec<(usize, usize)>) {
        let places: Vec<usize> = starts.iter().filter_map(|i| self.tokens.get(*i)).map(|t| t.start).collect();
        let ends = places.iter().skip(1).copied().chain([self.text.len()]);
        let parts = places.iter().copied().zip(ends).map(|(a, b)| (a, self.trim(a, b))).collect();
        (self.trim(0, places.first().copied().unwrap_or(self.text.len())), parts)
    }

    /// The end of a part, without blanks and comments behind it.
    fn trim(&self, start: usize, end: usize) -> usize {
        let until = self.tokens.partition_point(|t| t.start < end);
        until.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(start, |t| t.end.max(start))
    }

    fn lines(&self) -> (usize, Vec<(usize, usize)>) {
        self.parts(&line_starts(self.head.kind, self.text, &self.tokens))
    }

    /// The name of a range, reported if it needs backticks.
    fn checked_name(&mut self, range: (usize, usize)) -> Name {
        let name = self.plain_name(range);
        if let Some(text) = self.text.get(range.0..range.1)
            && !grammar::accepts(Rule::one_name, text)
        {
            self.diagnostics.push(mistakes::needs_backticks(&name.text, name.span));
        }
        name
    }

    fn plain_name(&self, range: (usize, usize)) -> Name {
        let written = self.text.get(range.0..range.1).unwrap_or("").trim_end();
        let quoted = written.starts_with('`');
        let text = written.trim_matches('`').to_string();
        Name { text, span: self.span((range.0, range.0 + written.len())), quoted }
    }

    fn defined_name(&mut self) -> Name {
        let range = self.head.name.unwrap_or((0, 0));
        self.checked_name(range)
    }

    fn broken(&mut self) -> StatementKind {
        let rule = strict_rule(self.head.kind);
        let whole = (0, self.text.len());
        match rule {
            Some(rule) => {
                self.parse(rule, whole, |_, _| ());
            }
            None => self.report_at(whole, self.head.rest.min(self.text.len()), Kind::Unknown),
        }
        StatementKind::Broken { name: self.head.name.map(|r| self.plain_name(r)) }
    }

    fn value(&mut self) -> StatementKind {
        let name = self.defined_name();
        let range = (self.head.rest + 1, self.text.len());
        let expr = self.parse(Rule::one_expr, range, |b, p| b.expr(p)).unwrap_or_else(|| self.error(range));
        StatementKind::Value(Value { name, expr })
    }

    fn metric(&mut self) -> StatementKind {
        let name = self.defined_name();
        let whole = (0, self.text.len());
        let failed = self.parse(Rule::one_metric, whole, |_, _| ()).is_none();
        let mut metric = Metric { name, expr: self.error((self.head.rest, self.text.len())), by: Vec::new() };
        let by = self.tokens.iter().rposition(|t| t.depth == 0 && t.is_word(self.text, "by"));
        if let (true, Some(by)) = (failed, by.and_then(|i| self.tokens.get(i)))
            && let Some(text) = self.text.get(self.head.rest + 1..by.start)
            && let Ok(parts) = grammar::read(Rule::one_expr, text)
            && let Some(pair) = Pairs::new(&parts, text).next()
        {
            metric.expr = self.builder(self.head.rest + 1).expr(pair);
        }
        StatementKind::Metric(metric)
    }

    fn term(&mut self) -> StatementKind {
        let name = self.defined_name();
        let mut starts = Vec::new();
        for (i, token) in self.tokens.iter().enumerate().filter(|(_, t)| t.start >= self.head.rest) {
            let after_or = i > 0 && self.tokens[i - 1].is_word(self.text, "or");
            if token.is_word(self.text, "unless") {
                starts.push((i, Rule::one_unless_clause));
            } else if token.is_word(self.text, "when") && (starts.is_empty() || after_or) {
                let first = starts.is_empty();
                starts.push(if first { (i, Rule::one_first_clause) } else { (i - 1, Rule::one_or_clause) });
            }
        }
        let mut term = Term { name, alternatives: Vec::new(), exceptions: Vec::new() };
        let places: Vec<usize> = starts.iter().map(|s| s.0).collect();
        let (_, parts) = self.parts(&places);
        for (range, (_, rule)) in parts.into_iter().zip(starts) {
            let clause = match self.parse(rule, range, |b, p| b.clause(p)) {
                Some(found) => found,
                None => Clause { condition: self.error(range), because: None, span: self.span(range) },
            };
            if rule == Rule::one_unless_clause {
                term.exceptions.push(clause);
            } else {
                term.alternatives.push(clause);
            }
        }
        StatementKind::Term(term)
    }

    fn choice(&mut self) -> StatementKind {
        let name = self.defined_name();
        let (head_end, lines) = self.lines();
        let mut choice = Choice { name, lines: Vec::new() };
        let first = (self.head.rest + 2, head_end);
        let behind = first.0 < first.1 && self.text.get(first.0..first.1).is_some_and(|t| !t.trim().is_empty());
        for range in behind.then_some(first).into_iter().chain(lines) {
            let line = match self.parse(Rule::one_choice_line, range, |b, p| b.choice_line(p)) {
                Some(found) => found,
                None => ChoiceLine {
                    result: self.error(range),
                    condition: Some(self.error(range)),
                    because: None,
                    span: self.span(range),
                },
            };
            choice.lines.push(line);
        }
        StatementKind::Choice(choice)
    }

    fn score(&mut self) -> StatementKind {
        let (head_end, lines) = self.lines();
        let head = (0, head_end);
        let (name, options) = match self.parse(Rule::one_score_head, head, |b, p| b.score_head(p)) {
            Some(found) => found,
            None => match self.head.name {
                Some(range) => (self.plain_name(range), Vec::new()),
                None => return StatementKind::Broken { name: None },
            },
        };
        let mut score = Score { name, options, lines: Vec::new() };
        for range in lines {
            let line = match self.parse(Rule::one_score_line, range, |b, p| b.score_line(p)) {
                Some(found) => found,
                None => ScoreLine {
                    negative: false,
                    points: self.error(range),
                    kind: ScoreLineKind::When(self.error(range)),
                    options: Vec::new(),
                    because: None,
                    span: self.span(range),
                },
            };
            score.lines.push(line);
        }
        StatementKind::Score(score)
    }

    fn funnel(&mut self) -> StatementKind {
        let Some(range) = self.head.name else { return self.broken() };
        let name = self.checked_name(range);
        let mut funnel = Funnel { name, steps: Vec::new() };
        let (head_end, lines) = self.lines();
        if head_end > range.1 {
            self.report_at((0, head_end), self.trim(range.1, head_end).min(self.head.rest), Kind::Funnel);
        }
        for range in lines {
            funnel.steps.extend(self.parse(Rule::one_name, range, |b, p| b.name(&p)));
        }
        StatementKind::Funnel(funnel)
    }

    fn entity_or_event(&mut self) -> StatementKind {
        let (head_end, lines) = self.lines();
        let event = self.head.kind == Kind::Event;
        let rule = if event { Rule::one_event_head } else { Rule::one_entity_head };
        let head = self.parse(rule, (0, head_end), |b, p| b.head(p));
        let (mut fields, mut same_when) = (Vec::new(), Vec::new());
        for range in lines {
            match self.parse(Rule::one_field_line, range, |b, p| b.field_line(p)) {
                Some(line) => match line {
                    Some(FieldLine::Field(field)) => fields.push(field),
                    Some(FieldLine::SameWhen(names)) => same_when.extend(names),
                    None => {}
                },
                None => fields.extend(self.broken_field(range)),
            }
        }
        let (name, of, sources, filter) = match head {
            Some(head) => (head.name, head.of, head.sources, head.filter),
            None => match self.loose_head(head_end) {
                Some((name, of)) => (name, of, self.texts((0, head_end)), None),
                None => return StatementKind::Broken { name: None },
            },
        };
        if event {
            StatementKind::Event(Event { name, of, sources, filter, fields })
        } else {
            StatementKind::Entity(Entity { name, sources, filter, fields, same_when })
        }
    }

    /// The name, and the name behind the last `of`, of a head that could not be read.
    fn loose_head(&self, head_end: usize) -> Option<(Name, Option<Name>)> {
        let (start, mut end) = self.head.name?;
        end = end.min(head_end);
        let words: Vec<&Token> = self.tokens.iter().filter(|t| t.start >= start && t.end <= end).collect();
        let stop = words.iter().position(|t| t.is_word(self.text, "from")).unwrap_or(words.len());
        let words = &words[..stop];
        let range = |w: &[&Token]| Some((w.first()?.start, w.last()?.end));
        if self.head.kind == Kind::Event
            && let Some(of) = words.iter().rposition(|t| t.is_word(self.text, "of"))
            && let (Some(name), Some(of)) = (range(&words[..of]), range(&words[of + 1..]))
        {
            return Some((self.plain_name(name), Some(self.plain_name(of))));
        }
        Some((self.plain_name(range(words)?), None))
    }

    fn texts(&self, range: (usize, usize)) -> Vec<Text> {
        let inside = |t: &&Token| t.kind == TokenKind::Text && t.start >= range.0 && t.end <= range.1;
        let text =
            |t: &Token| Text { value: crate::build::unquote(t.text(self.text)), span: self.span((t.start, t.end)) };
        self.tokens.iter().filter(inside).map(text).collect()
    }

    /// A field whose name is clear and whose rest is not.
    fn broken_field(&self, range: (usize, usize)) -> Option<Field> {
        let words = self.tokens.iter().filter(|t| t.start >= range.0 && t.end <= range.1);
        let words: Vec<&Token> = words.take_while(|t| matches!(t.kind, TokenKind::Word | TokenKind::Quoted)).collect();
        let place = (words.first()?.start, words.last()?.end);
        let name = self.plain_name(place);
        let ty = Type { kind: TypeKind::Error, span: self.span((place.1.min(range.1), range.1)) };
        Some(Field { name, ty, headers: Vec::new(), span: self.span(range), docs: None })
    }

    fn story(&mut self) -> StatementKind {
        let (head_end, lines) = self.lines();
        let title = self.texts((0, head_end)).into_iter().next();
        if self.parse(Rule::one_story, (0, head_end), |_, _| ()).is_none() && title.is_none() {
            return StatementKind::Broken { name: None };
        }
        let title = title.unwrap_or(Text { value: String::new(), span: self.span((0, head_end)) });
        let mut story = Story { title, as_of: None, items: Vec::<StoryItem>::new() };
        for range in lines {
            match self.parse(Rule::one_story_line, range, |b, p| b.story_line(p)).flatten() {
                Some(StoryLine::AsOf(at)) => story.as_of = at.or(story.as_of),
                Some(StoryLine::Item(item)) => story.items.push(item),
                None => {}
            }
        }
        StatementKind::Story(story)
    }

    fn table(&mut self) -> StatementKind {
        let Some(range) = self.head.name else { return self.broken() };
        let name = self.checked_name(range);
        let (head_end, lines) = self.lines();
        if head_end > range.1 {
            self.report_at((0, head_end), self.head.rest, Kind::Table);
        }
        let (mut as_of, mut rows) = (None, Vec::new());
        for range in lines {
            let Some(line) = self.parse(Rule::one_row, range, |b, p| b.table_line(p)) else {
                if rows.is_empty() {
                    return StatementKind::Broken { name: None };
                }
                continue;
            };
            match line {
                Some(TableLine::AsOf(at)) => as_of = at.or(as_of),
                Some(TableLine::Row(row)) => rows.push(row),
                None => {}
            }
        }
        let table: Table = self.builder(0).finish_table(name, as_of, rows);
        StatementKind::Table(table)
    }
}
