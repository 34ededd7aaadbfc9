//! Definition, type definition, references, highlight, call hierarchy.

use insta::assert_snapshot;
use lead_diag::Span;

use crate::fixture::Fixture;

const TEXT: &str = "\
//- rules.lead
for contact

pages = count(page view)
reader when pages > 5 within 90d
lead when any(form submit where offer kind = \"meeting\") and company is large
funnel journey
    reader
    lead

examples reader
    pages | reader
    6     | yes

for company

large when employees > 500
readers = count(contact where reader)
";

/// The fixture with a cursor in front of the n-th appearance of a text.
fn at(needle: &str, n: usize) -> Fixture {
    let offset = TEXT.match_indices(needle).nth(n).unwrap_or_else(|| panic!("no {needle}")).0;
    Fixture::new(&format!("{}$0{}", &TEXT[..offset], &TEXT[offset..]))
}

fn definition(needle: &str, n: usize) -> String {
    let fixture = at(needle, n);
    let found = fixture.snapshot.goto_definition(fixture.at());
    for goto in &found {
        assert!(goto.whole.start <= goto.name.start && goto.name.end <= goto.whole.end);
    }
    fixture.lines(found.iter().map(|g| g.name))
}

#[test]
fn a_name_leads_to_its_declaration_in_whatever_file() {
    assert_eq!(definition("pages > 5", 0), "rules.lead:3: [pages] = count(page view)");
    assert_eq!(definition("form submit", 0), "schema.lead:40: event [form submit] of contact from \"forms.csv\"");
    assert_eq!(
        definition("offer kind", 0),
        "schema.lead:43:     [offer kind]: one of \"informational\", \"substantial\", \"meeting\""
    );
    assert_eq!(
        definition("\"meeting\"", 0),
        "schema.lead:43:     offer kind: one of \"informational\", \"substantial\", [\"meeting\"]"
    );
    assert_eq!(definition("large", 0), "rules.lead:16: [large] when employees > 500");
    assert_eq!(definition("company\n", 0), "schema.lead:14: entity [company] from \"companies.csv\"");
    assert_eq!(definition("reader\n    lead", 0), "rules.lead:4: [reader] when pages > 5 within 90d");
}

#[test]
fn a_declaration_leads_to_itself() {
    assert_eq!(definition("pages = ", 0), "rules.lead:3: [pages] = count(page view)");
}

#[test]
fn the_subject_of_an_event_leads_to_the_entity() {
    let fixture = Fixture::whole(
        "//- a.lead\nentity contact from \"c.csv\"\n    id: key\n\nevent visit of cont$0act from \"v.csv\"\n    at: time\n",
    );
    let found = fixture.snapshot.goto_definition(fixture.at());
    assert_eq!(fixture.lines(found.iter().map(|g| g.name)), "a.lead:1: entity [contact] from \"c.csv\"");
}

#[test]
fn words_of_the_language_lead_nowhere() {
    assert_eq!(definition("when pages", 0), "");
    assert_eq!(definition("5 within", 0), "");
}

#[test]
fn the_type_of_a_reference_is_its_entity_and_that_of_a_definition_its_subject() {
    let fixture = at("company is large", 0);
    let found = fixture.snapshot.goto_type_definition(fixture.at());
    assert_eq!(fixture.lines(found.iter().map(|g| g.name)), "schema.lead:14: entity [company] from \"companies.csv\"");
    let fixture = at("pages > 5", 0);
    let found = fixture.snapshot.goto_type_definition(fixture.at());
    assert_eq!(fixture.lines(found.iter().map(|g| g.name)), "schema.lead:1: entity [contact] from \"contacts.csv\"");
}

#[test]
fn references_are_found_in_all_files_and_statements() {
    let fixture = at("reader when", 0);
    assert_snapshot!(fixture.lines(fixture.snapshot.references(fixture.at(), true)), @r"
    rules.lead:4: [reader] when pages > 5 within 90d
    rules.lead:7:     [reader]
    rules.lead:10: examples [reader]
    rules.lead:11:     pages | [reader]
    rules.lead:17: readers = count(contact where [reader])
    ");
    assert!(!fixture.lines(fixture.snapshot.references(fixture.at(), false)).contains(":4:"));
}

#[test]
fn references_of_a_value_are_where_it_is_declared_and_compared() {
    let fixture = at("\"meeting\"", 0);
    let found = fixture.lines(fixture.snapshot.references(fixture.at(), true));
    assert_eq!(found.lines().count(), 2, "{found}");
}

#[test]
fn the_same_name_is_highlighted_in_the_file() {
    let fixture = at("pages > 5", 0);
    let found = fixture.snapshot.highlight(fixture.at());
    let spans: Vec<Span> = found.iter().map(|h| h.span).collect();
    assert_eq!(found.iter().filter(|h| h.declaration).count(), 1);
    assert_snapshot!(fixture.lines(spans), @r"
    rules.lead:3: [pages] = count(page view)
    rules.lead:4: reader when [pages] > 5 within 90d
    rules.lead:11:     [pages] | reader
    ");
}

#[test]
fn who_uses_a_definition_and_what_it_uses() {
    let fixture = at("reader when", 0);
    let items = fixture.snapshot.call_items(fixture.at());
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].name.as_str(), items[0].detail.as_str()), ("reader", "term of contact"));
    let users: Vec<String> = fixture.snapshot.incoming_calls(fixture.at()).into_iter().map(|c| c.item.name).collect();
    assert_eq!(users, ["journey", "readers"]);
    let used: Vec<String> = fixture.snapshot.outgoing_calls(fixture.at()).into_iter().map(|c| c.item.name).collect();
    assert_eq!(used, ["pages"]);
    let fixture = at("form submit", 0);
    let users: Vec<String> = fixture.snapshot.incoming_calls(fixture.at()).into_iter().map(|c| c.item.name).collect();
    assert_eq!(users, ["lead"]);
}
