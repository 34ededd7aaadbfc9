//! What is shown of each change: its texts, its place, its class.

use std::collections::BTreeSet;

use lead_diag::{Code, Diagnostic, Severity, SourceMap, Span, codes};
use lead_diff::{Change, Class, Cosmetic, Diff, How, Item};

use super::logic::{self, Logic};
use super::people::{Moves, People};
use super::sides::Side;
use crate::files::unified_diff;

/// Everything that is shown.
pub struct Report {
    /// What the older version is called.
    pub base: String,
    /// What the newer version is called.
    pub head: String,
    /// The name of the lexicon.
    pub lexicon: String,
    /// What differs.
    pub diff: Diff,
    /// Both versions run, if there are data.
    pub people: Option<People>,
    /// The changes in order, each with what is shown of it.
    pub entries: Vec<Entry>,
}

/// A change with what is shown of it.
pub struct Entry {
    /// The change.
    pub change: Change,
    /// How much it weighs.
    pub classes: BTreeSet<Class>,
    /// What logic says of it.
    pub logic: Option<Logic>,
    /// Its place among the changes.
    pub index: usize,
    /// Its statement or line in the older version.
    pub before: Option<String>,
    /// Its statement or line in the newer version.
    pub after: Option<String>,
    /// File and line; of the newer version, if it is there.
    pub place: Option<(String, u32)>,
}

impl Report {
    /// Of a comparison.
    pub fn new(base: &Side, head: &Side, diff: Diff, people: Option<People>) -> Report {
        let logic = logic::all(&diff, base, head);
        let entries = diff.changes.iter().zip(logic).enumerate();
        let entries = entries.map(|(i, (change, logic))| Entry::new(i, change, logic, base, head)).collect();
        Report {
            base: base.name.clone(),
            head: head.name.clone(),
            lexicon: head.project.lexicon.settings.name.clone(),
            diff,
            people,
            entries,
        }
    }

    /// What those who move are split by.
    pub fn by(&self) -> Option<&str> {
        self.people.as_ref()?.by.as_deref()
    }

    /// Whom a change moves.
    pub fn moves(&self, entry: &Entry) -> Option<&Moves> {
        self.people.as_ref()?.moves.get(&entry.index)
    }

    /// The entries of a class: each is shown with its heaviest.
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |e| e.class() == class)
    }
}

/// A statement without what only ends it.
fn text(sources: &SourceMap, span: Span) -> String {
    sources.slice(span).trim_end().to_owned()
}

impl Entry {
    fn new(index: usize, change: &Change, logic: Option<Logic>, base: &Side, head: &Side) -> Entry {
        let (older, newer) = (&base.project.sources, &head.project.sources);
        let place = |sources: &SourceMap, span: Span| {
            let file = sources.file(span.file);
            (file.name().to_owned(), file.line_col(span.start).line)
        };
        let of = |side: &Side, item: Option<Item>| match item {
            Some(Item::Def(def)) => Some(side.project.lexicon.def(def).name_span),
            Some(Item::Table(table)) => Some(side.project.lexicon.table(table).name_span),
            _ => None,
        };
        let new_place = of(head, change.head).or(change.head_span).map(|s| place(newer, s));
        Entry {
            classes: logic::classes(change, logic.as_ref()),
            logic,
            index,
            before: change.base_span.map(|s| text(older, s)),
            after: change.head_span.map(|s| text(newer, s)),
            place: new_place.or_else(|| of(base, change.base).or(change.base_span).map(|s| place(older, s))),
            change: change.clone(),
        }
    }

    /// The heaviest of its classes.
    pub fn class(&self) -> Class {
        self.classes.last().copied().unwrap_or(Class::Cosmetic)
    }

    /// `term `lead``, `field `employees` of `company``
    pub fn title(&self) -> String {
        let of = match (&self.change.of, self.change.what) {
            (Some(of), "field") => format!(" of `{of}`"),
            _ => String::new(),
        };
        format!("{} `{}`{of}", self.change.what, self.change.name)
    }

    /// What became of it, in a word or two.
    pub fn said(&self) -> String {
        match &self.change.how {
            How::Added => "added".to_owned(),
            How::Removed => "removed".to_owned(),
            How::Renamed { from } => format!("renamed, was `{from}`"),
            How::Changed => "changed".to_owned(),
            How::Affected { through } => format!("rests on {}", listed(through, 5)),
            How::Cosmetic(kinds) => {
                let words: Vec<&str> = kinds.iter().map(|k| cosmetic(*k)).collect();
                format!("other {}", words.join(", "))
            }
        }
    }

    /// Whether its texts differ in a way that is worth showing.
    pub fn has_texts(&self) -> bool {
        self.before != self.after && matches!(self.change.how, How::Changed)
    }

    /// The lines that differ, as `-` and `+` lines with little around them.
    pub fn lines(&self) -> Vec<String> {
        let (before, after) = (self.before.as_deref().unwrap_or(""), self.after.as_deref().unwrap_or(""));
        // A statement may lack the line end that the other has.
        let ended = |text: &str| format!("{text}\n");
        let diff = unified_diff("", &ended(before), &ended(after));
        let hunks = diff.lines().skip_while(|l| !l.starts_with("@@")).enumerate();
        let shown = hunks.filter_map(|(i, line)| match line.split_at_checked(1) {
            Some(("@", _)) => (i > 0).then(|| "  …".to_owned()),
            Some((sign, line)) => Some(lead_diag::render::clean(&format!("{sign} {line}")).trim_end().to_owned()),
            None => None,
        });
        shown.collect()
    }

    /// As a finding, unless no answer changes. Errors are those that the command is told to fail on.
    pub fn diagnostic(&self, report: &Report, head: &Side, fail_on: &BTreeSet<Class>) -> Option<Diagnostic> {
        let failing = self.classes.iter().any(|c| fail_on.contains(c));
        let class = self.classes.iter().rev().find(|c| fail_on.contains(c)).copied().unwrap_or(self.class());
        let base = lead_diag::render::clean(&report.base);
        let title = self.title();
        let is = if self.logic.as_ref().is_some_and(|l| l.verdict == "undecided") { "may be" } else { "is" };
        let (code, message): (Code, String) = match class {
            Class::Cosmetic | Class::Added if !failing => return None,
            Class::Breaking => (codes::BREAKING_CHANGE, self.broken(&base)),
            Class::Narrower if self.classes.contains(&Class::Wider) => {
                (codes::NARROWER_TERM, format!("{title} may keep out some that it let in at `{base}`"))
            }
            Class::Narrower => (codes::NARROWER_TERM, format!("{title} {is} narrower than at `{base}`")),
            Class::Wider => (codes::WIDER_TERM, format!("{title} {is} wider than at `{base}`")),
            Class::Changed => (codes::CHANGED_ANSWERS, format!("{title} may answer otherwise than at `{base}`")),
            Class::Cosmetic | Class::Added => {
                (codes::CHANGED_ANSWERS, format!("{title} is not as at `{base}`: {}", self.said()))
            }
        };
        let mut found = Diagnostic::new(code, message);
        found.severity = match class {
            _ if failing => Severity::Error,
            Class::Breaking => Severity::Warning,
            _ => Severity::Hint,
        };
        let place = match self.change.head {
            Some(Item::Def(def)) => Some(head.project.lexicon.def(def).name_span),
            Some(Item::Table(table)) => Some(head.project.lexicon.table(table).name_span),
            _ => self.change.head_span,
        };
        if let Some(span) = place {
            found = found.label(span, self.said());
        }
        for line in self.logic.iter().flat_map(Logic::lines) {
            found = found.note(line);
        }
        if !self.change.used_by.is_empty() {
            found = found.note(format!("used by {}", listed(&self.change.used_by, 8)));
        }
        Some(found)
    }

    /// What a breaking change breaks.
    fn broken(&self, base: &str) -> String {
        let title = self.title();
        let column = if self.change.is_column { " of the answers" } else { "" };
        match &self.change.how {
            How::Renamed { from } => format!("`{from}`{column} at `{base}` is now called `{}`", self.change.name),
            How::Removed => format!("{title}{column} at `{base}` is gone"),
            _ => format!("{title} has answers of another kind than at `{base}`"),
        }
    }
}

/// What may change without changing an answer, in words.
pub fn cosmetic(kind: Cosmetic) -> &'static str {
    match kind {
        Cosmetic::Layout => "wording or layout",
        Cosmetic::Spelling => "spelling",
        Cosmetic::Documentation => "documentation",
        Cosmetic::Reasons => "reasons",
        Cosmetic::Moved => "place",
    }
}

/// `` `a`, `b` and 3 more ``
pub fn listed(names: &[String], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(|n| format!("`{n}`")).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
