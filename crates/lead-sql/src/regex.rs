//! Regular expressions of Rust's `regex`, written for other engines: what a pattern means is worked out, and written
//! with signs that all engines of a family read alike.

use std::fmt::Write;

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look};

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

/// For PostgreSQL's advanced expressions.
pub fn postgres(pattern: &str) -> Result<String, Lacks> {
    let code =
        |c: char| if (c as u32) < 0x1_0000 { format!("\\u{:04X}", c as u32) } else { format!("\\U{:08X}", c as u32) };
    write(pattern, &Family { code, start: r"\A", end: r"\Z", most: 255 })
}

fn write(pattern: &str, family: &Family) -> Result<String, Lacks> {
    let hir = regex_syntax::parse(pattern).map_err(|_| "no such regular expression".to_owned())?;
    let mut out = String::new();
    part(&hir, family, &mut out)?;
    Ok(out)
}

fn part(hir: &Hir, family: &Family, out: &mut String) -> Result<(), Lacks> {
    match hir.kind() {
        HirKind::Empty => out.push_str("(?:)"),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).map_err(|_| "no bytes in regular expressions".to_owned())?;
            text.chars().for_each(|c| character(c, family, out));
        }
        HirKind::Class(Class::Unicode(class)) => set(class, family, out),
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
        // Nothing matches: a sign that is both.
        out.push_str("[^\\x00-\\x{10FFFF}]");
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
