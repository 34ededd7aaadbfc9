//! Lexicons for tests: one schema, and rules over it.

use lead_hir::Session;
use lead_hir::hir::Lexicon;

pub const SCHEMA: &str = r#"entity contact from "contacts.csv"
    id: key
    job title: text
    persona: one of "engineer", "maintenance", "procurement"
    employees: number
    budget: money
    created at: time
    due: date
    opted in: yes/no
    interests: list of text
    company -> company

entity company from "companies.csv"
    id: key
    employees: number
    industry: text

event visit of contact from "visits.csv"
    at: time
    url: text
    minutes: number

event form submit of contact from "forms.csv"
    at: time
    offer: text

for contact

pages = count(visit where url starts with "/p")
visits = count(visit)
converted = any(form submit)
"#;

/// The lexicon of some rules; it has no errors.
#[track_caller]
pub fn lexicon(rules: &str) -> Lexicon {
    let mut session = Session::new();
    let file = session.set_file("rules.lead", format!("{SCHEMA}\n{rules}\n").into());
    let checked = session.check();
    let found: Vec<_> = checked.diagnostics(file).iter().filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    assert!(found.is_empty(), "{rules}: {found:?}");
    checked.to_run()
}
