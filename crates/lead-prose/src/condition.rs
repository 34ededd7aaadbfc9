//! Conditions as clauses.

use lead_hir::hir::{
    AggregateFn, CompareOp, DefId, DefKind, Expr, ExprKind, Sequence, TableId, Target, Ty, Value, WindowKind,
};

use crate::clause::{Clause, Said, When, Who};
use crate::count::Quantity;
use crate::english::{article, base_form, plural};
use crate::kind::{Kind, kind, perfect};
use crate::prose::{Prose, prose};
use crate::speaker::Speaker;
use crate::window::{length, value, when};

pub(crate) const BE: (&str, &str) = ("is", "are");
const NOT_BE: (&str, &str) = ("is not", "are not");

impl Speaker<'_> {
    /// Says a condition, or its opposite, in a window.
    pub fn condition(&mut self, expr: &Expr, window: Option<WindowKind>, not: bool) -> Said {
        let reach = window.filter(|_| self.covers(expr));
        match &expr.kind {
            ExprKind::Windowed { value, window } => self.condition(value, Some(window.kind), not).settle(),
            ExprKind::Not(inner) => self.condition(inner, window, !not),
            ExprKind::And(parts) if !not => self.chain(parts, window),
            ExprKind::Or(parts) if !not => Said::Any(parts.iter().map(|p| self.condition(p, window, false)).collect()),
            // Neither one nor the other.
            ExprKind::Or(parts) => Said::All(parts.iter().map(|p| self.condition(p, window, true)).collect()),
            ExprKind::And(_) => {
                let said = self.condition(expr, window, false).settle();
                let said = self.text(&said);
                Clause::new(Who::Thing("it".into(), false), ("is not so that", ""), said).into()
            }
            ExprKind::Compare { op, left, right } => self.compare(*op, left, right, window, not),
            ExprKind::Matches { value, pattern } => {
                let who = self.noun(value, window);
                let verb = if not { ("does not fit", "do not fit") } else { ("fits", "fit") };
                let rest = prose!["the pattern ", Prose::theirs(format!("“{pattern}”"))];
                Clause::new(who, verb, rest).within(reach).into()
            }
            ExprKind::IsKnown { value, unknown } => {
                let who = self.noun(value, window);
                Clause::new(who, BE, if *unknown == not { "known" } else { "not known" }).within(reach).into()
            }
            ExprKind::TimeTest(time) => {
                let who = self.noun(time, None);
                let verb = if not { ("does not fall", "do not fall") } else { ("falls", "fall") };
                Clause::new(who, verb, "").within(window).negative(not).into()
            }
            ExprKind::Was { up, path, term, at } => {
                let mut clause = self.once(*up, path, *term, not, false);
                clause.rest.push(format!(" {}", when(self.lexicon, *at)));
                clause.into()
            }
            ExprKind::Became { up, path, term } => self.once(*up, path, *term, not, true).within(window).into(),
            ExprKind::Aggregate(aggregate) => {
                let records = &aggregate.records;
                match aggregate.function {
                    AggregateFn::Any if !not => self.how_many(records, &Quantity::Some, window).into(),
                    AggregateFn::No if not => self.how_many(records, &Quantity::Some, window).into(),
                    AggregateFn::Any | AggregateFn::No => self.how_many(records, &Quantity::None, window).into(),
                    AggregateFn::First | AggregateFn::Last => {
                        let order = if aggregate.function == AggregateFn::First { "first " } else { "last " };
                        let one = prose![order, self.records_name(records, false), self.through(records)];
                        let one = prose![one, self.which(records, None, false)];
                        let who = match self.record(records.up, &records.path) {
                            Who::Same => Who::Their(one, false),
                            other => Who::Thing(prose!["the ", one, " of ", self.phrase(other)], false),
                        };
                        match &aggregate.argument.as_ref().map(|a| &a.kind) {
                            Some(ExprKind::Get { up: 0, path, target: Target::Field(field) }) if path.is_empty() => {
                                let name = self.lexicon.field(records.table, *field).name.text.clone();
                                self.named(who, records.table, &name, None, reach, not).into()
                            }
                            Some(ExprKind::Get { up: 0, path, target: Target::Def(def) }) if path.is_empty() => {
                                let name = self.def(*def).name.text.clone();
                                self.named(who, records.table, &name, Some(*def), reach, not).into()
                            }
                            _ => {
                                let who = self.noun(expr, window);
                                Clause::new(who, BE, if not { "no" } else { "yes" }).within(reach).into()
                            }
                        }
                    }
                    _ => {
                        let which = self.which(records, None, true);
                        let whose = self.whose(records, true);
                        let said = aggregate.argument.as_ref().map(|argument| {
                            self.inside(records.table, |s| {
                                let said = s.condition(argument, None, false).settle();
                                s.text(&said)
                            })
                        });
                        let said = prose!["for each of ", whose, which, " ", said.unwrap_or_default()];
                        let said = if not { prose!["it is not so that ", said] } else { said };
                        Clause::new(Who::Thing(said, false), ("", ""), "").within(reach).into()
                    }
                }
            }
            ExprKind::Sequence(sequence) => self.sequence(sequence, window, not).into(),
            ExprKind::Get { up, path, target } => self.asked(*up, path, *target, window, not),
            ExprKind::Literal(Value::YesNo(yes)) => Clause::new(
                Who::Thing("it".into(), false),
                ("is", ""),
                if *yes == not { "never so" } else { "always so" },
            )
            .into(),
            _ => {
                let who = self.noun(expr, window);
                Clause::new(who, BE, if not { "no" } else { "yes" }).into()
            }
        }
    }

    /// `a and b`, where two comparisons of one thing become `between`.
    fn chain(&mut self, parts: &[Expr], window: Option<WindowKind>) -> Said {
        let mut out = Vec::new();
        let mut i = 0;
        while let Some(part) = parts.get(i) {
            if let Some(said) = parts.get(i + 1).and_then(|next| self.between(part, next, window)) {
                out.push(said);
                i += 2;
                continue;
            }
            // What stands in brackets of its own is told as part of the chain.
            match self.condition(part, window, false) {
                Said::All(inner) => out.extend(inner),
                other => out.push(other),
            }
            i += 1;
        }
        if out.len() == 1 { out.remove(0) } else { Said::All(out) }
    }

    fn between(&mut self, low: &Expr, high: &Expr, window: Option<WindowKind>) -> Option<Said> {
        let (
            ExprKind::Compare { op: CompareOp::GreaterEqual, left, right: from },
            ExprKind::Compare { op, left: again, right: to },
        ) = (&low.kind, &high.kind)
        else {
            return None;
        };
        if *op != CompareOp::LessEqual || left.span != again.span {
            return None;
        }
        let (from, to) = (self.noun(from, window), self.noun(to, window));
        let said = prose!["between ", self.phrase(from), " and ", self.phrase(to)];
        Some(self.measured(left, said, window))
    }

    /// A number of something: `has between 100 and 5,000 employees`, `its intent is …`
    fn measured(&mut self, left: &Expr, quantity: Prose, window: Option<WindowKind>) -> Said {
        let reach = window.filter(|_| self.covers(left));
        if let ExprKind::Get { up: 0, path, target: Target::Field(field) } = &left.kind
            && left.ty == Ty::Number
            && let Some(table) = self.arrives(0, path)
        {
            let name = self.lexicon.field(table, *field).name.text.clone();
            if crate::english::is_plural(&name) {
                let who = self.record(0, path);
                return Clause::new(who, ("has", "have"), prose![quantity, " ", Prose::theirs(name)]).into();
            }
        }
        let who = self.noun(left, window);
        Clause::new(who, BE, quantity).within(reach).into()
    }

    fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr, window: Option<WindowKind>, not: bool) -> Said {
        let op = match (not, opposite(op)) {
            (false, _) => op,
            (true, Some(opposite)) => opposite,
            (true, None) => op,
        };
        let reach = window.filter(|_| self.covers(left) || self.covers(right));
        if left.ty == Ty::YesNo
            && let ExprKind::Literal(Value::YesNo(yes)) = right.kind
        {
            return self.condition(left, window, yes == (op == CompareOp::NotEqual));
        }
        if let (Some(records), ExprKind::Literal(Value::Number(n))) = (counts(self, left), &right.kind)
            && let Some(quantity) = Quantity::new(op, *n)
            && let Some(said) = self.spelt(|s| s.how_many(&records, &quantity, window))
        {
            return said.into();
        }
        let time = matches!(left.ty, Ty::Time | Ty::Date);
        let other = self.noun(right, window);
        let other = self.phrase(other);
        let quantity = match op {
            CompareOp::Less if time => prose!["before ", other],
            CompareOp::LessEqual if time => prose!["on or before ", other],
            CompareOp::Greater if time => prose!["after ", other],
            CompareOp::GreaterEqual if time => prose!["on or after ", other],
            CompareOp::Less => prose!["less than ", other],
            CompareOp::LessEqual => prose!["at most ", other],
            CompareOp::Greater => prose!["more than ", other],
            CompareOp::GreaterEqual if matches!(right.kind, ExprKind::Literal(_)) => prose![other, " or more"],
            CompareOp::GreaterEqual => prose!["at least ", other],
            _ => {
                let who = self.noun(left, window);
                let listed = matches!(&right.kind, ExprKind::List(_) | ExprKind::Literal(_));
                let (verb, rest) = match (op, not) {
                    (CompareOp::NotEqual, _) => (NOT_BE, other),
                    (CompareOp::In, _) if listed => (BE, other),
                    (CompareOp::In, _) => (BE, prose!["one of ", other]),
                    (CompareOp::NotIn, _) if listed => (NOT_BE, other),
                    (CompareOp::NotIn, _) => (BE, prose!["none of ", other]),
                    (CompareOp::Contains, false) => (("contains", "contain"), other),
                    (CompareOp::Contains, true) => (("does not contain", "do not contain"), other),
                    (CompareOp::StartsWith, false) => (("starts with", "start with"), other),
                    (CompareOp::StartsWith, true) => (("does not start with", "do not start with"), other),
                    (CompareOp::EndsWith, false) => (("ends with", "end with"), other),
                    (CompareOp::EndsWith, true) => (("does not end with", "do not end with"), other),
                    _ => (BE, other),
                };
                return Clause::new(who, verb, rest).within(reach).into();
            }
        };
        self.measured(left, quantity, window)
    }

    /// A yes or no that is asked of a record.
    fn asked(
        &mut self,
        up: u8,
        path: &[lead_hir::hir::FieldId],
        target: Target,
        window: Option<WindowKind>,
        not: bool,
    ) -> Said {
        let who = self.record(up, path);
        let Some(table) = self.arrives(up, path) else { return Clause::new(who, BE, "there").into() };
        match target {
            Target::Def(def) => {
                let reach = match &self.def(def).kind {
                    DefKind::Value(value) => window.filter(|_| self.covers(value)),
                    _ => None,
                };
                self.named(who, table, &self.def(def).name.text.clone(), Some(def), reach, not).into()
            }
            Target::Field(field) => {
                let name = self.lexicon.field(table, field).name.text.clone();
                self.named(who, table, &name, None, None, not).into()
            }
            Target::Record => Clause::new(who, if not { NOT_BE } else { BE }, "known").into(),
        }
    }

    /// What a name says of a record.
    pub fn named(
        &self,
        who: Who,
        table: TableId,
        name: &str,
        def: Option<DefId>,
        window: Option<WindowKind>,
        not: bool,
    ) -> Clause {
        let piece = |text: &str| match def {
            Some(def) => Prose::def(def, text),
            None => Prose::theirs(text),
        };
        let be = if not { NOT_BE } else { BE };
        let have = if not { ("has not", "have not") } else { ("has", "have") };
        let kind = kind(self.lexicon, table, name);
        let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
        let spaced = |first: &str| if rest.is_empty() { first.to_string() } else { format!("{first} {rest}") };
        let clause = match kind {
            Kind::Noun | Kind::Stuff | Kind::Other if def.is_none() => {
                Clause::new(who, be, prose!["marked as ", piece(name)])
            }
            Kind::Noun => {
                let one = prose![article(name), " ", piece(name)];
                Clause { rest_of_records: Some(piece(&plural(name))), ..Clause::new(who, be, one) }
            }
            Kind::Stuff => Clause::new(who, ("has", "have"), prose![if not { "no " } else { "" }, piece(name)]),
            Kind::State => Clause::new(who, be, piece(name)),
            Kind::Deed if !not && window.is_some() => Clause::new(who, ("", ""), piece(name)),
            Kind::Deed => Clause::new(who, have, piece(&perfect(name))),
            Kind::Act if first == "has" && (rest.starts_with("ever ") || rest.starts_with("been ")) && not => {
                Clause::new(who, have, piece(rest.strip_prefix("ever ").unwrap_or(rest)))
            }
            Kind::Act if ["never", "always", "often"].contains(&first.to_lowercase().as_str()) => {
                let base = match rest.split_once(' ') {
                    Some((verb, rest)) => format!("{first} {} {rest}", base_form(verb)),
                    None => format!("{first} {}", base_form(rest)),
                };
                let clause = Clause::new(who, ("", ""), piece(name));
                if not {
                    Clause { who: Who::Thing(piece(name), false), ..Clause::new(Who::Same, ("does not hold", ""), "") }
                } else {
                    Clause { rest_of_many: Some(piece(&base)), ..clause }
                }
            }
            Kind::Act if not => Clause::new(who, ("does not", "do not"), piece(&spaced(&base_form(first)))),
            Kind::Act => Clause {
                rest_of_many: Some(piece(&spaced(&base_form(first)))),
                ..Clause::new(who, ("", ""), piece(name))
            },
            Kind::Modal if not => Clause::new(who, ("", ""), piece(&format!("{first} not {rest}"))),
            Kind::Modal => Clause::new(who, ("", ""), piece(name)),
            Kind::Other if not => Clause::new(who, ("does not count as", "do not count as"), piece(name)),
            Kind::Other => Clause::new(who, ("counts as", "count as"), piece(name)),
        };
        clause.within(window).negative(not)
    }

    /// `was a champion`, `became a lead`
    fn once(&self, up: u8, path: &[lead_hir::hir::FieldId], term: DefId, not: bool, became: bool) -> Clause {
        let who = self.record(up, path);
        let name = self.def(term).name.text.clone();
        let kind = self.arrives(up, path).map_or(Kind::Other, |t| kind(self.lexicon, t, &name));
        let piece = Prose::def(term, name.clone());
        let be = match (became, not) {
            (true, false) => ("became", "became"),
            (true, true) => ("has not become", "have not become"),
            (false, false) => ("was", "were"),
            (false, true) => ("was not", "were not"),
        };
        match kind {
            Kind::Noun => {
                let records = Some(Prose::def(term, plural(&name)));
                Clause { rest_of_records: records, ..Clause::new(who, be, prose![article(&name), " ", piece]) }
            }
            Kind::State => Clause::new(who, be, piece),
            Kind::Stuff if !became => {
                Clause::new(who, if not { ("did not have", "did not have") } else { ("had", "had") }, piece)
            }
            Kind::Other if !became && !not => Clause::new(who, ("counted as", "counted as"), piece),
            _ => {
                let verb = match (became, not) {
                    (true, false) => "came to hold",
                    (true, true) => "did not come to hold",
                    (false, false) => "held",
                    (false, true) => "did not hold",
                };
                Clause::new(Who::Thing(piece, false), (verb, verb), "")
            }
        }
        .negative(not)
    }

    fn sequence(&mut self, sequence: &Sequence, window: Option<WindowKind>, not: bool) -> Clause {
        let none = (sequence.function == AggregateFn::No) != not;
        let steps = self.steps(sequence);
        let who = self.record(sequence.up, &sequence.path);
        let clause = match none {
            true => Clause::new(
                Who::Thing("it never happened".into(), false),
                ("that", "that"),
                prose![self.phrase(who), " ", steps],
            ),
            false => Clause::new(who, ("", ""), steps),
        };
        match &sequence.window {
            Some(own) => Clause { when: Some(When::Here(own.kind)), ..clause },
            None => {
                Clause { rest: prose![clause.rest, if window.is_some() { "," } else { "" }], ..clause }.within(window)
            }
        }
    }

    /// `viewed a page whose …, and within 14 days after that submitted a form`
    pub fn steps(&mut self, sequence: &Sequence) -> Prose {
        let mut out = Prose::default();
        for (i, step) in sequence.steps.iter().enumerate() {
            let records = lead_hir::hir::Records {
                up: 0,
                path: Vec::new(),
                relation: step.relation.clone(),
                table: step.table,
                member_of: None,
                window: None,
                filter: step.filter.clone(),
                span: step.span,
            };
            match (i, step.within) {
                (0, _) => {}
                (_, Some(within)) => out.push(format!(", and within {} after that ", length(within))),
                (_, None) => out.push(", and after that "),
            }
            let clause = self.how_many(&records, &Quantity::Some, None);
            out.push(prose![clause.verb.0.clone(), " ", clause.rest.clone()]);
        }
        out
    }

    /// A literal or the like.
    pub fn literal(&self, of: &Value) -> Prose {
        value(self.lexicon, of)
    }
}

fn opposite(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Equal => CompareOp::NotEqual,
        CompareOp::NotEqual => CompareOp::Equal,
        CompareOp::Less => CompareOp::GreaterEqual,
        CompareOp::LessEqual => CompareOp::Greater,
        CompareOp::Greater => CompareOp::LessEqual,
        CompareOp::GreaterEqual => CompareOp::Less,
        CompareOp::In => CompareOp::NotIn,
        CompareOp::NotIn => CompareOp::In,
        _ => return None,
    })
}

/// The records that an expression counts, if that is all it does.
fn counts(speaker: &Speaker, expr: &Expr) -> Option<lead_hir::hir::Records> {
    match &expr.kind {
        ExprKind::Aggregate(a) if a.function == AggregateFn::Count && !a.distinct => Some(a.records.clone()),
        ExprKind::Get { up: 0, path, target: Target::Def(def) } if path.is_empty() => match &speaker.def(*def).kind {
            DefKind::Value(value) if !matches!(value.kind, ExprKind::Get { .. }) => counts(speaker, value),
            _ => None,
        },
        _ => None,
    }
}
