//! How names are written, and how what was typed is matched with them.

use lead_syntax::ast::{KEYWORDS, fold_name};
use lead_syntax::scan;

/// A name as it is written: in backticks where its words or signs would be read as something else.
pub fn written(name: &str) -> String {
    if reads_as_name(name) { name.to_string() } else { format!("`{name}`") }
}

/// Whether a name is read as one wherever a name may stand, without backticks.
pub fn reads_as_name(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let whole =
        |word: &&str| scan::word_length(word) == word.len() && !KEYWORDS.contains(&word.to_lowercase().as_str());
    if words.is_empty() || !words.iter().all(whole) {
        return false;
    }
    let pair = |a: &str, b: &str| lower.windows(2).any(|w| w[0] == a && w[1] == b);
    if pair("starts", "with") || pair("ends", "with") {
        return false;
    }
    // `in` and `by` before another word begin what follows them.
    let soft = |w: &String| w == "in" || w == "by";
    if lower.windows(2).any(|w| soft(&w[0]) && !soft(&w[1])) {
        return false;
    }
    match lower.as_slice() {
        [one] => !matches!(one.as_str(), "yes" | "no" | "true" | "false" | "now" | "today" | "known" | "unknown"),
        [which, .., last] => {
            let period = matches!(which.as_str(), "this" | "last" | "next") && crate::facts::is_period_unit(last);
            !(period && (lower.len() == 2 || (lower.len() == 3 && lower[1] == "fiscal")))
        }
        [] => false,
    }
}

/// How well what was typed matches a folded name: `None` if its letters are not all there, in order. What was typed is
/// folded as well. Nothing typed matches everything.
pub(crate) fn matched(typed: &str, key: &str) -> Option<i32> {
    if typed.is_empty() {
        return Some(0);
    }
    // Behind a blank only what goes on with another word.
    if typed.ends_with(' ') {
        return key.starts_with(typed).then_some(0);
    }
    if key.starts_with(typed) {
        return Some(120 - (key.len().min(60) as i32 - typed.len().min(60) as i32).min(20));
    }
    // Bytes in order, and whole where a word begins; the first letter of a word counts more. Ten thousand names are
    // compared at a keystroke, so this is one pass.
    let (typed, key) = (typed.as_bytes(), key.as_bytes());
    let (mut score, mut at, mut word) = (0, 0, true);
    for (i, byte) in key.iter().enumerate() {
        if word && key[i..].starts_with(typed) {
            return Some(80);
        }
        while typed.get(at) == Some(&b' ') {
            at += 1;
        }
        if typed.get(at) == Some(byte) {
            at += 1;
            score += if word { 8 } else { 1 };
        }
        word = matches!(byte, b' ' | b'-' | b'.');
    }
    (at >= typed.len()).then_some(score.min(60))
}

/// [`matched`] for names that are not folded yet.
pub(crate) fn matched_text(typed: &str, text: &str) -> Option<i32> {
    matched(typed, &fold_name(text))
}
