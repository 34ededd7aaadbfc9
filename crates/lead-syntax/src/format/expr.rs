//! Expressions on the page: on one line if they fit, else broken at their loosest signs.

use std::borrow::Cow;

use super::lines::{INDENT, Page, WIDTH, Wide};
use crate::ast::{
    Aggregate, AggregateBody, Expr, ExprKind, Literal, Moment, MomentKind, Name, Path, Records, SequenceStep, Window,
    WindowKind,
};
use crate::debug::{arithmetic_sign, period};

/// Longer than this, an expression is not tried on one line; keeps the work in proportion to the text.
const FLAT_LIMIT: usize = 4 * WIDTH;

impl Page<'_> {
    /// A name as it is written, with single blanks.
    pub fn name<'n>(&self, name: &'n Name) -> Cow<'n, str> {
        if name.quoted {
            return Cow::Owned(format!("`{}`", name.text));
        }
        let bytes = name.text.as_bytes();
        let one_blank = |w: &[u8]| !matches!(w, [b' ', b' ']);
        if bytes.is_ascii() && !bytes.contains(&b'\t') && bytes.windows(2).all(one_blank) {
            return Cow::Borrowed(&name.text);
        }
        let words = name.text.split([' ', '\t', '\u{A0}']).filter(|w| !w.is_empty());
        Cow::Owned(words.collect::<Vec<_>>().join(" "))
    }

    pub fn path<'n>(&self, path: &'n Path) -> Cow<'n, str> {
        match path.names.as_slice() {
            [name] => self.name(name),
            names => Cow::Owned(names.iter().map(|n| self.name(n)).collect::<Vec<_>>().join(".")),
        }
    }

    fn literal(&self, literal: &Literal) -> &str {
        self.old(literal.span)
    }

    /// The whole expression on one line, or nothing if it is far too long for one.
    pub fn flat(&self, expr: &Expr) -> Option<String> {
        let mut out = String::with_capacity(self.old(expr.span).len().min(FLAT_LIMIT) + WIDTH / 4);
        self.flat_into(&mut out, expr)?;
        Some(out)
    }

    fn flat_into(&self, out: &mut String, expr: &Expr) -> Option<()> {
        if out.len() > FLAT_LIMIT {
            return None;
        }
        match &expr.kind {
            ExprKind::Literal(_) => out.push_str(self.old(expr.span)),
            ExprKind::Error => out.push_str(self.old(expr.span)),
            ExprKind::Now => out.push_str("now"),
            ExprKind::Today => out.push_str("today"),
            ExprKind::Period(window) => out.push_str(&self.period_words(window, true)),
            ExprKind::List(items) => {
                out.push('[');
                self.flat_items(out, items)?;
                out.push(']');
            }
            ExprKind::Path(path) => out.push_str(&self.path(path)),
            ExprKind::Call { function, args } => {
                out.push_str(&self.name(function));
                out.push('(');
                self.flat_items(out, args)?;
                out.push(')');
            }
            ExprKind::Aggregate(aggregate) => {
                out.push_str(&aggregate_head(aggregate));
                self.flat_body(out, &aggregate.body)?;
                out.push(')');
            }
            ExprKind::Paren(inner) => {
                out.push('(');
                self.flat_into(out, inner)?;
                out.push(')');
            }
            ExprKind::Not(inner) => {
                out.push_str("not ");
                self.flat_into(out, inner)?;
            }
            ExprKind::Negate(inner) => {
                out.push('-');
                self.flat_into(out, inner)?;
            }
            ExprKind::Arithmetic { op, left, right, .. } => self.flat_pair(out, left, arithmetic_sign(*op), right)?,
            ExprKind::Compare { op, left, right, .. } => self.flat_pair(out, left, op.text(), right)?,
            ExprKind::Between { value, low, high } => {
                self.flat_pair(out, value, "between", low)?;
                out.push_str(" and ");
                self.flat_into(out, high)?;
            }
            ExprKind::IsKnown { value, unknown } => {
                self.flat_into(out, value)?;
                out.push_str(if *unknown { " is unknown" } else { " is known" });
            }
            ExprKind::IsTerm { record, negated, term } => {
                self.flat_into(out, record)?;
                out.push_str(if *negated { " is not " } else { " is " });
                out.push_str(&self.name(term));
            }
            ExprKind::And(items) => self.flat_chain(out, items, " and ")?,
            ExprKind::Or(items) => self.flat_chain(out, items, " or ")?,
            ExprKind::Windowed { value, window } => {
                self.flat_into(out, value)?;
                out.push(' ');
                out.push_str(&self.window(window));
            }
            ExprKind::Was { term, at } => {
                let on = if matches!(at.kind, MomentKind::Ago(_)) { "" } else { "on " };
                out.push_str(&format!("was {} {on}{}", self.path(term), self.moment(at)));
            }
            ExprKind::Became { term } => out.push_str(&format!("became {}", self.path(term))),
        }
        Some(())
    }

    fn flat_pair(&self, out: &mut String, left: &Expr, sign: &str, right: &Expr) -> Option<()> {
        self.flat_into(out, left)?;
        out.push(' ');
        out.push_str(sign);
        out.push(' ');
        self.flat_into(out, right)
    }

    fn flat_chain(&self, out: &mut String, items: &[Expr], word: &str) -> Option<()> {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                out.push_str(word);
            }
            self.flat_into(out, item)?;
        }
        Some(())
    }

    fn flat_items(&self, out: &mut String, items: &[Expr]) -> Option<()> {
        self.flat_chain(out, items, ", ")
    }

    fn flat_body(&self, out: &mut String, body: &AggregateBody) -> Option<()> {
        match body {
            AggregateBody::Records(records) => self.flat_records_into(out, records),
            AggregateBody::Sequence { steps, window } => {
                for (i, step) in steps.iter().enumerate() {
                    let last = if i + 1 == steps.len() { window.as_ref() } else { None };
                    out.push_str(&self.step_head(i, step, last));
                    if let Some(filter) = &step.filter {
                        out.push_str(" where ");
                        self.flat_into(out, filter)?;
                    }
                }
                Some(())
            }
        }
    }

    fn step_head(&self, i: usize, step: &SequenceStep, window: Option<&Window>) -> String {
        let mut out = String::new();
        if i > 0 {
            out.push_str(" then ");
        }
        if let Some(within) = &step.within {
            out.push_str(&format!("within {} ", self.literal(within)));
        }
        out.push_str(&self.path(&step.event));
        if let Some(window) = window {
            out.push(' ');
            out.push_str(&self.window(window));
        }
        out
    }

    /// `page view within 30d via role where …` on one line.
    pub fn flat_records(&self, records: &Records) -> Option<String> {
        let mut out = String::new();
        self.flat_records_into(&mut out, records)?;
        Some(out)
    }

    fn flat_records_into(&self, out: &mut String, records: &Records) -> Option<()> {
        self.flat_into(out, &records.target)?;
        out.push_str(&self.records_options(records));
        if let Some(filter) = &records.filter {
            out.push_str(" where ");
            self.flat_into(out, filter)?;
        }
        Some(())
    }

    fn records_options(&self, records: &Records) -> String {
        let mut out = String::new();
        if let Some(window) = &records.window {
            out.push(' ');
            out.push_str(&self.window(window));
        }
        if let Some(via) = &records.via {
            out.push_str(" via ");
            out.push_str(&self.name(via));
        }
        out
    }

    /// The words of a period, of `within …` or alone.
    fn period_words(&self, window: &Window, alone: bool) -> String {
        match &window.kind {
            WindowKind::Period(found) => {
                let mut out = String::new();
                period(&mut out, *found);
                out
            }
            WindowKind::WithinNext(length) => format!("next {}", self.literal(length)),
            WindowKind::Within(length) if alone => format!("last {}", self.literal(length)),
            WindowKind::Within(length) => self.literal(length).to_string(),
            WindowKind::Named(name) => self.name(name).into_owned(),
            _ => self.old(window.span).to_string(),
        }
    }

    /// `within 90d`
    pub fn window(&self, window: &Window) -> String {
        match &window.kind {
            WindowKind::Since(at) => format!("since {}", self.moment(at)),
            WindowKind::Before(at) => format!("before {}", self.moment(at)),
            WindowKind::Between(from, to) => format!("between {} and {}", self.moment(from), self.moment(to)),
            WindowKind::BetweenAgo(from, to) => {
                format!("between {} and {} ago", self.literal(from), self.literal(to))
            }
            WindowKind::MoreThanAgo(length) => format!("more than {} ago", self.literal(length)),
            _ => format!("within {}", self.period_words(window, false)),
        }
    }

    /// `90d ago`, `2026-01-01`
    pub fn moment(&self, moment: &Moment) -> String {
        match &moment.kind {
            MomentKind::Ago(length) => format!("{} ago", self.literal(length)),
            MomentKind::Ahead(length) => format!("in {}", self.literal(length)),
            MomentKind::At(at) => self.literal(at).to_string(),
            MomentKind::Today => "today".to_string(),
            MomentKind::Now => "now".to_string(),
            MomentKind::Named(name) => self.name(name).into_owned(),
        }
    }

    /// Writes an expression; what does not fit on the line is broken, its further lines at `indent`. `tail` is the
    /// width of what must still follow on its last line.
    pub fn expr(&mut self, expr: &Expr, indent: usize, tail: usize) {
        if !self.has_comment(expr.span)
            && let Some(flat) = self.flat(expr)
            && self.column() + flat.width() + tail <= WIDTH
        {
            return self.push(&flat, expr.span.end);
        }
        match &expr.kind {
            ExprKind::Or(items) => self.chain(items, "or ", indent, tail),
            ExprKind::And(items) => self.chain(items, "and ", indent, tail),
            ExprKind::Windowed { value, window } => {
                let words = self.window(window);
                self.expr(value, indent, words.width() + 1 + tail);
                let broken = matches!(value.kind, ExprKind::And(_));
                if broken || self.column() + 1 + words.width() + tail > WIDTH {
                    self.begin(indent, window.span.start);
                } else {
                    self.sign(" ");
                }
                self.push(&words, window.span.end);
            }
            ExprKind::Not(inner) => {
                self.sign("not ");
                self.expr(inner, indent, tail);
            }
            ExprKind::Negate(inner) => {
                self.sign("-");
                self.expr(inner, indent, tail);
            }
            ExprKind::Paren(inner) => {
                self.sign("(");
                self.begin(indent + INDENT, inner.span.start);
                self.expr(inner, indent + INDENT, 0);
                self.close(")", indent, expr);
            }
            ExprKind::List(items) => {
                self.sign("[");
                self.items(items, indent);
                self.close("]", indent, expr);
            }
            ExprKind::Call { function, args } if !args.is_empty() => {
                let head = format!("{}(", self.name(function));
                self.sign(&head);
                self.items(args, indent);
                self.close(")", indent, expr);
            }
            ExprKind::Aggregate(aggregate) => {
                self.sign(&aggregate_head(aggregate));
                self.body(&aggregate.body, indent);
                self.push(")", expr.span.end);
            }
            ExprKind::Arithmetic { op, op_span, left, right } => {
                let sign = arithmetic_sign(*op);
                if self.signs_begin_lines {
                    self.expr(left, indent, 2);
                    self.push(&format!(" {sign}"), op_span.end);
                    self.begin(indent, right.span.start);
                } else {
                    self.expr(left, indent, 0);
                    self.begin(indent, op_span.start);
                    self.push(&format!("{sign} "), op_span.end);
                }
                self.expr(right, indent, tail);
            }
            ExprKind::Compare { op, left, right, .. } => {
                self.expr(left, indent, 0);
                self.sign(&format!(" {} ", op.text()));
                self.expr(right, indent, tail);
            }
            ExprKind::Between { value, low, high } => {
                self.expr(value, indent, 0);
                self.sign(" between ");
                self.expr(low, indent, 0);
                self.sign(" and ");
                self.expr(high, indent, tail);
            }
            _ => {
                let flat = self.flat(expr).unwrap_or_else(|| self.old(expr.span).to_string());
                self.push(&flat, expr.span.end);
            }
        }
    }

    fn close(&mut self, sign: &str, indent: usize, expr: &Expr) {
        self.begin(indent, expr.span.end.saturating_sub(1));
        self.push(sign, expr.span.end);
    }

    /// A chain, one operand a line. What is looser inside an operand is in parentheses anyway.
    fn chain(&mut self, items: &[Expr], word: &str, indent: usize, tail: usize) {
        let last = items.len().saturating_sub(1);
        for (i, item) in items.iter().enumerate() {
            let inner = if i == 0 && word == "and " { indent } else { indent + INDENT };
            if i > 0 {
                self.begin(indent, item.span.start);
                self.sign(word);
            }
            self.expr(item, inner, if i == last { tail } else { 0 });
        }
    }

    fn items(&mut self, items: &[Expr], indent: usize) {
        let last = items.len().saturating_sub(1);
        for (i, item) in items.iter().enumerate() {
            self.begin(indent + INDENT, item.span.start);
            self.expr(item, indent + 2 * INDENT, 1);
            if i != last {
                self.sign(",");
            }
        }
    }

    fn body(&mut self, body: &AggregateBody, indent: usize) {
        match body {
            AggregateBody::Records(records) => self.records(records, indent, 1),
            AggregateBody::Sequence { steps, window } => {
                for (i, step) in steps.iter().enumerate() {
                    let last = if i + 1 == steps.len() { window.as_ref() } else { None };
                    if i > 0 {
                        self.begin(indent + INDENT, step.span.start);
                    }
                    let head = self.step_head(i, step, last);
                    self.push(head.trim_start(), step.event.span.end);
                    if let Some(filter) = &step.filter {
                        self.sign(" where ");
                        self.expr(filter, indent + 2 * INDENT, 1);
                    }
                }
            }
        }
    }

    /// The records of an aggregate or of a line of a score, `where` on a line of its own.
    pub fn records(&mut self, records: &Records, indent: usize, tail: usize) {
        self.expr(&records.target, indent + INDENT, 0);
        let options = self.records_options(records);
        let window_end = records.window.as_ref().map_or(0, |w| w.span.end);
        let via_end = records.via.as_ref().map_or(0, |v| v.span.end);
        self.push(&options, window_end.max(via_end));
        if let Some(filter) = &records.filter {
            self.begin(indent + INDENT, filter.span.start);
            self.sign("where ");
            self.expr(filter, indent + 2 * INDENT, tail);
        }
    }
}

fn aggregate_head(aggregate: &Aggregate) -> String {
    let distinct = if aggregate.distinct { "distinct " } else { "" };
    format!("{}({distinct}", aggregate.function.word())
}
