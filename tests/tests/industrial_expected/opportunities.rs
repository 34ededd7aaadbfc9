//! What is expected of every opportunity.

use super::contacts::Ask;
use super::logic::{Clock, DAY, Tri, and, first_moment, fiscal_year_of, months, not, one_of, same};
use super::rows::World;
use super::{Cell, Expected};

pub fn answers(world: &World, clock: &Clock) -> Expected {
    (0..world.deals.len()).map(|d| (world.deals[d].id.clone(), all(world, clock, d))).collect()
}

fn all(w: &World, clock: &Clock, d: usize) -> Vec<(&'static str, Cell)> {
    vec![
        ("stage", Cell::Text(stage(w, clock, d))),
        ("closed", Cell::Yes(closed(w, clock, d))),
        ("won", Cell::Yes(Some(won(w, clock, d)))),
        ("defined_programme", Cell::Yes(defined_programme(w, clock, d))),
        ("project", Cell::Yes(project(w, clock, d))),
        ("roles_engaged", Cell::Number(Some(roles_engaged(w, clock, d) as f64))),
        ("roles_wanted", Cell::Number(Some(roles_wanted(w, d) as f64))),
        ("qualified_project", Cell::Yes(qualified(w, clock, d))),
        ("pushed_to_a_later_fiscal_year", Cell::Yes(Some(pushed(w, clock, d)))),
        ("stuck_project", Cell::Yes(stuck(w, clock, d))),
        ("forecast", Cell::Text(Some(forecast(w, clock, d).to_owned()))),
        ("expected_revenue", Cell::Number(expected(w, clock, d))),
        ("bright_line", Cell::Text(Some(bright_line(w, clock, d).to_owned()))),
        ("sales_process", Cell::Text(process(w, clock, d).map(str::to_owned))),
    ]
}

fn stage(w: &World, clock: &Clock, d: usize) -> Option<String> {
    let known = w.deals[d].stages.iter().filter(|(t, _)| clock.past(*t));
    // Among equal times the greatest text, as it compares.
    known.filter_map(|(t, to)| Some((*t, to.clone()?))).max_by_key(|(t, to)| (*t, to.to_lowercase())).map(|(_, to)| to)
}

pub fn closed(w: &World, clock: &Clock, d: usize) -> Tri {
    one_of(&stage(w, clock, d), &["Won", "Lost"])
}

pub fn won(w: &World, clock: &Clock, d: usize) -> bool {
    w.deals[d].stages.iter().any(|(t, to)| clock.past(*t) && same(to, "Won") == Some(true))
}

pub fn defined_programme(w: &World, clock: &Clock, d: usize) -> Tri {
    let deal = &w.deals[d];
    let (start, end) = clock.fiscal_year();
    let due = deal.needed.map(|day| (start..end).contains(&first_moment(day)));
    and(&[Some(deal.requirement.is_some()), not(closed(w, clock, d)), due])
}

pub fn project(w: &World, clock: &Clock, d: usize) -> Tri {
    let deal = &w.deals[d];
    let agreed = deal.roles.iter().map(|r| &w.roles[*r]).any(|role| {
        role.agrees == Some(true)
            && role.contact.is_some_and(|who| Ask { world: w, clock, who }.qualified_prospect() == Some(true))
    });
    let ours = one_of(&deal.product, &["pumps", "valves", "sensors", "drives"]);
    and(&[Some(deal.requirement.is_some()), ours, Some(agreed)])
}

fn roles_engaged(w: &World, clock: &Clock, d: usize) -> usize {
    let roles = w.deals[d].roles.iter().map(|r| &w.roles[*r]);
    let engaged = roles.filter(|r| r.contact.is_some_and(|who| Ask { world: w, clock, who }.engaged()));
    let mut parts: Vec<String> = engaged.filter_map(|r| Some(r.part.as_ref()?.to_lowercase())).collect();
    parts.sort();
    parts.dedup();
    parts.len()
}

fn by_process<T>(w: &World, d: usize, tender: T, repeat: T, other: T) -> T {
    let process = &w.deals[d].process;
    if same(process, "tender") == Some(true) {
        tender
    } else if same(process, "repeat") == Some(true) {
        repeat
    } else {
        other
    }
}

fn roles_wanted(w: &World, d: usize) -> usize {
    by_process(w, d, 4, 2, 3)
}

pub fn qualified(w: &World, clock: &Clock, d: usize) -> Tri {
    let told = w.deals[d].reasons.iter().all(Option::is_some);
    let enough = roles_engaged(w, clock, d) >= roles_wanted(w, d);
    and(&[project(w, clock, d), Some(enough), Some(told)])
}

pub fn pushed(w: &World, clock: &Clock, d: usize) -> bool {
    w.deals[d].moves.iter().any(|(t, from, to)| {
        let later = from.zip(*to).is_some_and(|(from, to)| fiscal_year_of(to) > fiscal_year_of(from));
        later && clock.within(*t, months(24))
    })
}

fn age(w: &World, clock: &Clock, d: usize) -> Option<i64> {
    let last = w.deals[d].stages.iter().map(|s| s.0).filter(|t| clock.past(*t)).max()?;
    Some(clock.now() - last)
}

fn stuck(w: &World, clock: &Clock, d: usize) -> Tri {
    let patience = by_process(w, d, 180, 45, 90) * DAY;
    let long = age(w, clock, d).map(|a| a > patience);
    and(&[qualified(w, clock, d), not(closed(w, clock, d)), long])
}

fn forecast(w: &World, clock: &Clock, d: usize) -> &'static str {
    let negotiating = same(&stage(w, clock, d), "Negotiation");
    if closed(w, clock, d) == Some(true) {
        "closed"
    } else if and(&[qualified(w, clock, d), negotiating]) == Some(true) {
        "commit"
    } else if qualified(w, clock, d) == Some(true) {
        "best case"
    } else if project(w, clock, d) == Some(true) {
        "pipeline"
    } else {
        "omitted"
    }
}

fn expected(w: &World, clock: &Clock, d: usize) -> Option<f64> {
    let percent = match forecast(w, clock, d) {
        _ if won(w, clock, d) => 100,
        "commit" => 80,
        "best case" => 50,
        "pipeline" => 20,
        _ => 0,
    };
    // Amounts have whole cents, so a percentage of one has four places at most.
    w.deals[d].amount.map(|cents| (cents * percent) as f64 / 10_000.0)
}

fn bright_line(w: &World, clock: &Clock, d: usize) -> &'static str {
    let open = not(closed(w, clock, d));
    let old = age(w, clock, d).map(|a| a > 180 * DAY);
    let put_off = w.deals[d].moves.iter().filter(|m| clock.past(m.0)).count() >= 3;
    let blocked = w.deals[d].roles.iter().any(|r| same(&w.roles[*r].part, "blocker") == Some(true));
    if and(&[open, not(project(w, clock, d)), old]) == Some(true) {
        "walk away: nobody agrees that it must be solved"
    } else if and(&[open, Some(put_off)]) == Some(true) {
        "walk away: put off three times"
    } else if and(&[open, Some(blocked)]) == Some(true) {
        "talk to the blocker"
    } else {
        "go on"
    }
}

fn process(w: &World, clock: &Clock, d: usize) -> Option<&'static str> {
    if won(w, clock, d) {
        Some("won")
    } else if qualified(w, clock, d) == Some(true) {
        Some("qualified project")
    } else {
        (project(w, clock, d) == Some(true)).then_some("project")
    }
}
