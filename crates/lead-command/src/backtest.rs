//! `lead backtest`: would a definition have found those for whom an outcome came later?

mod human;
mod tables;

use lead_hir::hir::{DefId, FieldId, Lexicon, Step, TableId, Target, Ty};
use lead_project::Project;
use lead_trend::{Backtest, BacktestAsk, By, Flags, Leans, PreparedBacktest, PreparedFlags, leans};

use crate::args::{BacktestArgs, TimeFormat};
use crate::check::{open, refuse_errors};
use crate::data::{self, Opened, Progress};
use crate::run::{data_folder, refuse_overwriting};
use crate::terminal::{Exit, Failure, Outcome, Terminal, print};
use crate::trend::{definition, is_decision, pretty, print_csv, put, series, stopped, usable};
use crate::value::Shown;

/// What a test is shown with.
pub struct Report<'a> {
    /// Names, and places in rules.
    pub project: &'a Project,
    /// What was asked.
    pub args: &'a BacktestArgs,
    /// The tested term.
    pub term: DefId,
    /// The outcome.
    pub outcome: DefId,
    /// What came of it.
    pub found: &'a Backtest,
    /// Records that the other lexicon does not know.
    pub strangers: usize,
}

/// Tests a definition on the past.
pub fn backtest(args: &BacktestArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    refuse_overwriting(args.data.as_deref(), args.output.as_deref(), None, &project)?;
    let ask = asked(args, &project)?;
    let lexicon = &project.lexicon;
    let Some(prepared) = PreparedBacktest::new(lexicon, &ask) else {
        return Err(Failure::usage(format!("`{}` is asked of no record", lexicon.def(ask.term).name.text)));
    };
    if prepared.times.is_empty() {
        return Err(Failure::usage("the horizon of every time runs past the end of the data")
            .help("name an earlier `--from`, or a shorter `--horizon`"));
    }
    let base = args.compare.as_deref().map(|base| other(args, base, &ask, &project, terminal)).transpose()?;
    let flags = base
        .as_ref()
        .map(|(base, term)| PreparedFlags::new(&base.lexicon, *term, &prepared.times).map(|flags| (base, flags)));

    let threads = args.threads.map_or_else(data::cores, usize::from);
    let progress = Progress::new(terminal);
    let opened = data::open_data(&project, &prepared.plan, args.data.as_deref(), threads, false, &progress)?;
    let table = lexicon.def(ask.term).subject;
    let compared = match (flags.flatten(), table) {
        (Some((base, flags)), Some(table)) => {
            let folder = data_folder(args.data.as_deref(), &project)?;
            let theirs = data::open_data(base, &flags.plan, Some(&folder), threads, false, &progress)?;
            let found = flags.run(&base.lexicon, theirs.data(), (opened.data(), table));
            usable(&theirs, terminal)?;
            Some(found.map_err(|e| stopped(&e, base, terminal))?)
        }
        _ => None,
    };
    let found = tested(&project, &prepared, &opened, compared.as_ref(), terminal, &progress)?;
    let strangers = compared.map_or(0, |flags| flags.strangers);
    let report = Report { project: &project, args, term: ask.term, outcome: ask.outcome, found: &found, strangers };
    show(&report, &opened, terminal)
}

fn tested(
    project: &Project,
    prepared: &PreparedBacktest,
    opened: &Opened<'_>,
    other: Option<&Flags>,
    terminal: &Terminal,
    progress: &Progress,
) -> Result<Backtest, Failure> {
    let found = prepared.run(&project.lexicon, opened.data(), other);
    progress.done();
    usable(opened, terminal)?;
    let found = found.map_err(|e| stopped(&e, project, terminal))?;
    if found.times.is_empty() {
        let end = crate::trend::day(found.data_end, &project.lexicon);
        return Err(Failure::data(format!("the data end on {end}, before the horizon of any time has passed"))
            .help("name an earlier `--from`, or a shorter `--horizon`"));
    }
    Ok(found)
}

fn show(report: &Report<'_>, opened: &Opened<'_>, terminal: &Terminal) -> Outcome {
    let args = report.args;
    let key_of = |table, row| opened.key_of(table, row);
    let shown = Shown { zone: &report.project.lexicon.settings.zone, key_of: &key_of };
    if let Some(folder) = &args.output {
        let mut all = tables::all(report);
        return put(folder, &mut all, args.format, &shown, args.raw_cells, || tables::json(report));
    }
    match args.format {
        TimeFormat::Human => print(&human::text(report, terminal))?,
        TimeFormat::Json => print(&format!("{}\n", pretty(&tables::json(report))?))?,
        TimeFormat::Csv => print_csv(&tables::figures(report), &shown, args.raw_cells)?,
    }
    Ok(Exit::Fine)
}

/// What the command line asks for.
fn asked(args: &BacktestArgs, project: &Project) -> Result<BacktestAsk, Failure> {
    let lexicon = &project.lexicon;
    let (term, outcome) = (term(lexicon, &args.term)?, term(lexicon, &args.against)?);
    let horizon = step("--horizon", &args.horizon)?;
    let check = step("--look", &args.look)?;
    let as_of = data::as_of(args.as_of.as_deref(), project)?;
    let to = match &args.to {
        Some(text) => data::as_of(Some(text), project)?,
        None => lead_trend::before(as_of, horizon, &lexicon.settings),
    };
    let (times, _) = series(project, args.from.as_deref(), to, &args.every)?;
    let (Some(from), Some(at)) = (lexicon.def(term).subject, lexicon.def(outcome).subject) else {
        return Err(Failure::usage("a term without a subject cannot be tested"));
    };
    let path = way(lexicon, from, at).ok_or_else(|| {
        let (of, about) = (&lexicon.table(from).name.text, &lexicon.table(at).name.text);
        let (one, other) = (&lexicon.def(term).name.text, &lexicon.def(outcome).name.text);
        Failure::usage(format!(
            "`{one}` is asked of each {of}, `{other}` of each {about}, and no single reference leads there"
        ))
        .help(format!("define a term of {of} that asks for the outcome, such as `bought when any(order)`"))
    })?;
    let by = args.by.as_deref().map(|name| by(lexicon, from, name)).transpose()?;
    Ok(BacktestAsk { term, outcome, path, times, horizon, check, as_of, by })
}

fn term(lexicon: &Lexicon, name: &str) -> Result<DefId, Failure> {
    let id = definition(lexicon, name)?;
    if is_decision(lexicon.def(id)) {
        return Ok(id);
    }
    Err(Failure::usage(format!("`{}` is neither yes nor no", lexicon.def(id).name.text))
        .help("name a term, or a value that is yes or no"))
}

fn step(option: &str, text: &str) -> Result<Step, Failure> {
    lead_trend::step(text).ok_or_else(|| {
        let shown = lead_diag::render::clean(text);
        Failure::usage(format!("`{option} {shown}` is no length of time")).help("write `180d`, `26w` or `6mo`")
    })
}

/// The references from a record of one table to one of another: the only shortest way.
fn way(lexicon: &Lexicon, from: TableId, to: TableId) -> Option<Vec<FieldId>> {
    const FARTHEST: usize = 4;
    let mut open: Vec<(TableId, Vec<FieldId>)> = vec![(from, Vec::new())];
    for _ in 0..=FARTHEST {
        let mut found = open.iter().filter(|(at, _)| *at == to);
        match (found.next(), found.next()) {
            (Some((_, path)), None) => return Some(path.clone()),
            (Some(_), Some(_)) => return None,
            (None, _) => {}
        }
        let mut next = Vec::new();
        for (at, path) in &open {
            for (i, field) in lexicon.table(*at).fields.iter().enumerate() {
                if let Ty::Record(table) = field.ty {
                    next.push((table, [path.as_slice(), &[FieldId(i as u32)]].concat()));
                }
            }
        }
        open = next;
    }
    None
}

/// What cases are told apart by: names of references, parted by points, then a field or a definition.
fn by(lexicon: &Lexicon, from: TableId, name: &str) -> Result<By, Failure> {
    let shown = lead_diag::render::clean(name);
    let (mut at, mut path) = (from, Vec::new());
    let parts: Vec<String> = name.split('.').map(|p| lead_syntax::ast::fold_name(p.trim().trim_matches('`'))).collect();
    let (last, before) = parts.split_last().map_or(("", &[][..]), |(l, b)| (l.as_str(), b));
    let nothing = |table: TableId, part: &str| {
        let of = lexicon.table(table);
        let names = of.fields.iter().map(|f| (f.name.key.as_str(), f.name.text.as_str()));
        let failure = Failure::usage(format!("`{shown}` is nothing that each {} has", of.name.text));
        match crate::run::nearest(part, names) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("name a text of the record, such as `lead source`"),
        }
    };
    for part in before {
        let field = lexicon.table(at).field_named(part).ok_or_else(|| nothing(at, part))?;
        let Ty::Record(next) = lexicon.field(at, field).ty else { return Err(nothing(at, part)) };
        path.push(field);
        at = next;
    }
    let defined = || lexicon.def_ids().find(|(_, d)| d.name.key == last && d.subject == Some(at));
    let (target, ty) = match lexicon.table(at).field_named(last) {
        Some(field) => (Target::Field(field), lexicon.field(at, field).ty.clone()),
        None => defined().map(|(id, d)| (Target::Def(id), d.ty.clone())).ok_or_else(|| nothing(at, last))?,
    };
    if matches!(ty, Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::YesNo) {
        return Ok(By { path, target });
    }
    Err(Failure::usage(format!("cases cannot be told apart by `{shown}`"))
        .help("name a text, or what is yes or no; a choice can turn numbers into texts"))
}

/// The other version of the lexicon, a revision or a folder, and its definition of the term.
fn other(
    args: &BacktestArgs,
    base: &str,
    ask: &BacktestAsk,
    project: &Project,
    terminal: &Terminal,
) -> Result<(Project, DefId), Failure> {
    let other = crate::diff::sides::one(base, &args.lexicon)?.project;
    refuse_errors(&other, terminal)?;
    let name = &project.lexicon.def(ask.term).name;
    let found = other.lexicon.def_ids().find(|(_, d)| d.name.key == name.key && is_decision(d));
    let Some((id, _)) = found else {
        let shown = lead_diag::render::clean(base);
        return Err(Failure::usage(format!("`{shown}` defines no term `{}`", name.text)));
    };
    Ok((other, id))
}

impl Report<'_> {
    /// The name of a definition.
    pub fn name(&self, def: DefId) -> &str {
        &self.project.lexicon.def(def).name.text
    }

    /// What the past would know of the future: of the term, then of the outcome.
    pub fn leaks(&self) -> Vec<(DefId, Leans)> {
        let of = |def: DefId| leans(&self.project.lexicon, def).into_iter().map(move |l| (def, l));
        of(self.term).chain(of(self.outcome)).collect()
    }

    /// Where something stands, as `file:line`.
    pub fn place(&self, leans: &Leans) -> String {
        let file = self.project.sources.file(leans.span.file);
        format!("{}:{}", file.name(), file.line_col(leans.span.start).line)
    }
}
