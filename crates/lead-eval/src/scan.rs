//! A pass over events: what each worker keeps, batch by batch.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, MutexGuard};

use lead_data::{Batch, Column, EventSink, ScanRequest};
use lead_hir::hir::{FieldId, TableId};
use lead_plan::{MeasureKind, NodeId, PointsLine};

use crate::accumulate::{Accumulator, Kept};
use crate::book::{Book, Entries, Pool};
use crate::decay::Decay;
use crate::engine::{Engine, EvalError, add_counted, argument_type, batch_node, event_nodes};
use crate::hits::{Frame, NO_TIMES};
use crate::kernel::Overflow;
use crate::limits::limits;
use crate::metric::Groups;
use crate::relation::Way;
use crate::vector::Vector;

/// A measure, or a step of a sequence, over the events of one table.
pub(crate) struct Job {
    pub(crate) measure: usize,
    pub(crate) step: u8,
    pub(crate) table: TableId,
    pub(crate) way: Option<Way>,
    pub(crate) times: Option<Range<i64>>,
    pub(crate) filter: Option<NodeId>,
    pub(crate) argument: Option<NodeId>,
    /// Of points: half-life, as-of time, and whether they are subtracted.
    pub(crate) decay: Option<Decay>,
}

impl Job {
    /// Whether the subjects are found in the same way.
    pub(crate) fn goes_as(&self, other: &Job) -> bool {
        match (&self.way, &other.way) {
            (Some(a), Some(b)) => a.is_same(b),
            _ => false,
        }
    }

    /// The measure itself (of a sequence: its first step).
    pub(crate) fn of(engine: &Engine, index: usize) -> Job {
        let measure = &engine.cx.plan.measures[index];
        Job {
            measure: index,
            step: 0,
            table: measure.table,
            way: engine.way(measure, measure.hops.as_deref()),
            times: measure.times.clone(),
            filter: measure.filter,
            argument: measure.argument,
            decay: match measure.kind {
                MeasureKind::Points { half_life: Some(h), as_of, .. } => Some(Decay::new(Some(h), as_of, false)),
                _ => None,
            },
        }
    }

    pub(crate) fn all(engine: &Engine, index: usize) -> Vec<Job> {
        let measure = &engine.cx.plan.measures[index];
        if let MeasureKind::PointsOf { as_of, lines } = &measure.kind {
            let job = |l: &PointsLine| Job {
                measure: index,
                step: 0,
                table: l.table,
                way: engine.way(measure, Some(&l.hops)),
                times: Some(l.times.clone()),
                filter: l.filter,
                argument: Some(l.points),
                decay: Some(Decay::new(l.half_life, *as_of, l.negative)),
            };
            return lines.iter().map(job).collect();
        }
        let mut jobs = vec![Job::of(engine, index)];
        if let MeasureKind::Sequence(steps) = &measure.kind {
            for (k, step) in steps.iter().enumerate() {
                jobs.push(Job {
                    measure: index,
                    step: k as u8 + 1,
                    table: step.table,
                    way: engine.way(measure, Some(&step.hops)),
                    times: Some(step.times.clone()),
                    filter: step.filter,
                    argument: None,
                    decay: None,
                });
            }
        }
        jobs
    }
}

/// What one worker keeps for one measure.
pub(crate) struct Part {
    accumulator: Accumulator,
    groups: Option<Groups>,
}

impl Part {
    pub(crate) fn new(engine: &Engine, job: &Job) -> Part {
        let measure = &engine.cx.plan.measures[job.measure];
        let ty = argument_type(engine.cx.plan, measure);
        let grouped = measure.hops.is_none();
        let accumulator = Accumulator::new(&measure.kind, ty, engine.subjects(measure));
        Part { accumulator, groups: grouped.then(|| Groups::new(measure)) }
    }

    pub(crate) fn add<'a>(&mut self, engine: &Engine<'a>, job: &Job, frame: &Frame<'_, 'a>) -> Result<(), Overflow> {
        add_counted(engine, job, frame, self.groups.as_mut(), &mut self.accumulator)
    }

    pub(crate) fn merge(&mut self, other: Part) {
        match (&mut self.groups, other.groups) {
            (Some(groups), Some(others)) => {
                let places = groups.merge(others);
                self.accumulator.grow(groups.len());
                self.accumulator.merge(other.accumulator, &|i| places.get(i as usize).copied().unwrap_or(0));
            }
            _ => self.accumulator.merge(other.accumulator, &|i| i),
        }
    }

    pub(crate) fn take_steps(self) -> Vec<(u32, i64, u8)> {
        match self.accumulator.kept {
            Kept::Steps(steps) => steps,
            _ => Vec::new(),
        }
    }

    pub(crate) fn into_parts(self) -> (Option<Groups>, Accumulator) {
        (self.groups, self.accumulator)
    }
}

/// One pass over all events that the measures `due` need. `keep`: the nodes whose values are seen.
pub(crate) fn scan(engine: &mut Engine, due: &[usize], keep: &[bool]) -> Result<(), EvalError> {
    let jobs: Vec<Job> = due.iter().flat_map(|index| Job::all(engine, *index)).collect();
    if jobs.is_empty() {
        return Ok(());
    }
    let (requests, order) = requests(engine, due, &jobs);
    let book = Book::new(engine, due, &jobs, &limits(engine.cx.plan, keep));
    let pool = Pool::new(engine, &book);
    let shared: &Engine = engine;
    let mut workers = shared.data.scan(&requests, |number| Worker {
        number,
        engine: shared,
        jobs: &jobs,
        order: &order,
        book: &book,
        pool: &pool,
        parts: book.apart.iter().map(|index| Part::new(shared, &Job::of(shared, *index))).collect(),
        waiting: Vec::new(),
        failed: None,
    });
    workers.iter_mut().for_each(|worker| worker.settle(true));
    // The same failure whichever worker met it: that of the first measure.
    if let Some(index) = workers.iter().filter_map(|w| w.failed).min() {
        return Err(engine.measure_overflow(index));
    }
    let mut columns: Vec<Vec<Part>> = book.apart.iter().map(|_| Vec::new()).collect();
    for worker in workers {
        for (column, part) in columns.iter_mut().zip(worker.parts) {
            column.push(part);
        }
    }
    for (index, parts) in book.apart.iter().zip(columns) {
        let finished = engine.finish(*index, parts);
        let (column, groups) = finished.map_err(|Overflow| engine.measure_overflow(*index))?;
        engine.measured[*index] = Some(Arc::new(column));
        engine.groups[*index] = groups;
    }
    let entries = pool.into_entries(engine, &book);
    book.settle(engine, entries);
    Ok(())
}

/// The nodes of each table's own scope, operands first.
pub(crate) type Order = Vec<(TableId, Vec<NodeId>)>;

/// What must be read for jobs, and what must be computed of each batch.
pub(crate) fn requests(engine: &Engine, due: &[usize], jobs: &[Job]) -> (Vec<ScanRequest>, Order) {
    let nodes = event_nodes(engine, due);
    let mut requests: Vec<ScanRequest> = Vec::new();
    for job in jobs {
        let range = job.times.clone().unwrap_or(i64::MIN..i64::MAX);
        let own = job.way.iter().filter_map(|w| w.first);
        match requests.iter_mut().find(|r| r.table == job.table) {
            Some(request) => {
                request.times = request.times.start.min(range.start)..request.times.end.max(range.end);
                request.fields.extend(own);
            }
            None => {
                let mut fields: BTreeSet<FieldId> = nodes.get(&job.table).map(|n| n.1.clone()).unwrap_or_default();
                fields.extend(own);
                requests.push(ScanRequest { table: job.table, fields, times: range });
            }
        }
    }
    let order = nodes.into_iter().map(|(table, (nodes, _))| (table, nodes.into_iter().collect())).collect();
    (requests, order)
}

/// Events that wait at most until others are done entering theirs.
const WAITING: usize = 1 << 16;

struct Worker<'e, 'a> {
    number: usize,
    engine: &'e Engine<'a>,
    jobs: &'e [Job],
    order: &'e Order,
    book: &'e Book,
    pool: &'e Pool,
    /// Of the measures that are kept apart.
    parts: Vec<Part>,
    /// Batches that came while others were entering theirs.
    waiting: Vec<Batch>,
    failed: Option<usize>,
}

impl EventSink for Worker<'_, '_> {
    fn batch(&mut self, batch: &Batch) {
        let entries = if self.is_entered(batch) { self.pool.entries(self.number, true) } else { None };
        self.enter(std::slice::from_ref(batch), entries);
    }

    /// Rather than waiting for a place to enter events, a worker goes on reading.
    fn keep(&mut self, batch: Batch) {
        if !self.is_entered(&batch) {
            return self.batch(&batch);
        }
        self.waiting.push(batch);
        let wait = self.waiting.iter().map(|b| b.rows).sum::<usize>() > WAITING;
        self.settle(wait);
    }
}

impl Worker<'_, '_> {
    /// Whether anything of a batch goes into ledgers.
    fn is_entered(&self, batch: &Batch) -> bool {
        self.book.groups.iter().any(|group| group.table == batch.table)
    }

    /// Enters the batches that wait, if there is a place.
    fn settle(&mut self, wait: bool) {
        if let Some(entries) = self.pool.entries(self.number, wait) {
            let batches = std::mem::take(&mut self.waiting);
            self.enter(&batches, Some(entries));
        }
    }

    fn enter(&mut self, batches: &[Batch], mut entries: Option<MutexGuard<'_, Entries>>) {
        for batch in batches {
            if self.failed.is_none() {
                self.failed = self.take(batch, entries.as_deref_mut()).err();
            }
        }
    }

    /// Adds a batch to every measure over its table. The error names the measure that overflowed.
    fn take(&mut self, batch: &Batch, entries: Option<&mut Entries>) -> Result<(), usize> {
        let (jobs, book, parts) = (self.jobs, self.book, &mut self.parts);
        let added = with_frame(self.engine, self.order, batch, |engine, frame| {
            let groups = book.groups.iter().filter(|group| group.table == batch.table);
            if let Some(entries) = entries {
                for group in groups {
                    entries.add((engine, jobs), group, frame).map_err(|Overflow| group.first(jobs))?;
                }
            }
            for (place, index) in book.apart.iter().enumerate() {
                for job in jobs.iter().filter(|job| job.measure == *index && job.table == batch.table) {
                    parts[place].add(engine, job, frame).map_err(|Overflow| job.measure)?;
                }
            }
            Ok(())
        });
        let first = jobs.first().map_or(0, |job| job.measure);
        added.map_err(|Overflow| first)?
    }
}

/// Evaluates the nodes of a batch's own scope and hands over the frame.
pub(crate) fn with_frame<'b, T>(
    engine: &Engine<'b>,
    order: &Order,
    batch: &'b Batch,
    f: impl FnOnce(&Engine<'b>, &Frame<'_, 'b>) -> T,
) -> Result<T, Overflow> {
    let column = |field: FieldId| -> Option<&'b Column> { batch.columns.get(field.0 as usize)?.as_ref() };
    let mut slots: Vec<Option<Vector<'b>>> = vec![None; engine.cx.plan.nodes.len()];
    for (_, nodes) in order.iter().filter(|(table, _)| *table == batch.table) {
        for id in nodes {
            let vector = batch_node(engine, *id, batch.rows, &slots, &column)?;
            slots[id.0 as usize] = Some(vector);
        }
    }
    let fields: Vec<Option<Vector<'b>>> = batch.columns.iter().map(|c| c.as_ref().map(Vector::Borrowed)).collect();
    let reference = |field: FieldId| fields.get(field.0 as usize).and_then(|v| v.as_ref());
    let span = batch.times.iter().fold(NO_TIMES, |(least, most), t| (least.min(*t), most.max(*t)));
    let frame = Frame { len: batch.rows, times: &batch.times, span, slots: &slots, reference: &reference };
    Ok(f(engine, &frame))
}
