//! `lead report`.

use crate::lab::{EVENTS, Lab};

#[test]
fn a_report_is_printed_or_written_and_is_the_same_each_time() {
    let lab = Lab::small();
    let printed = lab.lead(&["report", "small"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    assert!(printed.out.starts_with("<!DOCTYPE html>"), "{}", printed.out);
    let written = lab.lead(&["report", "small", "--output", "out.html"]);
    assert_eq!((written.code, written.out.as_str(), written.err.as_str()), (0, "", ""));
    assert_eq!(lab.read("out.html"), printed.out);
    assert!(!printed.out.contains("<script") && !printed.out.contains("src="));
}

#[test]
fn a_report_holds_for_the_time_and_the_data_that_are_named() {
    let lab = Lab::small();
    let early = lab.lead(&["report", "small", "--as-of", "2026-06-05"]);
    assert_eq!(early.code, 0, "{}", early.err);
    assert!(early.out.contains("As of the end of 2026-06-05, Europe/Berlin"), "the time is not said");
    lab.write("other/contacts.csv", "id,email,employees,budget,due,joined,lead source\nx,,,,,,\n");
    lab.write("other/events.csv", EVENTS);
    let other = lab.lead(&["report", "small", "--data", "other"]);
    assert_eq!(other.code, 0, "{}", other.err);
    assert!(other.out.contains("1 contact"), "the data are not those");
}

#[test]
fn a_lexicon_with_errors_has_no_report() {
    let lab = Lab::small();
    lab.write("small/wrong.lead", "busy when pagez > 5\n");
    let ran = lab.lead(&["report", "small", "--output", "out.html"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("pagez") && !lab.path("out.html").exists());
}

#[test]
fn a_report_takes_the_place_of_no_export_and_of_no_folder() {
    let lab = Lab::small();
    let ran = lab.lead(&["report", "small", "--output", "small/exports/contacts.csv"]);
    assert_eq!((ran.code, ran.err.contains("one of the exports")), (2, true), "{}", ran.err);
    let ran = lab.lead(&["report", "small", "--output", "small"]);
    assert_eq!((ran.code, ran.err.contains("is a folder")), (3, true), "{}", ran.err);
}

#[test]
fn data_that_cannot_be_used_make_no_report() {
    let lab = Lab::small();
    lab.write("small/exports/contacts.csv", "name\nAnn\n");
    let ran = lab.lead(&["report", "small", "--output", "out.html"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(!lab.path("out.html").exists());
}
