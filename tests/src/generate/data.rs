//! Random data for a schema: unknowns, ties, days of daylight saving, month ends, dangling references, odd spellings.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};

use super::random::Random;
use super::schema::{COMPANY, CONTACT, GSchema, PROJECT, T};
use super::setting::Setting;

/// A file: its headers, and rows of cells.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Headers.
    pub header: Vec<String>,
    /// Rows, as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// As CSV text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|c| cell(c)).collect();
            out += &cells.join(",");
            out.push('\n');
        }
        out
    }
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) || text != text.trim() {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}

struct Maker<'a> {
    random: &'a mut Random,
    setting: &'a Setting,
    schema: &'a GSchema,
    /// Times that several events share.
    ties: Vec<DateTime>,
    keys: BTreeMap<usize, Vec<String>>,
}

/// Every file of a schema.
pub fn make(random: &mut Random, schema: &GSchema, setting: &Setting) -> BTreeMap<String, Sheet> {
    let mut maker = Maker { random, setting, schema, ties: Vec::new(), keys: BTreeMap::new() };
    for _ in 0..12 {
        let tie = maker.local_time();
        maker.ties.push(tie);
    }
    let many = |r: &mut Random, low: i64, high: i64| if r.chance(4) { 0 } else { r.between(low, high) as usize };
    let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
    for (i, table) in schema.tables.iter().enumerate() {
        let count = match (i, table.event) {
            (CONTACT, _) => maker.random.between(20, 60) as usize,
            (COMPANY, _) => many(maker.random, 3, 12),
            (PROJECT, _) => many(maker.random, 2, 9),
            (_, None) => many(maker.random, 5, 50),
            (_, Some(_)) => many(maker.random, 0, 200),
        };
        let prefix = table.name.chars().next().unwrap_or('x');
        let odd = if maker.random.chance(50) { prefix.to_ascii_uppercase() } else { prefix };
        let keys = (0..count).map(|n| format!("{}{n}", if n % 7 == 3 { odd } else { prefix })).collect();
        maker.keys.insert(i, keys);
    }
    for (i, table) in schema.tables.iter().enumerate() {
        let mut rows = maker.rows(i);
        for (n, file) in table.files.iter().enumerate() {
            let last = n + 1 == table.files.len();
            let rows = if last { std::mem::take(&mut rows) } else { rows.drain(..rows.len() * 2 / 3).collect() };
            let sheet = sheets.entry(file.clone()).or_default();
            add(sheet, maker.schema, i, rows);
        }
        if i == CONTACT && table.files.len() == 2 {
            maker.fill_gaps(&mut sheets, &table.files);
        }
    }
    for table in schema.tables.iter().filter(|t| t.event.is_some()) {
        if let Some(sheet) = sheets.get_mut(&table.files[0]) {
            maker.random.shuffle(&mut sheet.rows);
        }
    }
    sheets
}

/// Adds rows of a table to a sheet that other tables may share.
fn add(sheet: &mut Sheet, schema: &GSchema, table: usize, rows: Vec<Vec<String>>) {
    let table = &schema.tables[table];
    let marker = table.marker.iter().map(|_| "type".to_string());
    let names = table.fields.iter().map(|f| f.header.clone()).chain(table.refs.iter().map(|f| f.header.clone()));
    let mut places = Vec::new();
    for name in names.chain(marker) {
        let place = sheet.header.iter().position(|h| *h == name).unwrap_or_else(|| {
            sheet.header.push(name);
            sheet.header.len() - 1
        });
        places.push(place);
    }
    for row in rows {
        let mut cells = vec![String::new(); sheet.header.len()];
        for (place, cell) in places.iter().zip(row.into_iter().chain(table.marker.clone())) {
            cells[*place] = cell;
        }
        sheet.rows.push(cells);
    }
    for row in &mut sheet.rows {
        row.resize(sheet.header.len(), String::new());
    }
}

impl Maker<'_> {
    fn rows(&mut self, table: usize) -> Vec<Vec<String>> {
        let (schema, count) = (self.schema, self.keys[&table].len());
        let gen_table = &schema.tables[table];
        // A column may be mostly empty.
        let gaps: Vec<u32> = (0..gen_table.fields.len() + gen_table.refs.len())
            .map(|_| *self.random.pick(&[0, 5, 15, 15, 40, 80]))
            .collect();
        let time = gen_table.event.map(|_| {
            gen_table
                .fields
                .iter()
                .position(|f| f.name == "at")
                .or_else(|| gen_table.fields.iter().position(|f| f.ty == T::Date))
        });
        (0..count)
            .map(|n| {
                let mut row = Vec::new();
                for (i, field) in gen_table.fields.iter().enumerate() {
                    let gap = if time == Some(Some(i)) { 2 } else { gaps[i] };
                    let cell = match &field.ty {
                        T::Key => self.keys[&table][n].clone(),
                        _ if field.name == "e-mail" && !self.random.chance(gap) => self.mail(n),
                        ty if !self.random.chance(gap) => self.value(ty),
                        _ => String::new(),
                    };
                    row.push(cell);
                }
                for (i, reference) in gen_table.refs.iter().enumerate() {
                    row.push(self.reference(reference.to, gaps[gen_table.fields.len() + i].min(40)));
                }
                row
            })
            .collect()
    }

    /// Mostly one to a person, so that `same when` has something to do and merges not all.
    fn mail(&mut self, n: usize) -> String {
        match self.random.below(8) {
            0 => self.random.pick(&["a@x.com", "B@x.com", " b@X.com"]).to_string(),
            _ => format!("m{n}@y.org"),
        }
    }

    fn reference(&mut self, to: usize, gap: u32) -> String {
        let keys = &self.keys[&to];
        if keys.is_empty() || self.random.chance(4) {
            return "nowhere".to_string();
        }
        if self.random.chance(gap) {
            return String::new();
        }
        // Some have many, some none.
        let low = self.random.below(keys.len());
        let at = self.random.below(low + 1);
        let key = keys[at].clone();
        if self.random.chance(5) { format!(" {key} ") } else { key }
    }

    /// Rows of the second source that name people of the first.
    fn fill_gaps(&mut self, sheets: &mut BTreeMap<String, Sheet>, files: &[String]) {
        let header = self.schema.tables[CONTACT].fields[0].header.clone();
        let column = |s: &Sheet| s.header.iter().position(|h| *h == header).unwrap_or(0);
        let first: Vec<String> = sheets[&files[0]].rows.iter().map(|r| r[column(&sheets[&files[0]])].clone()).collect();
        let Some(second) = sheets.get_mut(&files[1]) else { return };
        let at = column(second);
        let mut free = first;
        for row in &mut second.rows {
            if !free.is_empty() && self.random.chance(40) {
                row[at] = free.swap_remove(self.random.below(free.len()));
            }
        }
    }

    fn value(&mut self, ty: &T) -> String {
        match ty {
            T::YesNo => self.random.pick(&["yes", "no", "true", "false", "1", "0", "Yes"]).to_string(),
            // Where sums leave their bits (D18).
            T::Number if self.random.below(400) == 0 => {
                self.random.pick(&["4611686018427387904", "4611686018427387000", "1e300", "0.0000000001"]).to_string()
            }
            T::Number => match self.random.below(6) {
                0 => "0".to_string(),
                1 => format!("{}.{}", self.random.between(-3, 9), self.random.pick(&["1", "25", "5", "3"])),
                2 => self.random.between(-5, 5_000).to_string(),
                _ => self.random.between(0, 12).to_string(),
            },
            T::Money => match self.random.below(5) {
                0 => "0".to_string(),
                1 => format!("{}.{:04}", self.random.between(0, 99), self.random.between(0, 9_999)),
                2 => format!("-{}.5", self.random.between(1, 50)),
                3 => self.random.between(100, 90_000).to_string(),
                _ => format!("{}.{:02}", self.random.between(0, 500), self.random.between(0, 99)),
            },
            T::Text(values, _) => {
                let value = self.random.pick(values).clone();
                self.odd(value)
            }
            T::List(values) => {
                let n = self.random.between(1, 3);
                let items: Vec<String> = (0..n)
                    .map(|_| {
                        let value = self.random.pick(values).clone();
                        if self.random.chance(15) { value.to_uppercase() } else { value }
                    })
                    .collect();
                items.join(";")
            }
            T::Date => self.local_time().date().to_string(),
            T::Time => self.time(),
            T::Duration | T::Key => String::new(),
        }
    }

    /// Another spelling of a text that compares equal.
    fn odd(&mut self, value: String) -> String {
        match self.random.below(10) {
            0 => value.to_uppercase(),
            1 => value.to_lowercase(),
            2 => format!(" {value}"),
            3 => format!("{value}  "),
            _ => value,
        }
    }

    fn time(&mut self) -> String {
        let local = if self.random.chance(25) && !self.ties.is_empty() {
            *self.random.pick(&self.ties)
        } else {
            self.local_time()
        };
        match self.random.below(6) {
            0 => format!("{local}Z"),
            1 => format!("{local}+02:00"),
            2 => local.to_string().replace('T', " "),
            _ => local.to_string(),
        }
    }

    /// A local time: near the as-of time, at one of the hard places of the calendar, or anywhere.
    fn local_time(&mut self) -> DateTime {
        let as_of = self.setting.local_as_of();
        let day = |random: &mut Random, date: Date, spread: i64| {
            date.checked_add(jiff::Span::new().days(random.between(-spread, spread))).unwrap_or(date)
        };
        let date = match self.random.below(8) {
            0 => as_of.date(),
            1 => self.setting.hard_day(self.random),
            2 | 3 => day(self.random, as_of.date(), 10),
            4 | 5 => day(self.random, as_of.date(), 100),
            6 => {
                // Just where windows begin and end.
                let back = *self.random.pick(&[1, 7, 14, 30, 60, 90, 365]);
                let date = as_of.date().checked_sub(jiff::Span::new().days(back)).unwrap_or(as_of.date());
                return date.to_datetime(self.moment_of_day(as_of.time()));
            }
            _ => day(self.random, as_of.date(), 800),
        };
        date.to_datetime(self.moment_of_day(as_of.time()))
    }

    fn moment_of_day(&mut self, as_of: Time) -> Time {
        let at = |h: i64, m: i64, s: i64| Time::new(h as i8, m as i8, s as i8, 0).unwrap_or(as_of);
        match self.random.below(9) {
            0 => at(0, 0, 0),
            1 => at(23, 59, 59),
            2 => at(2, 30, 0),
            3 => at(1, 30, 0),
            4 => at(as_of.hour().into(), as_of.minute().into(), as_of.second().into()),
            5 => at(3, 0, 0),
            _ => {
                let (h, m) = (self.random.between(0, 23), self.random.between(0, 59));
                at(h, m, 0)
            }
        }
    }
}
