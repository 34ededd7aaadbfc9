//! A syntax tree as compact text: for `lead debug ast`, for tests, and for comparing two trees without their places.
//!
//! One statement a line, its lines indented below it; expressions in parentheses, the operator first.

mod expr;

use std::fmt::Write;

use crate::ast::{
    Clause, Dimension, Event, Field, File, Header, Literal, LiteralKind, Name, Row, Score, ScoreLineKind, ScoreOption,
    ScoreOptionKind, Statement, StatementKind, Story, StoryItemKind, Table, Text, Type, TypeKind, Unit,
};

pub(crate) use expr::{arithmetic_sign, period};
use expr::{expr, moment};

/// The tree of a file, without places, one statement a paragraph.
pub fn debug(file: &File) -> String {
    let mut out = String::new();
    for s in &file.statements {
        statement(&mut out, s);
    }
    out
}

/// The tree of one statement, without places.
pub(crate) fn statement(out: &mut String, statement: &Statement) {
    if let Some(docs) = &statement.docs {
        let _ = writeln!(out, "docs {docs:?}");
    }
    kind(out, &statement.kind);
}

fn name(out: &mut String, name: &Name) {
    let _ = write!(out, "`{}`", name.key());
}

fn text(out: &mut String, text: &Text) {
    let _ = write!(out, "{:?}", text.value);
}

fn because(out: &mut String, reason: &Option<Text>) {
    if let Some(reason) = reason {
        out.push_str(" because ");
        text(out, reason);
    }
}

fn kind(out: &mut String, kind: &StatementKind) {
    match kind {
        StatementKind::Entity(e) => {
            out.push_str("entity ");
            name(out, &e.name);
            sources(out, &e.sources);
            filter(out, e.filter.as_ref());
            out.push('\n');
            e.fields.iter().for_each(|f| field(out, f));
            for second in &e.same_when {
                out.push_str("  same-when ");
                name(out, second);
                out.push('\n');
            }
        }
        StatementKind::Event(e) => event(out, e),
        StatementKind::Subject(n) => head(out, "for ", n),
        StatementKind::Value(v) => {
            out.push_str("value ");
            name(out, &v.name);
            out.push(' ');
            expr(out, &v.expr);
            out.push('\n');
        }
        StatementKind::Term(t) => {
            head(out, "term ", &t.name);
            t.alternatives.iter().for_each(|c| clause(out, "when", c));
            t.exceptions.iter().for_each(|c| clause(out, "unless", c));
        }
        StatementKind::Choice(c) => {
            head(out, "choice ", &c.name);
            for line in &c.lines {
                out.push_str("  ");
                expr(out, &line.result);
                match &line.condition {
                    Some(condition) => {
                        out.push_str(" when ");
                        expr(out, condition);
                    }
                    None => out.push_str(" otherwise"),
                }
                because(out, &line.because);
                out.push('\n');
            }
        }
        StatementKind::Score(s) => score(out, s),
        StatementKind::Funnel(f) => {
            head(out, "funnel ", &f.name);
            for step in &f.steps {
                head(out, "  ", step);
            }
        }
        StatementKind::Metric(m) => {
            out.push_str("metric ");
            name(out, &m.name);
            out.push(' ');
            expr(out, &m.expr);
            out.push('\n');
            m.by.iter().for_each(|d| dimension(out, d));
        }
        StatementKind::Story(s) => story(out, s),
        StatementKind::Table(t) => table(out, t),
        StatementKind::Broken { name: found } => match found {
            Some(found) => head(out, "broken ", found),
            None => out.push_str("broken\n"),
        },
    }
}

fn head(out: &mut String, what: &str, found: &Name) {
    out.push_str(what);
    name(out, found);
    out.push('\n');
}

fn sources(out: &mut String, sources: &[Text]) {
    for source in sources {
        out.push_str(" from ");
        text(out, source);
    }
}

fn filter(out: &mut String, filter: Option<&crate::ast::Expr>) {
    if let Some(filter) = filter {
        out.push_str(" where ");
        expr(out, filter);
    }
}

fn event(out: &mut String, event: &Event) {
    out.push_str("event ");
    name(out, &event.name);
    if let Some(of) = &event.of {
        out.push_str(" of ");
        name(out, of);
    }
    sources(out, &event.sources);
    filter(out, event.filter.as_ref());
    out.push('\n');
    event.fields.iter().for_each(|f| field(out, f));
}

fn field(out: &mut String, field: &Field) {
    if let Some(docs) = &field.docs {
        let _ = writeln!(out, "  docs {docs:?}");
    }
    out.push_str("  field ");
    name(out, &field.name);
    out.push(' ');
    field_type(out, &field.ty);
    for Header { header, source } in &field.headers {
        out.push_str(" from ");
        text(out, header);
        if let Some(source) = source {
            out.push_str(" in ");
            text(out, source);
        }
    }
    out.push('\n');
}

fn field_type(out: &mut String, ty: &Type) {
    out.push_str(match &ty.kind {
        TypeKind::Key => "key",
        TypeKind::Text => "text",
        TypeKind::Number => "number",
        TypeKind::Money => "money",
        TypeKind::YesNo => "yes/no",
        TypeKind::Time => "time",
        TypeKind::Date => "date",
        TypeKind::Duration => "duration",
        TypeKind::Error => "ERROR",
        TypeKind::List(inner) => {
            out.push_str("list of ");
            return field_type(out, inner);
        }
        TypeKind::OneOf(values) => {
            out.push_str("one of");
            for value in values {
                out.push(' ');
                text(out, value);
            }
            return;
        }
        TypeKind::Reference(target) => {
            out.push_str("-> ");
            return name(out, target);
        }
    });
}

fn clause(out: &mut String, word: &str, clause: &Clause) {
    let _ = write!(out, "  {word} ");
    expr(out, &clause.condition);
    because(out, &clause.because);
    out.push('\n');
}

fn options(out: &mut String, options: &[ScoreOption]) {
    for option in options {
        match &option.kind {
            ScoreOptionKind::HalfLife(length) => {
                out.push_str(" half-life ");
                literal(out, &length.kind);
            }
            ScoreOptionKind::AtMost(limit) => {
                out.push_str(" at-most ");
                expr(out, limit);
            }
            ScoreOptionKind::AtLeast(limit) => {
                out.push_str(" at-least ");
                expr(out, limit);
            }
        }
    }
}

fn score(out: &mut String, score: &Score) {
    out.push_str("score ");
    name(out, &score.name);
    options(out, &score.options);
    out.push('\n');
    for line in &score.lines {
        out.push_str(if line.negative { "  - " } else { "  + " });
        expr(out, &line.points);
        match &line.kind {
            ScoreLineKind::When(condition) => {
                out.push_str(" when ");
                expr(out, condition);
            }
            ScoreLineKind::Per(records) => {
                out.push_str(" per ");
                expr::records(out, records);
            }
            ScoreLineKind::Always => {}
        }
        options(out, &line.options);
        because(out, &line.because);
        out.push('\n');
    }
}

fn dimension(out: &mut String, dimension: &Dimension) {
    out.push_str("  by ");
    expr(out, &dimension.expr);
    if let Some(alias) = &dimension.name {
        out.push_str(" as ");
        name(out, alias);
    }
    out.push('\n');
}

fn as_of(out: &mut String, at: &Option<Literal>) {
    if let Some(at) = at {
        out.push_str("  as-of ");
        literal(out, &at.kind);
        out.push('\n');
    }
}

fn fields(out: &mut String, fields: &[(Name, crate::ast::Expr)]) {
    for (field, value) in fields {
        out.push_str(" (");
        name(out, field);
        out.push(' ');
        expr(out, value);
        out.push(')');
    }
}

fn story(out: &mut String, story: &Story) {
    out.push_str("story ");
    text(out, &story.title);
    out.push('\n');
    as_of(out, &story.as_of);
    for item in &story.items {
        match &item.kind {
            StoryItemKind::Record { entity, key, fields: values } => {
                out.push_str("  record ");
                name(out, entity);
                if let Some(key) = key {
                    out.push(' ');
                    text(out, key);
                }
                fields(out, values);
            }
            StoryItemKind::Event { event, of, at, fields: values } => {
                out.push_str("  event ");
                name(out, event);
                if let Some(of) = of {
                    out.push_str(" of ");
                    text(out, of);
                }
                out.push(' ');
                moment(out, at);
                fields(out, values);
            }
            StoryItemKind::Expect { key, condition, because: reason } => {
                out.push_str("  expect ");
                if let Some(key) = key {
                    text(out, key);
                    out.push(' ');
                }
                expr(out, condition);
                because(out, reason);
            }
        }
        out.push('\n');
    }
}

fn table(out: &mut String, table: &Table) {
    head(out, "table ", &table.name);
    as_of(out, &table.as_of);
    out.push(' ');
    for column in &table.columns {
        out.push(' ');
        name(out, column);
    }
    out.push('\n');
    for Row { cells, .. } in &table.rows {
        out.push(' ');
        for cell in cells {
            out.push(' ');
            match cell {
                Some(cell) => expr(out, cell),
                None => out.push('_'),
            }
        }
        out.push('\n');
    }
}

pub(crate) fn literal(out: &mut String, kind: &LiteralKind) {
    let _ = match kind {
        LiteralKind::Number(digits) => write!(out, "{digits}"),
        LiteralKind::Percent(digits) => write!(out, "{digits}%"),
        LiteralKind::Text(value) => write!(out, "{value:?}"),
        LiteralKind::YesNo(true) => write!(out, "yes"),
        LiteralKind::YesNo(false) => write!(out, "no"),
        LiteralKind::Duration(n, unit) => write!(out, "{n}{}", unit_sign(*unit)),
        LiteralKind::Date(y, m, d) => write!(out, "{y:04}-{m:02}-{d:02}"),
        LiteralKind::Time((y, m, d), seconds, offset) => {
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            let _ = write!(out, "{y:04}-{m:02}-{d:02}T{hours:02}:{minutes:02}");
            if seconds > 0 {
                let _ = write!(out, ":{seconds:02}");
            }
            match offset {
                None => Ok(()),
                Some(0) => write!(out, "Z"),
                Some(offset) => {
                    let sign = if *offset < 0 { '-' } else { '+' };
                    let size = offset.unsigned_abs();
                    write!(out, "{sign}{:02}:{:02}", size / 3600, size / 60 % 60)
                }
            }
        }
    };
}

/// `d` of `90d`.
pub(crate) fn unit_sign(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "min",
        Unit::Hour => "h",
        Unit::Day => "d",
        Unit::Week => "w",
        Unit::Month => "mo",
        Unit::Quarter => "q",
        Unit::Year => "y",
    }
}
