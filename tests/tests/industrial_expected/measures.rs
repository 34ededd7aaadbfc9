//! What is expected of the metrics.

use std::collections::BTreeMap;

use super::Cell;
use super::contacts::Ask;
use super::logic::{Clock, months};
use super::rows::World;
use super::{companies, opportunities};

type Table = BTreeMap<String, Cell>;

/// A lead source as it compares: trimmed and in lower case; empty where unknown.
fn source(text: &Option<String>) -> String {
    text.as_deref().unwrap_or_default().trim().to_lowercase()
}

pub fn answers(w: &World, clock: &Clock) -> Vec<(&'static str, Table)> {
    let asks: Vec<Ask> = (0..w.contacts.len()).map(|who| Ask { world: w, clock, who }).collect();
    let by_source = |keep: &dyn Fn(&Ask) -> bool| {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for ask in asks.iter().filter(|a| keep(a)) {
            *counts.entry(source(&w.contacts[ask.who].source)).or_default() += 1.0;
        }
        counts
    };
    let leads = by_source(&|a| a.lead());
    let qualified = by_source(&|a| a.qualified_prospect() == Some(true));
    let mut spend: BTreeMap<String, f64> = BTreeMap::new();
    for (_, from, cents) in w.spend.iter().filter(|s| clock.within(s.0, months(18))) {
        *spend.entry(source(from)).or_default() += cents.unwrap_or_default() as f64 / 100.0;
    }
    let mut attempts: BTreeMap<String, f64> = BTreeMap::new();
    for ask in asks.iter().filter(|a| a.lead()) {
        let contact = &w.contacts[ask.who];
        let tries = contact.attempts.iter().filter(|(t, _)| clock.past(*t)).count() as f64;
        if tries > 0.0 {
            *attempts.entry(source(&contact.source)).or_default() += tries;
        }
    }
    let ordered = by_source(&|a| a.lead() && a.bought(None));
    let called: Vec<&Ask> = asks.iter().filter(|a| a.lead_a_year_ago()).collect();
    let hits = called.iter().filter(|a| a.bought(Some(months(12)))).count() as f64;
    let missed = asks.iter().filter(|a| !a.lead_a_year_ago() && a.bought(Some(months(12)))).count() as f64;
    let whole = |number: f64| Table::from([(String::new(), Cell::Number(Some(number)))]);
    vec![
        ("cost_per_lead", ratio(&spend, &leads, Some(10_000.0))),
        ("cost_per_qualified_prospect", ratio(&spend, &qualified, Some(10_000.0))),
        ("leads_to_orders", ratio(&ordered, &leads, None)),
        ("attempts_per_lead", ratio(&attempts, &leads, None)),
        ("customer_acquisition_cost", whole(acquisition_cost(w, clock))),
        ("hit_rate_of_last_year", whole(hits / called.len() as f64)),
        ("buyers_missed_last_year", whole(missed)),
        ("forecast_total", forecast(w, clock)),
    ]
}

/// A row for every key of either; nothing divided by nothing is unknown. Money is rounded to four places.
fn ratio(above: &BTreeMap<String, f64>, below: &BTreeMap<String, f64>, places: Option<f64>) -> Table {
    let keys = above.keys().chain(below.keys());
    keys.map(|key| {
        let (a, b) = (above.get(key).copied().unwrap_or_default(), below.get(key).copied().unwrap_or_default());
        let exact = (b != 0.0).then(|| a / b);
        (key.clone(), Cell::Number(exact.map(|x| places.map_or(x, |p| (x * p).round() / p))))
    })
    .collect()
}

fn acquisition_cost(w: &World, clock: &Clock) -> f64 {
    let (start, end) = clock.last_fiscal_year();
    let spent: i64 = w.spend.iter().filter(|s| start <= s.0 && s.0 < end).filter_map(|s| s.2).sum();
    let (before, after) = (clock.at(start - 1), clock.at(end));
    let new = (0..w.companies.len())
        .filter(|k| companies::customer(w, &after, *k) && !companies::customer(w, &before, *k))
        .count();
    (spent as f64 / 100.0 / new as f64 * 10_000.0).round() / 10_000.0
}

fn forecast(w: &World, clock: &Clock) -> Table {
    let mut totals: BTreeMap<String, f64> = BTreeMap::new();
    for (_, row) in opportunities::answers(w, clock) {
        let cell = |name: &str| row.iter().find(|c| c.0 == name).map(|c| c.1.clone());
        if let (Some(Cell::Text(Some(line))), Some(Cell::Number(value))) = (cell("forecast"), cell("expected_revenue"))
        {
            *totals.entry(line).or_default() += value.unwrap_or_default();
        }
    }
    totals.into_iter().map(|(line, total)| (line, Cell::Number(Some((total * 1e4).round() / 1e4)))).collect()
}
