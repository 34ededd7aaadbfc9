//! Examples: stories and tables.

use lead_diag::{Diagnostic, Span, codes};

use super::Builder;
use crate::ast::{Expr, ExprKind, Literal, Name, Row, Story, StoryItem, StoryItemKind, Table};
use lead_grammar::{Pair, Rule};

/// A line of a story.
pub(crate) enum StoryLine {
    AsOf(Option<Literal>),
    Item(StoryItem),
}

/// A line of a table.
pub(crate) enum TableLine {
    AsOf(Option<Literal>),
    Row(Row),
}

impl Builder<'_> {
    /// `example "…"`
    pub fn story(&mut self, pair: Pair) -> Story {
        let mut story = Story { title: self.no_text(), as_of: None, items: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::text => story.title = self.text(&part),
                Rule::story_line => match self.story_line(part) {
                    Some(StoryLine::AsOf(at)) => story.as_of = at.or(story.as_of),
                    Some(StoryLine::Item(item)) => story.items.push(item),
                    None => {}
                },
                _ => {}
            }
        }
        story
    }

    /// A line of a story.
    pub fn story_line(&mut self, pair: Pair) -> Option<StoryLine> {
        let inner = pair.into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::as_of => StoryLine::AsOf(self.as_of(inner)),
            Rule::expect => StoryLine::Item(self.expect(inner)),
            Rule::story_event => StoryLine::Item(self.story_event(inner)),
            Rule::story_record => StoryLine::Item(self.story_record(inner)),
            _ => return None,
        })
    }

    fn as_of(&mut self, pair: Pair) -> Option<Literal> {
        let literal = pair.into_inner().find(|p| matches!(p.as_rule(), Rule::date | Rule::time))?;
        self.literal(&literal)
    }

    fn expect(&mut self, pair: Pair) -> StoryItem {
        let mut span = self.span(&pair);
        let (mut key, mut because) = (None, None);
        let mut condition = Expr { kind: ExprKind::Error, span };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::text => key = Some(self.text(&part)),
                Rule::expr => {
                    condition = self.expr(part);
                    span.end = condition.span.end;
                }
                Rule::because => {
                    because = self.because(part);
                    span.end = because.as_ref().map_or(span.end, |b| b.span.end);
                }
                _ => {}
            }
        }
        StoryItem { kind: StoryItemKind::Expect { key, condition, because }, span }
    }

    fn story_event(&mut self, pair: Pair) -> StoryItem {
        let mut span = self.span(&pair);
        let (mut event, mut of, mut at) = (self.no_name(), None, self.no_moment());
        let mut fields = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::story_name => event = self.name(&part),
                Rule::text => of = Some(self.text(&part)),
                Rule::story_moment => {
                    at = self.moment(part);
                    span.end = at.span.end;
                }
                Rule::story_field => {
                    let field = self.story_field(part);
                    span.end = field.1.span.end;
                    fields.push(field);
                }
                _ => {}
            }
        }
        StoryItem { kind: StoryItemKind::Event { event, of, at, fields }, span }
    }

    fn story_record(&mut self, pair: Pair) -> StoryItem {
        let mut span = self.span(&pair);
        let (mut entity, mut key) = (self.no_name(), None);
        let mut fields = Vec::new();
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::story_name => {
                    entity = self.name(&part);
                    span.end = place.end;
                }
                Rule::text => {
                    key = Some(self.text(&part));
                    span.end = place.end;
                }
                Rule::story_field => {
                    let field = self.story_field(part);
                    span.end = field.1.span.end;
                    fields.push(field);
                }
                _ => {}
            }
        }
        StoryItem { kind: StoryItemKind::Record { entity, key, fields }, span }
    }

    fn story_field(&mut self, pair: Pair) -> (Name, Expr) {
        let mut name = self.no_name();
        let mut value = Expr { kind: ExprKind::Error, span: self.span(&pair) };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::field_name => name = self.name(&part),
                Rule::story_value => value = self.expr(part),
                _ => {}
            }
        }
        (name, value)
    }

    /// `examples …`
    pub fn table(&mut self, pair: Pair) -> Table {
        let mut name = self.no_name();
        let mut as_of = None;
        let mut rows = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::name {
                name = self.name(&part);
            } else {
                match self.table_line(part) {
                    Some(TableLine::AsOf(at)) => as_of = at.or(as_of),
                    Some(TableLine::Row(row)) => rows.push(row),
                    None => {}
                }
            }
        }
        self.finish_table(name, as_of, rows)
    }

    /// A line of a table.
    pub fn table_line(&mut self, pair: Pair) -> Option<TableLine> {
        match pair.as_rule() {
            Rule::as_of => Some(TableLine::AsOf(self.as_of(pair))),
            Rule::row => Some(TableLine::Row(self.row(pair))),
            _ => None,
        }
    }

    fn row(&mut self, pair: Pair) -> Row {
        let mut span = self.span(&pair);
        let mut cells = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::bar {
                span.end = self.span(&part).end;
                continue;
            }
            let cell = part.into_inner().next().map(|p| self.expr(p));
            if let Some(cell) = &cell {
                span.end = cell.span.end;
            }
            cells.push(cell);
        }
        Row { cells, span }
    }

    /// Takes the first row as the header, and brings the others to its width.
    pub fn finish_table(&mut self, name: Name, as_of: Option<Literal>, rows: Vec<Row>) -> Table {
        let mut rows = rows.into_iter();
        let mut columns = Vec::new();
        if let Some(header) = rows.next() {
            for cell in header.cells {
                columns.push(self.column(cell, header.span));
            }
        } else {
            self.report(
                Diagnostic::new(codes::BROKEN_STATEMENT, format!("the examples of `{}` have no table", name.text))
                    .label(name.span, "no lines follow")
                    .help("write a line of column names parted by `|`, and a line for each example"),
            );
        }
        let width = columns.len();
        let mut rows: Vec<Row> = rows.collect();
        for row in &mut rows {
            let found = row.cells.len();
            if found != width && !row.cells.iter().flatten().any(|c| matches!(c.kind, ExprKind::Error)) {
                let say = |n: usize| if n == 1 { "1 cell".to_string() } else { format!("{n} cells") };
                self.report(
                    Diagnostic::new(
                        codes::BROKEN_STATEMENT,
                        format!("the line has {}, and the table has {width} columns", say(found)),
                    )
                    .label(row.span, say(found))
                    .help("part the cells by `|`, and leave a cell empty where nothing is known"),
                );
            }
            row.cells.resize_with(width, || None);
        }
        Table { name, as_of, columns, rows }
    }

    fn column(&mut self, cell: Option<Expr>, row: Span) -> Name {
        let place = cell.as_ref().map_or(row, |c| c.span);
        match cell.map(|c| c.kind) {
            Some(ExprKind::Path(mut path)) if path.names.len() == 1 => {
                path.names.pop().unwrap_or_else(|| self.no_name())
            }
            Some(ExprKind::Error) => Name { span: place, ..self.no_name() },
            _ => {
                self.report(
                    Diagnostic::new(codes::BROKEN_STATEMENT, "a column of the table has no name")
                        .label(place, "the first line of a table names its columns")
                        .help("write a name for each column, parted by `|`"),
                );
                Name { span: place, ..self.no_name() }
            }
        }
    }
}
