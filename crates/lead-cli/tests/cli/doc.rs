//! `lead doc`.

use crate::lab::Lab;

#[test]
fn a_glossary_is_printed_or_written() {
    let lab = Lab::small();
    let printed = lab.lead(&["doc", "small"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    assert!(printed.out.starts_with("<!DOCTYPE html>"), "{}", printed.out);
    let written = lab.lead(&["doc", "small", "--output", "out.html"]);
    assert_eq!((written.code, written.out.as_str(), written.err.as_str()), (0, "", ""));
    assert_eq!(lab.read("out.html"), printed.out);
}

#[test]
fn a_glossary_in_markdown_says_each_rule_in_a_sentence() {
    let ran = Lab::small().lead(&["doc", "small", "--format", "markdown"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.contains("when they viewed more than 5 pages and came 2 or more times in the last 90 days"),
        "{}",
        ran.out
    );
}

#[test]
fn a_lexicon_with_errors_has_no_glossary() {
    let lab = Lab::small();
    lab.write("small/wrong.lead", "busy when pagez > 5\n");
    let ran = lab.lead(&["doc", "small", "--output", "out.html"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("pagez") && !lab.path("out.html").exists());
}

#[test]
fn a_folder_is_no_place_for_a_page() {
    let ran = Lab::small().lead(&["doc", "small", "--output", "."]);
    assert_eq!((ran.code, ran.err.contains("is a folder")), (3, true), "{}", ran.err);
}
