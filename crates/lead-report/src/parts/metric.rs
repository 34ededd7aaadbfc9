//! Metrics, by whatever they are split.

use lead_eval::Survey;
use lead_hir::hir::{DefId, DefKind, Ty, Value};
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::number;
use crate::parts::scroll;

/// More rows are not shown.
const MOST: usize = 60;

/// The table of a metric.
pub(crate) fn numbers(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(found) = survey.answers.metrics.iter().find(|m| m.def == id) else { return html! {} };
    let DefKind::Metric(metric) = &book.lexicon.def(id).kind else { return html! {} };
    let name = &book.lexicon.def(id).name.text;
    let greatest = found.rows.iter().filter_map(|r| size(r.value.as_ref()?)).fold(0.0, f64::max);
    if metric.by.is_empty() {
        let value = found.rows.first().and_then(|r| r.value.as_ref());
        return html! { p class="figure" { (shown(value, &found.ty)) } };
    }
    scroll(
        name,
        &html! {
            table {
                caption { (name) }
                thead { tr {
                    @for by in &metric.by { th scope="col" { (lead_prose::capital(&by.name.text)) } }
                    th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { (lead_prose::capital(name)) }
                } }
                tbody {
                    @for row in found.rows.iter().take(MOST) {
                        @let value = shown(row.value.as_ref(), &found.ty);
                        tr {
                            @for (i, by) in row.by.iter().enumerate() {
                                @let said = match by { Some(value) => text(value), None => "not known".into() };
                                @if i == 0 { th scope="row" { (said) } } @else { td { (said) } }
                            }
                            td class="pic" { @if let Some(n) = row.value.as_ref().and_then(size) { (bars::length(n, greatest, &value)) } }
                            td class="num" { (value) }
                        }
                    }
                }
            }
            @if found.rows.len() > MOST { p class="none" { "The first " (MOST) " of " (found.rows.len()) " rows." } }
        },
    )
}

fn size(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) | Value::Percent(n) => Some(n.abs()),
        Value::Money(n) => Some(n.unsigned_abs() as f64),
        Value::Duration(n) => Some(n.unsigned_abs() as f64),
        _ => None,
    }
}

fn shown(value: Option<&Value>, ty: &Ty) -> String {
    match (value, ty) {
        (None, _) => "cannot tell".into(),
        (Some(value), _) => text(value),
    }
}

/// A value for people.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Number(n) => number(*n),
        Value::Percent(n) => format!("{}%", number(n * 100.0)),
        Value::Money(n) => number(*n as f64 / 10_000.0),
        Value::Text(text) => text.to_string(),
        Value::Duration(n) => format!("{} days", number(*n as f64 / 86_400_000_000.0)),
        Value::Date(days) => lead_plan::calendar::date_of_days(*days).to_string(),
        Value::Time(at) => format!("{} days after 1970", number(*at as f64 / 86_400_000_000.0)),
        Value::List(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
    }
}
