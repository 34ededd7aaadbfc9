//! A statement in fewer characters: the grammar looks at every character several times, and most of them are inside
//! names and texts, where it asks nothing but whether they go on.
//!
//! Invariant *same shape*: words that the grammar does not know are all alike to it. So a run of them becomes one
//! character, U+0002, the inside of a text nothing, and a gap one blank or one line end; the grammar accepts the short
//! text if and only if it accepts the long one, and with the same parts. A name ends at a reserved word as it ends at a
//! line end: so the gap between the two is written as one, and the word is not looked at. Whatever is not plainly one
//! of these stays as it is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lead_grammar::{self as grammar, Part, Rule};
use lead_scan::{Kind, Words, is_keyword, word_end};

/// What stands for a run of words that the grammar does not know; no file may hold it.
const WORDS: u8 = 2;

/// A short text, and where it came from.
#[derive(Debug, Default)]
pub(crate) struct Short {
    pub text: String,
    /// For each byte of the short text, and for its end: the place in the long one.
    pub places: Vec<u32>,
}

/// What the grammar found in short texts. Statements are often of the same shape: two counts with a `where`, say.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    known: HashMap<(Rule, Box<str>), Vec<Part>>,
    /// Those of the last text that was not kept.
    last: Vec<Part>,
}

/// How many shapes are kept at most, and of how many bytes. Longer statements are rarely alike.
const MOST_SHAPES: usize = 1024;
const LONGEST_SHAPE: usize = 512;

impl Shapes {
    /// All parts of a short text; `None` if the rule refuses it.
    pub fn read(&mut self, rule: Rule, text: &str) -> Option<&[Part]> {
        if text.len() > LONGEST_SHAPE {
            self.last = grammar::read(rule, text).ok()?;
            return Some(&self.last);
        }
        if self.known.len() >= MOST_SHAPES {
            self.known.clear();
        }
        match self.known.entry((rule, text.into())) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            Entry::Vacant(entry) => Some(entry.insert(grammar::read(rule, text).ok()?)),
        }
    }
}

/// Shortens a statement; `None` if something in it is unusual.
pub(crate) fn shorten(kind: Kind, text: &str) -> Option<Short> {
    // In heads and stories a line end means more than a blank.
    let lines = !matches!(kind, Kind::Entity | Kind::Event | Kind::Story);
    let bytes = text.as_bytes();
    let mut out = Out { text: Vec::with_capacity(bytes.len() / 2), places: Vec::with_capacity(bytes.len() / 2) };
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                let end = word_end(bytes, at);
                if bytes.get(end).is_some_and(|b| *b >= 0x80) {
                    return None;
                }
                let word = bytes.get(at..end)?;
                if is_known(word) {
                    if lines && out.text.ends_with(&[WORDS, b' ']) && is_keyword(text.get(at..end)?) {
                        out.text.pop();
                        out.text.push(b'\n');
                    }
                    out.copy(word, at);
                    at = end;
                } else {
                    out.push(WORDS, at);
                    at = run_end(bytes, end);
                }
            }
            b'\t'..=b' ' => {
                let (start, mut line_end) = (at, false);
                while let Some(b'\t'..=b' ') = bytes.get(at) {
                    line_end |= bytes[at] == b'\n';
                    at += 1;
                }
                out.push(if line_end { b'\n' } else { b' ' }, start);
            }
            b'"' => {
                let end = text_end(bytes, at)?;
                out.push(b'"', at);
                out.push(b'"', at + 1);
                at = end;
            }
            b'`' => {
                let length = bytes.get(at + 1..)?.iter().position(|b| matches!(b, b'`' | b'\n' | b'\r' | 1))?;
                if length == 0 || bytes.get(at + 1 + length) != Some(&b'`') {
                    return None;
                }
                out.copy(bytes.get(at..at + length + 2)?, at);
                at += length + 2;
            }
            b'0'..=b'9' => {
                let number = bytes.get(at..)?;
                let length = number.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'_'));
                let number = number.get(..length.unwrap_or(number.len()))?;
                let digits = number.iter().take_while(|b| b.is_ascii_digit()).count();
                // The digits of dates, times and fractions are counted; those of `500` and `90d` are not.
                let joined = |b: Option<&u8>| matches!(b, Some(b'-' | b':' | b'.' | b'+'));
                let counted = joined(bytes.get(at + number.len())) || joined(bytes.get(at.wrapping_sub(1)));
                if counted || number.contains(&b'_') {
                    out.copy(number, at);
                } else {
                    out.push(b'1', at);
                    out.copy(number.get(digits..)?, at + digits);
                }
                at += number.len();
            }
            0x80.. => return None,
            _ => {
                out.push(byte, at);
                at += 1;
            }
        }
    }
    out.places.push(u32::try_from(at).ok()?);
    Some(Short { text: String::from_utf8(out.text).ok()?, places: out.places })
}

struct Out {
    text: Vec<u8>,
    places: Vec<u32>,
}

impl Out {
    fn push(&mut self, byte: u8, at: usize) {
        self.text.push(byte);
        self.places.push(at as u32);
    }

    fn copy(&mut self, bytes: &[u8], at: usize) {
        self.text.extend_from_slice(bytes);
        self.places.extend((at as u32..).take(bytes.len()));
    }
}

/// Where the run of unknown words ends whose first ends at `end`.
fn run_end(bytes: &[u8], mut end: usize) -> usize {
    loop {
        let mut next = end;
        while let Some(b' ' | b'\t') = bytes.get(next) {
            next += 1;
        }
        if next == end || !bytes.get(next).is_some_and(u8::is_ascii_alphabetic) {
            return end;
        }
        let word = word_end(bytes, next);
        let ends = bytes.get(word).is_none_or(|b| *b < 0x80);
        if !ends || bytes.get(next..word).is_none_or(is_known) {
            return end;
        }
        end = word;
    }
}

/// Where the text ends that begins at `at`; `None` if it does not end on its line.
fn text_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut i = at + 1;
    loop {
        match bytes.get(i)? {
            b'"' if bytes.get(i + 1) == Some(&b'"') => i += 2,
            b'"' => return Some(i + 1),
            b'\n' | b'\r' | 1 => return None,
            _ => i += 1,
        }
    }
}

/// Whether the grammar knows the word.
fn is_known(word: &[u8]) -> bool {
    KNOWN.has(word)
}

/// All words of the grammar.
#[rustfmt::skip]
static KNOWN: Words<11> = Words::new(&[
    "ago", "and", "any", "as", "at", "average",
    "became", "because", "before", "between", "blank", "by",
    "contains", "count",
    "date", "day", "days", "distinct", "duration",
    "empty", "ends", "entity", "event", "every", "example", "examples", "expect",
    "false", "first", "fiscal", "for", "from", "funnel",
    "half", "half-life",
    "in", "is",
    "key", "known",
    "last", "least", "life", "list",
    "matches", "max", "metric", "min", "missing", "money", "month", "months", "more", "most",
    "next", "nil", "no", "none", "not", "now", "null", "number",
    "of", "on", "one", "or", "otherwise",
    "per",
    "quarter", "quarters",
    "same", "score", "since", "starts", "sum",
    "text", "than", "then", "this", "time", "today", "true",
    "unknown", "unless",
    "via",
    "was", "week", "weeks", "when", "where", "with", "within",
    "year", "years", "yes",
]);

#[cfg(test)]
mod tests {
    use super::{is_known, shorten};
    use lead_scan::Kind;

    #[test]
    fn every_word_of_the_grammar_is_known() {
        let grammar = include_str!("../../../grammar/lead.pest");
        let mut words = 0;
        for literal in grammar.split("^\"").skip(1).filter_map(|part| part.split('"').next()) {
            for word in literal.split('/').filter(|w| *w != "s") {
                assert!(is_known(word.as_bytes()), "`{word}` is not in `KNOWN`");
                words += 1;
            }
        }
        assert!(words > 80);
        // Words in quotes without `^` are units and signs behind digits.
        for unit in ["days", "WEEKS", "months", "quarters", "years", "half-life"] {
            assert!(is_known(unit.as_bytes()));
        }
    }

    #[test]
    fn what_the_grammar_does_not_look_at_is_left_out() {
        let short = |text: &str| shorten(Kind::Value, text).map(|s| s.text);
        let said = |text: &str| Some(text.replace('x', "\u{2}"));
        assert_eq!(short("job title =  \"a \"\"b\"\" c\""), said("x = \"\""));
        assert_eq!(short("cost per lead \n   when `a b` > 90d"), said("x per x\nwhen `a b` > 1d"));
        assert_eq!(short("e-mail-2 is  known"), said("x\nis known"));
        assert_eq!(short("a = 500 * -20 + 36h > 2026-03-31T14:00"), said("x = 1 * -20 + 1h > 2026-03-31T14:00"));
        assert_eq!(short("lead OR when\n  a and first when"), said("x\nOR when\nx\nand first when"));
        assert_eq!(short("a -5"), said("x -5"));
        assert_eq!(short("Käufer = 5"), None);
        assert_eq!(short("\"open"), None);
    }

    #[test]
    fn places_are_those_of_the_long_text() {
        let text = "job  title = \"abc\"  ";
        let short = shorten(Kind::Value, text).unwrap_or_default();
        assert_eq!(short.text, "\u{2} = \"\" ");
        assert_eq!(short.places, [0, 10, 11, 12, 13, 14, 18, 20]);
    }
}
