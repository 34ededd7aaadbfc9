//! Metrics, by whatever they are split.

use lead_eval::Survey;
use lead_hir::hir::{DefId, DefKind, Value};
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{fixed, number, places};
use crate::parts::{num, scroll};

/// More rows are not shown.
const MOST: usize = 60;

/// The table of a metric.
pub(crate) fn numbers(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(found) = survey.answers.metrics.iter().find(|m| m.def == id) else { return html! {} };
    let DefKind::Metric(metric) = &book.lexicon.def(id).kind else { return html! {} };
    let name = &book.lexicon.def(id).name.text;
    let sizes: Vec<f64> = found.rows.iter().filter_map(|r| size(r.value.as_ref()?)).collect();
    let greatest = sizes.iter().fold(0.0, |a: f64, n| a.max(n.abs()));
    let places = places(sizes.iter().copied());
    if metric.by.is_empty() {
        let value = found.rows.first().and_then(|r| r.value.as_ref());
        return html! { p class="figure" { (shown(value, places)) } };
    }
    let by: Vec<&str> = metric.by.iter().map(|b| b.name.text.as_str()).collect();
    let title = format!("{}, by {}", lead_prose::capital(name), by.join(" and "));
    let head = lead_prose::capital(name);
    scroll(
        &title,
        &html! {
            table class="rows one" {
                caption { (title) }
                thead { tr {
                    @for by in &by { th scope="col" { (lead_prose::capital(by)) } }
                    th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { (head) }
                } }
                tbody {
                    @for row in found.rows.iter().take(MOST) {
                        @let value = shown(row.value.as_ref(), places);
                        tr {
                            @for (i, by) in row.by.iter().enumerate() {
                                @let said = match by { Some(value) => text(value), None => "not known".into() };
                                @if i == 0 { th scope="row" class=[by.is_none().then_some("none")] { (said) } } @else { td { (said) } }
                            }
                            td class="pic" { @if let Some(n) = row.value.as_ref().and_then(size) { (bars::length(n.abs(), greatest, &value)) } }
                            @if row.value.is_some() { (num(&head, value)) } @else { (num(&head, html! { span class="none" { (value) } })) }
                        }
                    }
                }
            }
            @if found.rows.len() > MOST { p class="none" { "The first " (MOST) " of " (found.rows.len()) " rows." } }
        },
    )
}

/// A value as it is measured: money in its unit, lengths of time in days, percentages in hundredths.
fn size(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => Some(*n),
        Value::Percent(n) => Some(n * 100.0),
        Value::Money(n) => Some(*n as f64 / 10_000.0),
        Value::Duration(n) => Some(*n as f64 / DAY),
        _ => None,
    }
}

const DAY: f64 = 86_400_000_000.0;

fn shown(value: Option<&Value>, places: usize) -> String {
    let Some(value) = value else { return "cannot tell".into() };
    match (size(value), value) {
        (Some(n), Value::Percent(_)) => format!("{}%", fixed(n, places.min(1))),
        (Some(n), Value::Duration(_)) => format!("{} days", fixed(n, places)),
        (Some(n), _) => fixed(n, places),
        (None, value) => text(value),
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
        Value::Duration(n) => format!("{} days", number(*n as f64 / DAY)),
        Value::Date(days) => lead_plan::calendar::date_of_days(*days).to_string(),
        Value::Time(at) => format!("{} days after 1970", number(*at as f64 / 86_400_000_000.0)),
        Value::List(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
    }
}
