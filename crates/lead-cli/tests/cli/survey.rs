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
    has("    page", "hint[L1001]");
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

/// The lines of findings about data, as places and codes.
fn found(ran: &crate::lab::Ran) -> Vec<String> {
    let line = |l: &str| {
        let (place, rest) = l.split_once(": ")?;
        let (level, code) = rest.split_once(']')?.0.split_once('[')?;
        let row: usize = place.split(':').nth(1)?.parse().ok()?;
        let text = RULES.lines().nth(row - 1).unwrap_or_default().trim();
        Some(format!("{level} {code} {}", text.split(" when").next()?.split(':').next()?))
    };
    ran.out.lines().filter_map(line).collect()
}

#[test]
fn levels_of_the_settings_hold_for_what_is_found_in_data() {
    let lab = lab("employees");
    lab.write(
        "lead.toml",
        "[lexicon]\nas-of = \"2026-06-30\"\n[lints]\nnever-filled = \"allow\"\nL1002 = \"allow\"\nnear-twins = \"allow\"\n\
         threshold-beyond-data = \"error\"\n",
    );
    let ran = lab.lead(&["check", "--data", "exports", "--format", "short"]);
    assert_eq!(ran.code, 1, "a lint that is an error is a finding, no trouble with the data\n{}", ran.all());
    assert_eq!(
        found(&ran),
        [
            "warning L1004 huge",
            "error L1003 huge",
            "warning L1004 any size",
            "error L1003 any size",
            "error L1003 often",
            "warning L1004 known"
        ],
        "{}",
        ran.all()
    );
    lab.write("lead.toml", "[lints]\nrenamed-header = \"allow\"\n");
    let ran = lab.lead(&["check"]);
    assert!(ran.code == 1 && ran.out.contains("`renamed-header` is not a lint"), "{}", ran.all());
}

#[test]
fn a_comment_allows_what_is_found_in_data_and_is_found_itself_where_it_allows_nothing() {
    let lab = lab("employees");
    let rules = RULES
        .replace("huge when", "# allow: L1003 because the big ones are bought next year\n# allow: term-parts-nobody because so\nhuge when")
        .replace("    device:", "    # allow: value-not-seen because phones come later\n    device:")
        .replace("reader when", "# allow: L1002 because nothing\nreader when");
    lab.write("main.lead", &rules);
    let ran = lab.lead(&["check", "--data", "exports", "--format", "short"]);
    for (code, name) in [("L1003", "huge"), ("L1004", "huge"), ("L1002", "`device`")] {
        assert!(!ran.out.lines().any(|l| l.contains(code) && l.contains(name)), "{code} {name}\n{}", ran.all());
    }
    let said = "[L0622]: `value-not-seen` is allowed here, and nothing of it is found";
    assert!(ran.out.contains(said) && ran.out.matches("L0622").count() == 1, "{}", ran.all());
    assert!(ran.out.contains("L1003") && ran.out.contains("L1002"), "others are shown\n{}", ran.all());
    // Without data nobody looked.
    let ran = lab.lead(&["check", "--strict"]);
    assert!(ran.code == 0 && !ran.out.contains("L0622"), "{}", ran.all());
}

#[test]
fn a_baseline_knows_what_was_found_in_data() {
    let lab = lab("employees");
    let ran = lab.lead(&["check", "--data=exports", "--write-baseline=known.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "13 findings in `known.json`\n"), "{}", ran.all());
    let strict = ["check", "--data=exports", "--strict", "--baseline=known.json"];
    let ran = lab.lead(&strict);
    assert_eq!((ran.code, ran.err.as_str()), (0, "13 findings of the baseline not shown\n"), "{}", ran.all());
    // More records of the same kind are no new findings; figures may move.
    let contacts = lab.read("exports/contacts.csv");
    lab.write("exports/contacts.csv", &format!("{contacts}c31,,31,PPC\n"));
    let ran = lab.lead(&strict);
    assert_eq!(ran.code, 0, "{}", ran.all());
    lab.write("main.lead", &format!("{RULES}giant when employees > 9_000\n"));
    let ran = lab.lead(&strict);
    assert!(ran.code == 1 && ran.out.contains("`giant`") && !ran.out.contains("`huge`"), "{}", ran.all());
    // Without data it is not said that they are gone.
    let ran = lab.lead(&["check", "--baseline=known.json"]);
    assert_eq!(ran.err, "0 findings of the baseline not shown\n", "{}", ran.all());
}

#[test]
fn what_is_there_and_of_no_use_is_not_said_to_be_empty() {
    let rules = "entity contact from \"contacts.csv\"\n    id: key\n    age: number\n    company -> company\n\n\
        entity company from \"companies.csv\"\n    id: key\n    size: number\n\nold when age > 50\nof a large one when company.size > 9\n";
    let lab = Lab::empty()
        .with("main.lead", rules)
        .with("contacts.csv", "id,age,company id\n1,old,x\n2,young,y\n")
        .with("companies.csv", "id,size\na,10\nb,5\n");
    let ran = lab.lead(&["check", "--data", "."]);
    assert_eq!(ran.out.matches("warning[L1001]").count(), 2, "{}", ran.all());
    for said in ["no value of `age` can be used", "no value of `company` can be used", "name no record of `company`"] {
        assert!(ran.out.contains(said), "{said}\n{}", ran.all());
    }
    assert!(!ran.out.contains("empty in all"), "{}", ran.all());
}

#[test]
fn empty_fields_that_no_rule_asks_for_are_one_hint_for_a_table() {
    let fields: String = ('a'..='i').map(|c| format!("    spare {c}: text\n")).collect();
    let headers: String = ('a'..='i').map(|c| format!(",spare {c}")).collect();
    let lab = Lab::empty()
        .with(
            "main.lead",
            &format!(
                "entity contact from \"contacts.csv\"\n    id: key\n    age: number\n{fields}\nold when age > 50\n"
            ),
        )
        .with("contacts.csv", &format!("id,age{headers}\n1,60,,,,,,,,,\n2,40,,,,,,,,,\n"));
    let ran = lab.lead(&["check", "--data", ".", "--format", "short", "--strict"]);
    let said = "main.lead:1:8: hint[L1001]: no record of `contact` fills `spare a`, `spare b`, `spare c`, `spare d`, `spare e`, `spare f` or 3 more fields\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, said), "{}", ran.all());
}

/// A draft from a copy of exports of a real system, where such stand beside the project. A draft may link to what it was made from, so
/// that nothing but a copy may be written to.
fn drafted(folder: &str) -> Option<Lab> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    let files = std::fs::read_dir(dir).ok()?;
    let lab = Lab::empty();
    std::fs::create_dir_all(lab.path("real")).expect("a folder");
    for file in files.map(|f| f.expect("a file").path()).filter(|f| f.extension().is_some_and(|e| e == "csv")) {
        let name = file.file_name().and_then(|n| n.to_str()).expect("a name");
        std::fs::write(lab.path(&format!("real/{name}")), std::fs::read(&file).expect("bytes")).expect("a copy");
    }
    assert_eq!(lab.lead(&["init", "drafted", "--from", "real"]).code, 0);
    Some(lab)
}

#[test]
fn drafts_from_real_exports_are_looked_at_without_false_alarms() {
    for folder in ["hubspot", "leadforge", "marketo", "salesforce"] {
        let Some(lab) = drafted(folder) else { continue };
        let ran = lab.lead(&["check", "drafted", "--data", "drafted/exports", "--format", "json"]);
        assert_eq!(ran.code, 0, "{folder}: {}", ran.err);
        let found: Vec<serde_json::Value> = serde_json::from_str(&ran.out).expect("JSON");
        assert!(found.iter().all(|f| f["code"].as_str().is_some_and(|c| c.starts_with("L10"))), "{folder}: {found:#?}");
        let warnings = found.iter().filter(|f| f["severity"] == "warning").count();
        assert!(warnings <= 25, "{folder}: {warnings} warnings hide each other");
    }
}

#[test]
fn each_check_finds_its_mistake_in_real_exports() {
    let Some(lab) = drafted("leadforge") else { return };
    let schema = lab.read("drafted/schema.lead");
    let known = "one of \"closed_lost\", \"closed_won\"\n";
    assert!(schema.contains(known), "{schema}");
    lab.write("drafted/schema.lead", &schema.replace(known, "one of \"closed_lost\", \"closed_won\", \"stalled\"\n"));
    lab.write(
        "drafted/rules.lead",
        "for lead\n\nfrom a campaign when any(touch where campaign id is known)\nwon when current stage = \"closed_won\"\n\
         bought when any(opportunity where close outcome = \"closed_won\")\n\nfor opportunity\n\n\
         huge deal when estimated acv > 99_000_000\nstuck when close outcome = \"stalled\"\n",
    );
    let check = ["check", "drafted", "--data", "drafted/exports", "--as-of", "2024-06-30", "--format", "short"];
    let ran = lab.lead(&check);
    for said in [
        "warning[L1001]: no record fills `campaign id`",
        "warning[L1002]: no record has the `close outcome` `stalled`",
        "warning[L1003]: `estimated acv > 99_000_000`: no record comes so far",
        "warning[L1004]: no record is `huge deal`",
        "warning[L1005]: `won` and `bought` have nearly the same members",
    ] {
        assert!(ran.code == 0 && ran.out.contains(said), "{said}\n{}", ran.all());
    }
    let leads = lab.read("drafted/exports/leads.csv");
    lab.write("drafted/exports/leads.csv", &leads.replacen("current_stage", "Current stage (CRM)", 1));
    let ran = lab.lead(&check);
    let said = "error[L1006]: `current stage` has no column in `leads.csv`; `Current stage (CRM)` may be its new name";
    assert!(ran.code == 3 && ran.out.contains(said), "{}", ran.all());
}
