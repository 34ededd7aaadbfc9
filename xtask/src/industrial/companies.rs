//! Companies: groups, their sites, and companies that stand alone.

use crate::output::{Csv, Generated};
use crate::random::Random;

/// How many.
pub const COUNT: usize = 400;
const GROUPS: usize = 60;
const SITES: usize = 150;

/// How far a company has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warmth {
    /// Knows nothing of us.
    Cold,
    /// Reads.
    Warm,
    /// Talks.
    Hot,
    /// Has bought.
    Customer,
}

/// A company.
pub struct Company {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Internet domain.
    pub domain: String,
    /// How far it has come.
    pub warmth: Warmth,
    industry: &'static str,
    country: &'static str,
    employees: Option<i64>,
    flagged: &'static str,
    parent: Option<String>,
}

const FIRST: [&str; 20] = [
    "Alder", "Brunn", "Calder", "Dorn", "Elmen", "Falken", "Garten", "Hoch", "Isen", "Kessel", "Linden", "Mohr",
    "Norden", "Ostel", "Prell", "Quell", "Rade", "Silber", "Thal", "Weiden",
];
const SECOND: [&str; 12] =
    ["bach", "berg", "born", "brueck", "dorf", "feld", "hafen", "haus", "kamp", "mark", "stedt", "wald"];
const TRADE: [&str; 8] = ["Werke", "Technik", "Maschinenbau", "Chemie", "Systems", "Anlagen", "Foods", "Automation"];
const INDUSTRIES: [(&str, i64); 10] = [
    ("Machine building", 22),
    ("Automotive", 16),
    ("Chemicals", 14),
    ("Food processing", 11),
    ("Energy", 9),
    ("Aerospace", 6),
    ("Logistics", 6),
    ("Software", 6),
    ("Retail", 4),
    ("", 6),
];

/// Makes all companies.
pub fn make() -> Vec<Company> {
    (0..COUNT).map(one).collect()
}

/// The key of the company of a number.
pub fn id(number: usize) -> String {
    format!("K{:03}", number + 1)
}

fn one(i: usize) -> Company {
    let mut r = Random::of("company", i);
    let stem = format!("{}{}", FIRST[i % 20], SECOND[(i / 20 + i * 7) % 12]);
    let trade = TRADE[(i / 3) % 8];
    let warmth = match r.range(0, 99) {
        0..=38 => Warmth::Cold,
        39..=60 => Warmth::Warm,
        61..=84 => Warmth::Hot,
        _ => Warmth::Customer,
    };
    let industry = r.weighted(&INDUSTRIES);
    let size = [12, 30, 55, 90, 160, 280, 450, 800, 1500, 3200, 7000][r.range(0, 10) as usize];
    let size = if i < GROUPS { size.max(450) } else { size };
    let parent = match i {
        // A few groups belong to larger ones; one names a parent that is not in the export.
        7 | 19 | 33 => Some(id(0)),
        41 | 52 => Some(id(4)),
        58 => Some("K900".to_owned()),
        _ if (GROUPS..GROUPS + SITES).contains(&i) => Some(id(r.range(0, GROUPS as i64 - 1) as usize)),
        _ if i == 300 => Some("K901".to_owned()),
        _ => None,
    };
    let site = ["Nord", "Sued", "Ost", "West"][i % 4];
    let name = if (GROUPS..GROUPS + SITES).contains(&i) {
        format!("{stem} {trade}, Werk {site}")
    } else {
        format!("{stem} {trade}")
    };
    Company {
        id: id(i),
        name,
        domain: format!("{}-{}.example", stem.to_lowercase(), i + 1),
        warmth,
        industry,
        country: r.weighted(&[("DE", 60), ("AT", 10), ("CH", 8), ("PL", 8), ("FR", 7), ("NL", 7)]),
        employees: (!r.chance(9)).then(|| size + r.range(0, size / 3)),
        flagged: r.weighted(&[("yes", 22), ("no", 68), ("", 10)]),
        parent,
    }
}

/// `companies.csv`
pub fn file(companies: &[Company]) -> Generated {
    let mut csv = Csv::new("Record ID,Name,Industry,Country,Employees,Target account,Parent company ID");
    for (i, c) in companies.iter().enumerate() {
        // Typed by hand here and there.
        let industry = match i % 37 {
            5 => c.industry.to_uppercase(),
            11 => format!("{} ", c.industry),
            _ => c.industry.to_owned(),
        };
        let employees = c.employees.map(|e| e.to_string()).unwrap_or_default();
        let employees = if i == 123 { "about 400".to_owned() } else { employees };
        let parent = c.parent.as_deref().unwrap_or_default();
        csv.row(&[&c.id, &c.name, industry.as_str(), c.country, &employees, c.flagged, parent]);
    }
    csv.named("companies.csv")
}
