//! `lead init`.

use crate::lab::{CONTACTS, EVENTS, Lab};

fn sound(lab: &Lab, dir: &str) {
    let check = lab.lead(&["check", dir]);
    assert_eq!(check.code, 0, "{}", check.all());
    let run = lab.lead(&["run", dir]);
    assert_eq!(run.code, 0, "{}", run.all());
    let fmt = lab.lead(&["fmt", "--check", dir]);
    assert_eq!(fmt.code, 0, "{}", fmt.all());
}

#[test]
fn without_exports_a_small_lexicon_is_written_that_checks_and_runs() {
    let lab = Lab::empty();
    let ran = lab.lead(&["init", "my-first", "--timezone", "europe/berlin"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(lab.read("my-first/lead.toml").contains("name = \"My first\"\ntimezone = \"Europe/Berlin\"\n"));
    sound(&lab, "my-first");
}

#[test]
fn a_draft_of_exports_elsewhere_checks_and_runs_as_it_is() {
    let lab = Lab::empty().with("from/contacts.csv", CONTACTS).with("from/events.csv", EVENTS);
    let ran = lab.lead(&["init", "drafted", "--from", "from"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(lab.read("drafted/schema.lead").contains("entity contact"), "{}", lab.read("drafted/schema.lead"));
    assert_eq!(lab.read("drafted/exports/contacts.csv"), CONTACTS);
    sound(&lab, "drafted");
    // The export is copied: an edit of the copy, in place, leaves the original alone.
    assert!(std::fs::write(lab.path("drafted/exports/contacts.csv"), "id\n").is_ok());
    assert_eq!(lab.read("from/contacts.csv"), CONTACTS);
}

#[test]
fn exports_that_are_in_the_folder_stay_where_they_are() {
    let lab = Lab::empty().with("d/raw/contacts.csv", CONTACTS).with("d/raw/events.csv", EVENTS);
    assert_eq!(lab.lead(&["init", "d", "--from", "d/raw"]).code, 0);
    assert!(lab.read("d/lead.toml").contains("data = \"raw\""));
    assert!(!lab.path("d/exports").exists());
    sound(&lab, "d");
    let here = Lab::empty().with("contacts.csv", CONTACTS);
    assert_eq!(here.lead(&["init", "--from", "contacts.csv"]).code, 0);
    sound(&here, ".");
}

#[test]
fn nothing_is_written_over() {
    let lab = Lab::empty().with("d/schema.lead", "# mine\n").with("c.csv", CONTACTS);
    for args in [&["init", "d"][..], &["init", "d", "--from", "c.csv"]] {
        let ran = lab.lead(args);
        assert_eq!(ran.code, 3, "{}", ran.all());
    }
    assert_eq!(lab.bytes("d").len(), 1);
    assert_eq!(lab.read("d/schema.lead"), "# mine\n");
}

#[test]
fn what_is_no_export_or_no_time_zone_is_said() {
    let lab = Lab::empty().with("pictures/a.png", "x").with("empty.csv", "");
    assert_eq!(lab.lead(&["init", "d", "--from", "pictures"]).code, 3);
    assert_eq!(lab.lead(&["init", "d", "--from", "nowhere"]).code, 3);
    let ran = lab.lead(&["init", "d", "--from", "empty.csv"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(!lab.path("d/exports/empty.csv").exists(), "what was brought is taken back");
    let zone = lab.lead(&["init", "d", "--timezone", "Europe/Berln"]);
    assert_eq!(zone.code, 2);
    assert!(zone.err.contains("did you mean `Europe/Berlin`?"), "{}", zone.err);
}
