//! What is measured of related records.

use std::sync::Arc;

use lead_hir::hir::{Aggregate, AggregateFn, Expr, Hop, Records, Relation, Sequence, Ty};
use lead_hir::words;

use super::text::{Ctx, Env, Writer};
use super::{Counted, Info, Kind, Lowering, domain_of, plain};
use crate::domain::{Domain, Point, Unit};
use crate::edge::Range;
use crate::space::{Form, FormId, VarId};

/// The values of a count.
fn counting() -> Domain {
    Domain::Line { unit: Unit::Count, low: Some(Point::Float(0.0)), high: None }
}

impl Lowering<'_, '_> {
    /// The measurement that an aggregate rests on: for `count any no every` how many records, else its own.
    pub(crate) fn aggregate(&mut self, aggregate: &Aggregate, expr: &Expr, env: &Env, ctx: &Ctx) -> VarId {
        let counts = match aggregate.function {
            AggregateFn::Count | AggregateFn::Any | AggregateFn::No | AggregateFn::Every => true,
            AggregateFn::Sum | AggregateFn::Average | AggregateFn::Min => false,
            AggregateFn::Max | AggregateFn::First | AggregateFn::Last => false,
        };
        let window = match &aggregate.records.window {
            Some(_) => None,
            None => ctx.window.filter(|_| self.lexicon.table(aggregate.records.table).is_event()),
        };
        let window: Option<Arc<str>> = window.map(|w| words::window(self.lexicon, w).into());
        if counts && !aggregate.distinct {
            let fails = (aggregate.function == AggregateFn::Every).then_some(aggregate.argument.as_ref()).flatten();
            return self.count(&aggregate.records, fails, window, env, ctx);
        }
        let (key, roots) = self.exact(expr, env, ctx);
        if let Some(var) = self.world.find(&key) {
            return var;
        }
        let label = self.plain(expr, env);
        let count = self.count(&aggregate.records, None, window.clone(), env, ctx);
        let base = self.world.info(count).doubt.clone();
        if aggregate.distinct {
            let mut counted = match &self.world.info(count).kind {
                Kind::Count(counted) => counted.clone(),
                _ => return count,
            };
            counted.distinct = true;
            let doubt = base.or_else(|| Some(format!("`{label}` is not worked out").into()));
            let info = Info { window, roots, doubt, kind: Kind::Count(counted), ..plain(key, label, Ty::Number) };
            return self.world.var(info, counting(), false);
        }
        let ty = expr.ty.clone();
        let unknowable = aggregate.function != AggregateFn::Sum;
        let doubt = match &aggregate.argument {
            // A field can hold what is looked for; what is worked out may not.
            Some(argument) if matches!(argument.kind, lead_hir::hir::ExprKind::Get { .. }) => base,
            _ => base.or_else(|| Some(format!("`{label}` is not worked out").into())),
        };
        // The time of the first or last event is tied to how many there are in each window.
        let info = Info { window, roots, doubt, kind: Kind::Measure(count), ..plain(key, label, ty.clone()) };
        self.world.var(info, domain_of(&ty), unknowable)
    }

    /// How many of some records there are; with `fails`, of which it is not yes.
    fn count(
        &mut self,
        records: &Records,
        fails: Option<&Expr>,
        window: Option<Arc<str>>,
        env: &Env,
        ctx: &Ctx,
    ) -> VarId {
        let event = self.lexicon.table(records.table).is_event();
        let mut writer = Writer::exact(self.lexicon);
        writer.out.push_str("count ");
        writer.records(records, env, ctx);
        let of = env.up(records.up).inner(self.lexicon, records.table);
        let inner = if event { ctx.no_window() } else { ctx.clone() };
        if let Some(fails) = fails {
            writer.out.push_str(" fails ");
            writer.expr(fails, &of, &inner);
        }
        let cut = writer.cut;
        let key = match cut {
            true => format!("unseen {} {:?} {}", self.side, records.span, writer.out),
            false => writer.out,
        };
        if let Some(var) = self.world.find(&key) {
            return var;
        }
        let roots = self.roots_of(writer.roots);
        let mut parts: Vec<FormId> = Vec::new();
        if let Some(term) = records.member_of {
            parts.push(self.yes_no(term, &of, &ctx.no_window()));
        }
        if let Some(filter) = &records.filter {
            parts.push(self.form(filter, &of, &inner));
        }
        if let Some(fails) = fails {
            let form = self.form(fails, &of, &inner);
            let yes = self.world.space.is_yes(form);
            parts.push(self.world.space.not(yes));
        }
        let filter = (!parts.is_empty()).then(|| self.world.space.and(parts.clone()));
        let parts = match filter.map(|f| self.world.space.form(f).clone()) {
            Some(Form::And(all)) => all,
            _ => filter.into_iter().collect(),
        };
        let label = self.label_of(records, fails, env);
        let doubt = self.doubt_of(filter, cut, &label, &of);
        let range = event.then(|| {
            let window = records.window.as_ref().map(|w| w.kind).or(ctx.window);
            Arc::new(Range::of_events(window, &ctx.moves))
        });
        let family = self.family(records, env);
        let counted = Counted { family, range, filter, parts, distinct: false };
        let at_most_one =
            matches!(&records.relation, Relation::Hops(hops) if hops.iter().all(|h| matches!(h, Hop::Forward(_))));
        let info = Info { window, roots, doubt, kind: Kind::Count(counted), ..plain(key, label, Ty::Number) };
        let mut domain = counting();
        if let (true, Domain::Line { high, .. }) = (at_most_one, &mut domain) {
            *high = Some(Point::Float(1.0));
        }
        self.world.var(info, domain, false)
    }

    fn label_of(&self, records: &Records, fails: Option<&Expr>, env: &Env) -> String {
        let mut writer = Writer::plain(self.lexicon);
        writer.out.push_str("count(");
        writer.records(records, env, &Ctx::default());
        if let Some(fails) = fails {
            let of = env.up(records.up).inner(self.lexicon, records.table);
            writer.out.push_str(" where not (");
            writer.expr(fails, &of, &Ctx::default());
            writer.out.push(')');
        }
        writer.out.push(')');
        writer.out
    }

    /// Why the number of records may be bounded by what is asked of them.
    fn doubt_of(&self, filter: Option<FormId>, cut: bool, label: &str, of: &Env) -> Option<Arc<str>> {
        if cut {
            return Some(format!("`{label}` is built on more than can be looked at").into());
        }
        let tests = self.world.space.tests(filter?);
        tests.iter().find_map(|(var, _)| {
            let info = self.world.info(*var);
            // Other records may be the one outside, of which more is asked.
            let own = info.key.rsplit_once(&*of.key).is_some_and(|(_, name)| !name.split(' ').any(|w| w.contains('.')));
            info.doubt.clone().or_else(|| (!own).then(|| format!("`{label}` asks other records as well").into()))
        })
    }

    /// The records of an aggregate before any condition on them.
    fn family(&mut self, records: &Records, env: &Env) -> u32 {
        let of = env.up(records.up).follow(self.lexicon, &records.path);
        let mut text = ["family ", &of.key, " ", &self.lexicon.table(records.table).name.key].concat();
        if let Relation::Hops(hops) = &records.relation {
            let mut at = of.table;
            for hop in hops {
                match *hop {
                    Hop::Forward(field) => {
                        let field = self.lexicon.field(at, field);
                        text.extend([" ->", &field.name.key]);
                        if let Ty::Record(next) = field.ty {
                            at = next;
                        }
                    }
                    Hop::Back(table, field) => {
                        let name = &self.lexicon.table(table).name.key;
                        text.extend([" <-", name, ".", &self.lexicon.field(table, field).name.key]);
                        at = table;
                    }
                }
            }
        }
        self.world.root(&text)
    }

    /// How many sequences there are.
    pub(crate) fn sequence(&mut self, sequence: &Sequence, env: &Env, ctx: &Ctx) -> VarId {
        let counted = Sequence { function: AggregateFn::Count, ..sequence.clone() };
        let expr = Expr {
            span: sequence.steps.first().map_or(lead_diag::Span::new(lead_diag::FileId(0), 0, 0), |s| s.span),
            ty: Ty::Number,
            kind: lead_hir::hir::ExprKind::Sequence(Box::new(counted)),
        };
        let (key, roots) = self.exact(&expr, env, ctx);
        let label = self.plain(&expr, env);
        let doubt = Some(format!("the order of events in `{label}` is not looked into").into());
        let window = ctx.window.filter(|_| sequence.window.is_none()).map(|w| words::window(self.lexicon, w).into());
        self.world.var(Info { window, roots, doubt, ..plain(key, label, Ty::Number) }, counting(), false)
    }
}
