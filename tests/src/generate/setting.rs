//! The zone, the fiscal year and the as-of time of a random lexicon.

use jiff::civil::{Date, DateTime, date};

use super::random::Random;

/// What a lexicon's meaning depends on besides its text and data.
#[derive(Clone, Debug)]
pub struct Setting {
    /// IANA name.
    pub zone: String,
    /// Name of the month.
    pub fiscal: String,
    /// The as-of time: a day or a local time.
    pub as_of: String,
}

/// Days on which clocks change, months end, or a leap day lies.
const HARD_DAYS: [Date; 14] = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2025, 10, 26),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2025, 11, 2),
    date(2024, 2, 29),
    date(2026, 2, 28),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2026, 5, 31),
    date(2026, 4, 30),
    date(2025, 3, 30),
    date(2026, 3, 31),
];

impl Setting {
    /// A random setting.
    pub fn new(random: &mut Random) -> Setting {
        let zones = [
            "Europe/Berlin",
            "Europe/Berlin",
            "America/New_York",
            "America/New_York",
            "UTC",
            "Asia/Kolkata",
            "America/Sao_Paulo",
        ];
        let day = match random.below(3) {
            0 => *random.pick(&HARD_DAYS),
            _ => date(2026, random.between(1, 12) as i8, random.between(1, 28) as i8),
        };
        let as_of = match random.below(5) {
            0 => day.to_string(),
            1 => format!("{day}T02:30"),
            2 => format!("{day}T00:00"),
            _ => format!("{day}T{:02}:{:02}", random.between(0, 23), random.between(0, 59)),
        };
        let fiscal = *random.pick(&["january", "january", "february", "april", "july", "october", "december"]);
        Setting { zone: random.pick(&zones).to_string(), fiscal: fiscal.to_string(), as_of }
    }

    /// The as-of time on the wall clock.
    pub fn local_as_of(&self) -> DateTime {
        match self.as_of.parse::<DateTime>() {
            Ok(time) if self.as_of.contains('T') => time,
            _ => self.as_of.parse::<Date>().map_or(date(2026, 6, 30).at(12, 0, 0, 0), |d| d.at(23, 59, 59, 0)),
        }
    }

    /// A day on which something is odd.
    pub fn hard_day(&self, random: &mut Random) -> Date {
        *random.pick(&HARD_DAYS)
    }
}
