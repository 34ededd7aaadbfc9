//! Lints in a project: shown with the record, kept in a baseline, allowed by comments.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use lead_logic::Linter;
use lead_project::{Baseline, Project};

const OLD: &str = "entity contact from \"c.csv\"\n    id: key\n    employees: number\n    opted in: yes/no\n\n\
    large when employees > 50\nnever when large and employees < 10\n";

/// A folder of its own with one file; gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("lead-logic-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("lead.toml"), "").unwrap();
        Folder(path)
    }

    fn open(&self, text: &str) -> Project {
        std::fs::write(self.0.join("main.lead"), text).unwrap();
        let mut project = Project::open(&self.0).unwrap();
        project.lint(&mut Linter::new());
        project
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn codes(project: &Project) -> Vec<&'static str> {
    project.diagnostics.iter().map(|d| d.code.id()).collect()
}

#[test]
fn only_findings_that_are_not_in_the_baseline_are_left() {
    let folder = Folder::new("new");
    let old = folder.open(OLD);
    assert_eq!(codes(&old), ["L0615"]);
    assert_eq!(old.diagnostics[0].notes, ["`employees` 51 meets all of it but this part"]);
    let mut baseline = Baseline::default();
    baseline.add(&old);
    let text = baseline.text();
    // Moved it is the same finding; another one is new.
    let mut moved = folder.open(&format!("# a note\n\n{OLD}again when employees > 5 and employees < 2\n"));
    let mut known = Baseline::parse(&text).unwrap();
    assert_eq!(known.take_from(&mut moved), 1);
    assert!(known.is_empty());
    assert_eq!(codes(&moved), ["L0612"]);
    // One that is mended stays in the baseline, so that it can be said.
    let mut mended = folder.open(&OLD.replace("< 10", "< 100"));
    let mut known = Baseline::parse(&text).unwrap();
    assert_eq!((known.take_from(&mut mended), known.len()), (0, 1));
    assert!(codes(&mended).is_empty());
}

#[test]
fn a_baseline_holds_no_error() {
    let folder = Folder::new("error");
    let mut wrong = folder.open(&format!("{OLD}wrong when sise > 2\n"));
    let mut baseline = Baseline::default();
    baseline.add(&wrong);
    assert_eq!(baseline.len(), 1);
    baseline.take_from(&mut wrong);
    assert!(wrong.diagnostics.iter().all(|d| d.is_error()) && !wrong.diagnostics.is_empty());
    assert!(Baseline::parse("[]").is_none());
    assert!(Baseline::parse("{\"version\": 99, \"findings\": {}}").is_none());
}

#[test]
fn a_comment_allows_what_is_proved_and_is_found_when_it_allows_nothing() {
    let folder = Folder::new("allow");
    let allowed = OLD.replace("never when", "# allow: never-true because it is about to change\nnever when");
    assert!(codes(&folder.open(&allowed)).is_empty());
    assert_eq!(codes(&folder.open(&allowed.replace("< 10", "< 100"))), ["L0622"]);
    // What is not looked for because of an error is not said to be unused.
    let broken = allowed.replace("< 10", "< 100") + "wrong when sise > 2\n";
    assert!(!codes(&folder.open(&broken)).contains(&"L0622"));
}
