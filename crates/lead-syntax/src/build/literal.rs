//! Values written out: numbers, durations, dates, times.

use lead_diag::{Diagnostic, Span, codes};

use super::{Builder, unquote};
use crate::MONTHS;
use crate::ast::{Literal, LiteralKind, Unit};
use lead_grammar::{Pair, Rule};

impl Builder<'_> {
    /// The literal of a pair; `None` if the pair is no literal, or is one that does not exist (reported).
    pub(super) fn literal(&mut self, pair: &Pair) -> Option<Literal> {
        let span = self.span(pair);
        let text = self.written(pair);
        let kind = match pair.as_rule() {
            Rule::number => LiteralKind::Number(plain(text)),
            Rule::percent => LiteralKind::Percent(plain(text.trim_end_matches('%'))),
            Rule::text => LiteralKind::Text(unquote(text)),
            Rule::yes_no => LiteralKind::YesNo(matches!(text.as_bytes().first(), Some(b'y' | b'Y' | b't' | b'T'))),
            Rule::duration => self.duration(text, span)?,
            Rule::date => LiteralKind::Date(self.date(text, span)?.0, self.date_part(text, 5), self.date_part(text, 8)),
            Rule::time => self.time(text, span)?,
            _ => return None,
        };
        Some(Literal { kind, span })
    }

    fn date_part(&self, text: &str, at: usize) -> i8 {
        text.get(at..at + 2).and_then(|d| d.parse().ok()).unwrap_or(1)
    }

    fn duration(&mut self, text: &str, span: Span) -> Option<LiteralKind> {
        let digits_end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(digits_end);
        let unit = unit_of(unit)?;
        match plain(digits).parse::<u32>() {
            Ok(n) if n <= MAX_COUNT => Some(LiteralKind::Duration(n, unit)),
            _ => {
                self.report(
                    Diagnostic::new(codes::BAD_NUMBER, format!("`{text}` is longer than any time there is"))
                        .label(span, "too long")
                        .help(format!("durations go up to {MAX_COUNT} of a unit")),
                );
                None
            }
        }
    }

    fn date(&mut self, text: &str, span: Span) -> Option<(i16, i8, i8)> {
        let year: i16 = text.get(0..4)?.parse().ok()?;
        let (month, day) = (self.date_part(text, 5), self.date_part(text, 8));
        let cause = if !(1..=12).contains(&month) {
            format!("there is no month {month}")
        } else if day < 1 || day > days_of(year, month) {
            format!("{} has {} days", month_name(month, year), days_of(year, month))
        } else if year < 1 {
            "there is no year 0".to_string()
        } else {
            return Some((year, month, day));
        };
        let date = text.get(0..10).unwrap_or(text);
        self.report(
            Diagnostic::new(codes::BAD_DATE, format!("`{date}` is not a day of the calendar"))
                .label(span, cause)
                .help("dates are written year-month-day, as in `2026-03-31`"),
        );
        None
    }

    fn time(&mut self, text: &str, span: Span) -> Option<LiteralKind> {
        let date = self.date(text, span)?;
        let clock = text.get(11..)?;
        let two = |at: usize| clock.get(at..at + 2).and_then(|d| d.parse::<u32>().ok());
        let (hour, minute) = (two(0)?, two(3)?);
        let has_seconds = clock.as_bytes().get(5) == Some(&b':');
        let second = if has_seconds { two(6)? } else { 0 };
        let offset = match clock.get(if has_seconds { 8 } else { 5 }..)? {
            "" => None,
            "Z" => Some(0),
            signed => {
                let hours: i32 = signed.get(1..3)?.parse().ok()?;
                let minutes: i32 = signed.get(4..6)?.parse().ok()?;
                if hours > 18 || minutes > 59 {
                    return self.bad_clock(text, span, "an offset is at most 18 hours");
                }
                let seconds = hours * 3600 + minutes * 60;
                Some(if signed.starts_with('-') { -seconds } else { seconds })
            }
        };
        if hour > 23 || minute > 59 || second > 59 {
            return self.bad_clock(text, span, "a day goes from `00:00:00` to `23:59:59`");
        }
        Some(LiteralKind::Time(date, hour * 3600 + minute * 60 + second, offset))
    }

    fn bad_clock(&mut self, text: &str, span: Span, cause: &str) -> Option<LiteralKind> {
        self.report(
            Diagnostic::new(codes::BAD_DATE, format!("`{text}` is not a time of the clock"))
                .label(span, cause)
                .help("times are written `2026-03-31T14:00`, in the lexicon's time zone unless an offset follows"),
        );
        None
    }

    /// A literal that the grammar has promised; an empty one if it does not exist.
    pub(super) fn literal_or_zero(&mut self, pair: &Pair) -> Literal {
        let span = self.span(pair);
        self.literal(pair).unwrap_or(Literal { kind: LiteralKind::Duration(0, Unit::Day), span })
    }

    pub(super) fn zero(&self) -> Literal {
        Literal { kind: LiteralKind::Duration(0, Unit::Day), span: self.nowhere() }
    }
}

/// The greatest count of a unit: more than all of recorded time in any of them but minutes and hours.
const MAX_COUNT: u32 = 100_000_000;

fn plain(digits: &str) -> String {
    digits.chars().filter(|c| *c != '_').collect()
}

pub(crate) fn unit_of(unit: &str) -> Option<Unit> {
    Some(match unit {
        "min" => Unit::Minute,
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        "mo" => Unit::Month,
        "q" => Unit::Quarter,
        "y" => Unit::Year,
        _ => return None,
    })
}

fn days_of(year: i16, month: i8) -> i8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn month_name(month: i8, year: i16) -> String {
    let name = MONTHS.get((month - 1).max(0) as usize).copied().unwrap_or("a month");
    if month == 2 { format!("{name} {year}") } else { name.to_string() }
}
