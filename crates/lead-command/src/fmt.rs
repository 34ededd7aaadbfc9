//! `lead fmt`: lexicon files laid out well.

use std::io::Read;
use std::path::{Path, PathBuf};

use lead_diag::{SourceMap, render};
use lead_syntax::Laid;

use crate::args::FmtArgs;
use crate::files;
use crate::terminal::{Exit, Failure, Outcome, Terminal, counted, eprint, print};

/// Formats files, or standard input.
pub fn fmt(args: &FmtArgs, terminal: &Terminal) -> Outcome {
    if args.paths.iter().any(|p| p.as_os_str() == "-") {
        if args.paths.len() > 1 {
            return Err(Failure::usage("`-` stands alone: standard input is one file"));
        }
        return standard_input(args, terminal);
    }
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let files = files::lead_files(&paths)?;
    if files.is_empty() {
        return Err(Failure::data("no `.lead` file here").help("name the folder of the lexicon"));
    }
    let (mut exit, mut changed) = (Exit::Fine, 0usize);
    let mut last = None;
    for path in &files {
        match one(path, args, terminal) {
            Ok(done) => {
                changed += usize::from(done.changed);
                last = Some(done.laid);
                if done.broken || (done.changed && (args.check || args.diff)) {
                    exit = exit.max(Exit::Findings);
                }
            }
            // One file in the way does not keep the others from being formatted.
            Err(failure) => {
                exit = exit.max(failure.exit);
                if !failure.message.is_empty() {
                    crate::say(&failure, terminal);
                }
            }
        }
    }
    // What ends with the process anyway is not taken apart: of a large file that would be a tenth of the work.
    std::mem::forget(last);
    if changed > 0 && !args.diff {
        let verb = if args.check { "would be laid out anew" } else { "laid out anew" };
        eprint(&format!("{} {verb}\n", counted(changed, "file", "files")));
    }
    Ok(exit)
}

/// What became of a file.
struct Done {
    /// It was, or would be, laid out anew.
    changed: bool,
    /// Statements in it cannot be read, and stay as they are.
    broken: bool,
    /// Its layout.
    laid: Laid,
}

/// Formats a file.
fn one(path: &Path, args: &FmtArgs, terminal: &Terminal) -> Result<Done, Failure> {
    let old = files::read(path)?;
    let name = path.display().to_string();
    let laid = laid_out(&name, &old, terminal)?;
    let broken = say_broken(&name, laid.errors);
    let changed = laid.text != old;
    if !changed {
        return Ok(Done { changed, broken, laid });
    }
    if args.diff {
        print(&files::paint_diff(&files::unified_diff(&name, &old, &laid.text), terminal))?;
    } else if args.check {
        print(&format!("{name}\n"))?;
    } else {
        files::replace(path, &laid.text)?;
    }
    Ok(Done { changed, broken, laid })
}

/// Says that statements cannot be read, if there are such.
fn say_broken(name: &str, errors: usize) -> bool {
    if errors > 0 {
        let (what, verb) = if errors == 1 { ("a statement", "stays") } else { ("statements", "stay") };
        eprint(&format!("{name}: {what} that cannot be read {verb} as written; `lead check` tells why\n"));
    }
    errors > 0
}

fn standard_input(args: &FmtArgs, terminal: &Terminal) -> Outcome {
    let mut old = String::new();
    std::io::stdin()
        .lock()
        .read_to_string(&mut old)
        .map_err(|e| Failure::data(format!("standard input cannot be read: {}", crate::terminal::plain(&e))))?;
    let Laid { text: new, errors, .. } = laid_out("standard input", &old, terminal)?;
    let broken = say_broken("standard input", errors);
    if !args.check && !args.diff {
        print(&new)?;
        return Ok(if broken { Exit::Findings } else { Exit::Fine });
    }
    if args.diff {
        print(&files::paint_diff(&files::unified_diff("standard input", &old, &new), terminal))?;
    }
    Ok(if new == old && !broken { Exit::Fine } else { Exit::Findings })
}

/// The text laid out well; what keeps it from being so is said here.
fn laid_out(name: &str, text: &str, terminal: &Terminal) -> Result<Laid, Failure> {
    lead_syntax::lay_out(text).map_err(|diagnostics| {
        let mut sources = SourceMap::new();
        sources.add(name, text);
        for diagnostic in diagnostics {
            eprint(&format!("{}\n", render::human(&diagnostic, &sources, &terminal.err_options())));
        }
        Failure::said(Exit::Findings)
    })
}
