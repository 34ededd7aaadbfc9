//! `lead.toml`: what is read, and what is said of the rest.
#![allow(clippy::unwrap_used)]

use lead_diag::render::{self, Options};
use lead_diag::{FileId, Severity, SourceMap};
use lead_hir::Config;

fn read(text: &str) -> (Config, String) {
    let mut sources = SourceMap::new();
    let file: FileId = sources.add("lead.toml", text);
    let (config, found) = lead_hir::config::parse(file, text);
    let shown: Vec<String> =
        found.iter().map(|d| render::human(d, &sources, &Options::default()).trim_matches('\n').to_string()).collect();
    (config, shown.join("\n\n"))
}

#[test]
fn every_setting_is_read() {
    let (config, found) = read(
        r#"
[lexicon]
name = "Northwind Industrial"
timezone = "europe/berlin"
fiscal-year-starts = "Apr"
data = "exports"
as-of = 2026-06-01

[lints]
unwindowed-signal = "error"
L0602 = "allow"

[sources]
timezone = "America/New_York"
null = ["null", "Select"]
time-formats = "%Y-%m-%d %H:%M"

[sources."events_*.csv"]
delimiter = "tab"
decimal = ","
skip-lines = 2

[sources."events_2026.csv"]
skip-lines = 0
list-separator = "|"

[sources."deals.csv".labels."deal stage"]
closedwon = "Closed won"

[targets.warehouse]
dialect = "snowflake"
tables = { contact = "crm.contacts" }
"#,
    );
    assert_eq!(found, "");
    assert_eq!(config.name.as_deref(), Some("Northwind Industrial"));
    assert_eq!(config.timezone.as_ref().map(|(z, _)| z.as_str()), Some("Europe/Berlin"));
    assert_eq!(config.fiscal_start, Some(4));
    assert_eq!(config.data.as_deref(), Some("exports"));
    assert_eq!(config.as_of.as_deref(), Some("2026-06-01"));
    assert_eq!(config.lints.get("L0601"), Some(&Severity::Error));
    assert_eq!(config.allowed, ["L0602"]);
    assert!(config.targets.contains_key("warehouse"));

    let source = config.source("events_*.csv", "events_2026.csv");
    assert_eq!(source.timezone.as_deref(), Some("America/New_York"));
    assert_eq!(source.delimiter.as_deref(), Some("\t"));
    assert_eq!(source.skip_lines, Some(0));
    assert_eq!(source.list_separator.as_deref(), Some("|"));
    assert_eq!(source.null, Some(vec!["null".to_string(), "Select".to_string()]));
    let other = config.source("deals.csv", "deals.csv");
    assert_eq!(other.skip_lines, None);
    assert_eq!(other.labels["deal stage"]["closedwon"], "Closed won");
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let (config, found) = read("");
    assert_eq!(found, "");
    assert_eq!(config.fiscal_start, None);
    assert!(config.timezone.is_none());
}

#[test]
fn mistakes_are_reported_and_the_rest_is_read() {
    let (config, found) = read(
        r#"
stray = 5
timezone = "UTC"

[lexicn]
x = 1

[lexicon]
name = 5
time-zone = "Europe/Berlin"
timezone = "Berlin"
fiscal-year-starts = "aprl"
data = ["x"]
as-of = "soon"

[lints]
unwindowed-signl = "warn"
unknown-name = "allow"
L0601 = "wran"

[sources]
delimiter = ";;"
decimal = "comma"
skip-lines = -1
timezone = "Mars/Olympus"

[sources."a.csv"]
nul = "x"

[targets]
warehouse = "snowflake"
"#,
    );
    insta::assert_snapshot!(found);
    assert!(config.name.is_none());
}

#[test]
fn text_that_is_no_toml_is_reported_at_its_place() {
    let (config, found) = read("[lexicon]\nname = \"x\ndata = \"exports\"\n");
    insta::assert_snapshot!(found);
    assert!(config.timezone.is_none());
}

#[test]
fn random_text_is_never_a_crash() {
    for text in [
        "[[[",
        "= = =",
        "\"",
        "[a]\n[a]",
        "a.b.c = 1\na = 2",
        "\u{0}",
        "x = 99999999999999999999",
        "[sources]\nx = [1, {a = 2}]",
    ] {
        let _ = read(text);
    }
}
