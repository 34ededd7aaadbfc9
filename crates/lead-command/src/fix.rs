//! `lead fix`: the fixes that messages offer, applied.
//!
//! Invariant *no worse*: a file is written only if it has no more errors than before. Fixes are tried together, and one by
//! one where together they make it worse.

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lead_diag::{Applicability, Diagnostic, Fix, SourceMap, apply_edits};
use lead_hir::config::Config;

use crate::args::FixArgs;
use crate::check::{exit_of, filtered, open_all, verdict};
use crate::files;
use crate::terminal::{Exit, Outcome, Terminal, counted, eprint, print};

/// Rounds after which fixes that call for each other are left alone.
const ROUNDS: usize = 100;

/// Files by name, in order of the lexicon.
type Texts = Vec<(String, String)>;

/// Texts checked.
struct Checked {
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
}

/// Fixes lexicons.
pub fn fix(args: &FixArgs, terminal: &Terminal) -> Outcome {
    let mut exit = Exit::Fine;
    let (mut fixes, mut changed, mut left) = (0usize, 0usize, Vec::new());
    for (project, only) in open_all(&args.paths)? {
        let in_the_way: Vec<&Diagnostic> = project.diagnostics.iter().filter(|d| exit_of(d) == Exit::Data).collect();
        if !in_the_way.is_empty() {
            for diagnostic in in_the_way {
                let shown = lead_diag::render::human(diagnostic, &project.sources, &terminal.err_options());
                eprint(&format!("{shown}\n"));
            }
            exit = Exit::Data;
            continue;
        }
        let texts: Texts = project
            .sources
            .files()
            .filter(|(_, f)| f.name().ends_with(".lead"))
            .map(|(_, f)| (f.name().to_owned(), f.text().to_owned()))
            .collect();
        let allowed = |name: &str| only.as_ref().is_none_or(|o| o.iter().any(|p| same_file(Path::new(name), p)));
        let (fixed, applied) = apply_all(&texts, &project.config, args.risky, &allowed);
        fixes += applied;
        for ((name, old), (_, new)) in texts.iter().zip(&fixed) {
            if old == new {
                continue;
            }
            changed += 1;
            if args.diff {
                print(&files::paint_diff(&files::unified_diff(name, old, new), terminal))?;
                exit = exit.max(Exit::Findings);
            } else {
                files::replace(Path::new(name), new)?;
            }
        }
        let checked = check(&fixed, &project.config);
        let rest = filtered(&checked.diagnostics, &checked.sources, only.as_deref());
        for diagnostic in &rest {
            let shown = lead_diag::render::human(diagnostic, &checked.sources, &terminal.err_options());
            eprint(&format!("{shown}\n"));
        }
        left.extend(rest.into_iter().cloned());
    }
    let verb = if args.diff { "would be applied" } else { "applied" };
    if fixes > 0 {
        eprint(&format!("{} {verb} in {}\n", counted(fixes, "fix", "fixes"), counted(changed, "file", "files")));
    } else if exit != Exit::Data {
        eprint("nothing to fix\n");
    }
    if !left.is_empty() {
        eprint(&format!("left: {}\n", verdict(&left)));
    }
    if left.iter().any(Diagnostic::is_error) {
        exit = exit.max(Exit::Findings);
    }
    Ok(exit)
}

/// Whether two paths lead to one file.
pub fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn check(texts: &Texts, config: &Config) -> Checked {
    let mut sources = SourceMap::new();
    let mut diagnostics = Vec::new();
    let mut trees = Vec::new();
    for (name, text) in texts {
        let file = sources.add(name.as_str(), text.as_str());
        let parsed = lead_syntax::parse(file, text);
        diagnostics.extend(parsed.diagnostics);
        trees.push((file, parsed.file));
    }
    let trees: Vec<_> = trees.iter().map(|(file, tree)| (*file, tree)).collect();
    diagnostics.extend(lead_hir::lower(&trees, config).diagnostics);
    diagnostics.in_order_by_key(|d| d.span().map(|s| (s.file, s.start)));
    Checked { sources, diagnostics }
}

/// The texts with all fixes applied, and how many there were.
fn apply_all(texts: &Texts, config: &Config, risky: bool, allowed: &dyn Fn(&str) -> bool) -> (Texts, usize) {
    let (mut texts, mut applied) = (texts.clone(), 0);
    let mut seen = BTreeSet::from([texts.clone()]);
    for _ in 0..ROUNDS {
        let before = check(&texts, config);
        let wanted: Vec<&Fix> = before
            .diagnostics
            .iter()
            .filter_map(|d| d.fixes.iter().find(|f| may(f, risky)))
            .filter(|f| !f.edits.is_empty() && f.edits.iter().all(|e| allowed(before.sources.file(e.span.file).name())))
            .collect();
        let together = apart(&wanted);
        let errors = errors_of(&before);
        let good = |fixes: &[&Fix]| {
            let candidate = edited(&texts, fixes);
            candidate != texts && no_worse(&errors, &errors_of(&check(&candidate, config)))
        };
        let mut taken = together;
        if !taken.is_empty() && !good(&taken) {
            let mut helping = Vec::new();
            for fix in taken {
                helping.push(fix);
                if !good(&helping) {
                    helping.pop();
                }
            }
            taken = helping;
        }
        let next = edited(&texts, &taken);
        if taken.is_empty() || !seen.insert(next.clone()) {
            break;
        }
        applied += taken.len();
        texts = next;
    }
    (texts, applied)
}

fn may(fix: &Fix, risky: bool) -> bool {
    match fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => risky,
        Applicability::Display => false,
    }
}

/// The fixes of which none touches what an earlier one changes.
fn apart<'a>(wanted: &[&'a Fix]) -> Vec<&'a Fix> {
    let mut taken: Vec<lead_diag::Span> = Vec::new();
    let mut out: Vec<&Fix> = Vec::new();
    for fix in wanted {
        let clash = fix
            .edits
            .iter()
            .any(|e| taken.iter().any(|t| t.file == e.span.file && t.start <= e.span.end && e.span.start <= t.end));
        if !clash {
            taken.extend(fix.edits.iter().map(|e| e.span));
            out.push(fix);
        }
    }
    out
}

/// The texts with the fixes' edits. File ids are places in `texts`, as [`check`] gives them.
fn edited(texts: &Texts, fixes: &[&Fix]) -> Texts {
    texts
        .iter()
        .enumerate()
        .map(|(i, (name, text))| {
            let edits: Vec<_> =
                fixes.iter().flat_map(|f| &f.edits).filter(|e| e.span.file.0 as usize == i).cloned().collect();
            (name.clone(), if edits.is_empty() { text.clone() } else { apply_edits(text, &edits).0 })
        })
        .collect()
}

fn errors_of(checked: &Checked) -> BTreeMap<u32, usize> {
    let mut errors = BTreeMap::new();
    for diagnostic in checked.diagnostics.iter().filter(|d| d.is_error()) {
        *errors.entry(diagnostic.span().map_or(u32::MAX, |s| s.file.0)).or_default() += 1;
    }
    errors
}

fn no_worse(before: &BTreeMap<u32, usize>, after: &BTreeMap<u32, usize>) -> bool {
    after.iter().all(|(file, n)| before.get(file).is_some_and(|b| n <= b))
}
