//! Which measures of a pass over events are kept in ledgers, and how the events of a batch are entered there.

use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lead_data::{Bitmap, NO_RECORD};
use lead_hir::hir::{TableId, Ty};
use lead_plan::{MeasureKind, Scope};

use crate::accumulate::{Interner, is_text, key_reader};
use crate::decay::{self, Decay};
use crate::engine::{Engine, argument_type};
use crate::hits::{Frame, Owners, counted, mask, owners};
use crate::kernel::{Overflow, Rows};
use crate::ledger::{LaneKind, Ledger};
use crate::scan::Job;
use crate::vector::{Known, Vector, View, numbers};

/// Rows that are entered together: few enough that what they touch stays in the nearest memory.
const STEP: usize = 256;

/// What is kept where.
pub(crate) struct Book {
    /// By ledger: its subjects, and the measures of its lanes.
    ledgers: Vec<(TableId, Vec<(usize, LaneKind)>)>,
    /// Jobs over events of one table, of one way to the subjects.
    pub(crate) groups: Vec<Group>,
    /// Measures that are kept apart.
    pub(crate) apart: Vec<usize>,
}

/// Jobs that find the subjects of events in the same way.
pub(crate) struct Group {
    pub(crate) table: TableId,
    ledger: usize,
    /// Numbers of jobs, with the lane of each.
    jobs: Vec<(usize, usize)>,
}

impl Group {
    /// The first of its measures.
    pub(crate) fn first(&self, jobs: &[Job]) -> usize {
        jobs[self.jobs[0].0].measure
    }
}

fn lane_kind(kind: &MeasureKind) -> Option<LaneKind> {
    match kind {
        MeasureKind::Count => Some(LaneKind::Count),
        MeasureKind::Points { .. } | MeasureKind::PointsOf { .. } => Some(LaneKind::Points),
        MeasureKind::Distinct => Some(LaneKind::Set),
        _ => None,
    }
}

impl Book {
    pub(crate) fn new(engine: &Engine, due: &[usize], jobs: &[Job]) -> Book {
        let mut book = Book { ledgers: Vec::new(), groups: Vec::new(), apart: Vec::new() };
        for index in due {
            let measure = &engine.cx.plan.measures[*index];
            match (measure.subject, &measure.hops, lane_kind(&measure.kind)) {
                (Scope::Table(subject), Some(_), Some(kind)) => {
                    match book.ledgers.iter_mut().find(|l| l.0 == subject) {
                        Some((_, lanes)) => lanes.push((*index, kind)),
                        None => book.ledgers.push((subject, vec![(*index, kind)])),
                    }
                }
                _ => book.apart.push(*index),
            }
        }
        for (at, job) in jobs.iter().enumerate() {
            let lane_in = |l: &(TableId, Vec<(usize, LaneKind)>)| l.1.iter().position(|(m, _)| *m == job.measure);
            let found = book.ledgers.iter().enumerate().find_map(|(i, l)| Some((i, lane_in(l)?)));
            let Some((ledger, lane)) = found else { continue };
            let alike = |group: &&mut Group| {
                let first = &jobs[group.jobs[0].0];
                group.table == job.table && group.ledger == ledger && is_plain(engine, job) && first.goes_as(job)
            };
            match book.groups.iter_mut().find(alike) {
                Some(group) if is_plain(engine, &jobs[group.jobs[0].0]) => group.jobs.push((at, lane)),
                _ => book.groups.push(Group { table: job.table, ledger, jobs: vec![(at, lane)] }),
            }
        }
        book
    }

    /// Hands over what was entered.
    pub(crate) fn settle(&self, engine: &mut Engine, entries: Entries) {
        for ((_, lanes), ledger) in self.ledgers.iter().zip(entries.ledgers) {
            let ledger = Arc::new(ledger);
            for (lane, (measure, _)) in lanes.iter().enumerate() {
                engine.lanes[*measure] = Some((Arc::clone(&ledger), lane));
            }
        }
    }
}

/// Whether each event has one subject at most, and nothing is asked of the pair.
fn is_plain(engine: &Engine, job: &Job) -> bool {
    !engine.cx.plan.measures[job.measure].correlated && job.way.as_ref().is_some_and(|w| w.links.is_none())
}

/// What one worker has entered.
pub(crate) struct Entries {
    ledgers: Vec<Ledger>,
    /// By ledger and lane: the numbers of distinct values.
    values: Vec<Vec<Numbers>>,
}

impl Entries {
    pub(crate) fn new(engine: &Engine, book: &Book) -> Entries {
        let mut entries = Entries { ledgers: Vec::new(), values: Vec::new() };
        for (subject, lanes) in &book.ledgers {
            let kinds: Vec<LaneKind> = lanes.iter().map(|l| l.1).collect();
            entries.ledgers.push(Ledger::new(engine.data.records(*subject).map_or(0, |r| r.rows), &kinds));
            entries.values.push(
                lanes
                    .iter()
                    .map(|(index, _)| Numbers::new(argument_type(engine.cx.plan, &engine.cx.plan.measures[*index])))
                    .collect(),
            );
        }
        entries
    }

    /// Takes in what another worker has entered.
    pub(crate) fn merge(&mut self, other: Entries) {
        for (at, (ledger, values)) in other.ledgers.into_iter().zip(other.values).enumerate() {
            let places: Vec<Vec<u32>> =
                self.values[at].iter_mut().zip(values).map(|(mine, theirs)| mine.merge(theirs)).collect();
            self.ledgers[at].merge(ledger, &places);
        }
    }

    /// Enters the events of a batch for the jobs of a group.
    pub(crate) fn add<'a>(
        &mut self,
        engine: &Engine<'a>,
        jobs: &[Job],
        group: &Group,
        frame: &Frame<'_, 'a>,
    ) -> Result<(), Overflow> {
        let (ledger, values) = (&mut self.ledgers[group.ledger], &mut self.values[group.ledger]);
        let rows = Rows { len: frame.len, slots: frame.slots };
        let (first, lane) = (&jobs[group.jobs[0].0], group.jobs[0].1);
        if !is_plain(engine, first) {
            let measure = Some((first.measure, &engine.cx.plan.measures[first.measure]));
            let counted = counted(engine, measure, first.way.as_ref(), first.times.as_ref(), first.filter, frame)?;
            let argument = counted.argument.as_ref().or_else(|| first.argument.map(|id| rows.get(id)));
            let task = Task::new(first, (lane, ledger.kind(lane)), argument, None, Some(&mut values[lane]));
            let (at, rows) = (&counted.at, counted.rows());
            let place = |i: usize| (at[i] as usize, frame.times.get(rows[i] as usize).copied().unwrap_or(0));
            enter(ledger, &mut [task], &counted.subjects, place);
            return Ok(());
        }
        let Some(way) = &first.way else { return Ok(()) };
        let owners = owners(way, frame);
        let own: Vec<u32>;
        let subjects: &[u32] = match &owners {
            Owners::Rows(rows) => rows,
            Owners::Own => {
                own = (0..frame.len as u32).collect();
                &own
            }
        };
        let mut numbers: Vec<Option<&mut Numbers>> = values.iter_mut().map(Some).collect();
        let mut tasks = Vec::with_capacity(group.jobs.len());
        for (at, lane) in &group.jobs {
            let job = &jobs[*at];
            let mask = mask(job.times.as_ref(), job.filter, frame);
            // Several lines of a score share a lane; they need no numbers.
            let numbers = numbers[*lane].take();
            let argument = job.argument.map(|id| rows.get(id));
            tasks.push(Task::new(job, (*lane, ledger.kind(*lane)), argument, mask, numbers));
        }
        enter(ledger, &mut tasks, subjects, |i| (i, frame.times.get(i).copied().unwrap_or(0)));
        Ok(())
    }
}

/// A job over records at hand.
struct Task<'v> {
    lane: usize,
    /// Only these; `None`: all.
    mask: Option<Bitmap>,
    what: What<'v>,
}

enum What<'v> {
    Count,
    Points {
        points: View<'v, f64>,
        known: Known<'v>,
        decay: Option<Decay>,
    },
    Values {
        number: Box<dyn FnMut(usize) -> u32 + 'v>,
        known: Known<'v>,
    },
    /// Nothing is known of what would be measured.
    Nothing,
}

impl<'v> Task<'v> {
    fn new(
        job: &Job,
        (lane, kind): (usize, LaneKind),
        argument: Option<&'v Vector>,
        mask: Option<Bitmap>,
        values: Option<&'v mut Numbers>,
    ) -> Task<'v> {
        let what = match (kind, argument) {
            (LaneKind::Count, _) => What::Count,
            (_, None | Some(Vector::Const(None))) => What::Nothing,
            (LaneKind::Points, Some(argument)) => {
                What::Points { points: numbers(argument), known: argument.known(), decay: job.decay }
            }
            (LaneKind::Set, Some(argument)) => values.map_or(What::Nothing, |values| What::Values {
                number: values.reader(argument),
                known: argument.known(),
            }),
        };
        Task { lane, mask, what }
    }
}

/// Enters records, given the subject of each and the place of its argument with its time.
fn enter(ledger: &mut Ledger, tasks: &mut [Task], subjects: &[u32], place: impl Fn(usize) -> (usize, i64)) {
    let table = decay::table();
    for start in (0..subjects.len()).step_by(STEP) {
        let range = start..(start + STEP).min(subjects.len());
        ledger.fetch(&subjects[range.clone()]);
        for Task { lane, mask, what } in &mut *tasks {
            let (lane, mask) = (*lane, mask.as_ref());
            match what {
                What::Nothing => {}
                What::Count => each(mask, range.clone(), |i| {
                    if subjects[i] != NO_RECORD {
                        ledger.count(lane, subjects[i]);
                    }
                }),
                What::Points { points, known, decay } => each(mask, range.clone(), |i| {
                    let (at, time) = place(i);
                    if subjects[i] != NO_RECORD && known.is(at) {
                        let points = points.get(at);
                        match decay.map(|d| (d, d.billionths(points, time, table))) {
                            Some((_, Some(share))) => ledger.billionths(lane, subjects[i], share),
                            Some((decay, None)) => ledger.points(lane, subjects[i], points * decay.of(time)),
                            None => ledger.points(lane, subjects[i], points),
                        }
                    }
                }),
                What::Values { number, known } => each(mask, range.clone(), |i| {
                    let (at, _) = place(i);
                    if subjects[i] != NO_RECORD && known.is(at) {
                        ledger.value(lane, subjects[i], number(at));
                    }
                }),
            }
        }
    }
}

/// Calls `f` with the rows of a range that begins with a word of the mask.
#[inline(always)]
fn each(mask: Option<&Bitmap>, range: Range<usize>, mut f: impl FnMut(usize)) {
    let Some(mask) = mask else { return range.for_each(f) };
    for word in range.start / 64..range.end.div_ceil(64) {
        let mut rest = mask.words().get(word).copied().unwrap_or(0);
        while rest != 0 {
            f(word * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// Distinct values by number, in the order in which one worker met them.
#[derive(Default)]
struct Numbers {
    ty: Option<Ty>,
    texts: Interner,
    /// Values that are no texts, as 64 bits.
    keys: Vec<u64>,
    by_key: HashMap<u64, u32, FixedState>,
}

impl Numbers {
    fn new(ty: Ty) -> Numbers {
        Numbers { ty: Some(ty), ..Numbers::default() }
    }

    /// Whether values are texts of the interner, which numbers them itself.
    fn are_texts(&self) -> bool {
        self.ty.as_ref().is_some_and(|ty| is_text(ty) || matches!(ty, Ty::List(_)))
    }

    /// Reads the number of an argument's row.
    fn reader<'v>(&'v mut self, argument: &'v Vector) -> Box<dyn FnMut(usize) -> u32 + 'v> {
        let are_texts = self.are_texts();
        let Numbers { ty: Some(ty), texts, keys, by_key } = self else { return Box::new(|_| 0) };
        let mut key = key_reader(argument, ty, texts);
        if are_texts {
            return Box::new(move |i| key(i) as u32);
        }
        Box::new(move |i| number(by_key, keys, key(i)))
    }

    /// Takes in the values of another worker; says which number each has here.
    fn merge(&mut self, other: Numbers) -> Vec<u32> {
        if self.are_texts() {
            return other.texts.iter().map(|text| self.texts.id(text)).collect();
        }
        other.keys.into_iter().map(|key| number(&mut self.by_key, &mut self.keys, key)).collect()
    }
}

fn number(by_key: &mut HashMap<u64, u32, FixedState>, keys: &mut Vec<u64>, key: u64) -> u32 {
    *by_key.entry(key).or_insert_with(|| {
        keys.push(key);
        keys.len() as u32 - 1
    })
}
