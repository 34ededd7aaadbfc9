//! The tree of a decision for people: what the lexicon says, what that came to, and what was measured.

use std::collections::HashSet;

use lead_diag::SourceMap;
use lead_eval::{Change, Measured, Seen, Why, WhyKind};
use lead_hir::hir::{DefId, DefKind, Lexicon, TableId, Ty, Value};
use lead_plan::calendar::start_of_day;

use crate::grid::clip;
use crate::terminal::{Style, Terminal, counted};
use crate::value;

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// What trees are shown with.
pub struct Teller<'a> {
    /// Names of definitions, tables and fields.
    pub lexicon: &'a Lexicon,
    /// The text of the lexicon.
    pub sources: &'a SourceMap,
    /// Keys of records.
    pub key_of: &'a dyn Fn(TableId, u32) -> Option<String>,
    /// Width and colours.
    pub terminal: &'a Terminal,
}

impl Teller<'_> {
    /// A decision with all of its parts.
    pub fn tree(&self, why: &Why) -> String {
        let mut out = String::new();
        out.push_str(&format!("{}: {}", self.terminal.paint(Style::Bold, &self.text(why)), self.answer(why)));
        let held = why.reasons();
        if !held.is_empty() {
            out.push_str(&format!(", because {}", held.join("; ")));
        }
        out.push('\n');
        self.children(why, "", &mut Told { as_of: None, decisions: HashSet::new() }, &mut out);
        out.push_str(&self.after(why));
        out
    }

    /// A decision in one line.
    pub fn line(&self, why: &Why) -> (String, String, String) {
        let held = why.reasons();
        let because = if held.is_empty() { String::new() } else { format!("because {}", held.join("; ")) };
        (self.text(why), self.plain_answer(why), because)
    }

    /// What is unknown, and what would have to change.
    fn after(&self, why: &Why) -> String {
        let mut out = String::new();
        let mut unknown = Vec::new();
        if why.value.is_none() {
            self.unknown(why, &mut unknown);
        }
        if !unknown.is_empty() {
            let listed = unknown.join(", ");
            out.push_str(&format!("{} {listed}\n", self.terminal.paint(Style::Yellow, "unknown:")));
        }
        for (i, change) in why.nearest.iter().enumerate() {
            let head = if i == 0 { "it would be yes with " } else { "  and with " };
            out.push_str(&format!("{}{}\n", self.terminal.paint(Style::Cyan, head), self.change(change)));
        }
        out
    }

    fn children(&self, why: &Why, indent: &str, told: &mut Told, out: &mut String) {
        let parts: Vec<&Why> = why.parts.iter().filter(|p| !is_literal(p)).collect();
        let last = parts.len().saturating_sub(1);
        for note in self.notes(why) {
            let stem = if parts.is_empty() { "" } else { "│  " };
            out.push_str(&format!("{indent}{stem}{}\n", self.terminal.paint(Style::Dim, &note)));
        }
        let outer = told.as_of;
        if let WhyKind::AsOf(time) = why.kind {
            told.as_of = Some(time);
        }
        let mut first_alternative = true;
        for (i, part) in parts.iter().enumerate() {
            let (branch, stem) = if i == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let keyword = match part.kind {
                WhyKind::Alternative if std::mem::take(&mut first_alternative) => "when ",
                WhyKind::Alternative => "or when ",
                WhyKind::Exception => "unless ",
                _ => "",
            };
            let (text, shown) = self.heading(part);
            let because = part.because.as_ref().map(|b| format!("  because \"{b}\"")).unwrap_or_default();
            let because = self.terminal.paint(Style::Dim, &lead_diag::render::clean(&because));
            let taken = match &part.kind {
                WhyKind::Line { taken: true, .. } => self.terminal.paint(Style::Green, "  ← this line answers"),
                _ => String::new(),
            };
            let room = self.terminal.width.saturating_sub(indent.chars().count() + keyword.len() + 20).max(30);
            let text = clip(&text, room);
            let again = !told.first_time(self.lexicon, part)
                || (!std::ptr::eq(*part, shown) && !told.first_time(self.lexicon, shown));
            let above = if again { self.terminal.paint(Style::Dim, "  (as above)") } else { String::new() };
            out.push_str(&format!("{indent}{branch}{keyword}{text}: {}{because}{taken}{above}\n", self.answer(part)));
            if !again {
                self.children(shown, &format!("{indent}{stem}"), told, out);
            }
        }
        told.as_of = outer;
    }

    /// What is said of a part, and the part whose parts come below it. A clause and its condition are one line, and so
    /// are a value and what it is made of.
    fn heading<'w>(&self, part: &'w Why) -> (String, &'w Why) {
        let clause =
            matches!(part.kind, WhyKind::Alternative | WhyKind::Exception | WhyKind::Line { .. } | WhyKind::Points);
        if clause {
            let shown = match &part.parts[..] {
                [inner] => inner,
                _ => part,
            };
            return (self.clause(part, shown), shown);
        }
        match self.spelled(part) {
            Some(inner) => (format!("{} = {}", self.text(part), self.text(inner)), inner),
            None => (self.text(part), part),
        }
    }

    /// What a value is made of, where that is a single thing that is written out.
    fn spelled<'w>(&self, why: &'w Why) -> Option<&'w Why> {
        let WhyKind::Def(def) = why.kind else { return None };
        let is_value = matches!(self.lexicon.def(def).kind, DefKind::Value(_)) && !why.record.other;
        match &why.parts[..] {
            [one] if is_value && !is_literal(one) && !matches!(one.kind, WhyKind::Def(_)) => Some(one),
            _ => None,
        }
    }

    /// The condition of a clause as it is written, windows included.
    fn clause(&self, clause: &Why, condition: &Why) -> String {
        let written = self.sources.slice(clause.span).split_whitespace().collect::<Vec<_>>().join(" ");
        let body = match &clause.because {
            Some(_) => written.rsplit_once(" because ").map_or(written.as_str(), |w| w.0),
            None => written.as_str(),
        };
        let body = match clause.kind {
            WhyKind::Alternative | WhyKind::Exception => {
                ["or when ", "when ", "unless "].iter().find_map(|k| body.strip_prefix(k)).unwrap_or("")
            }
            _ => body,
        };
        if body.is_empty() { self.text(condition) } else { lead_diag::render::clean(body.trim()) }
    }

    /// What the lexicon says at a part, in one line.
    pub fn text(&self, why: &Why) -> String {
        let mut text = match &why.kind {
            WhyKind::Def(def) => self.lexicon.def(*def).name.text.clone(),
            _ => String::new(),
        };
        let written = self.sources.slice(why.span).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty()
            || (!written.is_empty() && !written.contains('\n') && written.len() < 120 && why.record.other)
        {
            text = lead_diag::render::clean(&written);
        }
        if why.record.other {
            let table = &self.lexicon.table(why.record.table).name.text;
            match (self.key_of)(why.record.table, why.record.row) {
                Some(key) => text.push_str(&format!(" [{table} {}]", lead_diag::render::clean(&key))),
                None => text.push_str(&format!(" [no {table}]")),
            }
        }
        text
    }

    fn answer(&self, why: &Why) -> String {
        let text = self.plain_answer(why);
        let style = match (&why.ty, &why.value) {
            (_, None) => Style::Yellow,
            (Ty::YesNo, Some(Value::YesNo(true))) => Style::Green,
            (Ty::YesNo, _) => Style::Red,
            _ => Style::Bold,
        };
        self.terminal.paint(style, &text)
    }

    /// A value as text: yes, no, cannot tell, unknown, or what it is.
    pub fn plain_answer(&self, why: &Why) -> String {
        match (&why.ty, &why.value) {
            (Ty::YesNo, None) => "cannot tell".to_owned(),
            (_, None) => "unknown".to_owned(),
            (_, Some(value)) => self.value(value),
        }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => format!("\"{}\"", lead_diag::render::clean(text)),
            Value::Number(n) => value::number(value::round_to(*n, 4)),
            Value::Duration(d) => value::duration_short(*d),
            Value::Time(t) => self.moment(*t),
            other => value::value(other, &self.lexicon.settings.zone),
        }
    }

    /// What was measured, line by line.
    fn notes(&self, why: &Why) -> Vec<String> {
        match &why.kind {
            WhyKind::Measure(measured) => self.measured(measured),
            WhyKind::InRange(range) => vec![self.range(range)],
            WhyKind::AsOf(time) => vec![format!("as of {}", self.moment(*time))],
            _ => Vec::new(),
        }
    }

    fn measured(&self, measured: &Measured) -> Vec<String> {
        let table = &self.lexicon.table(measured.table).name.text;
        let mut notes = Vec::new();
        let over = measured.times.as_ref().map(|t| format!(", {}", self.range(t))).unwrap_or_default();
        let number = if measured.count == 0 { "none".to_owned() } else { counted(measured.count, "record", "records") };
        notes.push(format!("{table}: {number} counted{over}"));
        for seen in &measured.first {
            notes.push(format!("· {}", self.seen(seen)));
        }
        let more = measured.count.saturating_sub(measured.first.len());
        if more > 0 && !measured.first.is_empty() {
            let last =
                measured.span.map(|(_, last)| format!(", the last on {}", self.moment(last))).unwrap_or_default();
            notes.push(format!("… and {more} more{last}"));
        }
        notes
    }

    /// A record that counted.
    pub fn seen(&self, seen: &Seen) -> String {
        let mut parts = Vec::new();
        parts.extend(seen.time.map(|t| self.moment(t)));
        parts.extend(seen.key.as_ref().map(|k| lead_diag::render::clean(k)));
        for (field, _, known) in &seen.fields {
            let name = &self.lexicon.field(seen.table, *field).name.text;
            let time = self.lexicon.table(seen.table).time();
            if time != Some(*field)
                && let Some(known) = known
            {
                parts.push(format!("{name} {}", clip(&self.value(known), 60)));
            }
        }
        parts.join(", ")
    }

    /// A range of times as people say it; days where it is made of whole days.
    pub fn range(&self, range: &std::ops::Range<i64>) -> String {
        // Far ends mean that there is no end.
        const FAR: i64 = 100 * 366 * 86_400_000_000;
        let from = (range.start > -FAR).then(|| self.lower(range.start));
        let to = (range.end < 2 * FAR).then(|| self.upper(range.end));
        match (from, to) {
            (Some(from), Some(to)) if from.starts_with("after") => format!("{from}, up {to}"),
            (Some(from), Some(to)) => format!("{from} {to}"),
            (Some(from), None) => from,
            (None, Some(to)) if to.starts_with("to") => format!("up {to}"),
            (None, Some(to)) => to,
            (None, None) => "at any time".to_owned(),
        }
    }

    /// The lower end of a range: a day, a minute, or just after one.
    fn lower(&self, start: i64) -> String {
        if self.is_day(start) {
            return format!("from {}", self.day(start));
        }
        // A window of the last so many days leaves its first moment out (LANGUAGE 5.4).
        if start.rem_euclid(MINUTE) == 1 {
            return format!("after {}", self.minute(start));
        }
        format!("from {}", self.minute(start))
    }

    /// The upper end of a range, excluded: all of a day, or up to a minute.
    fn upper(&self, end: i64) -> String {
        if self.is_day(end) {
            return format!("to {}", self.day(end.saturating_sub(1)));
        }
        format!("to {}", self.minute(end.saturating_sub(1)))
    }

    fn is_day(&self, micros: i64) -> bool {
        let zone = &self.lexicon.settings.zone;
        start_of_day(lead_plan::calendar::local_day(micros, zone), zone) == micros
    }

    fn day(&self, micros: i64) -> String {
        self.minute(micros).chars().take(10).collect()
    }

    fn minute(&self, micros: i64) -> String {
        let text = value::time(micros, &self.lexicon.settings.zone).unwrap_or_else(|| "?".to_owned());
        text.chars().take(16).collect::<String>().replace('T', " ")
    }

    /// A time to the minute; a day where it is the first or last moment of one.
    pub fn moment(&self, micros: i64) -> String {
        if self.is_day(micros) || self.is_day(micros.saturating_add(1)) {
            self.day(micros)
        } else {
            self.minute(micros)
        }
    }

    /// The fields that are unknown below a part that cannot be told.
    pub fn unknown(&self, why: &Why, out: &mut Vec<String>) {
        if why.value.is_some() {
            return;
        }
        let dead_end = why.record.row == lead_data::NO_RECORD;
        if why.parts.is_empty() || dead_end {
            let text = format!("`{}`", self.text(why));
            if !out.contains(&text) {
                out.push(text);
            }
            return;
        }
        for part in &why.parts {
            self.unknown(part, out);
        }
    }

    /// What would have to change.
    pub fn change(&self, change: &Change) -> String {
        let name = |table: &TableId| &self.lexicon.table(*table).name.text;
        match change {
            Change::More { records, table, before, .. } => {
                let by = before.map(|t| format!(" before {}", self.moment(t))).unwrap_or_default();
                format!("{records} more {}{by}", counted_name(*records, name(table)))
            }
            Change::Fewer { records, table, from, .. } => {
                format!("no {} until {}, when {records} left the window", name(table), self.moment(*from))
            }
            Change::Number { span, have, op, need } => {
                let what = self.sources.slice(*span).split_whitespace().collect::<Vec<_>>().join(" ");
                let what = lead_diag::render::clean(&what);
                format!("`{what}` {} {}, where it is {}", op.text(), self.value(need), self.value(have))
            }
        }
    }
}

/// A name after a number: `1 visit`, `2 visits`, `3 companies`.
fn counted_name(count: u64, name: &str) -> String {
    let lower = name.to_lowercase();
    let vowel_y = ["ay", "ey", "oy", "uy"].iter().any(|end| lower.ends_with(end));
    match name.strip_suffix('y') {
        _ if count == 1 => name.to_string(),
        Some(stem) if !vowel_y => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| lower.ends_with(end)) => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

/// Decisions that were told in full: again they are only named.
struct Told {
    /// The as-of time that the parts are asked at, if it was moved.
    as_of: Option<i64>,
    decisions: HashSet<(DefId, u32, Option<i64>)>,
}

impl Told {
    /// Whether a part is not a decision that was told before. Values are told each time: their windows may differ.
    fn first_time(&mut self, lexicon: &Lexicon, part: &Why) -> bool {
        match part.kind {
            WhyKind::Def(def) if !matches!(lexicon.def(def).kind, DefKind::Value(_)) => {
                self.decisions.insert((def, part.record.row, self.as_of))
            }
            _ => true,
        }
    }
}

/// Whether a part is written out in the lexicon, with nothing measured in it.
fn is_literal(why: &Why) -> bool {
    match why.kind {
        WhyKind::Literal => true,
        WhyKind::Made => !why.parts.is_empty() && why.parts.iter().all(is_literal),
        _ => false,
    }
}
