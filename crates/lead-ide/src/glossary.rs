//! What the words of the language mean, for hover.

/// The meaning of a reserved or leading word, as Markdown. `behind` is the text that follows it.
pub(crate) fn word(word: &str, behind: &str) -> Option<&'static str> {
    let next = behind.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    Some(match word {
        "within" => {
            "`within 90d`, `within this quarter`, `within last 2 fiscal quarters`, `within next 12mo`\n\nA window. It covers \
             everything in the `and`-chain to its left that has no window of its own, and reaches through values but not \
             into terms."
        }
        "since" => "`since 2026-01-01`\n\nA window from that day on, the day included.",
        "before" => "`before 2026-01-01`\n\nA window that ends where that day begins.",
        "between" => {
            "`employees between 50 and 5_000`: both ends included\n\n`between 90d and 30d ago`, `between 2026-01-01 and \
             2026-03-31`: a window; a date at its end stands for the whole day"
        }
        "ago" => "`90d ago`\n\nCounted back from the as-of time, by the calendar.",
        "and" => "Both must hold. A window behind the chain covers all of it that has none of its own.",
        "or" if next.eq_ignore_ascii_case("when") => "Another way for the term to hold, with a reason of its own.",
        "or" => "One of them must hold. A window does not reach across `or`.",
        "not" => "The contrary; unknown stays unknown.",
        "when" => "What must hold. The answer is yes, no or cannot tell.",
        "unless" => "An exception: if it is yes, the term is no. One that cannot be told does not block.",
        "because" => "The reason that is shown with the answer.",
        "otherwise" => "The answer for all records that no line above takes.",
        "where" => "Which records take part: those for which the condition is yes.",
        "via" => "The reference or entity that the way between two kinds of records goes through.",
        "then" => "The next event of a sequence: strictly later, and within the time given.",
        "was" => "`was lead 90d ago`\n\nThe term answered with the as-of time moved back. Fields have no history.",
        "became" => "`became lead within 30d`\n\nHolds at the end of the window, and did not at its beginning.",
        "now" => "The as-of time: the moment that the run answers for.",
        "today" => "The date of the as-of time, in the lexicon's zone.",
        "known" => "There is a value. Always yes or no.",
        "unknown" => "There is no value. Always yes or no.",
        "contains" => "Text inside a text, without regard to case; or a value in a list.",
        "matches" => {
            "`job title matches \"(?i)\\bhead of\\b\"`\n\nA regular expression; it may match anywhere, case as written."
        }
        "per" => "`+1 per page view, at most 20`\n\nPoints for each record.",
        "distinct" => "`count(distinct day(visit.at))`\n\nHow many different known values.",
        _ => return None,
    })
}
