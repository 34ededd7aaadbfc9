//! What is said of a change of one rule, and the records that show it.

#![allow(clippy::unwrap_used)]

mod common;

use lead_logic::{Comparison, Truth, Verdict, compare_named};

use common::lexicon;

#[track_caller]
fn change(before: &str, after: &str) -> Comparison {
    compare_named(&lexicon(before), "lead", &lexicon(after), "lead")
}

/// Verdict, a record that matches no more, one that matches now.
#[track_caller]
fn check(before: &str, after: &str, verdict: Verdict, gone: &str, new: &str) {
    let found = change(before, after);
    let shown = |w: Option<&lead_logic::Witness>| w.map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        (&found.verdict, shown(found.only_base()).as_str(), shown(found.only_head()).as_str()),
        (&verdict, gone, new),
        "{before}  ->  {after}\n{found:#?}"
    );
}

#[test]
fn a_lower_threshold_is_wider() {
    let (before, after) = ("lead when pages > 5 and visits >= 2", "lead when pages > 3 and visits >= 2");
    check(before, after, Verdict::Wider, "", "`pages` 4, `visits` 4");
    check(after, before, Verdict::Narrower, "`pages` 4, `visits` 4", "");
}

#[test]
fn the_same_in_other_words_is_the_same() {
    for (before, after) in [
        ("lead when pages > 5", "lead when not pages <= 5"),
        ("lead when pages > 5", "lead when pages >= 6"),
        ("lead when visits >= 1", "lead when any(visit)"),
        ("lead when not converted", "lead when no(form submit)"),
        ("lead when persona in [\"engineer\", \"maintenance\"]", "lead when persona != \"procurement\""),
        ("lead when job title = \"CEO\"", "lead when job title = \" ceo \""),
        ("lead when employees > 5 and pages > 1", "lead when pages > 1 and employees > 5"),
        ("lead when pages > 1 or pages > 3", "lead when pages > 1"),
        ("lead when visits > 3 within 30d and visits > 2 within 90d", "lead when visits > 3 within 30d"),
        ("lead when pages > 2 or visits > 2", "lead when visits > 2"),
        ("lead when employees > 5 or employees is unknown", "lead when not (employees <= 5 and employees is known)"),
        ("lead when pages > 5\n    unless converted", "lead when pages > 5 and not converted"),
        ("lead when opted in = no", "lead when not opted in"),
        (
            "lead when job title starts with \"chief\" and job title contains \"chi\"",
            "lead when job title starts with \"Chief\"",
        ),
        ("lead when created at within 30d and created at within 90d", "lead when created at within 30d"),
        ("big when employees > 50\nlead when big and visits > 1", "lead when employees > 50 and visits > 1"),
        (
            "wanted is\n    3 when persona = \"engineer\"\n    5 otherwise\nlead when pages > wanted",
            "lead when pages > 3 and persona is known and persona = \"engineer\" or pages > 5",
        ),
        ("lead when job title matches \"^C.O$\"", "lead when not (not (job title matches \"^C.O$\"))"),
        ("lead when company.employees > 5", "lead when not company.employees <= 5"),
        ("lead when no(visit where minutes > 5 and minutes < 3)", "lead when visits >= 0"),
    ] {
        let found = change(before, after);
        assert_eq!(found.verdict, Verdict::Same, "{before}  ->  {after}\n{found:#?}");
    }
}

#[test]
fn unknown_is_a_value_like_others() {
    // Unknown stays unknown on one side, and becomes no on the other.
    let found = change("lead when employees > 50", "lead when employees > 50 and employees is known");
    assert_eq!(found.verdict, Verdict::Narrower);
    assert!(found.same_matches);
    assert_eq!(found.moved(Truth::Unknown, Truth::No).witness().unwrap().to_string(), "`employees` unknown");
    check(
        "lead when employees > 50",
        "lead when employees > 50 or employees is unknown",
        Verdict::Wider,
        "",
        "`employees` unknown",
    );
    // An exception that cannot be told does not block.
    check(
        "lead when pages > 5\n    unless opted in",
        "lead when pages > 5 and not opted in",
        Verdict::Narrower,
        "`pages` 6, `opted in` unknown",
        "",
    );
}

#[test]
fn windows_of_one_measurement_keep_their_order() {
    check(
        "lead when visits > 3 within 90d",
        "lead when visits > 3 within 30d",
        Verdict::Narrower,
        "`visits` within 90d 4, `visits` within 30d 0",
        "",
    );
    // A month is no fixed number of days: 30 days may be less or more.
    assert!(matches!(
        change("lead when any(visit) within 30d", "lead when any(visit) within 1mo").verdict,
        Verdict::Undecided(_)
    ));
    check(
        "lead when any(visit) within 30d",
        "lead when any(visit) within 2mo",
        Verdict::Wider,
        "",
        "`count(visit)` within 30d 0, `count(visit)` within 2mo 1",
    );
}

#[test]
fn what_no_record_meets_both_of_is_disjoint() {
    check("lead when employees > 50", "lead when employees < 10", Verdict::Disjoint, "`employees` 51", "`employees` 9");
    check(
        "lead when employees > 50",
        "lead when employees > 10 and employees < 60",
        Verdict::Overlapping,
        "`employees` 60",
        "`employees` 11",
    );
    check(
        "lead when persona = \"engineer\"",
        "lead when persona = \"procurement\"",
        Verdict::Disjoint,
        "`persona` \"engineer\"",
        "`persona` \"procurement\"",
    );
}

#[test]
fn what_is_not_looked_into_is_not_decided() {
    let found = change("lead when pages > 5 and job title matches \"^C\"", "lead when pages > 5");
    assert!(matches!(&found.verdict, Verdict::Undecided(why) if why.contains("matches")), "{found:#?}");
    assert_eq!(found.may, Some(Verdict::Wider));
    // It does not matter where the difference lies elsewhere.
    check(
        "lead when pages > 5 or job title matches \"^C\"",
        "lead when pages > 3 or job title matches \"^C\"",
        Verdict::Undecided("`job title matches \"^C\"` is not looked into".into()),
        "",
        "`pages` 4, `job title matches \"^C\"` no",
    );
    let found = change("lead when visits * 2 > employees", "lead when visits > employees");
    assert!(matches!(found.verdict, Verdict::Undecided(_)), "{found:#?}");
}

#[test]
fn parts_of_a_whole_add_up() {
    let parts = "visits > 0 within 30d or any(visit between 90d and 30d ago)";
    let found = change(&format!("lead when {parts}"), "lead when visits > 0 within 90d");
    assert_ne!(found.verdict, Verdict::Narrower, "{found:#?}");
    assert_ne!(found.verdict, Verdict::Wider, "{found:#?}");
}

#[test]
fn texts_are_made_where_tests_need_them() {
    check(
        "lead when job title contains \"engineer\"",
        "lead when job title contains \"engineer\" and job title starts with \"chief\"",
        Verdict::Narrower,
        "`job title` \"engineer\"",
        "",
    );
    check(
        "lead when job title contains \"eng\"",
        "lead when job title contains \"engineer\"",
        Verdict::Narrower,
        "`job title` \"eng\"",
        "",
    );
}

#[test]
fn related_records_that_are_missing_tell_nothing() {
    check(
        "lead when company.employees > 5",
        "lead when company.employees > 5 and company is known",
        Verdict::Narrower,
        "`company.employees` unknown, `company` unknown",
        "",
    );
}

#[test]
fn conditions_of_events_hold_each_other() {
    check(
        "lead when any(visit where minutes > 5)",
        "lead when any(visit where minutes > 3)",
        Verdict::Wider,
        "",
        "`count(visit where minutes > 5)` 0, `count(visit where minutes > 3)` 1",
    );
    assert_eq!(
        change("lead when any(visit where minutes > 5)", "lead when any(visit where not minutes <= 5)").verdict,
        Verdict::Same
    );
}
