//! Runs a plan: entities in memory, one pass over events for each level of measures that build on each other.

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use lead_data::{Column, Data, Values, side_by_side};
use lead_diag::{Diagnostic, Span, codes};
use lead_hir::hir::{FieldId, Hop, Lexicon, TableId, Ty};
use lead_plan::{Measure, MeasureKind, NodeId, Op, Plan, Scope};

use crate::accumulate::Accumulator;
use crate::answers::{Answers, DefAnswers, SubjectAnswers};
use crate::blocks::compute;
use crate::hits::{Frame, NO_TIMES, counted, is_pair};
use crate::kernel::{Context, Overflow, Rows, kernel};
use crate::ledger::Ledger;
use crate::metric::{Groups, metric_answer};
use crate::parts::slice;
use crate::relation::{Way, Ways};
use crate::scan::{Job, Part, scan};
use crate::stages::{kept, stages};
use crate::time::Zone;
use crate::vector::{Vector, gather, records, to_column};
use crate::why::Seen;

/// Why a run cannot be finished.
#[derive(Clone, Debug)]
pub struct EvalError {
    /// The definition or expression in question.
    pub span: Span,
}

impl EvalError {
    /// As a message (L0801).
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::new(
            codes::MONEY_OVERFLOW,
            "an amount of money here grows past 922 trillion, the most that can be held",
        )
        .label(self.span, "computed here")
        .help("look for a factor that is far too large, or for amounts in the wrong unit")
    }
}

/// Answers every definition of a plan from data that hold what the plan needs.
///
/// # Errors
/// An amount of money that leaves its 64 bits (D19).
pub fn evaluate<'a>(
    lexicon: &'a Lexicon,
    plan: &'a Plan,
    data: &'a Data<'a>,
    clauses: bool,
) -> Result<Answers, EvalError> {
    let mut engine = Engine::new(lexicon, plan, data);
    engine.run(Wanted::Answers { clauses })?;
    engine.answers(clauses)
}

/// Which nodes are wanted once a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted<'w> {
    /// Those of answers, and of their clauses if so said.
    Answers { clauses: bool },
    /// Those of answers, and these.
    These(&'w [NodeId]),
    /// All.
    Everything,
}

/// Records that are worth a thread. Tests have little data and want threads, and parts.
const MANY: usize = if cfg!(debug_assertions) { 2 } else { 1 << 14 };

/// Records of one measure that are worth several.
const SHARED: usize = if cfg!(debug_assertions) { 3 } else { 1 << 16 };

/// The state of a run.
pub(crate) struct Engine<'a> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) data: &'a Data<'a>,
    pub(crate) cx: Context<'a>,
    /// By node: its value for every record of its entity, where that is kept. Invariant *entities only*: nodes of events and pairs
    /// have none.
    store: Vec<Option<Vector<'a>>>,
    /// By measure: a result per subject, if it is not in a ledger.
    pub(crate) measured: Vec<Option<Arc<Column>>>,
    /// By measure: the ledger and lane that hold it, until its nodes are computed.
    pub(crate) lanes: Vec<Option<(Arc<Ledger>, usize)>>,
    /// By measure of a metric: its groups, in the order of its result.
    pub(crate) groups: Vec<Option<Groups>>,
    /// By measure: the nodes of its pairs, operands first.
    pub(crate) pair_nodes: Vec<Vec<NodeId>>,
    ways: Ways,
    levels: Vec<usize>,
    measure_levels: Vec<usize>,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(lexicon: &'a Lexicon, plan: &'a Plan, data: &'a Data<'a>) -> Engine<'a> {
        let mut pair_nodes = vec![Vec::new(); plan.measures.len()];
        let mut patterns = HashMap::new();
        for (i, node) in plan.nodes.iter().enumerate() {
            if let Some(measure) = is_pair(node.scope) {
                pair_nodes[measure].push(NodeId(i as u32));
            }
            if let Op::Matches(_, pattern) = &node.op
                && let Ok(regex) = regex::Regex::new(pattern)
            {
                patterns.insert(pattern.clone(), regex);
            }
        }
        let (levels, measure_levels) = levels(lexicon, plan);
        let settings = &lexicon.settings;
        Engine {
            lexicon,
            data,
            cx: Context { plan, settings, zone: Zone::new(&settings.zone), patterns },
            store: vec![None; plan.nodes.len()],
            measured: vec![None; plan.measures.len()],
            lanes: vec![None; plan.measures.len()],
            groups: (0..plan.measures.len()).map(|_| None).collect(),
            pair_nodes,
            ways: Ways::default(),
            levels,
            measure_levels,
        }
    }

    pub(crate) fn stored(&self, id: NodeId) -> &Vector<'a> {
        Rows { len: 0, slots: &self.store }.get(id)
    }

    /// All nodes of records that are stored.
    pub(crate) fn rows(&self, len: usize) -> Rows<'_, 'a> {
        Rows { len, slots: &self.store }
    }

    pub(crate) fn is_event(&self, table: TableId) -> bool {
        self.lexicon.table(table).is_event()
    }

    /// How many subjects a measure has. Groups of metrics come as they come.
    pub(crate) fn subjects(&self, measure: &Measure) -> usize {
        match measure.subject {
            Scope::Table(table) => self.data.records(table).map_or(0, |r| r.rows),
            _ => 0,
        }
    }

    pub(crate) fn way(&self, measure: &Measure, hops: Option<&[Hop]>) -> Option<Way> {
        let (Scope::Table(subject), Some(hops)) = (measure.subject, hops) else { return None };
        Some(self.ways.get(self.lexicon, self.data, subject, hops))
    }

    /// Computes the nodes of entities that are wanted, and every measure.
    pub(crate) fn run(&mut self, wanted: Wanted) -> Result<(), EvalError> {
        let plan = self.cx.plan;
        let clauses = wanted == Wanted::Answers { clauses: true };
        let mut keep = kept(self, &self.levels, clauses, wanted == Wanted::Everything);
        if let Wanted::These(nodes) = wanted {
            nodes.iter().for_each(|id| keep[id.0 as usize] = true);
        }
        for (level, stages) in stages(self, &self.levels).into_iter().enumerate() {
            if level > 0 {
                let due: Vec<usize> = (0..plan.measures.len())
                    .filter(|m| self.measure_levels[*m] == level && self.is_scanned(&plan.measures[*m]))
                    .collect();
                scan(self, &due, &keep)?;
            }
            for stage in stages {
                self.entity_measures(&stage.measures)?;
                for (table, nodes) in stage.tables {
                    let made = compute(self, table, &nodes, &keep).map_err(|id| self.overflow(id))?;
                    for (id, vector) in made {
                        self.store[id.0 as usize] = Some(vector);
                    }
                }
                // Nodes of measures over events are in the first stage of their level.
                self.lanes.iter_mut().for_each(|lane| *lane = None);
            }
        }
        Ok(())
    }

    /// The result of a measure for some subjects.
    pub(crate) fn measured_rows(&self, index: usize, rows: &Range<usize>) -> Vector<'a> {
        if let Some((ledger, lane)) = &self.lanes[index] {
            return Vector::owned(ledger.column(*lane, rows.clone()));
        }
        match &self.measured[index] {
            Some(column) => slice(&Vector::Owned(Arc::clone(column)), rows),
            None => Vector::unknown(),
        }
    }

    /// Whether a measure needs a pass over events.
    fn is_scanned(&self, measure: &Measure) -> bool {
        self.is_event(measure.table)
    }

    fn overflow(&self, id: NodeId) -> EvalError {
        let fallback = || Span::new(lead_diag::FileId(0), 0, 0);
        EvalError { span: self.cx.plan.origins.get(id.0 as usize).copied().unwrap_or_else(fallback) }
    }

    pub(crate) fn measure_overflow(&self, measure: usize) -> EvalError {
        let of = |op: &Op| matches!(op, Op::Measure(m) if m.0 as usize == measure);
        let node = self.cx.plan.nodes.iter().position(|n| of(&n.op)).unwrap_or(0);
        self.overflow(NodeId(node as u32))
    }

    pub(crate) fn field(&self, table: TableId, field: FieldId) -> Option<&'a Column> {
        self.data.records(table)?.columns.get(field.0 as usize)?.as_ref()
    }

    /// Measures records of entities: several measures side by side, and of many records several parts.
    fn entity_measures(&mut self, due: &[usize]) -> Result<(), EvalError> {
        let shared: &Engine = self;
        let records = |index: &usize| shared.data.records(shared.cx.plan.measures[*index].table).map_or(0, |r| r.rows);
        let worth = due.iter().map(records).sum::<usize>() > MANY;
        let threads = if worth { shared.data.threads() } else { 1 };
        let mut work: Vec<(usize, Range<usize>)> = Vec::new();
        for (place, index) in due.iter().enumerate() {
            work.extend(shared.shares(*index, threads).into_iter().map(|rows| (place, rows)));
        }
        work.in_order_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
        let measured = side_by_side(threads, work, |(place, rows)| (place, shared.entity_part(due[place], rows)));
        let mut parts: Vec<Result<Vec<Part>, Overflow>> = due.iter().map(|_| Ok(Vec::new())).collect();
        for (place, part) in measured {
            match (&mut parts[place], part) {
                (Ok(parts), Ok(part)) => parts.push(part),
                (failed, Err(Overflow)) => *failed = Err(Overflow),
                (Err(Overflow), _) => {}
            }
        }
        let work = due.iter().copied().zip(parts).collect();
        let done = side_by_side(threads, work, |(index, parts)| (index, parts.and_then(|p| shared.finish(index, p))));
        for (index, result) in done {
            let (column, groups) = result.map_err(|Overflow| self.measure_overflow(index))?;
            self.measured[index] = Some(Arc::new(column));
            self.groups[index] = groups;
        }
        Ok(())
    }

    /// The rows of an entity's measure that threads take; all in one where putting parts together would cost more than it saves,
    /// and where a record is its own subject, by the number that it has among all.
    fn shares(&self, index: usize, threads: usize) -> Vec<Range<usize>> {
        let measure = &self.cx.plan.measures[index];
        let rows = self.data.records(measure.table).map_or(0, |r| r.rows);
        let own = Job::of(self, index).way.is_some_and(|way| way.first.is_none());
        if threads < 2 || own || rows < SHARED || rows / 2 < self.subjects(measure) {
            return std::iter::once(0..rows).collect();
        }
        // Words of bitmaps are not torn apart.
        let share = rows.div_ceil(threads).next_multiple_of(64);
        (0..rows).step_by(share).map(|start| start..(start + share).min(rows)).collect()
    }

    /// What some rows of an entity are for a measure.
    fn entity_part(&self, index: usize, rows: Range<usize>) -> Result<Part, Overflow> {
        let job = Job::of(self, index);
        let mut part = Part::new(self, &job);
        self.with_entity(&job, rows, |frame| part.add(self, &job, frame))?;
        Ok(part)
    }

    /// Some of an entity's rows at hand, with the references that a way starts from.
    fn with_entity<T>(&self, job: &Job, rows: Range<usize>, f: impl FnOnce(&Frame<'_, 'a>) -> T) -> T {
        let first = job.way.as_ref().and_then(|w| w.first);
        let column = first.and_then(|f| Some((f, slice(&Vector::Borrowed(self.field(job.table, f)?), &rows))));
        let reference = |field: FieldId| column.as_ref().filter(|(f, _)| *f == field).map(|(_, v)| v);
        let frame = |slots| Frame { len: rows.len(), times: &[], span: NO_TIMES, slots, reference: &reference };
        if rows.len() == self.data.records(job.table).map_or(0, |r| r.rows) {
            return f(&frame(&self.store));
        }
        let mut slots: Vec<Option<Vector<'a>>> = vec![None; self.store.len()];
        let of_record = self.pair_nodes[job.measure].iter().filter_map(|id| match self.cx.plan.node(*id).op {
            Op::OfRecord(inner) => Some(inner),
            _ => None,
        });
        for id in self.cx.plan.measures[job.measure].inputs().into_iter().chain(of_record) {
            let at = id.0 as usize;
            slots[at] = self.store[at].as_ref().map(|vector| slice(vector, &rows));
        }
        f(&frame(&slots))
    }

    /// The records of an entity that count for a measure and a subject.
    pub(crate) fn entity_hits(&self, job: &Job, subject: u32) -> Vec<Seen> {
        let measure = &self.cx.plan.measures[job.measure];
        let mut out = Vec::new();
        let rows = self.data.records(job.table).map_or(0, |r| r.rows);
        self.with_entity(job, 0..rows, |frame| {
            let found = counted(self, Some((job.measure, measure)), job.way.as_ref(), None, job.filter, frame);
            if let Ok(found) = found {
                for (_, row) in found.rows().iter().enumerate().filter(|(i, _)| found.subject(*i) == subject) {
                    let key = self.data.key(job.table, *row).map(str::to_string);
                    out.push(Seen { time: None, key, fields: Vec::new(), step: 0, table: job.table });
                }
            }
        });
        out
    }

    /// What a line of a score gives a record.
    pub(crate) fn score_line_at(&self, line: &lead_plan::ScoreLine, row: u32) -> f64 {
        let at = |id: NodeId| Some(gather(self.stored(id), &[row]));
        let mut slots: Vec<Option<Vector>> = vec![None; self.store.len()];
        let ids = [Some(line.points), line.condition, line.at_most, line.at_least];
        for id in ids.into_iter().flatten() {
            slots[id.0 as usize] = at(id);
        }
        crate::number::score_line(&Rows { len: 1, slots: &slots }, line).first().copied().unwrap_or(0.0)
    }

    /// Turns what workers kept into the result of a measure, and its groups.
    pub(crate) fn finish(&self, index: usize, parts: Vec<Part>) -> Result<(Column, Option<Groups>), Overflow> {
        let measure = &self.cx.plan.measures[index];
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_else(|| Part::new(self, &Job::of(self, index)));
        for part in parts {
            all.merge(part);
        }
        if let MeasureKind::Sequence(steps) = &measure.kind {
            let within: Vec<_> = steps.iter().map(|s| s.within).collect();
            let subjects = self.subjects(measure);
            let counts = crate::sequence::count(all.take_steps(), &within, subjects, &self.cx.settings.zone);
            return Ok((Column { values: Values::Number(counts), known: None }, None));
        }
        let (groups, mut accumulator) = all.into_parts();
        // A metric without dimensions has its one group even where no record came by.
        accumulator.grow(groups.as_ref().map_or(0, |g| g.len()));
        Ok((accumulator.finish()?, groups))
    }

    pub(crate) fn answers(&self, clauses: bool) -> Result<Answers, EvalError> {
        let plan = self.cx.plan;
        let mut subjects = Vec::new();
        for subject in &plan.subjects {
            let rows = self.data.records(subject.table).map_or(0, |r| r.rows);
            let column = |id: NodeId| to_column(self.stored(id).clone(), rows, &plan.node(id).ty);
            let defs = subject.defs.iter().map(|(def, node)| {
                let clauses = match &plan.node(*node).op {
                    Op::Term { alternatives, exceptions } if clauses => {
                        alternatives.iter().chain(exceptions).map(|c| column(*c)).collect()
                    }
                    _ => Vec::new(),
                };
                DefAnswers { def: *def, ty: self.lexicon.def(*def).ty.clone(), column: column(*node), clauses }
            });
            subjects.push(SubjectAnswers { table: subject.table, rows, defs: defs.collect() });
        }
        let mut metrics = Vec::new();
        for metric in &plan.metrics {
            metrics.push(metric_answer(self, metric).map_err(|Overflow| self.overflow(metric.node))?);
        }
        Ok(Answers { as_of: plan.as_of, subjects, metrics })
    }
}

/// The node for the record that each row's reference names.
pub(crate) fn follow<'a>(vector: &Vector, reference: &Vector, len: usize) -> Vector<'a> {
    let view = records(reference);
    match reference.column().map(|c| &c.values) {
        Some(Values::Record(rows)) => gather(vector, rows),
        _ => gather(vector, &(0..len).map(|i| view.get(i)).collect::<Vec<_>>()),
    }
}

/// In which pass over events each node and each measure can be computed: 0 needs none.
fn levels(lexicon: &Lexicon, plan: &Plan) -> (Vec<usize>, Vec<usize>) {
    let mut nodes = vec![0usize; plan.nodes.len()];
    let mut measures = vec![0usize; plan.measures.len()];
    for (i, node) in plan.nodes.iter().enumerate() {
        let mut level = 0;
        node.op.operands(&mut |id| level = level.max(nodes[id.0 as usize]));
        if let Op::Measure(id) = node.op {
            let measure = plan.measure(id);
            let mut inner = 0;
            measure.inputs().iter().for_each(|id| inner = inner.max(nodes[id.0 as usize]));
            let scanned = lexicon.table(measure.table).is_event();
            measures[id.0 as usize] = inner + usize::from(scanned);
            level = level.max(measures[id.0 as usize]);
        }
        nodes[i] = level;
    }
    (nodes, measures)
}

/// The nodes of events' own scope that measures need, operands first, by table, and the fields they read.
pub(crate) fn event_nodes(engine: &Engine, due: &[usize]) -> BTreeMap<TableId, (BTreeSet<NodeId>, BTreeSet<FieldId>)> {
    let plan = engine.cx.plan;
    let mut out: BTreeMap<TableId, (BTreeSet<NodeId>, BTreeSet<FieldId>)> = BTreeMap::new();
    let mut open: Vec<NodeId> = Vec::new();
    for index in due {
        open.extend(plan.measures[*index].inputs());
        open.extend(&engine.pair_nodes[*index]);
    }
    let mut seen: BTreeSet<NodeId> = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = plan.node(id);
        match node.scope {
            Scope::Table(table) if engine.is_event(table) => {
                let (nodes, fields) = out.entry(table).or_default();
                nodes.insert(id);
                match &node.op {
                    Op::Field(field) => drop(fields.insert(*field)),
                    // What is followed is of an entity, and stored.
                    Op::Follow { reference, .. } => drop(fields.insert(*reference)),
                    op => op.operands(&mut |id| open.push(id)),
                }
            }
            Scope::Pair(_) => node.op.operands(&mut |id| open.push(id)),
            _ => {}
        }
    }
    out
}

/// Evaluates a node of an event's own scope over a batch.
pub(crate) fn batch_node<'b>(
    engine: &Engine<'b>,
    id: NodeId,
    len: usize,
    slots: &[Option<Vector<'b>>],
    field: &dyn Fn(FieldId) -> Option<&'b Column>,
) -> Result<Vector<'b>, Overflow> {
    let node = engine.cx.plan.node(id);
    Ok(match &node.op {
        Op::Field(f) => field(*f).map_or_else(Vector::unknown, Vector::Borrowed),
        Op::Follow { reference, node } => match field(*reference) {
            Some(column) => follow(engine.stored(*node), &Vector::Borrowed(column), len),
            None => Vector::unknown(),
        },
        Op::Itself => Vector::owned(Column { values: Values::Record((0..len as u32).collect()), known: None }),
        op => kernel(&engine.cx, &Rows { len, slots }, op, &node.ty)?.unwrap_or_else(Vector::unknown),
    })
}

/// The type of what a measure is made of.
pub(crate) fn argument_type(plan: &Plan, measure: &Measure) -> Ty {
    measure.argument.map_or(Ty::Number, |id| plan.node(id).ty.clone())
}

/// Used by `hits` for measures over entities: what counts, added to a part.
pub(crate) fn add_counted<'a>(
    engine: &Engine<'a>,
    job: &Job,
    frame: &Frame<'_, 'a>,
    groups: Option<&mut Groups>,
    accumulator: &mut Accumulator,
) -> Result<(), Overflow> {
    let measure = &engine.cx.plan.measures[job.measure];
    let mut counted =
        counted(engine, Some((job.measure, measure)), job.way.as_ref(), job.times.as_ref(), job.filter, frame)?;
    if let Some(groups) = groups {
        groups.assign(engine, measure, &mut counted, frame);
        accumulator.grow(groups.len());
    }
    let rows = Rows { len: frame.len, slots: frame.slots };
    let argument = counted.argument.as_ref().or_else(|| job.argument.map(|id| rows.get(id)));
    let decay = job.decay.map(|decay| move |time: i64| decay.of(time));
    let decay = decay.as_ref().map(|d| d as &dyn Fn(i64) -> f64);
    accumulator.add(&counted, argument, frame.times, job.step, decay);
    Ok(())
}
