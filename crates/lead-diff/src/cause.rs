//! Which changed condition moved a record: the two trees of a definition, laid beside each other, and followed down to where they
//! part.
//!
//! Invariant *what moved*: only parts whose values differ for the record are followed, and of the parts of an `and` or `or` only
//! those that decide.

use lead_diag::InOrder;
use lead_diag::SourceMap;
use lead_eval::Examined;
use lead_hir::hir::{DefKind, Lexicon, TableId, Value, WindowKind};
use lead_plan::{Explained, Part};

/// A condition that moved a record, as both versions say it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause {
    /// The definition in which it stands.
    pub def: String,
    /// As it was; `None`: it was not there.
    pub before: Option<String>,
    /// As it is; `None`: it is gone. The same as before where the words are the same and what they count is not.
    pub after: Option<String>,
}

/// A side of the comparison.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The lexicon.
    pub lexicon: &'a Lexicon,
    /// Its texts.
    pub sources: &'a SourceMap,
}

/// Two parts that say the same thing in both versions, or the one that only one version has.
struct Pair<'e> {
    base: Option<&'e Explained>,
    head: Option<&'e Explained>,
    parts: Vec<Pair<'e>>,
}

/// The trees of a definition beside each other.
pub struct Pairs<'e> {
    root: Pair<'e>,
    base: Shown<'e>,
    head: Shown<'e>,
}

impl<'e> Pairs<'e> {
    /// Of the trees of one definition in both versions.
    pub fn new(base: (&'e Explained, Shown<'e>), head: (&'e Explained, Shown<'e>)) -> Pairs<'e> {
        let maker = Maker { base: base.1, head: head.1 };
        Pairs { root: maker.pair(base.0, head.0), base: base.1, head: head.1 }
    }

    /// The conditions that moved a record, which is a row in each version.
    pub fn causes(&self, base: (&Examined, u32), head: (&Examined, u32)) -> Vec<Cause> {
        let mut finder =
            Finder { pairs: self, base: base.0, head: head.0, def: String::new(), condition: None, out: Vec::new() };
        finder.walk(&self.root, (None, base.1), (None, head.1));
        finder.out.in_order();
        finder.out.dedup();
        finder.out
    }
}

/// The words of a part on one line.
fn words(shown: Shown, part: &Explained) -> String {
    lead_diag::render::clean(&shown.sources.slice(part.span).split_whitespace().collect::<Vec<_>>().join(" "))
}

struct Maker<'e> {
    base: Shown<'e>,
    head: Shown<'e>,
}

impl<'e> Maker<'e> {
    fn pair(&self, base: &'e Explained, head: &'e Explained) -> Pair<'e> {
        let parts = match (&base.part, &head.part) {
            (Part::Def(before), Part::Def(after)) => {
                let (old, new) = (&self.base.lexicon.def(*before).kind, &self.head.lexicon.def(*after).kind);
                match std::mem::discriminant(old) == std::mem::discriminant(new) {
                    true if matches!(new, DefKind::Value(_)) => {
                        base.parts.iter().zip(&head.parts).map(|(b, h)| self.pair(b, h)).collect()
                    }
                    true => self.matched(base.parts.iter().collect(), head.parts.iter().collect()),
                    false => Vec::new(),
                }
            }
            // One condition and a chain that holds it: the rest was added or taken away.
            (Part::And, _) | (_, Part::And) if chain(base, head, |p| matches!(p, Part::And)) => {
                self.matched(links(base, |p| matches!(p, Part::And)), links(head, |p| matches!(p, Part::And)))
            }
            (Part::Or, _) | (_, Part::Or) if chain(base, head, |p| matches!(p, Part::Or)) => {
                self.matched(links(base, |p| matches!(p, Part::Or)), links(head, |p| matches!(p, Part::Or)))
            }
            (Part::Alternative(_), Part::Alternative(_))
            | (Part::Exception(_), Part::Exception(_))
            | (Part::Line { .. }, Part::Line { .. })
            | (Part::Points { .. }, Part::Points { .. })
            | (Part::Not, Part::Not)
            | (Part::AsOf(_), Part::AsOf(_)) => {
                base.parts.iter().zip(&head.parts).map(|(b, h)| self.pair(b, h)).collect()
            }
            (Part::Compare(_) | Part::Made | Part::InRange(_), Part::Compare(_) | Part::Made | Part::InRange(_))
                if words(self.base, base) == words(self.head, head) && base.parts.len() == head.parts.len() =>
            {
                base.parts.iter().zip(&head.parts).map(|(b, h)| self.pair(b, h)).collect()
            }
            _ => Vec::new(),
        };
        Pair { base: Some(base), head: Some(head), parts }
    }

    /// Pairs parts by their words, then by what they are about; what is left stands alone.
    fn matched(&self, base: Vec<&'e Explained>, head: Vec<&'e Explained>) -> Vec<Pair<'e>> {
        let mut left: Vec<Option<&'e Explained>> = base.iter().copied().map(Some).collect();
        let mut partners: Vec<Option<&'e Explained>> = vec![None; head.len()];
        for key in [same_words, about] {
            let names: Vec<Option<String>> = base.iter().map(|p| key(self.base, p)).collect();
            for (part, partner) in head.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
                let Some(wanted) = key(self.head, part) else { continue };
                let like = |i: &usize| left[*i].is_some() && names[*i].as_deref() == Some(wanted.as_str());
                if let Some(i) = (0..left.len()).find(like) {
                    *partner = left[i].take();
                }
            }
        }
        let pairs = head.into_iter().zip(partners).map(|(part, partner)| match partner {
            Some(partner) => self.pair(partner, part),
            None => Pair { base: None, head: Some(part), parts: Vec::new() },
        });
        let gone = left.into_iter().flatten().map(|part| Pair { base: Some(part), head: None, parts: Vec::new() });
        pairs.chain(gone).collect()
    }
}

/// Whether one of two parts is a chain of a kind, and the other is too or has no parts of another kind of chain.
fn chain(base: &Explained, head: &Explained, of: fn(&Part) -> bool) -> bool {
    let other = |part: &Part| matches!(part, Part::And | Part::Or) && !of(part);
    !other(&base.part) && !other(&head.part)
}

/// The parts of a chain; of anything else the part itself.
fn links(part: &Explained, of: fn(&Part) -> bool) -> Vec<&Explained> {
    if of(&part.part) { part.parts.iter().collect() } else { vec![part] }
}

fn kind(part: &Explained) -> &'static str {
    match part.part {
        Part::Def(_) => "definition",
        Part::Alternative(_) => "alternative",
        Part::Exception(_) => "exception",
        Part::Line { .. } => "line",
        Part::Points { .. } => "points",
        Part::And => "and",
        Part::Or => "or",
        Part::Not => "not",
        Part::Compare(_) => "compare",
        Part::Made => "made",
        Part::Field => "field",
        Part::Literal => "literal",
        Part::Measure { .. } => "measure",
        Part::InRange(_) => "in range",
        Part::AsOf(_) => "as of",
    }
}

fn same_words(shown: Shown, part: &Explained) -> Option<String> {
    Some(format!("{} {}", kind(part), words(shown, part)))
}

/// What a part is about, so that it is found again when it is changed: a clause or chain by its order, a comparison by what it
/// compares, a measurement by what it measures.
fn about(shown: Shown, part: &Explained) -> Option<String> {
    let first = || part.parts.first().map(|p| words(shown, p));
    match part.part {
        Part::Def(_) | Part::Field | Part::Literal => None,
        Part::Compare(_) | Part::Made | Part::InRange(_) => Some(format!("{} {}", kind(part), first()?)),
        Part::Measure { .. } => {
            let words = words(shown, part);
            Some(format!("measure {}", words.split(" where ").next().unwrap_or(&words).trim_end_matches(')')))
        }
        _ => Some(kind(part).to_owned()),
    }
}

/// A truth by its size: no, cannot tell, yes.
fn rank(value: Option<Value>) -> u8 {
    match value {
        Some(Value::YesNo(false)) => 0,
        Some(Value::YesNo(true)) => 2,
        _ => 1,
    }
}

/// The table and row of the part above.
type Above = (Option<TableId>, u32);

struct Finder<'p, 'e, 'a> {
    pairs: &'p Pairs<'e>,
    base: &'p Examined<'a>,
    head: &'p Examined<'a>,
    /// The definition at hand.
    def: String,
    /// The condition at hand, if both versions say it in the same words, and the definition in which it stands.
    condition: Option<(String, String)>,
    out: Vec<Cause>,
}

impl Finder<'_, '_, '_> {
    fn walk(&mut self, pair: &Pair, base: Above, head: Above) {
        let (Some(before), Some(after)) = (pair.base, pair.head) else {
            let (base, head) = (self.pairs.base, self.pairs.head);
            let cause = Cause {
                def: self.def.clone(),
                before: pair.base.map(|p| clause_words(base, p)),
                after: pair.head.map(|p| clause_words(head, p)),
            };
            self.out.push(cause);
            return;
        };
        let kept = (self.def.clone(), self.condition.clone());
        if let Part::Def(def) = after.part {
            let def = self.pairs.head.lexicon.def(def);
            self.def = def.name.text.clone();
            // A window passes into values, and never into decisions.
            if !matches!(def.kind, DefKind::Value(_)) {
                self.condition = None;
            }
        } else if self.condition.is_none() && matches!(after.part, Part::Compare(_) | Part::Measure { .. } | Part::Made)
        {
            let (was, is) = (words(self.pairs.base, before), words(self.pairs.head, after));
            self.condition = (was == is).then(|| (is, self.def.clone()));
        }
        let rows = (self.base.row_of(before, base.0, base.1), self.head.row_of(after, head.0, head.1));
        let below = |of: &Explained, part: &Explained, row: u32, above: Above| {
            // A lone link of a chain stands where the chain does.
            if std::ptr::eq(of, part) { above } else { (Some(of.table), row) }
        };
        let parts = self.deciding(pair, before, after, rows);
        if parts.is_empty() {
            self.leaf(before, after);
        }
        for part in parts {
            let base = part.base.map_or((None, 0), |p| below(before, p, rows.0, base));
            let head = part.head.map_or((None, 0), |p| below(after, p, rows.1, head));
            self.walk(part, base, head);
        }
        (self.def, self.condition) = kept;
    }

    /// The parts that made the difference.
    fn deciding<'q, 'r>(
        &self,
        pair: &'q Pair<'r>,
        before: &Explained,
        after: &Explained,
        rows: (u32, u32),
    ) -> Vec<&'q Pair<'r>> {
        let was = |p: &Explained| {
            if std::ptr::eq(p, before) {
                return self.base.value(p, rows.0);
            }
            self.base.value(p, self.base.row_of(p, Some(before.table), rows.0))
        };
        let is = |p: &Explained| {
            if std::ptr::eq(p, after) {
                return self.head.value(p, rows.1);
            }
            self.head.value(p, self.head.row_of(p, Some(after.table), rows.1))
        };
        let (old, new) = (was(before), is(after));
        let (from, to) = (rank(old), rank(new));
        // Of an `or` the greatest part decides, of an `and` the least.
        let decides = |part: &Pair, least: bool| {
            let (b, h) = (part.base.map(|p| rank(was(p))), part.head.map(|p| rank(is(p))));
            match (to > from, least) {
                (true, false) => h == Some(to) && b.is_none_or(|b| b < to),
                (false, false) => b == Some(from) && h.is_none_or(|h| h < from),
                (false, true) => h == Some(to) && b.is_none_or(|b| b > to),
                (true, true) => b == Some(from) && h.is_none_or(|h| h > from),
            }
        };
        let yes = |b: Option<u8>| b == Some(2);
        let is_chain = |of: fn(&Part) -> bool| of(&before.part) || of(&after.part);
        let kind = match (&before.part, &after.part) {
            (Part::Def(_), Part::Def(def)) => Some(&self.pairs.head.lexicon.def(*def).kind),
            _ => None,
        };
        let differ = |part: &&Pair| match (part.base, part.head) {
            (Some(b), Some(h)) => was(b) != is(h),
            _ => true,
        };
        let parts = pair.parts.iter();
        let found: Vec<&Pair> = match kind {
            Some(DefKind::Term(_)) => parts
                .filter(|part| {
                    let (b, h) = (part.base.map(|p| rank(was(p))), part.head.map(|p| rank(is(p))));
                    let exception = |p: Option<&Explained>| p.is_some_and(|p| matches!(p.part, Part::Exception(_)));
                    if exception(part.base.or(part.head)) {
                        return if to > from { yes(b) && !yes(h) } else { yes(h) && !yes(b) };
                    }
                    decides(part, false)
                })
                .collect(),
            Some(DefKind::Choice(_)) => {
                let answers = |p: &Explained| p.parts.is_empty() || rank(was(p)) == 2;
                let answered = |p: &Explained| p.parts.is_empty() || rank(is(p)) == 2;
                let old = before.parts.iter().find(|p| answers(p));
                let new = after.parts.iter().find(|p| answered(p));
                let of = |p: Option<&Explained>, q: Option<&Explained>| match (p, q) {
                    (Some(p), Some(q)) => std::ptr::eq(p, q),
                    _ => false,
                };
                let taken = parts.filter(|part| of(part.base, old) || of(part.head, new));
                let moved = |part: &&Pair| {
                    part.base.map(answers) != part.head.map(answered) || part.base.is_none() || part.head.is_none()
                };
                taken.filter(moved).collect()
            }
            Some(DefKind::Score(_)) => parts
                .filter(|part| {
                    let given = |p: Option<&Explained>, of: &dyn Fn(&Explained) -> Option<Value>| {
                        p.map(|p| (of(p), p.parts.first().map(of)))
                    };
                    given(part.base, &was) != given(part.head, &is)
                })
                .collect(),
            _ if is_chain(|p| matches!(p, Part::And)) => parts.filter(|p| decides(p, true)).collect(),
            _ if is_chain(|p| matches!(p, Part::Or)) => parts.filter(|p| decides(p, false)).collect(),
            _ => parts.filter(differ).collect(),
        };
        if found.is_empty() && kind.is_none() { pair.parts.iter().filter(differ).collect() } else { found }
    }

    /// Two parts that differ, and nothing in them that could be told to have made the difference.
    fn leaf(&mut self, before: &Explained, after: &Explained) {
        let (base, head) = (self.pairs.base, self.pairs.head);
        let (was, is) = (clause_words(base, before), clause_words(head, after));
        let windows = |part: &Explained| match &part.part {
            Part::Measure { window, .. } => Some(*window),
            _ => None,
        };
        let (def, was, is) = match (windows(before), windows(after)) {
            (Some(old), Some(new)) if was == is && old != new => {
                let (text, def) = self.condition.clone().unwrap_or((was, self.def.clone()));
                let with = |lexicon: &Lexicon, window: Option<WindowKind>| match window {
                    Some(window) => format!("{text} {}", lead_hir::words::window(lexicon, window)),
                    None => format!("{text} at any time"),
                };
                (def, with(base.lexicon, old), with(head.lexicon, new))
            }
            _ => (self.def.clone(), was, is),
        };
        self.out.push(Cause { def, before: Some(was), after: Some(is) });
    }
}

/// The words of a part; of a clause those of its condition.
fn clause_words(shown: Shown, part: &Explained) -> String {
    match (&part.part, part.parts.first()) {
        (Part::Alternative(_) | Part::Exception(_), Some(condition)) => words(shown, condition),
        _ => words(shown, part),
    }
}
