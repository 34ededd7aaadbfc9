//! The report: a lexicon, and what it came to on data.

use lead_data::{Data, Report as DataReport};
use lead_diag::InOrder;
use lead_diag::SourceMap;
use lead_eval::Survey;
use lead_hir::hir::{DefId, DefKind, FieldId, Lexicon, TableId};
use lead_trend::Trend;
use maud::{Markup, html};

use crate::chart::bars::patterns;
use crate::entry::Book;
use crate::figures::{count, source_field};
use crate::page::{Front, Section, page};
use crate::parts::definition::card;
use crate::parts::glossary::{chapter_title, index, tables};
use crate::parts::{choice, funnel, metric, quality, score, term, terms_map, trend, work};
use crate::rule::Names;
use crate::work_list::work_list;

/// What a report is made of.
pub struct Facts<'a> {
    /// The lexicon.
    pub lexicon: &'a Lexicon,
    /// Its texts.
    pub sources: &'a SourceMap,
    /// What it came to.
    pub survey: &'a Survey,
    /// The data.
    pub data: &'a Data<'a>,
    /// What was wrong with them.
    pub problems: &'a DataReport,
    /// The time that the answers hold for, in words.
    pub as_of: &'a str,
    /// How terms and funnels moved.
    pub trend: &'a Trend,
    /// The times of it, as people write them.
    pub days: &'a [String],
}

/// Fields that a report reads besides those of the definitions: where records come from.
pub fn more_fields(lexicon: &Lexicon) -> Vec<(TableId, FieldId)> {
    let subjects = lexicon.table_ids().filter(|(id, _)| lexicon.defs.iter().any(|d| d.subject == Some(*id)));
    subjects.filter_map(|(id, _)| Some((id, source_field(lexicon, id)?))).collect()
}

/// The report as one HTML page.
pub fn report(facts: &Facts) -> String {
    let book = Book::new(facts.lexicon, facts.sources);
    let names = Names::new(&book);
    let answers = &facts.survey.answers;
    let records = answers.subjects.iter().map(|s| {
        let name = &facts.lexicon.table(s.table).name.text;
        format!("{} {}", count(s.rows), if s.rows == 1 { name.clone() } else { lead_prose::plural(name) })
    });
    let records: Vec<String> = records.collect();
    let front = Front {
        what: "Report",
        title: &facts.lexicon.settings.name,
        lines: vec![html! { (lead_prose::capital(facts.as_of)) }, html! { (records.join(" · ")) }],
    };
    let of = |wanted: fn(&DefKind) -> bool| -> Vec<DefId> {
        facts.lexicon.def_ids().filter(|(_, d)| wanted(&d.kind)).map(|(id, _)| id).collect()
    };
    let mut sections: Vec<Section> = Vec::new();
    let mut add = |id: &'static str, title: &'static str, body: Markup, within: Vec<(String, String)>| {
        sections.push(Section { id, title, body, within });
    };
    let funnels = of(|k| matches!(k, DefKind::Funnel(_)));
    if !funnels.is_empty() {
        let body = html! {
            (key())
            p class="lede" { "A record has come as far as the furthest step that it is; who is further on counts for the steps before." }
            @for id in &funnels { (funnel::funnel(&book, answers, *id)) }
        };
        add("funnel", "The funnel", body, Vec::new());
    }
    let terms = |id: DefId| card(&book, &names, id, &term::numbers(&book, facts.survey, facts.data, id));
    let wanted = in_order(facts.lexicon, of(|k| matches!(k, DefKind::Term(_))));
    if !wanted.is_empty() {
        let body = html! {
            p class="lede" { "Each term with its rule, how many it holds for, and why. " em { "Cannot tell" } " is no hidden no: it is work, and what is missing is listed." }
            (key())
            (term::overview(&book, facts.survey, &wanted))
            (by_subject(&book, &wanted, &terms))
        };
        add("terms", "Terms", body, links(&book, &wanted));
    }
    if facts.trend.times.len() > 1 {
        add("trend", "How it moved", trend::trend(&book, facts.trend, facts.days, facts.data), Vec::new());
    }
    if let Some(body) = terms_map::terms_map(&book) {
        add("map", "How terms build on each other", body, Vec::new());
    }
    type Numbers<'n> = &'n dyn Fn(DefId) -> Markup;
    let groups: [(&str, &str, Vec<DefId>, Numbers); 3] = [
        ("scores", "Scores", of(|k| matches!(k, DefKind::Score(_))), &|id| score::numbers(&book, facts.survey, id)),
        ("metrics", "Metrics", of(|k| matches!(k, DefKind::Metric(_))), &|id| metric::numbers(&book, facts.survey, id)),
        ("decisions", "Decisions", of(|k| matches!(k, DefKind::Choice(_))), &|id| {
            choice::numbers(&book, facts.survey, id)
        }),
    ];
    for (id, title, wanted, numbers) in groups {
        if !wanted.is_empty() {
            let body = html! { @for id in &wanted { (card(&book, &names, *id, &numbers(*id))) } };
            add(id, title, body, links(&book, &wanted));
        }
    }
    let list = work_list(&facts.survey.gaps, None);
    let (values, records) =
        list.kinds.split_at(list.kinds.partition_point(|k| matches!(k.missing, lead_eval::Missing::Field(_))));
    if !list.kinds.is_empty() {
        let body = html! {
            p class="lede" { "What is missing where a term or choice cannot be told; what decides the most answers comes first. " code { "lead enrich" } " lists the records." }
            @if !values.is_empty() { (work::table(&book, values, "Values that can be found out", true)) }
            @if !records.is_empty() { (work::table(&book, records, "Not there yet: nothing to look up, but answers wait for it", true)) }
        };
        add("unknown", "What to find out", body, Vec::new());
    }
    add("quality", "Data quality", quality::quality(&book, facts.data, facts.problems), Vec::new());
    let rest = of(|k| matches!(k, DefKind::Value(_) | DefKind::Period(_) | DefKind::Funnel(_)));
    let plain = |id: DefId| card(&book, &names, id, &html! {});
    let glossary = html! {
        p class="lede" { "All words, in order of the alphabet. Terms, scores, metrics and decisions are described above, everything else below." }
        (index(&book))
        (by_subject(&book, &rest, &plain))
        p class="chapter" role="heading" aria-level="3" { "What is known of each record" }
        (tables(&book))
        (patterns())
    };
    add("glossary", "Glossary", glossary, Vec::new());
    page(&front, &sections)
}

/// What colours and patterns mean.
fn key() -> Markup {
    let swatch = |class: &str, fill: Option<&str>| {
        html! {
            svg width="22" height="12" aria-hidden="true" { rect class=(class) width="22" height="12" rx="2" fill=[fill] {} }
        }
    };
    html! {
        ul class="keys bar-key" aria-label="What bars mean" {
            li { (swatch("yes", None)) "yes" }
            li { (swatch("unknown", Some("url(#hatch)"))) "cannot tell" }
            li { (swatch("no", None)) "no" }
        }
    }
}

/// Terms of funnels come first, in their order: these are what people ask for.
fn in_order(lexicon: &Lexicon, terms: Vec<DefId>) -> Vec<DefId> {
    let mut steps: Vec<DefId> = Vec::new();
    for def in &lexicon.defs {
        if let DefKind::Funnel(of) = &def.kind {
            of.iter().for_each(|step| {
                if !steps.contains(step) {
                    steps.push(*step)
                }
            });
        }
    }
    let mut out = terms;
    out.in_order_by_key(|id| steps.iter().position(|s| s == id).unwrap_or(steps.len()));
    out
}

fn by_subject(book: &Book, wanted: &[DefId], show: &dyn Fn(DefId) -> Markup) -> Markup {
    html! {
        @for (subject, defs) in book.chapters() {
            @let here: Vec<DefId> = wanted.iter().copied().filter(|d| defs.contains(d)).collect();
            @if !here.is_empty() {
                p class="chapter" role="heading" aria-level="3" { (chapter_title(book, subject)) }
                @for id in here { (show(id)) }
            }
        }
    }
}

fn links(book: &Book, ids: &[DefId]) -> Vec<(String, String)> {
    ids.iter().map(|id| (book.anchor(*id).to_string(), book.lexicon.def(*id).name.text.clone())).collect()
}
