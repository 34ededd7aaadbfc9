//! The rows of the exports.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::logic::{Micros, first_moment, zone};

type Row = HashMap<String, String>;

#[derive(Default)]
pub struct Contact {
    pub id: String,
    pub mail: Option<String>,
    pub phone: Option<String>,
    pub persona: Option<String>,
    pub relation: Option<String>,
    pub source: Option<String>,
    pub interests: Option<String>,
    pub company: Option<usize>,
    pub visits: Vec<Micros>,
    pub pages: Vec<(Micros, Option<String>)>,
    pub forms: Vec<Form>,
    /// Told at, buys on.
    pub plans: Vec<(Micros, Option<Date>)>,
    /// At, outcome.
    pub attempts: Vec<(Micros, Option<String>)>,
    pub sent: Vec<Micros>,
    pub opened: Vec<Micros>,
    pub clicked: Vec<Micros>,
    pub unsubscribes: Vec<Micros>,
    pub meetings: Vec<Micros>,
    pub discoveries: Vec<Discovery>,
    /// At, new company.
    pub moves: Vec<(Micros, Option<usize>)>,
}

pub struct Form {
    pub at: Micros,
    pub offer: Option<String>,
    pub kind: Option<String>,
    pub product: Option<String>,
}

pub struct Discovery {
    pub at: Micros,
    pub problem: Option<String>,
    pub carries: Option<bool>,
    pub judges: Option<bool>,
}

#[derive(Default)]
pub struct Company {
    pub id: String,
    pub industry: Option<String>,
    pub employees: Option<f64>,
    pub target: Option<bool>,
    pub parent: Option<usize>,
    /// At, strength.
    pub intent: Vec<(Micros, Option<f64>)>,
    pub people: Vec<usize>,
    pub deals: Vec<usize>,
    pub sites: Vec<usize>,
}

#[derive(Default)]
pub struct Deal {
    pub id: String,
    pub requirement: Option<String>,
    pub product: Option<String>,
    pub process: Option<String>,
    /// In cents.
    pub amount: Option<i64>,
    pub needed: Option<Date>,
    pub reasons: [Option<String>; 4],
    /// At, to.
    pub stages: Vec<(Micros, Option<String>)>,
    /// At, from, to.
    pub moves: Vec<(Micros, Option<Date>, Option<Date>)>,
    /// At, amount in cents.
    pub orders: Vec<(Micros, Option<i64>)>,
    pub roles: Vec<usize>,
}

pub struct Role {
    pub deal: Option<usize>,
    pub contact: Option<usize>,
    pub part: Option<String>,
    pub agrees: Option<bool>,
}

#[derive(Default)]
pub struct World {
    pub contacts: Vec<Contact>,
    pub companies: Vec<Company>,
    pub deals: Vec<Deal>,
    pub roles: Vec<Role>,
    /// At, source, cents.
    pub spend: Vec<(Micros, Option<String>, Option<i64>)>,
}

fn read(data: &Path, file: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().from_path(data.join(file)).unwrap();
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|r| headers.iter().map(str::to_owned).zip(r.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

fn text(row: &Row, header: &str) -> Option<String> {
    Some(row[header].trim().to_owned()).filter(|t| !t.is_empty())
}

fn date(row: &Row, header: &str) -> Option<Date> {
    row[header].parse().ok()
}

fn yes(row: &Row, header: &str) -> Option<bool> {
    match row[header].as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn cents(row: &Row, header: &str) -> Option<i64> {
    let text = text(row, header)?;
    let (whole, part) = text.split_once('.').unwrap();
    Some(whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap())
}

/// A day, a local time, or one in UTC; a local time is taken as the zone that is given.
fn time_in(row: &Row, header: &str, local: &TimeZone) -> Option<Micros> {
    let text = row[header].as_str();
    if let Some(utc) = text.strip_suffix('Z') {
        let at: DateTime = utc.parse().ok()?;
        return Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond());
    }
    if text.len() == 10 {
        return Some(first_moment(text.parse().ok()?));
    }
    let at: DateTime = text.replace(' ', "T").parse().ok()?;
    // A time that the clocks skip moves on by the hour, one that they repeat is the first.
    Some(at.to_zoned(local.clone()).ok()?.timestamp().as_microsecond())
}

fn time(row: &Row, header: &str) -> Option<Micros> {
    time_in(row, header, &zone())
}

impl World {
    pub fn read(data: &Path) -> World {
        let mut w = World::default();
        let company_rows = read(data, "companies.csv");
        let companies: HashMap<String, usize> =
            company_rows.iter().enumerate().map(|(i, r)| (r["Record ID"].clone(), i)).collect();
        for row in &company_rows {
            w.companies.push(Company {
                id: row["Record ID"].clone(),
                industry: text(row, "Industry"),
                employees: row["Employees"].parse().ok(),
                target: yes(row, "Target account"),
                parent: companies.get(&row["Parent company ID"]).copied(),
                ..Company::default()
            });
        }
        for i in 0..w.companies.len() {
            if let Some(parent) = w.companies[i].parent {
                w.companies[parent].sites.push(i);
            }
        }
        let contact_rows = read(data, "contacts.csv");
        let contacts: HashMap<String, usize> =
            contact_rows.iter().enumerate().map(|(i, r)| (r["Record ID"].clone(), i)).collect();
        for (i, row) in contact_rows.iter().enumerate() {
            let company = companies.get(&row["Company ID"]).copied();
            w.contacts.push(Contact {
                id: row["Record ID"].clone(),
                mail: text(row, "E-mail"),
                phone: text(row, "Phone"),
                persona: text(row, "Persona"),
                relation: text(row, "Relation"),
                source: text(row, "Lead source"),
                interests: text(row, "Interests"),
                company,
                ..Contact::default()
            });
            if let Some(company) = company {
                w.companies[company].people.push(i);
            }
        }
        w.deals(data, &companies, &contacts);
        w.activity(data, &companies, &contacts);
        w
    }

    fn deals(&mut self, data: &Path, companies: &HashMap<String, usize>, contacts: &HashMap<String, usize>) {
        let rows = read(data, "opportunities.csv");
        let deals: HashMap<String, usize> = rows.iter().enumerate().map(|(i, r)| (r["Record ID"].clone(), i)).collect();
        for (i, row) in rows.iter().enumerate() {
            let company = companies.get(&row["Company ID"]).copied();
            if let Some(company) = company {
                self.companies[company].deals.push(i);
            }
            self.deals.push(Deal {
                id: row["Record ID"].clone(),
                requirement: text(row, "Requirement"),
                product: text(row, "Product line"),
                process: text(row, "Buying process"),
                amount: cents(row, "Amount"),
                needed: date(row, "Needed by"),
                reasons: ["Why they buy", "Risk of waiting", "Why us", "Approval path"].map(|h| text(row, h)),
                ..Deal::default()
            });
        }
        for row in read(data, "roles.csv") {
            let role = Role {
                deal: deals.get(&row["Opportunity ID"]).copied(),
                contact: contacts.get(&row["Contact ID"]).copied(),
                part: text(&row, "Buying role"),
                agrees: yes(&row, "Agrees"),
            };
            if let Some(deal) = role.deal {
                self.deals[deal].roles.push(self.roles.len());
            }
            self.roles.push(role);
        }
        for row in read(data, "stage_changes.csv") {
            if let (Some(deal), Some(at)) = (deals.get(&row["Opportunity ID"]), time(&row, "At")) {
                self.deals[*deal].stages.push((at, text(&row, "To")));
            }
        }
        for row in read(data, "date_changes.csv") {
            if let (Some(deal), Some(at)) = (deals.get(&row["Opportunity ID"]), time(&row, "At")) {
                self.deals[*deal].moves.push((at, date(&row, "From"), date(&row, "To")));
            }
        }
        for row in read(data, "orders.csv") {
            if let (Some(deal), Some(at)) = (deals.get(&row["Opportunity ID"]), time(&row, "On")) {
                self.deals[*deal].orders.push((at, cents(&row, "Amount")));
            }
        }
    }

    fn activity(&mut self, data: &Path, companies: &HashMap<String, usize>, contacts: &HashMap<String, usize>) {
        let mut each = |file: &str, header: &str, zone: &TimeZone, take: &mut dyn FnMut(&mut Contact, &Row, Micros)| {
            for row in read(data, file) {
                if let (Some(contact), Some(at)) = (contacts.get(&row["Contact ID"]), time_in(&row, header, zone)) {
                    take(&mut self.contacts[*contact], &row, at);
                }
            }
        };
        let berlin = zone();
        each("web.csv", "At", &berlin, &mut |c, row, at| match row["Type"].as_str() {
            "visit" => c.visits.push(at),
            _ => c.pages.push((at, text(row, "URL"))),
        });
        each("forms.csv", "Submitted on", &berlin, &mut |c, row, at| {
            let (offer, kind) = (text(row, "Offer"), text(row, "Offer kind"));
            c.forms.push(Form { at, offer, kind, product: text(row, "Product line") });
        });
        each("plans.csv", "Stated on", &berlin, &mut |c, row, at| c.plans.push((at, date(row, "Buys on"))));
        each("attempts.csv", "At", &berlin, &mut |c, row, at| c.attempts.push((at, text(row, "Outcome"))));
        each("emails.csv", "At", &TimeZone::UTC, &mut |c, row, at| match row["Type"].as_str() {
            "sent" => c.sent.push(at),
            "opened" => c.opened.push(at),
            _ => c.clicked.push(at),
        });
        each("unsubscribes.csv", "On", &berlin, &mut |c, _, at| c.unsubscribes.push(at));
        each("meetings.csv", "At", &berlin, &mut |c, _, at| c.meetings.push(at));
        each("discoveries.csv", "At", &berlin, &mut |c, row, at| {
            let problem = text(row, "Problem");
            let (carries, judges) = (yes(row, "Carries consequences"), yes(row, "Judges value"));
            c.discoveries.push(Discovery { at, problem, carries, judges });
        });
        each("job_changes.csv", "On", &berlin, &mut |c, row, at| {
            c.moves.push((at, companies.get(&row["To company ID"]).copied()));
        });
        for row in read(data, "intent.csv") {
            if let (Some(company), Some(at)) = (companies.get(&row["Company ID"]), time(&row, "On")) {
                self.companies[*company].intent.push((at, row["Strength"].parse().ok()));
            }
        }
        for row in read(data, "spend.csv") {
            if let Some(at) = time(&row, "Month") {
                self.spend.push((at, text(&row, "Lead source"), cents(&row, "Amount")));
            }
        }
    }
}
