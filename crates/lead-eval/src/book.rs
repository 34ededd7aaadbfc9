//! Which measures of a pass over events are kept in ledgers, and how the events of a batch are entered there.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lead_data::{Bitmap, NO_RECORD};
use lead_hir::hir::{TableId, Ty};
use lead_plan::{MeasureKind, Scope};

use crate::accumulate::{Interner, is_text, key_reader};
use crate::decay::{Decay, UNSETTLED};
use crate::engine::{Engine, argument_type};
use crate::hits::{Counted, Frame, Owners, counted, mask, owners};
use crate::kernel::{Overflow, Rows};
use crate::ledger::{LaneKind, Ledger, Open};
use crate::scan::Job;
use crate::vector::{Known, Vector, View, numbers};

/// Rows that are entered together: few enough that what they touch stays in the nearest memory.
const STEP: usize = 256;

/// How many workers share a ledger.
const SHARED: usize = 2;

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

/// `limit`: how far it must be counted.
fn lane_kind(kind: &MeasureKind, limit: Option<u8>) -> Option<LaneKind> {
    match kind {
        MeasureKind::Count => Some(limit.map_or(LaneKind::Count, LaneKind::UpTo)),
        MeasureKind::Points { .. } | MeasureKind::PointsOf { .. } => Some(LaneKind::Points),
        MeasureKind::Distinct => Some(LaneKind::Set),
        _ => None,
    }
}

impl Book {
    /// `limits`: how far each measure must be counted.
    pub(crate) fn new(engine: &Engine, due: &[usize], jobs: &[Job], limits: &[Option<u8>]) -> Book {
        let mut book = Book { ledgers: Vec::new(), groups: Vec::new(), apart: Vec::new() };
        for index in due {
            let measure = &engine.cx.plan.measures[*index];
            match (measure.subject, &measure.hops, lane_kind(&measure.kind, limits[*index])) {
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
                let plain = is_plain(engine, job) && is_plain(engine, first);
                group.table == job.table && group.ledger == ledger && plain && first.goes_as(job)
            };
            match book.groups.iter_mut().find(alike) {
                Some(group) => group.jobs.push((at, lane)),
                None => book.groups.push(Group { table: job.table, ledger, jobs: vec![(at, lane)] }),
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

/// What workers have entered: fewer ledgers than workers, of which each takes one that is free, since most of their time goes into
/// reading.
pub(crate) struct Pool(Vec<Mutex<Entries>>);

impl Pool {
    pub(crate) fn new(engine: &Engine, book: &Book) -> Pool {
        let count = engine.data.threads().div_ceil(SHARED);
        Pool((0..count).map(|_| Mutex::new(Entries::new(engine, book))).collect())
    }

    /// A place to enter events. `number`: of the worker; without `wait` none if others have all of them.
    pub(crate) fn entries(&self, number: usize, wait: bool) -> Option<MutexGuard<'_, Entries>> {
        let count = self.0.len();
        let free = (0..count).find_map(|i| self.0[(number + i) % count].try_lock().ok());
        free.or_else(|| wait.then(|| self.0[number % count].lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// All that was entered.
    pub(crate) fn into_entries(self, engine: &Engine, book: &Book) -> Entries {
        let mut all = self.0.into_iter().map(|e| e.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut first = all.next().unwrap_or_else(|| Entries::new(engine, book));
        all.for_each(|other| first.merge(other));
        first
    }
}

/// The subjects of a batch's events.
enum Found<'f, 'a> {
    /// Pairs of events and subjects that count.
    Pairs(Counted<'a>),
    /// The subject of each event, and by job which events count.
    Rows(Cow<'f, [u32]>, Vec<Option<Bitmap>>),
}

fn find<'f, 'a>(
    engine: &Engine<'a>,
    jobs: &[Job],
    group: &Group,
    frame: &Frame<'f, 'a>,
) -> Result<Found<'f, 'a>, Overflow> {
    let first = &jobs[group.jobs[0].0];
    match &first.way {
        Some(way) if is_plain(engine, first) => {
            let subjects = match owners(way, frame) {
                Owners::Rows(rows) => rows,
                Owners::Own => (0..frame.len as u32).collect(),
            };
            let mask = |job: &Job| mask(job.times.as_ref(), job.filter, frame);
            Ok(Found::Rows(subjects, group.jobs.iter().map(|(at, _)| mask(&jobs[*at])).collect()))
        }
        way => {
            let measure = Some((first.measure, &engine.cx.plan.measures[first.measure]));
            let counted = counted(engine, measure, way.as_ref(), first.times.as_ref(), first.filter, frame)?;
            Ok(Found::Pairs(counted))
        }
    }
}

/// What was entered into ledgers.
pub(crate) struct Entries {
    ledgers: Vec<Ledger>,
    /// By ledger and lane: the numbers of distinct values.
    values: Vec<Vec<Numbers>>,
}

impl Entries {
    fn new(engine: &Engine, book: &Book) -> Entries {
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

    /// Takes in what others have entered.
    fn merge(&mut self, other: Entries) {
        for (at, (ledger, values)) in other.ledgers.into_iter().zip(other.values).enumerate() {
            let places: Vec<Vec<u32>> =
                self.values[at].iter_mut().zip(values).map(|(mine, theirs)| mine.merge(theirs)).collect();
            self.ledgers[at].merge(ledger, &places);
        }
    }

    /// Enters the events of a batch for the jobs of a group.
    pub(crate) fn add<'a>(
        &mut self,
        (engine, jobs): (&Engine<'a>, &[Job]),
        group: &Group,
        frame: &Frame<'_, 'a>,
    ) -> Result<(), Overflow> {
        let found = find(engine, jobs, group, frame)?;
        let (ledger, values) = (&mut self.ledgers[group.ledger], &mut self.values[group.ledger]);
        let rows = Rows { len: frame.len, slots: frame.slots };
        let time = |row: usize| frame.times.get(row).copied().unwrap_or(0);
        let own = |at: usize| jobs[at].argument.map(|id| rows.get(id));
        match &found {
            Found::Pairs(counted) => {
                let (at, lane) = group.jobs[0];
                let argument = counted.argument.as_ref().or_else(|| own(at));
                let task = Task::new(&jobs[at], (lane, ledger.kind(lane)), argument, None, Some(&mut values[lane]));
                let times: Vec<i64> = (0..counted.subjects.len()).map(|i| time(counted.rows()[i] as usize)).collect();
                enter(&mut ledger.open(), &mut [task], &counted.subjects, &times, Some(&counted.at));
            }
            Found::Rows(subjects, masks) => {
                // Several lines of a score share a lane; they need no numbers.
                let mut numbers: Vec<Option<&mut Numbers>> = values.iter_mut().map(Some).collect();
                let mut tasks = Vec::with_capacity(group.jobs.len());
                for ((at, lane), mask) in group.jobs.iter().zip(masks) {
                    let (kind, numbers) = (ledger.kind(*lane), numbers[*lane].take());
                    tasks.push(Task::new(&jobs[*at], (*lane, kind), own(*at), mask.as_ref(), numbers));
                }
                enter(&mut ledger.open(), &mut tasks, subjects, frame.times, None);
            }
        }
        Ok(())
    }
}

/// A job over records at hand.
struct Task<'v> {
    lane: usize,
    /// Only these; `None`: all.
    mask: Option<&'v Bitmap>,
    what: What<'v>,
}

enum What<'v> {
    Count,
    UpTo(u8),
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
        mask: Option<&'v Bitmap>,
        values: Option<&'v mut Numbers>,
    ) -> Task<'v> {
        let what = match (kind, argument) {
            (LaneKind::Count, _) => What::Count,
            (LaneKind::UpTo(most), _) => What::UpTo(most),
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

/// Enters records, given the subject of each and its time. `places`: where the argument of each stands, if not in the same order.
fn enter(ledger: &mut Open, tasks: &mut [Task], subjects: &[u32], times: &[i64], places: Option<&[u32]>) {
    let place = |i: usize| places.map_or(i, |places| places[i] as usize);
    let (mut worth, mut shares) = ([0.0; STEP], [0; STEP]);
    for start in (0..subjects.len()).step_by(STEP) {
        let range = start..(start + STEP).min(subjects.len());
        ledger.fetch(&subjects[range.clone()]);
        for Task { lane, mask, what } in &mut *tasks {
            let (mut lane, mask) = (ledger.lane(*lane), *mask);
            match what {
                What::Nothing => {}
                What::Count => each(
                    mask,
                    range.clone(),
                    #[inline(always)]
                    |i| lane.count(subjects[i]),
                ),
                What::UpTo(most) => each(
                    mask,
                    range.clone(),
                    #[inline(always)]
                    |i| lane.up_to(subjects[i], *most),
                ),
                What::Points { points, known, decay: Some(decay) } if decay.is_quick() => {
                    let (worth, shares) = (&mut worth[..range.len()], &mut shares[..range.len()]);
                    match points {
                        View::Const(points) => worth.fill(*points),
                        points => worth.iter_mut().zip(range.clone()).for_each(|(w, i)| *w = points.get(place(i))),
                    }
                    let settled = decay.all_billionths(worth, &times[range.clone()], shares);
                    match (settled, &known, mask) {
                        (true, Known::All, None) => {
                            let each = subjects[range.clone()].iter().zip(shares);
                            each.for_each(|(subject, share)| lane.billionths(*subject, *share));
                        }
                        (true, Known::All, _) => each(
                            mask,
                            range.clone(),
                            #[inline(always)]
                            |i| lane.billionths(subjects[i], shares[i - start]),
                        ),
                        _ => each(mask, range.clone(), |i| {
                            if known.is(place(i)) {
                                match shares[i - start] {
                                    UNSETTLED => lane.points(subjects[i], worth[i - start] * decay.of(times[i])),
                                    share => lane.billionths(subjects[i], share),
                                }
                            }
                        }),
                    }
                }
                What::Points { points, known, decay } => each(mask, range.clone(), |i| {
                    let at = place(i);
                    if known.is(at) {
                        lane.points(subjects[i], points.get(at) * decay.map_or(1.0, |d| d.of(times[i])));
                    }
                }),
                What::Values { number, known } => each(mask, range.clone(), |i| {
                    let at = place(i);
                    if subjects[i] != NO_RECORD && known.is(at) {
                        lane.value(subjects[i], number(at));
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
