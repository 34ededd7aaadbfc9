//! What two versions of a lexicon are said to differ in.

use lead_diag::{FileId, SourceMap};
use lead_diff::{Change, Diff, How, Version, classes, compare};
use lead_hir::Config;
use lead_hir::hir::Lexicon;

const SCHEMA: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number
    lead source: one of "PPC", "Referral"
    company -> company from "Company"

entity company from "companies.csv"
    id: key
    size: number

event visit of contact from "events.csv"
    at: time

"#;

const RULES: &str = r#"visits = count(visit)
visitor when visits > 0 because "came"
lead when visits >= 2 and employees > 50 within 90d
quarter = 90d
owner is
    "sales"   when lead
    "nurture" otherwise
"#;

fn lower(files: &[(&str, String)], config: &Config) -> (Lexicon, SourceMap) {
    let mut sources = SourceMap::new();
    let files: Vec<(FileId, _)> = files
        .iter()
        .map(|(name, text)| {
            let id = sources.add(*name, text.clone());
            (id, lead_syntax::parse(id, text).file)
        })
        .collect();
    let borrowed: Vec<_> = files.iter().map(|(id, file)| (*id, file)).collect();
    (lead_hir::lower(&borrowed, config).lexicon, sources)
}

fn diff(base: &[(&str, String)], head: &[(&str, String)]) -> Diff {
    diff_with((base, &Config::default()), (head, &Config::default()))
}

type Written<'a> = (&'a [(&'a str, String)], &'a Config);

fn diff_with(base: Written, head: Written) -> Diff {
    let lowered = [lower(base.0, base.1), lower(head.0, head.1)];
    let [base, head] = [(&lowered[0], base.1), (&lowered[1], head.1)].map(|((lexicon, sources), config)| Version {
        lexicon,
        sources,
        folder: "",
        config,
    });
    compare(base, head)
}

fn line(change: &Change) -> String {
    let how = match &change.how {
        How::Added => "added".to_owned(),
        How::Removed => "removed".to_owned(),
        How::Renamed { from } => format!("renamed from {from}"),
        How::Cosmetic(kinds) => format!("{kinds:?}"),
        How::Changed => "changed".to_owned(),
        How::Affected { through } => format!("rests on {}", through.join(", ")),
    };
    let classes: Vec<&str> = classes(change).into_iter().map(|c| c.word()).collect();
    let used =
        if change.used_by.is_empty() { String::new() } else { format!(", used by {}", change.used_by.join(", ")) };
    format!("{} {}: {how}{used} ({})", change.what, change.name, classes.join(" "))
}

/// What is said of rules that change below one schema.
fn said(base: &str, head: &str) -> Vec<String> {
    let whole = |rules: &str| vec![("main.lead", format!("{SCHEMA}{rules}"))];
    diff(&whole(base), &whole(head)).changes.iter().map(line).collect()
}

#[test]
fn nothing_differs_from_itself() {
    assert_eq!(said(RULES, RULES), [""; 0]);
}

#[test]
fn what_means_the_same_is_cosmetic() {
    let head = RULES
        .replace(
            "visits >= 2 and employees > 50 within 90d",
            "visits >= 2\n    and employees > 50 # big\n    within 90d",
        )
        .replace("visits = ", "## How often.\nVisits = ")
        .replace("came", "was here");
    assert_eq!(
        said(RULES, &head),
        [
            "value Visits: [Spelling, Documentation], used by visitor, lead (cosmetic)",
            "term visitor: [Reasons] (cosmetic)",
            "term lead: [Layout], used by owner (cosmetic)",
        ]
    );
}

#[test]
fn a_change_reaches_what_rests_on_it() {
    let head = RULES.replace("count(visit)", "count(visit where at is known)");
    assert_eq!(
        said(RULES, &head),
        [
            "value visits: changed, used by visitor, lead (changed)",
            "term visitor: rests on visits (wider narrower)",
            "term lead: rests on visits, used by owner (wider narrower)",
            "choice owner: rests on visits (changed)",
        ]
    );
}

#[test]
fn a_window_changes_a_meaning_and_its_name_does_not() {
    let named = RULES.replace("within 90d", "within quarter");
    assert_eq!(said(RULES, &named), ["term lead: [Layout], used by owner (cosmetic)"]);
    assert_eq!(
        said(RULES, &RULES.replace("within 90d", "within 30d")),
        ["term lead: changed, used by owner (wider narrower)", "choice owner: rests on lead (changed)"]
    );
}

#[test]
fn a_renamed_definition_is_found_with_all_that_use_it() {
    let head = RULES.replace("visits", "stays").replace("lead", "mql");
    assert_eq!(
        said(RULES, &head),
        [
            "value stays: renamed from visits, used by visitor, lead (breaking)",
            "term visitor: [Layout] (cosmetic)",
            "term mql: renamed from lead, used by owner (breaking)",
            "choice owner: [Layout] (cosmetic)",
        ]
    );
}

#[test]
fn what_is_gone_is_gone_from_the_answers() {
    let head = RULES.replace("visitor when visits > 0 because \"came\"\n", "").replace("quarter = 90d\n", "");
    assert_eq!(said(RULES, &head), ["term visitor: removed (breaking)", "period quarter: removed (cosmetic)"]);
    assert_eq!(said(&head, RULES), ["term visitor: added (added)", "period quarter: added (added)"]);
}

#[test]
fn answers_of_another_kind_break_what_reads_them() {
    let head = RULES.replace("visits > 0 because \"came\"", "visits > 0").replace("visitor when", "visitor =");
    assert_eq!(said(RULES, &head), ["value visitor: changed (changed breaking)"]);
    let head = format!("{}for company\nvisits = count(visit)\n", RULES.replace("visits = count(visit)\n", ""));
    let said = said(RULES, &head);
    assert!(
        said.iter().any(|l| l.starts_with("value visits: changed") && l.ends_with("(changed breaking)")),
        "{said:?}"
    );
}

#[test]
fn fields_are_renamed_where_their_header_is_the_same() {
    let rules = "big when employees > 50\n";
    let changed = |from: &str, to: &str| -> Vec<String> {
        let rename = |text: &str| match to.split_once(':') {
            Some((name, _)) => text.replace("employees >", &format!("{name} >")),
            None => text.to_owned(),
        };
        let base = [("main.lead", format!("{SCHEMA}{rules}"))];
        let head = [("main.lead", format!("{}{}", SCHEMA.replace(from, to), rename(rules)))];
        diff(&base, &head).changes.iter().map(line).collect()
    };
    assert_eq!(
        changed("employees: number", "staff: number from \"Employees\""),
        ["field staff: renamed from employees, used by big (breaking)", "term big: [Layout] (cosmetic)",]
    );
    assert_eq!(
        changed("employees: number", "employees: money"),
        ["field employees: changed, used by big (changed)", "term big: rests on employees (wider narrower)"]
    );
    assert_eq!(
        changed("    lead source: one of \"PPC\", \"Referral\"\n", ""),
        ["field lead source: removed (cosmetic)"]
    );
}

#[test]
fn a_renamed_key_renames_the_first_column_of_the_answers() {
    let base = [("main.lead", format!("{SCHEMA}{RULES}"))];
    let head = [("main.lead", format!("{}{RULES}", SCHEMA.replacen("id: key", "number: key from \"ID\"", 1)))];
    let said: Vec<String> = diff(&base, &head).changes.iter().map(line).collect();
    assert_eq!(said, ["field number: renamed from id (breaking)"]);
}

#[test]
fn a_renamed_entity_is_found_with_its_references() {
    let base = [("main.lead", format!("{SCHEMA}{RULES}"))];
    let head = [(
        "main.lead",
        format!("{SCHEMA}{RULES}").replace("entity company", "entity account").replace("-> company", "-> account"),
    )];
    let said: Vec<String> = diff(&base, &head).changes.iter().map(line).collect();
    assert_eq!(
        said,
        [
            "entity contact: [Layout], used by visits, visitor, lead, owner (cosmetic)",
            "entity account: renamed from company (cosmetic)",
        ]
    );
}

#[test]
fn what_moves_to_another_file_or_place_is_said_to_have_moved() {
    let visitor = "visitor when visits > 0 because \"came\"\n";
    let base = [("main.lead", format!("{SCHEMA}{RULES}"))];
    let head = [
        ("main.lead", format!("{SCHEMA}{}", RULES.replace(visitor, ""))),
        ("more.lead", format!("for contact\n{visitor}")),
    ];
    let said: Vec<String> = diff(&base, &head).changes.iter().map(line).collect();
    assert_eq!(said, ["term visitor: [Moved] (cosmetic)"]);
    let head = [("main.lead", format!("{SCHEMA}{}{visitor}", RULES.replace(visitor, "")))];
    let said: Vec<String> = diff(&base, &head).changes.iter().map(line).collect();
    assert_eq!(said, ["term visitor: [Moved] (cosmetic)"]);
}

#[test]
fn settings_reach_every_definition_and_examples_are_told_by_their_titles() {
    let text = |more: &str| vec![("main.lead", format!("{SCHEMA}{RULES}{more}"))];
    let zone = |zone: &str| lead_hir::config::parse(FileId(0), &format!("[lexicon]\ntimezone = \"{zone}\"\n")).0;
    let base = text("examples visitor\n    visits | visitor\n    1 | yes\n");
    let head = text(
        "examples visitor\n    visits | visitor\n    2 | yes\n\nexample \"new\"\n    contact\n    expect not visitor\n",
    );
    let diff = diff_with((&base, &zone("UTC")), (&head, &zone("Europe/Berlin")));
    assert_eq!(diff.settings, [("timezone".to_owned(), "UTC".to_owned(), "Europe/Berlin".to_owned())]);
    assert_eq!(diff.examples, [vec!["new".to_owned()], vec![], vec!["visitor".to_owned()]]);
    assert_eq!(diff.changes.len(), 5, "{:?}", diff.changes);
    assert!(diff.changes.iter().all(|c| matches!(&c.how, How::Affected { through } if through == &["timezone"])));
}

/// What each definition reads otherwise.
fn reads(diff: &Diff) -> Vec<String> {
    let changes = diff.changes.iter().filter(|c| !c.reads.is_empty());
    changes.map(|c| format!("{} reads {}", c.name, c.reads.join(", "))).collect()
}

#[test]
fn what_is_read_otherwise_reaches_all_that_rest_on_it() {
    let rules = format!("{RULES}large when employees > 500\n");
    let base = [("main.lead", format!("{SCHEMA}{rules}"))];
    let with = |from: &str, to: &str| {
        let text = format!("{SCHEMA}{rules}");
        assert!(text.contains(from));
        reads(&diff(&base, &[("main.lead", text.replace(from, to))]))
    };
    assert_eq!(
        with("employees: number", "employees: number from \"Staff\""),
        ["lead reads employees", "owner reads employees", "large reads employees"]
    );
    let all_of_visits = |name: &str| ["visits", "visitor", "lead", "owner"].map(|d| format!("{d} reads {name}"));
    assert_eq!(with("at: time", "at: time from \"When\""), all_of_visits("at"));
    assert_eq!(with("\"events.csv\"", "\"events.csv\" where kind = \"visit\""), all_of_visits("visit"));
    let everything = |name: &str| ["visits", "visitor", "lead", "owner", "large"].map(|d| format!("{d} reads {name}"));
    assert_eq!(with("id: key\n    employees", "id: key from \"Record\"\n    employees"), everything("id"));
    assert_eq!(with("size: number", "size: number from \"Staff\""), [""; 0], "no definition asks for it");
}

#[test]
fn settings_reach_what_they_have_a_part_in() {
    let text = [("main.lead", format!("{SCHEMA}{RULES}large when employees > 500\n"))];
    let config = |toml: &str| lead_hir::config::parse(FileId(0), toml).0;
    let with = |toml: &str| diff_with((&text, &Config::default()), (&text, &config(toml)));
    let zone = with("[lexicon]\ntimezone = \"Europe/Berlin\"\n");
    assert!(zone.changes.iter().all(|c| c.name != "large") && !zone.changes.is_empty(), "{:?}", reads(&zone));
    let decimal = with("[sources.\"events.csv\"]\ndecimal = \",\"\n");
    let key = "sources.\"events.csv\".decimal";
    assert_eq!(decimal.settings, [(key.to_owned(), "not set".to_owned(), "\",\"".to_owned())]);
    assert_eq!(reads(&decimal), ["visits", "visitor", "lead", "owner"].map(|d| format!("{d} reads {key}")));
    let of_some_file = with("[sources.\"events_2024.csv\"]\ndecimal = \",\"\n");
    assert_eq!(of_some_file.changes.len(), 5, "which files there are is not known: {:?}", reads(&of_some_file));
}
