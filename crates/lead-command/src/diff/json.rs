//! The differences for programs. Keys are stable, and only added.

use lead_diff::{Class, How, Truth};
use serde_json::{Map, Value, json};

use super::entry::{Entry, Report, cosmetic};
use super::not_json;
use super::people::{Moves, Person, cause_text};
use crate::terminal::Failure;

/// The whole report.
pub fn text(report: &Report) -> Result<String, Failure> {
    let counts: Map<String, Value> =
        Class::ALL.iter().map(|class| (class.word().to_owned(), report.of_class(*class).count().into())).collect();
    let settings: Vec<Value> = report
        .diff
        .settings
        .iter()
        .map(|(key, before, after)| json!({ "key": key, "before": before, "after": after }))
        .collect();
    let [added, removed, changed] = &report.diff.examples;
    let all = json!({
        "base": report.base,
        "head": report.head,
        "lexicon": report.lexicon,
        "counts": counts,
        "same": report.diff.same,
        "settings": settings,
        "examples": { "added": added, "removed": removed, "changed": changed },
        "as_of": report.people.as_ref().map(|p| &p.as_of),
        "changes": report.entries.iter().map(|e| one(report, e)).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&all).map_err(|e| not_json(&e))?;
    Ok(text + "\n")
}

fn one(report: &Report, entry: &Entry) -> Value {
    let change = &entry.change;
    let mut out = Map::new();
    out.insert("what".into(), change.what.into());
    out.insert("name".into(), change.name.clone().into());
    out.insert("of".into(), change.of.clone().into());
    let how = match &change.how {
        How::Added => "added",
        How::Removed => "removed",
        How::Renamed { .. } => "renamed",
        How::Cosmetic(_) => "cosmetic",
        How::Changed => "changed",
        How::Affected { .. } => "affected",
    };
    out.insert("how".into(), how.into());
    match &change.how {
        How::Renamed { from } => drop(out.insert("from".into(), from.clone().into())),
        How::Affected { through } => drop(out.insert("through".into(), through.clone().into())),
        How::Cosmetic(kinds) => {
            let kinds: Vec<&str> = kinds.iter().map(|k| cosmetic(*k)).collect();
            out.insert("kinds".into(), kinds.into());
        }
        _ => {}
    }
    let classes: Vec<&str> = entry.classes.iter().map(|c| c.word()).collect();
    out.insert("class".into(), entry.class().word().into());
    out.insert("classes".into(), classes.into());
    out.insert("file".into(), entry.place.as_ref().map(|p| p.0.clone()).into());
    out.insert("line".into(), entry.place.as_ref().map(|p| p.1).into());
    out.insert("used_by".into(), change.used_by.clone().into());
    out.insert("before".into(), entry.before.clone().into());
    out.insert("after".into(), entry.after.clone().into());
    if let Some(logic) = &entry.logic {
        let said = json!({
            "verdict": logic.verdict,
            "why": logic.why,
            "may_be": logic.may,
            "same_matches": logic.same_matches,
            "matches_now": logic.enters,
            "matches_no_more": logic.leaves,
        });
        out.insert("logic".into(), said);
    }
    if let Some(moves) = report.moves(entry) {
        out.insert("people".into(), people(moves, &change.name));
    }
    Value::Object(out)
}

fn people(moves: &Moves, name: &str) -> Value {
    match moves {
        Moves::Term(term) => {
            let of = |people: &[Person]| -> Vec<Value> {
                let one = |p: &Person| {
                    let cause = cause_text(&term.moves.causes[p.cause], name);
                    json!({ "key": p.key, "by": p.by, "before": p.from.word(), "after": p.to.word(), "because": cause })
                };
                people.iter().map(one).collect()
            };
            let count = |truth| json!({ "before": term.moves.before(truth), "after": term.moves.after(truth) });
            let causes: Vec<Value> = term
                .moves
                .causes
                .iter()
                .enumerate()
                .map(|(i, causes)| {
                    let moved = term.moves.moved.iter().filter(|m| m.cause == i).count();
                    let conditions: Vec<Value> =
                        causes.iter().map(|c| json!({ "in": c.def, "before": c.before, "after": c.after })).collect();
                    json!({ "moved": moved, "conditions": conditions })
                })
                .collect();
            let by: Vec<Value> =
                term.by.iter().map(|(v, e, l)| json!({ "value": v, "enter": e, "leave": l })).collect();
            json!({
                "entity": term.entity,
                "yes": count(Truth::Yes),
                "no": count(Truth::No),
                "cannot_tell": count(Truth::Unknown),
                "enter": term.moves.entering().count(),
                "leave": term.moves.leaving().count(),
                "first_to_enter": of(&term.first[0]),
                "first_to_leave": of(&term.first[1]),
                "first_of_others": of(&term.first[2]),
                "causes": causes,
                "by": by,
            })
        }
        Moves::Value { entity, moves } => {
            let ways: Vec<Value> =
                moves.ways.iter().map(|(b, a, n)| json!({ "before": b, "after": a, "records": n })).collect();
            json!({
                "entity": entity,
                "records": moves.records,
                "changed": moves.changed,
                "more": moves.up,
                "less": moves.down,
                "mean_before": moves.means.map(|m| m.0),
                "mean_after": moves.means.map(|m| m.1),
                "ways": ways,
            })
        }
        Moves::Metric(rows) => {
            rows.iter().map(|(by, was, is)| json!({ "by": by, "before": was, "after": is })).collect()
        }
    }
}
