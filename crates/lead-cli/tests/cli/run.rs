//! `lead run`: summaries, as-of times, bad data.

use crate::lab::{CONTACTS, Lab, MAIN, SETTINGS};

#[test]
fn the_summary_shows_every_definition() {
    insta::assert_snapshot!(Lab::small().lead(&["run", "small"]).all());
}

#[test]
fn the_summary_as_json_has_stable_keys() {
    insta::assert_snapshot!(Lab::small().lead(&["run", "small", "--json"]).all());
}

#[test]
fn the_current_folder_and_its_settings_are_the_default() {
    let lab = Lab::small();
    let there = lab.lead(&["run", "small", "--json"]);
    let lead = Lab::empty()
        .with("lead.toml", SETTINGS)
        .with("main.lead", MAIN)
        .with("exports/contacts.csv", CONTACTS)
        .with("exports/events.csv", crate::lab::EVENTS);
    assert_eq!(lead.lead(&["run", "--json"]).out, there.out);
    let moved = lab.lead(&["run", "small", "--json", "--data", "small/exports", "--as-of", "2026-06-30"]);
    assert_eq!(moved.out, there.out);
}

#[test]
fn the_as_of_time_decides_what_has_happened() {
    let lab = Lab::small();
    let yes = |as_of: &str| {
        let ran = lab.lead(&["run", "small", "--json", "--only", "visitor", "--as-of", as_of]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        json["subjects"][0]["answers"][0]["yes"].as_u64()
    };
    assert_eq!(yes("2026-06-30"), Some(2));
    assert_eq!(yes("2026-06-19"), Some(1));
    assert_eq!(yes("2026-06-01T09:59"), Some(0));
    assert_eq!(yes("2026-06-01T10:00"), Some(1));
    assert_eq!(yes("2026-06-01T08:00Z"), Some(1), "an offset is heeded");
    assert_eq!(yes("2026-06-01T07:59:59Z"), Some(0));
}

#[test]
fn findings_in_the_lexicon_stop_the_run_with_one() {
    let lab = Lab::small();
    lab.write("small/main.lead", &MAIN.replace("visits >= 2", "visitz >= 2"));
    let ran = lab.lead(&["run", "small"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.all());
    assert!(ran.err.contains("visitz") && ran.err.contains("main.lead:"), "{}", ran.err);
}

#[test]
fn a_missing_file_and_a_doubled_key_stop_the_run_with_three_and_both_are_said() {
    let lab = Lab::small();
    std::fs::remove_file(lab.path("small/exports/events.csv")).expect("removed");
    lab.write("small/exports/contacts.csv", &format!("{CONTACTS}c1,x,1,1,,,PPC\n"));
    let ran = lab.lead(&["run", "small"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{}", ran.all());
    assert!(ran.err.contains("events.csv") && ran.err.contains("c1"), "{}", ran.err);
}

#[test]
fn unreadable_values_are_warnings_that_strict_makes_fatal() {
    let lab = Lab::small();
    lab.write("small/exports/contacts.csv", &CONTACTS.replace(",7,", ",seven,"));
    let ran = lab.lead(&["run", "small", "--rejects", "rejects.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(format!("{}{}", ran.out, ran.err).contains("seven"), "{}", ran.all());
    let rejects = lab.read("rejects.csv");
    assert!(rejects.starts_with("file,line,column,value,reason,table,kind\n"), "{rejects}");
    assert!(rejects.contains("contacts.csv,4,employees,seven,"), "{rejects}");
    let strict = lab.lead(&["run", "small", "--strict"]);
    assert_eq!((strict.code, strict.out.as_str()), (3, ""), "{}", strict.all());
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let ran = Lab::empty().lead(&["run", "nowhere"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    let ran = Lab::small().lead(&["run", "small", "--data", "nowhere"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
}
