//! From definitions to a plan. Equal nodes and measures are made once, so that what several definitions measure is
//! measured once.

use lead_diag::InOrder;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use lead_diag::Span;
use lead_hir::hir::{self, Def, DefId, DefKind, FieldId, Lexicon, TableId, Target, Ty, Value, WindowKind};

use crate::calendar;
use crate::expr::Prepared;
use crate::plan::{
    Constant, Measure, MeasureId, MeasureKind, MetricPlan, Named, Node, NodeId, Op, Plan, PointsLine, Scope, ScoreLine,
    SubjectPlan,
};
use crate::when::{Moments, WhenId};

/// Plans the definitions that `wanted` names, at an as-of time (microseconds since 1970 UTC).
///
/// The lexicon has no errors. Definitions may build on each other thousands deep: the work is done on a thread whose
/// stack allows for that.
pub fn plan(lexicon: &Lexicon, as_of: i64, wanted: impl Fn(&Def) -> bool + Sync) -> Plan {
    plan_series(lexicon, &[as_of], wanted)
}

/// As [`plan`], at several as-of times: what they share is read and measured once. A subject's answers come time by time,
/// and so do metrics. The plan's own as-of time is the last one.
pub fn plan_series(lexicon: &Lexicon, times: &[i64], wanted: impl Fn(&Def) -> bool + Sync) -> Plan {
    on_a_deep_stack(|| {
        let mut planner = Planner::plain(lexicon, times.last().copied().unwrap_or(0));
        for time in times {
            for (id, _) in lexicon.def_ids().filter(|(_, def)| wanted(def)) {
                planner.want_def_at(id, *time);
            }
        }
        planner.finish()
    })
}

/// Runs `work` on a thread with a stack for definitions that build on each other thousands deep. Where addresses are short (`ulimit -v`)
/// the stack is as large as it can be, which most lexicons need a thousandth of.
pub fn on_a_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let (mut work, mut value) = (Some(work), None);
    run_deep(&mut || value = work.take().map(|work| work()));
    value.unwrap_or_else(|| unreachable!("the work was done"))
}

fn run_deep(work: &mut (dyn FnMut() + Send)) {
    const STACKS: [usize; 4] = [1 << 30, 1 << 28, 1 << 26, 1 << 24];
    let work = Mutex::new(work);
    let go = || work.lock().unwrap_or_else(PoisonError::into_inner)();
    let done = std::thread::scope(|scope| {
        let spawn = |stack: usize| std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, go).ok();
        STACKS.into_iter().find_map(spawn).map(|handle| handle.join())
    });
    match done {
        Some(Ok(())) => {}
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        // Not even that can be had.
        None => go(),
    }
}

/// What an expression is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Env {
    /// A record of a table.
    Record(TableId),
    /// A record of a measure over `record`, and the subject it belongs to.
    Pair { measure: MeasureId, record: TableId, subject: TableId },
    /// Nothing (metrics).
    Global,
}

impl Env {
    pub(crate) fn scope(self) -> Scope {
        match self {
            Env::Record(table) => Scope::Table(table),
            Env::Pair { measure, .. } => Scope::Pair(measure),
            Env::Global => Scope::Global,
        }
    }
}

/// The as-of time and the window in force (LANGUAGE 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ctx {
    pub(crate) as_of: WhenId,
    pub(crate) window: Option<WindowKind>,
}

impl Ctx {
    pub(crate) fn no_window(self) -> Ctx {
        Ctx { window: None, ..self }
    }
}

/// Builds a plan, definition by definition.
pub struct Planner<'a> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) moments: Moments,
    /// Events later than this exist for forward windows alone, at whatever as-of time.
    until: i64,
    nodes: Vec<Node>,
    origins: Vec<Span>,
    node_ids: HashMap<Node, NodeId>,
    pub(crate) measures: Vec<Measure>,
    measure_ids: HashMap<Measure, MeasureId>,
    defs: HashMap<(DefId, Ctx), NodeId>,
    subjects: Vec<SubjectPlan>,
    metrics: Vec<MetricPlan>,
    pub(crate) global_measures: Vec<MeasureId>,
    pub(crate) origin: Span,
    /// Whether each line of a score is measured apart, so that its share can be told.
    apart: bool,
    /// Definitions whose answers are given, and the field that holds them.
    given: HashMap<DefId, FieldId>,
    /// A definition that is another one for the time being.
    changed: Option<(DefId, &'a Def)>,
}

impl<'a> Planner<'a> {
    /// An empty plan, whose answers can be explained part by part.
    pub fn new(lexicon: &'a Lexicon, as_of: i64) -> Planner<'a> {
        Planner {
            lexicon,
            moments: Moments::new(as_of),
            until: i64::MAX,
            nodes: Vec::new(),
            origins: Vec::new(),
            node_ids: HashMap::new(),
            measures: Vec::new(),
            measure_ids: HashMap::new(),
            defs: HashMap::new(),
            subjects: Vec::new(),
            metrics: Vec::new(),
            global_measures: Vec::new(),
            origin: Span::new(lead_diag::FileId(0), 0, 0),
            apart: true,
            given: HashMap::new(),
            changed: None,
        }
    }

    /// An empty plan for answers alone: lines of a score are added up together where that is the same.
    pub fn plain(lexicon: &'a Lexicon, as_of: i64) -> Planner<'a> {
        Planner { apart: false, ..Planner::new(lexicon, as_of) }
    }

    /// What has happened ends at a time (microseconds since 1970 UTC): an answer as of a later time is what it will be if nothing
    /// more happens. Said before anything is wanted.
    pub fn happened_until(&mut self, time: i64) {
        self.until = time;
    }

    /// The as-of time.
    pub(crate) fn as_of(&self) -> i64 {
        self.moments.at(Moments::AS_OF)
    }

    /// Which times of events a window takes.
    pub(crate) fn event_range(&self, window: Option<WindowKind>, as_of: WhenId) -> Range<i64> {
        let range = calendar::event_range(window, self.moments.at(as_of), &self.lexicon.settings);
        if calendar::is_forward(window) { range } else { range.start..range.end.min(self.until.saturating_add(1)) }
    }

    /// Takes the answer of a definition from a field of its subject instead of working it out: at any as-of time, under any
    /// window.
    pub fn give(&mut self, def: DefId, field: FieldId) {
        self.given.insert(def, field);
    }

    /// Whether each line of a score is measured apart.
    pub(crate) fn tells_lines(&self) -> bool {
        self.apart
    }

    /// Whether the answer of a definition is given.
    pub(crate) fn is_given(&self, def: DefId) -> bool {
        self.given.contains_key(&def)
    }

    /// Plans one definition as if it were another from here on; `None`: as the lexicon has it. `affected` are those that were or
    /// are now other ones, and all that build on them. What was planned of others stays, so that many changes share one plan.
    pub fn change(&mut self, changed: Option<(DefId, &'a Def)>, affected: &HashSet<DefId>) {
        self.changed = changed;
        self.defs.retain(|(def, _), _| !affected.contains(def));
    }

    /// A definition, as changed.
    pub(crate) fn definition(&self, id: DefId) -> &'a Def {
        match self.changed {
            Some((changed, def)) if changed == id => def,
            _ => self.lexicon.def(id),
        }
    }

    /// The as-of times and windows under which a definition has been planned so far.
    pub(crate) fn contexts(&self, def: DefId) -> Vec<Ctx> {
        // In the order in which their nodes came about.
        let mut found: Vec<(NodeId, Ctx)> =
            self.defs.iter().filter(|((d, _), _)| *d == def).map(|((_, ctx), node)| (*node, *ctx)).collect();
        found.in_order_by_key(|(node, ctx)| (*node, ctx.as_of));
        found.into_iter().map(|(_, ctx)| ctx).collect()
    }

    /// The definitions that have been planned so far.
    pub fn defs(&self) -> BTreeSet<DefId> {
        self.defs.keys().map(|(def, _)| *def).collect()
    }

    /// The node of a definition's answer at the plan's own as-of time. `None` for metrics and periods.
    pub fn answer(&mut self, def: DefId) -> Option<NodeId> {
        let asked = self.definition(def);
        asked.subject?;
        (!matches!(asked.kind, DefKind::Period(_) | DefKind::Error)).then(|| self.def_node(def, self.now()))
    }

    /// Adds the definitions that `wanted` names to the answers.
    pub fn want(&mut self, wanted: &dyn Fn(&Def) -> bool) {
        let lexicon = self.lexicon;
        for (id, def) in lexicon.def_ids() {
            if wanted(def) {
                self.want_def(id);
            }
        }
    }

    /// Adds a definition to the answers, behind those that were added before.
    pub fn want_def(&mut self, id: DefId) {
        self.want_def_at(id, self.as_of());
    }

    /// Adds a definition as of a time of its own to the answers, behind those that were added before.
    pub fn want_def_at(&mut self, id: DefId, as_of: i64) {
        let def = self.lexicon.def(id);
        let ctx = Ctx { as_of: self.moments.of_run(as_of), window: None };
        if let DefKind::Metric(metric) = &def.kind {
            self.want_metric(id, metric, ctx);
        } else if let (Some(subject), false) = (def.subject, matches!(def.kind, DefKind::Period(_) | DefKind::Error)) {
            let node = self.def_node(id, ctx);
            self.want_node(id, subject, node);
        }
    }

    /// Adds a node of a table's records to the answers, under the name of a definition. Gives its place among the answers of
    /// that table.
    pub fn want_node(&mut self, name: DefId, table: TableId, node: NodeId) -> usize {
        let at = match self.subjects.binary_search_by_key(&table, |s| s.table) {
            Ok(at) => at,
            Err(at) => {
                self.subjects.insert(at, SubjectPlan { table, defs: Vec::new() });
                at
            }
        };
        self.subjects[at].defs.push((name, node));
        self.subjects[at].defs.len() - 1
    }

    /// What is asked, at an as-of time, of the record that references lead to from a record of `table`.
    pub fn asked_at(&mut self, table: TableId, path: &[FieldId], target: Target, as_of: i64) -> NodeId {
        let as_of = self.moments.of_run(as_of);
        self.get(table, path, target, Ctx { as_of, window: None })
    }

    /// Adds, for each kind of event that is measured so far, the time of its last one up to `until`, as a metric under the name
    /// of a definition. Gives the kinds of events, in the order of those metrics.
    pub fn want_latest(&mut self, name: DefId, until: i64) -> Vec<TableId> {
        let mut tables: BTreeSet<TableId> = BTreeSet::new();
        for measure in &self.measures {
            tables.insert(measure.table);
            tables.extend(measure.others().into_iter().map(|(table, _)| table));
        }
        let mut found = Vec::new();
        for table in tables {
            let Some(field) = self.lexicon.table(table).time() else { continue };
            let ty = self.lexicon.field(table, field).ty.clone();
            let time = self.node(Scope::Table(table), ty.clone(), Op::Field(field));
            let times = i64::MIN..until.saturating_add(1);
            let moments = self.moments.fixed(times.start)..self.moments.fixed(times.end);
            let measure = self.measure(Measure {
                subject: Scope::Global,
                table,
                hops: None,
                times: Some(times),
                moments: Some(moments),
                filter: None,
                kind: MeasureKind::Max,
                argument: Some(time),
                correlated: false,
                by: Vec::new(),
            });
            let node = self.node(Scope::Global, ty, Op::Measure(measure));
            self.metrics.push(MetricPlan { def: name, node, measures: vec![measure] });
            found.push(table);
        }
        found
    }

    fn want_metric(&mut self, id: DefId, metric: &hir::Metric, ctx: Ctx) {
        self.global_measures.clear();
        let node = self.expr(&metric.expr, Env::Global, ctx);
        let measures = std::mem::take(&mut self.global_measures);
        self.metrics.push(MetricPlan { def: id, node, measures });
    }

    /// The plan as it stands.
    pub fn finish(self) -> Plan {
        let mut named: Vec<Named> = self
            .defs
            .into_iter()
            .map(|((def, ctx), node)| Named { def, as_of: ctx.as_of, window: ctx.window, node })
            .collect();
        named.in_order_by_key(|n| (n.node, n.def, n.as_of));
        Plan {
            as_of: self.moments.at(Moments::AS_OF),
            nodes: self.nodes,
            measures: self.measures,
            subjects: self.subjects,
            metrics: self.metrics,
            origins: self.origins,
            moments: self.moments,
            named,
        }
    }

    pub(crate) fn now(&self) -> Ctx {
        Ctx { as_of: Moments::AS_OF, window: None }
    }

    pub(crate) fn node(&mut self, scope: Scope, ty: Ty, op: Op) -> NodeId {
        let node = Node { scope, ty, op };
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.origins.push(self.origin);
        self.node_ids.insert(node, id);
        id
    }

    pub(crate) fn node_of(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn ty(&self, id: NodeId) -> &Ty {
        &self.nodes[id.0 as usize].ty
    }

    pub(crate) fn constant(&mut self, scope: Scope, ty: Ty, value: Value) -> NodeId {
        self.node(scope, ty, Op::Const(Constant(value)))
    }

    pub(crate) fn measure(&mut self, measure: Measure) -> MeasureId {
        if let Some(id) = self.measure_ids.get(&measure) {
            return *id;
        }
        let id = MeasureId(self.measures.len() as u32);
        self.measures.push(measure.clone());
        self.measure_ids.insert(measure, id);
        id
    }

    /// Puts a measure whose filter refers to its own id in its place.
    pub(crate) fn fill_measure(&mut self, id: MeasureId, measure: Measure) {
        self.measures[id.0 as usize] = measure;
    }

    /// Makes room for a measure whose filter will refer to its id.
    pub(crate) fn reserve_measure(&mut self, placeholder: Measure) -> MeasureId {
        let id = MeasureId(self.measures.len() as u32);
        self.measures.push(placeholder);
        id
    }

    /// The answer of a definition for the records of its subject. Only a value takes a window in (D27).
    pub(crate) fn def_node(&mut self, id: DefId, ctx: Ctx) -> NodeId {
        let lexicon = self.lexicon;
        let def = self.definition(id);
        let ctx = if matches!(def.kind, DefKind::Value(_)) { ctx } else { ctx.no_window() };
        if let Some(node) = self.defs.get(&(id, ctx)) {
            return *node;
        }
        let outer = std::mem::replace(&mut self.origin, def.name_span);
        let env = def.subject.map_or(Env::Global, Env::Record);
        let given = self.given.get(&id).copied();
        let node = match &def.kind {
            _ if given.is_some() => {
                let op = given.map_or(Op::Unknown, Op::Field);
                self.node(env.scope(), def.ty.clone(), op)
            }
            DefKind::Value(expr) => self.expr(expr, env, ctx),
            DefKind::Term(term) => {
                let alternatives = term.alternatives.iter().map(|c| self.expr(&c.condition, env, ctx)).collect();
                let exceptions = term.exceptions.iter().map(|c| self.expr(&c.condition, env, ctx)).collect();
                self.node(env.scope(), Ty::YesNo, Op::Term { alternatives, exceptions })
            }
            DefKind::Choice(choice) => {
                let lines = choice.lines.iter().map(|line| {
                    let condition = line.condition.as_ref().map(|c| self.expr(c, env, ctx));
                    let result = self.expr(&line.result, env, ctx);
                    (condition, self.as_type(result, &def.ty))
                });
                let lines = lines.collect();
                self.node(env.scope(), def.ty.clone(), Op::Choice(lines))
            }
            DefKind::Score(score) => self.score(score, env, ctx),
            DefKind::Funnel(steps) => {
                let steps = steps.iter().map(|step| {
                    let name = lexicon.def(*step).name.text.as_str();
                    (self.def_node(*step, ctx), Constant(Value::Text(name.into())))
                });
                let steps = steps.collect();
                self.node(env.scope(), Ty::Text, Op::Furthest(steps))
            }
            DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => self.node(env.scope(), Ty::Error, Op::Unknown),
        };
        self.origin = outer;
        self.defs.insert((id, ctx), node);
        node
    }

    fn score(&mut self, score: &hir::Score, env: Env, ctx: Ctx) -> NodeId {
        let bound = |this: &mut Self, e: &Option<hir::Expr>| e.as_ref().map(|e| this.expr(e, env, ctx));
        let mut lines = Vec::with_capacity(score.lines.len());
        let mut together: Vec<(Prepared, PointsLine)> = Vec::new();
        for line in &score.lines {
            let (condition, points) = match &line.kind {
                hir::ScoreLineKind::When(condition) => {
                    (Some(self.expr(condition, env, ctx)), self.expr(&line.points, env, ctx))
                }
                hir::ScoreLineKind::Always => (None, self.expr(&line.points, env, ctx)),
                hir::ScoreLineKind::Per(records) => {
                    let prepared = self.points(records, line, env, ctx);
                    match self.together(line, &prepared) {
                        Some(points) => {
                            together.push((prepared, points));
                            continue;
                        }
                        None => (None, self.place(prepared, Ty::Number, env, records.up, ctx)),
                    }
                }
            };
            let (at_most, at_least) = (bound(self, &line.at_most), bound(self, &line.at_least));
            lines.push(ScoreLine { negative: line.negative, condition, points, at_most, at_least });
        }
        if let Some((mut first, line)) = together.pop() {
            let mut all = vec![line];
            all.extend(together.into_iter().map(|(_, line)| line));
            first.measure.kind = MeasureKind::PointsOf { as_of: self.moments.at(ctx.as_of), lines: all };
            let points = self.place(first, Ty::Number, env, 0, ctx);
            lines.push(ScoreLine { negative: false, condition: None, points, at_most: None, at_least: None });
        }
        let (at_most, at_least) = (bound(self, &score.at_most), bound(self, &score.at_least));
        self.node(env.scope(), Ty::Number, Op::Score { lines, at_most, at_least })
    }

    /// A line that may be added up with others of its score: exact addition makes that the same (D38). It has no bounds of its own, is over
    /// the record's own events, and its points are a plain number that cannot leave the range.
    fn together(&self, line: &hir::ScoreLine, prepared: &Prepared) -> Option<PointsLine> {
        let hir::ExprKind::Literal(Value::Number(size)) = line.points.kind else { return None };
        let m = &prepared.measure;
        let plain = !self.apart
            && size.abs() < 1e9
            && line.at_most.is_none()
            && line.at_least.is_none()
            && !m.correlated
            && prepared.path.is_empty()
            && matches!(&line.kind, hir::ScoreLineKind::Per(records) if records.up == 0);
        if !plain {
            return None;
        }
        Some(PointsLine {
            negative: line.negative,
            half_life: line.half_life,
            table: m.table,
            hops: m.hops.clone()?,
            times: m.times.clone()?,
            filter: m.filter,
            points: m.argument?,
        })
    }

    /// A number as money where money is wanted.
    fn as_type(&mut self, node: NodeId, ty: &Ty) -> NodeId {
        let scope = self.nodes[node.0 as usize].scope;
        match (ty, self.ty(node)) {
            (Ty::Money, Ty::Number) => self.node(scope, Ty::Money, Op::ToMoney(node)),
            _ => node,
        }
    }

    /// What is asked of the record that a chain of references from a record of `table` leads to.
    pub(crate) fn get(&mut self, table: TableId, path: &[FieldId], target: Target, ctx: Ctx) -> NodeId {
        let Some((first, rest)) = path.split_first() else {
            return match target {
                Target::Field(field) => {
                    let ty = self.lexicon.field(table, field).ty.clone();
                    self.node(Scope::Table(table), ty, Op::Field(field))
                }
                Target::Def(def) => self.def_node(def, ctx),
                Target::Record => self.node(Scope::Table(table), Ty::Record(table), Op::Itself),
            };
        };
        let Ty::Record(next) = self.lexicon.field(table, *first).ty else {
            return self.node(Scope::Table(table), Ty::Error, Op::Unknown);
        };
        if rest.is_empty() && target == Target::Record {
            return self.node(Scope::Table(table), Ty::Record(next), Op::Field(*first));
        }
        let node = self.get(next, rest, target, ctx);
        self.follow(table, *first, node)
    }

    pub(crate) fn follow(&mut self, table: TableId, reference: FieldId, node: NodeId) -> NodeId {
        let ty = self.ty(node).clone();
        self.node(Scope::Table(table), ty, Op::Follow { reference, node })
    }
}
