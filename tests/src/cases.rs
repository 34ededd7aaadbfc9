//! The cases of `tests/meaning`: their files, read into lexicon, data and expected answers.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use lead_hir::MONTHS;

use crate::reference::Calendar;

/// What a case expects.
#[derive(Clone, Debug)]
pub struct Expect {
    /// What is asked: `contact c1: lead`, `metric cost`, `funnel journey`, `reason c1: lead`.
    pub question: String,
    /// The answer as written.
    pub answer: String,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// The sentence that names it, after its file's name.
    pub name: String,
    /// Definitions, without the schema.
    pub lexicon: String,
    /// Texts of sources.
    pub data: BTreeMap<String, String>,
    /// As written.
    pub as_of: String,
    /// IANA name.
    pub zone: String,
    /// First month of the fiscal year.
    pub fiscal: String,
    /// What must come out.
    pub expects: Vec<Expect>,
}

impl Case {
    /// The calendar of the case.
    pub fn calendar(&self) -> Calendar {
        let zone = TimeZone::get(&self.zone).unwrap_or_else(|_| panic!("no zone {}", self.zone));
        Calendar { zone, fiscal_start: month_number(&self.fiscal) }
    }

    /// The as-of time in microseconds; a day means its end (D24).
    pub fn as_of(&self) -> i64 {
        let calendar = self.calendar();
        match self.as_of.parse::<Date>() {
            Ok(day) if !self.as_of.contains('T') => calendar.end_of(day),
            _ => calendar.moment(self.as_of.parse().unwrap_or_else(|_| panic!("no time: {}", self.as_of))),
        }
    }
}

/// The number of a month by its English name.
pub fn month_number(name: &str) -> i8 {
    MONTHS.iter().position(|m| *m == name).map_or_else(|| panic!("no month {name}"), |i| i as i8 + 1)
}

/// The folder of the cases.
pub fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("meaning")
}

/// The schema that all cases share.
pub fn schema() -> String {
    std::fs::read_to_string(folder().join("schema.lead")).expect("the schema of the cases")
}

/// Every case of every file, in order.
pub fn all() -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(folder())
        .expect("the folder of the cases")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    files.iter().flat_map(|f| read(f)).collect()
}

fn read(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a file of cases");
    let file = path.file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
    let mut defaults = Case {
        name: String::new(),
        lexicon: String::new(),
        data: BTreeMap::new(),
        as_of: "2026-06-30T12:00".to_string(),
        zone: "UTC".to_string(),
        fiscal: "january".to_string(),
        expects: Vec::new(),
    };
    let mut cases: Vec<Case> = Vec::new();
    let mut section: Option<String> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case { name: format!("{file}: {name}"), ..defaults.clone() });
            section = None;
            continue;
        }
        let case = cases.last_mut().unwrap_or(&mut defaults);
        if let Some(setting) = line.strip_prefix('@') {
            let (key, value) = setting.split_once(' ').expect("a setting and its value");
            match key {
                "as-of" => case.as_of = value.to_string(),
                "zone" => case.zone = value.to_string(),
                "fiscal" => case.fiscal = value.to_string(),
                _ => panic!("{file}: no setting {key}"),
            }
        } else if let Some(name) = line.strip_prefix("-- ") {
            section = Some(name.to_string());
        } else {
            match section.as_deref() {
                None if case.name.is_empty() => {}
                None => case.lexicon.extend([line, "\n"]),
                Some("expect") if line.trim().is_empty() => {}
                Some("expect") => {
                    let (question, answer) = line.split_once(" =").expect("a question and its answer");
                    let answer = answer.trim().to_string();
                    case.expects.push(Expect { question: question.to_string(), answer });
                }
                Some(_) if line.is_empty() => {}
                Some(source) => case.data.entry(source.to_string()).or_default().extend([line, "\n"]),
            }
        }
    }
    cases
}
