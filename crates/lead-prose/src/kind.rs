//! What kind of phrase a name is: *anonymous lead* is something that one is, *converted* something that one has done, *never reacts*
//! something that one does.

use lead_hir::hir::{Lexicon, TableId};

use crate::english::{head, participle_of};

/// A kind of phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `anonymous lead`: is an …
    Noun,
    /// `buying intent`: has …
    Stuff,
    /// `closed`, `engaged`: is …
    State,
    /// `converted`, `met us`: has …
    Deed,
    /// `never reacts`, `fits our profile`
    Act,
    /// `may judge the value`
    Modal,
    /// Anything else: counts as …
    Other,
}

const NOUNS: &[&str] = &[
    "lead",
    "prospect",
    "company",
    "project",
    "champion",
    "contact",
    "opportunity",
    "account",
    "part",
    "partner",
    "client",
    "deal",
    "site",
    "person",
    "fan",
    "member",
    "evangelist",
    "mql",
    "sql",
    "sal",
    "pql",
    "student",
    "guest",
    "friend",
    "rival",
    "vendor",
    "product",
    "influence",
    "case",
    "risk",
    "household",
    "patient",
    "event",
    "trial",
    "candidate",
    "advocate",
    "source",
    "role",
    "programme",
    "program",
];
const STUFF: &[&str] =
    &["intent", "interest", "information", "authority", "budget", "need", "potential", "traction", "consent"];
const STATES: &[&str] = &[
    "engaged",
    "contacted",
    "owed",
    "interested",
    "qualified",
    "disqualified",
    "assigned",
    "invited",
    "employed",
    "active",
    "inactive",
    "warm",
    "hot",
    "cold",
    "new",
    "open",
    "known",
    "unknown",
    "ready",
    "reachable",
    "late",
    "stuck",
    "busy",
    "free",
    "happy",
    "anonymous",
    "silent",
    "dormant",
    "overdue",
    "big",
    "large",
    "small",
    "young",
    "old",
    "fit",
    "eligible",
    "neglected",
];
const DEEDS: &[&str] = &[
    "met", "bought", "won", "sold", "lost", "came", "left", "went", "wrote", "saw", "spoke", "took", "chose", "began",
    "gave", "grew", "paid", "read", "said", "sent", "told", "heard", "held", "built", "got", "made",
];
const ACTS: &[&str] =
    &["has", "does", "never", "always", "often", "reads", "wants", "needs", "fits", "puts", "suffers", "knows", "buys"];
/// Words that follow a verb, not an adjective.
const BEHIND_VERBS: &[&str] = &[
    "a", "an", "the", "us", "our", "them", "to", "in", "on", "off", "out", "up", "after", "before", "with", "from",
    "by", "at", "another", "again", "back", "no", "for", "ever", "twice", "once", "over", "into", "here", "there",
    "now", "this", "last", "forward", "away", "more", "enough",
];
const MODALS: &[&str] = &["may", "can", "must", "should", "will", "could", "would"];

/// The kind of a name that is said of records of a table.
pub(crate) fn kind(lexicon: &Lexicon, subject: TableId, name: &str) -> Kind {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let Some(first) = words.first().copied() else { return Kind::Other };
    if ["of", "in", "at", "on", "from", "with", "without", "among", "under", "out"].contains(&first) && words.len() > 1
    {
        return Kind::State;
    }
    if MODALS.contains(&first) {
        return Kind::Modal;
    }
    if ACTS.contains(&first) && words.len() > 1 {
        return Kind::Act;
    }
    let next = words.get(1).copied();
    if next.is_some_and(|w| BEHIND_VERBS.contains(&w) || w.ends_with("ly"))
        && (DEEDS.contains(&first) || is_past(first))
    {
        let state = STATES.contains(&first) || !is_person(lexicon, subject);
        return if state { Kind::State } else { Kind::Deed };
    }
    let head = head(&lower);
    let table =
        |word: &str| lexicon.tables.iter().any(|t| !t.is_event() && t.name.key.split(' ').next_back() == Some(word));
    if NOUNS.contains(&head) || table(head) || is_agent(head) {
        return Kind::Noun;
    }
    if STUFF.contains(&head) {
        return Kind::Stuff;
    }
    if STATES.contains(&first) && next.is_none_or(|w| BEHIND_VERBS.contains(&w)) {
        return Kind::State;
    }
    if DEEDS.contains(&first) || is_past(first) {
        return if is_person(lexicon, subject) { Kind::Deed } else { Kind::State };
    }
    let many = first.len() > 3 && first.ends_with('s') && !first.ends_with("ss") && !first.ends_with("us");
    // What is yes or no and begins like this is a verb: `agrees`, `carries consequences`.
    if many && first != "sales" && first != "this" {
        return Kind::Act;
    }
    Kind::Other
}

fn is_agent(word: &str) -> bool {
    word.len() > 4
        && (word.ends_with("er") || word.ends_with("or") || word.ends_with("ee") || word.ends_with("ist"))
        && !matches!(
            word,
            "number" | "other" | "order" | "under" | "over" | "after" | "never" | "ever" | "rather" | "letter"
        )
}

fn is_past(word: &str) -> bool {
    word.len() > 4
        && word.ends_with("ed")
        && !matches!(word, "speed" | "breed" | "indeed" | "exceed" | "proceed" | "agreed")
        || word == "agreed"
}

/// `they` rather than `it`
pub(crate) fn is_person(lexicon: &Lexicon, table: TableId) -> bool {
    const PEOPLE: [&str; 16] = [
        "contact",
        "lead",
        "person",
        "user",
        "customer",
        "prospect",
        "member",
        "employee",
        "buyer",
        "visitor",
        "candidate",
        "people",
        "student",
        "patient",
        "subscriber",
        "client",
    ];
    let key = &lexicon.table(table).name.key;
    let last = key.split(' ').next_back().unwrap_or_default();
    PEOPLE.contains(&last) || PEOPLE.iter().any(|p| last.strip_suffix('s') == Some(p))
}

/// `come back` of `came back`
pub(crate) fn perfect(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, rest)) => format!("{} {rest}", participle_of(first)),
        None => participle_of(name).to_string(),
    }
}
