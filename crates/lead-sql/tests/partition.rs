//! Tables that are split by day are asked for the days that windows reach, and no others.
#![allow(clippy::unwrap_used, clippy::panic)]

use lead_diag::FileId;
use lead_hir::Config;
use lead_sql::target::TableTarget;
use lead_sql::{AsOf, Options, Target, compile};

const SCHEMA: &str = r#"entity contact from "contacts.csv"
    id: key

event visit of contact from "visits.csv"
    at: time

event call of contact from "acts.csv" where type = "call"
    at: time

event chat of contact from "acts.csv" where type = "chat"
    at: time

for contact

"#;

/// 2026-07-01 00:00 UTC.
const AS_OF: i64 = 1_782_864_000_000_000;

/// The filters on the day in the statement of definitions.
fn days(definitions: &str, as_of: AsOf, dialect: &str) -> Vec<String> {
    let parsed = lead_syntax::parse(FileId(0), &format!("{SCHEMA}{definitions}\n"));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let lowered = lead_hir::lower(&[(FileId(0), &parsed.file)], &Config::default());
    assert!(lowered.diagnostics.iter().all(|d| !d.is_error()), "{:?}", lowered.diagnostics);
    let split = TableTarget { partition: Some("day".to_owned()), ..TableTarget::default() };
    let tables = ["visit", "call", "chat"].map(|t| (t.to_owned(), split.clone()));
    let target = Target { tables: tables.into_iter().collect(), ..Target::default() };
    let dialect = lead_sql::dialect::named(dialect).unwrap();
    let compiled = compile(&lowered.lexicon, &Options { dialect, target: &target, as_of }, &|_| true).unwrap();
    let sql = compiled[0].sql.replace("\n      AND", " AND").replace("\n    AND", " AND");
    let parts = sql.split(['\n']).flat_map(|l| l.split(" AND ")).map(|p| p.trim().trim_start_matches("WHERE "));
    parts.filter(|p| p.starts_with("day ") || p.starts_with("\"day\" ")).map(str::to_owned).collect()
}

#[test]
fn the_days_of_a_window_and_one_more_on_either_side_are_asked_for() {
    let found = days("new when any(visit within 90d)", AsOf::At(AS_OF), "duckdb");
    assert_eq!(found, ["day >= DATE '2026-04-01'", "day <= DATE '2026-07-02'"]);
}

#[test]
fn the_widest_of_several_windows_counts_and_no_window_has_no_first_day() {
    let both = "new when any(visit within 7d)\nold when any(visit between 365d and 30d ago)";
    let found = days(both, AsOf::At(AS_OF), "duckdb");
    assert_eq!(found, ["day >= DATE '2025-06-30'", "day <= DATE '2026-07-02'"]);
    let found = days("new when any(visit within 7d)\never when any(visit)", AsOf::At(AS_OF), "duckdb");
    assert_eq!(found, ["day <= DATE '2026-07-02'"]);
}

#[test]
fn events_of_one_table_are_asked_for_together() {
    let found = days("a when any(call within 7d)\nb when any(chat within 14d)", AsOf::At(AS_OF), "duckdb");
    assert_eq!(found, ["day >= DATE '2026-06-16'", "day <= DATE '2026-07-02'"]);
}

#[test]
fn with_an_open_as_of_time_days_are_counted_from_a_constant() {
    let found = days("new when any(visit within 90d)", AsOf::Open, "postgres");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].contains("CURRENT_TIMESTAMP") && found[0].contains("-92") && !found[0].contains("moments"),
        "{found:?}"
    );
    let found = days("new when any(visit within last 2 quarters)", AsOf::Open, "duckdb");
    assert!(found[0].contains("-278"), "{found:?}");
    let found = days("new when any(visit since 2026-01-01)", AsOf::Open, "duckdb");
    assert!(found[0].contains("DATE '2025-12-30'"), "{found:?}");
}
