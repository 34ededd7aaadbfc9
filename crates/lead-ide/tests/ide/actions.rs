//! Code actions, each with what it leaves.

use insta::assert_snapshot;

use crate::check::{acted, titles};
use crate::fixture::Fixture;

const VALUES: &str = "for contact\n\npages  = count(page view)\nvisits = count(visit)\n\n";

fn below(text: &str) -> Fixture {
    Fixture::new(&format!("{VALUES}{text}"))
}

#[test]
fn a_misspelled_name_is_fixed() {
    let fixture = below("anonymous lead when pagess$0 > 5\n");
    assert_snapshot!(titles(&fixture));
    assert_snapshot!(acted(&fixture, "Write"));
}

#[test]
fn all_safe_fixes_are_applied_at_once() {
    let fixture = below("one when pages =$0= 5\ntwo when pages == 6\n");
    assert_snapshot!(titles(&fixture));
    assert_snapshot!(acted(&fixture, "Apply all"));
}

#[test]
fn a_count_is_extracted_above_its_statement() {
    let fixture = below("## Reads.\nreader when $0count(form submit)$0 > 5 within 90d\n");
    assert_snapshot!(acted(&fixture, "Extract"));
}

#[test]
fn what_is_said_of_another_record_is_extracted_below_its_for() {
    let fixture = below("for company\n\nactive when count(contact where $0count(visit) > 3$0) > 2\n");
    assert_snapshot!(acted(&fixture, "Extract"));
}

#[test]
fn a_threshold_is_extracted() {
    let fixture = below("reader when pages > $05$0\n");
    assert_snapshot!(acted(&fixture, "Extract"));
}

#[test]
fn what_needs_the_window_around_it_stays() {
    assert!(!titles(&below("new when $0created at and pages > 5$0 within 30d\n")).contains("Extract"));
    assert!(!titles(&below("new when any(page view where $0url = \"/x\"$0)\n")).contains("Extract"));
    assert!(!titles(&below("new when any($0page view$0)\n")).contains("Extract"));
}

#[test]
fn a_value_is_inlined_here() {
    let fixture = below("both = pages + visits\nreader when bo$0th * 2 > 5 within 90d\n");
    assert_snapshot!(titles(&fixture));
    assert_snapshot!(acted(&fixture, "Inline `both` here"));
}

#[test]
fn a_value_is_inlined_everywhere_and_removed() {
    let fixture = Fixture::new(
        "for contact\n\n## Pages read.\npages$0 = count(page view)\n\nreader when pages > 5 within 90d\nmany when not pages < 50\n",
    );
    assert_snapshot!(acted(&fixture, "Inline all"));
}

#[test]
fn a_period_is_inlined() {
    let fixture = below("recently = 90d\nreader when pages > 5 within recent$0ly\n");
    assert_snapshot!(acted(&fixture, "Inline the only"));
}

#[test]
fn a_column_of_examples_keeps_its_name() {
    let fixture = below("reader when page$0s > 5\n\nexamples reader\n    pages | reader\n    6 | yes\n");
    assert_snapshot!(titles(&fixture));
}

#[test]
fn a_signal_beside_a_window_gets_it() {
    let fixture = below("reader when visits >= 2 within 90d and page$0s > 5\n");
    assert_snapshot!(titles(&fixture));
    assert_snapshot!(acted(&fixture, "Add the window"));
    assert_snapshot!(acted(&fixture, "Move the window"));
}

#[test]
fn a_window_covers_no_more_than_it_is_added_to() {
    let fixture = below("reader when visits >= 2 and page$0s > 5\n");
    assert_snapshot!(acted(&fixture, "Add the window"));
    let fixture = below("reader when visits >= 2 and an$0y(form submit where offer = \"x\")\n");
    assert_snapshot!(acted(&fixture, "Add the window"));
}

#[test]
fn an_or_becomes_alternatives() {
    let fixture = below("reader when pages > 5 within 30d o$0r visits > 2 within 90d or persona = \"engineer\"\n");
    assert_snapshot!(acted(&fixture, "Split"));
    let fixture = below("reader\n    when pages > 5\n    unless opted in\n        o$0r visits > 2 because \"no\"\n");
    assert_snapshot!(acted(&fixture, "Split"));
}

#[test]
fn a_lint_is_allowed_above_the_documentation() {
    let fixture = below("## Reads.\nreader when visits >= 2 within 90d and page$0s > 5\n");
    assert_snapshot!(acted(&fixture, "Allow"));
}

#[test]
fn a_table_of_examples_is_generated() {
    let fixture = below("reader$0 when pages > 5 and visits >= 2 and persona = \"engineer\" within 90d\n");
    assert_snapshot!(acted(&fixture, "Generate a table"));
}

#[test]
fn a_row_is_added_to_a_table() {
    let fixture = below(
        "reader$0 when pages > 5 and visits >= 2\n\nexamples reader\n    pages | visits | reader\n    6 | 2 | yes\n",
    );
    assert_snapshot!(acted(&fixture, "Add a row"));
}

#[test]
fn a_story_is_generated() {
    let fixture = below(
        "reader$0\n    when pages > 2 and not any(form submit) within 90d because \"reads\"\n    unless company.employees < 50\n",
    );
    assert_snapshot!(acted(&fixture, "Generate an example"));
}

#[test]
fn a_story_tells_of_related_records() {
    let fixture =
        below("for company\n\nactive$0 when count(contact where pages > 2 within 30d) >= 2 and industry = \"Pumps\"\n");
    assert_snapshot!(acted(&fixture, "Generate an example"));
}

#[test]
fn a_story_knows_the_calendar_and_sequences() {
    let fixture = below(
        "asked$0 when any(page view where url starts with \"/pricing\" then within 14d form submit) within last quarter\n    and created at between 90d and 30d ago\n",
    );
    assert_snapshot!(acted(&fixture, "Generate an example"));
}

#[test]
fn a_story_of_a_choice_takes_its_first_line() {
    let fixture = below(
        "owner$0 is\n    \"field\" when company.employees >= 500  because \"large\"\n    \"nurture\" otherwise\n",
    );
    assert_snapshot!(acted(&fixture, "Generate an example"));
}

#[test]
fn kinds_that_are_not_asked_for_are_not_offered() {
    let fixture = below("reader$0 when pages > 5\n");
    let (file, range) = fixture.range();
    let only = |kinds: &[&str]| fixture.snapshot.code_actions(file, range.clone(), kinds).len();
    assert_eq!(only(&["quickfix"]), 0);
    assert!(only(&["refactor"]) > 0);
    assert!(only(&["refactor.extract"]) == 0);
}
