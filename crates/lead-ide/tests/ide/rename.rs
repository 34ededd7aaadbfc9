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
        Ok(edits) => fixture.edited(file, &edits),
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
fn words_and_values_cannot_be_renamed() {
    for needle in ["when pages", "5 within", "\"engineer\""] {
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
