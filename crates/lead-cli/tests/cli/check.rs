//! `lead check` and `lead debug`.

use crate::lab::{Lab, MAIN};

#[test]
fn a_sound_lexicon_has_no_findings() {
    let ran = Lab::small().lead(&["check", "small"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}

#[test]
fn a_lone_line_is_a_legal_lexicon_given_its_names() {
    let lab = Lab::lone(&format!("{MAIN}\nhot when pages > 5 and visits >= 2 within 90d\n"));
    assert_eq!(lab.lead(&["check", "main.lead"]).code, 0, "{}", lab.lead(&["check", "main.lead"]).all());
}

#[test]
fn findings_are_shown_with_place_and_cure() {
    let lab = Lab::lone(&MAIN.replace("visits >= 2", "visitz >= 2"));
    insta::assert_snapshot!(lab.lead(&["check", "main.lead"]).all());
}

#[test]
fn findings_as_json() {
    let lab = Lab::lone(&MAIN.replace("visits >= 2", "visitz >= 2"));
    let ran = lab.lead(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.out);
    assert_eq!(Lab::small().lead(&["check", "small", "--format", "json"]).out, "[]\n");
}

#[test]
fn findings_on_one_line_each_begin_with_their_place() {
    let lab = Lab::lone(&MAIN.replace("visits >= 2", "visitz >= 2"));
    let ran = lab.lead(&["check", "--format", "short"]);
    assert_eq!(ran.code, 1);
    let line = MAIN.lines().position(|l| l.contains("visits >= 2")).map_or(0, |n| n + 1);
    assert!(ran.out.contains(&format!("main.lead:{line}:")), "{}", ran.out);
    assert!(ran.out.contains(": error[L0201]: `visitz` is not known"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert_eq!(Lab::small().lead(&["check", "small", "--format", "short"]).out, "");
}

#[test]
fn ten_broken_statements_give_ten_messages() {
    let text: String = (0..10).map(|i| format!("term {i}x when when\nvalue{i} = 1 +\n")).collect();
    let ran = Lab::lone(&text).lead(&["check", "--format", "json"]);
    let found: Vec<serde_json::Value> = serde_json::from_str(&ran.out).expect("JSON");
    assert!(found.len() >= 20, "{}", ran.out);
}

#[test]
fn what_is_not_there_is_a_file_in_the_way() {
    let ran = Lab::empty().lead(&["check", "nowhere"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
}

#[test]
fn every_stage_can_be_shown() {
    let lab = Lab::small();
    for stage in ["ast", "hir", "plan", "sql"] {
        let ran = lab.lead(&["debug", stage, "small"]);
        assert!(ran.code == 0 && ran.out.contains("lead"), "{stage}\n{}", ran.all());
    }
    assert_eq!(lab.lead(&["debug", "ast", "small/main.lead"]).code, 0);
    assert_eq!(lab.lead(&["debug", "columns", "small"]).code, 2);
}
