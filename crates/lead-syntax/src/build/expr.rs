//! Expressions: the grammar's flat list of operands and signs, climbed level by level.

use lead_diag::{Diagnostic, Span, codes};

use super::window::is_window;
use super::{Builder, MAX_TREE};
use crate::ast::{
    Aggregate, AggregateBody, AggregateFn, ArithmeticOp, CompareOp, Expr, ExprKind, Moment, MomentKind, Path, Records,
    SequenceStep, Window, WindowKind,
};
use lead_grammar::{Pair, Pairs, Rule};

/// An expression and how deep it is.
pub(super) struct Deep {
    pub expr: Expr,
    pub depth: u32,
}

impl Builder<'_> {
    /// The expression of a pair whose inner pairs are a flat list: `expr`, `operand`, `story_value`, `points`.
    pub fn expr(&mut self, pair: Pair) -> Expr {
        self.deep_expr(pair).expr
    }

    fn deep_expr(&mut self, pair: Pair) -> Deep {
        let mut list = pair.into_inner();
        self.or(&mut list)
    }

    /// A node above children of at most `depth`. Keeps *bounded tree*.
    fn node(&mut self, kind: ExprKind, span: Span, depth: u32) -> Deep {
        if depth >= MAX_TREE {
            self.report_deep(span);
            return Deep { expr: Expr { kind: ExprKind::Error, span }, depth: 1 };
        }
        Deep { expr: Expr { kind, span }, depth: depth + 1 }
    }

    fn leaf(&self, kind: ExprKind, span: Span) -> Deep {
        Deep { expr: Expr { kind, span }, depth: 1 }
    }

    fn many(&mut self, mut items: Vec<Deep>, make: fn(Vec<Expr>) -> ExprKind) -> Deep {
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return only;
        }
        let depth = items.iter().map(|i| i.depth).max().unwrap_or(0);
        let exprs: Vec<Expr> = items.into_iter().map(|i| i.expr).collect();
        let span = match (exprs.first(), exprs.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.nowhere(),
        };
        self.node(make(exprs), span, depth)
    }

    fn or(&mut self, list: &mut Pairs) -> Deep {
        let first = self.chain(list);
        if self.next_if(list, Rule::kw_or).is_none() {
            return first;
        }
        let mut items = vec![first, self.chain(list)];
        while self.next_if(list, Rule::kw_or).is_some() {
            items.push(self.chain(list));
        }
        self.many(items, ExprKind::Or)
    }

    /// An `and`-chain. A window takes all of the chain to its left that has none of its own.
    fn chain(&mut self, list: &mut Pairs) -> Deep {
        let mut done = Vec::new();
        let first = self.condition(list);
        // Most are no chain.
        if !list.peek().is_some_and(|p| is_window(p.as_rule()) || p.as_rule() == Rule::kw_and) {
            return first;
        }
        let mut open = vec![first];
        loop {
            if list.peek().is_some_and(|p| is_window(p.as_rule()))
                && let Some(pair) = list.next()
            {
                let window = self.window(pair);
                let covered = self.many(std::mem::take(&mut open), ExprKind::And);
                let span = covered.expr.span.to(window.span);
                let kind = ExprKind::Windowed { value: Box::new(covered.expr), window: Box::new(window) };
                done.push(self.node(kind, span, covered.depth));
            }
            if self.next_if(list, Rule::kw_and).is_none() {
                break;
            }
            open.push(self.condition(list));
        }
        done.append(&mut open);
        self.many(done, ExprKind::And)
    }

    fn condition(&mut self, list: &mut Pairs) -> Deep {
        let mut nots = Vec::new();
        while let Some(not) = self.next_if(list, Rule::kw_not) {
            nots.push(self.span(&not));
        }
        let mut inner = self.comparison(list);
        for not in nots.into_iter().rev() {
            let span = not.to(inner.expr.span);
            inner = self.node(ExprKind::Not(Box::new(inner.expr)), span, inner.depth);
        }
        inner
    }

    fn comparison(&mut self, list: &mut Pairs) -> Deep {
        let left = self.sum(list);
        let Some(rule) = list.peek().map(|p| p.as_rule()) else { return left };
        if !matches!(rule, Rule::compare_op | Rule::between_test | Rule::is_known | Rule::is_term) {
            return left;
        }
        let Some(pair) = list.next() else { return left };
        let op_span = self.span(&pair);
        let Deep { expr: left, depth } = left;
        match rule {
            Rule::compare_op => {
                let op = compare_op(pair.as_str());
                let right = self.sum(list);
                let span = left.span.to(right.expr.span);
                let depth = depth.max(right.depth);
                let (left, right) = (Box::new(left), Box::new(right.expr));
                self.node(ExprKind::Compare { op, op_span, left, right }, span, depth)
            }
            Rule::between_test => {
                let mut bounds = pair.into_inner().filter(|p| p.as_rule() == Rule::operand);
                let low = self.bound(bounds.next());
                let high = self.bound(bounds.next());
                let span = left.span.to(high.expr.span);
                let depth = depth.max(low.depth).max(high.depth);
                let (low, high) = (Box::new(low.expr), Box::new(high.expr));
                self.node(ExprKind::Between { value: Box::new(left), low, high }, span, depth)
            }
            Rule::is_known => {
                let word = pair.into_inner().find(|p| p.as_rule() == Rule::known);
                let unknown = word.as_ref().is_some_and(|p| p.as_str().starts_with(['u', 'U']));
                let span = left.span.to(word.map_or(op_span, |p| self.span(&p)));
                self.node(ExprKind::IsKnown { value: Box::new(left), unknown }, span, depth)
            }
            _ => {
                let mut negated = false;
                let mut term = self.no_name();
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::kw_not => negated = true,
                        Rule::name => term = self.name(&part),
                        _ => {}
                    }
                }
                let span = left.span.to(term.span);
                self.node(ExprKind::IsTerm { record: Box::new(left), negated, term }, span, depth)
            }
        }
    }

    fn bound(&mut self, pair: Option<Pair>) -> Deep {
        match pair {
            Some(pair) => self.deep_expr(pair),
            None => self.leaf(ExprKind::Error, self.nowhere()),
        }
    }

    fn sum(&mut self, list: &mut Pairs) -> Deep {
        let mut left = self.product(list);
        while let Some(op) = self.next_if(list, Rule::add_op) {
            let right = self.product(list);
            left = self.arithmetic(op, left, right);
        }
        left
    }

    fn product(&mut self, list: &mut Pairs) -> Deep {
        let mut left = self.signed(list);
        while let Some(op) = self.next_if(list, Rule::mul_op) {
            let right = self.signed(list);
            left = self.arithmetic(op, left, right);
        }
        left
    }

    fn arithmetic(&mut self, sign: Pair, left: Deep, right: Deep) -> Deep {
        let op = match sign.as_str() {
            "+" => ArithmeticOp::Add,
            "-" => ArithmeticOp::Subtract,
            "*" => ArithmeticOp::Multiply,
            _ => ArithmeticOp::Divide,
        };
        let op_span = self.span(&sign);
        let span = left.expr.span.to(right.expr.span);
        let depth = left.depth.max(right.depth);
        let (left, right) = (Box::new(left.expr), Box::new(right.expr));
        self.node(ExprKind::Arithmetic { op, op_span, left, right }, span, depth)
    }

    fn signed(&mut self, list: &mut Pairs) -> Deep {
        let mut signs = Vec::new();
        while let Some(sign) = self.next_if(list, Rule::negate) {
            signs.push(self.span(&sign));
        }
        let mut inner = match list.next() {
            Some(pair) => self.primary(pair),
            None => self.leaf(ExprKind::Error, self.nowhere()),
        };
        for sign in signs.into_iter().rev() {
            let span = sign.to(inner.expr.span);
            inner = self.node(ExprKind::Negate(Box::new(inner.expr)), span, inner.depth);
        }
        inner
    }

    fn primary(&mut self, pair: Pair) -> Deep {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::now => self.leaf(ExprKind::Now, span),
            Rule::today => self.leaf(ExprKind::Today, span),
            Rule::paren => {
                let inner = self.bound(pair.into_inner().next());
                self.node(ExprKind::Paren(Box::new(inner.expr)), span, inner.depth)
            }
            Rule::list => {
                let items: Vec<Deep> = pair.into_inner().map(|p| self.deep_expr(p)).collect();
                let depth = items.iter().map(|i| i.depth).max().unwrap_or(0);
                self.node(ExprKind::List(items.into_iter().map(|i| i.expr).collect()), span, depth)
            }
            Rule::period => {
                let kind = WindowKind::Period(self.period(pair));
                self.leaf(ExprKind::Period(Box::new(Window { kind, span })), span)
            }
            Rule::rolling => {
                let kind = self.rolling(pair);
                self.leaf(ExprKind::Period(Box::new(Window { kind, span })), span)
            }
            Rule::aggregate => self.aggregate(pair),
            Rule::reference => self.reference(pair),
            Rule::was => self.was(pair),
            Rule::became => {
                let term = self.inner_path(pair);
                let span = span.to(term.span);
                self.leaf(ExprKind::Became { term }, span)
            }
            Rule::points_name => {
                let name = self.name(&pair);
                self.leaf(ExprKind::Path(Path { names: vec![name], span }), span)
            }
            _ => match self.literal(&pair) {
                Some(literal) => self.leaf(ExprKind::Literal(literal.kind), span),
                None => self.leaf(ExprKind::Error, span),
            },
        }
    }

    fn was(&mut self, pair: Pair) -> Deep {
        let start = self.span(&pair);
        let mut term = Path { names: Vec::new(), span: start };
        let mut at = self.no_moment();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::path => term = self.path(part),
                Rule::ago => at = Moment { kind: MomentKind::Ago(self.inner_duration(part)), span },
                Rule::name => at = Moment { kind: MomentKind::Named(self.name(&part)), span },
                Rule::date | Rule::time => {
                    if let Some(literal) = self.literal(&part) {
                        at = Moment { kind: MomentKind::At(literal), span };
                    } else {
                        at.span = span;
                    }
                }
                _ => {}
            }
        }
        let span = Span { end: at.span.end, ..start };
        self.leaf(ExprKind::Was { term, at: Box::new(at) }, span)
    }

    fn inner_path(&mut self, pair: Pair) -> Path {
        let span = self.span(&pair);
        match pair.into_inner().find(|p| p.as_rule() == Rule::path) {
            Some(path) => self.path(path),
            None => Path { names: Vec::new(), span },
        }
    }

    /// `company.parent`, of `path`, `plain_dimension` or `reference`.
    pub(super) fn path(&mut self, pair: Pair) -> Path {
        let span = self.span(&pair);
        let parts = pair.into_inner();
        let mut names = Vec::with_capacity(parts.clone().count());
        names.extend(parts.map(|p| self.name(&p)));
        Path { names, span }
    }

    fn reference(&mut self, pair: Pair) -> Deep {
        let span = self.span(&pair);
        let parts = pair.into_inner();
        let mut names = Vec::with_capacity(parts.clone().count());
        let mut args = None;
        for part in parts {
            if part.as_rule() == Rule::arguments {
                args = Some(part.into_inner().map(|p| self.deep_expr(p)).collect::<Vec<_>>());
            } else {
                names.push(self.name(&part));
            }
        }
        match args {
            Some(args) => {
                let function = names.pop().unwrap_or_else(|| self.no_name());
                let depth = args.iter().map(|a| a.depth).max().unwrap_or(0);
                let args = args.into_iter().map(|a| a.expr).collect();
                self.node(ExprKind::Call { function, args }, span, depth)
            }
            None => self.leaf(ExprKind::Path(Path { names, span }), span),
        }
    }

    fn aggregate(&mut self, pair: Pair) -> Deep {
        let span = self.span(&pair);
        let (mut function, mut function_span, mut distinct) = (AggregateFn::Count, span, false);
        let (mut records, mut steps, mut depth) = (None, Vec::new(), 0);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::aggregate_fn => {
                    function = aggregate_fn(part.as_str());
                    function_span = self.span(&part);
                }
                Rule::distinct => distinct = true,
                Rule::records => {
                    let (found, deep) = self.records(part);
                    depth = depth.max(deep);
                    records = Some(found);
                }
                Rule::step => {
                    let (step, window, deep) = self.step(part);
                    depth = depth.max(deep);
                    steps.push((step, window));
                }
                _ => {}
            }
        }
        let Some(records) = records else { return self.leaf(ExprKind::Error, span) };
        let body = if steps.is_empty() { AggregateBody::Records(records) } else { self.sequence(records, steps) };
        let aggregate = Aggregate { function, function_span, distinct, body };
        self.node(ExprKind::Aggregate(Box::new(aggregate)), span, depth)
    }

    /// The first step is read like any records; it can be no more than an event and its `where`.
    fn sequence(&mut self, first: Records, rest: Vec<(SequenceStep, Option<Window>)>) -> AggregateBody {
        let mut span = first.target.span;
        if let Some(filter) = &first.filter {
            span = span.to(filter.span);
        }
        let mut steps = Vec::with_capacity(rest.len() + 1);
        let event = match first.target.kind {
            ExprKind::Path(path) => path,
            _ => {
                let place = first.target.span;
                self.report(
                    Diagnostic::new(codes::BROKEN_STATEMENT, "the first step of a sequence is not an event")
                        .label(place, "expected the name of an event")
                        .help("write the event alone: `any(page view then form submit)`"),
                );
                Path { names: vec![self.no_name()], span: place }
            }
        };
        if let Some(via) = &first.via {
            self.report(
                Diagnostic::new(codes::BROKEN_STATEMENT, "`via` stands inside a sequence")
                    .label(via.span, "the events of a sequence belong to the subject itself")
                    .help("leave out `via`, or count the events one by one"),
            );
        }
        steps.push(SequenceStep { within: None, event, filter: first.filter, span });
        let mut windows: Vec<Window> = first.window.into_iter().collect();
        let early = !windows.is_empty();
        let last = rest.len().saturating_sub(1);
        let mut misplaced = early;
        for (i, (step, window)) in rest.into_iter().enumerate() {
            steps.push(step);
            misplaced |= window.is_some() && i != last;
            windows.extend(window);
        }
        if let (true, Some(window)) = (misplaced, windows.first()) {
            self.report(
                Diagnostic::new(codes::BROKEN_STATEMENT, "the window of a sequence stands behind one of its steps")
                    .label(window.span, "holds for all steps, so it cannot stand here")
                    .help("write the window behind the parenthesis, and a time between two steps as `then within 14d`"),
            );
        }
        AggregateBody::Sequence { steps, window: windows.into_iter().next_back() }
    }

    pub(super) fn records(&mut self, pair: Pair) -> (Records, u32) {
        let place = self.span(&pair);
        let mut target = Expr { kind: ExprKind::Error, span: place.before() };
        let (mut via, mut window, mut filter, mut depth) = (None, None, None, 0);
        for part in pair.into_inner() {
            let rule = part.as_rule();
            match rule {
                Rule::operand => {
                    let deep = self.deep_expr(part);
                    depth = depth.max(deep.depth);
                    target = deep.expr;
                }
                Rule::via => {
                    let name = part.into_inner().find(|p| p.as_rule() == Rule::name).map(|p| self.name(&p));
                    if let (Some(_), Some(name)) = (&via, &name) {
                        self.report(twice(name.span, "via"));
                    }
                    via = name.or(via);
                }
                Rule::filter => {
                    let deep = self.filter(part);
                    depth = depth.max(deep.depth);
                    filter = Some(deep.expr);
                }
                rule if is_window(rule) => {
                    let found = self.window(part);
                    if window.is_some() {
                        self.report(twice(found.span, "a window"));
                    }
                    window = Some(found);
                }
                _ => {}
            }
        }
        (Records { target, via, window, filter }, depth)
    }

    pub(super) fn filter(&mut self, pair: Pair) -> Deep {
        self.bound(pair.into_inner().find(|p| p.as_rule() == Rule::expr))
    }

    fn step(&mut self, pair: Pair) -> (SequenceStep, Option<Window>, u32) {
        let mut span = self.span(&pair);
        let mut step = SequenceStep { within: None, event: Path { names: Vec::new(), span }, filter: None, span };
        let (mut window, mut depth) = (None, 0);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::step_within => {
                    step.within = Some(self.inner_duration(part));
                }
                Rule::path => {
                    step.event = self.path(part);
                    span.end = place.end;
                }
                Rule::filter => {
                    let deep = self.filter(part);
                    depth = deep.depth;
                    span.end = deep.expr.span.end;
                    step.filter = Some(deep.expr);
                }
                rule if is_window(rule) => {
                    let found = self.window(part);
                    span.end = found.span.end;
                    window = Some(found);
                }
                _ => {}
            }
        }
        step.span = span;
        (step, window, depth)
    }
}

fn twice(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(codes::BROKEN_STATEMENT, format!("{what} is given twice"))
        .label(span, "the second")
        .help("leave one of the two out")
}

fn compare_op(written: &str) -> CompareOp {
    match written {
        "=" => CompareOp::Equal,
        "!=" => CompareOp::NotEqual,
        "<" => CompareOp::Less,
        "<=" => CompareOp::LessEqual,
        ">" => CompareOp::Greater,
        ">=" => CompareOp::GreaterEqual,
        word => match word.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'n') => CompareOp::NotIn,
            Some(b'i') => CompareOp::In,
            Some(b'c') => CompareOp::Contains,
            Some(b's') => CompareOp::StartsWith,
            Some(b'e') => CompareOp::EndsWith,
            _ => CompareOp::Matches,
        },
    }
}

fn aggregate_fn(written: &str) -> AggregateFn {
    match written.to_ascii_lowercase().as_str() {
        "any" => AggregateFn::Any,
        "no" => AggregateFn::No,
        "every" => AggregateFn::Every,
        "sum" => AggregateFn::Sum,
        "average" => AggregateFn::Average,
        "min" => AggregateFn::Min,
        "max" => AggregateFn::Max,
        "first" => AggregateFn::First,
        "last" => AggregateFn::Last,
        _ => AggregateFn::Count,
    }
}
