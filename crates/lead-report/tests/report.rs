//! The report over data: every section is there, every link leads somewhere, and no text of rules or data becomes markup.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::{Page, lexicon};
use lead_data::{Data, Needs, Options};
use lead_hir::Config;
use lead_hir::hir::DefKind;
use lead_plan::Planner;
use lead_report::Facts;
use lead_trend::{Ask, Every, Prepared};

/// 2026-07-01T00:00Z
const AS_OF: i64 = 1_782_864_000_000_000;

/// The report of lexicon files over data files.
fn report(files: &[(&str, &str)], data: &[(&str, &str)]) -> Page {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in data {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let (lexicon, sources) = lexicon(files);
    let config = Config::default();
    let mut planner = Planner::new(&lexicon, AS_OF);
    planner.want(&|_| true);
    let plan = planner.finish();
    let mut needs = Needs { tables: plan.needs(&lexicon) };
    for (table, field) in lead_report::more_fields(&lexicon) {
        needs.tables.entry(table).or_default().insert(field);
    }
    let opened = Data::open(&lexicon, &config, folder.path(), &needs, Options::default());
    let survey = lead_eval::survey(&lexicon, &plan, &opened).unwrap();
    let problems = opened.report();
    assert!(!problems.is_fatal(), "{:?}", problems.problems);
    let of = |wanted: fn(&DefKind) -> bool| lexicon.def_ids().filter(move |(_, d)| wanted(&d.kind)).map(|(id, _)| id);
    let ask = Ask {
        times: lead_trend::times(None, AS_OF, Every::parse("1mo").unwrap(), 3, &lexicon.settings),
        terms: of(|k| matches!(k, DefKind::Term(_))).collect(),
        funnels: of(|k| matches!(k, DefKind::Funnel(_))).collect(),
        ageing: lead_trend::days_ahead(AS_OF, 1, &lexicon.settings),
        moves: false,
    };
    let prepared = Prepared::new(&lexicon, ask);
    let needs = Needs { tables: prepared.plan.needs(&lexicon) };
    let again = Data::open(&lexicon, &config, folder.path(), &needs, Options::default());
    let trend = prepared.run(&lexicon, &again).unwrap();
    let days: Vec<String> = (0..trend.times.len()).map(|i| format!("day {i}")).collect();
    let facts = Facts {
        lexicon: &lexicon,
        sources: &sources,
        survey: &survey,
        data: &opened,
        problems: &problems,
        as_of: "as of a day",
        trend: &trend,
        days: &days,
    };
    Page::new(lead_report::report(&facts))
}

const RULES: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number
    lead source: one of "PPC", "Referral"

event visit of contact from "visits.csv"
    at: time

large
    when employees > 100 because "many people"
    or when count(visit) >= 2 because "came twice"
    unless lead source = "Referral" because "sent by a friend"

visitor when any(visit)

score weight, at most 10
    +1 per visit
    +5 when large

size is
    "big" when large
    "small" otherwise

funnel journey
    visitor
    large

metric visits per contact = count(visit) / count(contact) by lead source
"#;
const CONTACTS: &str = "id,employees,lead source\na,500,PPC\nb,,PPC\nc,20,Referral\nd,,Referral\ne,,\n";
const VISITS: &str = "contact id,at\na,2026-05-01 10:00\nb,2026-05-02 10:00\nc,2026-05-03 10:00\nc,2026-06-03 10:00\n";

fn small() -> Page {
    report(&[("a.lead", RULES)], &[("contacts.csv", CONTACTS), ("visits.csv", VISITS)])
}

/// The text of an element's card, without tags, blanks made one.
fn card(page: &Page, id: &str) -> String {
    let open = format!("id=\"{id}\"");
    let rest = page.text.split_once(&open).unwrap_or_else(|| panic!("no {id}")).1;
    let body = rest.split_once("</article>").unwrap().0;
    let text: String = body.split('<').map(|t| t.split_once('>').map_or("", |p| p.1)).collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_term_shows_its_counts_reasons_sources_and_what_is_missing() {
    let page = small();
    page.is_whole();
    let card = card(&page, "d-large");
    // `a` is large; `c` is excepted, and so is `d`, whatever it has; `b` and `e` cannot be told.
    assert!(card.contains("yes 1 20% cannot tell 2 40% no 2 40%"), "{card}");
    assert!(card.contains("many people yes 1") && card.contains("came twice yes 0"), "{card}");
    assert!(card.contains("sent by a friend no 2"), "{card}");
    assert!(card.contains("PPC 1 yes, 1 cannot tell, 0 no 1 50% 1 0"), "{card}");
    assert!(card.contains("Referral 0 yes, 0 cannot tell, 2 no 0 0% 0 2"), "{card}");
    assert!(card.contains("not known 0 yes, 1 cannot tell, 0 no 0 0% 1 0"), "{card}");
    assert!(card.contains("employees contact 2 2 0"), "{card}");
}

#[test]
fn a_funnel_shows_conversion_and_cannot_tell_as_such() {
    let page = small();
    let text = page.text.split("id=\"terms\"").next().unwrap();
    // Three have visited, one of them is large; of two others it cannot be told.
    assert!(text.contains("3 of 5 reached, 0 cannot tell") && text.contains("1 of 5 reached, 2 cannot tell"), "not so");
    assert!(text.contains("data-h=\"Of the step before\">33%</td>"), "no 33%");
}

#[test]
fn a_score_shows_how_it_is_spread_and_what_each_line_gave() {
    let card = card(&small(), "d-weight");
    // Of `a` 6, of `b` 1, of `c` 2.
    assert!(card.contains("1.8 on average"), "{card}");
    assert!(card.contains("for each visit 4 points in all 3 4 0.8"), "{card}");
    assert!(card.contains("5 points in all 1 5 1"), "{card}");
}

#[test]
fn choices_and_metrics_show_their_rows() {
    let page = small();
    let size = card(&page, "d-size");
    assert!(size.contains("big 1 records 1 20%") && size.contains("small 4 records 4 80%"), "{size}");
    let visits = card(&page, "d-visits-per-contact");
    assert!(
        visits.contains("PPC 1 1") && visits.contains("Referral 1 1") && visits.contains("not known 0 0"),
        "{visits}"
    );
}

#[test]
fn no_name_key_value_reason_header_or_file_becomes_markup() {
    let evil = "<img src=x onerror=alert(1)>";
    // A file's name has no slash, so the tag has none.
    let rules = format!(
        "## {evil}\nentity `{evil}` from \"{evil}.csv\"\n    id: key from \"{evil}\"\n    ## {evil}\n    lead source: text from \"{evil} source\"\n    \
         `{evil} n`: number from \"{evil} n\"\n\nevent `{evil} event` of `{evil}` from \"{evil} events.csv\"\n    at: time\n    what: text\n\n\
         ## {evil}\n## owner: {evil}\n`{evil} term`\n    when `{evil} n` > 1 because \"{evil}\"\n    unless lead source = \"{evil}\" because \"{evil}\"\n\n\
         `{evil} last` when last(`{evil} event`.what) = \"{evil}\"\n\n\
         score `{evil} score`\n    +1 when `{evil} term` because \"{evil}\"\n\n`{evil} choice` is\n    \"{evil}\" when `{evil} term`\n    \"b\" otherwise\n\n\
         funnel `{evil} funnel`\n    `{evil} term`\n\nmetric `{evil} metric` = count(`{evil}`) by lead source\n"
    );
    let data = format!("{evil},{evil} source,{evil} n\n{evil},{evil},5\nb,{evil},{evil}\nc,{evil} too,\n");
    let events =
        format!("{evil} id,at,what\n{evil},2026-05-01 10:00,{evil}\n{evil},{evil},x\n{evil} gone,2026-05-01 10:00,x\n");
    let page = report(
        &[(&format!("{evil}.lead"), &rules)],
        &[(&format!("{evil}.csv"), &data), (&format!("{evil} events.csv"), &events)],
    );
    page.is_whole();
    assert!(page.text.matches("&lt;img src=x onerror=alert(1)&gt;").count() > 50);
    for tag in page.tags() {
        assert!(!tag.starts_with("img"), "{tag}");
        // Inside of attributes it is escaped, and so is no tag's end.
        assert!(!tag.contains("onerror=alert(1)") || tag.contains("&lt;img src=x onerror=alert(1)&gt;"), "{tag}");
    }
    assert!(!page.text.contains(evil));
}

#[test]
fn a_report_of_no_records_is_a_page() {
    report(&[("a.lead", RULES)], &[("contacts.csv", "id,employees,lead source\n"), ("visits.csv", "contact id,at\n")])
        .is_whole();
}
