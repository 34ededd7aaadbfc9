//! What a session says of places, types and windows.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use lead_diag::FileId;
use lead_hir::index::Signal;
use lead_hir::{Checked, Role, Session, Target};

const SCHEMA: &str = r#"
entity contact from "contacts.csv"
    id: key
    job title: text
    lead source: one of "PPC", "Referral"
    company -> company

entity company from "companies.csv"
    id: key
    industry: text
    employees: number

event page view of contact from "events.csv"
    at: time
    url: text

event visit of contact from "events.csv"
    at: time

event deal of company from "deals.csv"
    at: time
    amount: money

"#;

fn check(rules: &str) -> (Arc<Checked>, FileId, String) {
    let text = format!("{SCHEMA}{rules}");
    let mut session = Session::new();
    let file = session.set_file("a.lead", text.as_str().into());
    let checked = session.check();
    assert!(checked.diagnostics(file).is_empty(), "{:?}", checked.diagnostics(file));
    (checked, file, text)
}

/// Every place, as text, in order, behind the schema.
fn places(rules: &str) -> Vec<String> {
    let (checked, file, text) = check(rules);
    let places = checked.places_in(file).iter().filter(|p| p.span.start as usize >= SCHEMA.len());
    let name = |target: Target| match target {
        Target::Table(t) => checked.lexicon.table(t).name.text.clone(),
        Target::Field(t, f) => {
            format!("{}.{}", checked.lexicon.table(t).name.text, checked.lexicon.field(t, f).name.text)
        }
        Target::Def(d) => checked.lexicon.def(d).name.text.clone(),
        Target::Value(t, f, n) => format!("{}.{}#{n}", t.0, checked.lexicon.field(t, f).name.text),
        Target::Dimension(_, n) => format!("dimension {n}"),
    };
    let shown = places.map(|p| {
        let is = if p.role == Role::Declaration { ":=" } else { "->" };
        format!("{} {is} {}", &text[p.span.range()], name(p.target))
    });
    shown.collect()
}

#[test]
fn names_of_many_words_and_paths_are_places_of_their_own() {
    assert_eq!(
        places("large prospect when company.employees > 50 and job   title contains \"x\"\n"),
        [
            "large prospect := large prospect",
            "company -> contact.company",
            "employees -> company.employees",
            "job   title -> contact.job title",
        ]
    );
}

#[test]
fn aggregates_name_their_records_and_fields() {
    assert_eq!(
        places(
            "for company\nreaders = count(contact where any(page view where url = \"x\" and lead source = \"ppc\"))\n"
        ),
        [
            "company -> company",
            "readers := readers",
            "contact -> contact",
            "page view -> page view",
            "url -> page view.url",
            "lead source -> contact.lead source",
            "\"ppc\" -> 0.lead source#0",
        ]
    );
    assert_eq!(
        places("total = sum(company.deal.amount)\nlatest = last(page view.at)\n"),
        [
            "total := total",
            "company -> contact.company",
            "deal -> deal",
            "amount -> deal.amount",
            "latest := latest",
            "page view -> page view",
            "at -> page view.at",
        ]
    );
}

#[test]
fn members_funnels_metrics_and_the_past_name_terms() {
    assert_eq!(
        places(
            "reader when any(page view)\nback when became reader within 30d or was reader 90d ago\nfunnel way\n    reader\n    back\n\
             metric readers = count(reader) / count(contact) by lead source, month(company.last deal) as deal month\n\
             for company\nlast deal = last(deal.at)\nknown = count(contact where `reader`)\n"
        ),
        [
            "reader := reader",
            "page view -> page view",
            "back := back",
            "reader -> reader",
            "reader -> reader",
            "way := way",
            "reader -> reader",
            "back -> back",
            "readers := readers",
            "reader -> reader",
            "contact -> contact",
            "lead source -> contact.lead source",
            "company -> contact.company",
            "last deal -> last deal",
            "deal month := dimension 1",
            "company -> company",
            "last deal := last deal",
            "deal -> deal",
            "at -> deal.at",
            "known := known",
            "contact -> contact",
            "`reader` -> reader",
        ]
    );
}

#[test]
fn examples_name_records_fields_and_definitions() {
    assert_eq!(
        places(
            "reader when any(page view where url = \"/\")\nexamples reader\n    reader | lead source\n    yes | \"PPC\"\n\
             example \"x\"\n    contact \"c\": lead source \"Referral\"\n    page view of \"c\" 2d ago, url \"/\"\n    expect not reader\n"
        ),
        [
            "reader := reader",
            "page view -> page view",
            "url -> page view.url",
            "reader -> reader",
            "reader -> reader",
            "lead source -> contact.lead source",
            "\"PPC\" -> 0.lead source#0",
            "contact -> contact",
            "lead source -> contact.lead source",
            "\"Referral\" -> 0.lead source#1",
            "page view -> page view",
            "url -> page view.url",
            "reader -> reader",
        ]
    );
}

#[test]
fn a_declaration_is_found_from_any_use() {
    let (checked, file, text) = check("reader when any(page view)\nback when reader\n");
    let at = text.rfind("reader").unwrap() as u32;
    let place = checked.place_at(file, at + 6).unwrap();
    let declared = checked.declaration(place.target).unwrap();
    assert_eq!(declared.span.start as usize, text.find("reader").unwrap());
    assert_eq!(checked.places_of(place.target).len(), 2);
    let Target::Def(reader) = place.target else { panic!() };
    assert_eq!(checked.users(reader).len(), 1);
    let employees = checked.place_at(file, text.find("employees").unwrap() as u32).unwrap().target;
    assert!(checked.declaration(employees).is_some());
}

/// Measurements with their windows.
fn windows(rules: &str) -> Vec<String> {
    let (checked, file, text) = check(rules);
    let shown = checked.windows_in(file).iter().map(|w| {
        let window = w.window.map_or("all time", |(_, span)| &text[span.range()]);
        let signal = match w.signal {
            Signal::Events => "events",
            Signal::Value(_) => "value",
            Signal::Time => "time",
            Signal::Became => "became",
        };
        format!("{} ({signal}): {window}", &text[w.span.range()])
    });
    shown.collect()
}

#[test]
fn a_window_covers_what_stands_to_its_left_and_has_none() {
    assert_eq!(
        windows(
            "pages = count(page view)\nlead when pages > 5 and any(visit within 30d) and count(visit) > 2 within 90d\n"
        ),
        [
            "count(page view) (events): all time",
            "pages (value): within 90d",
            "any(visit within 30d) (events): within 30d",
            "count(visit) (events): within 90d",
        ]
    );
}

#[test]
fn a_window_behind_a_time_does_not_reach_inside() {
    assert_eq!(
        windows("new when first(visit.at) within 30d\n"),
        ["first(visit.at) (events): all time", "first(visit.at) (time): within 30d"]
    );
}

#[test]
fn types_are_known_at_spans() {
    let (checked, file, text) = check("pages = count(page view)\nshare = pages / company.employees\n");
    let ty = |what: &str| {
        let at = text.rfind(what).unwrap() as u32 + 1;
        format!("{:?}", checked.type_at(file, at).unwrap().ty)
    };
    assert_eq!(ty("pages /"), "Number");
    assert_eq!(ty("company.employees"), "Number");
    assert!(checked.windows_in(file)[1].window.is_none());
}

#[test]
fn checked_lexicons_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Checked>();
    fn moves<T: Send>() {}
    moves::<Session>();
}

#[test]
fn an_edit_keeps_ids_and_other_files() {
    let mut session = Session::new();
    let schema = session.set_file("a.lead", SCHEMA.into());
    let rules = session.set_file("b.lead", "reader when any(visit)\nback when reader\n".into());
    let before = session.check();
    let Some(Target::Def(back)) = before.named("back") else { panic!() };
    assert_eq!(
        session
            .set_file("b.lead", "## new\nfirst when any(page view)\nreadr when any(visit)\nback when reader\n".into()),
        rules
    );
    let after = session.check();
    assert_eq!(after.named("back"), Some(Target::Def(back)));
    assert_eq!(after.diagnostics(rules).len(), 1);
    assert!(after.same_file(&before, schema));
    assert!(!after.same_file(&before, rules));
    assert_eq!(after.to_run().defs.len(), 3);
    session.remove_file("b.lead");
    assert!(session.check().file(rules).is_none());
    assert_eq!(session.check().defs().count(), 0);
}

#[test]
fn an_edit_makes_anew_what_it_touches_and_what_depends_on_that() {
    let mut session = Session::new();
    session.set_file("a.lead", SCHEMA.into());
    let others: String = (0..200).map(|n| format!("other {n} when any(page view within {}d)\n", n + 1)).collect();
    let text = format!("limit = 5\n{others}reader when count(visit) > limit\nback when reader\n");
    session.set_file("b.lead", text.as_str().into());
    let before = session.check();
    session.set_file("b.lead", text.replace("limit = 5", "limit = 6").into());
    let after = session.check();
    let defs = before.lexicon.defs.iter().zip(&after.lexicon.defs);
    let anew: Vec<&str> =
        defs.filter(|(old, new)| !std::sync::Arc::ptr_eq(old, new)).map(|(old, _)| old.name.text.as_str()).collect();
    assert!(anew.contains(&"limit"), "{anew:?}");
    assert!(anew.iter().all(|name| ["limit", "reader", "back"].contains(name)), "{anew:?}");
}

#[test]
fn uses_of_what_is_deprecated_are_named() {
    let mut session = Session::new();
    let text = format!(
        "{SCHEMA}## Old.\n## Deprecated: use `fresh`.\nold when any(visit)\nfresh when any(visit)\nkeen when old\n\
         examples old\n    old\n    yes\n"
    );
    let file = session.set_file("a.lead", text.as_str().into());
    let checked = session.check();
    let [found] = checked.diagnostics(file) else { panic!("{:?}", checked.diagnostics(file)) };
    assert_eq!((found.code.id(), found.help.as_deref()), ("L0614", Some("its documentation says: use `fresh`.")));
    let Some(Target::Def(old)) = checked.named("old") else { panic!() };
    assert_eq!(checked.lexicon.def(old).deprecated(), Some("use `fresh`."));
}
