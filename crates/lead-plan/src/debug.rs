//! The plan as text, for `lead debug plan` and snapshots.

use std::fmt::Write;

use lead_hir::hir::{Hop, Lexicon, TableId};

use crate::plan::{Measure, Plan, Scope};

/// Every node and measure, a line each, with names of the lexicon.
pub fn debug(plan: &Plan, lexicon: &Lexicon) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "as of {}", plan.as_of);
    let needs = plan.needs(lexicon);
    for (table, fields) in &needs {
        let names: Vec<&str> = fields.iter().map(|f| lexicon.field(*table, *f).name.text.as_str()).collect();
        let _ = writeln!(out, "read {}: {}", lexicon.table(*table).name.text, names.join(", "));
    }
    for (i, measure) in plan.measures.iter().enumerate() {
        let _ = writeln!(out, "m{i} = {}", measure_text(measure, lexicon));
    }
    for (i, node) in plan.nodes.iter().enumerate() {
        let op = format!("{:?}", node.op).replace("NodeId(", "n(").replace("MeasureId(", "m(");
        let _ = writeln!(out, "n{i} [{}] = {op}", scope_text(node.scope, lexicon));
    }
    for subject in &plan.subjects {
        for (def, node) in &subject.defs {
            let name = &lexicon.def(*def).name.text;
            let _ = writeln!(out, "answer {}: {name} = n{}", lexicon.table(subject.table).name.text, node.0);
        }
    }
    for metric in &plan.metrics {
        let _ = writeln!(out, "metric {} = n{}", lexicon.def(metric.def).name.text, metric.node.0);
    }
    out
}

fn scope_text(scope: Scope, lexicon: &Lexicon) -> String {
    match scope {
        Scope::Table(table) => lexicon.table(table).name.text.clone(),
        Scope::Pair(measure) => format!("pairs of m{}", measure.0),
        Scope::Global => "all".to_string(),
    }
}

fn measure_text(measure: &Measure, lexicon: &Lexicon) -> String {
    let name = |table: TableId| lexicon.table(table).name.text.as_str();
    let mut out = format!("{:?} of {} for {}", measure.kind, name(measure.table), scope_text(measure.subject, lexicon));
    if let (Some(hops), Scope::Table(mut at)) = (&measure.hops, measure.subject) {
        out.push_str(" over");
        for hop in hops {
            match *hop {
                Hop::Forward(field) => {
                    let field = lexicon.field(at, field);
                    let _ = write!(out, " -> {}", field.name.text);
                    if let lead_hir::hir::Ty::Record(next) = field.ty {
                        at = next;
                    }
                }
                Hop::Back(table, field) => {
                    let _ = write!(out, " <- {}.{}", name(table), lexicon.field(table, field).name.text);
                    at = table;
                }
            }
        }
    }
    if let Some(times) = &measure.times {
        let _ = write!(out, " times {}..{}", times.start, times.end);
    }
    if let Some(filter) = measure.filter {
        let _ = write!(out, " where n{}", filter.0);
    }
    if let Some(argument) = measure.argument {
        let _ = write!(out, " of n{}", argument.0);
    }
    if !measure.by.is_empty() {
        let by: Vec<String> = measure.by.iter().map(|id| format!("n{}", id.0)).collect();
        let _ = write!(out, " by {}", by.join(", "));
    }
    out
}
