//! Completion, by the place of the cursor.

use lead_ide::{CompletionItem, CompletionKind};

use crate::fixture::Fixture;

const DEFINITIONS: &str = "\
for contact

pages = count(page view)
pages wanted is
    3 when persona = \"maintenance\"
    5 otherwise
visits = count(visit)
first seen = first(visit.at)
recently = 90d
campaign start = 2026-01-01
anonymous lead when pages > 5 within 90d
lead when any(form submit)
last offer = last(form submit.offer)

for company

large when employees >= 500
readers = count(contact where anonymous lead)
";

fn items(text: &str) -> Vec<CompletionItem> {
    let fixture = Fixture::new(&format!("//- definitions.lead\n{DEFINITIONS}\n//- rules.lead\n{text}"));
    let found = fixture.snapshot.completions(fixture.at());
    for item in &found.items {
        assert!(item.insert.start == item.replace.start && item.insert.end <= item.replace.end, "{item:?}");
    }
    found.items
}

fn labels(text: &str) -> Vec<String> {
    items(text).into_iter().map(|i| i.label).collect()
}

/// The first items are these.
#[track_caller]
fn first(text: &str, wanted: &[&str]) {
    let found = labels(text);
    let shown: Vec<&str> = found.iter().map(String::as_str).take(wanted.len()).collect();
    assert_eq!(shown, wanted, "all: {found:?}");
}

/// All these are offered.
#[track_caller]
fn has(text: &str, wanted: &[&str]) {
    let found = labels(text);
    for label in wanted {
        assert!(found.iter().any(|f| f == label), "`{label}` is not among {found:?}");
    }
}

/// None of these is offered.
#[track_caller]
fn lacks(text: &str, unwanted: &[&str]) {
    let found = labels(text);
    for label in unwanted {
        assert!(!found.iter().any(|f| f == label), "`{label}` is among {found:?}");
    }
}

/// The text after the first item of this label was taken, `|` where it ends.
fn taken(text: &str, label: &str, whole: bool) -> String {
    let item = items(text)
        .into_iter()
        .find(|i| i.label == label)
        .unwrap_or_else(|| panic!("no `{label}`: {:?}", labels(text)));
    let clean = text.replace("$0", "");
    let range = if whole { item.replace } else { item.insert };
    format!("{}{}|{}", &clean[..range.start as usize], item.text, &clean[range.end as usize..])
}

#[test]
fn column_one_offers_statements() {
    first(
        "$0",
        &["… when …", "… = …", "… is …", "for", "score", "funnel", "metric", "example", "examples", "entity", "event"],
    );
    has("large\n\nsc$0", &["score"]);
    assert!(items("$0").iter().all(|i| i.kind == CompletionKind::Snippet || i.kind == CompletionKind::Keyword));
}

#[test]
fn behind_a_new_name_stand_when_is_and_equals() {
    first("hot lead $0", &["when", "=", "is"]);
    first("hot lead w$0", &["when"]);
    lacks("hot lead $0 when pages > 5", &["when", "="]);
}

#[test]
fn a_condition_offers_yes_or_no_first_and_then_what_can_be_compared() {
    let found = labels("hot when $0");
    let at = |label: &str| found.iter().position(|l| l == label).unwrap_or_else(|| panic!("no {label} in {found:?}"));
    assert!(at("opted in") < at("pages") && at("anonymous lead") < at("persona"), "{found:?}");
    has("hot when $0", &["any(…)", "count(…)", "not", "was", "became", "company"]);
    lacks("hot when $0", &["large", "employees", "hot", "url", "recently"]);
}

#[test]
fn a_number_is_followed_by_comparisons() {
    first("hot when pages $0", &[">=", ">", "<=", "<", "="]);
    has("hot when pages $0", &["pages wanted", "between", "is known"]);
    lacks("hot when visits $0", &["contains", "starts with", "and"]);
}

#[test]
fn a_text_is_followed_by_tests_of_texts() {
    first("hot when job title $0", &["=", "!=", "contains", "starts with", "ends with", "matches"]);
    first("hot when job title st$0", &["starts with"]);
    has("hot when job title starts $0", &["with"]);
    lacks("hot when job title $0", &["<", ">="]);
}

#[test]
fn a_list_is_followed_by_contains() {
    first("hot when interests $0", &["contains"]);
}

#[test]
fn a_yes_or_no_is_followed_by_and_or_and_windows() {
    first("hot when opted in $0", &["and", "or"]);
    has("hot when anonymous lead $0", &["within", "because", "or when", "unless"]);
}

#[test]
fn a_comparison_is_followed_by_and_or_windows_and_the_next_clause() {
    let text = "hot when pages > 5 $0";
    has(text, &["and", "or", "within", "since", "more than … ago", "because", "or when", "unless"]);
    lacks(text, &[">", "persona"]);
}

#[test]
fn a_time_wants_a_window() {
    has("hot when created at $0", &["within", "since", "before"]);
}

#[test]
fn values_of_a_list_come_first_behind_a_comparison_and_stand_in_quotes() {
    first("hot when persona = $0", &["\"engineer\"", "\"maintenance\"", "\"procurement\""]);
    assert!(items("hot when persona = $0")[0].preselect);
    first("hot when persona = \"ma$0", &["\"maintenance\""]);
    first("hot when lead source in [\"PPC\", $0", &["\"PPC\"", "\"Referral\""]);
    first("hot when any(form submit where offer kind = $0)", &["\"informational\"", "\"substantial\"", "\"meeting\""]);
    first("hot when company.parent.industry = 1 and persona != $0", &["\"engineer\""]);
}

#[test]
fn a_value_replaces_the_quotes_around_the_cursor() {
    assert_eq!(taken("hot when persona = \"$0\"", "\"engineer\"", false), "hot when persona = \"engineer\"|");
    assert_eq!(
        taken("hot when persona = \"ma$0xx\" and x", "\"maintenance\"", false),
        "hot when persona = \"maintenance\"| and x"
    );
    assert_eq!(taken("hot when persona = \"ma$0", "\"maintenance\"", false), "hot when persona = \"maintenance\"|");
}

#[test]
fn a_name_of_several_words_is_replaced_whole() {
    assert_eq!(taken("hot when job ti$0", "job title", false), "hot when job title|");
    assert_eq!(taken("hot when anonymous le$0 and lead", "anonymous lead", false), "hot when anonymous lead| and lead");
    assert_eq!(
        taken("hot when anon$0ymous lead and lead", "anonymous lead", true),
        "hot when anonymous lead| and lead"
    );
    assert_eq!(taken("hot when anonymous l$0ead", "anonymous lead", true), "hot when anonymous lead|");
    assert_eq!(taken("hot when `anonymous l$0`", "anonymous lead", false), "hot when `anonymous lead`|");
    assert_eq!(taken("hot when pages w$0", "pages wanted", false), "hot when pages wanted|");
    assert_eq!(taken("hot when pages w$0", "within", false), "hot when pages within ${1:90d}|");
}

#[test]
fn numbers_in_windows_are_given_units() {
    first("hot when pages > 5 within 90$0", &["90d", "90w", "90mo", "90q", "90y", "90h", "90min"]);
    first("hot when pages > 5 more than 9$0", &["9d"]);
    first("hot when pages > 5 within 90m$0", &["90mo", "90min"]);
    first("hot when was lead 9$0", &["9d"]);
    has("hot when was lead 90d $0", &["ago"]);
}

#[test]
fn within_offers_periods_and_their_names() {
    has("hot when pages > 5 within $0", &["90d", "this quarter", "last fiscal year", "next …", "recently"]);
    lacks("hot when pages > 5 within $0", &["pages", "persona"]);
    first("hot when pages > 5 within last 2 $0", &["quarters", "months", "weeks"]);
    has("hot when pages > 5 within this $0", &["quarter", "fiscal year"]);
    has("hot when pages > 5 within last 2 fiscal $0", &["quarter", "year"]);
}

#[test]
fn since_and_before_offer_moments() {
    has("hot when pages > 5 since $0", &["… ago", "today", "2026-01-01", "campaign start"]);
    lacks("hot when pages > 5 since $0", &["pages", "recently"]);
}

#[test]
fn aggregates_offer_records_that_are_related() {
    let found = labels("hot when count($0");
    let at = |label: &str| found.iter().position(|l| l == label).unwrap_or_else(|| panic!("no {label} in {found:?}"));
    assert!(at("page view") < at("spend") && at("visit") < at("spend"), "{found:?}");
    has("hot when any($0)", &["form submit", "role", "company"]);
    has("for company\n\nhot when count($0)", &["contact", "anonymous lead", "visit", "distinct"]);
    lacks("hot when any($0)", &["persona", "pages", "distinct"]);
}

#[test]
fn sums_offer_amounts() {
    let found = labels("for project\n\nx = sum($0");
    assert!(found.iter().any(|l| l == "spend.amount") && found.iter().any(|l| l == "project.amount"), "{found:?}");
    first("metric cost = sum(spend.$0", &["amount"]);
    has("x = last(form submit.$0)", &["offer", "offer kind", "at"]);
}

#[test]
fn inside_an_aggregate_the_records_fields_come_first() {
    let found = labels("hot when any(page view where $0)");
    let at = |label: &str| found.iter().position(|l| l == label).unwrap_or_else(|| panic!("no {label} in {found:?}"));
    assert!(at("url") < at("persona"), "{found:?}");
    has("hot when any(page view $0)", &["where", "then", "via", "within"]);
    has("hot when any(page view where url = \"x\" $0)", &["and", "within", "then"]);
    has("hot when any(page view then $0)", &["form submit", "visit", "within"]);
    first("hot when any(page view then within 14d form submit where offer kind = $0", &["\"informational\""]);
}

#[test]
fn a_way_is_named_by_its_references_and_tables() {
    let found = labels("hot when any(project via $0)");
    assert!(found.iter().any(|l| l == "role") && found.iter().any(|l| l == "company"), "{found:?}");
}

#[test]
fn a_path_offers_what_the_record_has() {
    has("hot when company.$0", &["employees", "industry", "parent", "large", "readers"]);
    lacks("hot when company.$0", &["persona", "pages", "any(…)"]);
    has("hot when company.parent.emp$0", &["employees"]);
    first("hot when company.employees $0", &[">=", ">"]);
}

#[test]
fn is_offers_terms_of_the_record() {
    first("hot when company is $0", &["large"]);
    has("hot when company is $0", &["known", "unknown", "not"]);
    first("hot when company is not $0", &["large"]);
    first("hot when e-mail is $0", &["known", "unknown"]);
    lacks("hot when e-mail is $0", &["large"]);
}

#[test]
fn was_and_became_offer_terms() {
    has("hot when was $0", &["lead", "anonymous lead", "company"]);
    lacks("hot when was $0", &["pages", "persona", "hot"]);
    has("hot when became l$0", &["lead"]);
    has("hot when was lead $0", &["… ago", "on"]);
}

#[test]
fn funnels_offer_terms_of_the_subject_that_are_not_yet_steps() {
    first("funnel journey\n    $0", &["anonymous lead", "lead"]);
    lacks("funnel journey\n    lead\n    $0", &["lead", "pages", "large"]);
    has("funnel journey\n    lead\n    an$0", &["anonymous lead"]);
}

#[test]
fn for_offers_entities() {
    first("for $0", &["contact", "company", "project", "role"]);
    lacks("for $0", &["visit", "lead"]);
    has("event call of c$0", &["contact", "company"]);
}

#[test]
fn choices_offer_when_and_otherwise() {
    first("owner is\n    \"field\" $0", &["when", "otherwise"]);
    has("owner is\n    \"field\" when $0", &["opted in", "pages"]);
    has("owner is\n    \"field\" when opted in $0", &["because", "and"]);
}

#[test]
fn scores_offer_lines_options_and_records() {
    first("score heat, $0", &["half-life", "at most", "at least"]);
    first("score heat\n    $0", &["+ when", "+ per", "- when"]);
    first("score heat\n    +10 $0", &["when", "per"]);
    has("score heat\n    +1 per $0", &["page view", "visit"]);
    has("score heat\n    +1 per page view where $0", &["url"]);
    has("score heat\n    +1 when opted in\n    -5 when $0", &["lead"]);
}

#[test]
fn metrics_offer_aggregates_and_dimensions() {
    first("metric cost = $0", &["count(…)", "sum(…)", "average(…)"]);
    has("metric cost = sum(spend.amount) $0", &["by"]);
    first("metric cost = sum(spend.amount) / count(lead) by $0", &["lead source"]);
}

#[test]
fn tables_of_examples_offer_columns_and_values() {
    has("examples $0", &["lead", "pages", "large"]);
    first("examples anonymous lead\n    $0", &["pages", "anonymous lead"]);
    has("examples anonymous lead\n    pages | $0", &["anonymous lead", "persona"]);
    lacks("examples anonymous lead\n    pages | $0", &["pages"]);
    first("examples anonymous lead\n    persona | anonymous lead\n    $0", &["\"engineer\""]);
    first("examples anonymous lead\n    persona | anonymous lead\n    \"engineer\" | $0", &["yes", "no"]);
}

#[test]
fn stories_offer_records_fields_values_and_keys() {
    has("example \"x\"\n    $0", &["contact", "page view", "expect", "as of"]);
    has("example \"x\"\n    contact: $0", &["lead source", "company", "persona"]);
    lacks("example \"x\"\n    contact: persona \"engineer\", $0", &["persona", "id"]);
    first("example \"x\"\n    contact: lead source $0", &["\"PPC\"", "\"Referral\""]);
    first("example \"x\"\n    company \"acme\": employees 5\n    contact: company $0", &["\"acme\""]);
    has("example \"x\"\n    page view $0", &["… ago", "on", "of"]);
    has("example \"x\"\n    page view 20d ago, $0", &["url"]);
    has("example \"x\"\n    contact: opted in yes\n    expect $0", &["lead", "not"]);
    lacks("example \"x\"\n    contact: opted in yes\n    expect $0", &["large"]);
    first("example \"x\"\n    contact \"ann\": opted in yes\n    page view of $0", &["\"ann\""]);
}

const EXPORTS: &str = "
//- people.csv
Record ID,Name,E-mail,No. of employees,Signed up,Associated company ID,Status
1,Ann,ann@x,12,2026-01-02,c1,active
2,Bob,bob@x,40,2026-01-05,c2,deleted
";

fn with_exports(text: &str) -> String {
    format!("{text}{EXPORTS}")
}

#[test]
fn schemas_offer_types_headers_and_columns_that_are_not_read_yet() {
    first("entity person from \"people.csv\"\n    name: $0", &["text", "number", "one of", "yes/no"]);
    has("entity person from \"people.csv\"\n    name: li$0", &["list of text"]);
    has(&with_exports("entity person from \"$0"), &["\"people.csv\""]);
    has(&with_exports("entity person from \"people.csv\"\n    name: text from \"$0\""), &["\"Name\"", "\"E-mail\""]);
    let text = with_exports("entity person from \"people.csv\"\n    name: text\n    $0");
    has(
        &text,
        &[
            "e-mail: text",
            "no of employees: number from \"No. of employees\"",
            "signed up: date",
            "company -> company from \"Associated company ID\"",
            "same when",
        ],
    );
    lacks(&text, &["name: text"]);
    first(&with_exports("entity person from \"people.csv\" where $0"), &["Record ID", "Name"]);
    first(&with_exports("entity person from \"people.csv\" where Status = $0"), &["\"active\"", "\"deleted\""]);
    has("entity person from \"people.csv\"\n    company -> $0", &["company", "contact"]);
    has("entity person $0", &["from"]);
    has("event call of contact $0", &["from"]);
    first(&with_exports("entity person from \"people.csv\"\n    status: one of $0"), &["\"active\"", "\"deleted\""]);
}

#[test]
fn texts_of_a_column_are_offered_where_a_field_is_compared() {
    let text = "entity person from \"people.csv\"\n    id: key from \"Record ID\"\n    status: text\n\nfor person\n\n\
                active when status = $0";
    first(&with_exports(text), &["\"active\"", "\"deleted\""]);
}

#[test]
fn comments_that_allow_offer_lints() {
    has("# allow: $0", &["unwindowed-signal"]);
    has("# allow: unw$0", &["unwindowed-signal"]);
    lacks("# nothing $0", &["unwindowed-signal"]);
}

#[test]
fn comments_offer_nothing_else_and_texts_no_names() {
    assert_eq!(labels("hot when pages > 5 # and $0"), Vec::<String>::new());
    assert_eq!(labels("hot when pages > 5 because \"the $0"), Vec::<String>::new());
}

#[test]
fn statements_around_do_not_matter() {
    first("broken ((( when\n\nhot when persona = $0\n\nalso broken ]]", &["\"engineer\""]);
}

#[test]
fn names_that_would_be_misread_are_offered_in_backticks() {
    let text = "`signed and paid` when any(visit)\nhot when sig$0";
    assert!(taken(text, "signed and paid", false).ends_with("hot when `signed and paid`|"));
}

#[test]
fn what_is_chosen_has_documentation() {
    let fixture = Fixture::new("hot when per$0");
    let found = fixture.snapshot.completions(fixture.at());
    let persona = found.items.iter().find(|i| i.label == "persona").unwrap();
    let docs = fixture.snapshot.completion_docs(persona.key.as_ref().unwrap()).unwrap();
    assert!(docs.contains("Whom we write for.") && docs.contains("\"engineer\""), "{docs}");
    let count = fixture.snapshot.completion_docs("function:count").unwrap();
    assert!(count.contains("how many there are"), "{count}");
}
