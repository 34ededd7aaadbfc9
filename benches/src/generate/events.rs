//! The events: twenty per contact, in order of time, most of them of a few contacts.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::DataType::{Int64, Utf8};

use super::Amounts;
use super::random::Random;
use super::tables::{AS_OF, EVENTS, OFFERS, SPAN, contact_key, offer};
use super::write::{Failure, ROWS, TIME, TableWriter, schema};

const TYPES: &[(&str, f64)] = &[
    ("page_view", 45.0),
    ("email_sent", 18.0),
    ("visit", 15.0),
    ("email_open", 7.0),
    ("form_submit", 3.0),
    ("email_click", 2.5),
    ("call", 2.5),
    ("ad_click", 2.0),
    ("doc_download", 2.0),
    ("webinar_attend", 1.3),
    ("chat", 1.0),
    ("meeting", 0.7),
];
const OUTCOMES: &[(&str, f64)] = &[("no_answer", 40.0), ("successful", 30.0), ("voicemail", 20.0), ("rejected", 10.0)];
const PLACES: &[&str] = &["product", "blog", "pricing", "docs", "case-study"];

/// Draws contacts so that the k-th busiest has about `(k + 100) ^ -0.85` of the events, and busy ones stand anywhere in the
/// file of contacts.
struct Busy {
    contacts: u64,
    low: f64,
    high: f64,
    step: u64,
}

/// What the exponent leaves when the weights are summed up.
const REST: f64 = 0.15;
/// Keeps the busiest from taking all.
const SHIFT: f64 = 100.0;

impl Busy {
    fn new(contacts: u64) -> Busy {
        // A prime step that does not divide their number visits every contact once.
        let step = [2_654_435_761, 1_500_450_271].into_iter().find(|p| !contacts.is_multiple_of(*p)).unwrap_or(1);
        let power = |x: f64| libm::pow(x, REST);
        Busy { contacts, low: power(SHIFT), high: power(contacts as f64 + SHIFT), step }
    }

    fn draw(&self, random: &mut Random) -> u64 {
        let place = libm::pow(self.low + random.unit() * (self.high - self.low), 1.0 / REST) - SHIFT;
        let rank = (place as u64).min(self.contacts - 1);
        rank.wrapping_mul(self.step) % self.contacts
    }
}

#[derive(Default)]
struct Columns {
    id: Int64Builder,
    texts: [StringBuilder; 5],
    time: TimestampMicrosecondBuilder,
}

impl Columns {
    fn finish(&mut self) -> Vec<ArrayRef> {
        let mut texts = self.texts.each_mut().map(|t| Arc::new(t.finish()) as ArrayRef).into_iter();
        let mut columns: Vec<ArrayRef> = vec![Arc::new(self.id.finish())];
        columns.extend(texts.by_ref().take(2));
        columns.push(Arc::new(self.time.finish()));
        columns.extend(texts);
        columns
    }
}

/// `events`.
pub fn events(amounts: Amounts, folder: &Path) -> Result<(), Failure> {
    let schema = schema(&[
        ("event_id", Int64),
        ("contact_id", Utf8),
        ("type", Utf8),
        ("ts", TIME),
        ("url", Utf8),
        ("offer", Utf8),
        ("outcome", Utf8),
    ]);
    let busy = Busy::new(amounts.contacts);
    let offers: Vec<String> = (0..OFFERS).map(|n| offer(n).0).collect();
    let urls: Vec<String> = (0..1000)
        .map(|n| format!("https://www.example.com/{}/page-{}", PLACES[n % PLACES.len()], n / PLACES.len()))
        .collect();
    let mut writer = TableWriter::new(folder, "events", &schema)?;
    let mut columns = Columns::default();
    let mut contact = String::new();
    for number in 0..amounts.events {
        let mut r = Random::of(EVENTS, number);
        // Each has its own slice of the two years, and a place in it: sorted without sorting.
        let slice = (number as f64 + r.unit()) * (SPAN as f64 / amounts.events as f64);
        let seconds = AS_OF - SPAN + (slice as i64).min(SPAN - 1);
        contact_key(busy.draw(&mut r), &mut contact);
        let kind = r.weighted(TYPES);
        let [of, act, url, offered, outcome] = &mut columns.texts;
        columns.id.append_value(number as i64);
        of.append_value(&contact);
        act.append_value(kind);
        columns.time.append_value(seconds * 1_000_000);
        // The first pages are read most.
        let page = (libm::pow(r.unit(), 5.0) * urls.len() as f64) as usize;
        let has_page = matches!(kind, "page_view" | "form_submit" | "ad_click" | "doc_download");
        url.append_option(has_page.then(|| urls[page.min(urls.len() - 1)].as_str()));
        offered.append_option((kind == "form_submit").then(|| offers[r.below(OFFERS) as usize].as_str()));
        outcome.append_option((kind == "call").then(|| r.weighted(OUTCOMES)));
        if (number + 1) % ROWS as u64 == 0 || number + 1 == amounts.events {
            writer.write(&RecordBatch::try_new(schema.clone(), columns.finish())?)?;
        }
    }
    writer.close()
}
