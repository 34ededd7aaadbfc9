//! `lead check --data`: rules that do not fit the exports.

use crate::lab::Lab;

const RULES: &str = r#"entity contact from "contacts.csv"
    id: key
    job title: text
    employees: number
    lead source: one of "PPC", "Referral", "Trade show"

event visit of contact from "visits.csv"
    at: time
    page: text
    device: one of "phone", "desk"

visits = count(visit)
huge when employees > 5_000
any size when employees >= 1
often when visits >= 2 and employees between 1 and 40
frequent when visits > 1
known when job title is known
reader when visits >= 1
"#;

/// Thirty contacts, of whom the first twenty-five came twice; nobody has a job title, a page, or a phone.
fn lab(header: &str) -> Lab {
    let contacts: String =
        (1..=30).map(|i| format!("c{i},,{},{}\n", i, if i % 2 == 0 { "PPC" } else { "Referral" })).collect();
    let visits: String =
        (1..=25).map(|i| format!("c{i},2026-06-01 10:00,,desk\nc{i},2026-06-02 10:00,,desk\n")).collect();
    Lab::empty()
        .with("lead.toml", "[lexicon]\nas-of = \"2026-06-30\"\n")
        .with("main.lead", RULES)
        .with("exports/contacts.csv", &format!("id,job title,{header},lead source\n{contacts}"))
        .with("exports/visits.csv", &format!("contact id,at,page,device\n{visits}"))
}

#[test]
fn rules_that_do_not_fit_the_exports_are_found_with_figures() {
    let ran = lab("employees").lead(&["check", "--data", "exports"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!(ran.out);
    assert_eq!(lab("employees").lead(&["check", "--data", "exports", "--strict"]).code, 1);
}

#[test]
fn each_code_stands_at_its_line() {
    let ran = lab("employees").lead(&["check", "--data", "exports", "--format", "short"]);
    let line = |text: &str| RULES.lines().position(|l| l.starts_with(text)).map_or(0, |n| n + 1);
    let has = |text: &str, code: &str| {
        let place = format!("main.lead:{}:", line(text));
        assert!(ran.out.lines().any(|l| l.starts_with(&place) && l.contains(code)), "{text} {code}\n{}", ran.out);
    };
    has("    job title", "L1001");
    has("    page", "L1001");
    has("    lead source", "L1002");
    has("    device", "L1002");
    has("huge", "L1003");
    has("any size", "L1003");
    has("huge", "L1004");
    has("any size", "L1004");
    has("known", "L1004");
    has("frequent", "L1005");
    assert!(!ran.out.contains(&format!("main.lead:{}:", line("    employees"))), "{}", ran.out);
}

#[test]
fn a_column_that_was_renamed_is_found_by_its_new_name() {
    let lab = lab("Employees (new)");
    let ran = lab.lead(&["check", "--data", "exports"]);
    assert_eq!(ran.code, 3, "{}", ran.all());
    insta::assert_snapshot!(ran.out);
    let repaired = RULES.replace("employees: number", "employees: number from \"Employees (new)\"");
    lab.write("main.lead", &repaired);
    assert_eq!(lab.lead(&["check", "--data", "exports"]).code, 0);
}

#[test]
fn a_field_that_no_rule_needs_may_be_missing_and_the_rest_is_looked_at() {
    let lab = lab("employees");
    lab.write("main.lead", &RULES.replace("    employees: number\n", "    employees: number\n    region: text\n"));
    let ran = lab.lead(&["check", "--data", "exports", "--format", "short"]);
    assert!(ran.code == 3 && ran.out.contains("L0707") && ran.out.contains("L1003"), "{}", ran.all());
}

#[test]
fn an_export_that_fits_has_nothing_said_of_it() {
    let ran = Lab::small().lead(&["check", "small", "--data", "small/exports"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.all());
    assert_eq!(Lab::small().lead(&["check", "small", "--data", "nowhere"]).code, 3);
    assert_eq!(Lab::small().lead(&["check", "small", "--as-of", "2026-06-30"]).code, 2);
}
