//! Parts of pages, a file each.

pub(crate) mod choice;
pub(crate) mod definition;
pub(crate) mod funnel;
pub(crate) mod glossary;
pub(crate) mod metric;
pub(crate) mod prose;
pub(crate) mod quality;
pub(crate) mod score;
pub(crate) mod term;
pub(crate) mod terms_map;
pub(crate) mod trend;
pub(crate) mod work;

use maud::{Markup, html};

/// A number in a table. On a phone its head stands above it.
pub(crate) fn num(head: &str, shown: impl maud::Render) -> Markup {
    html! { td class="num" data-h=(head) { (shown) } }
}

/// A message whose names stand between backticks.
pub(crate) fn ticked(text: &str) -> Markup {
    let even = text.matches('`').count().is_multiple_of(2);
    html! {
        @if even {
            @for (i, part) in text.split('`').enumerate() { @if i % 2 == 1 { code { (part) } } @else { (part) } }
        } @else { (text) }
    }
}

/// As [`scroll`], and its right end shows first, where the latest stands.
pub(crate) fn latest(label: &str, body: &Markup) -> Markup {
    html! { div class="wide latest" role="group" aria-label=(label) tabindex="0" { (body) } }
}

/// What may be wider than a phone: it scrolls by itself, by keyboard too.
pub(crate) fn scroll(label: &str, body: &Markup) -> Markup {
    html! { div class="wide" role="group" aria-label=(label) tabindex="0" { (body) } }
}
