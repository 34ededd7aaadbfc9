//! The words and forms of the language that completion offers, by place.

use super::offer::Word;

const fn word(label: &'static str, insert: &'static str, detail: &'static str, order: u8) -> Word {
    Word { label, insert, detail, order }
}

/// Statements, as column one offers them.
pub(crate) const STATEMENTS: &[Word] = &[
    word("… when …", "${1:name} when ${0}", "a decision: yes, no or cannot tell", 0),
    word("… = …", "${1:name} = ${0}", "a measurement", 1),
    word(
        "… is …",
        "${1:name} is\n    ${2:\"answer\"} when ${3:condition}\n    ${4:\"answer\"} otherwise",
        "a choice",
        2,
    ),
    word("for", "for ${0}", "whose definitions follow", 3),
    word(
        "score",
        "score ${1:name}, at most ${2:100}\n    +${3:10} when ${4:condition}\n    +${5:1} per ${6:event}, at most ${7:20}",
        "points, line by line",
        4,
    ),
    word("funnel", "funnel ${1:name}\n    ${0}", "terms in order", 5),
    word("metric", "metric ${1:name} = ${2:measure} by ${0:dimension}", "a table over all records", 6),
    word(
        "example",
        "example \"${1:what it shows}\"\n    as of ${2:2026-06-01}\n    ${3:contact}: ${4:field \"value\"}\n    expect ${0}",
        "a story and what is expected of it",
        7,
    ),
    word(
        "examples",
        "examples ${1:term}\n    ${2:column} | ${1:term}\n    ${3:value} | ${0:yes}",
        "a table of cases",
        8,
    ),
    word("entity", "entity ${1:name} from \"${2:file.csv}\"\n    id: key${0}", "a kind of record", 9),
    word(
        "event",
        "event ${1:name} of ${2:contact} from \"${3:file.csv}\"\n    at: time${0}",
        "a record with a time and a subject",
        10,
    ),
];

/// Behind the name that a statement begins with.
pub(crate) const AFTER_NAME: &[Word] = &[
    word("when", "when ", "a decision follows", 0),
    word("=", "= ", "a measurement follows", 1),
    word("is", "is\n    ${1:\"answer\"} when ${2:condition}\n    ${3:\"answer\"} otherwise", "a choice follows", 2),
];

pub(crate) const EQUALS: &[Word] = &[word("=", "= ", "what it measures", 0)];
pub(crate) const FROM: &[Word] = &[word("from", "from \"${0}\"", "the export that holds it", 0)];
pub(crate) const OF_OR_FROM: &[Word] =
    &[word("of", "of ", "whom it happened to", 0), word("from", "from \"${0}\"", "the export that holds it", 1)];
pub(crate) const AFTER_SOURCE: &[Word] = &[word("where", "where ", "which rows are taken", 0)];
pub(crate) const AFTER_FIELD: &[Word] = &[word("from", "from \"${0}\"", "the header of its column", 0)];
pub(crate) const IN_FILE: &[Word] = &[word("in", "in \"${0}\"", "which of the files", 0)];
pub(crate) const SAME_WHEN: &[Word] = &[word("same when", "same when ", "a second key of the records", 0)];

/// Types of fields.
pub(crate) const TYPES: &[Word] = &[
    word("text", "", "letters; compared without regard to case", 0),
    word("number", "", "a number", 1),
    word("one of", "one of \"${1}\"", "text out of a list", 2),
    word("yes/no", "", "yes or no", 3),
    word("time", "", "a moment", 4),
    word("date", "", "a whole day", 5),
    word("money", "", "an amount with four decimal places", 6),
    word("key", "", "the key of the record", 7),
    word("list of text", "", "several texts", 8),
    word("duration", "", "a length of time", 9),
];

/// What may follow `list of`.
pub(crate) const LIST_TYPES: &[Word] = &[
    word("text", "", "letters", 0),
    word("number", "", "numbers", 1),
    word("one of", "one of \"${1}\"", "texts out of a list", 2),
    word("money", "", "amounts", 3),
    word("date", "", "days", 4),
    word("time", "", "moments", 5),
];

pub(crate) const BECAUSE: &[Word] = &[word("because", "because \"${0}\"", "the reason that is shown", 30)];
/// What may follow a clause of a term.
pub(crate) const AFTER_CLAUSE: &[Word] = &[
    word("because", "because \"${0}\"", "the reason that is shown", 30),
    word("or when", "or when ", "another way to hold", 31),
    word("unless", "unless ", "an exception", 32),
];
/// What may follow the reason of a clause.
pub(crate) const NEXT_CLAUSE: &[Word] =
    &[word("or when", "or when ", "another way to hold", 0), word("unless", "unless ", "an exception", 1)];
/// What may follow an exception.
pub(crate) const AFTER_UNLESS: &[Word] = &[
    word("because", "because \"${0}\"", "the reason that is shown", 30),
    word("unless", "unless ", "another exception", 31),
];
pub(crate) const NEXT_UNLESS: &[Word] = &[word("unless", "unless ", "another exception", 0)];
pub(crate) const WHEN: &[Word] = &[word("when", "when ", "another way to hold", 0)];
pub(crate) const NONE: &[Word] = &[];

/// Behind the result of a line of a choice.
pub(crate) const CHOICE_LINE: &[Word] =
    &[word("when", "when ", "where this is the answer", 0), word("otherwise", "", "the answer for all others", 1)];

/// Behind the name of a score.
pub(crate) const SCORE_OPTIONS: &[Word] = &[
    word("half-life", "half-life ${1:30d}", "what was done long ago counts less", 0),
    word("at most", "at most ${1:100}", "never more than this", 1),
    word("at least", "at least ${1:0}", "never less than this", 2),
];
/// A line of a score.
pub(crate) const SCORE_LINES: &[Word] = &[
    word("+ when", "+${1:10} when ${0}", "points once, if the condition is yes", 0),
    word("+ per", "+${1:1} per ${2:event}, at most ${3:20}", "points for each record", 1),
    word("- when", "-${1:10} when ${0}", "points off", 2),
];
/// Behind the points of a line.
pub(crate) const AFTER_POINTS: &[Word] =
    &[word("when", "when ", "once, if the condition is yes", 0), word("per", "per ", "for each record", 1)];

pub(crate) const BY: &[Word] = &[word("by", "by ", "a row for each", 30)];
pub(crate) const AS: &[Word] = &[word("as", "as ", "the name of the column", 0)];

/// Inside an aggregate, behind its records.
pub(crate) const AFTER_RECORDS: &[Word] = &[
    word("where", "where ", "which records take part", 0),
    word("via", "via ", "the way from one record to the other", 3),
];
/// Inside `any`, `no` and `count`, behind an event.
pub(crate) const AFTER_EVENT: &[Word] = &[
    word("where", "where ", "which records take part", 0),
    word("then", "then ", "and after that", 2),
    word("via", "via ", "the way from one record to the other", 3),
];
pub(crate) const THEN: &[Word] = &[word("then", "then ", "and after that", 30)];
pub(crate) const STEP_WITHIN: &[Word] = &[word("within", "within ${1:14d} ", "the longest time between the two", 0)];
pub(crate) const DISTINCT: &[Word] = &[word("distinct", "distinct ", "how many different values", 20)];

/// Windows behind a condition.
pub(crate) const WINDOWS: &[Word] = &[
    word("within", "within ${1:90d}", "from then until now, or a period", 3),
    word("since", "since ${1:2026-01-01}", "from a day on", 4),
    word("before", "before ${1:2026-01-01}", "until a day", 5),
    word("between … and … ago", "between ${1:90d} and ${2:30d} ago", "a stretch of time that is over", 6),
    word("between … and …", "between ${1:2026-01-01} and ${2:2026-03-31}", "from one day to another", 7),
    word("more than … ago", "more than ${1:90d} ago", "long ago", 8),
];

/// Behind `within`.
pub(crate) const WITHIN: &[Word] = &[
    word("30d", "${1:30}d", "the last 30 days", 0),
    word("90d", "${1:90}d", "the last 90 days", 1),
    word("12mo", "${1:12}mo", "the last 12 months", 2),
    word("this month", "", "the month of the as-of time", 3),
    word("this quarter", "", "the quarter of the as-of time", 4),
    word("this year", "", "the year of the as-of time", 5),
    word("this fiscal quarter", "", "the fiscal quarter of the as-of time", 6),
    word("this fiscal year", "", "the fiscal year of the as-of time", 7),
    word("this week", "", "the week of the as-of time, from Monday", 8),
    word("last quarter", "", "the complete quarter before", 9),
    word("last … quarters", "last ${1:4} quarters", "complete quarters before", 10),
    word("last … fiscal quarters", "last ${1:2} fiscal quarters", "complete fiscal quarters before", 11),
    word("last fiscal year", "", "the complete fiscal year before", 12),
    word("last … months", "last ${1:3} months", "complete months before", 13),
    word("next …", "next ${1:12mo}", "ahead of the as-of time", 14),
    word("next quarter", "", "the quarter that follows", 15),
    word("next fiscal year", "", "the fiscal year that follows", 16),
];
/// Units of periods.
pub(crate) const UNITS_OF_ONE: &[Word] = &[
    word("quarter", "", "three months", 0),
    word("month", "", "a month", 1),
    word("week", "", "from Monday", 2),
    word("year", "", "a year", 3),
    word("day", "", "a day", 4),
    word("fiscal quarter", "", "counted as lead.toml says", 5),
    word("fiscal year", "", "counted as lead.toml says", 6),
];
pub(crate) const UNITS_OF_MANY: &[Word] = &[
    word("quarters", "", "three months each", 0),
    word("months", "", "complete months", 1),
    word("weeks", "", "from Monday", 2),
    word("years", "", "complete years", 3),
    word("days", "", "complete days", 4),
    word("fiscal quarters", "", "counted as lead.toml says", 5),
    word("fiscal years", "", "counted as lead.toml says", 6),
];
pub(crate) const FISCAL_UNITS: &[Word] =
    &[word("quarter", "", "of the fiscal year", 0), word("year", "", "as lead.toml says", 1)];

/// Points in time.
pub(crate) const MOMENTS: &[Word] = &[
    word("… ago", "${1:90d} ago", "counted back from the as-of time", 0),
    word("today", "", "the as-of date", 1),
    word("now", "", "the as-of time", 2),
    word("2026-01-01", "${1:2026-01-01}", "a day", 3),
];
/// Lengths of time.
pub(crate) const DURATIONS: &[Word] = &[
    word("30d", "${1:30}d", "30 days", 0),
    word("90d", "${1:90}d", "90 days", 1),
    word("12mo", "${1:12}mo", "12 calendar months", 2),
    word("1y", "${1:1}y", "a year", 3),
    word("2w", "${1:2}w", "two weeks", 4),
    word("36h", "${1:36}h", "36 hours", 5),
];
pub(crate) const AGO: &[Word] = &[word("ago", "", "counted back from the as-of time", 0)];
pub(crate) const AND: &[Word] = &[word("and", "and ", "the other end", 0)];
pub(crate) const THAN: &[Word] = &[word("than", "than ${1:90d} ago", "long ago", 0)];
pub(crate) const WITH: &[Word] = &[word("with", "with \"${0}\"", "a part of the text", 0)];
pub(crate) const IN: &[Word] = &[word("in", "in ", "a list", 0)];
/// When a term is asked with `was`.
pub(crate) const WAS_WHEN: &[Word] = &[
    word("… ago", "${1:90d} ago", "counted back from the as-of time", 0),
    word("on", "on ${1:2026-01-01}", "at the end of a day", 1),
];

/// Behind `is`.
pub(crate) const KNOWN: &[Word] = &[word("known", "", "there is a value", 0), word("unknown", "", "there is none", 1)];
pub(crate) const NOT: &[Word] = &[word("not", "not ", "the contrary", 10)];

/// Lines of a story.
pub(crate) const STORY: &[Word] = &[
    word("expect", "expect ", "what must hold", 0),
    word("as of", "as of ${1:2026-06-01}", "the time it is told for", 1),
];
pub(crate) const AS_OF: &[Word] = &[word("as of", "as of ${1:2026-06-01}", "the time it is told for", 9)];
/// When an event of a story happens.
pub(crate) const STORY_MOMENTS: &[Word] = &[
    word("… ago", "${1:20d} ago", "before the as-of time", 0),
    word("on", "on ${1:2026-05-20}", "on a day", 1),
    word("of", "of \"${1:key}\" ", "whose it is", 2),
    word("today", "", "on the as-of date", 3),
    word("in …", "in ${1:30d}", "after the as-of time", 4),
];
pub(crate) const STORY_WHEN: &[Word] = &[
    word("… ago", "${1:20d} ago", "before the as-of time", 0),
    word("on", "on ${1:2026-05-20}", "on a day", 1),
    word("today", "", "on the as-of date", 3),
    word("in …", "in ${1:30d}", "after the as-of time", 4),
];
