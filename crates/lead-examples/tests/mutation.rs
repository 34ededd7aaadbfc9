//! Small changes of small lexicons: those that are noticed and those that are not, named one by one.

use lead_diag::{SourceMap, Span};
use lead_examples::{Fate, Suite};
use lead_hir::Config;

const AS_OF: i64 = 1_780_272_000_000_000; // 2026-06-01T00:00Z

const SCHEMA: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number
    source: one of "PPC", "Trade show"

event visit of contact from "events.csv"
    at: time
    pages: number

visits = count(visit)
"#;

/// The changes of one definition that no example notices, as they are told.
fn survivors(text: &str, name: &str) -> Vec<String> {
    of(text, name, Fate::Survived)
}

fn of(text: &str, name: &str, wanted: Fate) -> Vec<String> {
    let mut sources = SourceMap::new();
    let text = format!("{SCHEMA}\n{text}");
    let file = sources.add("main.lead", text.as_str());
    let parsed = lead_syntax::parse(file, &text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let lowered = lead_hir::lower(&[(file, &parsed.file)], &Config::default());
    let errors: Vec<_> = lowered.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let suite = Suite::new(&lowered.lexicon, AS_OF);
    let slice = |span: Span| sources.slice(span).to_string();
    let settings = &lowered.lexicon.settings;
    let mutation = suite.try_mutants(suite.mutants(), 2);
    assert_eq!(mutation.failing, Vec::<usize>::new());
    let mine = mutation.mutants.iter().filter(|(m, _)| lowered.lexicon.def(m.def).name.text == name);
    mine.filter(|(_, fate)| *fate == wanted).map(|(m, _)| m.text(settings, &slice)).collect()
}

const RULE: &str = "reader when visits > 5 and employees >= 100\n";

#[test]
fn a_table_at_every_border_notices_every_change() {
    let table =
        "examples reader\n    visits | employees | reader\n    6 | 100 | yes\n    5 | 100 | no\n    6 | 99 | no\n";
    assert_eq!(survivors(&format!("{RULE}{table}"), "reader"), Vec::<String>::new());
    assert_eq!(of(&format!("{RULE}{table}"), "reader", Fate::Noticed).len(), 9);
}

#[test]
fn what_a_table_leaves_open_is_named() {
    let table = "examples reader\n    visits | employees | reader\n    9 | 500 | yes\n    1 | 500 | no\n";
    assert_eq!(
        survivors(&format!("{RULE}{table}"), "reader"),
        [
            "`visits > 5` → `visits >= 5`",
            "`5` → `6`",
            "without `employees >= 100`",
            "`employees >= 100` → `employees > 100`",
            "`100` → `99`",
        ]
    );
}

#[test]
fn what_no_example_works_out_is_untouched() {
    assert_eq!(survivors(RULE, "reader"), Vec::<String>::new());
    assert_eq!(of(RULE, "reader", Fate::Untouched).len(), 9);
    // Its answer is given, so that it is not worked out.
    let given = "other when reader\nexamples other\n    reader | other\n    yes | yes\n    no | no\n";
    assert_eq!(of(&format!("{RULE}{given}"), "reader", Fate::Untouched).len(), 9);
}

#[test]
fn windows_are_tried_longer_shorter_and_gone() {
    let rule = "recent when any(visit where pages > 2) within 30d\n";
    let near = "example \"s\"\n    contact: employees 1\n    visit 5d ago, pages 9\n    expect recent\n";
    assert_eq!(
        survivors(&format!("{rule}{near}"), "recent"),
        [
            "without `pages > 2`",
            "`pages > 2` → `pages >= 2`",
            "`2` → `3`",
            "`within 30d` → `within 60d`",
            "`within 30d` → `within 15d`",
            "without `within 30d`",
        ]
    );
    let more = "example \"t\"\n    contact: employees 1\n    visit 40d ago, pages 9\n    visit 1d ago, pages 2\n    expect not recent\nexample \"u\"\n    contact: employees 1\n    visit 20d ago, pages 3\n    expect recent\n";
    assert_eq!(survivors(&format!("{rule}{near}{more}"), "recent"), Vec::<String>::new());
}

#[test]
fn exceptions_lines_steps_and_points_are_tried() {
    let rules = "a when visits > 0 unless source = \"PPC\"\nb when employees > 10\nsize is\n    \"x\" when a\n    \"y\" when b\n    \"z\" otherwise\nfunnel way\n    a\n    b\nscore heat, at most 100\n    +2 per visit, at most 6\n    +5 when b\n";
    let story = "example \"s\"\n    contact: employees 11\n    visit 1d ago\n    expect a and size = \"x\" and heat = 7 and way = \"b\"\n";
    let text = format!("{rules}{story}");
    assert_eq!(
        survivors(&text, "a"),
        [
            "`visits > 0` → `visits >= 0`",
            "without `unless source = \"PPC\"`",
            "`source = \"PPC\"` → `source != \"PPC\"`",
        ]
    );
    assert_eq!(survivors(&text, "size"), ["without `\"y\" when b`", "`b` → `not b`", "without `\"z\" otherwise`"]);
    assert_eq!(survivors(&text, "way"), ["`way` without its step 1"]);
    assert_eq!(survivors(&text, "heat"), ["`100` → `101`", "without `100`", "`6` → `7`", "without `6`"]);
}

#[test]
fn a_reason_that_is_expected_notices_too() {
    let rule = "a when visits > 0 because \"came\" or when employees > 10 because \"large\"\n";
    let story = |because: &str| {
        format!("{rule}example \"s\"\n    contact: employees 11\n    visit 1d ago\n    expect a{because}\n")
    };
    let without = "without `when visits > 0 because \"came\"`".to_string();
    assert!(survivors(&story(""), "a").contains(&without));
    assert!(!survivors(&story(" because \"came\""), "a").contains(&without));
}

#[test]
fn a_change_reaches_what_builds_on_the_definition() {
    let rules = "a when employees > 10\nb when a\n";
    let text = format!("{rules}examples b\n    employees | b\n    11 | yes\n    10 | no\n");
    assert_eq!(survivors(&text, "a"), Vec::<String>::new());
    assert_eq!(of(&text, "a", Fate::Noticed).len(), 3);
}
