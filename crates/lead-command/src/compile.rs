//! `lead compile`: a lexicon as SQL, a statement per subject, metric and funnel.

mod folder;

use lead_diag::Diagnostic;
use lead_hir::hir::Def;
use lead_project::Project;
use lead_sql::{AsOf, Compiled, Dialect, Options, Target};

use crate::args::CompileArgs;
use crate::check::{open, refuse_errors};
use crate::run::{assemble_named, nearest_def, write_file};
use crate::terminal::{Exit, Failure, Outcome, Terminal, eprint, plain, print};

/// Compiles a lexicon.
pub fn compile(args: &CompileArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let target = match &args.target {
        Some(name) => target(&project, name, terminal)?,
        None => Target::default(),
    };
    let named = args.dialect.as_deref().or(target.dialect.as_deref());
    let dialect = dialect(named.or(args.spark.as_ref().map(|_| "spark")))?;
    let as_of = match &args.as_of {
        Some(_) => Some(crate::data::as_of(args.as_of.as_deref(), &project)?),
        None => None,
    };
    let only = assemble_named(&project.lexicon, &args.only).map_err(|name| {
        let failure = Failure::usage(format!("no definition is named `{}`", lead_diag::render::clean(&name)));
        match nearest_def(&project.lexicon, &name) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("without `--only` all of them are compiled"),
        }
    })?;
    let names: Vec<String> = only.iter().flatten().map(|id| project.lexicon.def(*id).name.key.clone()).collect();
    let wanted = |def: &Def| names.is_empty() || names.contains(&def.name.key);
    if let Some(place) = &args.dbt {
        let of = lead_sql::dbt::Project { dialect, target: &target, as_of };
        let files = lead_sql::dbt::project(&project.lexicon, &of, &wanted)
            .map_err(|diagnostics| lacking(&diagnostics, &project, terminal))?;
        return folder::write(&folder::DBT, place, &files);
    }
    if let Some(place) = &args.spark {
        if !matches!(dialect.name(), "spark" | "databricks") {
            let failure = Failure::usage(format!("a folder for Spark has no statements of {}", dialect.title()));
            return Err(failure.help("leave out `--dialect`, or name `spark` or `databricks`"));
        }
        let zone_of = |source: &str| source_zone(&project, source);
        let job = lead_sql::spark::Job { dialect, target: &target, as_of, zone_of: &zone_of };
        let files = lead_sql::spark::folder(&project.lexicon, &job, &wanted)
            .map_err(|diagnostics| lacking(&diagnostics, &project, terminal))?;
        return folder::write(&folder::SPARK, place, &files);
    }
    let options = Options { dialect, target: &target, as_of: as_of.map_or(AsOf::Open, AsOf::At) };
    let compiled = statements(&project, &options, &wanted, terminal)?;
    let Some(folder) = &args.output else {
        let texts: Vec<&str> = compiled.iter().map(|c| c.sql.as_str()).collect();
        print(&texts.join("\n"))?;
        return Ok(Exit::Fine);
    };
    std::fs::create_dir_all(folder)
        .map_err(|e| Failure::data(format!("`{}` cannot be written: {}", folder.display(), plain(&e))))?;
    let mut stems: Vec<String> = Vec::new();
    for statement in &compiled {
        let mut stem = statement.name.clone();
        let mut number = 1;
        while stems.contains(&stem) {
            number += 1;
            stem = format!("{}_{number}", statement.name);
        }
        let path = folder.join(format!("{stem}.sql"));
        write_file(&path, |out| out.write_all(statement.sql.as_bytes()))?;
        print(&format!("{}\n", path.display()))?;
        stems.push(stem);
    }
    Ok(Exit::Fine)
}

/// The zone of times without an offset in a source.
fn source_zone(project: &Project, source: &str) -> String {
    lead_data::source_zone(&project.config, source).unwrap_or_else(|| project.lexicon.settings.zone_name.clone())
}

/// The statements, or what the dialect lacks.
pub fn statements(
    project: &Project,
    options: &Options<'_>,
    wanted: &(dyn Fn(&Def) -> bool + Sync),
    terminal: &Terminal,
) -> Result<Vec<Compiled>, Failure> {
    lead_sql::compile(&project.lexicon, options, wanted).map_err(|diagnostics| lacking(&diagnostics, project, terminal))
}

/// Shows what the dialect lacks.
fn lacking(diagnostics: &[Diagnostic], project: &Project, terminal: &Terminal) -> Failure {
    for diagnostic in diagnostics {
        let shown = lead_diag::render::human(diagnostic, &project.sources, &terminal.err_options());
        eprint(&format!("{shown}\n"));
    }
    Failure::said(Exit::Findings)
}

/// A target of `lead.toml`.
pub fn target(project: &Project, name: &str, terminal: &Terminal) -> Result<Target, Failure> {
    let targets = &project.config.targets;
    let Some(table) = targets.get(name) else {
        let failure = Failure::usage(format!("`lead.toml` has no target `{}`", lead_diag::render::clean(name)));
        let names: Vec<String> = targets.keys().map(|t| format!("`{t}`")).collect();
        return Err(match names.as_slice() {
            [] => failure.help("add `[targets.NAME]` with a `dialect`"),
            names => failure.help(format!("it has {}", names.join(", "))),
        });
    };
    Target::read(name, table, &project.lexicon).map_err(|diagnostic| {
        let shown = lead_diag::render::human(&diagnostic, &project.sources, &terminal.err_options());
        eprint(&format!("{shown}\n"));
        Failure::said(Exit::Findings)
    })
}

/// The dialect of a name.
fn dialect(name: Option<&str>) -> Result<&'static dyn Dialect, Failure> {
    let all: Vec<String> = lead_sql::dialect::all().iter().map(|d| format!("`{}`", d.name())).collect();
    let help = format!("there are {}", all.join(", "));
    let Some(name) = name else {
        return Err(Failure::usage("no dialect is named").help(format!("name it with `--dialect`; {help}")));
    };
    lead_sql::dialect::named(name)
        .ok_or_else(|| Failure::usage(format!("there is no dialect `{}`", lead_diag::render::clean(name))).help(help))
}
