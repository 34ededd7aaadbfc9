//! `lead test --update`: today's answers, shown, then written into the expectations that fail.
//!
//! Invariant *as expected*: what is written reads without errors, and every example that was changed comes out then. An example for
//! which that cannot be had stays as it is, and is named.

use std::collections::BTreeSet;
use std::path::Path;

use lead_diag::{Edit, SourceMap, apply_edits};
use lead_examples::{Outcome as Came, Suite, Update};

use super::Tested;
use crate::files;
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, counted, eprint, print};

/// Files by name, in order of the lexicon, with the edits of each.
struct Texts {
    files: Vec<(lead_diag::FileId, String, String)>,
}

/// Writes today's answers.
pub fn update(all: &[Tested], dry_run: bool, terminal: &Terminal) -> Outcome {
    let (mut expectations, mut changed, mut left) = (0usize, 0usize, Vec::new());
    for tested in all {
        let slice = |span| tested.project.sources.slice(span).to_string();
        let wanted: Vec<Update> =
            tested.outcomes.iter().filter_map(|outcome| tested.suite.update(outcome, &slice)).collect();
        let stopped = tested.outcomes.iter().filter(|o| o.stopped.is_some()).map(|o| o.example);
        let texts = Texts::of(&tested.project.sources);
        let good = texts.good(tested, &wanted)?;
        let kept: Vec<&Update> = wanted.iter().filter(|u| good.contains(&u.example)).collect();
        let failed = wanted.iter().filter(|u| !good.contains(&u.example)).map(|u| u.example);
        left.extend(failed.chain(stopped).map(|example| named(tested, example)));
        expectations += kept.iter().map(|u| u.expectations).sum::<usize>();
        for (name, old, new) in texts.edited(&kept) {
            if old == new {
                continue;
            }
            changed += 1;
            print(&files::paint_diff(&files::unified_diff(&name, &old, &new), terminal))?;
            if !dry_run {
                files::replace(Path::new(&name), &new)?;
            }
        }
    }
    let verb = if dry_run { "would be updated" } else { "updated" };
    if expectations > 0 {
        let line = format!(
            "{} {verb} in {}\n",
            counted(expectations, "expectation", "expectations"),
            counted(changed, "file", "files")
        );
        eprint(&line);
    } else if left.is_empty() {
        eprint("nothing to update: all is as expected\n");
    }
    for name in &left {
        eprint(&format!("{} {name}: its answer cannot be written out\n", terminal.paint_err(Style::Yellow, "left:")));
    }
    let findings = !left.is_empty() || (dry_run && changed > 0);
    Ok(if findings { Exit::Findings } else { Exit::Fine })
}

fn named(tested: &Tested, example: usize) -> String {
    let Some(example) = tested.suite.example(example) else { return String::new() };
    let file = tested.project.sources.file(example.span.file);
    format!("{}:{}: {}", file.name(), file.line_col(example.span.start).line, example.title)
}

impl Texts {
    fn of(sources: &SourceMap) -> Texts {
        let files = sources.files().filter(|(_, f)| f.name().ends_with(".lead"));
        Texts { files: files.map(|(id, f)| (id, f.name().to_owned(), f.text().to_owned())).collect() }
    }

    /// Name, old and new text of each file.
    fn edited(&self, updates: &[&Update]) -> Vec<(String, String, String)> {
        let new = |(id, name, text): &(lead_diag::FileId, String, String)| {
            let edits: Vec<Edit> =
                updates.iter().flat_map(|u| &u.edits).filter(|e| e.span.file == *id).cloned().collect();
            (name.clone(), text.clone(), apply_edits(text, &edits).0)
        };
        self.files.iter().map(new).collect()
    }

    /// The examples that come out once their updates are written. All are tried together, then each that did not alone.
    fn good(&self, tested: &Tested, updates: &[Update]) -> Result<BTreeSet<usize>, Failure> {
        let mut good: Vec<&Update> = Vec::new();
        let all: Vec<&Update> = updates.iter().collect();
        let passed = |updates: &[&Update]| -> BTreeSet<usize> { self.passed(tested, updates) };
        let together = passed(&all);
        if updates.iter().all(|u| together.contains(&u.example)) {
            return Ok(together);
        }
        for update in all {
            if passed(&[update]).contains(&update.example) {
                good.push(update);
            }
        }
        Ok(passed(&good))
    }

    /// The examples of `updates` that come out with them; none if the texts cannot be read then.
    fn passed(&self, tested: &Tested, updates: &[&Update]) -> BTreeSet<usize> {
        let mut trees = Vec::new();
        for ((id, ..), (_, _, text)) in self.files.iter().zip(self.edited(updates)) {
            let parsed = lead_syntax::parse(*id, &text);
            if parsed.diagnostics.iter().any(|d| d.is_error()) {
                return BTreeSet::new();
            }
            trees.push((*id, parsed.file));
        }
        let trees: Vec<_> = trees.iter().map(|(id, tree)| (*id, tree)).collect();
        let lowered = lead_hir::lower(&trees, &tested.project.config);
        if lowered.diagnostics.iter().any(|d| d.is_error()) {
            return BTreeSet::new();
        }
        // Examples stand in the same order: none was added or taken out.
        let suite = Suite::new(&lowered.lexicon, tested.as_of);
        let came = updates.iter().filter_map(|u| suite.run(u.example));
        came.filter(Came::passed).map(|outcome| outcome.example).collect()
    }
}
