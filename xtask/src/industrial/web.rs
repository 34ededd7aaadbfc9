//! What contacts did on the site: visits, pages, forms, and what the forms said of plans to buy.

use super::PRODUCTS;
use super::calendar::{self, AS_OF};
use super::contacts::{Contact, Level};
use crate::output::{Csv, Generated};
use crate::random::Random;

/// `web.csv`, `forms.csv` and `plans.csv`.
pub fn files(contacts: &[Contact]) -> Vec<Generated> {
    let mut web = Csv::new("Type,Contact ID,At,URL");
    let mut forms = Csv::new("Contact ID,Submitted on,Offer,Offer kind,Product line");
    let mut plans = Csv::new("Contact ID,Stated on,Product line,Buys on");
    for contact in contacts {
        visits(contact, &mut web);
        for s in submits(contact) {
            forms.row(&[&contact.id, &calendar::minute(s.at), s.offer, s.kind, s.product]);
        }
        plan(contact, &mut plans);
    }
    edges(&mut web);
    edge_forms(&mut forms);
    vec![web.named("web.csv"), forms.named("forms.csv"), plans.named("plans.csv")]
}

fn visits(c: &Contact, web: &mut Csv) {
    let mut r = Random::of("web", c.number);
    let (low, high) = match c.level {
        Level::Silent => return,
        Level::Visitor => (1, 2),
        Level::Reader => (2, 6),
        Level::Lead => (1, 5),
        Level::Prospect => (2, 6),
        Level::Qualified => (2, 8),
    };
    // Who changed employer, or is long gone, may come back.
    let back = c.level >= Level::Reader && r.chance(12);
    for n in 0..r.range(low, high) {
        let day = if back && n == 0 { AS_OF - r.range(1, 25) } else { (c.peak + r.range(-50, 50)).min(AS_OF - 1) };
        let at = calendar::working_hours(&mut r, day);
        web.row(&["visit", &c.id, &calendar::minute(at), ""]);
        let pages = match c.level {
            Level::Visitor => r.range(1, 2),
            _ => r.range(1, 6),
        };
        for page in 0..pages {
            let product = if r.chance(75) { c.product } else { r.pick(&PRODUCTS) };
            let url = match r.range(0, 11) {
                0 if c.level >= Level::Reader => "/pricing".to_owned(),
                1 if c.level >= Level::Lead => "/references".to_owned(),
                2 => "/".to_owned(),
                3 if c.level <= Level::Visitor => "/careers".to_owned(),
                4 => format!("/service/{product}"),
                _ => format!("/products/{product}"),
            };
            web.row(&["page_view", &c.id, &calendar::minute(at + page * r.range(1, 4)), &url]);
        }
    }
}

/// A form that was sent.
struct Submit {
    at: i64,
    offer: &'static str,
    kind: &'static str,
    product: &'static str,
}

/// The minute of a contact's first conversion.
pub fn first_conversion(c: &Contact) -> Option<i64> {
    submits(c).iter().map(|s| s.at).min()
}

fn submits(c: &Contact) -> Vec<Submit> {
    let mut sent = Vec::new();
    if c.level < Level::Lead || c.quiet {
        return sent;
    }
    let mut r = Random::of("forms", c.number);
    let mut submit = |r: &mut Random, day: i64, offer: &'static str, kind: &'static str| {
        let at = calendar::working_hours(r, day.min(AS_OF - 1));
        let product = if r.chance(80) { c.product } else { "" };
        sent.push(Submit { at, offer, kind, product });
    };
    for _ in 0..r.range(1, 2) {
        let day = c.peak + r.range(-45, 10);
        let offer = r.pick(&["Trend report", "Beginner's guide", "Energy calculator", "Webinar recording"]);
        submit(&mut r, day, offer, "informational");
    }
    if c.level >= Level::Prospect {
        for _ in 0..r.range(1, 2) {
            let day = c.peak + r.range(-10, 45);
            let (offer, kind) = match r.range(0, 9) {
                0..=2 => ("Comparison matrix", "substantial"),
                3..=5 => ("Specification guide", "substantial"),
                6..=7 => ("Request for quotation", "substantial"),
                _ => ("Meeting", "meeting"),
            };
            submit(&mut r, day, offer, kind);
        }
    }
    // Converts again every quarter, and that is all.
    if c.level == Level::Prospect && c.number.is_multiple_of(6) {
        for quarter in 0..r.range(2, 4) {
            let day = AS_OF - 20 - quarter * 88 - r.range(0, 30);
            submit(&mut r, day, "Specification guide", "substantial");
        }
    }
    sent
}

fn plan(c: &Contact, plans: &mut Csv) {
    let mut r = Random::of("plan", c.number);
    let percent = match c.level {
        Level::Qualified => 55,
        Level::Prospect => 35,
        Level::Lead => 12,
        _ => 0,
    };
    if r.chance(percent) {
        let told = (c.peak + r.range(-20, 30)).min(AS_OF - 1);
        let at = calendar::working_hours(&mut r, told);
        // Most plans lie ahead, a few were due by now; some name no product, some no day.
        let buys = told + r.range(-30, 500);
        let buys = if r.chance(8) { String::new() } else { calendar::date(buys) };
        let product = if r.chance(85) { c.product } else { "" };
        plans.row(&[&c.id, &calendar::minute(at), product, &buys]);
    }
}

/// Events where the calendar is hard: the skipped and the repeated hour, the edges of windows, later than the as-of time,
/// no time at all, a contact that is not there.
fn edges(web: &mut Csv) {
    let page = "/products/valves";
    for (contact, at) in [
        ("C0002", "2025-03-30 02:30"),
        ("C0003", "2025-10-26 02:30"),
        ("C0004", "2026-03-29 01:59"),
        ("C0004", "2026-03-29 02:15"),
        ("C0004", "2026-03-29 03:15"),
        ("C0005", "2026-04-02 00:00"),
        ("C0006", "2026-04-02 00:01"),
        ("C0007", "2026-07-01 00:00"),
        ("C0008", "2026-07-01 00:01"),
        ("C0009", "2026-07-01 09:30"),
        ("C0010", "yesterday"),
        ("C0011", ""),
        ("C9001", "2026-05-04 10:00"),
        ("C9002", "2026-05-05 10:00"),
    ] {
        web.row(&["visit", contact, at, ""]);
        web.row(&["page_view", contact, at, page]);
    }
    // Exactly five pages and exactly six, on two occasions, at the very edge of ninety days.
    for (contact, days) in [
        ("C0021", ["2026-04-02 00:01", "2026-04-03 09:00", "2026-04-03 09:01", "2026-04-03 09:02", "2026-04-03 09:03"]),
        ("C0022", ["2026-04-02 00:00", "2026-04-03 09:00", "2026-04-03 09:01", "2026-04-03 09:02", "2026-04-03 09:03"]),
    ] {
        for day in days {
            web.row(&["page_view", contact, day, page]);
        }
        web.row(&["page_view", contact, "2026-07-01 00:00", page]);
        web.row(&["visit", contact, days[0], ""]);
        web.row(&["visit", contact, "2026-05-01 00:00", ""]);
        web.row(&["visit", contact, "2026-07-01 00:00", ""]);
    }
}

fn edge_forms(forms: &mut Csv) {
    for (contact, at, offer, kind) in [
        // The last minute of one quarter and the first of the next.
        ("C0031", "2025-09-30 23:59", "Specification guide", "substantial"),
        ("C0031", "2025-10-01 00:00", "Specification guide", "substantial"),
        ("C0031", "2026-03-31 23:59", "Specification guide", "substantial"),
        ("C0032", "2025-12-31 23:59", "Trend report", "informational"),
        ("C0033", "2026-01-01 00:00", "Trend report", "Informational "),
        ("C0034", "2026-06-30 23:59", "Comparison matrix", "SUBSTANTIAL"),
        ("C0035", "2026-07-01 08:00", "Comparison matrix", "substantial"),
        // Off the list, and no kind at all.
        ("C0036", "2026-05-20 11:00", "Calendar", "gift"),
        ("C0037", "2026-05-21 11:00", "Calendar", ""),
    ] {
        forms.row(&[contact, at, offer, kind, ""]);
    }
}
