//! What marketing and sales did: e-mails, attempts to reach a contact, meetings, what was learnt in them.

use super::calendar::{self, AS_OF};
use super::contacts::{Contact, Level};
use super::web;
use crate::output::{Csv, Generated};
use crate::random::Random;

/// `emails.csv`, `attempts.csv`, `meetings.csv`, `discoveries.csv` and `unsubscribes.csv`.
pub fn files(contacts: &[Contact]) -> Vec<Generated> {
    let mut mails = Csv::new("Type,Contact ID,At");
    let mut attempts = Csv::new("Contact ID,At,Channel,Outcome");
    let mut meetings = Csv::new("Contact ID,At,Form,Our side");
    let mut discoveries = Csv::new("Contact ID,At,Problem,Carries consequences,Judges value");
    let mut unsubscribes = Csv::new("Contact ID,On");
    for c in contacts {
        newsletters(c, &mut mails, &mut unsubscribes);
        attempt(c, &mut attempts);
        meeting(c, &mut meetings);
        discovery(c, &mut discoveries);
    }
    attempts.row(&["C0040", "2026-05-11T09:00Z", "fax", "reached"]);
    attempts.row(&["C9003", "2026-05-11T09:30Z", "phone", "reached"]);
    vec![
        mails.named("emails.csv"),
        attempts.named("attempts.csv"),
        meetings.named("meetings.csv"),
        discoveries.named("discoveries.csv"),
        unsubscribes.named("unsubscribes.csv"),
    ]
}

/// A newsletter on the second of each of the last 12 months, in UTC.
fn newsletters(c: &Contact, mails: &mut Csv, unsubscribes: &mut Csv) {
    let mut r = Random::of("mail", c.number);
    if !c.opted_in {
        return;
    }
    let opens = if r.chance(25) { 0 } else { r.range(5, 45) };
    let first = if r.chance(70) { 16 } else { r.range(17, 26) };
    let stops = r.chance(5).then(|| r.range(18, 26));
    for month in first..27 {
        let at = calendar::month_start(month) * 1440 + 1440 + r.range(6 * 60, 9 * 60);
        // Sent to three in five: lists are cut by product.
        if r.chance(62) {
            mails.row(&["sent", &c.id, &calendar::minute(at)]);
            if r.chance(opens) {
                let opened = at + r.range(2, 3000);
                mails.row(&["opened", &c.id, &calendar::minute(opened)]);
                if r.chance(30) {
                    mails.row(&["clicked", &c.id, &calendar::minute(opened + 1)]);
                }
            }
        }
        if stops == Some(month) {
            unsubscribes.row(&[&c.id, &calendar::date(calendar::month_start(month) + r.range(1, 20))]);
            break;
        }
    }
}

fn attempt(c: &Contact, attempts: &mut Csv) {
    if c.level < Level::Lead {
        return;
    }
    let mut r = Random::of("attempt", c.number);
    let percent = if c.level == Level::Lead { 55 } else { 90 };
    if !r.chance(percent) {
        return;
    }
    // Most calls follow a conversion, soon or late; some are cold.
    let mut at = match web::first_conversion(c) {
        Some(minute) if r.chance(80) => minute + r.range(30, 1440) * r.range(1, 5),
        _ => calendar::working_hours(&mut r, c.peak - 30),
    };
    for _ in 0..r.range(1, 6) {
        if at >= AS_OF * 1440 - 300 {
            break;
        }
        let channel = r.weighted(&[("phone", 55), ("e-mail", 30), ("LinkedIn", 15)]);
        let outcome =
            r.weighted(&[("reached", 32), ("no answer", 40), ("voicemail", 18), ("wrong number", 5), ("", 5)]);
        attempts.row(&[&c.id, &calendar::minute_utc(at), channel, outcome]);
        if outcome == "reached" && r.chance(75) {
            break;
        }
        at += r.range(1, 9) * 1440 + r.range(-90, 90);
    }
}

fn meeting(c: &Contact, meetings: &mut Csv) {
    let mut r = Random::of("meeting", c.number);
    let percent = match c.level {
        Level::Qualified => 75,
        Level::Prospect => 40,
        _ => 0,
    };
    if !r.chance(percent) {
        return;
    }
    for n in 0..r.range(1, 3) {
        // Some are booked for days to come.
        let day = if n > 0 && r.chance(15) { AS_OF + r.range(0, 30) } else { (c.peak + r.range(0, 60)).min(AS_OF - 1) };
        let at = calendar::working_hours(&mut r, day);
        let form = r.weighted(&[("online", 55), ("on site", 35), ("phone", 10)]);
        let side = r.weighted(&[("BDR", 30), ("inside sales", 35), ("field sales", 30), ("CEO", 5)]);
        meetings.row(&[&c.id, &calendar::minute(at), form, side]);
    }
}

fn discovery(c: &Contact, discoveries: &mut Csv) {
    let mut r = Random::of("discovery", c.number);
    let percent = match c.level {
        Level::Qualified => 96,
        Level::Prospect if !c.number.is_multiple_of(6) => 45,
        _ => 0,
    };
    if !r.chance(percent) {
        return;
    }
    let day = (c.peak + r.range(5, 50)).min(AS_OF - 1);
    let at = calendar::working_hours(&mut r, day);
    let good = c.level == Level::Qualified;
    let problem = r.weighted(&[
        ("downtime", 30),
        ("energy cost", 25),
        ("leakage", 20),
        ("safety", 15),
        ("headcount", if good { 0 } else { 25 }),
    ]);
    let mut answer = |percent: i64| if r.chance(8) { "" } else { if r.chance(percent) { "yes" } else { "no" } };
    let (carries, judges) = if good { (answer(96), answer(93)) } else { (answer(45), answer(35)) };
    discoveries.row(&[&c.id, &calendar::minute(at), problem, carries, judges]);
}
