//! Texts, numbers, dates and durations that are not written as the language writes them.

use lead_diag::{Applicability, Diagnostic, Edit, Fix, codes};

use super::{Place, likely, safe};
use lead_scan::{Token, TokenKind};

/// A quote or backtick without its partner.
pub(super) fn unclosed_text(place: &Place) -> Option<Diagnostic> {
    let token = place.tokens.iter().find(|t| t.kind == TokenKind::Unclosed)?;
    let quote = if place.text(token).starts_with('`') { "`" } else { "\"" };
    let (what, cure) = match quote {
        "`" => ("a name in backticks", "write the closing backtick; a name does not cross a line end"),
        _ => ("a text in quotes", "write the closing quote; a text does not cross a line end"),
    };
    Some(
        place
            .report(codes::UNCLOSED_TEXT, format!("{what} has no end on its line"), place.of(token), "begins here")
            .help(cure)
            .fix(likely("close it at the end of the line", place.of(token).after(), quote)),
    )
}

const CURLY: [&str; 8] = ["“", "”", "„", "‟", "«", "»", "″", "＂"];

/// Quotes as a text program sets them.
pub(super) fn curly_quotes(place: &Place) -> Option<Diagnostic> {
    let curly: Vec<&Token> =
        place.tokens.iter().filter(|t| t.kind == TokenKind::Other && CURLY.contains(&place.text(t))).collect();
    let first = curly.first()?;
    let edits = curly.iter().map(|t| Edit { span: place.of(t), text: "\"".into() }).collect();
    let fix = Fix { title: "write straight quotes".into(), applicability: Applicability::Safe, edits };
    Some(
        place
            .report(
                codes::UNCLOSED_TEXT,
                format!("`{}` is a typographic quote", place.text(first)),
                place.of(first),
                "expected a straight quote `\"`",
            )
            .help("text programs replace quotes while typing; texts stand in straight quotes here")
            .fix(fix),
    )
}

/// `'text'`
pub(super) fn single_quotes(place: &Place) -> Option<Diagnostic> {
    let token = place.here().filter(|t| matches!(place.text(t), "'" | "‘" | "’"))?;
    let behind = place.text.get(token.end..)?;
    let line = behind.get(..behind.find(['\n', '\u{1}']).unwrap_or(behind.len()))?;
    let close = line.find(['\'', '’', '‘']).map(|n| token.end + n)?;
    let end = close + place.text.get(close..)?.chars().next()?.len_utf8();
    let inner = place.text.get(token.end..close)?;
    let span = place.span((token.start, end));
    Some(
        place
            .report(codes::UNCLOSED_TEXT, "a text stands in single quotes", span, "expected straight double quotes")
            .fix(safe(format!("write `\"{inner}\"`"), span, format!("\"{inner}\""))),
    )
}

/// The number at which, or just before which, the grammar stopped.
fn number<'t>(place: &Place<'t>) -> Option<(usize, &'t Token)> {
    let is_number = |i: usize| place.tokens.get(i).filter(|t| t.kind == TokenKind::Number).map(|t| (i, t));
    is_number(place.at).or_else(|| is_number(place.at.checked_sub(1)?))
}

/// `1,000` and `2,5`
pub(super) fn comma_in_number(place: &Place) -> Option<Diagnostic> {
    let comma = place.here().filter(|t| place.text(t) == ",")?;
    let (before, after) = (place.back(1)?, place.ahead(1)?);
    let digits =
        |t: &Token| t.kind == TokenKind::Number && place.text(t).chars().all(|c| c.is_ascii_digit() || c == '.');
    if !(digits(before) && digits(after) && place.touch(before, comma) && place.touch(comma, after)) {
        return None;
    }
    let span = place.of(before).to(place.of(after));
    let (left, right) = (place.text(before), place.text(after));
    let groups = right.split('.').next().is_some_and(|r| r.len() == 3) && left.len() <= 3;
    let written = if groups { format!("{left}_{right}") } else { format!("{left}.{right}") };
    let (message, fix) = if groups {
        ("a comma does not part thousands", likely(format!("write `{written}`"), span, written.clone()))
    } else {
        ("decimals stand behind a point, not a comma", safe(format!("write `{written}`"), span, written.clone()))
    };
    Some(
        place
            .report(codes::BAD_NUMBER, message, span, format!("write `{written}`"))
            .help("numbers read `2.5` and `50_000`")
            .fix(fix),
    )
}

/// The sign of a unit's word.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    Some(match word.as_str() {
        "minute" | "minutes" | "mins" | "min" => "min",
        "hour" | "hours" | "hrs" | "hr" | "h" => "h",
        "day" | "days" | "d" => "d",
        "week" | "weeks" | "wk" | "wks" | "w" => "w",
        "month" | "months" | "mth" | "mths" | "mo" | "mos" => "mo",
        "quarter" | "quarters" | "qtr" | "qtrs" | "q" => "q",
        "year" | "years" | "yr" | "yrs" | "y" => "y",
        _ => return None,
    })
}

/// `90 days`, `90days`, `90 d`, `90D`
pub(super) fn unit_as_a_word(place: &Place) -> Option<Diagnostic> {
    let (i, token) = number(place)?;
    let written = place.text(token);
    let digits = written.len() - written.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '.').len();
    let (count, tail) = written.split_at(digits);
    let (sign, span) = if tail.is_empty() {
        let next = place.tokens.get(i + 1).filter(|t| t.kind == TokenKind::Word)?;
        (unit(place.text(next))?, place.of(token).to(place.of(next)))
    } else {
        (unit(tail)?, place.of(token))
    };
    if tail == sign && !count.contains('.') {
        return None;
    }
    if count.contains('.') {
        return Some(
            place
                .report(codes::BAD_NUMBER, "a duration counts whole units", place.of(token), "has a fraction")
                .help("use a smaller unit: `36h` for a day and a half, `18mo` for a year and a half"),
        );
    }
    let right = format!("{count}{sign}");
    Some(
        place
            .broken(format!("this duration is written `{right}`"), span, format!("write `{right}`"))
            .help("units are `min`, `h`, `d`, `w`, `mo`, `q` and `y`, right behind the number")
            .fix(safe(format!("write `{right}`"), span, right)),
    )
}

/// Dates in other orders, and numbers with letters in them.
pub(super) fn not_a_number(place: &Place) -> Option<Diagnostic> {
    let (_, token) = number(place)?;
    let written = place.text(token);
    let span = place.of(token);
    let bad = |message: String| place.report(codes::BAD_NUMBER, message, span, "cannot be read as a number");
    for sign in ['.', '/', '-'] {
        let parts: Vec<&str> = written.split(sign).collect();
        if let [a, b, c] = parts.as_slice()
            && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
        {
            return date_in_another_order(place, token, sign, (a, b, c));
        }
    }
    if let Some((day, clock)) = written.split_once(['T', 't'])
        && day.matches('-').count() == 2
    {
        return Some(
            place
                .report(
                    codes::BAD_DATE,
                    format!("`{written}` is not a time"),
                    span,
                    format!("`{clock}` is no time of a day"),
                )
                .help("times are written `2026-03-31T14:00`, with seconds and an offset if need be"),
        );
    }
    let digits = written.len() - written.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '_').len();
    let (count, tail) = written.split_at(digits);
    let zeros = match tail {
        "k" | "K" => "_000",
        "m" | "M" | "mio" | "Mio" => "_000_000",
        _ => "",
    };
    if !zeros.is_empty() && !count.contains(['.', '_']) {
        let right = format!("{count}{zeros}");
        return Some(bad(format!("`{written}` is written `{right}`")).fix(likely(
            format!("write `{right}`"),
            span,
            right,
        )));
    }
    if count.matches('.').count() > 1 {
        return Some(bad(format!("`{written}` has two points")).help("numbers read `2.5` and `50_000`"));
    }
    if count.contains("__") || count.ends_with('_') {
        return Some(bad(format!("`{written}` has a `_` too many")).help("numbers read `2.5` and `50_000`"));
    }
    if tail.contains('-') && tail.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) {
        let right = written.replace('-', " - ");
        return Some(
            place
                .broken("a minus has blanks around it", span, "joined with the numbers")
                .help("dates are written `2026-03-31`, and differences `5 - 3`")
                .fix(likely(format!("write `{right}`"), span, right)),
        );
    }
    if tail.is_empty() || tail == "%" || tail.starts_with(['-', ':', '/']) || unit(tail).is_some() {
        return None;
    }
    Some(
        bad(format!("`{written}` is neither a number nor a duration"))
            .help("numbers read `2.5`, durations `36h 90d 2w 3mo 1q 2y`, and names start with a letter"),
    )
}

fn date_in_another_order(place: &Place, token: &Token, sign: char, parts: (&str, &str, &str)) -> Option<Diagnostic> {
    let n = |p: &str| p.parse::<u32>().unwrap_or(0);
    let (a, b, c) = (n(parts.0), n(parts.1), n(parts.2));
    let year = |y: u32, digits: usize| if digits == 2 { 2000 + y } else { y };
    let written = place.text(token);
    let span = place.of(token);
    let (date, sure) = if parts.0.len() == 4 {
        ((a, b, c), true)
    } else if parts.2.len() == 4 || parts.2.len() == 2 && sign == '.' {
        let y = year(c, parts.2.len());
        match sign {
            '.' => ((y, b, a), true),
            _ if a > 12 => ((y, b, a), true),
            _ if b > 12 => ((y, a, b), true),
            _ => ((y, a, b), false),
        }
    } else {
        return None;
    };
    let right = format!("{:04}-{:02}-{:02}", date.0, date.1, date.2);
    if right == written {
        return None;
    }
    let few_digits = sign == '-' && parts.0.len() == 4;
    let label = if few_digits { "months and days have two digits" } else { "in another order" };
    let found =
        place.report(codes::BAD_DATE, format!("`{written}` is not a date as dates are written here"), span, label);
    if !(1..=12).contains(&date.1) || !(1..=31).contains(&date.2) {
        return Some(found.help("dates are written year-month-day, as in `2026-03-31`"));
    }
    if !sure {
        let other = format!("{:04}-{:02}-{:02}", date.0, date.2, date.1);
        return Some(
            found
                .help(format!("dates are written year-month-day: `{right}` or `{other}`, whichever is meant"))
                .fix(Fix::replace(format!("write `{right}`"), Applicability::Display, span, right))
                .fix(Fix::replace(format!("write `{other}`"), Applicability::Display, span, other)),
        );
    }
    Some(found.help("dates are written year-month-day, as in `2026-03-31`").fix(safe(
        format!("write `{right}`"),
        span,
        right,
    )))
}

/// `20 %`, `20 percent`
pub(super) fn percent_apart(place: &Place) -> Option<Diagnostic> {
    let (i, token) = number(place)?;
    let next = place.tokens.get(i + 1)?;
    if !(place.text(next) == "%" || place.is_word(Some(next), &["percent", "pct", "prozent"])) {
        return None;
    }
    let right = format!("{}%", place.text(token));
    let span = place.of(token).to(place.of(next));
    Some(
        place
            .report(
                codes::BAD_NUMBER,
                format!("this percentage is written `{right}`"),
                span,
                "has a blank or a word in it",
            )
            .fix(safe(format!("write `{right}`"), span, right)),
    )
}

/// `$500`, `500 €`, `.5`, `5.`
pub(super) fn currency(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let text = place.text(token);
    let money = |s: &str| matches!(s, "$" | "€" | "£" | "¥");
    if money(text) {
        return Some(
            place
                .report(
                    codes::BAD_NUMBER,
                    format!("an amount is written without `{text}`"),
                    place.of(token),
                    "a currency",
                )
                .help("write the number alone; a field of type `money` compares with numbers")
                .fix(safe(format!("leave out `{text}`"), place.of(token), "")),
        );
    }
    if text == "."
        && let Some(next) = place.ahead(1)
        && next.kind == TokenKind::Number
        && place.touch(token, next)
        && !place.back(1).is_some_and(|b| place.touch(b, token))
    {
        let right = format!("0.{}", place.text(next));
        let span = place.of(token).to(place.of(next));
        return Some(
            place
                .report(codes::BAD_NUMBER, format!("this number is written `{right}`"), span, "starts with its point")
                .fix(safe(format!("write `{right}`"), span, right)),
        );
    }
    None
}
