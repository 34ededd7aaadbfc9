//! Generate an example: a story or a table for the definition at the cursor, with values that make it hold as far as
//! plain thresholds tell. What it expects is the answer that running it gives, so that it passes.

mod answer;
mod solve;
mod times;
mod values;
mod world;

use lead_diag::InOrder;
use std::collections::BTreeMap;

use lead_diag::{Edit, Span};
use lead_hir::hir::{DefId, DefKind, Expr, ExprKind, TableId, Ty, Value};
use lead_plan::calendar;
use lead_syntax::ast::{Statement, StatementKind, Table};

use super::site::Site;
use super::{Action, ActionKind};
use crate::change::Select;
use crate::facts::quoted;
use crate::spelling::written;
use crate::{Change, tree, words};
use answer::Answer;
use solve::{Column, Solver};
use world::World;

/// The as-of date of an example where the editor knows of none: 2026-06-17, a day in the middle of everything.
const USUAL_DAY: i32 = 20_621;

pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    let Some((def, subject)) = asked(site) else { return };
    let name = &site.lexicon().def(def).name.text;
    if rows(site, def, subject).is_some() {
        match table_of(site, def) {
            Some(_) => out.push(Action::new(
                "example:row",
                format!("Add a row to the examples of `{name}`"),
                ActionKind::Refactor,
            )),
            None => out.push(Action::new(
                "example:table",
                format!("Generate a table of examples for `{name}`"),
                ActionKind::Refactor,
            )),
        }
    }
    if expectation(site, def).is_some() {
        out.push(Action::new("example:story", format!("Generate an example of `{name}`"), ActionKind::Refactor));
    }
}

pub(super) fn resolve(site: &Site, rest: &str) -> Option<Change> {
    let (def, subject) = asked(site)?;
    match rest {
        "table" => new_table(site, def, subject),
        "row" => new_row(site, def, subject),
        "story" => new_story(site, def, subject),
        _ => None,
    }
}

/// The definition at the selection, and whose it is.
fn asked(site: &Site) -> Option<(DefId, TableId)> {
    let (_, statement) = site.statement?;
    let name = tree::declared(statement)?;
    // What is wrong is put right first.
    let broken = |s: Span| statement.span.start <= s.start && s.end <= statement.span.end;
    let mut found = site.snapshot.checked().diagnostics(site.id).iter();
    if found.any(|d| d.is_error() && d.span().is_some_and(broken)) {
        return None;
    }
    // On its name or its first line, so that the action does not come up everywhere.
    let first_line = tree::line_end(site.text(), name.span.end) as u32;
    if site.range.start > first_line.max(name.span.end) && site.range.is_empty() {
        return None;
    }
    let def = site.def()?;
    let subject = site.lexicon().def(def).subject?;
    Some((def, subject))
}

fn solver<'s>(site: &Site<'s>, subject: TableId, table: bool) -> Solver<'s> {
    let lexicon = site.lexicon();
    let zone = &lexicon.settings.zone;
    let day = site.snapshot.as_of().map_or(USUAL_DAY, |at| calendar::local_day(at, zone));
    Solver {
        lexicon,
        world: World::of(lexicon, subject),
        as_of: calendar::end_of_day(day, zone),
        columns: table.then(BTreeMap::new),
        looked: 0,
    }
}

/// What is expected of a definition in a story: the condition, and what makes it so.
struct Expectation<'l> {
    condition: String,
    because: Option<String>,
    made_by: MadeBy<'l>,
}

enum MadeBy<'l> {
    Term,
    Condition(&'l Expr),
    Nothing,
}

fn expectation<'s>(site: &Site<'s>, id: DefId) -> Option<Expectation<'s>> {
    let lexicon = site.lexicon();
    let def = lexicon.def(id);
    let name = written(&def.name.text);
    match &def.kind {
        DefKind::Term(term) => {
            let because = term.alternatives.first().and_then(|c| c.because.clone());
            Some(Expectation { condition: name, because, made_by: MadeBy::Term })
        }
        DefKind::Value(expr) if def.ty == Ty::YesNo => {
            Some(Expectation { condition: name, because: None, made_by: MadeBy::Condition(expr) })
        }
        DefKind::Choice(choice) => {
            let line = choice.lines.first()?;
            let ExprKind::Literal(result) = &line.result.kind else { return None };
            let condition = match result {
                Value::YesNo(true) => name,
                Value::YesNo(false) => format!("not {name}"),
                other => format!("{name} = {}", words::value(lexicon, other)),
            };
            let made_by = line.condition.as_ref().map_or(MadeBy::Nothing, MadeBy::Condition);
            Some(Expectation { condition, because: line.because.clone(), made_by })
        }
        _ => None,
    }
}

fn new_story(site: &Site, id: DefId, subject: TableId) -> Option<Change> {
    let lexicon = site.lexicon();
    let expected = expectation(site, id)?;
    let mut solver = solver(site, subject, false);
    let env = solver.env();
    let held = match expected.made_by {
        MadeBy::Term => solver.term(id, true, &env),
        MadeBy::Condition(condition) => solver.condition(condition, true, &env),
        MadeBy::Nothing => true,
    };
    let name = &lexicon.def(id).name.text;
    let (title, single) = match &lexicon.def(id).kind {
        DefKind::Choice(_) => (expected.condition.replace('"', "").replace(" = ", " is "), true),
        // Another alternative may be the one that could be made.
        DefKind::Term(term) => (format!("{name} holds"), term.alternatives.len() == 1 && held),
        _ => (format!("{name} holds"), true),
    };
    let because = expected.because.filter(|_| single);
    let hoped = story(site, subject, &solver, &title, &expected.condition, because.as_deref())?;
    let told = answer::answers(site, &hoped, solver.as_of);
    match told.as_deref() {
        Some([told]) if !told.passed => {
            let (condition, title) = condition_of(site, id, told);
            let because = match told.reasons.as_slice() {
                [reason] => Some(reason.as_str()),
                _ => None,
            };
            story(site, subject, &solver, &title, &condition, because)
        }
        _ => Some(hoped),
    }
}

/// What is so of a definition, as a condition and as a title.
fn condition_of(site: &Site, id: DefId, told: &Answer) -> (String, String) {
    let def = site.lexicon().def(id);
    let (name, shown) = (written(&def.name.text), &def.name.text);
    match (&def.ty, told.holds, &told.value) {
        (Ty::YesNo, Some(true), _) => (name, format!("{shown} holds")),
        (Ty::YesNo, Some(false), _) => (format!("not {name}"), format!("{shown} does not hold")),
        (Ty::YesNo, None, _) | (_, _, None) => (format!("{name} is unknown"), format!("{shown} cannot be told")),
        (_, _, Some(value)) => (format!("{name} = {value}"), format!("{shown} is {}", value.replace('"', ""))),
    }
}

/// A story behind the definition, with what the solver has made.
fn story(
    site: &Site,
    subject: TableId,
    solver: &Solver,
    title: &str,
    condition: &str,
    because: Option<&str>,
) -> Option<Change> {
    let day = calendar::local_day(solver.as_of, &site.lexicon().settings.zone);
    let mut lines = vec![format!("example {}", quoted(title)), format!("    as of {}", words::date(day))];
    lines.extend(solver.world.lines().into_iter().map(|line| format!("    {line}")));
    let key = solver.world.things.first().and_then(|t| t.key.clone());
    let others = solver.world.things.iter().filter(|t| t.table == subject).count() > 1;
    let who = key.filter(|_| others).map(|key| format!("{}: ", quoted(&key))).unwrap_or_default();
    let because = because.map(|b| format!(" because {}", quoted(b))).unwrap_or_default();
    lines.push(format!("    expect {who}{condition}{because}"));
    behind(site, &lines, title)
}

/// Puts lines behind the statement at the selection, and selects a text of them.
fn behind(site: &Site, lines: &[String], select: &str) -> Option<Change> {
    let (_, statement) = site.statement?;
    let line_end = if site.text().contains("\r\n") { "\r\n" } else { "\n" };
    let at = tree::line_end(site.text(), statement.span.end);
    let text = format!("{line_end}{line_end}{}", lines.join(line_end));
    let edits = vec![Edit { span: Span::new(site.id, at, at), text }];
    Some(site.snapshot.change(edits, Some(Select { file: site.id, text: select.into(), near: at as u32 })))
}

/// The given values of a row, and whether the term holds there; `None`: it cannot be told.
type Row = (BTreeMap<Column, String>, Option<bool>);

/// Rows for a term: one for which it holds, and for each part of it one that only this part keeps from holding.
fn rows(site: &Site, id: DefId, subject: TableId) -> Option<Vec<Row>> {
    let DefKind::Term(term) = &site.lexicon().def(id).kind else { return None };
    let whole = solver(site, subject, true);
    let env = whole.env();
    let mut yes = whole.clone();
    if !yes.term(id, true, &env) {
        return None;
    }
    let mut out: Vec<Row> = vec![(yes.columns.filter(|c| !c.is_empty())?, Some(true))];
    let ([clause], []) = (term.alternatives.as_slice(), term.exceptions.as_slice()) else { return Some(out) };
    let condition = match &clause.condition.kind {
        ExprKind::Windowed { value, .. } => value,
        _ => &clause.condition,
    };
    let parts = match &condition.kind {
        ExprKind::And(parts) => parts.as_slice(),
        _ => std::slice::from_ref(condition),
    };
    for (i, wrong) in parts.iter().enumerate() {
        let mut no = whole.clone();
        let others = parts.iter().enumerate().filter(|(n, _)| *n != i);
        let made =
            no.condition(wrong, false, &env) && others.fold(true, |made, (_, p)| no.condition(p, true, &env) && made);
        if let Some(columns) = no.columns.filter(|_| made)
            && out.iter().all(|(row, _)| *row != columns)
            && !columns.is_empty()
        {
            out.push((columns, Some(false)));
        }
    }
    Some(out)
}

fn column_name(site: &Site, subject: TableId, column: Column) -> String {
    match column {
        Column::Field(field) => site.lexicon().field(subject, field).name.text.clone(),
        Column::Def(def) => site.lexicon().def(def).name.text.clone(),
    }
}

fn new_table(site: &Site, id: DefId, subject: TableId) -> Option<Change> {
    let rows = rows(site, id, subject)?;
    let hoped = table(site, id, subject, &rows)?;
    let as_of = solver(site, subject, true).as_of;
    match answer::answers(site, &hoped, as_of) {
        Some(told) if told.len() == rows.len() && told.iter().any(|t| !t.passed) => {
            let rows: Vec<Row> = rows.into_iter().zip(&told).map(|((row, _), told)| (row, told.holds)).collect();
            table(site, id, subject, &rows)
        }
        _ => Some(hoped),
    }
}

/// A table of examples behind the definition.
fn table(site: &Site, id: DefId, subject: TableId, rows: &[Row]) -> Option<Change> {
    let name = written(&site.lexicon().def(id).name.text);
    // In the order in which the definition asks them.
    let mut columns: Vec<Column> = Vec::new();
    let (_, statement) = site.statement?;
    let place = |column: &Column| {
        let key = lead_syntax::ast::fold_name(&column_name(site, subject, *column));
        let mut at = u32::MAX;
        tree::statement(statement, &mut |node| {
            if let tree::Node::Name(name, _) = node
                && name.key() == key
            {
                at = at.min(name.span.start);
            }
        });
        at
    };
    rows.iter().flat_map(|(row, _)| row.keys()).for_each(|c| {
        if !columns.contains(c) {
            columns.push(*c);
        }
    });
    columns.in_order_by_key(place);
    let mut lines = vec![format!("examples {name}")];
    let names = columns.iter().map(|c| written(&column_name(site, subject, *c)));
    lines.push(format!("    {} | {name}", names.collect::<Vec<_>>().join(" | ")));
    for (row, holds) in rows {
        let cells = columns.iter().map(|c| row.get(c).map_or("", String::as_str));
        lines.push(format!("    {} | {}", cells.collect::<Vec<_>>().join(" | "), cell(*holds)));
    }
    behind(site, &lines, &format!("examples {name}"))
}

/// What a table says of an answer.
fn cell(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

/// The table of examples that a definition has, with its file.
fn table_of<'s>(site: &Site<'s>, id: DefId) -> Option<(&'s Statement, &'s Table)> {
    let key = &site.lexicon().def(id).name.key;
    let tree = site.file.tree();
    tree.statements.iter().find_map(|s| match &s.kind {
        StatementKind::Table(table) if table.name.key() == *key && !table.columns.is_empty() => Some((s, table)),
        _ => None,
    })
}

fn new_row(site: &Site, id: DefId, subject: TableId) -> Option<Change> {
    let (statement, table) = table_of(site, id)?;
    let rows = rows(site, id, subject)?;
    let text = |span: Span| site.snapshot.slice(span);
    let own = &site.lexicon().def(id).name.key;
    let cells = |(row, holds): &Row| -> Vec<String> {
        let given = |key: &str| {
            let named = |c: &&Column| lead_syntax::ast::fold_name(&column_name(site, subject, **c)) == key;
            row.keys().find(named).and_then(|c| row.get(c)).cloned().unwrap_or_default()
        };
        let of = |key: String| match key == *own {
            true => cell(*holds).to_string(),
            false => given(&key),
        };
        table.columns.iter().map(|c| of(c.key())).collect()
    };
    let known: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|r| r.cells.iter().map(|c| c.as_ref().map_or(String::new(), |e| text(e.span).to_string())).collect())
        .collect();
    let is_new = |row: &&Row| !known.contains(&cells(row));
    let new = rows.iter().find(is_new).or(rows.first())?.clone();
    let hoped = row_behind(site, statement, &cells(&new));
    let as_of = solver(site, subject, true).as_of;
    let told = answer::answers(site, &hoped, as_of);
    // Rows that were laid out anew are answered too; the new one is the last.
    match told.as_deref().and_then(<[Answer]>::last) {
        Some(told) if !told.passed => Some(row_behind(site, statement, &cells(&(new.0, told.holds)))),
        _ => Some(hoped),
    }
}

fn row_behind(site: &Site, statement: &Statement, cells: &[String]) -> Change {
    let line_end = if site.text().contains("\r\n") { "\r\n" } else { "\n" };
    let at = tree::line_end(site.text(), statement.span.end);
    let line = format!("{line_end}    {}", cells.join(" | "));
    site.snapshot.change(vec![Edit { span: Span::new(site.id, at, at), text: line }], None)
}
