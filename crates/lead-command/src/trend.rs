//! `lead trend`: how terms and funnels moved, and who stops being what.

mod human;
mod json;
pub mod tables;

use std::path::Path;

use lead_diag::SourceMap;
use lead_hir::hir::{Def, DefId, DefKind, Lexicon, TableId, Ty};
use lead_plan::calendar;
use lead_project::Project;
use lead_trend::{Ask, Decided, Every, Lean, MOST, Prepared, Trend, leans};

use crate::args::{TimeFormat, TrendArgs};
use crate::check::{open, refuse_errors};
use crate::data::{self, Opened, Progress};
use crate::run::{Table, nearest_def, output, refuse_overwriting, report_text, write_file};
use crate::terminal::{Exit, Failure, Outcome, Terminal, counted, eprint, print};
use crate::value::Shown;
use lead_output::write;

/// What a term takes as it is today, each with the definitions in whose rules it stands.
pub type Leaning = Vec<(Lean, Vec<DefId>)>;

/// What a trend is shown with.
pub struct Telling<'a> {
    /// Names.
    pub lexicon: &'a Lexicon,
    /// Texts of rules.
    pub sources: &'a SourceMap,
    /// Keys of records.
    pub key_of: &'a (dyn Fn(TableId, u32) -> Option<String> + Sync),
    /// How far apart the times are.
    pub every: Every,
}

/// Shows a lexicon over time.
pub fn trend(args: &TrendArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let lexicon = &project.lexicon;
    refuse_overwriting(args.data.as_deref(), args.output.as_deref(), None, &project)?;
    let to = data::as_of(args.to.as_deref(), &project)?;
    let (times, every) = series(&project, args.from.as_deref(), to, &args.every)?;
    let (terms, funnels) = named(lexicon, &args.term)?;
    let days = ageing_days(&args.ageing)?;
    let last = times.last().copied().unwrap_or(0);
    let ageing = lead_trend::days_ahead(last, days, &lexicon.settings);
    let prepared = Prepared::new(lexicon, Ask { times, terms, funnels, ageing, moves: args.moves });
    let threads = args.threads.map_or_else(data::cores, usize::from);
    let progress = Progress::new(terminal);
    let opened = data::open_data(&project, &prepared.plan, args.data.as_deref(), threads, false, &progress)?;
    let found = prepared.run(lexicon, opened.data());
    progress.done();
    usable(&opened, terminal)?;
    let found = found.map_err(|e| stopped(&e, &project, terminal))?;

    let key_of = |table, row| opened.key_of(table, row);
    let telling = Telling { lexicon, sources: &project.sources, key_of: &key_of, every };
    let shown = Shown { zone: &lexicon.settings.zone, key_of: &key_of };
    if let Some(folder) = &args.output {
        let mut tables = tables::all(&telling, &found);
        return put(folder, &mut tables, args.format, &shown, args.raw_cells, || json::trend(&telling, &found));
    }
    match args.format {
        TimeFormat::Human => print(&human::text(&telling, &found, terminal))?,
        TimeFormat::Json => print(&format!("{}\n", pretty(&json::trend(&telling, &found))?))?,
        TimeFormat::Csv => print_csv(&tables::series(&telling, &found), &shown, args.raw_cells)?,
    }
    Ok(Exit::Fine)
}

/// The times that are asked for, and how far apart they are.
pub fn series(project: &Project, from: Option<&str>, to: i64, every: &str) -> Result<(Vec<i64>, Every), Failure> {
    let settings = &project.lexicon.settings;
    let from = from.map(|text| start(text, project)).transpose()?;
    if from.is_some_and(|from| from > to) {
        return Err(Failure::usage("the series would end before it begins")
            .help("name a `--from` that lies before `--to`, or before the as-of time"));
    }
    let every = every_of(every)?;
    let times = lead_trend::times(from, to, every, STEPS, settings);
    if times.len() > MOST {
        return Err(Failure::usage(format!("a series has at most {MOST} times"))
            .help("begin later with `--from`, or step further with `--every`"));
    }
    Ok((times, every))
}

/// Steps of a series where nothing is said.
const STEPS: usize = 12;

/// A time that a series begins with; a date is its first moment.
fn start(text: &str, project: &Project) -> Result<i64, Failure> {
    let zone = &project.lexicon.settings.zone;
    let at = data::as_of(Some(text), project)?;
    let is_date = text.trim().len() <= 10;
    Ok(if is_date { calendar::start_of_day(calendar::local_day(at, zone), zone) } else { at })
}

fn every_of(text: &str) -> Result<Every, Failure> {
    Every::parse(text).ok_or_else(|| {
        Failure::usage(format!("`{}` is no step of a series", lead_diag::render::clean(text)))
            .help("write `1mo`, `2w`, `1q`, or `month`, `quarter`, `fiscal quarter` for the ends of these")
    })
}

fn ageing_days(text: &str) -> Result<usize, Failure> {
    const MOST_DAYS: i32 = 31;
    if text.eq_ignore_ascii_case("no") {
        return Ok(0);
    }
    let days = lead_trend::step(text).filter(|s| s.months == 0 && s.micros == 0 && s.days <= MOST_DAYS);
    days.and_then(|s| usize::try_from(s.days).ok()).ok_or_else(|| {
        Failure::usage(format!("`{}` is not how far `--ageing` can look", lead_diag::render::clean(text)))
            .help("write `1d` for tomorrow, up to `31d`, or `no`")
    })
}

/// The terms and funnels that are named; all by default.
fn named(lexicon: &Lexicon, names: &[String]) -> Result<(Vec<DefId>, Vec<DefId>), Failure> {
    let (mut terms, mut funnels) = (Vec::new(), Vec::new());
    let mut take = |id: DefId| match lexicon.def(id).kind {
        DefKind::Funnel(_) if !funnels.contains(&id) => funnels.push(id),
        DefKind::Term(_) | DefKind::Value(_) if !terms.contains(&id) => terms.push(id),
        _ => {}
    };
    if names.is_empty() {
        let moving = |d: &Def| matches!(d.kind, DefKind::Term(_) | DefKind::Funnel(_));
        lexicon.def_ids().filter(|(_, d)| moving(d)).for_each(|(id, _)| take(id));
    }
    for name in names {
        let id = definition(lexicon, name)?;
        if !is_decision(lexicon.def(id)) && !matches!(lexicon.def(id).kind, DefKind::Funnel(_)) {
            return Err(Failure::usage(format!("`{}` is no term and no funnel", lexicon.def(id).name.text))
                .help("`lead trend` follows terms, funnels, and values that are yes or no"));
        }
        take(id);
    }
    if terms.is_empty() && funnels.is_empty() {
        return Err(Failure { exit: Exit::Findings, ..Failure::usage("the lexicon defines no term to follow") });
    }
    Ok((terms, funnels))
}

/// Whether a definition is yes, no or cannot tell for each record.
pub fn is_decision(def: &Def) -> bool {
    match def.kind {
        DefKind::Term(_) => true,
        DefKind::Value(_) => def.ty == Ty::YesNo && def.subject.is_some(),
        _ => false,
    }
}

/// The definition of a name. Names fold as in the language.
pub fn definition(lexicon: &Lexicon, name: &str) -> Result<DefId, Failure> {
    let key = lead_syntax::ast::fold_name(name.trim().trim_matches('`'));
    if let Some((id, _)) = lexicon.def_ids().find(|(_, d)| d.name.key == key) {
        return Ok(id);
    }
    let failure = Failure::usage(format!("no definition is named `{}`", lead_diag::render::clean(name.trim())));
    Err(match nearest_def(lexicon, name) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`lead run` shows the definitions of a lexicon"),
    })
}

/// Stops where the data cannot be used.
pub fn usable(opened: &Opened<'_>, terminal: &Terminal) -> Result<(), Failure> {
    match opened.fatal() {
        None => Ok(()),
        Some(report) => {
            eprint(&report_text(&report, |s, t| terminal.paint_err(s, t)));
            Err(Failure::data("the data cannot be used as they stand; nothing was answered"))
        }
    }
}

/// What a run that failed ends with.
pub fn stopped(error: &lead_eval::EvalError, project: &Project, terminal: &Terminal) -> Failure {
    let shown = lead_diag::render::human(&error.diagnostic(), &project.sources, &terminal.err_options());
    eprint(&format!("{shown}\n"));
    Failure::said(Exit::Data)
}

/// Writes tables into a folder, as CSV or as one JSON file, and says which files there are.
pub fn put(
    folder: &Path,
    tables: &mut [Table],
    format: TimeFormat,
    shown: &Shown<'_>,
    raw: bool,
    json: impl FnOnce() -> serde_json::Value,
) -> Outcome {
    let mut listed = String::new();
    if format == TimeFormat::Json {
        let text = pretty(&json())?;
        std::fs::create_dir_all(folder).map_err(|e| {
            Failure::data(format!("`{}` cannot be written: {}", folder.display(), crate::terminal::plain(&e)))
        })?;
        let stem = tables.first().map_or("answers", |t| t.stem.as_str());
        let path = folder.join(format!("{stem}.json"));
        write_file(&path, |out| out.write_all(format!("{text}\n").as_bytes()))?;
        listed.push_str(&format!("{}\n", path.display()));
    } else {
        let files = output::stage(folder, tables, crate::args::OutputFormat::Csv, shown, raw, 1)?.put_in_place()?;
        for (file, table) in files.iter().zip(tables.iter()) {
            listed.push_str(&format!("{}: {}\n", file.display(), counted(table.rows, "row", "rows")));
        }
    }
    print(&listed)?;
    Ok(Exit::Fine)
}

/// JSON as text.
pub fn pretty(json: &serde_json::Value) -> Result<String, Failure> {
    serde_json::to_string_pretty(json).map_err(|e| Failure::data(format!("JSON cannot be written: {e}")))
}

/// Prints one table as CSV.
pub fn print_csv(table: &Table, shown: &Shown<'_>, raw: bool) -> Result<(), Failure> {
    let mut out = Vec::new();
    write::csv(&mut out, table, shown, raw, 1)?;
    print(&String::from_utf8_lossy(&out))?;
    Ok(())
}

/// A time as `--as-of` takes it: a date for the end of its day, else a local time.
pub fn moment(t: i64, lexicon: &Lexicon) -> String {
    let zone = &lexicon.settings.zone;
    let text = crate::value::time(t, zone).unwrap_or_else(|| "?".to_owned());
    if calendar::end_of_day(calendar::local_day(t, zone), zone) == t {
        return text.chars().take(10).collect();
    }
    let local: String = text.chars().take(19).collect();
    local.strip_suffix(":00").map_or(local.clone(), str::to_owned)
}

/// A time as the head of a column: its day, with the time of day where that is neither its end nor its begin.
pub fn day(t: i64, lexicon: &Lexicon) -> String {
    let text = moment(t, lexicon);
    text.strip_suffix("T00:00").map_or(text.clone(), str::to_owned).replace('T', " ")
}

/// What has no history, in words.
pub fn lean_words(lexicon: &Lexicon, lean: Lean) -> String {
    let name = |table: TableId| &lexicon.table(table).name.text;
    match lean {
        Lean::Field(table, field) => format!("{}.{}", name(table), lexicon.field(table, field).name.text),
        Lean::Records(table) => format!("which {} records there are", name(table)),
    }
}

impl Telling<'_> {
    /// The name of a definition.
    pub fn name(&self, def: DefId) -> &str {
        &self.lexicon.def(def).name.text
    }

    /// The name of an entity or event.
    pub fn table(&self, table: TableId) -> &str {
        &self.lexicon.table(table).name.text
    }

    /// The name of a funnel's step; 0 is none of them.
    pub fn step(&self, steps: &[DefId], step: usize) -> &str {
        step.checked_sub(1).and_then(|i| steps.get(i)).map_or("none", |d| self.name(*d))
    }

    /// The key of a record, or its place where it has none.
    pub fn key(&self, table: TableId, row: u32) -> String {
        (self.key_of)(table, row).unwrap_or_else(|| format!("row {}", row + 1))
    }

    /// The condition that turns, as it is written.
    pub fn condition(&self, decided: &Decided) -> String {
        let written = self.sources.slice(decided.span).split_whitespace().collect::<Vec<_>>().join(" ");
        lead_diag::render::clean(&written)
    }

    /// The window that moves on, in words.
    pub fn window(&self, decided: &Decided) -> Option<String> {
        match (decided.window, &decided.times) {
            (Some(window), _) => Some(lead_hir::words::window(self.lexicon, window)),
            (None, Some(times)) if times.start > i64::MIN => Some(format!("from {}", day(times.start, self.lexicon))),
            _ => None,
        }
    }

    /// By term: what it takes as it is today.
    pub fn leaning(&self, terms: &[DefId]) -> Vec<(DefId, Leaning)> {
        let mut out = Vec::new();
        for term in terms {
            let mut found = Leaning::new();
            for one in leans(self.lexicon, *term) {
                match found.iter_mut().find(|f| f.0 == one.lean) {
                    Some((_, defs)) => defs.push(one.def),
                    None => found.push((one.lean, vec![one.def])),
                }
            }
            if !found.is_empty() {
                out.push((*term, found));
            }
        }
        out
    }

    /// The terms of a trend, those of its funnels included.
    pub fn terms(&self, trend: &Trend) -> Vec<DefId> {
        let mut out: Vec<DefId> = trend.terms.iter().map(|t| t.def).collect();
        for step in trend.funnels.iter().flat_map(|f| &f.steps) {
            if !out.contains(step) {
                out.push(*step);
            }
        }
        out
    }
}
