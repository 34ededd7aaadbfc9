//! All statements of a lexicon in steps: each query with a name on its own, shared by every statement that reads it. For
//! engines that copy a query to each place that names it.

use std::collections::{BTreeSet, HashMap};

use lead_diag::Diagnostic;
use lead_hir::hir::{Def, DefId, Lexicon};
use lead_plan::Planner;

use super::measure::aggregates;
use super::{AsOf, Compiled, Compiler, Options, SOME_TIME, Wrong, asked, moments, source, stem, title};
use crate::ir::{Cte, Item, Relation, Select, Sql, Statement, walk};
use crate::print;
use crate::rewrite;

/// A step may stand on so many others that are not kept, one on the other; one more is kept. Engines that copy queries to each place that
/// names them take the longer to plan such a chain the more they have planned of it.
const DEPTH: usize = 12;

/// A query with a name; those before it are at hand under their names.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Whether to work it out once and keep its rows: several others read it, and it is more than what it reads, taken over row by row.
    pub kept: bool,
    /// Its text.
    pub sql: String,
}

/// Statements in steps.
#[derive(Clone, Debug)]
pub struct Steps {
    /// What works out the times that windows begin and end with; the last of them has one row, whose columns are parameters of
    /// everything else, as `:name`. None where the as-of time is written out.
    pub moments: Vec<Step>,
    /// In order.
    pub steps: Vec<Step>,
    /// The statements, which read steps.
    pub answers: Vec<Compiled>,
}

/// The statements of the definitions that are wanted, in steps. Where the as-of time is open, it is the parameter that the target names.
///
/// # Errors
/// What the dialect lacks (L0901), with its place.
pub fn in_steps(
    lexicon: &Lexicon,
    options: &Options<'_>,
    wanted: &(dyn Fn(&Def) -> bool + Sync),
) -> Result<Steps, Vec<Diagnostic>> {
    lead_plan::on_a_deep_stack(|| all(lexicon, options, wanted)).map_err(|diagnostic| vec![*diagnostic])
}

fn all(lexicon: &Lexicon, options: &Options<'_>, wanted: &(dyn Fn(&Def) -> bool + Sync)) -> Result<Steps, Wrong> {
    let asked = asked(lexicon, wanted);
    let mut planner = Planner::new(lexicon, if let AsOf::At(t) = options.as_of { t } else { SOME_TIME });
    // A funnel is an answer of its records as well.
    let mut defs: Vec<DefId> = asked.iter().flat_map(|a| a.1.iter().copied()).collect();
    let mut seen = BTreeSet::new();
    defs.retain(|d| seen.insert(*d));
    defs.iter().for_each(|d| planner.want_def(*d));
    let plan = planner.finish();
    let mut compiler = Compiler::new(lexicon, &plan, options);
    compiler.parameters = true;
    compiler.steps()?;
    let (mut bodies, mut columns) = (Vec::new(), Vec::new());
    for (subject, defs) in &asked {
        let (body, own) = compiler.answers(*subject)?;
        bodies.push(body);
        columns.push((*subject, defs.clone(), own));
    }
    let d = options.dialect;
    let moments = compiler.moments_ctes()?;
    let mut ctes = std::mem::take(&mut compiler.ctes);
    source::without_unused(&mut ctes, &bodies, &compiler.folded_columns());
    if !d.has_stars() {
        ctes = rewrite::spelled_out(Statement { ctes, ..Statement::default() }).ctes;
    }
    let kept = kept(&ctes, &bodies);
    let step = |cte: &Cte, kept: bool| Step { name: cte.name.clone(), kept, sql: print::step(cte, d) };
    let answers = columns.into_iter().zip(bodies).map(|((subject, defs, columns), body)| {
        let comment = vec![format!("{}.", title(lexicon, subject))];
        let sql = print::statement(&Statement { comment, ctes: Vec::new(), body }, d);
        Compiled { subject, name: stem(lexicon, subject), columns, defs, sql, copies: 1 }
    });
    Ok(Steps {
        answers: answers.collect(),
        moments: moments.iter().map(|c| step(c, c.name == moments::MOMENTS)).collect(),
        steps: ctes.iter().map(|c| step(c, kept.contains(&c.name))).collect(),
    })
}

/// The steps that are worth keeping: what several others read, unless it takes over row by row what is a table, or kept; else what is worked
/// out grows with every step that reads another twice. And of a chain of steps that are not kept one in so many.
fn kept(ctes: &[Cte], bodies: &[Select]) -> BTreeSet<String> {
    let mut readers: HashMap<&str, usize> = HashMap::new();
    for select in ctes.iter().flat_map(|c| &c.selects).chain(bodies) {
        reads(select, &mut |name| *readers.entry(name).or_default() += 1);
    }
    let mut out = BTreeSet::new();
    // By step that is not kept: on how many others it stands, and whether it is made row by row of a table or of what is kept.
    let mut loose: HashMap<&str, (usize, bool)> = HashMap::new();
    for cte in ctes {
        let (mut depth, mut plain) =
            (1, !cte.recursive && matches!(cte.selects.as_slice(), [one] if is_row_by_row(one)));
        for select in &cte.selects {
            reads(select, &mut |name| {
                let below = loose.get(name).copied().unwrap_or((0, true));
                depth = depth.max(below.0 + 1);
                plain &= below.1;
            });
        }
        let many = readers.get(cte.name.as_str()).copied().unwrap_or(0);
        if many > 1 && !plain || many > 0 && depth > DEPTH {
            out.insert(cte.name.clone());
        } else {
            loose.insert(&cte.name, (depth, plain));
        }
    }
    out
}

/// Calls `f` with each step that a select reads.
fn reads<'s>(select: &'s Select, f: &mut dyn FnMut(&'s str)) {
    let relations = select.from.iter().map(|(r, _)| r).chain(select.joins.iter().map(|j| &j.relation));
    for relation in relations {
        if let Relation::Query(name) = relation {
            f(name);
        }
    }
    for condition in &select.filter {
        if let Sql::Exists(inner) = condition {
            reads(inner, f);
        }
    }
}

/// Whether each row of a select is made of one row of one relation.
fn is_row_by_row(select: &Select) -> bool {
    if select.distinct || !select.joins.is_empty() || !select.group.is_empty() || select.from.is_none() {
        return false;
    }
    let mut plain = !select.filter.iter().any(|f| matches!(f, Sql::Exists(_)));
    for item in &select.items {
        if let Item::Value { value, .. } = item {
            walk(value, &mut |sql| {
                plain &= match sql {
                    Sql::Template(_, _, text, _) if text.contains(" OVER (") => false,
                    Sql::Filtered(..) => false,
                    sql => !aggregates(sql),
                };
            });
        }
    }
    plain
}
