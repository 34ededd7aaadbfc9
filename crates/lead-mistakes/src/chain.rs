//! Conditions: words for signs, missing operands, names without `and` between them, windows and times.

use lead_diag::{Diagnostic, Span, codes};

use super::{Place, begins_operand, ends_operand, likely, safe};
use lead_scan::{Token, TokenKind, is_keyword};

const COMPARISONS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

/// `persona is "engineer"`, `opted in is yes`
pub(super) fn is_a_value(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let (is, negated) = is_before(place)?;
    let literal = matches!(token.kind, TokenKind::Text | TokenKind::Number)
        || place.is_sign(Some(token), &["[", "-"])
        || place.is_word(Some(token), &["yes", "no", "true", "false", "now", "today"]);
    if !literal {
        return None;
    }
    let list = place.is_sign(Some(token), &["["]);
    let sign = match (negated, list) {
        (false, false) => "=",
        (true, false) => "!=",
        (false, true) => "in",
        (true, true) => "not in",
    };
    let words = if negated { "is not" } else { "is" };
    Some(
        place
            .broken(
                format!("`{words}` stands before the name of a term, not before a value"),
                is,
                format!("write `{sign}`"),
            )
            .help(format!("values are compared with `{sign}`"))
            .fix(safe(format!("write `{sign}`"), is, sign)),
    )
}

/// The place of an `is` or `is not` just before the stop.
fn is_before(place: &Place) -> Option<(Span, bool)> {
    if place.is_word(place.back(1), &["is"]) {
        return place.back(1).map(|t| (place.of(t), false));
    }
    if place.is_word(place.back(1), &["not"]) && place.is_word(place.back(2), &["is"]) {
        return Some((place.of(place.back(2)?).to(place.of(place.back(1)?)), true));
    }
    None
}

/// `is null`, `is empty`, `is not known`
pub(super) fn is_nothing(place: &Place) -> Option<Diagnostic> {
    let (token, is, negated) = match is_before(place) {
        Some((is, _)) if place.is_word(place.here(), &["not"]) => {
            (place.ahead(1)?, is.to(place.of(place.here()?)), true)
        }
        Some((is, negated)) => (place.here()?, is, negated),
        None => return None,
    };
    let nothing = place.is_word(Some(token), &["null", "nil", "none", "empty", "blank", "missing", "unknown"]);
    if !(nothing || place.is_word(Some(token), &["known"])) {
        return None;
    }
    let right = if nothing == negated { "is known" } else { "is unknown" };
    let span = is.to(place.of(token));
    Some(
        place
            .broken(format!("a missing value is asked for with `{right}`"), span, format!("write `{right}`"))
            .fix(safe(format!("write `{right}`"), span, right)),
    )
}

/// `industry in ("a", "b")`, `industry in "a"`
pub(super) fn round_list(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let keyword = place.back(1).filter(|t| place.is_word(Some(t), &["in"]))?;
    if token.kind == TokenKind::Text {
        let written = place.text(token);
        return Some(
            place
                .broken("`in` looks in a list", place.of(token), "a single text")
                .help("write a list such as `in [\"a\", \"b\"]`, or compare with `=`")
                .fix(safe(format!("write `[{written}]`"), place.of(token), format!("[{written}]"))),
        );
    }
    if !place.is_sign(Some(token), &["(", "{"]) {
        return None;
    }
    let close = place.tokens.get(place.at..)?.iter().find(|t| place.is_sign(Some(t), &[")", "}"]));
    let mut found = place
        .broken("a list stands in square brackets", place.of(token), "expected `[`")
        .label(place.of(keyword), "looks in a list")
        .help("write `in [\"a\", \"b\"]`");
    if let Some(close) = close {
        let inner = place.text.get(token.end..close.start)?;
        let span = place.of(token).to(place.of(close));
        found = found.fix(safe("write square brackets", span, format!("[{inner}]")));
    }
    Some(found)
}

const CALLS: [&str; 23] = [
    "count",
    "any",
    "no",
    "every",
    "sum",
    "average",
    "min",
    "max",
    "first",
    "last",
    "quarter",
    "month",
    "week",
    "day",
    "year",
    "hours",
    "days",
    "round",
    "abs",
    "length",
    "lower",
    "fiscal quarter",
    "fiscal year",
];

/// `count (page view)`
pub(super) fn blank_before_parenthesis(place: &Place) -> Option<Diagnostic> {
    let token = place.here().filter(|t| place.is_sign(Some(t), &["("]))?;
    let before = place.back(1).filter(|b| b.kind == TokenKind::Word && !place.touch(b, token))?;
    let word = CALLS.iter().find(|c| before.is_word(place.text, c))?;
    let gap = place.of(before).after().to(place.of(token).before());
    Some(place.broken(format!("the parenthesis of `{word}` follows without a blank"), gap, "blank here").fix(safe(
        "leave out the blank",
        gap,
        "",
    )))
}

/// Words that say what a sign says, by their last word.
const WORDS: [(&[&str], &str); 22] = [
    (&["greater", "than"], ">"),
    (&["bigger", "than"], ">"),
    (&["larger", "than"], ">"),
    (&["more", "than"], ">"),
    (&["less", "than"], "<"),
    (&["fewer", "than"], "<"),
    (&["smaller", "than"], "<"),
    (&["at", "least"], ">="),
    (&["at", "most"], "<="),
    (&["up", "to"], "<="),
    (&["equal", "to"], "="),
    (&["equals"], "="),
    (&["exceeds"], ">"),
    (&["above"], ">"),
    (&["over"], ">"),
    (&["below"], "<"),
    (&["under"], "<"),
    (&["like"], "contains"),
    (&["includes"], "contains"),
    (&["include"], "contains"),
    (&["contain"], "contains"),
    (&["begins", "with"], "starts with"),
];

/// `pages greater than 5`, `title like "x"`
pub(super) fn words_for_signs(place: &Place) -> Option<Diagnostic> {
    // The grammar stops at the words, at what follows them, or (`more than 5` is read as the start of
    // `more than 5d ago`) behind that.
    (place.at.saturating_sub(1)..place.at + 3).find_map(|at| words_before(place, at))
}

fn words_before(place: &Place, at: usize) -> Option<Diagnostic> {
    let operand = place.tokens.get(at)?;
    if !matches!(operand.kind, TokenKind::Text | TokenKind::Number | TokenKind::Open) {
        return None;
    }
    for (words, sign) in WORDS {
        let Some(first) = at.checked_sub(words.len()) else { continue };
        let Some(found) = place.tokens.get(first..at) else { continue };
        if first == 0 || !found.iter().zip(words).all(|(t, w)| t.is_word(place.text, w)) {
            continue;
        }
        let mut start = first;
        if place.is_word(place.tokens.get(first - 1), &["is"]) {
            start = first - 1;
        }
        let span = place.of(place.tokens.get(start)?).to(place.of(found.last()?));
        let said = words.join(" ");
        return Some(place.broken(format!("`{said}` is written `{sign}`"), span, format!("write `{sign}`")).fix(safe(
            format!("write `{sign}`"),
            span,
            sign,
        )));
    }
    None
}

/// `in the last 90d`, `during the past 30 days`
pub(super) fn last_days(place: &Place) -> Option<Diagnostic> {
    let near = |range: std::ops::Range<usize>| range.filter_map(|i| place.tokens.get(i).map(|t| (i, t)));
    let (last_at, _) = near(place.at.saturating_sub(2)..place.at + 4)
        .find(|(_, t)| place.is_word(Some(t), &["last", "past", "previous"]))?;
    let number = place.tokens.get(last_at + 1).filter(|t| t.kind == TokenKind::Number)?;
    let mut first = last_at;
    while first > 0 && place.is_word(place.tokens.get(first - 1), &["in", "the", "over", "during", "for", "within"]) {
        first -= 1;
    }
    let start = place.tokens.get(first)?;
    let span = place.of(start).to(place.of(number));
    let mut right = format!("within {}", place.text(number));
    let mut span = span;
    if let Some(word) = place.tokens.get(last_at + 2)
        && let Some(sign) = super::values::unit(place.text(word))
    {
        right.push_str(sign);
        span = span.to(place.of(word));
    }
    Some(
        place
            .broken("a window is written `within` and a duration", span, "expected `within 90d`")
            .help("write it behind the condition: `pages > 5 within 90d`")
            .fix(likely(format!("write `{right}`"), span, right)),
    )
}

/// `within 90`
pub(super) fn no_unit(place: &Place) -> Option<Diagnostic> {
    let number = [place.here(), place.back(1)].into_iter().flatten().find(|t| t.kind == TokenKind::Number)?;
    let at = place.tokens.iter().position(|t| t.start == number.start)?;
    let before = at.checked_sub(1).and_then(|i| place.tokens.get(i));
    let written = place.text(number);
    let timely = place.is_word(before, &["within", "last", "next", "half-life", "than"])
        || place.is_word(place.tokens.get(at + 1), &["ago"]);
    if !(timely && written.bytes().all(|b| b.is_ascii_digit() || b == b'_')) {
        return None;
    }
    Some(
        place
            .report(codes::BAD_NUMBER, format!("`{written}` has no unit"), place.of(number), "of what?")
            .help(format!("write `{written}d` for days; units are `min`, `h`, `d`, `w`, `mo`, `q` and `y`"))
            .fix(likely(format!("write `{written}d`"), place.of(number), format!("{written}d"))),
    )
}

/// `was not lead 90d ago`
pub(super) fn was_not(place: &Place) -> Option<Diagnostic> {
    let not = place.here().filter(|t| place.is_word(Some(t), &["not"]))?;
    let was = place.back(1).filter(|t| place.is_word(Some(t), &["was", "became"]))?;
    let word = place.text(was).to_lowercase();
    let span = place.of(was).to(place.of(not));
    Some(place.broken(format!("`not` stands before `{word}`"), span, format!("write `not {word}`")).fix(safe(
        format!("write `not {word}`"),
        span,
        format!("not {word}"),
    )))
}

/// `was lead` alone
pub(super) fn was_without_time(place: &Place) -> Option<Diagnostic> {
    let mut i = place.at;
    let was = loop {
        i = i.checked_sub(1)?;
        let token = place.tokens.get(i)?;
        if token.is_word(place.text, "was") {
            break token;
        }
        let name = matches!(token.kind, TokenKind::Word | TokenKind::Quoted) && !is_keyword(place.text(token));
        if !name && !place.is_sign(Some(token), &["."]) {
            return None;
        }
    };
    if i + 1 == place.at {
        return None;
    }
    Some(place.broken("`was` needs a time", place.of(was).to(place.behind()), "at which time?").help(
        "write `was lead 90d ago` or `was lead on 2026-01-01`; for a change inside a time `became lead within 90d`",
    ))
}

/// `since 90d`
pub(super) fn since_without_ago(place: &Place) -> Option<Diagnostic> {
    let duration = place.back(1).filter(|t| t.kind == TokenKind::Number)?;
    let written = place.text(duration);
    if !written.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = place.of(duration).after();
    let ago = likely("write `ago` behind it", end, " ago");
    if place.is_word(place.back(2), &["since", "before", "than"]) || place.is_word(place.back(2), &["and"]) {
        return Some(
            place
                .broken(
                    format!("`{written}` is a length of time, not a point in time"),
                    place.of(duration),
                    "expected `ago`",
                )
                .help(format!("write `{written} ago`, or `within {written}` for everything since then"))
                .fix(ago),
        );
    }
    None
}

/// `between 5, 10`, `between 5 to 10`
pub(super) fn between_without_and(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let lists = place.is_sign(Some(token), &[",", "-"]) || place.is_word(Some(token), &["to", "or", "until"]);
    let start = place.at.saturating_sub(4);
    let between = place.tokens.get(start..place.at)?.iter().any(|t| place.is_word(Some(t), &["between"]));
    let later = place.tokens.get(start..place.at)?.iter().any(|t| place.is_word(Some(t), &["and"]));
    if !between || later {
        return None;
    }
    let found = |span| place.broken("`between` has its bounds parted by `and`", span, "expected `and`");
    if lists {
        let right = if place.is_sign(Some(token), &[","]) { " and" } else { "and" };
        return Some(found(place.of(token)).fix(safe("write `and`", place.of(token), right)));
    }
    None
}

/// `x is not in [..]`, `x does not contain "y"`
pub(super) fn is_not_in(place: &Place) -> Option<Diagnostic> {
    let start = place.at.saturating_sub(2);
    let find = |words: &[&str]| (start..place.at + 2).find(|i| place.is_word(place.tokens.get(*i), words));
    let not = find(&["not"])?;
    let (before, after) = (not.checked_sub(1).and_then(|i| place.tokens.get(i)), place.tokens.get(not + 1));
    if place.is_word(before, &["is"]) && place.is_word(after, &["in"]) {
        let span = place.of(before?).to(place.of(after?));
        return Some(place.broken("`is not in` is written `not in`", span, "write `not in`").fix(safe(
            "write `not in`",
            span,
            "not in",
        )));
    }
    if place.is_word(after, &["contain", "contains", "match", "matches", "start", "starts", "end", "ends"]) {
        return Some(
            place
                .broken(
                    "`not` stands before the whole comparison",
                    place.of(place.tokens.get(not)?),
                    "cannot stand here",
                )
                .help("write `not title contains \"x\"`: the `not` first, then what is denied"),
        );
    }
    None
}

/// `5 < pages < 10`
pub(super) fn two_comparisons(place: &Place) -> Option<Diagnostic> {
    let token = place.here().filter(|t| place.is_sign(Some(t), &COMPARISONS))?;
    if !place.back(1).is_some_and(|b| ends_operand(place, b)) {
        return None;
    }
    let before = place.tokens.get(..place.at)?.iter().rev();
    let mut before = before.take_while(|t| !place.is_word(Some(t), &["and", "or", "when", "where", "unless"]));
    let first = before.find(|t| place.is_sign(Some(t), &COMPARISONS) && t.depth == token.depth)?;
    Some(
        place
            .broken("a comparison has two sides, not three", place.of(token), "a second comparison")
            .label(place.of(first), "the first")
            .help("write `x between a and b`, or two comparisons with `and` between them"),
    )
}

/// `pages within 90d > 5`, `x within 90d since 2026-01-01`
pub(super) fn behind_a_window(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let windows = ["within", "since", "before", "between"];
    let before = place.tokens.get(..place.at)?.iter().rev();
    let mut before = before.take_while(|t| !place.is_word(Some(t), &["and", "or", "not", "when", "where", "unless"]));
    let window = before.find(|t| place.is_word(Some(t), &windows) && t.depth == token.depth)?;
    if place.is_word(Some(token), &windows) {
        return Some(
            place
                .broken("a condition has one window", place.of(token), "a second window")
                .label(place.of(window), "the first")
                .help("give each condition its own: `a within 30d and b since 2026-01-01`"),
        );
    }
    let sign = token.kind == TokenKind::Sign || place.is_word(Some(token), &["contains", "matches", "is", "in"]);
    (sign && !place.is_sign(Some(token), &[",", ";", "."])).then(|| {
        place
            .broken("a window stands behind the whole condition", place.of(window), "stands before the comparison")
            .label(place.of(token), "the comparison goes on here")
            .help("write `pages > 5 within 90d`, not `pages within 90d > 5`")
    })
}

/// `lead when a except b`
pub(super) fn word_for_unless(place: &Place) -> Option<Diagnostic> {
    let token = place.here().filter(|t| place.is_word(Some(t), &["except", "excluding", "but"]))?;
    let not = place.ahead(1).filter(|t| place.is_word(Some(t), &["not", "if", "for", "when"]));
    let span = not.map_or(place.of(token), |n| place.of(token).to(place.of(n)));
    let word = place.text(token);
    Some(
        place
            .broken(format!("`{word}` is written `unless`"), span, "write `unless`")
            .help("exceptions stand last: `lead when a or when b unless c`")
            .fix(likely("write `unless`", span, "unless")),
    )
}

/// Two names, or a value and a name, with nothing between them.
pub(super) fn glued(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let before = place.back(1)?;
    if !ends_operand(place, before) || !begins_operand(place, token) {
        return None;
    }
    let not = place.is_word(Some(token), &["not"]);
    let name = |t: &Token| matches!(t.kind, TokenKind::Word | TokenKind::Quoted);
    let expression = match place.kind {
        lead_scan::Kind::Value | lead_scan::Kind::Term | lead_scan::Kind::Metric => true,
        lead_scan::Kind::Choice | lead_scan::Kind::Score | lead_scan::Kind::Story => {
            place.tokens.get(..place.at)?.iter().any(|t| place.is_word(Some(t), &["when", "where", "expect"]))
        }
        lead_scan::Kind::Entity | lead_scan::Kind::Event => {
            place.tokens.get(..place.at)?.iter().any(|t| place.is_word(Some(t), &["where"]))
        }
        _ => false,
    };
    if !expression {
        return None;
    }
    let fix = likely("write `and` between them", place.of(token).before(), "and ");
    let (left, right) = (place.text(before), place.text(token));
    let value = matches!(token.kind, TokenKind::Text | TokenKind::Number);
    let compared = place.back(2).is_some_and(|t| place.is_sign(Some(t), &COMPARISONS));
    if name(before) && value && !compared {
        return Some(
            place
                .broken(
                    format!("a sign is missing between `{left}` and `{right}`"),
                    place.of(token),
                    "expected `=` or another sign before this",
                )
                .help(if token.kind == TokenKind::Number {
                    "compare with a sign such as `=` or `>`; a name that holds a number stands in backticks"
                } else {
                    "compare with `=`, `!=`, `contains`, `starts with`, `ends with` or `matches`"
                })
                .fix(likely("write `=` between them", place.of(token).before(), "= ")),
        );
    }
    if name(before) && (name(token) && !not || place.is_sign(Some(token), &["("])) {
        return Some(
            place
                .report(
                    codes::GLUED_NAMES,
                    "two names stand side by side",
                    place.of(token),
                    format!("expected `and` or `or` before `{right}`"),
                )
                .label(place.of(before), "the first ends here")
                .help("write `and` where both must hold, `or` where one is enough")
                .fix(fix),
        );
    }
    Some(
        place
            .broken(
                format!("`and` or `or` is missing between `{left}` and `{right}`"),
                place.of(token),
                "expected `and`, `or` or a sign before this",
            )
            .fix(fix),
    )
}

/// What an operand is missing behind.
fn wants_operand(place: &Place, token: &Token) -> bool {
    place.is_word(
        Some(token),
        &[
            "and", "or", "not", "contains", "matches", "where", "when", "unless", "within", "since", "before",
            "between", "is", "then", "via", "was", "became", "with", "because", "per",
        ],
    ) || place.is_sign(Some(token), &["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "(", "[", ",", "."])
}

/// `pages >`, `a and`, `title contains`
pub(super) fn nothing_behind(place: &Place) -> Option<Diagnostic> {
    let before = place.back(1).filter(|t| wants_operand(place, t))?;
    let here = place.here();
    if here.is_some_and(|t| begins_operand(place, t) || t.kind == TokenKind::Other) {
        return None;
    }
    if here.is_some() && place.is_word(Some(before), &["when", "where", "unless"]) {
        return None;
    }
    let word = place.text(before);
    let span = place.of(before);
    let lower = word.to_lowercase();
    let missing = match lower.as_str() {
        "contains" | "with" | "matches" => "a text in quotes is missing",
        "and" | "or" | "not" | "when" | "where" | "unless" => "a condition is missing",
        "within" | "since" | "before" | "between" => "a time is missing",
        "because" => "a reason in quotes is missing",
        "per" => "the name of an event is missing",
        "is" | "was" | "became" => "the name of a term is missing",
        _ => "a name or a value is missing",
    };
    let found = place.broken(format!("nothing stands behind `{word}`"), span, missing);
    let loose = matches!(lower.as_str(), "and" | "or");
    Some(match here {
        _ if loose => {
            let found = found.help(format!("write what `{lower}` joins, or leave it out"));
            found.fix(likely(format!("leave out `{lower}`"), span, ""))
        }
        Some(next) if matches!(next.kind, TokenKind::Word | TokenKind::Sign) => {
            found.label(place.of(next), "cannot follow")
        }
        _ => found,
    })
}

/// `when or a`, `= and b`
pub(super) fn nothing_before(place: &Place) -> Option<Diagnostic> {
    let token = place.here().filter(|t| place.is_word(Some(t), &["and", "or"]))?;
    let before = place.back(1)?;
    if ends_operand(place, before) {
        return None;
    }
    let word = place.text(token);
    Some(
        place
            .broken(format!("nothing stands before `{word}`"), place.of(token), "a condition is missing before it")
            .help(format!("write what `{word}` joins, or leave it out"))
            .fix(likely(format!("leave out `{word}`"), place.of(token), "")),
    )
}
