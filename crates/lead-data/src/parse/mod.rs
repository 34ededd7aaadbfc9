//! What the texts of cells mean: numbers, money, yes and no, lengths of time, dates and times.

pub(crate) mod civil;
pub(crate) mod number;
pub(crate) mod time;
pub(crate) mod zone;

/// Yes or no.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    match text.as_bytes() {
        b"1" | b"t" | b"T" | b"y" | b"Y" => Some(true),
        b"0" | b"f" | b"F" | b"n" | b"N" => Some(false),
        _ if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("yes") => Some(true),
        _ if text.eq_ignore_ascii_case("false") || text.eq_ignore_ascii_case("no") => Some(false),
        // Numbers written with a decimal part, as some tools write flags.
        b"1.0" => Some(true),
        b"0.0" => Some(false),
        _ => None,
    }
}

const SECOND: i64 = 1_000_000;

/// A length of time in microseconds (D21): `36h`, `1d 4h`, `1:30:00`, `PT1H30M`.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let size = clock(text).or_else(|| iso_duration(text)).or_else(|| units(text))?;
    Some(if negative { -size } else { size })
}

/// `H:MM`, `H:MM:SS` with a fraction perhaps.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hours, minutes) = (parts.next()?, parts.next()?);
    let seconds = parts.next().unwrap_or("0");
    if parts.next().is_some() || minutes.len() != 2 {
        return None;
    }
    let whole = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<i64>().ok()).flatten();
    let (hours, minutes) = (whole(hours)?, whole(minutes).filter(|m| *m < 60)?);
    let seconds = plain(seconds).filter(|s| *s < 60.0)?;
    hours.checked_mul(3600)?.checked_add(minutes * 60)?.checked_mul(SECOND)?.checked_add((seconds * 1e6).round() as i64)
}

fn plain(text: &str) -> Option<f64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')).then(|| text.parse().ok()).flatten()
}

/// Microseconds of a unit; months and years by D21.
fn unit(name: &str) -> Option<f64> {
    let seconds = match name {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 7.0 * 86_400.0,
        "mo" | "month" | "months" => 30.4375 * 86_400.0,
        "q" | "quarter" | "quarters" => 3.0 * 30.4375 * 86_400.0,
        "y" | "year" | "years" => 12.0 * 30.4375 * 86_400.0,
        "ms" => 1e-3,
        _ => return None,
    };
    Some(seconds * 1e6)
}

fn units(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.trim();
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount = plain(&rest[..digits])?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        total += amount * unit(&rest[..letters])?;
        rest = rest[letters..].trim_start_matches([' ', ',']);
    }
    in_range(total)
}

fn iso_duration(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix(['P', 'p'])?;
    let (mut total, mut in_time, mut any) = (0.0, false, false);
    while !rest.is_empty() {
        if let Some(more) = rest.strip_prefix(['T', 't']) {
            (rest, in_time) = (more, true);
            continue;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount = plain(&rest[..digits])?;
        let letter = rest.as_bytes()[digits].to_ascii_uppercase();
        let name = match (letter, in_time) {
            (b'Y', false) => "y",
            (b'M', false) => "mo",
            (b'W', false) => "w",
            (b'D', false) => "d",
            (b'H', true) => "h",
            (b'M', true) => "min",
            (b'S', true) => "s",
            _ => return None,
        };
        total += amount * unit(name)?;
        any = true;
        rest = &rest[digits + 1..];
    }
    any.then(|| in_range(total)).flatten()
}

fn in_range(micros: f64) -> Option<i64> {
    (micros.abs() < 9e18).then_some(micros.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_in_the_spellings_of_exports() {
        for text in ["true", "TRUE", "True", "yes", "Yes", "1", "t", "y", "Y"] {
            assert_eq!(yes_no(text), Some(true), "{text}");
        }
        for text in ["false", "FALSE", "no", "0", "f", "n"] {
            assert_eq!(yes_no(text), Some(false), "{text}");
        }
        for text in ["2", "maybe", "ja", "on"] {
            assert_eq!(yes_no(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_of_time_need_a_unit() {
        const HOUR: i64 = 3600 * SECOND;
        let cases = [
            ("36h", 36 * HOUR),
            ("1d 4h", 28 * HOUR),
            ("2 weeks", 336 * HOUR),
            ("1:30:00", 3 * HOUR / 2),
            ("0:05", HOUR / 12),
        ];
        for (text, want) in cases {
            assert_eq!(duration(text), Some(want), "{text}");
        }
        assert_eq!(duration("PT1H30M"), Some(3 * HOUR / 2));
        assert_eq!(duration("P1DT0.5S"), Some(24 * HOUR + SECOND / 2));
        assert_eq!(duration("-15min"), Some(-HOUR / 4));
        for text in ["90", "", "P", "1:75", "five days", "h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
