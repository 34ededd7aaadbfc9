//! From what the grammar takes at the cursor to a list, best first.

use lead_diag::InOrder;
use std::collections::HashSet;

use lead_diag::CODES;
use lead_hir::hir::{DefKind, Ty};
use lead_syntax::ast::fold_name;
use lead_syntax::scan;

use super::candidate::Candidate;
use super::cursor::{Cursor, Inside};
use super::offer::{Offer, What, Word};
use super::{CompletionKind, Completions, MOST, ranges, words};
use crate::snapshot::{FilePosition, Snapshot};

/// A candidate with its place in the list.
struct Scored {
    score: i32,
    from: usize,
    candidate: Candidate,
}

/// Collects candidates that match what was typed.
pub(crate) struct List<'s> {
    pub snapshot: &'s Snapshot,
    pub at: FilePosition,
    pub inside: Inside,
    /// The folded name that the statement defines: a definition does not use itself.
    pub own: String,
    from: usize,
    typed: String,
    found: Vec<Scored>,
}

/// Makes the list.
pub(crate) fn list(snapshot: &Snapshot, at: FilePosition, cursor: &Cursor<'_>, offers: Vec<Offer>) -> Completions {
    let head = scan::classify(cursor.text);
    let own = head.name.and_then(|(start, end)| cursor.text.get(start..end)).map(|n| fold_name(n.trim_matches('`')));
    let mut list = List {
        snapshot,
        at,
        inside: cursor.inside,
        own: own.unwrap_or_default(),
        from: 0,
        typed: String::new(),
        found: Vec::new(),
    };
    for offer in offers {
        list.from = offer.from;
        let typed = cursor.text.get(offer.from..).unwrap_or("");
        list.typed = match cursor.inside {
            // Texts and names in backticks are matched without their signs.
            Inside::Text(_) | Inside::Quoted(_) => fold_name(typed.get(1..).unwrap_or("")),
            _ if typed.ends_with([' ', '\t']) && !typed.trim().is_empty() => format!("{} ", fold_name(typed)),
            _ => fold_name(typed),
        };
        list.add_all(&offer.what);
    }
    list.finish(cursor)
}

impl List<'_> {
    /// Adds a candidate, if it matches what was typed.
    pub fn add(&mut self, score: i32, candidate: Candidate) {
        let texts = matches!(self.inside, Inside::Text(_));
        let names = matches!(self.inside, Inside::Quoted(_));
        let fits = match &candidate {
            Candidate::Text { .. } => !names,
            Candidate::Def(_) | Candidate::Field(..) | Candidate::Table(_) | Candidate::Header(_) => !texts,
            _ => !texts && !names,
        };
        if !fits {
            return;
        }
        if let Some(matched) = candidate.matched_by(self.snapshot, &self.typed) {
            self.found.push(Scored { score: score + matched, from: self.from, candidate });
        }
    }

    /// Adds words of the language; `base` is the score of the first.
    pub fn add_words(&mut self, base: i32, words: &'static [Word]) {
        for word in words {
            self.add(base - i32::from(word.order), Candidate::Word(word));
        }
    }

    /// Adds texts in the order given.
    pub fn add_texts(&mut self, base: i32, values: &[String], kind: CompletionKind, detail: &'static str) {
        for (i, value) in values.iter().enumerate() {
            let candidate = Candidate::Text { value: value.clone(), kind, detail };
            self.add(base - (i as i32).min(30), candidate);
        }
    }

    fn add_all(&mut self, what: &What) {
        match what {
            What::Statement => self.add_words(100, words::STATEMENTS),
            What::Words(words) => self.add_words(60, words),
            What::Operand { frames, want } => self.operands(frames, want),
            What::Written { want } => self.written_out(want),
            What::Member { table, want } => self.members(*table, want, 40),
            What::Records { frames, function, distinct } => self.records(frames, *function, *distinct),
            What::Events(subject) => self.events(*subject),
            What::Terms(table) => self.terms(*table, &[], 70),
            What::AskedTerms(frames) => self.asked_terms(frames),
            What::Steps(table, taken) => self.terms(*table, taken, 60),
            What::Entities => self.entities(),
            What::Tested => self.tested(),
            What::Columns(table, taken) => self.columns_of_examples(*table, taken),
            What::Operators(ty) => self.operators(ty),
            What::Connectives { ty, tail } => self.connectives(ty, tail),
            What::Windows => self.add_words(50, words::WINDOWS),
            What::Within => {
                self.add_words(70, words::WITHIN);
                self.periods();
            }
            What::Moments => {
                self.add_words(70, words::MOMENTS);
                self.constants(&[Ty::Date, Ty::Time]);
            }
            What::Durations => self.durations(),
            What::Types => self.add_words(60, words::TYPES),
            What::FieldLine { sources, taken, event } => self.field_lines(sources, taken, *event),
            What::Headers(sources) => self.headers(sources),
            What::ColumnValues { sources, header } => self.column_values(sources, header, 40),
            What::HeaderNames { sources, want } => self.header_names(sources, want),
            What::Files => self.files(),
            What::Sources(sources) => self.add_texts(40, sources, CompletionKind::File, "a file of this table"),
            What::Vias { from, to } => self.vias(*from, *to),
            What::StoryLine => self.story_line(),
            What::Fields(table, taken) => self.fields_to_give(*table, taken),
            What::Keys(keys) => self.add_texts(60, keys, CompletionKind::Key, "a record of this example"),
            What::Lints => {
                for code in CODES.iter().filter(|c| c.is_lint()) {
                    self.add(40, Candidate::Lint(*code));
                }
            }
            What::Dimensions(tables) => self.dimensions(tables),
        }
    }

    /// What fits a value of a type best stands first.
    fn operators(&mut self, ty: &Ty) {
        let ordered: &[(&str, &'static str)] = &[
            (">=", "at least"),
            (">", "more than"),
            ("<=", "at most"),
            ("<", "less than"),
            ("=", "the same"),
            ("!=", "another"),
        ];
        let same: &[(&str, &'static str)] = &[("=", "the same"), ("!=", "another")];
        let arithmetic: &[(&str, &'static str)] = &[("+", "plus"), ("-", "minus"), ("*", "times"), ("/", "divided by")];
        let known: &[(&str, &'static str)] = &[("is known", "there is a value"), ("is unknown", "there is none")];
        let between: &[(&str, &'static str)] = &[("between", "from one to the other, both included")];
        let list: &[(&str, &'static str)] = &[("in", "one of a list"), ("not in", "none of a list")];
        let parts: &[(&str, &'static str)] = &[
            ("contains", "has it inside"),
            ("starts with", "begins with it"),
            ("ends with", "ends with it"),
            ("matches", "fits a regular expression"),
        ];
        let groups: Vec<(i32, &[(&str, &'static str)])> = match ty {
            Ty::Number | Ty::Percent | Ty::Money => {
                vec![(60, ordered), (50, between), (40, list), (34, known), (30, arithmetic)]
            }
            Ty::Duration => vec![(60, ordered), (50, between), (34, known), (30, arithmetic)],
            Ty::Date | Ty::Time => vec![(40, ordered), (34, known), (30, &arithmetic[..2])],
            Ty::Text | Ty::Key => vec![(60, same), (56, parts), (50, list), (34, known)],
            Ty::OneOf(_) => vec![(60, same), (56, list), (40, known), (30, parts)],
            Ty::List(_) => vec![(60, &parts[..1]), (34, known)],
            Ty::YesNo => vec![(24, known), (20, same)],
            Ty::Record(_) => {
                vec![(50, &[("is", "a term of it"), ("is not", "not a term of it")]), (46, known), (30, same)]
            }
            Ty::Period => Vec::new(),
            Ty::Error => vec![
                (50, same),
                (46, &ordered[..4]),
                (44, parts),
                (42, list),
                (41, between),
                (40, known),
                (20, arithmetic),
            ],
        };
        for (base, group) in groups {
            for (i, (text, detail)) in group.iter().enumerate() {
                let candidate = Candidate::Plain { text: (*text).into(), kind: CompletionKind::Keyword, detail };
                self.add(base - i as i32, candidate);
            }
        }
    }

    /// What may follow a value or condition.
    fn connectives(&mut self, ty: &Ty, tail: &'static [Word]) {
        let condition = matches!(ty, Ty::YesNo | Ty::Error);
        let base = if condition { 50 } else { 5 };
        if condition {
            for (i, (text, detail)) in [("and", "both must hold"), ("or", "one must hold")].into_iter().enumerate() {
                self.add(
                    base - i as i32,
                    Candidate::Plain { text: text.into(), kind: CompletionKind::Keyword, detail },
                );
            }
        }
        // A time is a condition once it has a window; a number is measured over one.
        let windows = match ty {
            Ty::Time | Ty::Date => 60,
            Ty::YesNo | Ty::Error => 50,
            Ty::Number | Ty::Money | Ty::Percent | Ty::Duration => 20,
            _ => return self.add_words(base, tail),
        };
        self.add_words(windows, words::WINDOWS);
        self.add_words(if condition { 50 } else { 36 }, tail);
    }

    fn durations(&mut self) {
        let digits = self.typed.chars().take_while(char::is_ascii_digit).count();
        if digits == 0 {
            return self.add_words(60, words::DURATIONS);
        }
        let number = self.typed.get(..digits).unwrap_or("").to_string();
        let one = number == "1";
        const UNITS: [(&str, &str, &str); 7] = [
            ("d", "day", "days"),
            ("w", "week", "weeks"),
            ("mo", "calendar month", "calendar months"),
            ("q", "quarter", "quarters"),
            ("y", "year", "years"),
            ("h", "hour", "hours"),
            ("min", "minute", "minutes"),
        ];
        for (i, (unit, single, plural)) in UNITS.into_iter().enumerate() {
            let detail = if one { single } else { plural };
            let text = format!("{number}{unit}");
            self.add(70 - i as i32, Candidate::Plain { text, kind: CompletionKind::Unit, detail });
        }
    }

    /// Definitions that a table of examples may test.
    fn tested(&mut self) {
        let snapshot = self.snapshot;
        for (id, def) in snapshot.checked().defs() {
            if def.subject.is_some() && !matches!(def.kind, DefKind::Period(_) | DefKind::Metric(_)) {
                let term = matches!(def.kind, DefKind::Term(_)) as i32 * 10;
                self.add(30 + term + self.nearness(id), Candidate::Def(id));
            }
        }
    }

    /// Best first, each once, no more than [`MOST`].
    fn finish(mut self, cursor: &Cursor<'_>) -> Completions {
        self.found.in_order_by_key(|scored| std::cmp::Reverse(scored.score));
        let mut completions = Completions::default();
        let mut seen: HashSet<(usize, String)> = HashSet::new();
        let name = self.snapshot.checked().place_at(self.at.file, self.at.offset).map(|p| p.span);
        for scored in self.found {
            if completions.items.len() >= MOST {
                completions.is_incomplete = true;
                break;
            }
            let mut shown = scored.candidate.shown(self.snapshot);
            if !seen.insert((scored.from, shown.label.clone())) {
                continue;
            }
            if matches!(self.inside, Inside::Quoted(_)) && !shown.insert.starts_with('`') {
                shown.insert = format!("`{}`", shown.insert);
            }
            let (insert, mut replace) = ranges(self.at.file, cursor, scored.from);
            // The cursor is in a name that is known: all of its words go.
            if let Some(name) = name.filter(|n| n.start == replace.start && n.end > replace.end) {
                replace = name;
            }
            let mut item = shown.into_item(insert, replace);
            if matches!(self.inside, Inside::Quoted(_)) {
                item.filter = Some(item.text.clone());
            }
            item.preselect = completions.items.is_empty() && matches!(item.kind, CompletionKind::Text);
            completions.items.push(item);
        }
        completions
    }
}
