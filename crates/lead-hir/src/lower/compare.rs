//! Comparisons: which things compare with which (LANGUAGE section 7, D16, D17, D19, D20, D22).

use std::sync::Arc;

use lead_diag::{Applicability, Diagnostic, Fix, Span, codes};
use lead_syntax::ast::{self, LiteralKind};

use super::Cx;
use super::body::{Body, Spot, error, make};
use super::schema::fold_text;
use crate::hir::{CompareOp, Expr, ExprKind, FieldId, TableId, Target, Ty, Value};
use crate::index::{self, Role};
use crate::suggest::list;

/// Things that compare among themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    YesNo,
    Number,
    Percent,
    Money,
    Text,
    Key,
    Time,
    Length,
    List,
    Record,
}

fn class(ty: &Ty) -> Option<Class> {
    Some(match ty {
        Ty::YesNo => Class::YesNo,
        Ty::Number => Class::Number,
        Ty::Percent => Class::Percent,
        Ty::Money => Class::Money,
        Ty::Text | Ty::OneOf(_) => Class::Text,
        Ty::Key => Class::Key,
        Ty::Date | Ty::Time => Class::Time,
        Ty::Duration => Class::Length,
        Ty::List(_) => Class::List,
        Ty::Record(_) => Class::Record,
        Ty::Period | Ty::Error => return None,
    })
}

fn compares(a: Class, b: Class) -> bool {
    use Class::{Key, Money, Number, Percent, Text};
    a == b
        || matches!(
            (a, b),
            (Number, Percent) | (Percent, Number) | (Number, Money) | (Money, Number) | (Text, Key) | (Key, Text)
        )
}

impl Cx<'_> {
    /// Notes a text as a value of a field, if it is in the field's list.
    pub(crate) fn note_listed(&mut self, table: TableId, field: FieldId, values: &[String], text: &str, span: Span) {
        if self.index.is_some() {
            let wanted = fold_text(text);
            if let Some(at) = values.iter().position(|v| fold_text(v) == wanted) {
                self.note(span, index::Target::Value(table, field, at as u32), Role::Use);
            }
        }
    }

    /// Whether a regular expression compiles; if not, it is reported.
    pub(crate) fn check_pattern(&mut self, pattern: &str, span: Span) -> bool {
        let built = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build();
        let what = match built {
            Ok(_) => return true,
            Err(regex::Error::CompiledTooBig(_)) => "it is too large".to_string(),
            Err(other) => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or("").trim_start_matches("error:").trim();
                last.trim_end_matches('.').to_string()
            }
        };
        self.report(
            Diagnostic::new(codes::BAD_PATTERN, "this pattern cannot be read")
                .label(span, what)
                .help("signs such as `(`, `[`, `*`, `+` and `?` have a meaning in patterns; put `\\` before one that is meant as it is, or use `contains`"),
        );
        false
    }
}

impl Body<'_, '_> {
    pub fn compare(&mut self, op: CompareOp, op_span: Span, left: &ast::Expr, right: &ast::Expr, span: Span) -> Expr {
        if op == CompareOp::Matches {
            return self.matches(left, right, span);
        }
        if op == CompareOp::In && self.name_ends_in_in(op_span, left, right) {
            return error(span);
        }
        let l = self.expr(left);
        let r = self.expr(right);
        if l.ty == Ty::Error || r.ty == Ty::Error {
            return error(span);
        }
        let lowered = match op {
            CompareOp::In | CompareOp::NotIn => self.is_in(op, op_span, l, (r, right)),
            CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => self.text_test(op, op_span, l, r),
            _ => self.ordinary(op, op_span, (l, left), (r, right)),
        };
        let Some((l, r)) = lowered else { return error(span) };
        if l.ty == Ty::Duration && r.ty == Ty::Duration {
            self.months_as_length(op, left, right, span);
        }
        make(ExprKind::Compare { op, left: Box::new(l), right: Box::new(r) }, Ty::YesNo, span)
    }

    /// `opted in converted`: where `opted in` is a name, an `and` is missing behind it.
    fn name_ends_in_in(&mut self, op_span: Span, left: &ast::Expr, right: &ast::Expr) -> bool {
        let (ast::ExprKind::Path(path), ast::ExprKind::Path(_)) = (&left.kind, &right.kind) else { return false };
        let [name] = path.names.as_slice() else { return false };
        let longer = ast::Name { text: format!("{} in", name.text), span: name.span.to(op_span), quoted: false };
        if self.look_up(name).is_some() || self.look_up(&longer).is_none() {
            return false;
        }
        let gap = Span { start: op_span.end, end: right.span.start, ..op_span };
        let insert = |word: &str| Fix {
            title: format!("put `{word}` between them"),
            applicability: Applicability::Unsafe,
            edits: vec![lead_diag::Edit { span: gap, text: format!(" {word} ") }],
        };
        self.report(
            Diagnostic::new(codes::MISSING_AND, format!("an `and` is missing behind `{}`", longer.text))
                .label(gap, "nothing joins the two names")
                .label(longer.span, "a name")
                .label(right.span, "another name")
                .help("put an `and` between them, or an `or` where one of them is enough")
                .fix(insert("and"))
                .fix(insert("or")),
        );
        true
    }

    /// L0606: as a length a month is 30.4375 days (D21), which no calendar agrees with.
    fn months_as_length(&mut self, op: CompareOp, left: &ast::Expr, right: &ast::Expr, span: Span) {
        let ast::ExprKind::Literal(LiteralKind::Duration(count, unit)) = unparen(right).kind else { return };
        if !matches!(unit, ast::Unit::Month | ast::Unit::Quarter | ast::Unit::Year) {
            return;
        }
        let length = crate::debug::duration(count, unit);
        let mut found =
            Diagnostic::new(codes::MONTHS_AS_LENGTH, format!("`{length}` is compared as a fixed number of days"))
                .label(right.span, "a month counts 30.4375 days here, whatever the calendar says");
        let window = match op {
            CompareOp::Greater | CompareOp::GreaterEqual => Some(format!("more than {length} ago")),
            CompareOp::Less | CompareOp::LessEqual => Some(format!("within {length}")),
            _ => None,
        };
        found = match (&unparen(left).kind, window) {
            (
                ast::ExprKind::Arithmetic { op: ast::ArithmeticOp::Subtract, left: now, right: time, .. },
                Some(window),
            ) if matches!(now.kind, ast::ExprKind::Now | ast::ExprKind::Today) => found
                .help(format!("a window steps by the calendar: write the time and `{window}` behind it"))
                .fix(Fix {
                    title: format!("write `… {window}`"),
                    applicability: Applicability::Unsafe,
                    edits: vec![
                        lead_diag::Edit { span: Span { end: time.span.start, ..span }, text: String::new() },
                        lead_diag::Edit { span: Span { start: time.span.end, ..span }, text: format!(" {window}") },
                    ],
                }),
            _ => found.help("say it in days, such as `90d`, or test the time by a window, which steps by the calendar"),
        };
        self.report(found);
    }

    fn matches(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Expr {
        let value = self.expr(left);
        let pattern = match &right.kind {
            ast::ExprKind::Literal(LiteralKind::Text(pattern)) => pattern.clone(),
            ast::ExprKind::Error => return error(span),
            _ => {
                self.report(
                    Diagnostic::new(codes::BAD_PATTERN, "a pattern is written out behind `matches`")
                        .label(right.span, "not a text in quotes")
                        .help("write `matches \"^RFQ-[0-9]+\"`"),
                );
                return error(span);
            }
        };
        let fine = self.cx.check_pattern(&pattern, right.span);
        if value.ty == Ty::Error || !fine {
            return error(span);
        }
        if !matches!(class(&value.ty), Some(Class::Text | Class::Key)) {
            let found = Diagnostic::new(codes::UNLIKE_THINGS, "`matches` tests a text")
                .label(value.span, format!("this is {}", self.cx.describe(&value.ty)));
            self.report(found);
            return error(span);
        }
        make(ExprKind::Matches { value: Box::new(value), pattern }, Ty::YesNo, span)
    }

    /// `x between a and b`: both bounds belong to it.
    pub fn between(&mut self, value: &ast::Expr, low: &ast::Expr, high: &ast::Expr, span: Span) -> Expr {
        let least = self.compare(CompareOp::GreaterEqual, low.span, value, low, span);
        if least.ty == Ty::Error {
            // The upper bound may hold another mistake, and would repeat this one.
            return least;
        }
        let most = self.compare(CompareOp::LessEqual, high.span, value, high, span);
        if most.ty == Ty::Error {
            return most;
        }
        make(ExprKind::And(vec![least, most]), Ty::YesNo, span)
    }

    fn ordinary(
        &mut self,
        op: CompareOp,
        op_span: Span,
        l: (Expr, &ast::Expr),
        r: (Expr, &ast::Expr),
    ) -> Option<(Expr, Expr)> {
        let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        let ((l, left), (r, right)) = (l, r);
        let l = self.keyed(l, &r.ty);
        let r = self.keyed(r, &l.ty);
        let r = self.money_beside(r, right, &l.ty);
        let l = self.money_beside(l, left, &r.ty);
        if l.ty == Ty::Error || r.ty == Ty::Error {
            return None;
        }
        let (a, b) = (class(&l.ty)?, class(&r.ty)?);
        let fits = compares(a, b) && !matches!(a, Class::List | Class::Record);
        if !fits {
            self.unlike(op_span, &l, &r);
            return None;
        }
        if !equality && matches!(a, Class::Text | Class::Key | Class::YesNo) {
            let yes_no = a == Class::YesNo;
            let what = if yes_no { "a yes or no has" } else { "texts have" };
            let help = if yes_no {
                "name it alone, or with `not` before it"
            } else {
                "compare with `=` or `!=`; a number that stands in a text column is declared as `number`"
            };
            let found = Diagnostic::new(
                codes::UNLIKE_THINGS,
                format!("{what} no order, so `{}` cannot compare them", op.text()),
            )
            .label(op_span, "compares sizes")
            .label(l.span, format!("this is {}", self.cx.describe(&l.ty)))
            .help(help);
            self.report(found);
            return None;
        }
        self.listed(&l, &r)?;
        self.listed(&r, &l)?;
        Some((l, r))
    }

    /// A record beside a text or another record is compared by its key (D17).
    fn keyed(&mut self, expr: Expr, other: &Ty) -> Expr {
        let Ty::Record(table) = expr.ty else { return expr };
        if !matches!(other, Ty::Text | Ty::OneOf(_) | Ty::Key) && *other != expr.ty {
            return expr;
        }
        match (&expr.kind, self.cx.table(table).key) {
            (ExprKind::Get { up, path, target: Target::Record }, Some(key)) => {
                let spot = Spot { up: *up, path: path.clone(), table };
                spot.get(Target::Field(key), Ty::Key, expr.span)
            }
            _ => expr,
        }
    }

    fn money_beside(&mut self, expr: Expr, from: &ast::Expr, other: &Ty) -> Expr {
        if *other == Ty::Money { self.in_money(expr, Some(from)) } else { expr }
    }

    fn is_in(&mut self, op: CompareOp, op_span: Span, l: Expr, (r, right): (Expr, &ast::Expr)) -> Option<(Expr, Expr)> {
        let Ty::List(item) = r.ty.clone() else {
            let found = Diagnostic::new(codes::UNLIKE_THINGS, format!("`{}` wants a list", op.text()))
                .label(r.span, format!("this is {}", self.cx.describe(&r.ty)))
                .help("write the values in brackets, `in [\"a\", \"b\"]`, or compare with `=`");
            self.report(found);
            return None;
        };
        if let Ty::List(_) = l.ty {
            let found = Diagnostic::new(
                codes::UNLIKE_THINGS,
                format!("`{}` asks where one value stands, and this holds several", op.text()),
            )
            .label(l.span, format!("this is {}", self.cx.describe(&l.ty)))
            .help("ask for each value: `interests contains \"a\" or interests contains \"b\"`");
            self.report(found);
            return None;
        }
        let l = self.keyed(l, &item);
        let (r, item) = match (&l.ty, &*item, &r.kind) {
            (Ty::Money, Ty::Number, ExprKind::List(items)) => {
                let from: &[ast::Expr] = if let ast::ExprKind::List(from) = &unparen(right).kind { from } else { &[] };
                let items = items.iter().enumerate().map(|(i, x)| self.in_money(x.clone(), from.get(i))).collect();
                (make(ExprKind::List(items), Ty::List(Box::new(Ty::Money)), r.span), Ty::Money)
            }
            (_, item, _) => (r.clone(), item.clone()),
        };
        let fits = match (class(&l.ty), class(&item)) {
            (Some(a), Some(b)) => compares(a, b) && (a == Class::Money) == (b == Class::Money) && a != Class::Record,
            _ => false,
        };
        if !fits {
            self.unlike(op_span, &l, &r);
            return None;
        }
        self.all_listed(&l, &r)?;
        Some((l, r))
    }

    /// Each item of a list of texts against the list of a `one of`; the list may be that of a value.
    fn all_listed(&mut self, l: &Expr, r: &Expr) -> Option<()> {
        let mut fine = Some(());
        let items: Vec<Expr> = match &r.kind {
            ExprKind::List(items) => items.clone(),
            ExprKind::Get { target: Target::Def(def), .. } => match &self.cx.def(*def).kind {
                crate::hir::DefKind::Value(Expr { kind: ExprKind::List(items), .. }) => items.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        // The items of a value are noted where they are written, not where the value is used.
        let own = |item: &Expr| r.span.start <= item.span.start && item.span.end <= r.span.end;
        for item in &items {
            let fine_here = if own(item) && item.span.file == r.span.file {
                self.listed(l, item)
            } else {
                self.listed_elsewhere(l, item)
            };
            if fine_here.is_none() {
                fine = None;
            }
        }
        fine
    }

    fn text_test(&mut self, op: CompareOp, op_span: Span, l: Expr, r: Expr) -> Option<(Expr, Expr)> {
        if let (Ty::List(item), CompareOp::Contains) = (&l.ty, op) {
            let fits = matches!((class(item), class(&r.ty)), (Some(a), Some(b)) if compares(a, b) && a != Class::Money);
            if !fits {
                self.unlike(op_span, &l, &r);
                return None;
            }
            let one = Expr { ty: (**item).clone(), ..l.clone() };
            self.listed(&one, &r)?;
            return Some((l, r));
        }
        if let Ty::List(_) = r.ty {
            let found = Diagnostic::new(codes::UNLIKE_THINGS, format!("`{}` tests for one text at a time", op.text()))
                .label(r.span, "several texts")
                .help(format!("join the tests: `… {0} \"a\" or … {0} \"b\"`", op.text()));
            self.report(found);
            return None;
        }
        let text = |ty: &Ty| matches!(class(ty), Some(Class::Text | Class::Key));
        if !text(&l.ty) || !text(&r.ty) {
            let odd = if text(&l.ty) { &r } else { &l };
            let found = Diagnostic::new(codes::UNLIKE_THINGS, format!("`{}` tests a text for a text", op.text()))
                .label(odd.span, format!("this is {}", self.cx.describe(&odd.ty)))
                .help(if text(&l.ty) {
                    "put the text in quotes"
                } else {
                    "numbers and times are compared with `=`, `<` or `>`"
                });
            self.report(found);
            return None;
        }
        Some((l, r))
    }

    /// A text written out beside a `one of` must be in its list (LANGUAGE section 3). `None`: reported.
    pub fn listed(&mut self, side: &Expr, other: &Expr) -> Option<()> {
        let (Ty::OneOf(values), ExprKind::Literal(Value::Text(text))) = (&side.ty, &other.kind) else {
            return Some(());
        };
        let name = match &side.kind {
            ExprKind::Get { target: Target::Field(_), .. } | ExprKind::Get { target: Target::Def(_), .. } => {
                self.name_of(side)
            }
            _ => None,
        };
        self.note_value(side, values, text, other.span);
        self.check_listed(values, text, other.span, name.as_deref())
    }

    /// As [`Self::listed`], of an item that is written in another definition.
    fn listed_elsewhere(&mut self, side: &Expr, item: &Expr) -> Option<()> {
        let index = self.cx.index.take();
        let fine = self.listed(side, item);
        self.cx.index = index;
        fine
    }

    /// Notes a text written out as the value of a field that it is compared with.
    fn note_value(&mut self, side: &Expr, values: &[String], text: &str, span: Span) {
        if self.cx.index.is_none() {
            return;
        }
        let ExprKind::Get { up, path, target: Target::Field(field) } = &side.kind else { return };
        let Some(mut table) = self.frames.iter().rev().nth(usize::from(*up)).copied() else { return };
        for field in path {
            let Ty::Record(to) = self.cx.field_ty(table, *field) else { return };
            table = *to;
        }
        self.cx.note_listed(table, *field, values, text, span);
    }

    fn name_of(&self, expr: &Expr) -> Option<String> {
        let ExprKind::Get { up, path, target } = &expr.kind else { return None };
        let mut table = self.frames.iter().rev().nth(usize::from(*up)).copied()?;
        for field in path {
            let Ty::Record(to) = self.cx.field_ty(table, *field) else { return None };
            table = *to;
        }
        match target {
            Target::Field(field) => Some(self.cx.table(table).fields[field.0 as usize].name.text.clone()),
            Target::Def(def) => Some(self.cx.def(*def).name.text.clone()),
            Target::Record => None,
        }
    }

    pub fn check_listed(
        &mut self,
        values: &Arc<Vec<String>>,
        text: &str,
        span: Span,
        name: Option<&str>,
    ) -> Option<()> {
        let wanted = fold_text(text);
        if values.iter().any(|v| fold_text(v) == wanted) {
            return Some(());
        }
        let message = match name {
            Some(name) => format!("`{text}` is not a value of `{name}`"),
            None => format!("`{text}` is not in the list of values"),
        };
        let mut found = Diagnostic::new(codes::NOT_ONE_OF, message).label(span, "not in its list");
        found = match self.cx.nearest(text, values.iter().map(String::as_str)) {
            Some(near) => found
                .help(format!("did you mean `{}`?", near.name))
                .note(format!("the values are {}", list(values.iter().map(String::as_str))))
                .fix(Fix::replace(
                    format!("write `\"{}\"`", near.name),
                    near.applicability(),
                    span,
                    format!("\"{}\"", near.name.replace('"', "\"\"")),
                )),
            None => found.help(format!("the values are {}", list(values.iter().map(String::as_str)))),
        };
        self.report(found);
        None
    }

    /// L0301.
    fn unlike(&mut self, op_span: Span, l: &Expr, r: &Expr) {
        let (left, right) = (self.cx.describe(&l.ty), self.cx.describe(&r.ty));
        let mut found = Diagnostic::new(codes::UNLIKE_THINGS, format!("{left} and {right} do not compare"))
            .label(op_span, "compares unlike things")
            .label(l.span, format!("this is {left}"))
            .label(r.span, format!("this is {right}"));
        let (a, b) = (class(&l.ty), class(&r.ty));
        let either = |x, y| (a, b) == (Some(x), Some(y)) || (a, b) == (Some(y), Some(x));
        if either(Class::Time, Class::Length) {
            found =
                found.help("a time is tested by a window: `created at within 90d`, or `created at more than 90d ago`");
        } else if either(Class::Money, Class::Percent) {
            found = found.help("a share is a quotient: `amount / total > 20%`");
        } else if a == Some(Class::List) || b == Some(Class::List) {
            found = found.help("a list is asked for one of its values: `interests contains \"…\"`");
        } else if a == Some(Class::Record) || b == Some(Class::Record) {
            found = found.help("name what is meant of the record, such as `company.industry`");
        } else {
            found = self.quotes(found, (l, r));
        }
        self.report(found);
    }

    /// A number, date or yes/no that was put in quotes; or a text that was not.
    fn quotes(&self, found: Diagnostic, (l, r): (&Expr, &Expr)) -> Diagnostic {
        for (text, other) in [(l, r), (r, l)] {
            let ExprKind::Literal(Value::Text(written)) = &text.kind else { continue };
            let written = written.trim();
            let bare = match class(&other.ty) {
                Some(Class::Number | Class::Money) => {
                    let digits = written.replace(['_', ','], "");
                    (!digits.is_empty()
                        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                        && digits.parse::<f64>().is_ok())
                    .then_some(digits)
                }
                Some(Class::YesNo) => matches!(written.to_lowercase().as_str(), "yes" | "no" | "true" | "false")
                    .then(|| written.to_lowercase()),
                Some(Class::Time) => {
                    let date = written.len() == 10 && written.parse::<jiff::civil::Date>().is_ok();
                    date.then(|| written.to_string())
                }
                _ => None,
            };
            if let Some(bare) = bare {
                return found
                    .help(format!("without quotes it is {}: `{bare}`", self.cx.describe(&other.ty)))
                    .fix(Fix::replace(format!("write `{bare}`"), Applicability::Safe, text.span, bare));
            }
        }
        for (number, other) in [(l, r), (r, l)] {
            if let (ExprKind::Literal(Value::Number(n)), Some(Class::Text | Class::Key)) =
                (&number.kind, class(&other.ty))
            {
                return found
                    .help(format!(
                        "put it in quotes to compare it as a text: `\"{n}\"`; or declare the field as `number`"
                    ))
                    .fix(Fix::replace(
                        format!("write `\"{n}\"`"),
                        Applicability::Unsafe,
                        number.span,
                        format!("\"{n}\""),
                    ));
            }
        }
        found.help("compare with a value of the same kind")
    }
}

fn unparen(expr: &ast::Expr) -> &ast::Expr {
    match &expr.kind {
        ast::ExprKind::Paren(inner) => unparen(inner),
        _ => expr,
    }
}
