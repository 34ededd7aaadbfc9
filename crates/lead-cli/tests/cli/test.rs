//! `lead test`: what passes, what fails, and how both are shown.

use crate::lab::Lab;

const EXAMPLES: &str = r#"
example "two visits <make> a reader"
    as of 2026-06-01
    contact "c1": employees 10
    visit of "c1" 20d ago
    visit of "c1" 5d ago
    expect "c1": VISITS

examples big
    employees | big
    120       | yes
    7         | no
"#;

const RULES: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number

event visit of contact from "events.csv"
    at: time

seen = count(visit)
big when employees > 100
"#;

fn lab(expected: &str) -> Lab {
    Lab::lone(&format!("{RULES}{}", EXAMPLES.replace("VISITS", expected)))
}

#[test]
fn examples_that_come_out_are_counted() {
    let ran = lab("seen = 2").lead(&["test"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("all as expected: 2 examples with 3 expectations in "), "{}", ran.out);
}

#[test]
fn an_example_that_fails_shows_how_the_answer_comes_about() {
    let ran = lab("seen = 3").lead(&["test", "--filter", "reader"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let shown = ran.out.split("1 example not as expected").next().unwrap_or_default();
    insta::assert_snapshot!(shown);
}

#[test]
fn nothing_to_run_is_said_and_is_no_failure() {
    let ran = lab("seen = 2").lead(&["test", "--filter", "nobody"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("no example fits the filter"), "{}", ran.out);
}

#[test]
fn programs_read_json_and_ci_services_read_junit() {
    let lab = lab("seen = 3");
    let json: serde_json::Value = serde_json::from_str(&lab.lead(&["test", "--format", "json"]).out).expect("JSON");
    assert_eq!(json[0]["passed"], false);
    assert_eq!(json[0]["expectations"][0]["asked"], "seen = 3");
    assert_eq!(json[1]["expectations"][1]["answer"], "no");
    let ran = lab.lead(&["test", "--format", "junit"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_lexicon_with_errors_is_not_run() {
    let ran = lab("nonsense").lead(&["test"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("nonsense") && ran.out.is_empty(), "{ran:?}");
}
