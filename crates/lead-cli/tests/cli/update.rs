//! `lead test --update` and `--suggest`: what is shown, what is written, and that it comes out then.

use crate::lab::Lab;

const RULES: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number
    source: one of "PPC", "Trade show"

event visit of contact from "events.csv"
    at: time

visits = count(visit)
big when employees > 100  because "large" or when visits > 5  because "comes back"
    unless source = "PPC"  because "bought"
size is
    "L" when big
    "S" otherwise
"#;

const WRONG: &str = r#"
examples big
    employees | visits | source       | big   # what we agreed on
    120       | 0      | "Trade show" | no
    7         | 0      | "Trade show" | yes   # too small
              | 0      |              | no
    120       | 9      | "PPC"        | no

# Told by sales.
example "two visits"
    as of 2026-06-01
    contact "c1": employees 150
    visit of "c1" 20d ago
    expect "c1": not big and visits = 2  # twice
    expect "c1": size = "S"
    expect "c1": big because "comes back"
    expect "c1": source is known
    expect "c1": employees > 200
    expect "c1": employees in [1, 2] or visits > 3
"#;

fn lab() -> Lab {
    Lab::lone(&format!("{RULES}{WRONG}"))
}

#[test]
fn answers_of_today_are_shown_and_written_and_come_out_then() {
    let lab = lab();
    assert_eq!(lab.lead(&["test"]).code, 1);
    let ran = lab.lead(&["test", "--update"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!(ran.all());
    let text = lab.read("main.lead");
    assert!(text.starts_with(RULES) && text.contains("# Told by sales."));
    let again = lab.lead(&["test"]);
    assert_eq!(again.code, 0, "{again:?}");
    let nothing = lab.lead(&["test", "--update"]);
    assert_eq!((nothing.code, nothing.err.as_str()), (0, "nothing to update: all is as expected\n"));
    assert_eq!(lab.read("main.lead"), text);
}

#[test]
fn a_dry_run_shows_the_same_and_writes_nothing() {
    let lab = lab();
    let before = lab.read("main.lead");
    let dry = lab.lead(&["test", "--update", "--dry-run"]);
    assert_eq!(dry.code, 1, "{dry:?}");
    assert_eq!(lab.read("main.lead"), before);
    assert_eq!(lab.lead(&["test", "--update"]).out, dry.out);
    assert_eq!(lab.lead(&["test", "--dry-run"]).code, 2);
}

#[test]
fn only_what_is_asked_for_is_updated() {
    let lab = lab();
    assert_eq!(lab.lead(&["test", "--update", "--filter", "two visits"]).code, 0);
    let text = lab.read("main.lead");
    assert!(text.contains("120       | 0      | \"Trade show\" | no\n"), "{text}");
    assert!(text.contains("expect \"c1\": big and visits = 1  # twice"), "{text}");
}

#[test]
fn missing_examples_are_written_as_tables() {
    let lab = Lab::lone(RULES);
    let ran = lab.lead(&["test", "--suggest"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!(ran.all());
    assert_eq!(lab.read("main.lead"), RULES);
}

#[test]
fn what_is_appended_comes_out_and_leaves_nothing_to_suggest() {
    let lab = Lab::lone(RULES);
    let dry = lab.lead(&["test", "--suggest", "--append", "--dry-run"]);
    assert_eq!((dry.code, lab.read("main.lead").as_str()), (1, RULES));
    let ran = lab.lead(&["test", "--suggest", "--append"]);
    assert_eq!((ran.code, &ran.out), (0, &dry.out));
    let tested = lab.lead(&["test", "--fail-under", "90"]);
    assert_eq!(tested.code, 0, "{tested:?}");
    let again = lab.lead(&["test", "--suggest"]);
    assert!(again.out.is_empty() && again.err.starts_with("no table shows more"), "{again:?}");
}
