//! The exports of `examples/industrial`: a made-up maker of pumps, valves, sensors and drives, its 400 companies and 2,000
//! contacts, and two and a quarter years of what they did.
//!
//! Every company has a hidden warmth and every contact a hidden level; what they do follows from these, so that the
//! definitions find something. Beside the plausible there is what exports really hold: missing values, references to
//! no record, values off the list, times in the hour that the clocks skip or repeat, events on the edge of a window.

mod calendar;
mod companies;
mod contacts;
mod market;
mod opportunities;
mod outreach;
mod web;

use crate::output::Generated;

/// All files.
pub fn files() -> Vec<Generated> {
    let companies = companies::make();
    let mut contacts = contacts::make(&companies);
    let deals = opportunities::make(&companies, &mut contacts);
    let mut files = vec![companies::file(&companies), contacts::file(&contacts, &companies)];
    files.extend(deals);
    files.extend(web::files(&contacts));
    files.extend(outreach::files(&contacts));
    files.extend(market::files(&companies));
    files
}

/// The product lines.
pub const PRODUCTS: [&str; 4] = ["pumps", "valves", "sensors", "drives"];

/// Where leads come from, with how often.
pub const SOURCES: [(&str, i64); 6] =
    [("PPC", 20), ("Organic search", 28), ("Referral", 12), ("Trade show", 16), ("Webinar", 14), ("Outbound", 10)];
