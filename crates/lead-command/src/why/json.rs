//! The tree of a decision for programs. Keys are stable, and only added.

use lead_eval::{Change, Measured, Why, WhyKind};
use lead_hir::hir::Value;
use serde_json::{Map, Value as Json, json};

use super::tree::Teller;
use crate::value::{self, value_json};

/// A part with all of its parts.
pub fn part(teller: &Teller<'_>, why: &Why) -> Json {
    let zone = &teller.lexicon.settings.zone;
    let known = |v: &Option<Value>| v.as_ref().map_or(Json::Null, |v| value_json(v, zone));
    let mut out = Map::new();
    out.insert("kind".into(), kind(&why.kind).into());
    out.insert("text".into(), teller.text(why).into());
    out.insert("value".into(), known(&why.value));
    if let Some(because) = &why.because {
        out.insert("because".into(), because.clone().into());
    }
    if why.record.other {
        out.insert("entity".into(), teller.lexicon.table(why.record.table).name.text.clone().into());
        out.insert("key".into(), (teller.key_of)(why.record.table, why.record.row).into());
    }
    let at = teller.sources.file(why.span.file);
    let place = at.line_col(why.span.start);
    out.insert("file".into(), at.name().into());
    out.insert("line".into(), place.line.into());
    match &why.kind {
        WhyKind::Def(def) => {
            out.insert("name".into(), teller.lexicon.def(*def).name.text.clone().into());
            let reasons = why.reasons();
            if !reasons.is_empty() {
                out.insert("reasons".into(), reasons.into());
            }
        }
        WhyKind::Line { result, taken } => {
            out.insert("answer".into(), known(result));
            out.insert("taken".into(), (*taken).into());
        }
        WhyKind::Compare(op) => {
            out.insert("op".into(), op.text().into());
        }
        WhyKind::Measure(measured) => {
            out.insert("measured".into(), measure(teller, measured));
        }
        WhyKind::InRange(range) => {
            out.insert("from".into(), value::time(range.start, zone).into());
            out.insert("to".into(), value::time(range.end.saturating_sub(1), zone).into());
        }
        WhyKind::AsOf(time) => {
            out.insert("as_of".into(), value::time(*time, zone).into());
        }
        _ => {}
    }
    if !why.parts.is_empty() {
        let parts: Vec<Json> = why.parts.iter().map(|p| part(teller, p)).collect();
        out.insert("parts".into(), parts.into());
    }
    Json::Object(out)
}

/// What is unknown and what would have to change, for a decision as a whole.
pub fn whole(teller: &Teller<'_>, why: &Why) -> Json {
    let mut unknown = Vec::new();
    teller.unknown(why, &mut unknown);
    let unknown: Vec<String> = unknown.iter().map(|u| u.trim_matches('`').to_owned()).collect();
    let nearest: Vec<Json> = why.nearest.iter().map(|c| change(teller, c)).collect();
    match part(teller, why) {
        Json::Object(mut out) => {
            out.insert("unknown".into(), unknown.into());
            out.insert("nearest".into(), nearest.into());
            Json::Object(out)
        }
        other => other,
    }
}

fn kind(kind: &WhyKind) -> &'static str {
    match kind {
        WhyKind::Def(_) => "definition",
        WhyKind::Alternative => "alternative",
        WhyKind::Exception => "exception",
        WhyKind::Line { .. } => "line",
        WhyKind::Points => "points",
        WhyKind::And => "and",
        WhyKind::Or => "or",
        WhyKind::Not => "not",
        WhyKind::Compare(_) => "compare",
        WhyKind::Made => "made",
        WhyKind::Field => "field",
        WhyKind::Literal => "literal",
        WhyKind::Measure(_) => "measure",
        WhyKind::InRange(_) => "in range",
        WhyKind::AsOf(_) => "as of",
    }
}

fn measure(teller: &Teller<'_>, measured: &Measured) -> Json {
    let zone = &teller.lexicon.settings.zone;
    let first: Vec<Json> = measured
        .first
        .iter()
        .map(|seen| {
            let mut fields = Map::new();
            for (field, _, known) in &seen.fields {
                let name = teller.lexicon.field(seen.table, *field).name.text.clone();
                fields.insert(name, known.as_ref().map_or(Json::Null, |v| value_json(v, zone)));
            }
            json!({
                "time": seen.time.and_then(|t| value::time(t, zone)),
                "key": seen.key,
                "fields": fields,
            })
        })
        .collect();
    json!({
        "of": teller.lexicon.table(measured.table).name.text,
        "count": measured.count,
        "over": measured.times.as_ref().map(|t| teller.range(t)),
        "first": first,
    })
}

fn change(teller: &Teller<'_>, change: &Change) -> Json {
    let zone = &teller.lexicon.settings.zone;
    let table = |id| teller.lexicon.table(id).name.text.clone();
    let time = |t: &Option<i64>| t.and_then(|t| value::time(t, zone));
    let text = teller.change(change);
    match change {
        Change::More { records, table: of, before, .. } => {
            json!({"change": "more", "records": records, "of": table(*of), "before": time(before), "text": text})
        }
        Change::Fewer { records, table: of, from, .. } => {
            json!({"change": "fewer", "records": records, "of": table(*of), "from": time(&Some(*from)), "text": text})
        }
        Change::Number { have, op, need, .. } => json!({
            "change": "number",
            "have": value_json(have, zone),
            "op": op.text(),
            "need": value_json(need, zone),
            "text": text,
        }),
    }
}
