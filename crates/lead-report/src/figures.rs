//! Counts of answers.

use lead_diag::InOrder;
use std::collections::BTreeMap;

use lead_data::{Column, Values, fold_text};
use lead_hir::hir::{DefId, DefKind, FieldId, Lexicon, TableId, Ty};

/// Answers of yes, no and cannot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tri {
    pub yes: usize,
    pub no: usize,
    pub unknown: usize,
}

impl Tri {
    pub fn all(self) -> usize {
        self.yes + self.no + self.unknown
    }

    fn add(&mut self, answer: Option<bool>) {
        match answer {
            Some(true) => self.yes += 1,
            Some(false) => self.no += 1,
            None => self.unknown += 1,
        }
    }

    /// Of a column of decisions.
    pub fn of(column: &Column) -> Tri {
        let mut out = Tri::default();
        (0..column.len()).for_each(|i| out.add(decision(column, i)));
        out
    }
}

/// Yes, no, or nothing.
pub(crate) fn decision(column: &Column, row: usize) -> Option<bool> {
    match &column.values {
        Values::YesNo(bits) if column.is_known(row) => Some(bits.get(row)),
        _ => None,
    }
}

/// A text, if it is known.
pub(crate) fn text(column: &Column, row: usize) -> Option<&str> {
    match &column.values {
        Values::Text(texts) if column.is_known(row) => Some(texts.get(row)),
        _ => None,
    }
}

/// How often each text is there, in an order: that given, then by how often; what is not known comes last.
pub(crate) fn texts(column: &Column, order: &[String]) -> Vec<(Option<String>, usize)> {
    let mut counts: BTreeMap<Option<String>, (String, usize)> = BTreeMap::new();
    for row in 0..column.len() {
        let text = text(column, row);
        let entry = counts.entry(text.map(fold_text)).or_insert_with(|| (text.unwrap_or_default().to_string(), 0));
        entry.1 += 1;
    }
    let place = |key: &str| order.iter().position(|o| fold_text(o) == key).unwrap_or(order.len());
    let mut out: Vec<_> = counts.into_iter().collect();
    out.in_order_by_key(|(key, (_, n))| {
        let known = key.as_ref();
        (known.is_none(), known.map_or(0, |k| place(k)), std::cmp::Reverse(*n))
    });
    out.into_iter()
        .map(|(key, (written, n))| {
            let shown = key.map(|k| order.iter().find(|o| fold_text(o) == k).cloned().unwrap_or(written));
            (shown, n)
        })
        .collect()
}

/// The field that says where records of a table come from: what metrics are split by, else one that is named so.
pub(crate) fn source_field(lexicon: &Lexicon, table: TableId) -> Option<FieldId> {
    let metrics = lexicon.defs.iter().filter_map(|d| match &d.kind {
        DefKind::Metric(metric) => Some(metric.by.iter().map(|b| b.name.key.clone())),
        _ => None,
    });
    let mut often: BTreeMap<String, usize> = BTreeMap::new();
    metrics.flatten().for_each(|name| *often.entry(name).or_default() += 1);
    let mut names: Vec<(usize, String)> = often.into_iter().map(|(name, n)| (n, name)).collect();
    names.in_order_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let named = ["lead source", "source"].into_iter().map(String::from);
    let wanted = named.chain(names.into_iter().map(|n| n.1));
    let is_text = |f: &FieldId| matches!(lexicon.field(table, *f).ty, Ty::OneOf(_) | Ty::Text);
    wanted.filter_map(|name| lexicon.table(table).field_named(&name)).find(is_text)
}

/// Decisions by where records come from.
pub(crate) fn by_source(answers: &Column, sources: &Column, order: &[String]) -> Vec<(Option<String>, Tri)> {
    let mut counts: BTreeMap<Option<String>, (String, Tri)> = BTreeMap::new();
    for row in 0..answers.len() {
        let source = text(sources, row);
        let entry =
            counts.entry(source.map(fold_text)).or_insert_with(|| (source.unwrap_or_default().into(), Tri::default()));
        entry.1.add(decision(answers, row));
    }
    let place = |key: &str| order.iter().position(|o| fold_text(o) == key).unwrap_or(order.len());
    let mut out: Vec<_> = counts.into_iter().collect();
    out.in_order_by_key(|(key, _)| (key.is_none(), key.as_ref().map_or(0, |k| place(k))));
    out.into_iter()
        .map(|(key, (written, tri))| {
            let shown = key.map(|k| order.iter().find(|o| fold_text(o) == k).cloned().unwrap_or(written));
            (shown, tri)
        })
        .collect()
}

/// The texts of a type, in order.
pub(crate) fn order_of(ty: &Ty) -> &[String] {
    match ty {
        Ty::OneOf(texts) => texts,
        _ => &[],
    }
}

/// `12,345`
pub(crate) fn count(n: usize) -> String {
    lead_diag::grouped(n as i128)
}

/// `12%` of a whole; nothing of nothing.
pub(crate) fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".into();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        p if p == 0.0 || p >= 9.95 => format!("{p:.0}%"),
        p if p < 0.05 => "under 0.1%".into(),
        p => format!("{p:.1}%"),
    }
}

/// A number for people: at most two places.
pub(crate) fn number(n: f64) -> String {
    let rounded = if n.abs() >= 1000.0 { n.round() } else { (n * 100.0).round() / 100.0 };
    grouped(&format!("{rounded}"))
}

/// A number with so many places.
pub(crate) fn fixed(n: f64, places: usize) -> String {
    grouped(&format!("{n:.places$}"))
}

/// Thousands parted, and a minus that is one.
fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |w| ("−", w));
    let sign = if digits.bytes().all(|b| b == b'0' || b == b'.') { "" } else { sign };
    let (whole, rest) = digits.split_once('.').map_or((digits, String::new()), |(w, r)| (w, format!(".{r}")));
    let whole = whole.parse::<usize>().map_or(whole.to_string(), count);
    format!("{sign}{whole}{rest}")
}

/// How many places the numbers of a column have: alike for all of them, and no more than tell them apart.
pub(crate) fn places(numbers: impl Iterator<Item = f64> + Clone) -> usize {
    let whole = numbers.clone().all(|n| n.fract() == 0.0);
    let greatest = numbers.fold(0.0, |a: f64, n| a.max(n.abs()));
    match greatest {
        _ if whole => 0,
        n if n >= 1000.0 => 0,
        n if n >= 20.0 => 1,
        n if n >= 1.0 => 2,
        _ => 3,
    }
}

/// The column of a definition.
pub(crate) fn column_of(answers: &lead_eval::Answers, id: DefId) -> Option<&lead_eval::DefAnswers> {
    answers.subjects.iter().flat_map(|s| &s.defs).find(|d| d.def == id)
}
