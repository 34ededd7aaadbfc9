//! Values as noun phrases: `the total amount of their orders`.

use lead_hir::hir::{
    Aggregate, AggregateFn, ArithmeticOp, Expr, ExprKind, Function, Relation, TableId, Target, Ty, WindowKind,
};

use crate::clause::Who;
use crate::english::{is_plural, plural};
use crate::prose::{Prose, prose};
use crate::speaker::Speaker;
use crate::window::{length, window as window_words};

impl Speaker<'_> {
    /// What a value is. A window that reaches it is said by the clause.
    pub fn noun(&mut self, expr: &Expr, window: Option<WindowKind>) -> Who {
        let thing = |said: Prose| Who::Thing(said, false);
        match &expr.kind {
            ExprKind::Literal(value) => thing(self.literal(value)),
            ExprKind::Now => thing("now".into()),
            ExprKind::Today => thing("today".into()),
            ExprKind::List(items) => {
                let items = items.iter().map(|i| {
                    let item = self.noun(i, window);
                    self.phrase(item)
                });
                thing(Prose::list(items.collect(), "or"))
            }
            ExprKind::ToMoney(inner) => self.noun(inner, window),
            ExprKind::Windowed { value, window } => {
                let said = self.noun(value, Some(window.kind));
                let when = format!(" {}", window_words(self.lexicon, window.kind));
                match said {
                    Who::Their(said, many) => Who::Their(prose![said, when], many),
                    Who::Thing(said, many) => Who::Thing(prose![said, when], many),
                    Who::Same => Who::Same,
                }
            }
            ExprKind::Get { up, path, target } => match target {
                Target::Record => self.record(*up, path),
                Target::Def(def) if self.is_constant(*def) => thing(Prose::def(*def, self.def(*def).name.text.clone())),
                Target::Def(def) => {
                    let name = &self.def(*def).name.text;
                    self.of_record(*up, path, name, Prose::def(*def, name))
                }
                Target::Field(field) => match self.arrives(*up, path) {
                    Some(table) => {
                        let name = &self.lexicon.field(table, *field).name.text;
                        self.of_record(*up, path, name, Prose::theirs(name))
                    }
                    None => Who::Same,
                },
            },
            ExprKind::Call { function, args } => {
                let of = args.first().map(|a| {
                    let said = self.noun(a, window);
                    self.phrase(said)
                });
                thing(call(*function, of.unwrap_or_default()))
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, expr.ty == Ty::YesNo, window, expr),
            ExprKind::Sequence(sequence) if expr.ty != Ty::YesNo => {
                let steps = self.steps(sequence);
                thing(prose!["the number of times that ", self.phrase(Who::Same), " ", steps])
            }
            ExprKind::Negate(inner) => {
                let said = self.noun(inner, window);
                thing(prose!["minus ", self.phrase(said)])
            }
            ExprKind::Arithmetic { op, left, right } => {
                let (a, b) = (self.noun(left, window), self.noun(right, window));
                let (a, b) = (self.operand(left, *op, false, a), self.operand(right, *op, true, b));
                let times = matches!(left.ty, Ty::Time | Ty::Date) && matches!(right.ty, Ty::Time | Ty::Date);
                thing(match op {
                    ArithmeticOp::Subtract if matches!(left.kind, ExprKind::Now | ExprKind::Today) && times => {
                        prose!["the time since ", b]
                    }
                    ArithmeticOp::Subtract if times => prose!["the time from ", b, " to ", a],
                    ArithmeticOp::Add => prose![a, " plus ", b],
                    ArithmeticOp::Subtract => prose![a, " minus ", b],
                    ArithmeticOp::Multiply => prose![a, " times ", b],
                    ArithmeticOp::Divide => prose![a, " divided by ", b],
                })
            }
            ExprKind::Shift { time, by } => {
                let said = self.noun(time, window);
                let said = self.phrase(said);
                let back = by.months < 0 || by.days < 0 || by.micros < 0;
                thing(prose![length(*by), if back { " before " } else { " after " }, said])
            }
            ExprKind::Error => {
                self.broken = true;
                Who::Same
            }
            _ => {
                let said = self.condition(expr, window, false).settle();
                thing(prose!["whether ", self.text(&said)])
            }
        }
    }

    /// A part of a computation: sums inside of others are set off.
    fn operand(&self, expr: &Expr, outer: ArithmeticOp, behind: bool, said: Who) -> Prose {
        let said = self.phrase(said);
        let ExprKind::Arithmetic { op, .. } = expr.kind else { return said };
        let sum = |op| matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract);
        let apart = match (sum(op), sum(outer)) {
            (true, true) | (false, false) => behind,
            (true, false) => !is_time(&expr.ty),
            (false, true) => false,
        };
        if apart { prose!["(", said, ")"] } else { said }
    }

    fn aggregate(&mut self, aggregate: &Aggregate, condition: bool, window: Option<WindowKind>, expr: &Expr) -> Who {
        let thing = |said: Prose| Who::Thing(said, false);
        let records = &aggregate.records;
        if condition && matches!(aggregate.function, AggregateFn::Any | AggregateFn::No | AggregateFn::Every) {
            let said = self.condition(expr, window, false).settle();
            return thing(prose!["whether ", self.text(&said)]);
        }
        let own =
            records.window.as_ref().map(|w| format!(" {}", window_words(self.lexicon, w.kind))).unwrap_or_default();
        let events = self.lexicon.table(records.table).is_event();
        let passed = window.filter(|_| !events);
        let single = matches!(aggregate.function, AggregateFn::First | AggregateFn::Last);
        let which = prose![self.through(records), self.which(records, passed, !single), own];
        let whose = self.whose(records, !single);
        let argument = aggregate.argument.as_ref();
        match (aggregate.function, argument) {
            (AggregateFn::Count, Some(what)) if aggregate.distinct => {
                let what = self.inside(records.table, |s| s.measured_of(what, true));
                thing(prose!["the number of different ", what, " of ", whose, which])
            }
            (AggregateFn::Count, _) => thing(prose!["the number of ", whose, which]),
            (AggregateFn::First | AggregateFn::Last, Some(what)) => {
                let order = if aggregate.function == AggregateFn::First { "first" } else { "last" };
                let name = self.records_name(records, false);
                let mine = matches!(records.relation, Relation::Hops(_)) && records.up == 0 && records.path.is_empty();
                let one = prose![order, " ", name, which];
                if self.is_moment(records.table, what) && mine {
                    return Who::Their(one, false);
                }
                let what = self.inside(records.table, |s| s.measured_of(what, false));
                let whose = if mine { prose![self.possessive(), " ", one] } else { prose!["the ", one] };
                thing(prose!["the ", what, " of ", whose])
            }
            (function, Some(what)) => {
                let what = self.inside(records.table, |s| s.measured_of(what, false));
                let how = match function {
                    AggregateFn::Sum => "total",
                    AggregateFn::Average => "average",
                    AggregateFn::Min => "least",
                    _ => "greatest",
                };
                thing(prose![format!("the {how} "), what, " of ", whose, which])
            }
            (_, None) => thing(prose!["the number of ", whose, which]),
        }
    }

    /// Whether an expression is the time of an event.
    fn is_moment(&self, table: TableId, expr: &Expr) -> bool {
        matches!(&expr.kind, ExprKind::Get { up: 0, path, target: Target::Field(field) }
            if path.is_empty() && self.lexicon.table(table).time() == Some(*field))
    }

    /// What is measured of a record in scope, without its possessive.
    fn measured_of(&mut self, expr: &Expr, many: bool) -> Prose {
        if let (ExprKind::Call { function, args }, Some(table)) = (&expr.kind, self.frame())
            && let Some(of) = args.first()
        {
            // `the number of different quarters of their form submits`
            let name = function_name(*function);
            return match name {
                Some(name) if self.is_moment(table, of) => if many { plural(name) } else { name.into() }.into(),
                Some(name) => {
                    prose![if many { plural(name) } else { name.into() }, " of the ", self.measured_of(of, false)]
                }
                None => call(*function, self.measured_of(of, many)),
            };
        }
        match self.noun(expr, None) {
            Who::Their(said, _) if many && said.pieces().len() == 1 => {
                let name = said.plain();
                let bent = if is_plural(&name) { name } else { plural(&name) };
                match said.pieces() {
                    [crate::prose::Piece::Def(id, _)] => Prose::def(*id, bent),
                    _ => Prose::theirs(bent),
                }
            }
            Who::Their(said, _) => said,
            Who::Thing(said, _) => strip_the(said),
            Who::Same => self.records_or_it(),
        }
    }

    fn records_or_it(&self) -> Prose {
        let table = self.frame();
        table.map(|t| Prose::theirs(self.lexicon.table(t).name.text.clone())).unwrap_or_default()
    }
}

/// Without the article in front: the outer phrase has one.
fn strip_the(said: Prose) -> Prose {
    let mut out = Prose::default();
    for (i, piece) in said.pieces().iter().enumerate() {
        match piece {
            crate::prose::Piece::Words(words) if i == 0 => {
                out.push(words.strip_prefix("the ").unwrap_or(words));
            }
            crate::prose::Piece::Words(words) => out.push(words.as_str()),
            crate::prose::Piece::Theirs(words) => out.push(Prose::theirs(words)),
            crate::prose::Piece::Def(id, words) => out.push(Prose::def(*id, words)),
        }
    }
    out
}

fn is_time(ty: &Ty) -> bool {
    matches!(ty, Ty::Time | Ty::Date | Ty::Duration)
}

/// What a function gives, where it has a name.
fn function_name(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::Day => "day",
        Function::Week => "week",
        Function::Month => "month",
        Function::Quarter => "quarter",
        Function::Year => "year",
        Function::FiscalQuarter => "fiscal quarter",
        Function::FiscalYear => "fiscal year",
        Function::Abs => "size",
        Function::Length => "length",
        Function::Hours | Function::Days | Function::Round | Function::Lower => return None,
    })
}

fn call(function: Function, of: Prose) -> Prose {
    match (function, function_name(function)) {
        (_, Some(name)) => prose![format!("the {name} of "), of],
        (Function::Hours, _) => prose![of, " in hours"],
        (Function::Days, _) => prose![of, " in days"],
        (Function::Round, _) => prose![of, ", rounded"],
        _ => prose![of, " in small letters"],
    }
}
