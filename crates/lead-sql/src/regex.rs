//! Regular expressions of Rust's `regex`, written for other engines: what a pattern means is worked out, and written
//! with signs that all engines of a family read alike.

use std::fmt::Write;

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};

use crate::dialect::Lacks;

/// How a family of engines writes what is not the same everywhere.
struct Family {
    /// A character by its number.
    code: fn(char) -> String,
    start: &'static str,
    end: &'static str,
    /// Repetitions of more than this are not counted.
    most: u32,
}

/// For RE2, which DuckDB, ClickHouse and BigQuery use.
pub fn re2(pattern: &str) -> Result<String, Lacks> {
    write(pattern, &Family { code: |c| format!("\\x{{{:X}}}", c as u32), start: r"\A", end: r"\z", most: 1000 })
}

/// For Java, which Spark and Databricks use.
pub fn java(pattern: &str) -> Result<String, Lacks> {
    write(pattern, &Family { code: |c| format!("\\x{{{:X}}}", c as u32), start: r"\A", end: r"\z", most: 1000 })
}

/// For Snowflake, which has neither groups that catch nothing nor numbers of characters.
pub fn snowflake(pattern: &str) -> Result<String, Lacks> {
    let written = write(pattern, &Family { code: |c| c.to_string(), start: "^", end: "$", most: 255 })?;
    Ok(written.replace("(?:", "("))
}

/// For Rust's own: as it stands.
pub fn rust(pattern: &str) -> Result<String, Lacks> {
    regex_syntax::parse(pattern).map_err(|_| "no such regular expression".to_owned())?;
    Ok(pattern.to_owned())
}

/// For PostgreSQL's advanced expressions.
pub fn postgres(pattern: &str) -> Result<String, Lacks> {
    let code =
        |c: char| if (c as u32) < 0x1_0000 { format!("\\u{:04X}", c as u32) } else { format!("\\U{:08X}", c as u32) };
    write(pattern, &Family { code, start: r"\A", end: r"\Z", most: 255 })
}

fn write(pattern: &str, family: &Family) -> Result<String, Lacks> {
    let hir = parsed(pattern)?;
    let mut out = String::new();
    part(&inside(at_ends(hir)?)?, family, &mut out)?;
    Ok(out)
}

fn parsed(pattern: &str) -> Result<Hir, Lacks> {
    regex_syntax::parse(pattern).map_err(|_| "no such regular expression".to_owned())
}

/// Where a match may lie anywhere in a text, what stands at its very ends may as well be part of it: borders of words and lines
/// there become characters, which all engines know.
fn at_ends(hir: Hir) -> Result<Hir, Lacks> {
    inner_ends(hir, true, true)
}

/// Likewise of a part with which an expression begins (`first`) or ends (`last`).
fn inner_ends(hir: Hir, first: bool, last: bool) -> Result<Hir, Lacks> {
    match hir.kind() {
        HirKind::Alternation(parts) => {
            let parts: Result<Vec<Hir>, Lacks> = parts.iter().cloned().map(|p| inner_ends(p, first, last)).collect();
            Ok(Hir::alternation(parts?))
        }
        HirKind::Capture(capture) => inner_ends((*capture.sub).clone(), first, last),
        HirKind::Concat(parts) => {
            let mut parts = parts.clone();
            let end = parts.len() - 1;
            for (at, beside, first) in
                [(0, 1, true), (end, end - 1, false)].into_iter().filter(|e| if e.2 { first } else { last })
            {
                parts[at] = match parts[at].kind() {
                    HirKind::Look(look) => {
                        border(*look, edge(&parts[beside], first), first)?.unwrap_or(parts[at].clone())
                    }
                    _ => inner_ends(parts[at].clone(), first, !first)?,
                };
            }
            Ok(Hir::concat(parts))
        }
        _ => Ok(hir),
    }
}

/// What a border at the first (or last) place of an expression becomes, beside what is of a word or is not; `None`: it stays.
fn border(look: Look, beside: Option<bool>, first: bool) -> Result<Option<Hir>, Lacks> {
    let (other, word) = (r"\W", r"\w");
    let or_end = |class: &str| if first { format!(r"\A|{class}") } else { format!(r"{class}|\z") };
    let text = match (look, beside) {
        (Look::StartLF, _) if first => r"\A|\n".to_owned(),
        (Look::EndLF, _) if !first => r"\n|\z".to_owned(),
        (Look::WordUnicode, Some(true)) => or_end(other),
        (Look::WordUnicode, Some(false)) => word.to_owned(),
        (Look::WordStartUnicode, Some(true)) if first => or_end(other),
        (Look::WordEndUnicode, Some(true)) if !first => or_end(other),
        (Look::WordStartHalfUnicode, _) if first => or_end(other),
        (Look::WordEndHalfUnicode, _) if !first => or_end(other),
        _ => return Ok(None),
    };
    parsed(&text).map(Some)
}

/// Borders of words inside of an expression, where what stands beside them tells what they come to: between what is of a word and what is
/// not they always are, between two of a kind never; beside any run of characters (`.*`) they say what it begins or ends with.
fn inside(hir: Hir) -> Result<Hir, Lacks> {
    Ok(match hir.kind() {
        HirKind::Alternation(parts) => {
            let parts: Result<Vec<Hir>, Lacks> = parts.iter().cloned().map(inside).collect();
            Hir::alternation(parts?)
        }
        HirKind::Capture(capture) => inside((*capture.sub).clone())?,
        HirKind::Concat(parts) => {
            let parts: Result<Vec<Hir>, Lacks> = parts.iter().cloned().map(inside).collect();
            let mut parts = parts?;
            let is_border = |p: &Hir| matches!(p.kind(), HirKind::Look(Look::WordUnicode));
            let mut at = 1;
            while at + 1 < parts.len() {
                let run = run(&parts[at]);
                let (left, right) = match is_border(&parts[at]) {
                    true => (true, true),
                    false => (run.is_some() && is_border(&parts[at - 1]), run.is_some() && is_border(&parts[at + 1])),
                };
                // What stands on both sides of the borders.
                let before = if run.is_some() && left { at.checked_sub(2) } else { Some(at - 1) };
                let after = if run.is_some() && right { at + 2 } else { at + 1 };
                let before = before.and_then(|i| edge(&parts[i], false));
                let after = parts.get(after).and_then(|p| edge(p, true));
                if let (true, Some(before), Some(after)) = (left || right, before, after) {
                    let parted = before != after;
                    match run {
                        None => parts[at] = if parted { Hir::empty() } else { Hir::fail() },
                        Some((class, least)) => {
                            let ends = [left.then_some(before), right.then_some(after)];
                            let made = bordered(class, ends, least == 0 && parted)?;
                            let from = at - usize::from(left);
                            parts.splice(from..=at + usize::from(right), [made]);
                            at = from;
                        }
                    }
                }
                at += 1;
            }
            Hir::concat(parts)
        }
        _ => hir,
    })
}

/// A run of any number of characters of a class, or of at least one.
fn run(hir: &Hir) -> Option<(ClassUnicode, u32)> {
    let HirKind::Repetition(repetition) = hir.kind() else { return None };
    let HirKind::Class(Class::Unicode(class)) = repetition.sub.kind() else { return None };
    (repetition.max.is_none() && repetition.min < 2).then(|| (class.clone(), repetition.min))
}

/// A run with borders of words at its ends; for each end that has one, whether a word stands on its other side. `may_lack`: whether it may as
/// well be empty.
fn bordered(class: ClassUnicode, ends: [Option<bool>; 2], may_lack: bool) -> Result<Hir, Lacks> {
    // Beside a word stands a character that is of none, and the other way round.
    let at_end = |side: Option<bool>| {
        let mut own = class.clone();
        if let Some(is_word) = side
            && let HirKind::Class(Class::Unicode(other)) = parsed(if is_word { r"\W" } else { r"\w" })?.kind()
        {
            own.intersect(other);
        }
        Ok::<ClassUnicode, Lacks>(own)
    };
    let (first, last) = (at_end(ends[0])?, at_end(ends[1])?);
    let mut single = first.clone();
    single.intersect(&last);
    let one = |class: ClassUnicode| Hir::class(Class::Unicode(class));
    let any = Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(one(class.clone())) });
    let mut ways = Vec::new();
    if !single.ranges().is_empty() {
        ways.push(one(single));
    }
    if !first.ranges().is_empty() && !last.ranges().is_empty() {
        ways.push(Hir::concat(vec![one(first), any, one(last)]));
    }
    if may_lack {
        ways.push(Hir::empty());
    }
    Ok(Hir::alternation(ways))
}

/// Whether what an expression matches surely begins (or ends) with a character of a word, or surely does not; `None`: either, or nothing.
fn edge(hir: &Hir, first: bool) -> Option<bool> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            let c = if first { text.chars().next()? } else { text.chars().next_back()? };
            is_word(c, c)
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut all = class.ranges().iter().map(|r| is_word(r.start(), r.end()));
            let one = all.next()??;
            all.all(|o| o == Some(one)).then_some(one)
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => edge(&repetition.sub, first),
        HirKind::Capture(capture) => edge(&capture.sub, first),
        HirKind::Concat(parts) => edge(if first { parts.first()? } else { parts.last()? }, first),
        HirKind::Alternation(parts) => {
            let one = edge(parts.first()?, first)?;
            parts.iter().all(|p| edge(p, first) == Some(one)).then_some(one)
        }
        _ => None,
    }
}

/// Whether all characters of a range are of words, or none is.
fn is_word(from: char, to: char) -> Option<bool> {
    let hir = regex_syntax::parse(r"\w").ok()?;
    let HirKind::Class(Class::Unicode(words)) = hir.kind() else { return None };
    let holds = |r: &regex_syntax::hir::ClassUnicodeRange| r.start() <= from && to <= r.end();
    let meets = |r: &regex_syntax::hir::ClassUnicodeRange| r.start() <= to && from <= r.end();
    if words.ranges().iter().any(holds) { Some(true) } else { (!words.ranges().iter().any(meets)).then_some(false) }
}

fn part(hir: &Hir, family: &Family, out: &mut String) -> Result<(), Lacks> {
    match hir.kind() {
        HirKind::Empty => out.push_str("(?:)"),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).map_err(|_| "no bytes in regular expressions".to_owned())?;
            text.chars().for_each(|c| character(c, family, out));
        }
        HirKind::Class(Class::Unicode(class)) => set(class, family, out),
        HirKind::Class(Class::Bytes(class)) if class.ranges().is_empty() => set(&ClassUnicode::empty(), family, out),
        HirKind::Class(Class::Bytes(_)) => return Err("no bytes in regular expressions".to_owned()),
        HirKind::Look(look) => match look {
            Look::Start => out.push_str(family.start),
            Look::End => out.push_str(family.end),
            other => {
                return Err(match other {
                    Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF => {
                        "no ends of lines in regular expressions as they are written here".to_owned()
                    }
                    _ => "no borders of words in regular expressions as they are written here".to_owned(),
                });
            }
        },
        HirKind::Repetition(repetition) => {
            let (least, most) = (repetition.min, repetition.max);
            if least.max(most.unwrap_or(0)) > family.most {
                return Err(format!("no repetition of more than {} times in regular expressions", family.most));
            }
            group(&repetition.sub, family, out)?;
            match (least, most) {
                (0, None) => out.push('*'),
                (1, None) => out.push('+'),
                (0, Some(1)) => out.push('?'),
                (n, None) => drop(write!(out, "{{{n},}}")),
                (n, Some(m)) if n == m => drop(write!(out, "{{{n}}}")),
                (n, Some(m)) => drop(write!(out, "{{{n},{m}}}")),
            }
        }
        HirKind::Capture(capture) => group(&capture.sub, family, out)?,
        HirKind::Concat(parts) => {
            for p in parts {
                if matches!(p.kind(), HirKind::Alternation(_)) { group(p, family, out)? } else { part(p, family, out)? }
            }
        }
        HirKind::Alternation(parts) => {
            for (i, p) in parts.iter().enumerate() {
                if i > 0 {
                    out.push('|');
                }
                part(p, family, out)?;
            }
        }
    }
    Ok(())
}

/// In a group that catches nothing, where it is more than one sign.
fn group(hir: &Hir, family: &Family, out: &mut String) -> Result<(), Lacks> {
    let single = match hir.kind() {
        HirKind::Class(_) => true,
        HirKind::Literal(l) => std::str::from_utf8(&l.0).is_ok_and(|t| t.chars().count() == 1),
        _ => false,
    };
    if single {
        return part(hir, family, out);
    }
    out.push_str("(?:");
    part(hir, family, out)?;
    out.push(')');
    Ok(())
}

fn character(c: char, family: &Family, out: &mut String) {
    if c.is_ascii_alphanumeric()
        || matches!(c, ' ' | '_' | '/' | '@' | ',' | ':' | ';' | '=' | '%' | '"' | '<' | '>' | '!' | '~' | '\'')
    {
        out.push(c);
    } else if c.is_ascii_graphic() {
        out.push('\\');
        out.push(c);
    } else if c.is_alphanumeric() {
        out.push(c);
    } else {
        out.push_str(&(family.code)(c));
    }
}

/// A class; the shorter of it and its opposite.
fn set(class: &ClassUnicode, family: &Family, out: &mut String) {
    let mut opposite = class.clone();
    opposite.negate();
    if class.ranges().is_empty() {
        // Nothing matches: a letter behind the end.
        out.push_str(&format!("(?:{}a)", family.end));
        return;
    }
    let negated = opposite.ranges().len() < class.ranges().len() && !opposite.ranges().is_empty();
    let ranges = if negated { &opposite } else { class };
    out.push_str(if negated { "[^" } else { "[" });
    for range in ranges.ranges() {
        member(range.start(), family, out);
        if range.end() > range.start() {
            if range.end() as u32 > range.start() as u32 + 1 {
                out.push('-');
            }
            member(range.end(), family, out);
        }
    }
    out.push(']');
}

fn member(c: char, family: &Family, out: &mut String) {
    if c.is_ascii_alphanumeric() || c == ' ' || c == '_' {
        out.push(c);
    } else if c.is_ascii_graphic() {
        out.push('\\');
        out.push(c);
    } else {
        out.push_str(&(family.code)(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_at_the_ends_become_characters() {
        let texts = ["CEO", "the CEO", "CEO, Europe", "MyCEO", "CEOs", "Head of CEO", "élCEO", "x\nCEO", "CEO\ny", ""];
        for pattern in
            [r"\bCEO\b", r"\bCEO|\bHead\b", r"(?m)^CEO$", r"\b\w+\b", r"(\bof\b)", r"CEO\b", r"\b{start}CEO\b{end}"]
        {
            let rewritten = at_ends(parsed(pattern).unwrap()).unwrap();
            let (before, after) =
                (regex::Regex::new(pattern).unwrap(), regex::Regex::new(&rewritten.to_string()).unwrap());
            for text in texts {
                assert_eq!(before.is_match(text), after.is_match(text), "{pattern}: {text:?}");
            }
            assert!(re2(pattern).is_ok() && postgres(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn borders_inside_say_what_stands_beside_them() {
        let texts = [
            "VP Sales",
            "VPSales",
            "VP of Sales",
            "VP ofSales",
            "VPx Sales",
            "VP, EMEA, Sales",
            "VP Sales\n",
            "VP\nSales",
            "VP é Sales",
            "VPé Sales",
            "VP-Sales",
            "VP  Sales",
            "VP",
            "Sales VP",
            "VP x Sales",
            "VP 1Sales",
            "a VP  b Sales c",
            "VP.",
            "VP.Sales",
        ];
        let patterns = [
            r"VP\b.*\bSales",
            r"VP\b.*Sales",
            r"VP.*\bSales",
            r"VP\b.+\bSales",
            r"VP \bSales",
            r"VP\bSales",
            r"VP\b Sales",
            r"\bVP\b.*\bof\b.*\bSales\b",
            r"(?s)VP\b.*\bSales",
            r"VP,\b.*\bSales",
            r"VP[ ,]*\bSales",
            r"VP\b\W+\bSales",
            r"VP\b\w*\bSales",
        ];
        for pattern in patterns {
            let rewritten = inside(at_ends(parsed(pattern).unwrap()).unwrap()).unwrap();
            let (before, after) =
                (regex::Regex::new(pattern).unwrap(), regex::Regex::new(&rewritten.to_string()).unwrap());
            for text in texts {
                assert_eq!(before.is_match(text), after.is_match(text), "{pattern}, {rewritten}: {text:?}");
            }
            assert!(re2(pattern).is_ok() && postgres(pattern).is_ok(), "{pattern}: {:?}", re2(pattern));
        }
        assert!(re2(r"VP(?: of)?\bSales?\B").is_err(), "what may be of a word or not says nothing");
    }
}
