//! Rename, and what it refuses.

use insta::assert_snapshot;
use lead_ide::{Cancel, RenameError};

use crate::fixture::Fixture;

const TEXT: &str = "\
for contact

pages = count(page view)
hot reader when pages > 5 within 90d
lead when hot reader and persona = \"engineer\"
score heat
    +1 when hot reader
funnel journey
    hot reader
    lead

examples hot reader
    pages | hot reader
    6     | yes
";

fn at(needle: &str) -> Fixture {
    let offset = TEXT.find(needle).unwrap();
    Fixture::new(&format!("{}$0{}", &TEXT[..offset], &TEXT[offset..]))
}

fn renamed(fixture: &Fixture, name: &str, file: &str) -> String {
    match fixture.snapshot.rename(fixture.at(), name, &Cancel::new()) {
        Ok(renamed) => fixture.edited(file, &renamed.edits),
        Err(RenameError::Refused(why)) => format!("refused: {why}"),
        Err(RenameError::Cancelled) => "cancelled".into(),
    }
}

#[test]
fn a_name_of_several_words_is_renamed_wherever_it_stands() {
    assert_snapshot!(renamed(&at("hot reader and"), "keen visitor", "rules.lead"), @r#"
    for contact

    pages = count(page view)
    keen visitor when pages > 5 within 90d
    lead when keen visitor and persona = "engineer"
    score heat
        +1 when keen visitor
    funnel journey
        keen visitor
        lead

    examples keen visitor
        pages | keen visitor
        6     | yes
    "#);
}

#[test]
fn the_name_under_the_cursor_is_what_is_renamed() {
    let fixture = at("reader when");
    let current = fixture.snapshot.prepare_rename(fixture.at()).unwrap();
    assert_eq!(current.name, "hot reader");
    assert_eq!(fixture.line(current.span), "rules.lead:4: [hot reader] when pages > 5 within 90d");
}

#[test]
fn words_and_numbers_cannot_be_renamed() {
    for needle in ["when pages", "5 within"] {
        let fixture = at(needle);
        assert!(fixture.snapshot.prepare_rename(fixture.at()).is_err(), "{needle}");
    }
}

#[test]
fn a_name_that_holds_a_reserved_word_is_put_in_backticks() {
    let text = renamed(&at("hot reader when"), "signed and paid", "rules.lead");
    assert!(
        text.contains("`signed and paid` when pages > 5") && text.contains("lead when `signed and paid` and"),
        "{text}"
    );
    let text = renamed(&at("pages = "), "this quarter", "rules.lead");
    assert!(text.contains("`this quarter` = count(page view)") && text.contains("when `this quarter` > 5"), "{text}");
    let text = renamed(&at("pages = "), "yes", "rules.lead");
    assert!(text.contains("`yes` = count"), "{text}");
}

#[test]
fn backticks_of_the_old_name_go_where_the_new_one_needs_none() {
    let fixture = Fixture::new("`a and b` when any(visit)\nc when `a$0 and b`\n");
    assert_eq!(renamed(&fixture, "visitor", "rules.lead"), "visitor when any(visit)\nc when visitor\n");
}

#[test]
fn a_name_that_is_taken_is_refused() {
    assert_snapshot!(renamed(&at("pages = "), "lead", "rules.lead"), @"refused: `lead` is the name of a term of contact already");
    assert_snapshot!(renamed(&at("pages = "), "Page_View", "rules.lead"), @"refused: `Page_View` is the name of an event already");
    assert_snapshot!(renamed(&at("pages = "), "job title", "rules.lead"), @"refused: `job title` is the name of a field of `contact` already");
    assert_snapshot!(renamed(&at("page view"), "visit", "rules.lead"), @"refused: `visit` is the name of an event already");
    assert_snapshot!(renamed(&at("persona"), "pages", "schema.lead"), @"refused: `pages` is the name of a number of contact already");
    assert_snapshot!(renamed(&at("persona"), "e-mail", "schema.lead"), @"refused: `e-mail` is the name of a field of `contact` already");
}

#[test]
fn a_name_that_would_come_to_mean_something_else_is_refused() {
    // In the `where` of page views, `url` is their own field.
    let fixture = Fixture::new("for contact\nlimit$0ed = any(visit)\nx = count(page view where limited)\n");
    let found = renamed(&fixture, "url", "rules.lead");
    assert!(found.starts_with("refused: with this name"), "{found}");
}

#[test]
fn what_cannot_be_a_name_is_refused() {
    for name in ["", "  ", "a`b", "a\nb", "!!"] {
        assert!(renamed(&at("pages = "), name, "rules.lead").starts_with("refused"), "{name:?}");
    }
}

#[test]
fn a_change_of_case_alone_is_a_rename() {
    assert!(
        renamed(&at("pages = "), "Pages", "rules.lead").contains("Pages = count(page view)\nhot reader when Pages > 5")
    );
}

#[test]
fn a_field_keeps_its_column() {
    let text = renamed(&at("persona"), "buyer persona", "schema.lead");
    assert!(
        text.contains("    buyer persona: one of \"engineer\", \"maintenance\", \"procurement\" from \"persona\"\n"),
        "{text}"
    );
    let fixture = Fixture::new("for contact\nx = company$0.employees\n");
    let text = renamed(&fixture, "employer", "schema.lead");
    assert!(text.contains("    employer -> company from \"Associated Company ID\"\n"), "{text}");
    let text = renamed(&fixture, "employer", "rules.lead");
    assert!(text.contains("x = employer.employees"), "{text}");
}

#[test]
fn an_entity_takes_the_references_with_it_that_bear_its_name_by_of() {
    let fixture = Fixture::whole(
        "//- a.lead\nentity cont$0act from \"c.csv\"\n    id: key from \"Record ID\"\n\nevent visit of contact from \"v.csv\" where kind = \"x\"\n    at: time\n\n\
         for contact\n\nold when any(visit where contact is known)\n",
    );
    assert_snapshot!(renamed(&fixture, "person", "a.lead"), @r#"
    entity person from "c.csv"
        id: key from "Record ID"

    event visit of person from "v.csv" where kind = "x"
        person -> person from "contact", "contact id", "Record ID"
        at: time

    for person

    old when any(visit where person is known)
    "#);
}

const LISTED: &str = "\
//- schema.lead
entity contact from \"contacts.csv\"
    id: key
    persona: one of \"engineer\", \"maintenance\"
//- rules.lead
technical when persona in [\"Engineer\", \"maintenance\"] and persona != \"engineer\"
weight is
    2 when persona = \"eng$0ineer\"
    1 otherwise

examples technical
    persona | technical
    \"engineer\" | no

example \"an engineer\"
    as of 2026-06-01
    contact: persona \"engineer\"
    expect weight = 2
";

#[test]
fn a_listed_value_is_renamed_in_its_list_in_rules_and_in_examples() {
    let fixture = Fixture::whole(LISTED);
    assert_eq!(fixture.snapshot.prepare_rename(fixture.at()).unwrap().name, "engineer");
    assert_snapshot!(renamed(&fixture, "design \"engineer\"", "schema.lead"), @r#"
    entity contact from "contacts.csv"
        id: key
        persona: one of "design ""engineer""", "maintenance"
    "#);
    assert_snapshot!(renamed(&fixture, "\"designer\"", "rules.lead"), @r#"
    technical when persona in ["designer", "maintenance"] and persona != "designer"
    weight is
        2 when persona = "designer"
        1 otherwise

    examples technical
        persona | technical
        "designer" | no

    example "an engineer"
        as of 2026-06-01
        contact: persona "designer"
        expect weight = 2
    "#);
}

#[test]
fn who_renames_a_listed_value_hears_of_the_data() {
    let fixture = Fixture::whole(LISTED);
    let note = |name: &str| fixture.snapshot.rename(fixture.at(), name, &Cancel::new()).unwrap().note;
    assert_snapshot!(note("designer").unwrap(), @r#"exports hold the value too: a record whose `persona` still says "engineer" counts as not listed until it is renamed where the export comes from"#);
    assert_eq!(note("Engineer"), None, "texts compare without regard to case");
}

#[test]
fn a_value_that_is_listed_already_or_is_none_is_refused() {
    let fixture = Fixture::whole(LISTED);
    assert_snapshot!(renamed(&fixture, "Maintenance ", "schema.lead"), @r#"refused: "maintenance" is a value of `persona` already"#);
    for name in ["", "  ", "\"\"", "a\nb"] {
        assert!(renamed(&fixture, name, "schema.lead").starts_with("refused"), "{name:?}");
    }
}

#[test]
fn a_listed_value_that_another_definition_writes_out_is_not_torn_apart() {
    let fixture = Fixture::whole(
        "//- a.lead\nentity contact from \"c.csv\"\n    id: key\n    persona: one of \"engin$0eer\", \"cook\"\n\nour personas = [\"engineer\"]\nours when persona in our personas\n",
    );
    assert_snapshot!(renamed(&fixture, "designer", "a.lead"), @r#"refused: "engineer" is also written where a rename does not reach it, such as in a list of its own"#);
}
