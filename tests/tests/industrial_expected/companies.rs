//! What is expected of every company.

use super::contacts::{Ask, decayed};
use super::logic::{Clock, Tri, and, days, months, one_of, or, same};
use super::opportunities;
use super::rows::World;
use super::{Cell, Expected};

pub fn answers(world: &World, clock: &Clock) -> Expected {
    (0..world.companies.len()).map(|k| (world.companies[k].id.clone(), all(world, clock, k))).collect()
}

fn all(w: &World, clock: &Clock, k: usize) -> Vec<(&'static str, Cell)> {
    vec![
        ("anonymous_company_lead", Cell::Yes(Some(anonymous_company_lead(w, clock, k)))),
        ("prospect_company", Cell::Yes(Some(prospect_company(w, clock, k)))),
        ("new_prospect_company", Cell::Yes(Some(new_prospect_company(w, clock, k)))),
        ("fits_our_profile", Cell::Yes(fits(w, k))),
        ("data_qualified_company", Cell::Yes(data_qualified(w, clock, k))),
        ("target_company", Cell::Yes(target_company(w, k))),
        ("customer_company", Cell::Yes(Some(customer(w, clock, k)))),
        ("customer_group", Cell::Yes(group(w, clock, k))),
        ("customer_with_a_new_qualified_prospect", Cell::Yes(fresh(w, clock, k))),
        ("puts_projects_off", Cell::Yes(Some(puts_off(w, clock, k)))),
        ("problem_size", Cell::Number(Some(problem_size(w, clock, k) as f64 / 100.0))),
        ("company_engagement", Cell::Number(Some(engagement(w, clock, k)))),
        ("propensity_to_buy", Cell::Number(Some(propensity(w, clock, k)))),
        ("lifetime_value", Cell::Number(Some(lifetime_value(w, clock, k) as f64 / 10_000.0))),
        ("outreach", Cell::Text(Some(outreach(w, clock, k).to_owned()))),
    ]
}

fn people<'a>(w: &'a World, clock: &'a Clock, k: usize) -> impl Iterator<Item = Ask<'a>> {
    w.companies[k].people.iter().map(move |who| Ask { world: w, clock, who: *who })
}

pub fn customer(w: &World, clock: &Clock, k: usize) -> bool {
    w.companies[k].deals.iter().any(|d| w.deals[*d].orders.iter().any(|(t, _)| clock.past(*t)))
}

fn anonymous_company_lead(w: &World, clock: &Clock, k: usize) -> bool {
    people(w, clock, k).filter(Ask::anonymous_lead).count() >= 2
}

fn prospect_company(w: &World, clock: &Clock, k: usize) -> bool {
    let reached = w.companies[k].people.iter().any(|who| {
        let c = &w.contacts[*who];
        let by_phone = c.attempts.iter().any(|(t, o)| clock.within(*t, months(18)) && same(o, "reached") == Some(true));
        by_phone || c.meetings.iter().any(|t| clock.within(*t, months(18)))
    });
    reached && people(w, clock, k).any(|p| p.prospect())
}

pub fn new_prospect_company(w: &World, clock: &Clock, k: usize) -> bool {
    !customer(w, clock, k) && prospect_company(w, clock, k)
}

fn fits(w: &World, k: usize) -> Tri {
    let c = &w.companies[k];
    let industries = ["Machine building", "Automotive", "Chemicals", "Food processing", "Energy", "Aerospace"];
    and(&[one_of(&c.industry, &industries), c.employees.map(|n| (100.0..=5000.0).contains(&n))])
}

fn intent(w: &World, clock: &Clock, k: usize) -> bool {
    let signals = w.companies[k].intent.iter().filter(|(t, _)| clock.within(*t, days(30)));
    signals.filter_map(|s| s.1).sum::<f64>() >= 60.0
}

pub fn data_qualified(w: &World, clock: &Clock, k: usize) -> Tri {
    or(&[fits(w, k), Some(intent(w, clock, k))])
}

pub fn target_company(w: &World, k: usize) -> Tri {
    and(&[fits(w, k), w.companies[k].target])
}

fn customer_site(w: &World, clock: &Clock, k: usize) -> bool {
    w.companies[k].sites.iter().any(|s| customer(w, clock, *s))
}

fn group(w: &World, clock: &Clock, k: usize) -> Tri {
    let parent = w.companies[k].parent;
    or(&[
        Some(customer(w, clock, k)),
        parent.map(|p| customer(w, clock, p)),
        parent.map(|p| customer_site(w, clock, p)),
        Some(customer_site(w, clock, k)),
    ])
}

fn fresh(w: &World, clock: &Clock, k: usize) -> Tri {
    let new = people(w, clock, k).any(|p| p.became_qualified() == Some(true));
    and(&[group(w, clock, k), Some(new)])
}

fn puts_off(w: &World, clock: &Clock, k: usize) -> bool {
    w.companies[k].deals.iter().any(|d| opportunities::pushed(w, clock, *d))
}

/// Cents in open projects.
fn problem_size(w: &World, clock: &Clock, k: usize) -> i64 {
    let open = |d: &&usize| {
        let project = opportunities::project(w, clock, **d);
        let closed = opportunities::closed(w, clock, **d);
        and(&[project, super::logic::not(closed)]) == Some(true)
    };
    w.companies[k].deals.iter().filter(open).filter_map(|d| w.deals[*d].amount).sum()
}

fn engagement(w: &World, clock: &Clock, k: usize) -> f64 {
    let staff = || w.companies[k].people.iter().map(|who| &w.contacts[*who]);
    let forms = |kinds: &'static [&'static str]| {
        staff().flat_map(|c| &c.forms).filter(move |f| one_of(&f.kind, kinds) == Some(true)).map(|f| f.at)
    };
    let mut total = decayed(clock, 1.0, 25.0, 45, staff().flat_map(|c| &c.pages).map(|p| p.0));
    total += decayed(clock, 6.0, 24.0, 45, forms(&["informational"]));
    total += decayed(clock, 12.0, 48.0, 45, forms(&["substantial", "meeting"]));
    total += decayed(clock, 15.0, 45.0, 45, staff().flat_map(|c| &c.meetings).copied());
    if anonymous_company_lead(w, clock, k) {
        total += 10.0;
    }
    if same(&w.companies[k].industry, "Retail") == Some(true) {
        total -= 20.0;
    }
    total.clamp(0.0, 100.0)
}

fn propensity(w: &World, clock: &Clock, k: usize) -> f64 {
    let size = problem_size(w, clock, k);
    let mut total = (5.0 * people(w, clock, k).filter(Ask::engaged).count() as f64).min(20.0);
    total += (10.0 * people(w, clock, k).filter(|p| p.qualified_prospect() == Some(true)).count() as f64).min(30.0);
    for (holds, points) in [
        (fits(w, k) == Some(true), 15.0),
        (intent(w, clock, k), 10.0),
        (size >= 25_000_000, 15.0),
        ((5_000_000..=24_999_999).contains(&size), 5.0),
        (customer(w, clock, k), 10.0),
        (people(w, clock, k).any(|p| same(&w.contacts[p.who].relation, "competitor") == Some(true)), -20.0),
    ] {
        if holds {
            total += points;
        }
    }
    total.clamp(0.0, 100.0)
}

/// In ten-thousandths: 35% of what was ordered, rounded half up (amounts are not negative).
pub fn lifetime_value(w: &World, clock: &Clock, k: usize) -> i64 {
    let orders = w.companies[k].deals.iter().flat_map(|d| &w.deals[*d].orders);
    let cents: i64 = orders.filter(|(t, _)| clock.past(*t)).filter_map(|(_, cents)| *cents).sum();
    cents * 35
}

fn outreach(w: &World, clock: &Clock, k: usize) -> &'static str {
    let target = target_company(w, k) == Some(true);
    if customer(w, clock, k) {
        "keep the customer"
    } else if target {
        if prospect_company(w, clock, k) { "account team" } else { "targeted outreach" }
    } else if data_qualified(w, clock, k) == Some(true) && anonymous_company_lead(w, clock, k) {
        "call the readers"
    } else {
        "wait"
    }
}
