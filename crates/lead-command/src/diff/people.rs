//! Both versions run over the same data: whose answers are others, and why.

use lead_diag::InOrder;
use std::collections::BTreeMap;
use std::path::Path;

use lead_data::{Column, Needs};
use lead_diag::render::clean;
use lead_diff::{Cause, Diff, MetricMove, Moved, Rows, Run, Shown, TermMoves, Truth, ValueMoves};
use lead_eval::Examined;
use lead_hir::hir::{DefId, DefKind, FieldId, Lexicon, TableId, Ty};
use lead_plan::{Explained, Plan, Planner, on_a_deep_stack};

use super::sides::Side;
use crate::data::{self, Opened, Progress};
use crate::run::{nearest, report_text};
use crate::terminal::{Failure, Terminal, counted, eprint};
use crate::value;

/// How many of those who move are named.
const FEW: usize = 5;

impl People {
    /// Where the versions read other records, a line per entity.
    pub fn other_records(&self) -> Vec<String> {
        let said = self.other_records.iter().map(|(entity, base, head)| {
            let (base, head) = (counted(*base, "record", "records"), counted(*head, "record", "records"));
            format!("of `{entity}`, only the older version reads {base}, only the newer {head}: they are not compared")
        });
        said.collect()
    }
}

/// What is asked.
pub struct Asked<'a> {
    /// The folder of the exports.
    pub data: &'a Path,
    /// Microseconds since 1970 UTC.
    pub as_of: i64,
    /// The field or definition to split by.
    pub by: Option<&'a str>,
}

/// Whom a change moves.
pub struct People {
    /// `as of the end of 2026-06-30, Europe/Berlin`
    pub as_of: String,
    /// What it is split by.
    pub by: Option<String>,
    /// Entities whose records are not the same in both versions: name, how many only the older one reads, how many only the newer.
    pub other_records: Vec<(String, usize, usize)>,
    /// By place among the changes.
    pub moves: BTreeMap<usize, Moves>,
}

/// What a change does to answers.
pub enum Moves {
    /// To the members of a term.
    Term(Box<Term>),
    /// To values, choices, scores, funnels.
    Value {
        /// The entity.
        entity: String,
        /// How many, and how.
        moves: ValueMoves,
    },
    /// To a metric: dimensions, before, after.
    Metric(Vec<(String, String, String)>),
}

/// Members of a term.
pub struct Term {
    /// The entity.
    pub entity: String,
    /// All that is known.
    pub moves: TermMoves,
    /// The first who enter, who leave, and who do neither.
    pub first: [Vec<Person>; 3],
    /// By the value of the field: how many enter and how many leave; the most first.
    pub by: Vec<(String, usize, usize)>,
}

/// A record that moves.
pub struct Person {
    /// Its key.
    pub key: String,
    /// Its value of the field.
    pub by: Option<String>,
    /// Before.
    pub from: Truth,
    /// After.
    pub to: Truth,
    /// What moved it: an entry of the causes of the term.
    pub cause: usize,
}

/// A plan for what may move, with the trees of terms by place among the changes.
struct Prepared {
    plan: Plan,
    trees: Vec<(usize, Explained)>,
}

fn prepare(lexicon: &Lexicon, as_of: i64, wanted: &[(usize, DefId)], more: Option<DefId>) -> Prepared {
    let mut planner = Planner::new(lexicon, as_of);
    let mut trees = Vec::new();
    for (i, id) in wanted {
        planner.want_def(*id);
        if matches!(lexicon.def(*id).kind, DefKind::Term(_)) {
            trees.extend(planner.explain(*id).map(|tree| (*i, tree)));
        }
    }
    more.into_iter().filter(|id| wanted.iter().all(|w| w.1 != *id)).for_each(|id| planner.want_def(id));
    Prepared { plan: planner.finish(), trees }
}

/// The field or definition that moves are split by.
enum By {
    Nothing,
    Fields(BTreeMap<TableId, FieldId>),
    Def(DefId),
}

fn split_by(lexicon: &Lexicon, name: Option<&str>) -> Result<By, Failure> {
    let Some(name) = name else { return Ok(By::Nothing) };
    let key = lead_syntax::ast::fold_name(name.trim().trim_matches('`'));
    let entities = || lexicon.table_ids().filter(|(_, t)| !t.is_event());
    let fields: BTreeMap<TableId, FieldId> =
        entities().filter_map(|(id, table)| Some((id, table.field_named(&key)?))).collect();
    if !fields.is_empty() {
        return Ok(By::Fields(fields));
    }
    let answers = |d: &lead_hir::hir::Def| d.subject.is_some() && !matches!(d.kind, DefKind::Period(_));
    if let Some((id, _)) = lexicon.def_ids().find(|(_, d)| d.name.key == key && answers(d)) {
        return Ok(By::Def(id));
    }
    let names = entities().flat_map(|(_, t)| &t.fields).map(|f| (f.name.key.as_str(), f.name.text.as_str()));
    let failure = Failure::usage(format!("no field or definition is named `{}`", clean(name)));
    Err(match nearest(&key, names) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`--by` names a field of the records, or a definition"),
    })
}

/// Runs both versions. `None` if the older one cannot read the data, which is said.
pub fn people(
    base: &Side,
    head: &Side,
    diff: &Diff,
    asked: &Asked,
    terminal: &Terminal,
) -> Result<Option<People>, Failure> {
    // Definitions may build on each other thousands deep, and so do the trees of their decisions.
    on_a_deep_stack(|| compared(base, head, diff, asked, terminal))
}

fn compared(
    base: &Side,
    head: &Side,
    diff: &Diff,
    asked: &Asked,
    terminal: &Terminal,
) -> Result<Option<People>, Failure> {
    let (older, newer) = (&base.project.lexicon, &head.project.lexicon);
    let by = split_by(newer, asked.by)?;
    let place = |change: &lead_diff::Change| diff.changes.iter().position(|c| std::ptr::eq(c, change)).unwrap_or(0);
    // A definition that is now asked of another entity, or answers otherwise, has nothing to be compared with.
    let moving: Vec<(usize, DefId, DefId)> =
        diff.moving().filter(|(c, _, _)| !c.other_type).map(|(c, was, is)| (place(c), was, is)).collect();
    let before: Vec<(usize, DefId)> = moving.iter().map(|m| (m.0, m.1)).collect();
    let after: Vec<(usize, DefId)> = moving.iter().map(|m| (m.0, m.2)).collect();
    let more = if let By::Def(id) = by { Some(id) } else { None };
    let old = prepare(older, asked.as_of, &before, None);
    let new = prepare(newer, asked.as_of, &after, more);

    let old_data = open(base, &old.plan, asked, None, terminal)?;
    let new_data = open(head, &new.plan, asked, Some(&by), terminal)?;
    let trees = |p: &Prepared| -> Vec<Explained> { p.trees.iter().map(|t| t.1.clone()).collect() };
    let run = lead_eval::examine(newer, &new.plan, new_data.data(), &trees(&new));
    if let Some(report) = new_data.fatal() {
        eprint(&report_text(&report, |s, t| terminal.paint_err(s, t)));
        return Err(Failure::data("the data cannot be used as they stand; nothing was compared"));
    }
    let new_run = run.map_err(|e| stopped(&e, head, terminal))?;
    let run = lead_eval::examine(older, &old.plan, old_data.data(), &trees(&old));
    if let Some(report) = old_data.fatal() {
        eprint(&report_text(&report, |s, t| terminal.paint_err(s, t)));
        eprint(&format!("`{}` cannot read these data: nobody is compared\n", clean(&base.name)));
        return Ok(None);
    }
    let old_run = run.map_err(|e| stopped(&e, base, terminal))?;

    let mut people = People {
        as_of: data::as_of_text(asked.as_of, &newer.settings.zone, &newer.settings.zone_name),
        by: asked.by.map(str::to_owned),
        other_records: Vec::new(),
        moves: BTreeMap::new(),
    };
    let sides = Sides {
        base: (
            older,
            &old_data,
            Run { examined: &old_run, shown: Shown { lexicon: older, sources: &base.project.sources } },
        ),
        head: (
            newer,
            &new_data,
            Run { examined: &new_run, shown: Shown { lexicon: newer, sources: &head.project.sources } },
        ),
        by: &by,
    };
    let mut rows: BTreeMap<TableId, Rows> = BTreeMap::new();
    for (i, was, is) in moving {
        let moves = match (older.def(was).subject, newer.def(is).subject) {
            (Some(old_table), Some(table)) => {
                let paired = rows.entry(table).or_insert_with(|| sides.rows(old_table, table));
                sides.moves(i, (was, old_table, &old), (is, table, &new), paired)
            }
            _ => sides.metric(was, is),
        };
        people.moves.extend(moves.map(|m| (i, m)));
    }
    for (table, rows) in rows.iter().filter(|(_, r)| r.only_base + r.only_head > 0) {
        people.other_records.push((newer.table(*table).name.text.clone(), rows.only_base, rows.only_head));
    }
    Ok(Some(people))
}

fn stopped(error: &lead_eval::EvalError, side: &Side, terminal: &Terminal) -> Failure {
    let shown = lead_diag::render::human(&error.diagnostic(), &side.project.sources, &terminal.err_options());
    eprint(&format!("{shown}\n"));
    Failure::said(crate::terminal::Exit::Data)
}

fn open<'a>(
    side: &'a Side,
    plan: &Plan,
    asked: &Asked,
    by: Option<&By>,
    terminal: &Terminal,
) -> Result<Opened<'a>, Failure> {
    let mut tables = plan.needs(&side.project.lexicon);
    if let Some(By::Fields(fields)) = by {
        for (table, field) in fields {
            // Only of what is read anyway.
            if let Some(needed) = tables.get_mut(table) {
                needed.insert(*field);
            }
        }
    }
    let progress = Progress::new(terminal);
    let opened = data::open_needs(&side.project, Needs { tables }, Some(asked.data), data::cores(), false, &progress);
    progress.done();
    opened
}

/// Both runs.
struct Sides<'r, 'a> {
    base: (&'r Lexicon, &'r Opened<'a>, Run<'r, 'a>),
    head: (&'r Lexicon, &'r Opened<'a>, Run<'r, 'a>),
    by: &'r By,
}

impl Sides<'_, '_> {
    fn rows(&self, before: TableId, after: TableId) -> Rows {
        let of = |lexicon: &Lexicon, opened: &'_ Opened<'_>, table: TableId| {
            let count = opened.data().records(table).map_or(0, |r| r.rows);
            (count, opened.key_column(lexicon, table).cloned())
        };
        let (old, new) = (of(self.base.0, self.base.1, before), of(self.head.0, self.head.1, after));
        Rows::new((old.0, old.1.as_ref()), (new.0, new.1.as_ref()))
    }

    fn moves(
        &self,
        place: usize,
        base: (DefId, TableId, &Prepared),
        head: (DefId, TableId, &Prepared),
        rows: &Rows,
    ) -> Option<Moves> {
        let was = lead_diff::column(self.base.2.examined, base.1, base.0)?;
        let is = lead_diff::column(self.head.2.examined, head.1, head.0)?;
        let entity = self.head.0.table(head.1).name.text.clone();
        let tree = |p: &'_ Prepared| p.trees.iter().position(|t| t.0 == place);
        let (Some(old), Some(new)) = (tree(base.2), tree(head.2)) else {
            let moves = lead_diff::value_moves(rows, was, is);
            return Some(Moves::Value { entity, moves });
        };
        let (old, new) = (&base.2.trees[old].1, &head.2.trees[new].1);
        let moves = lead_diff::term_moves(rows, (&self.base.2, was, old), (&self.head.2, is, new));
        Some(Moves::Term(Box::new(self.term(entity, head.1, moves))))
    }

    fn term(&self, entity: String, table: TableId, moves: TermMoves) -> Term {
        let zone = &self.head.0.settings.zone;
        let key_of = |table: TableId, row: u32| self.head.1.key_of(table, row);
        let shown = value::Shown { zone, key_of: &key_of };
        let column = self.split_column(table);
        let by_of = |row: u32| column.map(|(column, ty)| shown.text(column, ty, row as usize));
        let person = |moved: &Moved| Person {
            key: self.head.1.key_of(table, moved.row).unwrap_or_else(|| format!("record {}", moved.row + 1)),
            by: by_of(moved.row).map(|v| v.unwrap_or_else(|| "unknown".to_owned())),
            from: moved.from,
            to: moved.to,
            cause: moved.cause,
        };
        let first = [
            moves.entering().take(FEW).map(person).collect(),
            moves.leaving().take(FEW).map(person).collect(),
            moves.others().take(FEW).map(person).collect(),
        ];
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for moved in moves.moved.iter().filter(|m| m.from == Truth::Yes || m.to == Truth::Yes) {
            let Some(value) = by_of(moved.row) else { break };
            let count = counts.entry(value.unwrap_or_else(|| "unknown".to_owned())).or_default();
            count.0 += usize::from(moved.to == Truth::Yes);
            count.1 += usize::from(moved.from == Truth::Yes);
        }
        let mut by: Vec<(String, usize, usize)> = counts.into_iter().map(|(v, (e, l))| (v, e, l)).collect();
        by.in_order_by_key(|(_, entering, leaving)| std::cmp::Reverse(entering + leaving));
        Term { entity, moves, first, by }
    }

    /// What records of an entity are split by.
    fn split_column(&self, table: TableId) -> Option<(&Column, &Ty)> {
        match self.by {
            By::Nothing => None,
            By::Fields(fields) => {
                let field = *fields.get(&table)?;
                let column = self.head.1.data().records(table)?.columns.get(field.0 as usize)?.as_ref()?;
                Some((column, &self.head.0.field(table, field).ty))
            }
            By::Def(def) => Some((lead_diff::column(self.head.2.examined, table, *def)?, &self.head.0.def(*def).ty)),
        }
    }

    fn metric(&self, before: DefId, after: DefId) -> Option<Moves> {
        let find =
            |examined: &'_ Examined<'_>, def: DefId| examined.answers().metrics.iter().find(|m| m.def == def).cloned();
        let (old, new) = (find(self.base.2.examined, before)?, find(self.head.2.examined, after)?);
        let zone = &self.head.0.settings.zone;
        let text = |v: &Option<lead_hir::hir::Value>| match v {
            Some(lead_hir::hir::Value::Number(n)) => value::number(value::round_to(*n, 4)),
            Some(known) => value::value(known, zone),
            None => "unknown".to_owned(),
        };
        let row =
            |(by, was, is): &MetricMove| (by.iter().map(text).collect::<Vec<_>>().join(", "), text(was), text(is));
        Some(Moves::Metric(lead_diff::metric_moves(&old, &new).iter().map(row).collect()))
    }
}

/// What moved a record, in words. `name`: the definition at hand, which need not be named.
pub fn cause_text(causes: &[Cause], name: &str) -> String {
    let one = |cause: &Cause| {
        let inside = if cause.def == name { String::new() } else { format!(" in `{}`", cause.def) };
        match (&cause.before, &cause.after) {
            (Some(was), Some(is)) if was == is => format!("`{is}`{inside} has another answer"),
            (Some(was), Some(is)) => format!("`{was}` is now `{is}`{inside}"),
            (None, Some(is)) => format!("`{is}` is new{inside}"),
            (Some(was), None) => format!("`{was}` is gone{inside}"),
            (None, None) => "another answer".to_owned(),
        }
    };
    match causes {
        [] => "other data".to_owned(),
        causes => causes.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}
