//! Each dialect as what differs from the SQL of another, so that a person can read what is special about it.
#![allow(clippy::unwrap_used, clippy::panic)]

use lead_diag::FileId;
use lead_hir::Config;
use lead_hir::hir::Lexicon;
use lead_sql::{AsOf, Options, Target, compile};

const LEXICON: &str = r#"entity contact from "contacts.csv"
    id: key
    job title: text
    budget: money
    age: number
    due: date
    interests: list of text

event visit of contact from "visits.csv"
    at: time
    pages: number
    url: text

interested when interests contains "Pumps" or job title matches "^head of \d+$"
known long when last(visit.url) starts with "/price" or any(visit where url ends with ".pdf" within last month)
read = sum(visit.pages within 90d)
half = round(budget / 3)
calendar = week(due)
score heat, half-life 30d
    +0.5 per visit
    -1 when due < today
bought when any(visit where url contains "trial" then within 14d visit where url contains "order")
"#;

fn lexicon() -> Lexicon {
    let parsed = lead_syntax::parse(FileId(0), LEXICON);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let config = Config { timezone: Some(("Europe/Berlin".to_owned(), None)), ..Config::default() };
    let lowered = lead_hir::lower(&[(FileId(0), &parsed.file)], &config);
    let errors: Vec<_> = lowered.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    lowered.lexicon
}

/// The statement of a dialect over the definitions that it and another both have, and what it lacks.
fn statement(lexicon: &Lexicon, name: &str, like: &str) -> (String, Vec<String>) {
    let target = Target::default();
    let of = |name: &str, wanted: &(dyn Fn(&str) -> bool + Sync)| {
        let dialect = lead_sql::dialect::named(name).unwrap();
        compile(lexicon, &Options { dialect, target: &target, as_of: AsOf::Open }, &|d| wanted(&d.name.key))
    };
    let (mut lacks, mut left_out) = (Vec::new(), Vec::new());
    for (_, def) in lexicon.def_ids() {
        let key = def.name.key.clone();
        for one in [name, like] {
            if let Err(wrong) = of(one, &|k| k == key) {
                lacks.push(format!("{}: {}", def.name.text, wrong[0].message));
                left_out.push(key.clone());
            }
        }
    }
    let compiled = of(name, &|k| !left_out.iter().any(|l| l == k)).unwrap();
    (compiled.into_iter().map(|c| c.sql).collect(), lacks)
}

/// The lines that differ, by the longest common rest.
fn difference(before: &str, after: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut common = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            out.push_str(&format!("- {}\n", a[i].trim_start()));
            i += 1;
        } else {
            out.push_str(&format!("+ {}\n", b[j].trim_start()));
            j += 1;
        }
    }
    out
}

#[test]
fn dialects_as_differences() {
    let lexicon = lexicon();
    let like = [
        ("postgres", "duckdb"),
        ("datafusion", "duckdb"),
        ("clickhouse", "duckdb"),
        ("spark", "duckdb"),
        ("databricks", "spark"),
        ("snowflake", "spark"),
        ("bigquery", "spark"),
        ("redshift", "postgres"),
        ("trino", "spark"),
    ];
    for (name, base) in like {
        let (before, _) = statement(&lexicon, base, name);
        let (after, lacks) = statement(&lexicon, name, base);
        let lacks: String = lacks.iter().map(|l| format!("lacks {l}\n")).collect();
        let text = format!("{name}, beside {base}\n{lacks}\n{}", difference(&before, &after));
        insta::assert_snapshot!(format!("{name}"), text);
    }
    let (base, lacks) = statement(&lexicon, "duckdb", "duckdb");
    assert!(lacks.is_empty(), "{lacks:?}");
    insta::assert_snapshot!("duckdb", base);
}
