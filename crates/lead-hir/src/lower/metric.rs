//! Metrics: measurements over all records, split by dimensions that are asked of each aggregate's record (D40).

use lead_diag::{Applicability, Diagnostic, Fix, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast};

use super::body::Body;
use super::collection::paths_in;
use super::lookup::Member;
use super::unknown::needs_backticks;
use crate::hir::{DefKind, Dimension, Expr, ExprKind, Metric, Name, TableId, Ty};
use crate::index::{Role, Target};
use crate::walk;

impl<'a> Body<'_, 'a> {
    pub fn metric(&mut self, metric: &'a ast::Metric) -> (DefKind, Ty) {
        let names = self.dimension_names(metric);
        if let Some(own) = self.own {
            for (i, dimension) in metric.by.iter().enumerate() {
                if let Some(name) = &dimension.name {
                    self.cx.note(name.span, Target::Dimension(own, i as u32), Role::Declaration);
                }
            }
        }
        self.by = Some(&metric.by);
        self.by_types = vec![None; metric.by.len()];
        let expr = self.expr(&metric.expr);
        self.by = None;
        if expr.ty == Ty::Error {
            return (DefKind::Error, Ty::Error);
        }
        let mut measured = false;
        walk::all(&expr, &mut |part| measured |= matches!(part.kind, ExprKind::Aggregate(_)));
        if !measured {
            self.report(
                Diagnostic::new(codes::BAD_METRIC, format!("`{}` measures no records", metric.name.text))
                    .label(expr.span, "nothing is counted or summed")
                    .help(
                        "a metric is made of measurements over all records, such as `sum(spend.amount) / count(lead)`",
                    ),
            );
            return (DefKind::Error, Ty::Error);
        }
        if !matches!(expr.ty, Ty::Number | Ty::Percent | Ty::Money | Ty::Duration | Ty::Date | Ty::Time) {
            let what = self.cx.describe(&expr.ty);
            let mut found = Diagnostic::new(codes::BAD_METRIC, format!("`{}` is no measure", metric.name.text))
                .label(expr.span, format!("this is {what}"));
            found = if expr.ty == Ty::YesNo {
                found.help("count the records, `count(… where …)`, or make it a term")
            } else {
                found.help("a metric is a number, an amount of money, a length of time, a date or a time")
            };
            self.report(found);
            return (DefKind::Error, Ty::Error);
        }
        let ty = expr.ty.clone();
        let types = std::mem::take(&mut self.by_types);
        let by = names
            .into_iter()
            .zip(types)
            .map(|(name, ty)| Dimension { name, ty: ty.map_or(Ty::Error, |(ty, _)| ty) })
            .collect();
        (DefKind::Metric(Metric { expr, by }), ty)
    }

    fn dimension_names(&mut self, metric: &ast::Metric) -> Vec<Name> {
        let mut names: Vec<(Name, Span)> = Vec::new();
        for dimension in &metric.by {
            let text = match &dimension.name {
                Some(name) => name.text.clone(),
                None => written(&dimension.expr).unwrap_or_else(|| format!("by {}", names.len() + 1)),
            };
            let name = Name { key: ast::fold_name(&text), text };
            let span = dimension.name.as_ref().map_or(dimension.expr.span, |n| n.span);
            if let Some((_, first)) = names.iter().find(|(n, _)| n.key == name.key) {
                self.report(
                    Diagnostic::new(
                        codes::BAD_METRIC,
                        format!("two columns of this metric are called `{}`", name.text),
                    )
                    .label(span, "and again here")
                    .label(*first, "here")
                    .help("give one of them another name: `… as quarter`"),
                );
            }
            names.push((name, span));
        }
        names.into_iter().map(|(name, _)| name).collect()
    }

    /// The dimensions asked of a record of one aggregate, which is the innermost record here; `None`: reported.
    pub fn dimensions(&mut self, dimensions: &[ast::Dimension], table: TableId, aggregate: Span) -> Option<Vec<Expr>> {
        let mut lowered = Vec::new();
        let mut fine = true;
        for (i, dimension) in dimensions.iter().enumerate() {
            if self.dimension_is_missing(&dimension.expr, table, aggregate) {
                fine = false;
                continue;
            }
            let expr = self.expr(&dimension.expr);
            let expr = self.keyed_record(expr);
            if expr.ty == Ty::Error {
                fine = false;
                continue;
            }
            fine &= self.dimension_type(i, &expr, table);
            lowered.push(expr);
        }
        fine.then_some(lowered)
    }

    fn dimension_is_missing(&mut self, expr: &ast::Expr, table: TableId, aggregate: Span) -> bool {
        let mut paths = Vec::new();
        paths_in(expr, &mut paths);
        for path in paths {
            let Some(name) = path.names.first() else { continue };
            if self.look_up(name).is_some() {
                continue;
            }
            let table_name = self.cx.table_name(table).to_string();
            let found = Diagnostic::new(
                codes::MISSING_DIMENSION,
                format!("`{table_name}` has no `{}` to be split by", name.text),
            )
            .label(name.span, "asked of every record that is measured")
            .label(aggregate, format!("a {table_name} has none"));
            let key = name.key();
            let home = (0..self.cx.tables.len()).map(|i| TableId(i as u32)).find_map(|t| {
                let chain = self.cx.only_chain(table, t)?;
                self.cx.member(t, &key).map(|m: Member| (t, m, chain))
            });
            self.cx.see_all(super::track::ALL_FIELDS);
            let known: Vec<String> = self.cx.table(table).fields.iter().map(|f| f.name.text.clone()).collect();
            let found = if let Some((_, _, chain)) = home {
                let write = format!("{}.{}", self.cx.chain_text(table, &chain), needs_backticks(&name.text));
                found.help(format!("a {table_name} reaches it as `{write}`; every measurement of the metric must know the name, so define one on each side"))
            } else if let Some(near) = self.cx.nearest(&name.text, known.iter().map(String::as_str)) {
                found.help(format!("did you mean `{}`?", near.name)).fix(Fix::replace(
                    format!("write `{}`", near.name),
                    Applicability::Unsafe,
                    name.span,
                    needs_backticks(&near.name),
                ))
            } else {
                found.help(format!(
                    "declare it as a field of `{table_name}`, or define it as a value below `for {table_name}`"
                ))
            };
            self.report(found);
            return true;
        }
        false
    }

    /// One type for all aggregates.
    fn dimension_type(&mut self, i: usize, expr: &Expr, table: TableId) -> bool {
        if matches!(expr.ty, Ty::List(_) | Ty::Record(_) | Ty::Period) {
            let found = Diagnostic::new(codes::BAD_METRIC, "a metric is split by plain values")
                .label(expr.span, format!("this is {}", self.cx.describe(&expr.ty)));
            self.report(found);
            return false;
        }
        if expr.ty == Ty::Time {
            self.report(
                Diagnostic::new(codes::BAD_METRIC, "split by a time, nearly every record would have a row of its own")
                    .label(expr.span, "this is a time")
                    .help("split by its period: `month(…)`, `quarter(…)` or `fiscal quarter(…)`"),
            );
            return false;
        }
        let plain = |ty: &Ty| match ty {
            Ty::OneOf(_) => Ty::Text,
            Ty::Percent => Ty::Number,
            other => other.clone(),
        };
        let merged = match self.by_types.get(i).cloned().flatten() {
            None => expr.ty.clone(),
            Some((ty, _)) if ty == expr.ty => ty,
            Some((ty, _)) if plain(&ty) == plain(&expr.ty) => plain(&ty),
            Some((ty, _)) => {
                let (a, b) = (self.cx.describe(&ty), self.cx.describe(&expr.ty));
                let name = self.cx.table_name(table).to_string();
                self.report(
                    Diagnostic::new(
                        codes::MISSING_DIMENSION,
                        "the measurements of this metric do not share this dimension",
                    )
                    .label(expr.span, format!("of a {name} this is {b}, of another record {a}"))
                    .help("declare the two fields with one type"),
                );
                return false;
            }
        };
        if let Some(slot) = self.by_types.get_mut(i) {
            *slot = Some((merged, expr.span));
        }
        true
    }
}

/// A dimension as it was written, for its column.
fn written(expr: &ast::Expr) -> Option<String> {
    match &expr.kind {
        Ast::Path(path) => Some(path.names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(".")),
        Ast::Call { function, args } => {
            let args: Option<Vec<String>> = args.iter().map(written).collect();
            Some(format!("{}({})", function.text, args?.join(", ")))
        }
        Ast::Paren(inner) => written(inner),
        _ => None,
    }
}
