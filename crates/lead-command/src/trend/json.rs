//! A trend as JSON. Keys are stable, and only added.

use lead_trend::Trend;
use serde_json::{Value as Json, json};

use super::tables::{days, share};
use super::{Telling, lean_words, moment};

/// All of a trend.
pub fn trend(telling: &Telling<'_>, trend: &Trend) -> Json {
    let at = |t: &i64| moment(*t, telling.lexicon);
    let terms: Vec<Json> = trend
        .terms
        .iter()
        .map(|term| {
            let counts: Vec<Json> =
                term.counts.iter().map(|c| json!({"yes": c.yes, "no": c.no, "cannot_tell": c.unknown})).collect();
            let turned: Vec<Json> = term.turned.iter().map(|t| json!({"became_yes": t.0, "stopped": t.1})).collect();
            json!({
                "name": telling.name(term.def),
                "entity": telling.table(term.table),
                "records": term.records,
                "counts": counts,
                "turned": turned,
            })
        })
        .collect();
    let funnels: Vec<Json> = trend.funnels.iter().map(|funnel| {
        let steps: Vec<&str> = funnel.steps.iter().map(|s| telling.name(*s)).collect();
        let times = 0..trend.times.len();
        let reached: Vec<Vec<usize>> =
            times.clone().map(|t| (1..=steps.len()).map(|s| funnel.reached(t, s)).collect()).collect();
        let conversion: Vec<Vec<Option<f64>>> =
            reached.iter().map(|r| r.windows(2).map(|pair| share(pair[1], pair[0])).collect()).collect();
        let waits: Vec<Json> = funnel.waits.iter().map(|w| json!({
            "from": telling.step(&funnel.steps, w.from),
            "to": telling.step(&funnel.steps, w.from + 1),
            "arrived": w.arrived,
            "still_waiting": w.waiting,
            "there_before": w.before,
            "days": w.quartiles.map(|q| json!({"lower_quartile": days(q[0]), "median": days(q[1]), "upper_quartile": days(q[2])})),
        })).collect();
        let moves: Vec<Json> = funnel.moves.iter().map(|m| json!({
            "key": telling.key(funnel.table, m.row),
            "as_of": trend.times.get(m.time).map(at),
            "from": telling.step(&funnel.steps, m.from),
            "to": telling.step(&funnel.steps, m.to),
        })).collect();
        json!({
            "name": telling.name(funnel.def),
            "entity": telling.table(funnel.table),
            "records": funnel.records,
            "steps": steps,
            "standing": funnel.standing,
            "reached": reached,
            "conversion": conversion,
            "moved": funnel.moved,
            "waits": waits,
            "moves": moves,
        })
    }).collect();
    let ageing = trend.ageing.as_ref().map(|ageing| {
        let falls: Vec<Json> = ageing
            .falls
            .iter()
            .map(|fall| {
                let decided: Vec<Json> = fall
                    .decided
                    .iter()
                    .map(|d| {
                        json!({
                            "condition": telling.condition(d),
                            "in_rule": telling.name(d.def),
                            "window": telling.window(d),
                        })
                    })
                    .collect();
                json!({
                    "by": ageing.times.get(fall.time).map(at),
                    "entity": telling.table(fall.table),
                    "key": telling.key(fall.table, fall.row),
                    "term": telling.name(fall.term),
                    "becomes": if fall.unknown { "cannot tell" } else { "no" },
                    "decided_by": decided,
                })
            })
            .collect();
        json!({"times": ageing.times.iter().map(at).collect::<Vec<_>>(), "falls": falls})
    });
    let mut leans: Vec<Json> = Vec::new();
    for (term, found) in telling.leaning(&telling.terms(trend)) {
        for (lean, rules) in found {
            let rules: Vec<&str> = rules.iter().map(|d| telling.name(*d)).collect();
            leans.push(json!({"term": telling.name(term), "takes_as_today": lean_words(telling.lexicon, lean), "in_rules": rules}));
        }
    }
    json!({
        "lexicon": telling.lexicon.settings.name,
        "timezone": telling.lexicon.settings.zone_name,
        "every": telling.every.words(),
        "times": trend.times.iter().map(at).collect::<Vec<_>>(),
        "terms": terms,
        "funnels": funnels,
        "ageing": ageing,
        "as_today": leans,
    })
}
