//! The conformance suite is current, and `lead` passes it.
#![allow(clippy::unwrap_used, clippy::panic)]

use lead_tests::command::lead;
use lead_tests::conformance::{folder, read, run, same, stale};
use serde_json::json;

#[test]
fn the_suite_is_what_the_reference_and_the_evaluator_agree_on_today() {
    let stale = stale(lead()).unwrap();
    assert!(stale.is_empty(), "not current: {stale:?}; `cargo run -p xtask -- gen-conformance` writes them");
}

#[test]
fn lead_passes_every_case_as_it_is_published() {
    let index = std::fs::read_to_string(folder().join("cases.jsonl")).unwrap();
    let cases: Vec<String> = index
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["case"].as_str().unwrap().to_owned())
        .collect();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let folders = read(&folder()).unwrap().keys().filter(|k| k.ends_with("/lead.toml")).count();
    assert_eq!(folders, cases.len(), "cases.jsonl lists every case");
    let mut answers = 0;
    let mut wrong = Vec::new();
    for case in &cases {
        match run(lead(), case) {
            Ok(count) => answers += count,
            Err(why) => wrong.push(format!("{case}: {why}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(answers > 1000, "only {answers} answers were compared");
}

#[test]
fn numbers_alone_have_a_tolerance() {
    assert!(same(&json!({"a": 0.1, "b": [1, null]}), &json!({"b": [1.0, null], "a": 0.100_000_000_000_000_02})));
    assert!(!same(&json!(0.1), &json!(0.1001)));
    assert!(!same(&json!("0.1"), &json!("0.10000000000000002")));
    assert!(!same(&json!(null), &json!(false)));
}
