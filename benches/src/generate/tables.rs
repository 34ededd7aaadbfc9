//! All tables but the events. What one table has to know of another is a function of the row, not kept.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::DataType::{Boolean, Float64, Int64, Utf8};

use super::Amounts;
use super::random::{Random, key, scatter};
use super::write::{Failure, ROWS, TIME, TableWriter, schema};

/// 2026-07-01, the as-of time of the lexicons, in seconds.
pub const AS_OF: i64 = 1_782_864_000;
/// How far back the events go.
pub const SPAN: i64 = 730 * 86_400;

/// Numbers of tables, for their streams of randomness and their keys.
const COMPANIES: u64 = 1 << 40;
const CONTACTS: u64 = 2 << 40;
const PROJECTS: u64 = 3 << 40;
const ROLES: u64 = 4 << 40;
const EMPLOYER: u64 = 5 << 40;
const CLIENT: u64 = 6 << 40;
/// Of the events.
pub const EVENTS: u64 = 7 << 40;

const COUNTRIES: &[&str] = &[
    "US", "DE", "GB", "FR", "CA", "NL", "AU", "IT", "ES", "SE", "CH", "AT", "PL", "BE", "DK", "NO", "FI", "IE", "JP",
    "BR",
];
const INDUSTRIES: &[(&str, f64)] = &[
    ("Software", 12.0),
    ("Manufacturing", 14.0),
    ("Financial Services", 9.0),
    ("Healthcare", 8.0),
    ("Telecommunications", 4.0),
    ("Retail", 9.0),
    ("Energy", 5.0),
    ("Education", 6.0),
    ("Logistics", 6.0),
    ("Media", 5.0),
    ("Insurance", 5.0),
    ("Chemicals", 4.0),
    ("Construction", 5.0),
    ("Public Sector", 4.0),
    ("Hospitality", 2.0),
    ("Other", 2.0),
];
const PARTS: &[(&str, f64)] = &[
    ("user", 34.0),
    ("influencer", 20.0),
    ("technical_evaluator", 14.0),
    ("gatekeeper", 11.0),
    ("decision_maker", 8.0),
    ("champion", 7.0),
    ("economic_buyer", 6.0),
];
const SOURCES: &[(&str, f64)] = &[
    ("organic", 100.0),
    ("paid_search", 50.0),
    ("paid_social", 33.0),
    ("referral", 25.0),
    ("event", 20.0),
    ("partner", 17.0),
    ("outbound", 14.0),
    ("content", 12.0),
    ("webinar", 11.0),
    ("direct", 10.0),
];
const STAGES: &[(&str, f64)] = &[
    ("discovery", 20.0),
    ("qualification", 15.0),
    ("proposal", 12.0),
    ("negotiation", 8.0),
    ("closed_won", 25.0),
    ("closed_lost", 20.0),
];
const RANKS: &[&str] = &["Chief", "VP", "Director", "Head of", "Senior", "Junior", "Lead", "Manager,"];
const FIELDS: &[&str] =
    &["Marketing", "Sales", "Engineering", "IT", "Finance", "Operations", "Purchasing", "HR, EMEA", "Product", "Data"];

/// Offers by kind: mostly reading, some to talk about, few meetings.
const KINDS: &[(&str, u64)] = &[("informational", 26), ("substantial", 10), ("meeting", 4)];
/// How many offers there are.
pub const OFFERS: u64 = 40;

/// The name of an offer.
pub fn offer(number: u64) -> (String, &'static str) {
    let mut left = number;
    for (kind, many) in KINDS {
        if left < *many {
            return (format!("{kind}-{left:02}"), kind);
        }
        left -= many;
    }
    (format!("other-{number:02}"), "informational")
}

/// Columns under construction and their files.
struct Rows<'a> {
    writer: TableWriter,
    schema: arrow_schema::SchemaRef,
    finish: &'a dyn Fn(&mut Builders) -> Vec<ArrayRef>,
}

/// A builder per type of column, as many as any table here needs.
#[derive(Default)]
struct Builders {
    text: [StringBuilder; 8],
    whole: Int64Builder,
    number: Float64Builder,
    yes_no: [BooleanBuilder; 2],
    time: [TimestampMicrosecondBuilder; 2],
}

impl Rows<'_> {
    fn flush(&mut self, builders: &mut Builders) -> Result<(), Failure> {
        let columns = (self.finish)(builders);
        self.writer.write(&RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

/// Writes a table: `row` appends one row to the builders, `finish` takes the columns out of them.
fn table(
    folder: &Path,
    name: &str,
    columns: &[(&str, arrow_schema::DataType)],
    rows: u64,
    mut row: impl FnMut(u64, &mut Builders),
    finish: &dyn Fn(&mut Builders) -> Vec<ArrayRef>,
) -> Result<(), Failure> {
    let schema = schema(columns);
    let mut out = Rows { writer: TableWriter::new(folder, name, &schema)?, schema, finish };
    let mut builders = Builders::default();
    for number in 0..rows {
        row(number, &mut builders);
        if (number + 1) % ROWS as u64 == 0 {
            out.flush(&mut builders)?;
        }
    }
    out.flush(&mut builders)?;
    out.writer.close()
}

fn texts<const N: usize>(b: &mut Builders) -> [ArrayRef; N] {
    std::array::from_fn(|i| Arc::new(b.text[i].finish()) as ArrayRef)
}

/// An early row, more likely than a late one: the first companies are the largest.
fn skewed(random: &mut Random, n: u64) -> u64 {
    let place = libm::pow(random.unit(), 1.4) * n as f64;
    (place as u64).min(n - 1)
}

/// Where a contact works, if that is known.
fn employer(contact: u64, amounts: Amounts) -> Option<u64> {
    let mut random = Random::of(EMPLOYER, contact);
    random.chance(0.8).then(|| skewed(&mut random, amounts.companies))
}

/// Whose project it is.
fn client(project: u64, amounts: Amounts) -> u64 {
    skewed(&mut Random::of(CLIENT, project), amounts.companies)
}

fn country(random: &mut Random) -> &'static str {
    // The first is twice as likely as the second, three times as the third.
    let harmonic: Vec<(&str, f64)> = COUNTRIES.iter().zip(1..).map(|(c, i)| (*c, 1.0 / f64::from(i))).collect();
    random.weighted(&harmonic)
}

/// The key of a contact.
pub fn contact_key(contact: u64, out: &mut String) {
    key("003L", CONTACTS + contact, out);
}

fn company_key(company: u64, out: &mut String) {
    key("001L", COMPANIES + company, out);
}

fn project_key(project: u64, out: &mut String) {
    key("006L", PROJECTS + project, out);
}

/// `offers`.
pub fn offers(folder: &Path) -> Result<(), Failure> {
    let row = |number, b: &mut Builders| {
        let (name, kind) = offer(number);
        b.text[0].append_value(name);
        b.text[1].append_value(kind);
    };
    table(folder, "offers", &[("offer", Utf8), ("kind", Utf8)], OFFERS, row, &|b| texts::<2>(b).to_vec())
}

/// `companies`.
pub fn companies(amounts: Amounts, folder: &Path) -> Result<(), Failure> {
    let columns = [
        ("company_id", Utf8),
        ("name", Utf8),
        ("industry", Utf8),
        ("country", Utf8),
        ("employees", Int64),
        ("annual_revenue", Float64),
        ("is_customer", Boolean),
        ("is_target", Boolean),
    ];
    let mut id = String::new();
    let row = |number, b: &mut Builders| {
        let mut r = Random::of(COMPANIES, number);
        company_key(number, &mut id);
        b.text[0].append_value(&id);
        let form = if r.chance(0.3) { ", Inc." } else { " GmbH" };
        b.text[1].append_value(format!("Works {number}{form}"));
        b.text[2].append_option(r.chance(0.95).then(|| r.weighted(INDUSTRIES)));
        b.text[3].append_option(r.chance(0.98).then(|| country(&mut r)));
        let employees = libm::exp(5.0 + 1.8 * r.bell()) as i64 + 1;
        b.whole.append_option(r.chance(0.92).then_some(employees));
        let revenue = employees as f64 * libm::round(libm::exp(11.5 + 0.6 * r.bell()));
        b.number.append_option(r.chance(0.85).then_some(revenue));
        b.yes_no[0].append_value(r.chance(0.08));
        b.yes_no[1].append_value(r.chance(0.15));
    };
    table(folder, "companies", &columns, amounts.companies, row, &|b| {
        let mut columns = texts::<4>(b).to_vec();
        columns.push(Arc::new(b.whole.finish()));
        columns.push(Arc::new(b.number.finish()));
        columns.extend(b.yes_no.iter_mut().map(|c| Arc::new(c.finish()) as ArrayRef));
        columns
    })
}

/// `contacts`.
pub fn contacts(amounts: Amounts, folder: &Path) -> Result<(), Failure> {
    let columns = [
        ("contact_id", Utf8),
        ("email", Utf8),
        ("company_id", Utf8),
        ("job_title", Utf8),
        ("country", Utf8),
        ("contact_type", Utf8),
        ("buying_role", Utf8),
        ("lead_source", Utf8),
        ("former_champion", Boolean),
        ("created_at", TIME),
    ];
    let kinds: &[(&str, f64)] = &[("person", 70.0), ("anonymous", 22.0), ("partner", 5.0), ("employee", 3.0)];
    let mut id = String::new();
    let row = |number, b: &mut Builders| {
        let mut r = Random::of(CONTACTS, number);
        let company = employer(number, amounts);
        contact_key(number, &mut id);
        b.text[0].append_value(&id);
        let host = company.unwrap_or(0);
        b.text[1].append_option(r.chance(0.7).then(|| format!("person{number}@works{host}.example")));
        b.text[2].append_option(company.map(|c| {
            company_key(c, &mut id);
            id.as_str()
        }));
        let title = |r: &mut Random| {
            let (rank, field) = (r.below(RANKS.len() as u64), r.below(FIELDS.len() as u64));
            format!("{} {}", RANKS[rank as usize], FIELDS[field as usize])
        };
        b.text[3].append_option(r.chance(0.85).then(|| title(&mut r)));
        b.text[4].append_option(r.chance(0.9).then(|| country(&mut r)));
        b.text[5].append_value(r.weighted(kinds));
        b.text[6].append_option(r.chance(0.7).then(|| r.weighted(PARTS)));
        b.text[7].append_option(r.chance(0.9).then(|| r.weighted(SOURCES)));
        b.yes_no[0].append_value(r.chance(0.02));
        let age = r.below((SPAN + 365 * 86_400) as u64) as i64;
        b.time[0].append_value((AS_OF - age) * 1_000_000);
    };
    table(folder, "contacts", &columns, amounts.contacts, row, &|b| {
        let mut columns = texts::<8>(b).to_vec();
        columns.push(Arc::new(b.yes_no[0].finish()));
        columns.push(Arc::new(b.time[0].finish()));
        columns
    })
}

/// `projects`.
pub fn projects(amounts: Amounts, folder: &Path) -> Result<(), Failure> {
    let columns = [
        ("project_id", Utf8),
        ("company_id", Utf8),
        ("stage", Utf8),
        ("amount", Float64),
        ("created_at", TIME),
        ("closed_at", TIME),
    ];
    let mut id = String::new();
    let row = |number, b: &mut Builders| {
        let mut r = Random::of(PROJECTS, number);
        project_key(number, &mut id);
        b.text[0].append_value(&id);
        company_key(client(number, amounts), &mut id);
        b.text[1].append_value(&id);
        let stage = r.weighted(STAGES);
        b.text[2].append_value(stage);
        let amount = libm::round(libm::exp(10.0 + r.bell()) * 100.0) / 100.0;
        b.number.append_option(r.chance(0.9).then_some(amount));
        let created = AS_OF - SPAN + r.below(SPAN as u64) as i64;
        b.time[0].append_value(created * 1_000_000);
        let took = (libm::log(1.0 - r.unit()) * -90.0 * 86_400.0) as i64;
        let closed = (created + took).min(AS_OF - 1) * 1_000_000;
        b.time[1].append_option(stage.starts_with("closed").then_some(closed));
    };
    table(folder, "projects", &columns, amounts.projects, row, &|b| {
        let mut columns = texts::<3>(b).to_vec();
        columns.push(Arc::new(b.number.finish()));
        columns.extend(b.time.iter_mut().map(|c| Arc::new(c.finish()) as ArrayRef));
        columns
    })
}

/// `project_roles`: up to eight people of the client's in each project.
pub fn roles(amounts: Amounts, folder: &Path) -> Result<(), Failure> {
    let (starts, people) = staff(amounts);
    let mut of_project = Vec::new();
    for project in 0..amounts.projects {
        let company = client(project, amounts) as usize;
        let staff = &people[starts[company] as usize..starts[company + 1] as usize];
        let wanted = scatter(ROLES + project) as usize % 9;
        let first = scatter(project) as usize;
        let taken = (0..wanted.min(staff.len())).map(|i| (project, staff[(first + i) % staff.len()]));
        of_project.extend(taken);
    }
    let parts: Vec<(&str, f64)> = PARTS.iter().map(|p| (p.0, 1.0)).collect();
    let mut id = String::new();
    let row = |number: u64, b: &mut Builders| {
        let (project, contact) = of_project[number as usize];
        project_key(project, &mut id);
        b.text[0].append_value(&id);
        contact_key(u64::from(contact), &mut id);
        b.text[1].append_value(&id);
        b.text[2].append_value(Random::of(ROLES, number).weighted(&parts));
    };
    let columns = [("project_id", Utf8), ("contact_id", Utf8), ("role", Utf8)];
    table(folder, "project_roles", &columns, of_project.len() as u64, row, &|b| texts::<3>(b).to_vec())
}

/// The contacts of all companies, one company after the other, and where each company's begin.
fn staff(amounts: Amounts) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; amounts.companies as usize + 1];
    let employers = || (0..amounts.contacts).filter_map(|c| Some((c, employer(c, amounts)? as usize)));
    for (_, company) in employers() {
        starts[company + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut people = vec![0u32; starts.last().copied().unwrap_or(0) as usize];
    for (contact, company) in employers() {
        people[next[company] as usize] = contact as u32;
        next[company] += 1;
    }
    (starts, people)
}
