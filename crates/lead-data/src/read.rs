//! Files read by several workers: blocks of rows in, columns of each table out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lead_diag::{Code, codes};
use lead_hir::hir::{FieldId, TableId};

use crate::build::Issue;
use crate::cells::Block;
use crate::column::Column;
use crate::csv::chunk::{Chunk, Chunker, StreamTrouble};
use crate::csv::rows::Rows;
use crate::data::Progress;
use crate::feed::Feed;
use crate::file::{ExportFile, text_of};
use crate::filter::Filter;
use crate::input::Format;
use crate::jsonl::JsonRows;
use crate::keys::KeyTable;
use crate::parquet::Group;
use crate::report::{Findings, RejectKind, Spot, Subject};
use crate::share::JobState;

/// A file to be read once, for all tables that want something of it.
pub(crate) struct Job<'a> {
    pub file: &'a ExportFile,
    pub number: u32,
    /// Needed columns, ascending.
    pub needed: Vec<usize>,
    pub feeds: Vec<FeedJob<'a>>,
}

/// What one table wants of a file.
pub(crate) struct FeedJob<'a> {
    pub feed: &'a Feed,
    pub table: TableId,
    pub fields: &'a [lead_hir::hir::Field],
    /// Wanted fields with the needed column number they are in, if any.
    pub wanted: Vec<(FieldId, Option<usize>)>,
    /// Of an event: its time field, the needed column number, and the times wanted.
    pub time: Option<(FieldId, Option<usize>, std::ops::Range<i64>)>,
    pub filter: Option<Filter>,
    /// Keys of the tables that wanted references point to, by field; none: references stay texts.
    pub keys: Vec<(FieldId, Arc<KeyTable>)>,
    /// Whether lines of rows are wanted.
    pub lines: bool,
}

/// Rows of one table out of one block.
pub(crate) struct Part {
    pub rows: usize,
    pub lines: Lines,
    /// Of each event.
    pub times: Vec<i64>,
    /// By field.
    pub columns: Vec<Option<Column>>,
}

/// Lines of the rows of a part, if they were wanted.
#[derive(Debug)]
pub(crate) enum Lines {
    /// Of the first row; each other row is in the next line.
    Run(u64),
    Each(Vec<u64>),
}

impl Lines {
    /// The line of a row.
    pub fn get(&self, row: usize) -> u64 {
        match self {
            Lines::Run(first) => first + row as u64,
            Lines::Each(lines) => lines.get(row).copied().unwrap_or(0),
        }
    }
}

/// Where in the order of a file a part stands.
pub(crate) type Place = (usize, u64);

/// Takes the parts of one worker.
pub(crate) trait Taker: Send {
    /// A part of feed number `feed` of job number `job`.
    fn take(&mut self, job: usize, feed: usize, place: Place, part: Part);
}

/// What went wrong with a file while it was read.
pub(crate) type Troubles = Vec<(u32, StreamTrouble)>;

enum Queue {
    Text(Mutex<Chunker>),
    Parquet(Vec<Group>, AtomicUsize),
    Broken,
}

/// Reads all jobs with some workers. Gives back the takers, what was found, and the files that broke.
pub(crate) fn run<T: Taker>(
    jobs: &[Job],
    threads: usize,
    progress: Option<&Arc<dyn Progress>>,
    keep_rejects: bool,
    make: impl Fn(usize) -> T + Sync,
) -> (Vec<T>, Findings, Troubles) {
    let mut troubles = Troubles::new();
    let mut queues = Vec::with_capacity(jobs.len());
    for job in jobs {
        if let Some(progress) = progress {
            progress.file(&job.file.name, job.file.bytes);
        }
        queues.push(match (job.file.footer(), job.file.chunks(progress.cloned())) {
            (Some(footer), _) => Queue::Parquet(footer.groups(threads), AtomicUsize::new(0)),
            (None, Ok(Some(chunker))) => Queue::Text(Mutex::new(chunker)),
            (None, Ok(None)) => Queue::Broken,
            (None, Err(trouble)) => {
                troubles.push((job.number, trouble));
                Queue::Broken
            }
        });
    }
    let (queues, make) = (&queues, &make);
    let threads = threads.max(1);
    let work = |number: usize| {
        let mut worker = Worker {
            taker: make(number),
            findings: Findings::default(),
            troubles: Troubles::new(),
            keep_rejects,
            buffers: Buffers::default(),
        };
        // Workers begin at different files, so that streams that only one can read at a time are read side by side.
        for step in 0..jobs.len() {
            let at = (number * jobs.len() / threads + step) % jobs.len();
            worker.job(at, &jobs[at], &queues[at], progress);
        }
        (worker.taker, worker.findings, worker.troubles)
    };
    let results: Vec<_> = if threads == 1 {
        vec![work(0)]
    } else {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|number| scope.spawn(move || work(number))).collect();
            handles.into_iter().map(|h| h.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    };
    let (mut takers, mut findings) = (Vec::new(), Findings::default());
    for (taker, found, more) in results {
        takers.push(taker);
        findings.join(found);
        troubles.extend(more);
    }
    (takers, findings, troubles)
}

#[derive(Default)]
struct Buffers {
    chunk: Chunk,
    rows: Rows,
    json: JsonRows,
}

struct Worker<T> {
    taker: T,
    findings: Findings,
    troubles: Troubles,
    keep_rejects: bool,
    buffers: Buffers,
}

/// A row that is not in its block because it could not be taken apart.
struct BadRow {
    line: u64,
    text: String,
    code: Code,
    reason: String,
}

impl<T: Taker> Worker<T> {
    fn job(&mut self, at: usize, job: &Job, queue: &Queue, progress: Option<&Arc<dyn Progress>>) {
        let mut state = JobState::new(job);
        match queue {
            Queue::Text(chunker) => self.text(at, job, chunker, &mut state),
            Queue::Parquet(groups, next) => self.parquet(at, job, groups, next, &mut state, progress),
            Queue::Broken => {}
        }
    }

    fn text(&mut self, at: usize, job: &Job, chunker: &Mutex<Chunker>, state: &mut JobState) {
        let headers: Vec<&str> = job.needed.iter().map(|c| job.file.headers[*c].as_str()).collect();
        let mut buffers = std::mem::take(&mut self.buffers);
        loop {
            let next = chunker.lock().unwrap_or_else(PoisonError::into_inner).next(&mut buffers.chunk);
            match next {
                Ok(true) => {}
                Ok(false) => break,
                Err(trouble) => {
                    self.troubles.push((job.number, trouble));
                    break;
                }
            }
            let chunk = &buffers.chunk;
            let text = match text_of(chunk) {
                Ok(text) => text,
                Err(trouble) => {
                    self.troubles.push((job.number, trouble));
                    continue;
                }
            };
            let place = (0, chunk.number);
            if job.file.format == Format::JsonLines {
                buffers.json.index(text, chunk.line, &headers);
                let bad = buffers.json.broken.iter().map(|(line, start, end)| BadRow {
                    line: *line,
                    text: text[*start as usize..*end as usize].trim_end().to_owned(),
                    code: codes::UNREADABLE_ROW,
                    reason: "the line is no object with names and values".to_owned(),
                });
                let bad: Vec<BadRow> = bad.collect();
                let block = Block::json(&buffers.json.columns, &buffers.json.lines, text);
                self.block(at, job, state, &block, bad, place, &[]);
            } else {
                let width = job.file.headers.len();
                buffers.rows.index(chunk.bytes(), chunk.quotes, job.file.delimiter(), width, &job.needed);
                let block = Block::csv(text, &buffers.rows, chunk.line);
                let bad = buffers.rows.ragged.iter().map(|(range, cells)| BadRow {
                    line: block.line_of_byte(range.start as usize),
                    text: text[range.start as usize..range.end as usize].trim_end().to_owned(),
                    code: codes::RAGGED_ROW,
                    reason: format!("{cells} cells where the header has {width}"),
                });
                let bad: Vec<BadRow> = bad.collect();
                self.block(at, job, state, &block, bad, place, &[]);
            }
        }
        self.buffers = buffers;
    }

    fn parquet(
        &mut self,
        at: usize,
        job: &Job,
        groups: &[Group],
        next: &AtomicUsize,
        state: &mut JobState,
        progress: Option<&Arc<dyn Progress>>,
    ) {
        let Some(footer) = job.file.footer() else { return };
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Rows of feeds whose times lie outside of this group are taken, and not wanted.
            let idle: Vec<bool> = job.feeds.iter().map(|f| f.is_idle(job, group.index)).collect();
            let mut columns: Vec<usize> = (0..job.needed.len()).collect();
            if idle.iter().all(|i| *i) {
                columns.clear();
                columns.extend(job.feeds.iter().filter_map(|f| f.filter.as_ref()).flat_map(Filter::slots));
                columns.sort_unstable();
                columns.dedup();
            }
            let mut slots = vec![usize::MAX; job.needed.len()];
            columns.iter().enumerate().for_each(|(i, slot)| slots[*slot] = i);
            let roots: Vec<usize> = columns.iter().map(|slot| job.needed[*slot]).collect();
            let result = footer.read(&job.file.path, group, &roots, |batch, first| {
                let block = Block::parquet(batch, &slots, first);
                self.block(at, job, state, &block, Vec::new(), (group.index, first), &idle);
                true
            });
            if let Err(trouble) = result {
                self.troubles.push((job.number, StreamTrouble::Broken(trouble)));
            }
            if let Some(progress) = progress {
                progress.advance(job.file.bytes / groups.len().max(1) as u64);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn block(
        &mut self,
        at: usize,
        job: &Job,
        state: &mut JobState,
        block: &Block,
        bad: Vec<BadRow>,
        place: Place,
        idle: &[bool],
    ) {
        self.bad_rows(job, &bad);
        let taker = &mut self.taker;
        let mut notes = Notes { findings: &mut self.findings, keep: self.keep_rejects, job, table: u32::MAX, block };
        state.block(job, block, bad.len(), idle, &mut notes, |feed, part| taker.take(at, feed, place, part));
    }

    /// Rows that could not be taken apart count for every table that takes all rows of the file.
    fn bad_rows(&mut self, job: &Job, bad: &[BadRow]) {
        for row in bad {
            let subject = Subject { table: None, file: Some(job.number), code: row.code.id(), field: None };
            let tally = self.findings.tallies.entry(subject).or_default();
            tally.count += 1;
            if tally.wants(row.line) {
                tally.note(Spot { line: row.line, column: String::new(), value: short(&row.text) });
            }
            if self.keep_rejects {
                let mut tables: Vec<u32> = job.feeds.iter().filter(|f| f.filter.is_none()).map(|f| f.table.0).collect();
                if tables.is_empty() {
                    tables.push(u32::MAX);
                }
                for table in tables {
                    self.findings.rejects.push((
                        job.number,
                        table,
                        row.line,
                        RejectKind::Row,
                        String::new(),
                        row.text.clone(),
                        row.reason.clone(),
                    ));
                }
            }
        }
    }
}

/// A value as shown to people: not endless.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Where findings of one table in one block go.
pub(crate) struct Notes<'n> {
    pub findings: &'n mut Findings,
    keep: bool,
    pub job: &'n Job<'n>,
    /// The table at hand.
    pub table: u32,
    block: &'n Block<'n>,
}

impl Notes<'_> {
    /// Counts a finding about a row, and keeps its place if it is among the first.
    pub fn note(&mut self, issue: Issue, field: FieldId, slot: Option<usize>, kind: RejectKind, reason: &str) {
        let file = Some(self.job.number);
        let subject = Subject { table: Some(self.table), file, code: issue.code.id(), field: Some(field.0) };
        let tally = self.findings.tallies.entry(subject).or_default();
        tally.count += 1;
        let full = tally.spots.len() >= crate::report::PLACES && !self.keep;
        if full && tally.spots.last().is_some_and(|s| s.line <= self.block.line(0)) {
            return;
        }
        let line = self.block.line(issue.row as usize);
        let mut scratch = String::new();
        let (header, value) = match slot {
            Some(slot) => {
                let column = self.block.column(slot);
                let value = column.text(issue.row as usize, &mut scratch).to_owned();
                (self.job.file.headers[self.job.needed[slot]].clone(), value)
            }
            None => Default::default(),
        };
        if tally.wants(line) {
            tally.note(Spot { line, column: header.clone(), value: short(&value) });
        }
        if self.keep && crate::problems::is_reject(issue.code) {
            let value =
                if kind == RejectKind::Row && value.is_empty() { self.block.whole(issue.row as usize) } else { value };
            let reject = (self.job.number, self.table, line, kind, header, value, reason.to_owned());
            self.findings.rejects.push(reject);
        }
    }
}

impl FeedJob<'_> {
    /// The keys that references of a field name, if they are to be resolved.
    pub fn keys_of(&self, field: FieldId) -> Option<Arc<KeyTable>> {
        self.keys.iter().find(|k| k.0 == field).map(|k| k.1.clone())
    }

    /// Whether no row of a row group has a time that is wanted.
    fn is_idle(&self, job: &Job, group: usize) -> bool {
        let Some((_, Some(slot), range)) = &self.time else { return false };
        let times = job.file.footer().and_then(|f| f.times(group, job.needed[*slot]));
        times.is_some_and(|(min, max)| max < range.start || min >= range.end)
    }
}
