//! How often each answer of a choice was given.

use lead_diag::InOrder;
use std::collections::BTreeMap;

use lead_data::Values;
use lead_eval::Survey;
use lead_hir::hir::DefId;
use maud::{Markup, html};

use crate::chart::bars;
use crate::entry::Book;
use crate::figures::{column_of, count, number, order_of, share, texts};
use crate::parts::{num, scroll};

/// More different answers are not listed.
const MOST: usize = 40;

/// The numbers of a choice.
pub(crate) fn numbers(book: &Book, survey: &Survey, id: DefId) -> Markup {
    let Some(found) = column_of(&survey.answers, id) else { return html! {} };
    let mut rows: Vec<(Option<String>, usize)> = match &found.column.values {
        Values::Text(_) => texts(&found.column, order_of(&found.ty)),
        Values::Number(all) => {
            let mut counts: BTreeMap<Option<u64>, usize> = BTreeMap::new();
            for (i, n) in all.iter().enumerate() {
                *counts.entry(found.column.is_known(i).then_some(n.to_bits())).or_default() += 1;
            }
            // A choice of numbers that are computed is a measurement.
            if counts.len() > MOST {
                return html! {};
            }
            let mut by: Vec<(Option<u64>, usize)> = counts.into_iter().collect();
            by.in_order_by_key(|(_, n)| std::cmp::Reverse(*n));
            let percent = found.ty == lead_hir::hir::Ty::Percent;
            let shown = |k: u64| {
                let n = f64::from_bits(k);
                if percent { format!("{}%", number(n * 100.0)) } else { number(n) }
            };
            by.into_iter().map(|(k, n)| (k.map(shown), n)).collect()
        }
        _ => return html! {},
    };
    // Answers that nobody got are told too.
    for text in order_of(&found.ty) {
        if !rows.iter().any(|(t, _)| t.as_deref() == Some(text)) {
            rows.push((Some(text.clone()), 0));
        }
    }
    rows.in_order_by_key(|(t, _)| t.is_none());
    let all = found.column.len();
    let greatest = rows.iter().map(|r| r.1).max().unwrap_or(0) as f64;
    scroll(
        &format!("Answers of {}", book.lexicon.def(id).name.text),
        &html! {
            table class="rows two" {
                caption { "How often each answer was given" }
                thead { tr {
                    th scope="col" { "Answer" } th scope="col" class="pic" { span class="hidden" { "Picture" } }
                    th scope="col" class="num" { "Records" } th scope="col" class="num" { "Share" }
                } }
                tbody {
                    @for (answer, n) in rows.iter().take(MOST) {
                        tr {
                            th scope="row" { @match answer { Some(answer) => (answer), None => span class="none" { "cannot tell" } } }
                            td class="pic" { (bars::length(*n as f64, greatest, &format!("{} records", count(*n)))) }
                            (num("Records", count(*n)))
                            (num("Share", share(*n, all)))
                        }
                    }
                }
            }
        },
    )
}
