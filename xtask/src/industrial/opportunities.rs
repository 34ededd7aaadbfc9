//! Opportunities of companies: who plays which role, how they moved through the stages, when they were put off, what was
//! ordered; and champions who change employer.

use super::PRODUCTS;
use super::SOURCES;
use super::calendar::{self, AS_OF};
use super::companies::{Company, Warmth};
use super::contacts::{Contact, Level};
use crate::output::{Csv, Generated};
use crate::random::Random;

struct Files {
    opportunities: Csv,
    roles: Csv,
    stages: Csv,
    dates: Csv,
    orders: Csv,
}

/// A deal that was won: its company, its day and its mobilizer.
struct Win {
    company: usize,
    day: i64,
    mobilizer: Option<usize>,
}

const BUYING_ROLES: [&str; 8] = [
    "mobilizer",
    "decision maker",
    "maintenance",
    "procurement",
    "financial buyer",
    "technical evaluator",
    "user",
    "blocker",
];

/// `opportunities.csv`, `roles.csv`, `stage_changes.csv`, `date_changes.csv`, `orders.csv` and `job_changes.csv`. People who
/// change employer are moved in `contacts`.
pub fn make(companies: &[Company], contacts: &mut [Contact]) -> Vec<Generated> {
    let mut files = Files {
        opportunities: Csv::new(
            "Record ID,Title,Company ID,Requirement,Product line,Buying process,Lead source,Amount,Needed by,Why they buy,\
             Risk of waiting,Why us,Approval path",
        ),
        roles: Csv::new("Opportunity ID,Contact ID,Buying role,Agrees"),
        stages: Csv::new("Opportunity ID,At,From,To"),
        dates: Csv::new("Opportunity ID,At,From,To"),
        orders: Csv::new("Order ID,Opportunity ID,On,Amount"),
    };
    let mut number = 0;
    let mut wins = Vec::new();
    for (k, company) in companies.iter().enumerate() {
        let mut r = Random::of("deals", k);
        let many = match company.warmth {
            Warmth::Cold => 0,
            Warmth::Warm => i64::from(r.chance(12)),
            Warmth::Hot => r.range(0, 2),
            Warmth::Customer => r.range(1, 3),
        };
        let mut people: Vec<&Contact> =
            contacts.iter().filter(|c| c.company == Some(k) && c.mail && c.level >= Level::Visitor).collect();
        people.sort_by_key(|c| std::cmp::Reverse(c.level));
        for n in 0..many {
            number += 1;
            let must_win = company.warmth == Warmth::Customer && n == 0;
            wins.extend(one(number, k, company, must_win, &people, &mut files));
        }
    }
    files.roles.row(&["D900", "C0100", "user", "yes"]);
    files.roles.row(&["D001", "C9100", "user", "yes"]);
    files.orders.row(&["B900", "D901", "2026-02-10", "1999.00"]);
    let jobs = job_changes(companies, contacts, &wins);
    vec![
        files.opportunities.named("opportunities.csv"),
        files.roles.named("roles.csv"),
        files.stages.named("stage_changes.csv"),
        files.dates.named("date_changes.csv"),
        files.orders.named("orders.csv"),
        jobs,
    ]
}

fn one(n: usize, k: usize, company: &Company, must_win: bool, people: &[&Contact], files: &mut Files) -> Option<Win> {
    let mut r = Random::of("deal", n);
    let id = format!("D{n:03}");
    let start = if must_win { r.range(5, 480) } else { r.range(60, AS_OF - 10) };
    let product = r.pick(&PRODUCTS);
    let amount = r.range(4, 90) * r.range(1, 12) * 1000 + r.range(0, 99) * 10;
    // Stages, one after the other, until the as-of day or the end.
    let path = ["Identified", "Qualified", "Proposal", "Negotiation"];
    let reached = if must_win { 4 } else { r.range(1, 6).min(4) };
    let mut day = start;
    let mut last = "";
    let mut won = None;
    for stage in &path[..reached as usize] {
        if day >= AS_OF {
            break;
        }
        files.stages.row(&[&id, &calendar::minute(calendar::working_hours(&mut r, day)), last, stage]);
        last = stage;
        day += r.range(6, 80);
    }
    let closes = must_win || (last == "Negotiation" && r.chance(60));
    if closes && day < AS_OF && last == "Negotiation" {
        let end = if must_win || r.chance(45) { "Won" } else { "Lost" };
        files.stages.row(&[&id, &calendar::minute(calendar::working_hours(&mut r, day)), last, end]);
        last = end;
        won = (end == "Won").then_some(day);
    }
    let progress = path.iter().position(|s| *s == last).map_or(4, |p| p as i64);
    let mobilizer = roles(&mut r, &id, progress, people, files);

    // Put off, once or more, often into a later fiscal year.
    let mut needed = start + r.range(90, 520);
    if r.chance(38) {
        let mut changed = start;
        for _ in 0..r.range(1, 3) {
            changed += r.range(20, 120);
            if changed >= AS_OF {
                break;
            }
            let to = needed + r.range(-20, 300);
            let at = calendar::minute(calendar::working_hours(&mut r, changed));
            files.dates.row(&[&id, &at, &calendar::date(needed), &calendar::date(to)]);
            needed = to;
        }
    }
    if let Some(day) = won {
        for order in 0..r.range(1, 5) {
            let on = day + order * r.range(40, 160);
            if on < AS_OF {
                let value = amount * 100 / r.range(1, 4) + r.range(0, 99);
                let key = format!("B{n:03}-{}", order + 1);
                let value = format!("{}.{:02}", value / 100, value % 100);
                files.orders.row(&[&key, &id, &calendar::date(on), &value]);
            }
        }
    }
    let told = |r: &mut Random, text: &str| if r.chance(45 + progress * 14) { text.to_owned() } else { String::new() };
    let requirement =
        if r.chance(88) { format!("replace {} of line {}", product, r.range(1, 9)) } else { String::new() };
    let source = r.weighted(&SOURCES);
    let why = r.pick(&["two stops a month", "energy cost up by a third", "the auditor asked for it"]);
    let row = [
        id,
        format!("{product} for {}", company.name),
        company.id.clone(),
        requirement,
        if r.chance(95) { product } else { "compressors" }.to_owned(),
        r.weighted(&[("standard", 55), ("tender", 22), ("repeat", 18), ("", 5)]).to_owned(),
        source.to_owned(),
        if r.chance(94) { format!("{amount}.00") } else { String::new() },
        if r.chance(93) { calendar::date(needed) } else { String::new() },
        told(&mut r, why),
        told(&mut r, "another season with the old plant"),
        told(&mut r, "service within a day"),
        told(&mut r, "plant manager, then board"),
    ];
    files.opportunities.row(&row.iter().map(String::as_str).collect::<Vec<_>>());
    won.map(|day| Win { company: k, day, mobilizer })
}

/// Hands out roles; gives the mobilizer back.
fn roles(r: &mut Random, id: &str, progress: i64, people: &[&Contact], files: &mut Files) -> Option<usize> {
    let wanted = r.range(2, 4 + progress).min(people.len() as i64);
    // Mostly those who have come furthest.
    let from = if r.chance(70) { 0 } else { r.range(0, people.len().max(1) as i64 - 1) as usize };
    let mut mobilizer = None;
    for n in 0..wanted as usize {
        let person = people[(from + n) % people.len()];
        let role = if r.chance(80) { BUYING_ROLES[n % BUYING_ROLES.len()] } else { r.pick(&BUYING_ROLES) };
        let agrees = match person.level {
            Level::Qualified => r.weighted(&[("yes", 85), ("no", 5), ("", 10)]),
            _ => r.weighted(&[("yes", 40), ("no", 30), ("", 30)]),
        };
        files.roles.row(&[id, &person.id, role, agrees]);
        if role == "mobilizer" {
            mobilizer = Some(person.number);
        }
    }
    mobilizer
}

fn job_changes(companies: &[Company], contacts: &mut [Contact], wins: &[Win]) -> Generated {
    let mut csv = Csv::new("Contact ID,On,From company ID,To company ID");
    let targets: Vec<usize> = (0..companies.len()).filter(|k| companies[*k].warmth == Warmth::Hot).collect();
    // Champions of deals won more than a year ago, and some others. Some of them need no form: they know us.
    let champions: Vec<(usize, usize)> =
        wins.iter().filter(|w| w.day < AS_OF - 370).filter_map(|w| Some((w.mobilizer?, w.company))).collect();
    let others = contacts
        .iter()
        .filter(|c| c.number % 67 == 5 && c.level >= Level::Visitor)
        .filter_map(|c| Some((c.number, c.company?)))
        .collect::<Vec<_>>();
    for (i, (person, from)) in champions.into_iter().chain(others).enumerate() {
        let mut r = Random::of("job", i);
        if i % 4 == 3 || contacts[person].moved {
            continue;
        }
        let to = targets[r.range(0, targets.len() as i64 - 1) as usize];
        let day = AS_OF - r.range(3, 420);
        contacts[person].moved = true;
        contacts[person].quiet = i % 3 == 1;
        contacts[person].company = Some(to);
        let to = if i == 10 { "K960" } else { companies[to].id.as_str() };
        csv.row(&[&contacts[person].id, &calendar::date(day), &companies[from].id, to]);
    }
    csv.named("job_changes.csv")
}
