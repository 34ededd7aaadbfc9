//! `lead check`: what is to be said about lexicons.

use std::path::{Path, PathBuf};

use lead_diag::{Diagnostic, Severity, SourceMap, codes, render};
use lead_logic::Linter;
use lead_project::{Baseline, Project};

use crate::args::{CheckArgs, MessageFormat};
use crate::ci::Findings;
use crate::files;
use crate::fix::same_file;
use crate::survey;
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, counted, eprint, print};

/// Checks lexicons and shows the findings.
pub fn check(args: &CheckArgs, terminal: &Terminal) -> Outcome {
    let mut exit = Exit::Fine;
    let (mut listed, mut all, mut count) = (Vec::new(), Vec::new(), 0usize);
    let mut out = String::new();
    let mut findings = Findings::new("lead check", args.strict);
    let mut known = args.baseline.as_deref().map(baseline).transpose()?;
    let mut written = args.write_baseline.is_some().then(Baseline::default);
    let mut hidden = 0;
    for (mut project, only) in open_all(&args.paths)? {
        let mut linter = Linter::once();
        project.lint(&mut linter);
        if let Some(folder) = args.data.as_deref().filter(|_| project.is_sound()) {
            let as_of = crate::data::as_of(args.as_of.as_deref(), &project)?;
            let found = survey::survey(&project, folder, as_of, terminal)?;
            exit = exit.max(survey::exit_of(&found));
            project.lint_data(found);
        }
        if let Some(written) = &mut written {
            written.add(&project);
            project.diagnostics.retain(|d| !d.code.is_lint());
        }
        if let Some(known) = &mut known {
            hidden += known.take_from(&mut project);
        }
        count += only.as_ref().map_or(project.asts.len(), Vec::len);
        let found = filtered(&project.diagnostics, &project.sources, only.as_deref());
        if args.format.of_service().is_some() {
            findings.add(&found, &project.sources, checked_files(&project, only.as_deref()));
        }
        for diagnostic in found {
            match args.format {
                MessageFormat::Json => listed.push(render::json(diagnostic, &project.sources)),
                MessageFormat::Short => {
                    out.push_str(&render::short(diagnostic, &project.sources));
                    out.push('\n');
                }
                MessageFormat::Human => {
                    out.push_str(&render::human(diagnostic, &project.sources, &terminal.out_options()));
                    out.push('\n');
                }
                _ => {}
            }
            exit = exit.max(exit_of(diagnostic));
            if args.strict && diagnostic.severity == Severity::Warning {
                exit = exit.max(Exit::Findings);
            }
            all.push(diagnostic.clone());
        }
        // Of a large lexicon, taking apart what ends with the process anyway would be a tenth of the work.
        std::mem::forget((project, linter));
    }
    match args.format {
        MessageFormat::Json => {
            let text = serde_json::to_string_pretty(&listed)
                .map_err(|e| Failure::data(format!("findings cannot be written as JSON: {e}")))?;
            out = text + "\n";
        }
        MessageFormat::Human => {
            let style = if exit == Exit::Fine { Style::Green } else { Style::Red };
            let line = format!("{} in {}", verdict(&all), counted(count, "file", "files"));
            out.push_str(&format!("{}\n", terminal.paint(style, &line)));
        }
        other => {
            if let Some(format) = other.of_service() {
                out = findings.text(format)?;
            }
        }
    }
    print(&out)?;
    if let (Some(written), Some(path)) = (&written, &args.write_baseline) {
        files::put(path, &written.text())?;
        let line = format!("{} in `{}`", counted(written.len(), "finding", "findings"), path.display());
        eprint(&format!("{}\n", terminal.paint_err(Style::Dim, &line)));
    }
    if let Some(rest) = known {
        let mut line = format!("{} of the baseline not shown", counted(hidden, "finding", "findings"));
        let gone = rest.gone(args.data.is_some());
        if gone > 0 && args.paths.len() < 2 {
            line.push_str(&format!("; {} gone, `--write-baseline` takes them out", counted(gone, "is", "are")));
        }
        eprint(&format!("{}\n", terminal.paint_err(Style::Dim, &line)));
    }
    Ok(exit)
}

/// The baseline of a file.
fn baseline(path: &Path) -> Result<Baseline, Failure> {
    let advice = "`lead check --write-baseline FILE` writes one";
    let text = files::read(path).map_err(|failure| failure.help(advice))?;
    Baseline::parse(&text).ok_or_else(|| Failure::data(format!("`{}` is not a baseline", path.display())).help(advice))
}

/// The names of the files that are asked for.
fn checked_files(project: &Project, only: Option<&[PathBuf]>) -> Vec<String> {
    let names = project.sources.files().map(|f| f.1.name());
    let wanted = |name: &&str| only.is_none_or(|only| only.iter().any(|p| same_file(Path::new(name), p)));
    names.filter(wanted).map(str::to_owned).collect()
}

/// A lexicon, and the files of it that are asked for; `None`: all of it.
pub type Asked = (Project, Option<Vec<PathBuf>>);

/// The lexicons of the paths, each once.
pub fn open_all(paths: &[PathBuf]) -> Result<Vec<Asked>, Failure> {
    let here = [PathBuf::from(".")];
    let mut opened: Vec<Asked> = Vec::new();
    for path in if paths.is_empty() { &here[..] } else { paths } {
        let path = files::tidy(path);
        let project = open(&path)?;
        let whole = path.is_dir() || path.extension().is_none_or(|e| e != "lead");
        match opened.iter_mut().find(|(p, _)| p.root == project.root && p.sources_are(&project)) {
            Some((_, only)) if whole => *only = None,
            Some((_, Some(only))) => only.push(path),
            Some((_, None)) => {}
            None => opened.push((project, (!whole).then(|| vec![path]))),
        }
    }
    Ok(opened)
}

/// The lexicon of a path.
pub fn open(path: &Path) -> Result<Project, Failure> {
    Project::open(path).map_err(|failed| {
        let mut failure = Failure::data("there is no lexicon");
        if let Some(first) = failed.diagnostics.into_iter().next() {
            failure.message = first.message;
            failure.help = first.help;
        }
        failure
    })
}

/// What a finding makes the process end with.
pub fn exit_of(diagnostic: &Diagnostic) -> Exit {
    let in_the_way = diagnostic.code == codes::UNREADABLE_FILE || diagnostic.code == codes::NO_LEXICON;
    match diagnostic.severity {
        Severity::Error if in_the_way => Exit::Data,
        Severity::Error => Exit::Findings,
        _ => Exit::Fine,
    }
}

/// Shows the errors of a lexicon that is to be run, and stops there. Of warnings it only says how many there are.
pub fn refuse_errors(project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let errors: Vec<Diagnostic> = project.diagnostics.iter().filter(|d| d.is_error()).cloned().collect();
    for diagnostic in &errors {
        eprint(&format!("{}\n", render::human(diagnostic, &project.sources, &terminal.err_options())));
    }
    if !errors.is_empty() {
        let exit = errors.iter().map(exit_of).max().unwrap_or(Exit::Findings);
        return Err(Failure { exit, ..Failure::usage(format!("{} in the lexicon", verdict(&errors))) });
    }
    let warnings = project.diagnostics.iter().filter(|d| d.severity == Severity::Warning).count();
    if warnings > 0 {
        let line = format!("{} in the lexicon; `lead check` shows them", counted(warnings, "warning", "warnings"));
        eprint(&format!("{}\n", terminal.paint_err(Style::Dim, &line)));
    }
    Ok(())
}

trait Sources {
    /// Whether both hold the same files.
    fn sources_are(&self, other: &Self) -> bool;
}

impl Sources for Project {
    fn sources_are(&self, other: &Project) -> bool {
        self.sources.files().map(|f| f.1.name()).eq(other.sources.files().map(|f| f.1.name()))
    }
}

/// The findings in the files asked for, and those that are in no file.
pub fn filtered<'a>(
    diagnostics: &'a [Diagnostic],
    sources: &SourceMap,
    only: Option<&[PathBuf]>,
) -> Vec<&'a Diagnostic> {
    let wanted = |d: &&Diagnostic| match (d.span(), only) {
        (Some(span), Some(only)) => {
            let name = Path::new(sources.file(span.file).name());
            only.iter().any(|p| same_file(name, p))
        }
        _ => true,
    };
    diagnostics.iter().filter(wanted).collect()
}

/// `2 errors, 1 warning`, or `no findings`.
pub fn verdict(diagnostics: &[Diagnostic]) -> String {
    let of = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let mut parts = Vec::new();
    for (n, one, many) in [
        (of(Severity::Error), "error", "errors"),
        (of(Severity::Warning), "warning", "warnings"),
        (of(Severity::Hint), "hint", "hints"),
    ] {
        if n > 0 {
            parts.push(counted(n, one, many));
        }
    }
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}
