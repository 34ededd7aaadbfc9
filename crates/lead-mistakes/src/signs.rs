//! Signs of other languages, brackets without partners, and signs that mean nothing.

use lead_diag::{Diagnostic, codes};

use super::{Place, begins_operand, ends_operand, likely, safe};
use lead_scan::{Token, TokenKind};

/// What a foreign sign is here.
const SIGNS: &[(&str, &str)] = &[
    ("==", "="),
    ("===", "="),
    (":=", "="),
    ("!==", "!="),
    ("<>", "!="),
    ("=!", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("&&", "and"),
    ("&", "and"),
    ("||", "or"),
    ("!", "not"),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    ("–", "-"),
    ("—", "-"),
    ("−", "-"),
    ("×", "*"),
    ("÷", "/"),
];

fn here_of(token: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(sign, _)| *sign == token).map(|(_, here)| *here)
}

/// `==`, `&&`, `<>`, `=>`, `!`, …
pub(super) fn foreign_sign(place: &Place) -> Option<Diagnostic> {
    // The grammar stops at the sign, or behind the first half of it.
    let token = place.here().filter(|t| here_of(place.text(t)).is_some());
    let token =
        token.or_else(|| place.back(1).filter(|t| t.kind == TokenKind::Sign && here_of(place.text(t)).is_some()))?;
    let sign = place.text(token);
    let here = here_of(sign)?;
    let at = place.tokens.iter().position(|t| t.start == token.start)?;
    let (before, after) = (at.checked_sub(1).and_then(|i| place.tokens.get(i)), place.tokens.get(at + 1));
    let word = here.starts_with(|c: char| c.is_ascii_alphabetic());
    let left = if word && before.is_some_and(|b| place.touch(b, token)) { " " } else { "" };
    let right = if word && after.is_some_and(|a| place.touch(token, a)) { " " } else { "" };
    Some(place.broken(format!("`{sign}` is written `{here}`"), place.of(token), format!("write `{here}`")).fix(safe(
        format!("write `{here}`"),
        place.of(token),
        format!("{left}{here}{right}"),
    )))
}

/// A bracket without its partner.
pub(super) fn unbalanced(place: &Place) -> Option<Diagnostic> {
    let mut open: Vec<&Token> = Vec::new();
    for token in place.tokens {
        let text = place.text(token);
        match token.kind {
            TokenKind::Open => open.push(token),
            TokenKind::Close => {
                let Some(partner) = open.pop() else {
                    return Some(
                        place
                            .broken(format!("`{text}` closes nothing"), place.of(token), "no bracket is open here")
                            .help("leave it out, or write the opening bracket")
                            .fix(likely("leave it out", place.of(token), "")),
                    );
                };
                let wanted = if place.text(partner) == "(" { ")" } else { "]" };
                if text != wanted {
                    return Some(
                        place
                            .broken(
                                format!("`{}` is closed by `{text}`", place.text(partner)),
                                place.of(token),
                                format!("expected `{wanted}`"),
                            )
                            .label(place.of(partner), "opened here")
                            .fix(likely(format!("write `{wanted}`"), place.of(token), wanted)),
                    );
                }
            }
            _ => {}
        }
    }
    let partner = open.pop()?;
    let (text, wanted) = if place.text(partner) == "(" { ("(", ")") } else { ("[", "]") };
    let end = place.tokens.last().map_or(place.of(partner), |t| place.of(t)).after();
    let mut found = place
        .broken(format!("`{text}` is never closed"), place.of(partner), "opened here")
        .help(format!("write `{wanted}` where it ends"));
    if open.is_empty() {
        found = found.fix(likely(format!("close it with `{wanted}` at the end"), end, wanted));
    }
    Some(found)
}

/// A sign that means nothing where it stands: `;`, `.`, `{`, a comma at the end.
pub(super) fn stray(place: &Place) -> Option<Diagnostic> {
    let token = place.here()?;
    let text = place.text(token);
    let last = place.ahead(1).is_none();
    match text {
        ";" | "." | "," | "?" | ":" if last => {
            Some(
                place
                    .broken(format!("a statement does not end with `{text}`"), place.of(token), "not needed")
                    .fix(safe(format!("leave out `{text}`"), place.of(token), "")),
            )
        }
        "{" | "}" => Some(
            place
                .broken("curly brackets have no meaning here", place.of(token), "not a sign of the language")
                .help("group conditions with `(` and `)`, and write lists as `[\"a\", \"b\"]`"),
        ),
        "-" if place.back(1).is_some_and(|p| ends_operand(place, p)) => Some(
            place.broken("a minus needs a blank behind it", place.of(token), "joined with what follows").fix(safe(
                "put blanks around the minus",
                place.of(token),
                " - ",
            )),
        ),
        "," if place.back(1).is_some_and(|p| ends_operand(place, p))
            && place.ahead(1).is_some_and(|n| begins_operand(place, n)) =>
        {
            Some(
                place
                    .broken("a comma does not join conditions", place.of(token), "expected `and` or `or`")
                    .help("write `and` where all must hold, `or` where one is enough"),
            )
        }
        _ if token.kind == TokenKind::Other => Some(
            place
                .report(
                    codes::BROKEN_STATEMENT,
                    format!("`{text}` is not a sign of the language"),
                    place.of(token),
                    "here",
                )
                .help("put texts in quotes, and names that hold signs in backticks"),
        ),
        _ => None,
    }
}
