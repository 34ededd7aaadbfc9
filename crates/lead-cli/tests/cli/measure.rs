//! `lead test --coverage` and `--mutate`: tables for people, files for programs, limits for CI.

use crate::lab::Lab;

const RULES: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number

event visit of contact from "events.csv"
    at: time
    pages: number

pages = sum(visit.pages)

reader when pages > 5 and employees >= 100 within 90d  because "reads"

size is
    "large" when employees >= 500
    "small" otherwise

examples reader
    pages | employees | reader
    6     | 100       | yes
    5     | 100       | no

examples size
    employees | size
    500       | "large"
"#;

fn lab() -> Lab {
    Lab::lone(RULES).with("lead.toml", "[lexicon]\nname = \"Small\"\n")
}

#[test]
fn coverage_is_a_table_per_definition() {
    let ran = lab().lead(&["test", "--coverage"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!(ran.out.lines().skip(1).collect::<Vec<_>>().join("\n"));
}

#[test]
fn changes_that_nobody_notices_are_listed_with_what_would() {
    let ran = lab().lead(&["test", "--mutate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown = ran.out.split_once('\n').map_or("", |o| o.1);
    insta::assert_snapshot!(shown.rsplit_once(", in ").map_or("", |o| o.0));
}

#[test]
fn too_little_fails_and_says_how_much_there_is() {
    let lab = lab();
    for args in [["--fail-under", "99"], ["--mutate-fail-under", "99"]] {
        let ran = lab.lead(&["test", args[0], args[1]]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains("too little:") && ran.err.contains("99% is wanted"), "{ran:?}");
        assert_eq!(lab.lead(&["test", args[0], "5"]).code, 0);
    }
    assert_eq!(lab.lead(&["test", "--fail-under", "101"]).code, 2);
}

#[test]
fn programs_read_coverage_and_changes_from_files() {
    let lab = lab();
    let ran = lab.lead(&["test", "--format", "json", "--coverage-json", "c.json", "--mutate-json", "m.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with('['), "standard output is the format's alone: {}", ran.out);
    let coverage: serde_json::Value = serde_json::from_str(&lab.read("c.json")).expect("JSON");
    let reader = &coverage["lexicons"][0]["definitions"][1];
    assert_eq!(reader["name"], "reader");
    assert_eq!(reader["decisions"][0]["conditions"][0]["condition"], "pages > 5");
    assert_eq!(reader["decisions"][0]["conditions"][0]["border"]["beyond"], 1);
    assert_eq!(reader["decisions"][0]["conditions"][1]["decidesAsNo"], 0);
    assert_eq!(reader["decisions"][0]["conditions"][0]["cannotTell"], serde_json::Value::Null);
    let changes: serde_json::Value = serde_json::from_str(&lab.read("m.json")).expect("JSON");
    let all = changes["lexicons"][0]["mutants"].as_array().expect("a list");
    assert_eq!(all.len() as u64, changes["lexicons"][0]["changes"].as_u64().expect("a number"));
    let survived = all.iter().filter(|m| m["fate"] == "survived" && m["definition"] == "reader");
    assert!(survived.clone().count() > 0 && survived.clone().all(|m| m["suggestion"].is_string()));
}

#[test]
fn a_tracefile_holds_together() {
    let lab = lab();
    assert_eq!(lab.lead(&["test", "--lcov", "lcov.info"]).code, 0);
    let text = lab.read("lcov.info");
    let count = |start: &str| text.lines().filter(|l| l.starts_with(start)).count();
    let said = |key: &str| -> usize {
        let line = text.lines().find_map(|l| l.strip_prefix(key)).expect("a total");
        line.parse().expect("a number")
    };
    assert_eq!((said("FNF:"), said("LF:"), said("BRF:")), (count("FN:"), count("DA:"), count("BRDA:")));
    let hit = |start: &str| {
        let taken = |l: &&str| !matches!(l.rsplit(',').next(), Some("0" | "-"));
        text.lines().filter(|l| l.starts_with(start)).filter(taken).count()
    };
    assert_eq!((said("LH:"), said("BRH:")), (hit("DA:"), hit("BRDA:")));
    assert_eq!(count("end_of_record"), count("SF:"));
    assert!(text.lines().all(|l| l == "TN:"
        || l == "end_of_record"
        || l.split_once(':').is_some_and(|(k, v)| k.len() <= 4 && !v.is_empty())));
    assert!(text.contains("SF:main.lead\nFN:9,pages\n"), "{text}");
}
