//! What a definition rests on, roughly: enough to tell that nothing in it can have to do with something else in it, which spares
//! most definitions a proof.

use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use lead_hir::hir::{
    CompareOp, Def, DefId, DefKind, Expr, ExprKind, Lexicon, ScoreLineKind, TableId, Target, Ty, Value,
};
use lead_hir::walk;

use super::Kept;
use crate::table::Table;

/// Fields and tables, and everything written out, as numbers in order; two of one number may be different things, two of different
/// numbers are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Footprint {
    /// Fields and tables.
    pub roots: Vec<u64>,
    /// Those, and values, texts and windows: equal for definitions of one meaning but in odd cases. Empty: too many to tell.
    pub leaves: Vec<u64>,
    /// The leaves as one number; `None` where they are too many.
    pub mark: Option<u64>,
    /// How many definitions stand on each other in it; very many where that was not looked into.
    pub height: u32,
    /// It, or something that it rests on, has an error: nothing is said of it.
    pub broken: bool,
}

fn number(of: impl Hash) -> u64 {
    foldhash::fast::FixedState::default().hash_one(of)
}

/// The tables of the record at hand and of those outside of it, the innermost last.
type Tables<'t> = &'t [TableId];

fn table(tables: Tables, up: u8) -> Option<TableId> {
    tables.get(tables.len().checked_sub(1 + usize::from(up))?).copied()
}

/// Inside a condition of records of a table, which were asked for `up` levels further out.
fn inside(tables: Tables, up: u8, table: TableId) -> Vec<TableId> {
    let outer = tables.len().saturating_sub(usize::from(up));
    tables.iter().take(outer).copied().chain([table]).collect()
}

/// Calls `visit` with every whole expression of a definition and what its record is.
fn wholes<'e>(def: &'e Def, visit: &mut dyn FnMut(&'e Expr, Tables)) {
    let own: Vec<TableId> = def.subject.into_iter().collect();
    let DefKind::Score(score) = &def.kind else {
        return walk::of_def(&def.kind, &mut |whole| visit(whole, &own));
    };
    score.at_most.iter().chain(&score.at_least).for_each(|bound| visit(bound, &own));
    for line in &score.lines {
        visit(&line.points, &own);
        match &line.kind {
            ScoreLineKind::When(condition) => visit(condition, &own),
            ScoreLineKind::Per(records) => {
                let inner = inside(&own, records.up, records.table);
                walk::records_parts(records, &mut |filter| visit(filter, &inner));
            }
            ScoreLineKind::Always => {}
        }
        line.at_most.iter().chain(&line.at_least).for_each(|bound| visit(bound, &own));
    }
}

/// Calls `visit` with an expression and everything in it, each with what its record is.
fn all<'e>(expr: &'e Expr, tables: Tables, visit: &mut dyn FnMut(&'e Expr, Tables)) {
    visit(expr, tables);
    match &expr.kind {
        ExprKind::Aggregate(aggregate) => {
            let inner = inside(tables, aggregate.records.up, aggregate.records.table);
            walk::parts(expr, &mut |part| all(part, &inner, visit));
        }
        ExprKind::Sequence(sequence) => {
            for step in &sequence.steps {
                let inner = inside(tables, sequence.up, step.table);
                step.filter.iter().for_each(|filter| all(filter, &inner, visit));
            }
        }
        _ => walk::parts(expr, &mut |part| all(part, tables, visit)),
    }
}

fn tidy(numbers: &mut Vec<u64>) {
    numbers.sort_unstable();
    numbers.dedup();
}

/// More leaves than this are not compared, and chains of definitions deeper than that not followed.
const MOST: usize = 80;
const DEEPEST: usize = 200;

/// The definitions that a definition names.
fn used_by(def: &Def) -> Vec<DefId> {
    let mut used = Vec::new();
    walk::of_def(&def.kind, &mut |whole| walk::all(whole, &mut |part| uses(part, &mut used)));
    if let DefKind::Score(score) = &def.kind {
        for line in &score.lines {
            if let ScoreLineKind::Per(records) = &line.kind {
                used.extend(records.member_of);
            }
        }
    }
    if let DefKind::Funnel(steps) = &def.kind {
        used.extend(steps);
    }
    used.sort_unstable();
    used.dedup();
    used
}

fn uses(part: &Expr, used: &mut Vec<DefId>) {
    match &part.kind {
        ExprKind::Get { target: Target::Def(def), .. } => used.push(*def),
        ExprKind::Was { term, .. } | ExprKind::Became { term, .. } => used.push(*term),
        ExprKind::Aggregate(aggregate) => used.extend(aggregate.records.member_of),
        _ => {}
    }
}

/// A footprint that was made now.
#[derive(Debug)]
pub(crate) struct Made {
    /// The definitions that it names.
    pub uses: Vec<DefId>,
    /// What it rests on.
    pub footprint: Arc<Footprint>,
}

/// Footprints that were made now or before.
pub(crate) struct Footprints<'k> {
    /// Of definitions that were not looked at before.
    pub new: Table<DefId, Made>,
    /// Of the others, by [`DefId`].
    pub before: &'k [Option<Kept>],
}

impl Footprints<'_> {
    /// The footprint of a definition, if it was made.
    pub fn get(&self, id: DefId) -> Option<&Arc<Footprint>> {
        let before = || self.before.get(id.0 as usize)?.as_ref().map(|k| &k.footprint);
        self.new.get(&id).map(|m| &m.footprint).or_else(before)
    }
}

/// The footprint of a definition, made of those that it uses.
pub(crate) fn of_def(lexicon: &Lexicon, id: DefId, known: &mut Footprints, depth: usize) -> Arc<Footprint> {
    if let Some(made) = known.get(id) {
        return made.clone();
    }
    let def = lexicon.def(id);
    let mut made = Footprint { broken: matches!(def.kind, DefKind::Error), ..Footprint::default() };
    let mut lost = depth > DEEPEST;
    let uses = used_by(def);
    if !lost {
        for used in &uses {
            let of = of_def(lexicon, *used, known, depth + 1);
            made.roots.extend_from_slice(&of.roots);
            lost |= of.leaves.is_empty();
            made.broken |= of.broken;
            made.height = made.height.max(of.height.saturating_add(1));
            made.leaves.extend_from_slice(&of.leaves);
        }
        wholes(def, &mut |whole, tables| {
            all(whole, tables, &mut |part, tables| {
                made.broken |= matches!(part.kind, ExprKind::Error);
                root(part, tables, &mut made.roots);
                leaf(part, tables, &mut made.leaves);
            });
        });
        made.leaves.push(number(def.subject));
        tidy(&mut made.roots);
        tidy(&mut made.leaves);
    }
    if depth > DEEPEST {
        made.height = u32::MAX;
    }
    if lost || made.broken || made.leaves.len() > MOST {
        made.leaves.clear();
    } else {
        made.mark = Some(number(&made.leaves));
    }
    let made = Arc::new(made);
    known.new.insert(id, Made { uses, footprint: made.clone() });
    made
}

/// The field or table that a part reads.
fn root(part: &Expr, tables: Tables, out: &mut Vec<u64>) {
    match &part.kind {
        ExprKind::Get { up, path, target } => {
            let of = table(tables, *up);
            if !path.is_empty() {
                out.push(number((of, *up, path)));
            }
            match target {
                Target::Field(field) => out.push(number((of, *up, path, field, "field"))),
                Target::Record => out.push(number((of, *up, path))),
                Target::Def(_) => {}
            }
        }
        ExprKind::Aggregate(aggregate) => {
            let records = &aggregate.records;
            out.push(number((records.table, "table")));
            if !records.path.is_empty() {
                out.push(number((table(tables, records.up), records.up, &records.path)));
            }
        }
        ExprKind::Sequence(sequence) => out.extend(sequence.steps.iter().map(|s| number((s.table, "table")))),
        _ => {}
    }
}

fn leaf(part: &Expr, tables: Tables, out: &mut Vec<u64>) {
    root(part, tables, out);
    match &part.kind {
        ExprKind::Compare { op, right, .. } => {
            // `> 5` and `>= 6` cut whole numbers at one place.
            if let ExprKind::Literal(Value::Number(n)) = right.kind {
                let above = matches!(op, CompareOp::Greater | CompareOp::LessEqual) && n.fract() == 0.0;
                out.push(number((if above { n + 1.0 } else { n }).to_bits()));
            }
        }
        ExprKind::Literal(Value::Text(text)) => out.push(number(lead_hir::fold_text(text))),
        ExprKind::Literal(Value::Money(n) | Value::Time(n) | Value::Duration(n)) => out.push(number((n, "size"))),
        ExprKind::Literal(Value::Date(n)) => out.push(number((n, "date"))),
        ExprKind::Matches { pattern, .. } => out.push(number(pattern)),
        ExprKind::Windowed { window, .. } => out.push(number((window.kind, "window"))),
        ExprKind::Aggregate(aggregate) => {
            out.extend(aggregate.records.window.iter().map(|w| number((w.kind, "window"))));
        }
        ExprKind::Was { at, .. } => out.push(number((at, "was"))),
        _ => {}
    }
}

/// The roots of each question that the conditions of a definition ask of its record, and whether one question may answer itself.
fn questions(expr: &Expr, tables: Tables, known: &Footprints, out: &mut Vec<Vec<u64>>, odd: &mut bool) {
    let mut roots = Vec::new();
    match &expr.kind {
        ExprKind::Get { target, .. } => {
            root(expr, tables, &mut roots);
            if let Target::Def(def) = target {
                roots.extend(known.get(*def).map(|f| f.roots.clone()).unwrap_or_default());
            }
        }
        ExprKind::Was { term, .. } | ExprKind::Became { term, .. } => {
            roots.extend(known.get(*term).map(|f| f.roots.clone()).unwrap_or_default());
        }
        ExprKind::Aggregate(aggregate) => {
            root(expr, tables, &mut roots);
            let mut asked = Vec::new();
            let inner = inside(tables, aggregate.records.up, aggregate.records.table);
            let parts = aggregate.records.filter.iter().chain(&aggregate.argument);
            parts.for_each(|p| questions(p, &inner, known, &mut asked, odd));
            *odd |= overlap(&asked);
        }
        ExprKind::Sequence(_) => root(expr, tables, &mut roots),
        ExprKind::Literal(Value::YesNo(_)) => *odd = true,
        ExprKind::Compare { op, left, right } => {
            if goes_either_way(*op, left, right) {
                return questions(left, tables, known, out, odd);
            }
            let small = matches!(right.kind, ExprKind::Literal(Value::Number(n)) if n <= 0.0);
            let listed = matches!(op, CompareOp::In | CompareOp::NotIn) && matches!(left.ty, Ty::OneOf(_));
            *odd |= small || listed || matches!(left.kind, ExprKind::Literal(_));
            walk::parts(expr, &mut |part| questions(part, tables, known, out, odd));
            return;
        }
        _ => {
            walk::parts(expr, &mut |part| questions(part, tables, known, out, odd));
            return;
        }
    }
    tidy(&mut roots);
    out.push(roots);
}

/// Whether a field is compared with values of which some records have one and others do not.
fn goes_either_way(op: CompareOp, left: &Expr, right: &Expr) -> bool {
    if !matches!(left.kind, ExprKind::Get { target: Target::Field(_), .. }) {
        return false;
    }
    match (op, &left.ty, &right.kind) {
        (CompareOp::Equal | CompareOp::NotEqual, Ty::YesNo, ExprKind::Literal(Value::YesNo(_))) => true,
        (CompareOp::In | CompareOp::NotIn, Ty::OneOf(all), ExprKind::List(items)) => {
            let named = |value: &String| {
                let value = lead_hir::fold_text(value);
                let is = |item: &Expr| matches!(&item.kind, ExprKind::Literal(Value::Text(t)) if lead_hir::fold_text(t) == value);
                items.iter().any(is)
            };
            all.iter().any(named) && !all.iter().all(named)
        }
        _ => false,
    }
}

fn overlap(questions: &[Vec<u64>]) -> bool {
    if questions.len() < 2 {
        return false;
    }
    let mut all: Vec<u64> = questions.concat();
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

/// Whether anything could be found in a definition.
pub(crate) fn is_worth_a_proof(lexicon: &Lexicon, id: DefId, known: &Footprints) -> bool {
    let def = lexicon.def(id);
    let (mut all, mut odd) = (Vec::new(), false);
    if known.get(id).is_none_or(|f| f.broken) {
        return false;
    }
    match &def.kind {
        DefKind::Funnel(steps) => return steps.len() > 1,
        DefKind::Choice(choice) if choice.lines.iter().all(|l| l.condition.is_some()) => return true,
        DefKind::Choice(choice) => {
            let own: Vec<TableId> = def.subject.into_iter().collect();
            choice.lines.iter().flat_map(|l| &l.condition).for_each(|c| questions(c, &own, known, &mut all, &mut odd));
        }
        DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => return false,
        // Its lines are added up, whatever they have in common.
        DefKind::Score(_) => {
            let mut any = false;
            wholes(def, &mut |whole, tables| {
                all.clear();
                questions(whole, tables, known, &mut all, &mut odd);
                any |= overlap(&all);
            });
            return odd || any;
        }
        _ => wholes(def, &mut |whole, tables| questions(whole, tables, known, &mut all, &mut odd)),
    }
    odd || overlap(&all)
}
