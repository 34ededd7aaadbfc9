//! From a lexicon and its exports to answers: the as-of time, the folder, progress, and what may stop it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use lead_data::{Column, Data, Needs, Options, Report, Values, fold_text};
use lead_diag::Diagnostic;
use lead_eval::Answers;
use lead_hir::hir::{DefId, Lexicon, TableId};
use lead_plan::{Plan, calendar};
use lead_project::Project;

use crate::run::{Keys, data_folder};
use crate::terminal::{Exit, Failure, Terminal};

/// The as-of time in microseconds: as told, else as in `lead.toml`, else now.
pub fn as_of(told: Option<&str>, project: &Project) -> Result<i64, Failure> {
    let zone = &project.lexicon.settings.zone;
    let help = "write `2026-06-30` for the end of that day, or `2026-06-30T14:00`";
    let no_time = |text: &str| format!("`{}` is no date or time", lead_diag::render::clean(text));
    match (told, &project.as_of) {
        (Some(text), _) => calendar::moment(text, zone).ok_or_else(|| Failure::usage(no_time(text)).help(help)),
        (None, Some(text)) => calendar::moment(text, zone).ok_or_else(|| {
            let message = format!("`as-of` in `lead.toml`: {}", no_time(text));
            Failure { exit: Exit::Findings, ..Failure::usage(message).help(help) }
        }),
        (None, None) => Ok(Timestamp::now().as_microsecond()),
    }
}

/// An as-of time as people say it: a day where it is the end of one, else to the second.
pub fn as_of_text(as_of: i64, zone: &jiff::tz::TimeZone, zone_name: &str) -> String {
    let text = crate::value::time(as_of, zone).unwrap_or_default();
    let day = calendar::local_day(as_of, zone);
    if calendar::end_of_day(day, zone) == as_of {
        return format!("as of the end of {}, {zone_name}", text.chars().take(10).collect::<String>());
    }
    format!("as of {}, {zone_name}", text.chars().take(19).collect::<String>().replace('T', " "))
}

/// Reading that is done before this shows no progress.
const PATIENCE: Duration = Duration::from_millis(500);

/// How far the reading is, on standard error, on a terminal alone.
pub struct Progress {
    bar: ProgressBar,
    shown: bool,
}

impl Progress {
    /// Nothing is shown before the reading has taken a moment.
    pub fn new(terminal: &Terminal) -> Progress {
        let bar = ProgressBar::hidden();
        bar.set_length(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {bytes} of {total_bytes}, {elapsed}  {msg}") {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        Progress { bar, shown: terminal.progress }
    }

    /// Who is told by the readers.
    fn listener(&self) -> Option<Arc<dyn lead_data::Progress>> {
        let reading = || Reading { bar: self.bar.clone(), since: Instant::now(), late: AtomicBool::new(false) };
        self.shown.then(|| Arc::new(reading()) as Arc<dyn lead_data::Progress>)
    }

    /// Takes it away.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// The bar, as the readers see it.
struct Reading {
    bar: ProgressBar,
    since: Instant,
    late: AtomicBool,
}

impl lead_data::Progress for Reading {
    fn file(&self, name: &str, bytes: u64) {
        self.bar.inc_length(bytes);
        self.bar.set_message(lead_diag::render::clean(name));
    }

    fn advance(&self, bytes: u64) {
        if self.since.elapsed() > PATIENCE && !self.late.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(bytes);
    }
}

/// What is asked of a lexicon and its exports.
pub struct Request<'a> {
    /// The folder of the exports, if told.
    pub data: Option<&'a Path>,
    /// Microseconds since 1970 UTC.
    pub as_of: i64,
    /// Only these; `None`: all.
    pub wanted: Option<&'a [DefId]>,
    /// How many work.
    pub threads: usize,
    /// Whether rejects are to be kept.
    pub rejects: bool,
    /// Whether the answers of clauses are to be kept.
    pub clauses: bool,
}

/// Answers, and all that is needed to show them.
pub struct Answered {
    /// The answers.
    pub answers: Answers,
    /// Keys of entities.
    pub keys: Keys,
    /// What was not as it should be.
    pub report: Report,
}

impl Answered {
    /// The key of a record.
    pub fn key_of(&self, table: TableId, row: u32) -> Option<String> {
        key_at(self.keys.get(&table)?, row)
    }
}

/// Why there are no answers.
pub enum Stopped {
    /// The data are not as they must be.
    Data(Report),
    /// Something went wrong in the run itself.
    Run(Diagnostic),
    /// Something else.
    Failure(Failure),
}

/// Answers what is wanted. Data that cannot be used are found out in full before the run stops.
pub fn answer(project: &Project, request: &Request<'_>, progress: &Progress) -> Result<Answered, Box<Stopped>> {
    let lexicon = &project.lexicon;
    // Names tell definitions apart (D4).
    let names: Option<BTreeSet<&str>> =
        request.wanted.map(|w| w.iter().map(|id| lexicon.def(*id).name.key.as_str()).collect());
    let plan =
        lead_plan::plan(lexicon, request.as_of, |def| names.as_ref().is_none_or(|n| n.contains(def.name.key.as_str())));
    let opened = open_data(project, &plan, request.data, request.threads, request.rejects, progress)
        .map_err(|f| Box::new(Stopped::Failure(f)))?;
    let answers = lead_eval::evaluate(lexicon, &plan, opened.data(), request.clauses);
    let report = opened.data().report();
    if report.is_fatal() {
        return Err(Box::new(Stopped::Data(report)));
    }
    let answers = answers.map_err(|e| Box::new(Stopped::Run(e.diagnostic())))?;
    Ok(Answered { answers, keys: opened.keys(lexicon), report })
}

/// How many threads work where nothing is said.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Exports that are open.
pub struct Opened<'a> {
    data: Data<'a>,
}

/// Opens the exports that a plan needs.
pub fn open_data<'a>(
    project: &'a Project,
    plan: &Plan,
    folder: Option<&Path>,
    threads: usize,
    rejects: bool,
    progress: &Progress,
) -> Result<Opened<'a>, Failure> {
    open_needs(project, Needs { tables: plan.needs(&project.lexicon) }, folder, threads, rejects, progress)
}

/// Opens the exports for what is needed of them.
pub fn open_needs<'a>(
    project: &'a Project,
    needs: Needs,
    folder: Option<&Path>,
    threads: usize,
    rejects: bool,
    progress: &Progress,
) -> Result<Opened<'a>, Failure> {
    let folder = data_folder(folder, project)?;
    let options = Options { threads, keep_rejects: rejects, progress: progress.listener() };
    let data = Data::open(&project.lexicon, &project.config, &folder, &needs, options);
    Ok(Opened { data })
}

impl<'a> Opened<'a> {
    /// The data.
    pub fn data(&self) -> &Data<'a> {
        &self.data
    }

    /// The report, if the data cannot be used.
    pub fn fatal(&self) -> Option<Report> {
        Some(self.data.report()).filter(Report::is_fatal)
    }

    /// The keys of all entities that were read.
    pub fn keys(&self, lexicon: &Lexicon) -> Keys {
        let tables =
            lexicon.table_ids().filter_map(|(id, _)| Some((id, Arc::new(self.key_column(lexicon, id)?.clone()))));
        tables.collect()
    }

    /// The keys of an entity that has them.
    pub fn key_column(&self, lexicon: &Lexicon, table: TableId) -> Option<&Column> {
        let key = lexicon.table(table).key?;
        self.data.records(table)?.columns.get(key.0 as usize)?.as_ref()
    }

    /// The key of a record.
    pub fn key_of(&self, table: TableId, row: u32) -> Option<String> {
        self.data.key(table, row).map(String::from)
    }

    /// The row of a key.
    pub fn row_of(&self, table: TableId, key: &str) -> Option<u32> {
        self.data.find(table, key)
    }

    /// A key that differs from `key` in case or blanks alone, or that begins with it.
    pub fn like(&self, lexicon: &Lexicon, table: TableId, key: &str) -> Option<String> {
        let column = self.key_column(lexicon, table)?;
        let Values::Text(texts) = &column.values else { return None };
        let folded = fold_text(key);
        let all = || (0..column.len()).filter(|i| column.is_known(*i)).map(|i| texts.get(i));
        let same = all().find(|k| fold_text(k) == folded);
        same.or_else(|| all().find(|k| !folded.is_empty() && fold_text(k).starts_with(&folded))).map(String::from)
    }
}

fn key_at(column: &Column, row: u32) -> Option<String> {
    match &column.values {
        Values::Text(texts) if (row as usize) < column.len() && column.is_known(row as usize) => {
            Some(texts.get(row as usize).to_owned())
        }
        _ => None,
    }
}
