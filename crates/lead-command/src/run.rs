//! `lead run`: a lexicon answered over exports.

mod assemble;
mod on;
pub mod output;
mod overview;
mod summary;

use std::path::{Path, PathBuf};

use lead_data::{RejectKind, Report};
use lead_hir::hir::{DefId, Lexicon, Ty};

use crate::args::RunArgs;
use crate::check::{open, refuse_errors};
use crate::data::{self, Progress, Request};
use crate::terminal::{Exit, Failure, Outcome, Terminal, counted, eprint, plain, print};
use crate::value::Shown;
pub use assemble::{Keys, column_of, is_named as assemble_named};
pub use lead_output::{Table, TableColumn};
pub use output::write_file;
pub use overview::report_text;
pub use summary::percent;

/// Answers a lexicon.
pub fn run(args: &RunArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let lexicon = &project.lexicon;
    let as_of = data::as_of(args.as_of.as_deref(), &project)?;
    let mut wanted = named(lexicon, &args.only)?;
    let holding = args.holding.as_deref().map(|name| term(lexicon, name)).transpose()?;
    if let (Some(wanted), Some(holding)) = (&mut wanted, holding) {
        wanted.push(holding);
    }
    if lexicon.defs.is_empty() {
        return Err(Failure { exit: Exit::Findings, ..Failure::usage("the lexicon defines nothing to answer") });
    }
    let threads = args.threads.map_or_else(data::cores, usize::from);
    if let Some(place) = &args.on {
        let target = match &args.target {
            Some(name) => crate::compile::target(&project, name, terminal)?,
            None => lead_sql::Target::default(),
        };
        let answered = on::answer(&project, place, target, as_of, wanted.as_deref(), terminal)?;
        return show(args, &project, &answered, holding, threads, terminal);
    }
    refuse_overwriting(args.data.as_deref(), args.output.as_deref(), args.rejects.as_deref(), &project)?;
    let progress = Progress::new(terminal);
    let request = Request {
        data: args.data.as_deref(),
        as_of,
        wanted: wanted.as_deref(),
        threads,
        rejects: args.rejects.is_some(),
        clauses: args.reasons,
    };
    let answered = data::answer(&project, &request, &progress);
    progress.done();
    let answered = match answered {
        Ok(answered) => answered,
        Err(stopped) => return Err(stopped_with(*stopped, &project, args, terminal)),
    };
    let report = &answered.report;
    if let Some(path) = &args.rejects {
        write_rejects(path, report, args.raw_cells)?;
    }
    if report.is_fatal() || (args.strict && report.has_warnings()) {
        eprint(&report_text(report, |s, t| terminal.paint_err(s, t)));
        let cause =
            if report.is_fatal() { "the data cannot be used as they stand" } else { "`--strict` lets no warning pass" };
        return Err(Failure::data(format!("{cause}; nothing was answered")));
    }
    show(args, &project, &answered, holding, threads, terminal)
}

/// Writes the answers into files, or their summary.
fn show(
    args: &RunArgs,
    project: &lead_project::Project,
    answered: &data::Answered,
    holding: Option<DefId>,
    threads: usize,
    terminal: &Terminal,
) -> Outcome {
    let (lexicon, report) = (&project.lexicon, &answered.report);
    let key_of = |table, row| answered.key_of(table, row);
    let shown = Shown { zone: &lexicon.settings.zone, key_of: &key_of };
    let mut files: Vec<PathBuf> = Vec::new();
    if let Some(folder) = &args.output {
        let mut tables = assemble::tables(lexicon, &answered.answers, &answered.keys, args.reasons, holding);
        files = output::stage(folder, &mut tables, args.format, &shown, args.raw_cells, threads)?.put_in_place()?;
        if !args.json {
            let listed: String = files
                .iter()
                .zip(&tables)
                .map(|(f, t)| format!("{}: {}\n", f.display(), counted(t.rows, "row", "rows")))
                .collect();
            eprint(&report_text(report, |s, t| terminal.paint_err(s, t)));
            print(&listed)?;
            return Ok(Exit::Fine);
        }
    }
    let overview = assemble::overview(lexicon, &answered.answers);
    if args.json {
        let json = overview.json(&shown, args.on.is_none().then_some(report), &files);
        let text = serde_json::to_string_pretty(&json)
            .map_err(|e| Failure::data(format!("the summary cannot be written as JSON: {e}")))?;
        print(&format!("{text}\n"))?;
    } else {
        let problems = report_text(report, |s, t| terminal.paint(s, t));
        print(&format!("{}\n{problems}", overview.text(&shown, terminal)))?;
    }
    Ok(Exit::Fine)
}

/// Answers must not land among the exports, where they could take the place of one.
pub fn refuse_overwriting(
    data: Option<&Path>,
    output: Option<&Path>,
    rejects: Option<&Path>,
    project: &lead_project::Project,
) -> Result<(), Failure> {
    let Ok(data) = data_folder(data, project)?.canonicalize() else { return Ok(()) };
    let real = |path: &Path| path.canonicalize().ok();
    if output.and_then(real).is_some_and(|output| output == data) {
        return Err(Failure::usage("the answers would land among the exports")
            .help("name another folder with `--output`, or one below it"));
    }
    if rejects.and_then(real).is_some_and(|rejects| rejects.starts_with(&data)) {
        return Err(Failure::usage("`--rejects` names a file among the exports").help("name a file elsewhere"));
    }
    Ok(())
}

/// What to end with where no answer came about.
fn stopped_with(
    stopped: data::Stopped,
    project: &lead_project::Project,
    args: &RunArgs,
    terminal: &Terminal,
) -> Failure {
    match stopped {
        data::Stopped::Data(report) => {
            if let Some(path) = &args.rejects
                && let Err(failure) = write_rejects(path, &report, args.raw_cells)
            {
                return failure;
            }
            eprint(&report_text(&report, |s, t| terminal.paint_err(s, t)));
            Failure::data("the data cannot be used as they stand; nothing was answered")
        }
        data::Stopped::Run(diagnostic) => {
            let shown = lead_diag::render::human(&diagnostic, &project.sources, &terminal.err_options());
            eprint(&format!("{shown}\n"));
            Failure::said(Exit::Data)
        }
        data::Stopped::Failure(failure) => failure,
    }
}

/// The definitions of `--only`; `None`: all.
pub fn named(lexicon: &Lexicon, only: &[String]) -> Result<Option<Vec<DefId>>, Failure> {
    assemble::is_named(lexicon, only).map_err(|name| {
        let failure = Failure::usage(format!("no definition is named `{}`", lead_diag::render::clean(&name)));
        match nearest_def(lexicon, &name) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`lead run` without `--only` answers all of them"),
        }
    })
}

/// The term of `--where`.
fn term(lexicon: &Lexicon, name: &str) -> Result<DefId, Failure> {
    let found = named(lexicon, &[name.to_owned()])?.and_then(|ids| ids.first().copied());
    let shown = lead_diag::render::clean(name.trim());
    let not_yes_or_no = || {
        Failure::usage(format!("`--where {shown}`: `{shown}` is no term"))
            .help("name a definition whose answer is yes or no")
    };
    found.filter(|id| lexicon.def(*id).ty == Ty::YesNo).ok_or_else(not_yes_or_no)
}

/// The definition that is named most alike.
pub fn nearest_def<'a>(lexicon: &'a Lexicon, name: &str) -> Option<&'a str> {
    let key = lead_syntax::ast::fold_name(name);
    nearest(&key, lexicon.defs.iter().map(|d| (d.name.key.as_str(), d.name.text.as_str())))
}

/// The second of the pair whose first is written most alike, if it is near enough.
pub fn nearest<'a>(wanted: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    pairs
        .map(|(key, text)| (strsim::jaro_winkler(wanted, key), text))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, text)| text)
}

/// Everything that was not taken, as CSV.
fn write_rejects(path: &Path, report: &Report, raw: bool) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(Failure::data(format!("`{}` is a folder", path.display())));
    }
    output::write_file(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["file", "line", "column", "value", "reason", "table", "kind"])?;
        for reject in &report.rejects {
            let safe = |text: &str| lead_output::write::harmless(text, raw).into_owned();
            let kind = match reject.kind {
                RejectKind::Row => "row",
                RejectKind::Value => "value",
            };
            writer.write_record([
                &safe(&reject.file),
                &reject.line.to_string(),
                &safe(&reject.column),
                &safe(&reject.value),
                &safe(&reject.reason),
                &safe(&reject.table),
                kind,
            ])?;
        }
        writer.flush()
    })
}

/// The folder of the exports.
pub fn data_folder(given: Option<&Path>, project: &lead_project::Project) -> Result<PathBuf, Failure> {
    let folder = given.map_or_else(|| project.data_dir.clone(), Path::to_path_buf);
    match std::fs::metadata(&folder) {
        Ok(kind) if kind.is_dir() => Ok(folder),
        Ok(_) => Err(Failure::data(format!("`{}` is a file, and the exports stand in a folder", folder.display()))),
        Err(e) => Err(Failure::data(format!("the data folder `{}` cannot be opened: {}", folder.display(), plain(&e)))
            .help("name it with `--data`, or as `data` in `lead.toml`")),
    }
}
