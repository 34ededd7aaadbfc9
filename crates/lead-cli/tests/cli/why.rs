//! `lead why`.

use crate::lab::Lab;

#[test]
fn the_tree_of_a_yes_names_what_was_measured() {
    let ran = Lab::small().lead(&["why", "c1", "lead", "--lexicon", "small"]);
    insta::assert_snapshot!(ran.all());
}

#[test]
fn what_cannot_be_told_names_what_is_unknown() {
    let ran = Lab::small().lead(&["why", "c2", "lead", "--lexicon", "small"]);
    insta::assert_snapshot!(ran.all());
}

#[test]
fn the_tree_as_json() {
    let ran = Lab::small().lead(&["why", "c3", "lead", "--lexicon", "small", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&json["key"], &json["decisions"][0]["value"]), (&"c3".into(), &false.into()), "{}", ran.out);
}

#[test]
fn without_a_definition_all_of_the_record_are_listed() {
    let ran = Lab::small().lead(&["why", "c3", "--lexicon", "small"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(["lead", "large", "visitor", "owner"].iter().all(|d| ran.out.contains(d)), "{}", ran.out);
}
