//! What was bought: clicks and stands by month and source, and intent data about companies.

use super::SOURCES;
use super::calendar::{self, AS_OF};
use super::companies::{Company, Warmth};
use crate::output::{Csv, Generated};
use crate::random::Random;

/// `spend.csv` and `intent.csv`.
pub fn files(companies: &[Company]) -> Vec<Generated> {
    vec![spend(), intent(companies)]
}

fn spend() -> Generated {
    let mut csv = Csv::new("Month,Lead source,Amount");
    for month in 0..27 {
        for (i, (source, _)) in SOURCES.iter().enumerate() {
            let mut r = Random::of("spend", month as usize * 10 + i);
            let usual = match *source {
                "PPC" => 9000,
                "Trade show" => 6500,
                "Webinar" => 1800,
                "Outbound" => 5200,
                "Organic search" => 2400,
                // Referrals are free; the line is there all the same.
                _ => 0,
            };
            let amount = if usual == 0 { 0 } else { usual * 100 + r.range(-60_000, 90_000) };
            let amount = format!("{}.{:02}", amount / 100, amount % 100);
            csv.row(&[&calendar::date(calendar::month_start(month)), source, &amount]);
        }
    }
    csv.row(&["2026-06-01", "Podcast", "1250.00"]);
    csv.named("spend.csv")
}

fn intent(companies: &[Company]) -> Generated {
    let mut csv = Csv::new("Company ID,On,Topic,Strength");
    for (i, c) in companies.iter().enumerate() {
        let mut r = Random::of("intent", i);
        let most = match c.warmth {
            Warmth::Cold => 2,
            Warmth::Warm => 4,
            _ => 7,
        };
        let burst = AS_OF - r.range(0, 500);
        for _ in 0..r.range(0, most) {
            let day = (burst + r.range(-30, 30)).min(AS_OF - 1);
            let topic = r.pick(&["pump efficiency", "valve leakage", "condition monitoring", "drive retrofit"]);
            let strength = r.range(5, 45).to_string();
            csv.row(&[&c.id, &calendar::date(day), topic, if r.chance(3) { "" } else { &strength }]);
        }
    }
    csv.named("intent.csv")
}
