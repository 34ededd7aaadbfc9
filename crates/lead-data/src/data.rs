//! What the evaluator asks of the data, and what it gets.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use lead_diag::codes;
use lead_hir::Config;
use lead_hir::hir::{FieldId, Lexicon, TableId, TableKind, Ty};

use crate::column::{Column, Values};
use crate::csv::chunk::StreamTrouble;
use crate::entity::{self, Origins, RowIssue, RowSet};
use crate::feed::Feed;
use crate::file::ExportFile;
use crate::filter::Filter;
use crate::keys::KeyTable;
use crate::memory::{self, World};
use crate::open;
use crate::problems;
use crate::read::{self, FeedJob, Job, Part, Taker};
use crate::report::{Findings, Problem, RejectKind, Report, Spot, Subject};

/// The fields that are needed, by table. Tables that are not named are not opened. Keys of entities that are referred to, subject
/// references and times of events are always read.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Needed fields by table; a table without fields is read for its rows.
    pub tables: BTreeMap<TableId, BTreeSet<FieldId>>,
}

/// All records of an entity, after merging (D42); rows are numbered from 0 in the order of D44.
#[derive(Debug, Default)]
pub struct Records {
    /// How many.
    pub rows: usize,
    /// By field; `None` where it was not needed. References are [`crate::Values::Record`] with rows of the other table.
    pub columns: Vec<Option<Column>>,
}

/// A part of the events of one table, in no particular order. Only events that were taken (D35) are in it.
#[derive(Debug)]
pub struct Batch {
    /// Whose events.
    pub table: TableId,
    /// How many.
    pub rows: usize,
    /// Microseconds since 1970 UTC of each; a date is its first moment (D22). Always known.
    pub times: Vec<i64>,
    /// By field; `None` where it was not asked for. References are [`crate::Values::Record`].
    pub columns: Vec<Option<Column>>,
}

/// Events asked for in a scan.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    /// Whose.
    pub table: TableId,
    /// Which fields.
    pub fields: BTreeSet<FieldId>,
    /// Events with `start <= time < end` (microseconds) are wanted; others may be left out.
    pub times: std::ops::Range<i64>,
}

/// Takes the batches of one worker of a scan.
pub trait EventSink: Send {
    /// Takes a batch. Batches come in no particular order, and which worker gets which is not fixed.
    fn batch(&mut self, batch: &Batch);

    /// The same for a batch that nobody else needs: a sink may keep it for later.
    fn keep(&mut self, batch: Batch) {
        self.batch(&batch);
    }
}

/// Told how far the reading is.
pub trait Progress: Send + Sync {
    /// A file is about to be read; its size in bytes.
    fn file(&self, name: &str, bytes: u64);
    /// So many more bytes of files were read.
    fn advance(&self, bytes: u64);
}

/// How to read.
#[derive(Clone, Default)]
pub struct Options {
    /// How many workers; 0 counts as 1.
    pub threads: usize,
    /// Whether [`crate::Report::rejects`] is wanted.
    pub keep_rejects: bool,
    /// Who is told of progress.
    pub progress: Option<Arc<dyn Progress>>,
}

/// The data of a run: entities in memory, events to be scanned.
pub struct Data<'a> {
    lexicon: &'a Lexicon,
    options: Options,
    files: Vec<ExportFile>,
    tables: Vec<TableState>,
    /// Problems with files, columns and settings.
    fixed: Mutex<Vec<Problem>>,
    findings: Mutex<Findings>,
    /// Events that were made rather than read.
    made: Vec<Batch>,
}

/// What is known of a table.
#[derive(Default)]
pub(crate) struct TableState {
    pub feeds: Vec<Feed>,
    pub records: Option<Records>,
    pub keys: Arc<KeyTable>,
    /// Its files or columns are not in order, so that it is not read in full.
    pub broken: bool,
}

impl<'a> Data<'a> {
    /// Finds files and headers of every table needed and reads the entities. Goes on after problems, so that
    /// [`Data::report`] has everything.
    pub fn open(lexicon: &'a Lexicon, config: &'a Config, dir: &Path, needs: &Needs, options: Options) -> Data<'a> {
        let wanted = closure(lexicon, needs);
        let opened = open::open(lexicon, config, dir, &wanted);
        let mut data = Data {
            lexicon,
            options,
            files: opened.files,
            tables: opened.tables,
            fixed: Mutex::new(opened.problems),
            findings: Mutex::new(opened.findings),
            made: Vec::new(),
        };
        data.read_entities(&wanted);
        data
    }

    /// Data that were made rather than read; nothing is wrong with them.
    pub fn made(lexicon: &'a Lexicon, world: World) -> Data<'a> {
        let made = memory::tables(lexicon, world);
        let state = |(records, keys)| TableState { records, keys, ..TableState::default() };
        Data {
            lexicon,
            options: Options::default(),
            files: Vec::new(),
            tables: made.records.into_iter().zip(made.keys).map(state).collect(),
            fixed: Mutex::default(),
            findings: Mutex::default(),
            made: made.batches,
        }
    }

    /// How many workers the options ask for.
    pub fn threads(&self) -> usize {
        self.options.threads.max(1)
    }

    /// All records of an entity that is needed; `None` for events and tables that are not.
    pub fn records(&self, table: TableId) -> Option<&Records> {
        self.tables.get(table.0 as usize)?.records.as_ref()
    }

    /// The key of a record of an entity with a key.
    pub fn key(&self, table: TableId, row: u32) -> Option<&str> {
        let key = self.lexicon.table(table).key?;
        let column = self.records(table)?.columns.get(key.0 as usize)?.as_ref()?;
        match &column.values {
            Values::Text(texts) if (row as usize) < texts.codes.len() => Some(texts.get(row as usize)),
            _ => None,
        }
    }

    /// The record of a key, blanks around it ignored; any key of a record that was merged finds it.
    pub fn find(&self, table: TableId, key: &str) -> Option<u32> {
        self.tables.get(table.0 as usize)?.keys.find(key.trim())
    }

    /// Reads the files of the requested events, each once for all requests on it, on as many threads as the options
    /// say, each with a sink of its own. The fields must be among the needs that the data was opened with.
    pub fn scan<S: EventSink>(&self, requests: &[ScanRequest], make: impl Fn(usize) -> S + Sync) -> Vec<S> {
        let merged = merge(requests);
        if !self.made.is_empty() {
            let mut sink = make(0);
            self.made.iter().filter(|batch| merged.contains_key(&batch.table)).for_each(|batch| sink.batch(batch));
            return vec![sink];
        }
        let mut jobs: BTreeMap<usize, Vec<FeedJob>> = BTreeMap::new();
        let mut needed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (table, (fields, times)) in &merged {
            let declared = self.lexicon.table(*table);
            let TableKind::Event { subject, time } = declared.kind else { continue };
            let mut fields = fields.clone();
            fields.extend(subject);
            for feed in self.tables.get(table.0 as usize).map_or(&[][..], |t| &t.feeds) {
                let columns = needed.entry(feed.file).or_default();
                columns.extend(fields.iter().filter_map(|f| feed.columns[f.0 as usize]));
                columns.extend(feed.columns[time.0 as usize]);
                columns.extend(feed.filter.iter().map(|f| f.1));
                jobs.entry(feed.file).or_default().push(self.feed_job(
                    feed,
                    &fields,
                    Some((time, times.clone())),
                    true,
                ));
            }
        }
        let jobs = self.place(jobs, &needed);
        let make = |number| Sinking { sink: make(number), tables: jobs.iter().map(tables_of).collect() };
        let (takers, findings, troubles) =
            read::run(&jobs, self.options.threads, self.options.progress.as_ref(), self.options.keep_rejects, make);
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).widen(findings);
        self.note_troubles(troubles);
        takers.into_iter().map(|t| t.sink).collect()
    }

    /// Everything that was not as it should be, so far.
    pub fn report(&self) -> Report {
        let files: Vec<String> = self.files.iter().map(|f| f.name.clone()).collect();
        let mut order = Vec::new();
        for (table, _) in self.lexicon.table_ids() {
            let feeds = self.tables.get(table.0 as usize).map_or(&[][..], |t| &t.feeds);
            order.extend(feeds.iter().map(|f| (table, f.file)));
        }
        let fixed = self.fixed.lock().unwrap_or_else(PoisonError::into_inner);
        let findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        let broken = |t: TableId| self.tables.get(t.0 as usize).is_some_and(|t| t.broken);
        problems::report(self.lexicon, &files, &order, &fixed, &findings, &broken)
    }

    /// What a table wants of a file, columns not yet numbered. `resolve`: references become rows.
    fn feed_job<'s>(
        &'s self,
        feed: &'s Feed,
        fields: &BTreeSet<FieldId>,
        time: Option<(FieldId, Range<i64>)>,
        resolve: bool,
    ) -> FeedJob<'s> {
        let declared = self.lexicon.table(feed.table);
        let mut keys = Vec::new();
        for field in fields.iter().filter(|_| resolve) {
            let ty = &declared.fields[field.0 as usize].ty;
            let item = if let Ty::List(item) = ty { item } else { ty };
            if let Ty::Record(target) = item {
                keys.push((*field, self.tables[target.0 as usize].keys.clone()));
            }
        }
        FeedJob {
            feed,
            table: feed.table,
            fields: &declared.fields,
            wanted: fields.iter().map(|f| (*f, feed.columns[f.0 as usize])).collect(),
            time: time.map(|(field, range)| (field, feed.columns[field.0 as usize], range)),
            filter: None,
            keys,
            lines: !resolve,
        }
    }

    /// Numbers the needed columns of each file.
    fn place<'s>(
        &'s self,
        jobs: BTreeMap<usize, Vec<FeedJob<'s>>>,
        needed: &BTreeMap<usize, BTreeSet<usize>>,
    ) -> Vec<Job<'s>> {
        let mut placed = Vec::new();
        for (file, mut feeds) in jobs {
            let needed: Vec<usize> = needed.get(&file).into_iter().flatten().copied().collect();
            let slot = |column: usize| needed.binary_search(&column).unwrap_or(0);
            for job in &mut feeds {
                for (_, column) in &mut job.wanted {
                    *column = column.map(slot);
                }
                if let Some((_, column, _)) = &mut job.time {
                    *column = column.map(slot);
                }
                let feed = job.feed;
                job.filter = self.lexicon.table(job.table).filter.as_ref().map(|filter| {
                    let of = |header: &str| feed.filter.iter().find(|f| f.0 == header).map_or(0, |f| slot(f.1));
                    Filter::new(filter, &feed.settings, &of)
                });
            }
            placed.push(Job { file: &self.files[file], number: file as u32, needed, feeds });
        }
        placed
    }

    fn read_entities(&mut self, wanted: &BTreeMap<TableId, BTreeSet<FieldId>>) {
        let entities: Vec<(TableId, &BTreeSet<FieldId>)> =
            wanted.iter().filter(|w| !self.lexicon.table(*w.0).is_event()).map(|w| (*w.0, w.1)).collect();
        let mut jobs: BTreeMap<usize, Vec<FeedJob>> = BTreeMap::new();
        let mut needed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (table, fields) in &entities {
            for feed in &self.tables[table.0 as usize].feeds {
                let columns = needed.entry(feed.file).or_default();
                columns.extend(fields.iter().filter_map(|f| feed.columns[f.0 as usize]));
                columns.extend(feed.filter.iter().map(|f| f.1));
                jobs.entry(feed.file).or_default().push(self.feed_job(feed, fields, None, false));
            }
        }
        let jobs = self.place(jobs, &needed);
        let (takers, mut findings, troubles) =
            read::run(&jobs, self.options.threads, self.options.progress.as_ref(), self.options.keep_rejects, |_| {
                Collecting::default()
            });
        let mut parts: BTreeMap<TableId, Vec<entity::Taken>> = BTreeMap::new();
        for (job, feed, place, part) in takers.into_iter().flat_map(|t| t.parts) {
            let (table, file) = (jobs[job].feeds[feed].table, jobs[job].number as usize);
            let rank = self.tables[table.0 as usize].feeds.iter().position(|f| f.file == file).unwrap_or(0);
            parts.entry(table).or_default().push((rank as u32, place, part));
        }
        drop(jobs);
        let mut assembled = Vec::new();
        let threads = self.threads();
        let parted = entities.iter().map(|(t, _)| (self.lexicon.table(*t), parts.remove(t).unwrap_or_default()));
        let sets = RowSet::all(parted.collect(), threads);
        for ((table, _), set) in entities.iter().zip(sets) {
            let mut made = entity::assemble(self.lexicon.table(*table), set, threads);
            for issue in std::mem::take(&mut made.issues) {
                self.row_issue(*table, &made.origins, &issue, &mut findings);
            }
            self.tables[table.0 as usize].keys = Arc::new(std::mem::take(&mut made.keys));
            assembled.push((*table, made));
        }
        for (table, made) in assembled {
            let records = self.resolve(table, made, &mut findings);
            self.tables[table.0 as usize].records = Some(records);
        }
        self.findings.get_mut().unwrap_or_else(PoisonError::into_inner).join(findings);
        self.note_troubles(troubles);
    }

    /// References to rows.
    fn resolve(&self, table: TableId, made: entity::Assembled, findings: &mut Findings) -> Records {
        let mut columns = Vec::new();
        for (i, (column, from)) in made.columns.into_iter().zip(made.sources).enumerate() {
            let field = FieldId(i as u32);
            let ty = &self.lexicon.field(table, field).ty;
            let item = if let Ty::List(item) = ty { item } else { ty };
            let (Some(column), Ty::Record(target)) = (&column, item) else {
                columns.push(column);
                continue;
            };
            let (resolved, dangling) = entity::resolve(column, &self.tables[target.0 as usize].keys, self.threads());
            for at in dangling {
                let row = from.as_ref().map_or(at, |f| f[at as usize]);
                let value = match &column.values {
                    Values::Text(texts) => texts.get(at as usize).to_owned(),
                    _ => String::new(),
                };
                let issue = RowIssue { row, field: Some(field), code: codes::DANGLING_REFERENCE, value };
                self.row_issue(table, &made.origins, &issue, findings);
            }
            columns.push(Some(resolved));
        }
        Records { rows: made.rows, columns }
    }

    fn row_issue(&self, table: TableId, origins: &Origins, issue: &RowIssue, findings: &mut Findings) {
        let (rank, line) = origins.of(issue.row);
        let feed = &self.tables[table.0 as usize].feeds[rank as usize];
        let file = feed.file as u32;
        let column = issue.field.and_then(|f| feed.columns[f.0 as usize]);
        let header = column.map_or(String::new(), |c| self.files[feed.file].headers[c].clone());
        let subject =
            Subject { table: Some(table.0), file: Some(file), code: issue.code.id(), field: issue.field.map(|f| f.0) };
        let tally = findings.tallies.entry(subject).or_default();
        tally.count += 1;
        if tally.wants(line) {
            tally.note(Spot { line, column: header.clone(), value: read::short(&issue.value) });
        }
        let row_lost = issue.code == codes::MISSING_KEY || issue.code == codes::DUPLICATE_KEY;
        if row_lost {
            findings.counts.entry((file, table.0)).or_default().rejected += 1;
        }
        if self.options.keep_rejects && problems::is_reject(issue.code) {
            let kind = if row_lost { RejectKind::Row } else { RejectKind::Value };
            let reason = problems::reason(issue.code).to_owned();
            findings.rejects.push((file, table.0, line, kind, header, issue.value.clone(), reason));
        }
    }

    fn note_troubles(&self, troubles: read::Troubles) {
        let mut least: BTreeMap<u32, StreamTrouble> = BTreeMap::new();
        for (file, trouble) in troubles {
            let line = |t: &StreamTrouble| match t {
                StreamTrouble::NotText(l) | StreamTrouble::Unclosed(l) => *l,
                StreamTrouble::Broken(_) => 0,
            };
            match least.get(&file) {
                Some(known) if line(known) <= line(&trouble) => {}
                _ => {
                    least.insert(file, trouble);
                }
            }
        }
        let mut fixed = self.fixed.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, trouble) in least {
            let problem = open::stream_problem(&self.files[file as usize].name, &trouble);
            if !fixed.iter().any(|p| p.code == problem.code && p.file == problem.file) {
                fixed.push(problem);
            }
        }
    }
}

/// All fields to read, by table: what is needed, keys, second keys, times and subjects, and the keys of tables referred to.
fn closure(lexicon: &Lexicon, needs: &Needs) -> BTreeMap<TableId, BTreeSet<FieldId>> {
    let mut wanted = needs.tables.clone();
    for (table, fields) in &mut wanted {
        if let TableKind::Event { subject, time } = lexicon.table(*table).kind {
            fields.extend(subject);
            fields.insert(time);
        }
    }
    let mut targets = BTreeSet::new();
    for (table, fields) in &wanted {
        for field in fields {
            let ty = &lexicon.field(*table, *field).ty;
            let item = if let Ty::List(item) = ty { item } else { ty };
            if let Ty::Record(target) = item {
                targets.insert(*target);
            }
        }
    }
    for target in targets {
        wanted.entry(target).or_default();
    }
    for (table, fields) in &mut wanted {
        let declared = lexicon.table(*table);
        fields.extend(declared.key);
        fields.extend(&declared.same_when);
    }
    wanted
}

/// Requests on one table are one: all fields, and the times that any wants.
fn merge(requests: &[ScanRequest]) -> BTreeMap<TableId, (BTreeSet<FieldId>, Range<i64>)> {
    let mut merged: BTreeMap<TableId, (BTreeSet<FieldId>, Range<i64>)> = BTreeMap::new();
    for request in requests {
        let (fields, times) = merged.entry(request.table).or_insert_with(|| (BTreeSet::new(), request.times.clone()));
        fields.extend(&request.fields);
        if times.is_empty() {
            *times = request.times.clone();
        } else if !request.times.is_empty() {
            *times = times.start.min(request.times.start)..times.end.max(request.times.end);
        }
    }
    merged
}

fn tables_of(job: &Job) -> Vec<TableId> {
    job.feeds.iter().map(|f| f.table).collect()
}

/// Hands parts to a sink as batches.
struct Sinking<S> {
    sink: S,
    tables: Vec<Vec<TableId>>,
}

impl<S: EventSink> Taker for Sinking<S> {
    fn take(&mut self, job: usize, feed: usize, _: read::Place, part: Part) {
        let table = self.tables[job][feed];
        self.sink.keep(Batch { table, rows: part.rows, times: part.times, columns: part.columns });
    }
}

/// Keeps parts.
#[derive(Default)]
struct Collecting {
    parts: Vec<(usize, usize, read::Place, Part)>,
}

impl Taker for Collecting {
    fn take(&mut self, job: usize, feed: usize, place: read::Place, part: Part) {
        self.parts.push((job, feed, place, part));
    }
}
