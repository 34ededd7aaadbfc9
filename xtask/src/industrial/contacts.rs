//! Contacts: people at companies, known or anonymous.

use super::calendar::{self, AS_OF};
use super::companies::{Company, Warmth};
use super::{PRODUCTS, SOURCES};
use crate::output::{Csv, Generated};
use crate::random::Random;

/// How many.
pub const COUNT: usize = 2000;

/// How far a contact has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// In the database.
    Silent,
    /// Looked once.
    Visitor,
    /// Reads a lot without saying who it is.
    Reader,
    /// Took something light.
    Lead,
    /// Asked for something substantial.
    Prospect,
    /// Has a problem that we solve, and a say.
    Qualified,
}

/// A contact.
pub struct Contact {
    /// Its key.
    pub id: String,
    /// Its number.
    pub number: usize,
    /// How far it has come.
    pub level: Level,
    /// Index of its company.
    pub company: Option<usize>,
    /// Whether the person changed employer.
    pub moved: bool,
    /// Whether the person never fills in a form.
    pub quiet: bool,
    /// The day around which most happens.
    pub peak: i64,
    /// What it is interested in.
    pub product: &'static str,
    /// Whether an e-mail address is known.
    pub mail: bool,
    /// Whether periodic e-mails are sent.
    pub opted_in: bool,
}

const GIVEN: [&str; 24] = [
    "Anna", "Bernd", "Clara", "David", "Elif", "Frank", "Greta", "Hannes", "Ines", "Jakub", "Katja", "Lukas", "Marta",
    "Nils", "Olga", "Paul", "Rosa", "Stefan", "Tanja", "Uwe", "Vera", "Willem", "Yusuf", "Zoe",
];
const FAMILY: [&str; 20] = [
    "Adler", "Brandt", "Conrad", "Dietz", "Ebert", "Frey", "Graf", "Huber", "Iwan", "Jansen", "Kern", "Lang", "Maier",
    "Nowak", "Otto", "Pohl", "Roth", "Sauer", "Thoma", "Vogt",
];

/// Makes all contacts.
pub fn make(companies: &[Company]) -> Vec<Contact> {
    (0..COUNT).map(|i| one(i, companies)).collect()
}

fn one(i: usize, companies: &[Company]) -> Contact {
    let mut r = Random::of("contact", i);
    // Some companies have many people in the database, most a few.
    let company = match r.range(0, 99) {
        0..=7 => None,
        8..=45 => Some((r.range(0, companies.len() as i64 - 1) * r.range(0, 99) / 99) as usize),
        _ => Some(r.range(0, companies.len() as i64 - 1) as usize),
    };
    let warmth = company.map_or(Warmth::Warm, |c| companies[c].warmth);
    let n = r.range(0, 99);
    use Level::{Lead, Prospect, Qualified, Reader, Silent, Visitor};
    let steps = match warmth {
        Warmth::Cold => [60, 88, 97, 100, 100],
        Warmth::Warm => [30, 52, 78, 97, 100],
        Warmth::Hot => [16, 28, 42, 62, 80],
        Warmth::Customer => [22, 34, 44, 62, 78],
    };
    let level = match steps.iter().position(|s| n < *s) {
        Some(0) => Silent,
        Some(1) => Visitor,
        Some(2) => Reader,
        Some(3) => Lead,
        Some(4) => Prospect,
        _ => Qualified,
    };
    // More of it lately, some of it long ago.
    let reach = if level >= Prospect && r.chance(60) { 14 } else { 27 };
    let peak = AS_OF - 6 - r.range(0, reach) * r.range(0, reach);
    let mail = match level {
        Reader => r.chance(8),
        Visitor => r.chance(55),
        _ => r.chance(96),
    };
    Contact {
        id: format!("C{:04}", i + 1),
        number: i,
        level,
        company,
        moved: false,
        quiet: false,
        peak,
        product: r.pick(&PRODUCTS),
        mail,
        opted_in: mail && r.chance(72),
    }
}

/// `contacts.csv`
pub fn file(contacts: &[Contact], companies: &[Company]) -> Generated {
    let mut csv = Csv::new(
        "Record ID,Name,E-mail,Phone,Job title,Persona,Relation,Lead source,Created on,Opted in,Interests,Company ID",
    );
    for c in contacts {
        let row = cells(c, companies);
        csv.row(&row.iter().map(String::as_str).collect::<Vec<_>>());
    }
    csv.named("contacts.csv")
}

fn cells(c: &Contact, companies: &[Company]) -> Vec<String> {
    let i = c.number;
    let mut r = Random::of("contact fields", i);
    let (given, family) = (r.pick(&GIVEN), r.pick(&FAMILY));
    let relation = match c.company.map(|k| companies[k].warmth) {
        Some(Warmth::Customer) => r.weighted(&[("customer", 85), ("prospect", 10), ("", 5)]),
        _ => r.weighted(&[
            ("prospect", 76),
            ("vendor", 5),
            ("competitor", 3),
            ("journalist", 2),
            ("employee", 3),
            ("", 11),
        ]),
    };
    let domain = match (relation, c.company) {
        ("employee", _) => "halvern.example",
        (_, Some(k)) => companies[k].domain.as_str(),
        _ => "mail.example",
    };
    let named = c.mail || c.level == Level::Silent;
    let persona =
        r.weighted(&[("engineer", 38), ("maintenance", 24), ("procurement", 16), ("management", 14), ("", 8)]);
    let title = match persona {
        "engineer" => r.pick(&["Design engineer", "Process engineer", "Head of engineering"]),
        "maintenance" => r.pick(&["Maintenance manager", "Plant technician", "Head of maintenance"]),
        "procurement" => r.pick(&["Buyer", "Strategic purchaser", "Head of procurement"]),
        "management" => r.pick(&["Managing director", "Plant manager", "Chief financial officer"]),
        _ => "",
    };
    let source = r.weighted(&SOURCES);
    let source = match i % 211 {
        3 => source.to_uppercase(),
        17 => format!(" {}", source.to_lowercase()),
        40 => "Webinar 2019".to_owned(),
        77 => String::new(),
        _ => source.to_owned(),
    };
    let other = r.pick(&PRODUCTS);
    let interests = match r.range(0, 9) {
        0 | 1 if c.level >= Level::Lead => c.product.to_owned(),
        2 if c.level >= Level::Lead && other != c.product => format!("{};{other}", c.product),
        _ => String::new(),
    };
    let company = match (i, c.company) {
        // Deleted in the CRM, still named here.
        (150 | 775 | 1340, _) => "K950".to_owned(),
        (_, Some(k)) => companies[k].id.clone(),
        _ => String::new(),
    };
    let when = |known: bool, text: String| if known { text } else { String::new() };
    let phone = named && r.chance(45);
    vec![
        c.id.clone(),
        when(named, format!("{given} {family}")),
        when(c.mail, format!("{}.{}{}@{domain}", given.to_lowercase(), family.to_lowercase(), i + 1)),
        when(phone, format!("+49 30 55{:04}", i)),
        when(named, title.to_owned()),
        when(named, persona.to_owned()),
        when(named, relation.to_owned()),
        source,
        calendar::date((c.peak - r.range(70, 300)).max(-200)),
        when(c.mail, (if c.opted_in { "yes" } else { "no" }).to_owned()),
        interests,
        company,
    ]
}
