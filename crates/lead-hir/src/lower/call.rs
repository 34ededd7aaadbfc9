//! Functions (D26).

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast;

use super::body::{Body, error, make};
use super::unknown::did_you_mean;
use crate::hir::{Expr, ExprKind, Function, Ty};
use crate::suggest::list;

/// Every function by name.
pub const FUNCTIONS: &[(&str, Function)] = &[
    ("day", Function::Day),
    ("week", Function::Week),
    ("month", Function::Month),
    ("quarter", Function::Quarter),
    ("year", Function::Year),
    ("fiscal quarter", Function::FiscalQuarter),
    ("fiscal year", Function::FiscalYear),
    ("hours", Function::Hours),
    ("days", Function::Days),
    ("round", Function::Round),
    ("abs", Function::Abs),
    ("length", Function::Length),
    ("lower", Function::Lower),
];

/// Aggregates, for suggestions.
const AGGREGATES: &[&str] = &["count", "any", "no", "every", "sum", "average", "min", "max", "first", "last"];

impl Body<'_, '_> {
    pub fn call(&mut self, name: &ast::Name, args: &[ast::Expr], span: Span) -> Expr {
        let key = name.key();
        let Some((_, function)) = FUNCTIONS.iter().find(|(n, _)| *n == key) else {
            self.unknown_function(name);
            return error(span);
        };
        let lowered: Vec<Expr> = args.iter().map(|a| self.expr(a)).collect();
        let [arg] = lowered.as_slice() else {
            let found = Diagnostic::new(codes::BAD_ARGUMENT, format!("`{}` takes one value", name.text))
                .label(span, format!("{} given", lowered.len()))
                .help(format!("write `{}(…)` with what it is asked of", name.text));
            self.report(found);
            return error(span);
        };
        if arg.ty == Ty::Error {
            return error(span);
        }
        let Some(ty) = result(*function, &arg.ty) else {
            let wanted = wanted(*function);
            let what = self.cx.describe(&arg.ty);
            let found = Diagnostic::new(codes::BAD_ARGUMENT, format!("`{}` is asked of {wanted}", name.text))
                .label(arg.span, format!("this is {what}"))
                .label(name.span, format!("wants {wanted}"))
                .help(help(*function));
            self.report(found);
            return error(span);
        };
        make(ExprKind::Call { function: *function, args: lowered }, ty, span)
    }

    fn unknown_function(&mut self, name: &ast::Name) {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(n, _)| *n).chain(AGGREGATES.iter().copied()).collect();
        let near = self.cx.nearest(&name.text, known.iter().copied());
        let found = Diagnostic::new(codes::UNKNOWN_FUNCTION, format!("nothing is called `{}(…)`", name.text))
            .label(name.span, "not known");
        let found = match near {
            Some(near) => did_you_mean(found, name.span, &near),
            None => {
                let functions = FUNCTIONS.iter().map(|(n, _)| *n).take(11);
                found
                    .help(format!("records are measured by {}", list(AGGREGATES.iter().copied())))
                    .note(format!("values are turned by {}", list(functions)))
            }
        };
        self.report(found);
    }
}

fn result(function: Function, arg: &Ty) -> Option<Ty> {
    let time = matches!(arg, Ty::Time | Ty::Date);
    let number = matches!(arg, Ty::Number | Ty::Percent);
    Some(match function {
        Function::Day if time => Ty::Date,
        Function::Week | Function::Month | Function::Quarter | Function::FiscalQuarter if time => Ty::Text,
        Function::Year | Function::FiscalYear if time => Ty::Number,
        Function::Hours | Function::Days if *arg == Ty::Duration => Ty::Number,
        Function::Round if number => Ty::Number,
        Function::Round if *arg == Ty::Money => Ty::Money,
        Function::Abs if number || matches!(arg, Ty::Money | Ty::Duration) => arg.clone(),
        Function::Length if matches!(arg, Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::List(_)) => Ty::Number,
        Function::Lower if matches!(arg, Ty::Text | Ty::OneOf(_) | Ty::Key) => Ty::Text,
        _ => return None,
    })
}

fn wanted(function: Function) -> &'static str {
    match function {
        Function::Hours | Function::Days => "a length of time",
        Function::Round => "a number or an amount of money",
        Function::Abs => "a number, an amount of money or a length of time",
        Function::Length => "a text or a list",
        Function::Lower => "a text",
        _ => "a time or a date",
    }
}

fn help(function: Function) -> &'static str {
    match function {
        Function::Hours | Function::Days => "a length of time is what lies between two times: `days(now - created at)`",
        Function::Round | Function::Abs => "name a number, such as `round(average(deal.amount))`",
        Function::Length => "name a text or a list, such as `length(job title) > 20`",
        Function::Lower => "name a text, such as `lower(job title)`",
        _ => "name a time, such as `quarter(created at)`",
    }
}
