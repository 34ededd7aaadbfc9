//! Lines of statements: fields and their types, heads, lines of choices and scores, definitions as a whole.

use lead_diag::{Diagnostic, codes};

use super::{Part, Place, likely, safe, shape};
use lead_scan::{Kind, Token, TokenKind, is_keyword};

/// The types of fields, as they may stand alone.
const TYPES: [&str; 8] = ["key", "text", "number", "money", "yes/no", "time", "date", "duration"];

/// What other systems call the types.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("string", "text"),
    ("str", "text"),
    ("varchar", "text"),
    ("char", "text"),
    ("email", "text"),
    ("url", "text"),
    ("phone", "text"),
    ("int", "number"),
    ("integer", "number"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("numeric", "number"),
    ("bool", "yes/no"),
    ("boolean", "yes/no"),
    ("checkbox", "yes/no"),
    ("yes", "yes/no"),
    ("datetime", "time"),
    ("timestamp", "time"),
    ("currency", "money"),
    ("amount", "money"),
    ("price", "money"),
    ("id", "key"),
    ("list", "list of text"),
    ("array", "list of text"),
    ("tags", "list of text"),
    ("interval", "duration"),
    ("day", "date"),
];

/// How many letters differ between two words: added, left out or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(0);
            let left = row.get(j).copied().unwrap_or(0);
            let best = (corner + usize::from(x != *y)).min(above + 1).min(left + 1);
            corner = above;
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = best;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let best = candidates.iter().map(|c| (distance(&word, c), *c)).min()?;
    (best.0 <= 1 + word.len() / 5).then_some(best.1)
}

/// A line of an entity or event: no type, a type that does not exist, no colon.
pub(super) fn field(place: &Place) -> Option<Diagnostic> {
    if !matches!(place.kind, Kind::Entity | Kind::Event) || place.part != Part::Line {
        return None;
    }
    let first = place.tokens.first()?;
    let colon = place.tokens.iter().position(|t| place.is_sign(Some(t), &[":"]));
    let Some(colon) = colon else { return field_without_colon(place) };
    let name = place.text.get(first.start..place.tokens.get(colon.checked_sub(1)?)?.end)?;
    let Some(ty) = place.tokens.get(colon + 1) else {
        return Some(
            place
                .broken(format!("the field `{name}` has no type"), place.behind(), "a type is missing here")
                .help(types()),
        );
    };
    let word = place.text(ty);
    if place.is_word(Some(ty), &["from"]) {
        return Some(
            place
                .broken(format!("the field `{name}` has no type"), place.of(ty).before(), "a type is missing here")
                .help(types()),
        );
    }
    let behind = place.tokens.get(colon + 2);
    if place.is_word(Some(ty), &["list", "one"]) {
        return field_of(place, word, colon);
    }
    if place.is_sign(Some(ty), &["->"]) {
        let colon = place.tokens.get(colon)?;
        return Some(place.broken("a reference has no colon", place.of(colon), "not needed before `->`").fix(safe(
            "leave out the colon",
            place.of(colon),
            "",
        )));
    }
    let known = TYPES.iter().any(|t| t.eq_ignore_ascii_case(word)) || word.eq_ignore_ascii_case("yes");
    if known && ty.kind == TokenKind::Word {
        if word.eq_ignore_ascii_case("yes") && !place.is_sign(behind, &["/"]) {
            return Some(place.broken("this type is written `yes/no`", place.of(ty), "write `yes/no`").fix(safe(
                "write `yes/no`",
                place.of(ty),
                "yes/no",
            )));
        }
        let header = behind.filter(|t| t.kind == TokenKind::Text)?;
        return Some(
            place.broken("a header stands behind `from`", place.of(header), "expected `from` before it").fix(safe(
                "write `from`",
                place.of(header).before(),
                "from ",
            )),
        );
    }
    let other = OTHER_NAMES.iter().find(|(o, _)| o.eq_ignore_ascii_case(word)).map(|(_, t)| *t);
    let found = place.broken(format!("`{word}` is not a type"), place.of(ty), "expected a type").help(types());
    Some(match (ty.kind, other.or_else(|| nearest(word, &TYPES))) {
        (TokenKind::Text, _) => found.fix(likely("write `one of`", place.of(ty).before(), "one of ")),
        (_, Some(right)) => found.fix(likely(format!("write `{right}`"), place.of(ty), right)),
        _ => found,
    })
}

fn types() -> &'static str {
    "types are `key`, `text`, `number`, `money`, `yes/no`, `time`, `date`, `duration`, `list of …`, `one of \"…\", \"…\"` and `-> entity`"
}

/// `list text`, `one of PPC, Referral`
fn field_of(place: &Place, word: &str, colon: usize) -> Option<Diagnostic> {
    let ty = place.tokens.get(colon + 1)?;
    let behind = place.tokens.get(colon + 2);
    let lower = word.to_lowercase();
    if !place.is_word(behind, &["of"]) {
        return Some(
            place
                .broken(format!("`of` is missing behind `{lower}`"), place.of(ty), format!("write `{lower} of`"))
                .help(types())
                .fix(safe(format!("write `{lower} of`"), place.of(ty), format!("{lower} of"))),
        );
    }
    let value = place.tokens.get(colon + 3);
    match value {
        None => Some(
            place
                .broken(format!("nothing stands behind `{lower} of`"), place.behind(), "something is missing here")
                .help(types()),
        ),
        Some(value) if lower == "one" && value.kind == TokenKind::Word => Some(
            place
                .broken("the values of `one of` stand in quotes", place.of(value), "expected a text in quotes")
                .help("write `one of \"PPC\", \"Trade show\"`"),
        ),
        _ => None,
    }
}

fn field_without_colon(place: &Place) -> Option<Diagnostic> {
    if let Some(arrow) = place.tokens.iter().find(|t| place.is_sign(Some(t), &["=>", ">", "→"]) || place.text(t) == "→")
    {
        return Some(place.broken("a reference is written `->`", place.of(arrow), "write `->`").fix(safe(
            "write `->`",
            place.of(arrow),
            "->",
        )));
    }
    if let Some(arrow) = place.tokens.iter().position(|t| place.is_sign(Some(t), &["->"])) {
        let behind = place.tokens.get(arrow + 1);
        return behind.is_none().then(|| {
            place.broken("nothing stands behind `->`", place.behind(), "the name of an entity is missing here")
        });
    }
    let words: Vec<_> = place.tokens.iter().take_while(|t| t.kind == TokenKind::Word).collect();
    let ty = words.iter().skip(1).find(|t| {
        let word = place.text(t);
        TYPES.iter().any(|k| k.eq_ignore_ascii_case(word)) || ["list", "one", "yes"].contains(&word)
    });
    let start = place.of(place.tokens.first()?);
    match ty {
        Some(ty) => {
            let before = words.iter().rev().find(|t| t.end <= ty.start)?;
            let gap = place.of(before).after();
            Some(
                place
                    .broken(
                        "a colon is missing between a field and its type",
                        place.of(ty),
                        "expected `:` before the type",
                    )
                    .fix(safe("write the colon", gap, ":")),
            )
        }
        None => Some(
            place.broken("this line is no field", start, "expected `name: type` or `name -> entity`").help(types()),
        ),
    }
}

/// The first line of an entity or event without `from`.
pub(super) fn head(place: &Place) -> Option<Diagnostic> {
    if !matches!(place.kind, Kind::Entity | Kind::Event) || place.part != Part::Head {
        return None;
    }
    let what = if place.kind == Kind::Event { "event" } else { "entity" };
    let from = place.tokens.iter().position(|t| place.is_word(Some(t), &["from"]));
    let text = place.tokens.iter().find(|t| t.kind == TokenKind::Text);
    match (from, text) {
        (None, Some(text)) => Some(
            place
                .broken(
                    format!("the {what} does not say `from` before its file"),
                    place.of(text),
                    "expected `from` before it",
                )
                .fix(safe("write `from`", place.of(text).before(), "from ")),
        ),
        (None, None) => Some(
            place
                .broken(
                    format!("the {what} does not say which file it is read from"),
                    place.behind(),
                    "`from` and a file are missing here",
                )
                .help(shape(place.kind)),
        ),
        (Some(from), _) if place.tokens.get(from + 1).is_none_or(|t| t.kind != TokenKind::Text) => {
            let place_of = place.tokens.get(from + 1).map_or(place.behind(), |t| place.of(t));
            Some(
                place
                    .broken(
                        "the file stands in quotes behind `from`",
                        place_of,
                        "expected a file such as `\"contacts.csv\"`",
                    )
                    .help(shape(place.kind)),
            )
        }
        _ => None,
    }
}

/// `"x" else`, `else "x"`
pub(super) fn otherwise(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Choice {
        return None;
    }
    let token = place.tokens.iter().find(|t| place.is_word(Some(t), &["else", "default"]))?;
    let word = place.text(token);
    let mut found = place
        .broken(format!("`{word}` is written `otherwise`"), place.of(token), "write `otherwise`")
        .help("the last line of a choice reads `\"nobody\" otherwise`");
    match place.tokens {
        [first, result] if first.start == token.start => {
            let span = place.of(first).to(place.of(result));
            let right = format!("{} otherwise", place.text(result));
            found = found.fix(safe(format!("write `{right}`"), span, right));
        }
        [_, last] if last.start == token.start => {
            found = found.fix(safe("write `otherwise`", place.of(token), "otherwise"));
        }
        _ => {}
    }
    Some(found)
}

/// `lead if pages > 5`
pub(super) fn if_for_when(place: &Place) -> Option<Diagnostic> {
    if !matches!(place.kind, Kind::Unknown | Kind::Choice | Kind::Score) {
        return None;
    }
    if place.tokens.iter().any(|t| place.is_word(Some(t), &["when"])) {
        return None;
    }
    let token = place.tokens.iter().skip(1).find(|t| place.is_word(Some(t), &["if"]))?;
    Some(
        place
            .broken("`if` is written `when`", place.of(token), "write `when`")
            .help(shape(if place.kind == Kind::Unknown { Kind::Term } else { place.kind }))
            .fix(safe("write `when`", place.of(token), "when")),
    )
}

/// `+10 points when x`, `+10 lead`
pub(super) fn points(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Score || place.part != Part::Line {
        return None;
    }
    let token = place.here()?;
    if place.at == 2 && place.is_word(Some(token), &["points", "point", "pts"]) {
        return Some(place.broken("the points are a number alone", place.of(token), "not needed").fix(safe(
            "leave it out",
            place.of(token),
            "",
        )));
    }
    let plain = place.at == 2 && matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Open);
    (plain && !place.is_word(Some(token), &["when", "per", "if"])).then(|| {
        place
            .broken(
                "a line of a score says what its points are for",
                place.of(token),
                "expected `when` or `per` before this",
            )
            .help("write `+10 when` and a condition, or `+1 per` and an event")
            .fix(likely("write `when`", place.of(token).before(), "when "))
    })
}

/// `because asked us to stop`
pub(super) fn reason(place: &Place) -> Option<Diagnostic> {
    let because = place.back(1).filter(|t| place.is_word(Some(t), &["because"]))?;
    let token = place.here().filter(|t| t.kind != TokenKind::Text)?;
    let behind = place.text.get(token.start..)?;
    let line = behind.get(..behind.find(['\n', '\u{1}', '#']).unwrap_or(behind.len()))?.trim_end();
    let span = place.span((token.start, token.start + line.len()));
    Some(
        place
            .report(codes::BROKEN_STATEMENT, "a reason stands in quotes", span, "expected a text in quotes")
            .label(place.of(because), "a reason follows")
            .fix(safe("put it in quotes", span, format!("\"{}\"", line.replace('"', "\"\"")))),
    )
}

/// `metric cost per lead` without `=`, or with a word in its name that no name may hold.
pub(super) fn metric(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Metric || place.part == Part::Line {
        return None;
    }
    let equals = place.tokens.iter().position(|t| place.is_sign(Some(t), &["="]));
    match equals {
        Some(equals) => reserved_in_name(place, 1, equals),
        None => Some(
            place
                .broken("the metric does not say what it measures", place.behind(), "`=` is missing")
                .help(shape(Kind::Metric)),
        ),
    }
}

/// A word in a name, from token `from` to the sign at `to`, that no name may hold.
fn reserved_in_name(place: &Place, from: usize, to: usize) -> Option<Diagnostic> {
    let name = place.tokens.get(from..to)?;
    if name.first()?.kind != TokenKind::Word {
        return None;
    }
    let odd = |t: &&Token| t.kind != TokenKind::Word || is_keyword(place.text(t));
    let reserved = name.iter().find(odd)?;
    let part = |t: &Token| matches!(t.kind, TokenKind::Word | TokenKind::Number | TokenKind::Sign | TokenKind::Other);
    if !name.iter().all(|t| part(t) && !place.is_sign(Some(t), &["->", ":", ",", "|"])) {
        return None;
    }
    let label = if reserved.kind == TokenKind::Word {
        "a word of the language"
    } else {
        "the words of a name start with a letter"
    };
    let span = place.of(name.first()?).to(place.of(name.last()?));
    let written = place.text.get(name.first()?.start..name.last()?.end)?;
    let word = place.text(reserved);
    Some(
        place
            .broken(format!("`{word}` cannot be part of a name"), place.of(reserved), label)
            .help("choose another name, or write it in backticks wherever it is used")
            .fix(likely("write the name in backticks", span, format!("`{written}`"))),
    )
}

/// A line of a funnel that is more than a name.
pub(super) fn step(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Funnel || place.part != Part::Line {
        return None;
    }
    let (first, last) = (place.tokens.first()?, place.tokens.last()?);
    Some(
        place
            .broken("a step of a funnel is the name of a term", place.of(first).to(place.of(last)), "more than a name")
            .help("define the term with `name when …`, and write its name here"),
    )
}

/// `persona engineer` in a story.
pub(super) fn story_field(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Story || place.part != Part::Line || place.is_word(place.tokens.first(), &["expect", "as"]) {
        return None;
    }
    let before = place.tokens.get(..place.at)?;
    let start = before.iter().rposition(|t| place.is_sign(Some(t), &[":", ","])).map(|i| i + 1)?;
    let field = before.get(start..)?;
    let (first, last) = (field.first()?, field.last()?);
    if !field.iter().all(|t| matches!(t.kind, TokenKind::Word | TokenKind::Quoted)) {
        return None;
    }
    let written = place.text.get(first.start..last.end)?;
    Some(
        place
            .broken(format!("`{written}` has no value"), place.of(first).to(place.of(last)), "a field, and then?")
            .help("write the field and its value, texts in quotes: `persona \"engineer\"`"),
    )
}

/// `visit of "c", url "/"` in a story.
pub(super) fn story_event(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Story || place.part != Part::Line || !place.is_sign(place.here(), &[","]) {
        return None;
    }
    let before = place.tokens.get(..place.at)?;
    let named = before.iter().all(|t| matches!(t.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Text));
    named.then(|| {
        place.broken("the line does not say when the event happened", place.behind(), "a time is missing here").help(
            "write `visit 20d ago, url \"/pricing\"` for an event, `contact \"c1\": persona \"engineer\"` for a record",
        )
    })
}

/// `score s, max 100`
pub(super) fn score_option(place: &Place) -> Option<Diagnostic> {
    if place.is_sign(place.back(1), &[","]) {
        return score_option_at(place, place.at);
    }
    if place.is_sign(place.here(), &[","]) { score_option_at(place, place.at + 1) } else { None }
}

fn score_option_at(place: &Place, at: usize) -> Option<Diagnostic> {
    if place.kind != Kind::Score {
        return None;
    }
    let token = place.tokens.get(at).filter(|t| t.kind == TokenKind::Word)?;
    let right = match place.text(token).to_lowercase().as_str() {
        "max" | "maximum" | "cap" | "capped" | "most" => Some("at most"),
        "min" | "minimum" | "floor" | "least" => Some("at least"),
        "halflife" | "decay" | "decays" => Some("half-life"),
        _ => None,
    };
    let found = place
        .broken(format!("`{}` is no option of a score", place.text(token)), place.of(token), "expected an option")
        .help("options are `at most 100`, `at least 0` and `half-life 30d`");
    Some(match right {
        Some(right) => found.fix(likely(format!("write `{right}`"), place.of(token), right)),
        None => found,
    })
}

/// `owner is` and no lines, `pages =` and nothing.
pub(super) fn empty(place: &Place) -> Option<Diagnostic> {
    if place.kind == Kind::Choice && place.tokens.len() == place.at && place.is_word(place.tokens.last(), &["is"]) {
        return Some(
            place
                .broken("the choice has no lines", place.behind(), "lines are missing below")
                .help(shape(Kind::Choice)),
        );
    }
    if place.kind == Kind::Value && place.tokens.is_empty() {
        return Some(
            place
                .broken("the value is not said", place.behind(), "something is missing behind `=`")
                .help(shape(Kind::Value)),
        );
    }
    None
}

/// What begins like no statement.
pub(super) fn definition(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Unknown {
        return None;
    }
    const KEYWORDS: [&str; 8] = ["entity", "event", "for", "score", "funnel", "metric", "example", "examples"];
    let first = place.tokens.first()?;
    let word = place.text(first);
    let second = place.tokens.get(1).is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::Text));
    if word.len() > 3
        && second
        && let Some(right) = nearest(word, &KEYWORDS)
    {
        return Some(
            place
                .broken(format!("`{word}` begins no statement"), place.of(first), format!("did this mean `{right}`?"))
                .fix(likely(format!("write `{right}`"), place.of(first), right)),
        );
    }
    let of_name = |(i, t): &(usize, &Token)| {
        matches!(t.kind, TokenKind::Word | TokenKind::Quoted) && !is_keyword(place.text(t)) && (*i == 0 || !t.first)
    };
    let words: Vec<_> = place.tokens.iter().enumerate().take_while(of_name).map(|(_, t)| t).collect();
    let help = "a definition reads `name = …`, `name when …` or `name is …`";
    let equals = place.tokens.iter().position(|t| place.is_sign(Some(t), &["="]) || t.is_word(place.text, "when"));
    if let Some(found) = equals.and_then(|to| reserved_in_name(place, 0, to)) {
        return Some(found);
    }
    let Some(last) = words.last() else {
        return Some(
            place
                .broken(format!("a statement does not begin with `{word}`"), place.of(first), "expected a name")
                .help("a statement begins with the name that it defines, or with `entity`, `event`, `for`, `score`, `funnel`, `metric` or `example`"),
        );
    };
    let name = place.text.get(first.start..last.end)?;
    Some(
        place
            .broken(
                format!("`{name}` is not followed by `=`, `when` or `is`"),
                place.of(first).to(place.of(last)),
                "what does this define?",
            )
            .help(help),
    )
}

/// `"sales" lead`
pub(super) fn choice_line(place: &Place) -> Option<Diagnostic> {
    if place.kind != Kind::Choice || place.tokens.iter().any(|t| place.is_word(Some(t), &["when", "otherwise"])) {
        return None;
    }
    let at = place.here().map_or(place.behind(), |t| place.of(t));
    let found = place
        .broken("a line of a choice says when it holds", at, "expected `when` or `otherwise`")
        .help("write `\"field sales\" when` and a condition, and last `\"nobody\" otherwise`");
    Some(match place.here() {
        Some(token) => found.fix(likely("write `when`", place.of(token).before(), "when ")),
        None => found.fix(likely("write `otherwise`", at, " otherwise")),
    })
}
