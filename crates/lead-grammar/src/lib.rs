//! The parser that pest makes from `grammar/lead.pest`, and what it found as a flat list of parts. Only `lead-syntax` knows
//! its rules; no rule's name is ever shown to a person.
//!
//! A crate by itself: what pest makes is large and made small, while what reads a text again at every keystroke is made quick.

// The rules' documentation lives in the grammar.
#![allow(missing_docs)]

// The generated parser names `alloc`: pest is used without `std`, which would look at the stack at every step; *bounded
// tree* keeps the stack in bounds.
extern crate alloc;

use pest::Parser;
use pest::error::InputLocation;
use pest_derive::Parser;

/// See `grammar/lead.pest`.
#[derive(Parser)]
#[grammar = "../../grammar/lead.pest"]
struct Grammar;

/// A part of a text: the rule that found it, where, and how many parts it and those inside it are. A part stands before
/// those inside it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    rule: Rule,
    start: u32,
    end: u32,
    size: u32,
}

/// All parts of a text that a rule accepted; or, where it stopped.
pub fn read(rule: Rule, text: &str) -> Result<Vec<Part>, usize> {
    let pairs = Grammar::parse(rule, text).map_err(|error| match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    })?;
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for token in pairs.tokens() {
        match token {
            pest::Token::Start { rule, pos } => {
                open.push(parts.len());
                let start = pos.pos() as u32;
                parts.push(Part { rule, start, end: start, size: 1 });
            }
            pest::Token::End { pos, .. } => {
                let size = open.pop().map(|at| (at, parts.len() - at));
                if let Some((at, size)) = size
                    && let Some(part) = parts.get_mut(at)
                {
                    (part.end, part.size) = (pos.pos() as u32, size as u32);
                }
            }
        }
    }
    Ok(parts)
}

/// Whether a rule accepts a text.
pub fn accepts(rule: Rule, text: &str) -> bool {
    Grammar::parse(rule, text).is_ok()
}

/// A part and those inside it.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'i> {
    part: Part,
    inner: &'i [Part],
    text: &'i str,
}

impl<'i> Pair<'i> {
    pub fn as_rule(&self) -> Rule {
        self.part.rule
    }

    /// Where it stands in what was read.
    pub fn range(&self) -> (usize, usize) {
        (self.part.start as usize, self.part.end as usize)
    }

    /// What was read.
    pub fn as_str(&self) -> &'i str {
        self.text.get(self.part.start as usize..self.part.end as usize).unwrap_or("")
    }

    /// The parts right inside it.
    pub fn into_inner(self) -> Pairs<'i> {
        Pairs { parts: self.inner, text: self.text }
    }
}

/// Parts in order.
#[derive(Clone, Debug)]
pub struct Pairs<'i> {
    parts: &'i [Part],
    text: &'i str,
}

impl<'i> Pairs<'i> {
    /// The parts that were read of a text.
    pub fn new(parts: &'i [Part], text: &'i str) -> Pairs<'i> {
        Pairs { parts, text }
    }

    /// How many parts of these rules are left, not those inside others.
    pub fn count_of(&self, rules: &[Rule]) -> usize {
        self.clone().filter(|pair| rules.contains(&pair.as_rule())).count()
    }

    /// The next part, which stays the next.
    pub fn peek(&self) -> Option<Pair<'i>> {
        let (part, behind) = self.parts.split_first()?;
        let inner = behind.get(..(part.size as usize).saturating_sub(1))?;
        Some(Pair { part: *part, inner, text: self.text })
    }
}

impl<'i> Iterator for Pairs<'i> {
    type Item = Pair<'i>;

    fn next(&mut self) -> Option<Pair<'i>> {
        let pair = self.peek()?;
        self.parts = self.parts.get(1 + pair.inner.len()..)?;
        Some(pair)
    }
}
