//! The `where` of a source: a condition on the headers of a file, before anything has a type.

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, CompareOp, ExprKind};

use super::Cx;
use crate::hir::{SourceFilter, Value};

impl Cx<'_> {
    /// `None`: reported.
    pub(crate) fn source_filter(&mut self, expr: &ast::Expr) -> Option<SourceFilter> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.source_filter(inner),
            ExprKind::Not(inner) => Some(SourceFilter::Not(Box::new(self.source_filter(inner)?))),
            ExprKind::And(parts) => Some(SourceFilter::And(self.source_filters(parts)?)),
            ExprKind::Or(parts) => Some(SourceFilter::Or(self.source_filters(parts)?)),
            ExprKind::Path(_) => {
                let (header, span) = self.header_name(expr)?;
                Some(SourceFilter::Yes { header, span })
            }
            ExprKind::IsKnown { value, unknown } => {
                let (header, span) = self.header_name(value)?;
                Some(SourceFilter::Known { header, negated: *unknown, span })
            }
            ExprKind::Compare { op, left, right, .. } => {
                let (header, span) = self.header_name(left)?;
                let values = self.filter_values(*op, right)?;
                Some(SourceFilter::Compare { header, op: *op, values, span })
            }
            ExprKind::Between { value, low, high } => {
                let (header, span) = self.header_name(value)?;
                let low = self.filter_value(low)?;
                let high = self.filter_value(high)?;
                let bound = |op, value| SourceFilter::Compare { header: header.clone(), op, values: vec![value], span };
                Some(SourceFilter::And(vec![bound(CompareOp::GreaterEqual, low), bound(CompareOp::LessEqual, high)]))
            }
            ExprKind::Error => None,
            _ => self.bad_filter(expr.span, "not a test of a cell"),
        }
    }

    fn source_filters(&mut self, parts: &[ast::Expr]) -> Option<Vec<SourceFilter>> {
        // All are looked at, so that each broken one is reported.
        let parts: Vec<_> = parts.iter().map(|p| self.source_filter(p)).collect();
        parts.into_iter().collect()
    }

    fn header_name(&mut self, expr: &ast::Expr) -> Option<(String, Span)> {
        match &expr.kind {
            ExprKind::Path(path) => {
                let names: Vec<&str> = path.names.iter().map(|n| n.text.as_str()).collect();
                Some((names.join("."), path.span))
            }
            ExprKind::Paren(inner) => self.header_name(inner),
            ExprKind::Error => None,
            _ => self.bad_filter(expr.span, "not the name of a header"),
        }
    }

    fn filter_values(&mut self, op: CompareOp, right: &ast::Expr) -> Option<Vec<Value>> {
        match (op, &right.kind) {
            (CompareOp::In | CompareOp::NotIn, ExprKind::List(items)) => {
                let items: Vec<_> = items.iter().map(|i| self.filter_value(i)).collect();
                items.into_iter().collect()
            }
            (CompareOp::In | CompareOp::NotIn, _) => self.bad_filter(right.span, "not a list in brackets"),
            (CompareOp::Matches, ast::ExprKind::Literal(ast::LiteralKind::Text(pattern))) => {
                self.check_pattern(pattern, right.span).then(|| vec![Value::Text(pattern.as_str().into())])
            }
            _ => Some(vec![self.filter_value(right)?]),
        }
    }

    fn filter_value(&mut self, expr: &ast::Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.filter_value(inner),
            ExprKind::Literal(literal) => match self.literal(literal, expr.span)?.0 {
                Value::Duration(_) => self.bad_filter(expr.span, "a cell is not compared with a length of time"),
                value => Some(value),
            },
            ExprKind::Negate(inner) => match self.filter_value(inner)? {
                Value::Number(n) => Some(Value::Number(-n)),
                Value::Percent(n) => Some(Value::Percent(-n)),
                _ => self.bad_filter(expr.span, "only a number can be negative"),
            },
            ExprKind::Error => None,
            _ => self.bad_filter(expr.span, "not a value written out"),
        }
    }

    fn bad_filter<T>(&mut self, span: Span, what: &str) -> Option<T> {
        self.report(
            Diagnostic::new(codes::BAD_SOURCE_FILTER, "the `where` of a file tests its own cells, and nothing else")
                .label(span, what)
                .help("a test is a header and a value, such as `type = \"visit\"`, `amount > 0` or `email is known`; tests are joined by `and`, `or` and `not`"),
        );
        None
    }
}
