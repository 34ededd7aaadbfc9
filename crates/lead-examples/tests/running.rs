//! Examples over small lexicons: what passes, what fails, and what is said of it.

use lead_diag::{SourceMap, Span};
use lead_examples::{Outcome, Suite, Verdict, diagnostics};
use lead_hir::Config;
use lead_hir::hir::Value;

const AS_OF: i64 = 1_780_272_000_000_000; // 2026-06-01T00:00Z

const SCHEMA: &str = r#"entity contact from "contacts.csv"
    id: key
    lead source: one of "PPC", "Trade show"
    created at: time
    budget: money
    company -> company

entity company from "companies.csv"
    id: key
    employees: number

event visit of contact from "events.csv"
    at: time
    pages: number

event shipment from "shipments.csv"
    at: date
    company -> company

for contact

visits = count(visit)
pages seen = sum(visit.pages)
reader when pages seen > 5 and visits >= 2 within 90d because "reads"
    unless lead source = "Trade show" because "we met"
big when company.employees >= 500
size is
    "large" when big because "many people"
    "small" otherwise
heat, half-life 30d
    +10 per visit
funnel journey
    reader
    big
"#;

struct Ran {
    suite: Suite,
    outcomes: Vec<Outcome>,
    sources: SourceMap,
}

impl Ran {
    fn messages(&self) -> Vec<String> {
        let slice = |span: Span| self.sources.slice(span).to_string();
        let found = self.outcomes.iter().flat_map(|o| diagnostics(&self.suite, o, slice));
        found.map(|d| d.message).collect()
    }
}

fn ran(examples: &str) -> Ran {
    let mut sources = SourceMap::new();
    let schema = SCHEMA.replace("heat, half-life 30d", "score heat, half-life 30d");
    let text = format!("{schema}\n{examples}");
    let file = sources.add("main.lead", text.as_str());
    let parsed = lead_syntax::parse(file, &text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let lowered = lead_hir::lower(&[(file, &parsed.file)], &Config::default());
    let errors: Vec<_> = lowered.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let suite = Suite::new(&lowered.lexicon, AS_OF);
    let outcomes = suite.run_all(2, |_| true);
    Ran { suite, outcomes, sources }
}

#[track_caller]
fn passes(examples: &str) {
    let ran = ran(examples);
    assert_eq!(ran.messages(), Vec::<String>::new());
    assert!(!ran.outcomes.is_empty() && ran.outcomes.iter().all(|o| o.passed() && !o.checks.is_empty()));
}

#[track_caller]
fn fails(examples: &str, messages: &[&str]) {
    let ran = ran(examples);
    assert_eq!(ran.messages(), messages);
    assert!(ran.outcomes.iter().any(|o| !o.passed()));
}

#[test]
fn a_table_gives_signals_directly() {
    passes(
        "examples reader\n    pages seen | visits | lead source | reader\n    6 | 2 | \"PPC\" | yes\n    5 | 2 | | no\n    6 | 2 | \"Trade show\" | no\n    6 | 2 | | yes\n",
    );
}

#[test]
fn an_empty_cell_expects_that_it_cannot_be_told() {
    passes("examples big\n    company | big\n    \"acme\" | \n");
    fails("examples reader\n    visits | reader\n    2 | \n", &["`reader` is no, not cannot tell"]);
}

#[test]
fn every_row_is_a_record_of_its_own() {
    let ran =
        ran("examples reader\n    pages seen | visits | reader\n    6 | 2 | no\n    6 | 2 | yes\n    0 | 2 | yes\n");
    let verdicts: Vec<bool> = ran.outcomes[0].checks.iter().map(|c| c.verdict == Verdict::Passed).collect();
    assert_eq!(verdicts, [false, true, false]);
    assert_eq!(ran.messages(), ["`reader` is yes, not no", "`reader` is no, not yes"]);
    assert!(!ran.outcomes[0].checks[0].whys.is_empty(), "a failure shows how its answer comes about");
}

#[test]
fn scores_choices_and_funnels_are_expected_like_terms() {
    passes("examples size\n    big | size\n    yes | \"Large\"\n    no | \"small\"\n    | \"small\"\n");
    passes("examples journey\n    reader | big | journey\n    yes | no | \"reader\"\n    yes | yes | \"big\"\n");
    passes(
        "example \"half of it after a month\"\n    contact: lead source \"PPC\"\n    visit 30d ago\n    visit now\n    expect heat = 15\n",
    );
}

#[test]
fn a_story_has_records_that_name_each_other_in_any_order() {
    passes(
        "example \"s\"\n    contact \"ann\": company \"acme\"\n    company \"acme\": employees 500\n    contact \"bob\": lead source \"PPC\"\n    visit of \"ann\" 10d ago, pages 3\n    visit of \"ann\" on 2026-05-01, pages 3\n    visit of \"bob\" 10d ago, pages 30\n    expect \"ann\": reader because \"reads\"\n    expect \"ann\": big and size = \"large\" because \"many people\"\n    expect \"bob\": not reader\n    expect \"bob\": visits = 1\n",
    );
}

#[test]
fn the_time_of_an_example_is_its_own() {
    passes(
        "example \"s\"\n    as of 2026-03-01\n    contact: created at 2026-02-28\n    visit on 2026-03-01, pages 9\n    visit in 5d, pages 9\n    expect visits = 1\n    expect now - created at < 48h\n    expect today = 2026-03-01\n",
    );
}

#[test]
fn values_may_be_worked_out() {
    passes(
        "example \"s\"\n    contact: created at now - 3d, budget 1_000.25\n    expect created at within 4d\n    expect not created at within 2d\n    expect budget = 1_000.25\n",
    );
}

#[test]
fn a_reason_is_expected_too() {
    fails(
        "example \"s\"\n    contact: lead source \"Trade show\"\n    visit 1d ago, pages 9\n    visit 2d ago, pages 9\n    expect not reader because \"reads\"\n",
        &["`not reader` holds of contact, but for another reason"],
    );
    passes(
        "example \"s\"\n    contact: lead source \"Trade show\"\n    visit 1d ago, pages 9\n    visit 2d ago, pages 9\n    expect not reader because \"we met\"\n",
    );
}

#[test]
fn what_cannot_be_told_does_not_hold() {
    fails("example \"s\"\n    contact: lead source \"PPC\"\n    expect big\n", &["`big` cannot be told of contact"]);
    passes("example \"s\"\n    contact: lead source \"PPC\"\n    expect big is unknown\n");
}

#[test]
fn a_number_is_compared_as_it_is_written_and_the_answer_is_kept() {
    let ran = ran("examples heat\n    lead source | heat\n    \"PPC\" | 0.1\n");
    assert_eq!(ran.outcomes[0].checks[0].answer, Some(Value::Number(0.0)));
    assert_eq!(ran.messages(), ["`heat` is 0, not 0.1"]);
}

#[test]
fn threads_do_not_change_the_order() {
    let mut text = String::new();
    for i in 0..40 {
        text.push_str(&format!("example \"s{i}\"\n    contact: lead source \"PPC\"\n    expect visits = {}\n", i % 2));
    }
    let ran = ran(&text);
    assert_eq!(ran.outcomes.iter().map(|o| o.example).collect::<Vec<_>>(), (0..40).collect::<Vec<_>>());
    assert_eq!(ran.outcomes.iter().filter(|o| o.passed()).count(), 20);
}
