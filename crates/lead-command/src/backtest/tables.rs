//! A test of a definition as tables and as JSON.

use lead_trend::{Definition, Share, Tested};
use serde_json::{Value as Json, json};

use super::Report;
use crate::run::Table;
use crate::trend::moment;
use crate::trend::tables::{Cell, Rows, days};
use crate::value::round_to;

/// Every table of a test.
pub fn all(report: &Report<'_>) -> Vec<Table> {
    let mut leaks = Rows::new("as_today", &["term", "takes_as_today", "in_rule", "place"]);
    for (term, lean) in report.leaks() {
        leaks.row(vec![
            report.name(term).into(),
            crate::trend::lean_words(&report.project.lexicon, lean.lean).into(),
            report.name(lean.def).into(),
            report.place(&lean).into(),
        ]);
    }
    vec![figures(report), leaks.table()]
}

/// The definitions with their figures: over all, by time, and by what cases are told apart by.
fn definitions<'a>(report: &'a Report<'_>) -> Vec<(&'a str, &'a Definition)> {
    let mut out = vec![("here", &report.found.this)];
    if let (Some((other, _)), Some(base)) = (&report.found.other, &report.args.compare) {
        out.push((base.as_str(), other));
    }
    out
}

/// The figures, a row for all, for each time and for each value that cases are told apart by.
pub fn figures(report: &Report<'_>) -> Table {
    let names = [
        "definition",
        "split",
        "value",
        "cases",
        "yes",
        "cannot_tell",
        "came",
        "found",
        "precision",
        "precision_low",
        "precision_high",
        "recall",
        "recall_low",
        "recall_high",
        "base_rate",
        "lift",
        "lead_days_lower_quartile",
        "lead_days_median",
        "lead_days_upper_quartile",
    ];
    let mut rows = Rows::new("backtest", &names);
    for (name, of) in definitions(report) {
        let mut add = |split: &str, value: Option<String>, t: &Tested| {
            let mut cells: Vec<Cell> = vec![name.into(), split.into(), value.into()];
            cells.extend([t.cases, t.yes, t.unknown, t.came, t.found].map(Cell::from));
            for share in [t.precision(), t.recall()] {
                let part = |f: fn(&Share) -> f64| share.as_ref().map(|s| round_to(f(s), 4));
                cells.extend([part(|s| s.share), part(|s| s.low), part(|s| s.high)].map(Cell::from));
            }
            cells.push(t.base().map(|b| round_to(b, 6)).into());
            cells.push(t.lift().map(|l| round_to(l, 4)).into());
            cells.extend((0..3).map(|i| Cell::from(t.lead.map(|l| days(l[i])))));
            rows.row(cells);
        };
        add("all", None, &of.all);
        for (time, tested) in report.found.times.iter().zip(&of.times) {
            add("as_of", Some(moment(*time, &report.project.lexicon)), tested);
        }
        let split = report.args.by.as_deref().unwrap_or_default();
        for (value, tested) in &of.by {
            add(split, Some(value.clone().unwrap_or_else(|| "unknown".to_owned())), tested);
        }
    }
    rows.table()
}

fn share(share: Option<Share>) -> Json {
    let part = |n: f64| round_to(n, 4);
    share.map_or(Json::Null, |s| json!({"share": part(s.share), "low": part(s.low), "high": part(s.high)}))
}

fn tested(t: &Tested) -> Json {
    json!({
        "cases": t.cases,
        "yes": t.yes,
        "cannot_tell": t.unknown,
        "came": t.came,
        "found": t.found,
        "yes_records": t.yes_records,
        "came_records": t.came_records,
        "precision": share(t.precision()),
        "recall": share(t.recall()),
        "base_rate": t.base().map(|b| round_to(b, 6)),
        "lift": t.lift().map(|l| round_to(l, 4)),
        "lead_days": t.lead.map(|l| json!({
            "lower_quartile": days(l[0]),
            "median": days(l[1]),
            "upper_quartile": days(l[2]),
        })),
    })
}

/// All of a test. Keys are stable, and only added.
pub fn json(report: &Report<'_>) -> Json {
    let lexicon = &report.project.lexicon;
    let found = report.found;
    let at = |t: &i64| moment(*t, lexicon);
    let definitions: Vec<Json> = definitions(report)
        .iter()
        .map(|(name, of)| {
            let by: Vec<Json> = of.by.iter().map(|(value, t)| json!({"value": value, "figures": tested(t)})).collect();
            json!({
                "definition": name,
                "all": tested(&of.all),
                "times": of.times.iter().map(tested).collect::<Vec<_>>(),
                "by": by,
            })
        })
        .collect();
    let both = found.other.as_ref().map(|(_, b)| {
        json!({
            "yes_both": b.yes_both,
            "yes_here_only": b.yes_first,
            "yes_there_only": b.yes_second,
            "found_both": b.found_both,
            "found_here_only": b.found_first,
            "found_there_only": b.found_second,
            "missed_by_both": b.missed,
            "records_not_there": report.strangers,
        })
    });
    let leaks: Vec<Json> = report
        .leaks()
        .iter()
        .map(|(term, lean)| {
            json!({
                "term": report.name(*term),
                "takes_as_today": crate::trend::lean_words(lexicon, lean.lean),
                "in_rule": report.name(lean.def),
                "place": report.place(lean),
            })
        })
        .collect();
    json!({
        "lexicon": lexicon.settings.name,
        "timezone": lexicon.settings.zone_name,
        "term": report.name(report.term),
        "against": report.name(report.outcome),
        "horizon": report.args.horizon,
        "entity": lexicon.table(found.table).name.text,
        "records": found.records,
        "times": found.times.iter().map(at).collect::<Vec<_>>(),
        "left_out": found.left_out.iter().map(at).collect::<Vec<_>>(),
        "data_end": at(&found.data_end),
        "interval": "Wilson, 95%, all cases of a record taken for one",
        "by": report.args.by,
        "definitions": definitions,
        "compared": both,
        "as_today": leaks,
    })
}
