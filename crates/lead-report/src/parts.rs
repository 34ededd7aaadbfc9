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

/// What may be wider than a phone: it scrolls by itself, by keyboard too.
pub(crate) fn scroll(label: &str, body: &Markup) -> Markup {
    html! { div class="wide" role="group" aria-label=(label) tabindex="0" { (body) } }
}
