//! Expressions as text: exactly, so that equal texts mean the same whatever lexicon they are of, and for reading.

use std::fmt::{self, Write};
use std::rc::Rc;

use lead_hir::hir::{
    Aggregate, AggregateFn, ArithmeticOp, DefKind, Expr, ExprKind, FieldId, Hop, Lexicon, Moment, Records, Relation,
    ScoreLineKind, TableId, Target, Ty, WindowKind,
};
use lead_hir::words;

/// The record that something is asked of.
#[derive(Clone, Debug)]
pub struct Env {
    /// Its table.
    pub table: TableId,
    /// The way to it, by names, with a stop behind.
    pub key: Rc<str>,
    /// The same as a reader would write it.
    pub label: Rc<str>,
    /// The record outside of the `where` that this stands in.
    pub outer: Option<Rc<Env>>,
}

impl Env {
    /// A record of a table by itself.
    pub fn record(lexicon: &Lexicon, table: TableId) -> Env {
        Env { table, key: [lexicon.table(table).name.key.as_str(), "."].concat().into(), label: "".into(), outer: None }
    }

    /// A related record of a table, inside a `where`.
    pub fn inner(&self, lexicon: &Lexicon, table: TableId) -> Env {
        let key = [self.depth().to_string().as_str(), "#", lexicon.table(table).name.key.as_str(), "."].concat();
        Env { table, key: key.into(), label: "".into(), outer: Some(Rc::new(self.clone())) }
    }

    fn depth(&self) -> usize {
        self.outer.as_ref().map_or(0, |outer| 1 + outer.depth())
    }

    /// The record `up` levels further out.
    pub fn up(&self, up: u8) -> &Env {
        match (up, &self.outer) {
            (1.., Some(outer)) => outer.up(up - 1),
            _ => self,
        }
    }

    /// The record that references lead to.
    pub fn follow(&self, lexicon: &Lexicon, path: &[FieldId]) -> Env {
        let mut at = self.clone();
        for field in path {
            let field = lexicon.field(at.table, *field);
            let Ty::Record(next) = field.ty else { break };
            at.table = next;
            at.key = [&at.key, field.name.key.as_str(), "."].concat().into();
            at.label = [&at.label, field.name.text.as_str(), "."].concat().into();
        }
        at
    }
}

/// The window and the as-of time in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ctx {
    /// From outside.
    pub window: Option<WindowKind>,
    /// By what the as-of time was moved, outermost first.
    pub moves: Vec<Moment>,
}

impl Ctx {
    /// Without the window.
    pub fn no_window(&self) -> Ctx {
        Ctx { window: None, moves: self.moves.clone() }
    }

    /// Under another window.
    pub fn under(&self, window: WindowKind) -> Ctx {
        Ctx { window: Some(window), moves: self.moves.clone() }
    }

    /// At another time.
    pub fn moved(&self, at: Moment) -> Ctx {
        let mut moves = match at {
            // A fixed time is the same from anywhere.
            Moment::Date(_) | Moment::Time(_) => Vec::new(),
            _ => self.moves.clone(),
        };
        moves.push(at);
        Ctx { window: None, moves }
    }
}

/// Texts of more than this are not written: what is built so high is not seen through.
const LONGEST: usize = 40_000;

/// Writes expressions.
pub struct Writer<'l> {
    lexicon: &'l Lexicon,
    /// What was written.
    pub out: String,
    /// Values written out, ways and windows in full.
    exact: bool,
    /// What is read, by name: fields, and tables that are measured.
    pub roots: Vec<String>,
    depth: usize,
    /// It grew beyond its bounds and says less than everything.
    pub cut: bool,
}

impl<'l> Writer<'l> {
    /// For comparing.
    pub fn exact(lexicon: &'l Lexicon) -> Writer<'l> {
        Writer { lexicon, out: String::new(), exact: true, roots: Vec::new(), depth: 0, cut: false }
    }

    /// For reading.
    pub fn plain(lexicon: &'l Lexicon) -> Writer<'l> {
        Writer { exact: false, ..Writer::exact(lexicon) }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn put_all(&mut self, texts: &[&str]) {
        texts.iter().for_each(|text| self.out.push_str(text));
    }

    /// A table that is read.
    fn reads(&mut self, table: TableId) {
        self.roots.push(["table ", self.lexicon.table(table).name.key.as_str()].concat());
    }

    fn write(&mut self, what: fmt::Arguments) {
        // A text takes whatever is written to it.
        let _ = self.out.write_fmt(what);
    }

    fn list(&mut self, parts: &[Expr], between: &str, env: &Env, ctx: &Ctx) {
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                self.put(between);
            }
            let apart = matches!(part.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Windowed { .. });
            if apart && between != ", " {
                self.put("(");
            }
            self.expr(part, env, ctx);
            if apart && between != ", " {
                self.put(")");
            }
        }
    }

    /// An expression asked of a record.
    pub fn expr(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) {
        if self.out.len() > LONGEST || self.depth > 100 {
            self.cut = true;
            return self.put("…");
        }
        self.depth += 1;
        self.kind(expr, env, ctx);
        self.depth -= 1;
    }

    fn kind(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) {
        match &expr.kind {
            ExprKind::Literal(value) if self.exact => self.write(format_args!("{value:?}")),
            ExprKind::Literal(value) => self.put(&words::value(self.lexicon, value)),
            ExprKind::Now => self.time_word("now", ctx),
            ExprKind::Today => self.time_word("today", ctx),
            ExprKind::List(items) => {
                self.put("[");
                self.list(items, ", ", env, ctx);
                self.put("]");
            }
            ExprKind::Get { up, path, target } => self.get(*up, path, *target, env, ctx),
            ExprKind::Call { function, args } => {
                self.put_all(&[function.word(), "("]);
                self.list(args, ", ", env, ctx);
                self.put(")");
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, env, ctx),
            ExprKind::Sequence(sequence) => {
                let of = env.up(sequence.up).follow(self.lexicon, &sequence.path);
                self.write(format_args!("{}(", sequence.function.word()));
                for (i, step) in sequence.steps.iter().enumerate() {
                    if i > 0 {
                        self.put(" then ");
                        if let Some(within) = step.within {
                            let text = if self.exact { format!("{within:?}") } else { words::step(within) };
                            self.write(format_args!("within {text} "));
                        }
                    }
                    self.put(&self.lexicon.table(step.table).name.text);
                    self.relation(&step.relation, step.table, &of);
                    if let Some(filter) = &step.filter {
                        self.put(" where ");
                        self.expr(filter, &of.inner(self.lexicon, step.table), &ctx.no_window());
                    }
                }
                self.window(sequence.window.as_ref().map(|w| w.kind), ctx);
                self.put(")");
            }
            ExprKind::Not(inner) => {
                self.put("not ");
                self.operand(inner, env, ctx);
            }
            ExprKind::Negate(inner) => {
                self.put("-");
                self.operand(inner, env, ctx);
            }
            ExprKind::Arithmetic { op, left, right } => {
                self.operand(left, env, ctx);
                self.put(match op {
                    ArithmeticOp::Add => " + ",
                    ArithmeticOp::Subtract => " - ",
                    ArithmeticOp::Multiply => " * ",
                    ArithmeticOp::Divide => " / ",
                });
                self.operand(right, env, ctx);
            }
            ExprKind::Shift { time, by } => {
                self.operand(time, env, ctx);
                let back = by.months < 0 || by.days < 0 || by.micros < 0;
                let text = if self.exact { format!("{by:?}") } else { words::step(*by) };
                self.write(format_args!(" {} {text}", if back { "-" } else { "+" }));
            }
            ExprKind::Compare { op, left, right } => {
                self.operand(left, env, ctx);
                self.put_all(&[" ", op.text(), " "]);
                self.operand(right, env, ctx);
            }
            ExprKind::Matches { value, pattern } => {
                self.operand(value, env, ctx);
                self.write(format_args!(" matches {}", words::quoted(pattern)));
            }
            ExprKind::ToMoney(inner) if self.exact => {
                self.put("money(");
                self.expr(inner, env, ctx);
                self.put(")");
            }
            ExprKind::ToMoney(inner) => self.expr(inner, env, ctx),
            ExprKind::IsKnown { value, unknown } => {
                self.operand(value, env, ctx);
                self.put(if *unknown { " is unknown" } else { " is known" });
            }
            ExprKind::And(parts) => self.list(parts, " and ", env, ctx),
            ExprKind::Or(parts) => self.list(parts, " or ", env, ctx),
            ExprKind::Windowed { value, window } => {
                self.expr(value, env, &ctx.under(window.kind));
                if !self.exact {
                    self.write(format_args!(" {}", words::window(self.lexicon, window.kind)));
                }
            }
            ExprKind::TimeTest(inner) => {
                self.expr(inner, env, &ctx.no_window());
                if self.exact {
                    self.write(format_args!(" in {ctx:?}"));
                }
            }
            ExprKind::Was { up, path, term, at } => {
                self.put("was ");
                let of = env.up(*up).follow(self.lexicon, path);
                match self.exact {
                    true => self.definition(*term, &of, &ctx.moved(*at)),
                    false => {
                        let text = format!("{}{}", of.label, self.lexicon.def(*term).name.text);
                        self.write(format_args!("{text} {}", words::moment(self.lexicon, *at)));
                    }
                }
            }
            ExprKind::Became { up, path, term } => {
                self.put("became ");
                let of = env.up(*up).follow(self.lexicon, path);
                match self.exact {
                    true => {
                        self.write(format_args!("{ctx:?} "));
                        self.definition(*term, &of, &ctx.no_window());
                    }
                    false => self.write(format_args!("{}{}", of.label, self.lexicon.def(*term).name.text)),
                }
            }
            ExprKind::Error => {
                self.cut = true;
                self.put("error");
            }
        }
    }

    fn time_word(&mut self, word: &str, ctx: &Ctx) {
        self.put(word);
        if self.exact {
            self.write(format_args!("{:?}", ctx.moves));
        }
    }

    /// An operand, in parentheses where it has parts.
    fn operand(&mut self, expr: &Expr, env: &Env, ctx: &Ctx) {
        let apart = matches!(
            expr.kind,
            ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::Not(_)
                | ExprKind::Compare { .. }
                | ExprKind::Windowed { .. }
                | ExprKind::Arithmetic { .. }
                | ExprKind::Shift { .. }
        );
        if apart {
            self.put("(");
        }
        self.expr(expr, env, ctx);
        if apart {
            self.put(")");
        }
    }

    fn get(&mut self, up: u8, path: &[FieldId], target: Target, env: &Env, ctx: &Ctx) {
        let of = env.up(up).follow(self.lexicon, path);
        if self.exact && up > 0 {
            self.put("^");
        }
        match target {
            Target::Field(field) => {
                let name = &self.lexicon.field(of.table, field).name;
                let (way, name_there) = if self.exact { (&of.key, &name.key) } else { (&of.label, &name.text) };
                self.put(way);
                self.put(name_there);
                self.roots.push([&of.key, name.key.as_str()].concat());
            }
            Target::Record if self.exact => {
                self.roots.push(of.key.to_string());
                self.put(&of.key);
            }
            Target::Record => match of.label.strip_suffix('.') {
                Some(label) => self.put(label),
                None => self.put(&self.lexicon.table(of.table).name.text),
            },
            Target::Def(def) if self.exact => {
                if !path.is_empty() {
                    self.write(format_args!("known {} ", of.key));
                }
                self.definition(def, &of, ctx);
            }
            Target::Def(def) => self.put_all(&[&of.label, &self.lexicon.def(def).name.text]),
        }
    }

    /// What a definition says of a record.
    pub fn definition(&mut self, id: lead_hir::hir::DefId, env: &Env, ctx: &Ctx) {
        let def = self.lexicon.def(id);
        let inner = if matches!(def.kind, DefKind::Value(_)) { ctx.clone() } else { ctx.no_window() };
        let env = &match def.subject {
            Some(_) => env.clone(),
            None => Env { outer: None, ..env.clone() },
        };
        self.put("{");
        match &def.kind {
            DefKind::Value(expr) => self.expr(expr, env, &inner),
            DefKind::Term(term) => {
                for clause in &term.alternatives {
                    self.put(" when ");
                    self.expr(&clause.condition, env, &inner);
                }
                for clause in &term.exceptions {
                    self.put(" unless ");
                    self.expr(&clause.condition, env, &inner);
                }
            }
            DefKind::Choice(choice) => {
                for line in &choice.lines {
                    self.put(" line ");
                    self.expr(&line.result, env, &inner);
                    if let Some(condition) = &line.condition {
                        self.put(" when ");
                        self.expr(condition, env, &inner);
                    }
                }
            }
            DefKind::Score(score) => {
                let moves = format!("score {:?} {:?}", score.half_life, inner.moves);
                self.put(&moves);
                for bound in [&score.at_most, &score.at_least] {
                    self.put(" bound ");
                    bound.iter().for_each(|b| self.expr(b, env, &inner));
                }
                for line in &score.lines {
                    self.put(if line.negative { " -" } else { " +" });
                    self.expr(&line.points, env, &inner);
                    match &line.kind {
                        ScoreLineKind::When(condition) => {
                            self.put(" when ");
                            self.expr(condition, env, &inner);
                        }
                        ScoreLineKind::Per(records) => {
                            self.write(format_args!(" per {:?} ", line.half_life));
                            self.records(records, env, &inner);
                        }
                        ScoreLineKind::Always => {}
                    }
                    for bound in [&line.at_most, &line.at_least] {
                        self.put(" bound ");
                        bound.iter().for_each(|b| self.expr(b, env, &inner));
                    }
                }
            }
            DefKind::Funnel(steps) => {
                for step in steps {
                    self.put(" step ");
                    if self.depth > 100 || self.out.len() > LONGEST {
                        self.cut = true;
                        break;
                    }
                    self.depth += 1;
                    self.put(&self.lexicon.def(*step).name.key);
                    self.definition(*step, env, &inner);
                    self.depth -= 1;
                }
            }
            DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => self.cut = true,
        }
        self.put("}");
    }

    fn aggregate(&mut self, aggregate: &Aggregate, env: &Env, ctx: &Ctx) {
        self.put_all(&[aggregate.function.word(), "("]);
        if aggregate.distinct {
            self.put("distinct ");
        }
        if let Some(argument) = &aggregate.argument {
            let (of, inner) = self.of_records(&aggregate.records, env, ctx);
            if self.exact {
                self.expr(argument, &of, &inner);
                self.put(" over ");
                self.records(&aggregate.records, env, ctx);
            } else if aggregate.function == AggregateFn::Every {
                self.records(&aggregate.records, env, ctx);
                self.put(" where ");
                self.expr(argument, &of, &inner);
            } else {
                let label: Rc<str> = format!("{}.", self.lexicon.table(of.table).name.text).into();
                self.expr(argument, &Env { label, ..of }, &inner);
                self.where_of(&aggregate.records, env, ctx);
            }
        } else {
            self.records(&aggregate.records, env, ctx);
        }
        self.put(")");
    }

    fn of_records(&self, records: &Records, env: &Env, ctx: &Ctx) -> (Env, Ctx) {
        let of = env.up(records.up).inner(self.lexicon, records.table);
        let event = self.lexicon.table(records.table).is_event();
        (of, if event { ctx.no_window() } else { ctx.clone() })
    }

    /// The records that an aggregate is over.
    pub fn records(&mut self, records: &Records, env: &Env, ctx: &Ctx) {
        let of = env.up(records.up).follow(self.lexicon, &records.path);
        let table = self.lexicon.table(records.table);
        self.reads(records.table);
        if self.exact {
            self.put_all(&[&of.key, " ", &table.name.key]);
            self.relation(&records.relation, records.table, &of);
            if table.is_event() {
                let window = records.window.as_ref().map(|w| w.kind).or(ctx.window);
                self.write(format_args!(" {} ", crate::edge::Range::of_events(window, &ctx.moves)));
            }
            if let Some(term) = records.member_of {
                self.put(" member ");
                let inner = env.up(records.up).inner(self.lexicon, records.table);
                self.definition(term, &inner, &ctx.no_window());
            }
        } else {
            match records.member_of {
                Some(term) => self.put(&self.lexicon.def(term).name.text),
                None => self.put_all(&[&of.label, &table.name.text]),
            }
        }
        self.where_of(records, env, ctx);
    }

    fn where_of(&mut self, records: &Records, env: &Env, ctx: &Ctx) {
        let (of, inner) = self.of_records(records, env, ctx);
        if let Some(filter) = &records.filter {
            self.put(" where ");
            self.expr(filter, &of, &inner);
        }
        if !self.exact {
            self.window(records.window.as_ref().map(|w| w.kind), ctx);
        }
    }

    fn window(&mut self, own: Option<WindowKind>, ctx: &Ctx) {
        if self.exact {
            self.write(format_args!(" {:?} {:?}", own.or(ctx.window), ctx.moves));
        } else if let Some(window) = own {
            self.write(format_args!(" {}", words::window(self.lexicon, window)));
        }
    }

    fn relation(&mut self, relation: &Relation, table: TableId, of: &Env) {
        if !self.exact {
            return;
        }
        self.put(" of ");
        self.put(&of.key);
        let Relation::Hops(hops) = relation else { return self.put(" all") };
        let mut at = of.table;
        for hop in hops {
            match *hop {
                Hop::Forward(field) => {
                    let field = self.lexicon.field(at, field);
                    self.put_all(&[" ->", &field.name.key]);
                    let Ty::Record(next) = field.ty else { return };
                    at = next;
                }
                Hop::Back(from, field) => {
                    let name = &self.lexicon.table(from).name.key;
                    self.put_all(&[" <-", name, ".", &self.lexicon.field(from, field).name.key]);
                    at = from;
                }
            }
            self.reads(at);
        }
        self.reads(table);
    }
}
