//! The common rules of English, as far as names need them.

/// `a contact`, `an opportunity`
pub fn article(name: &str) -> &'static str {
    let lower = name.trim_start().to_lowercase();
    let vowel = lower.starts_with(['a', 'e', 'i', 'o', 'u']);
    let sounds = ["eu", "uni", "use", "usa", "one "].iter().any(|s| lower.starts_with(s));
    if vowel && !sounds { "an" } else { "a" }
}

/// The plural of a name: of its head, the word before the first preposition.
pub fn plural(name: &str) -> String {
    // `newsletters opened`
    if let Some((thing, done)) = name.rsplit_once(' ')
        && (done == "sent" || done == "delivered" || doing(done).is_some_and(|v| v.participle == done))
    {
        return format!("{} {done}", plural(thing));
    }
    let (head, rest) = name.split_at(head_end(name));
    let lower = head.to_lowercase();
    let many = match lower.strip_suffix('y') {
        _ if ["people", "news"].iter().any(|w| lower.ends_with(w)) => head.to_string(),
        _ if lower.ends_with("person") => format!("{}people", &head[..head.len().saturating_sub(6)]),
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) && head.is_char_boundary(stem.len()) => {
            format!("{}ies", &head[..stem.len()])
        }
        _ if lower.ends_with(['s', 'x']) || lower.ends_with("ch") || lower.ends_with("sh") => format!("{head}es"),
        _ => format!("{head}s"),
    };
    format!("{many}{rest}")
}

/// Whether a name reads as several: `employees`, `pages wanted`.
pub(crate) fn is_plural(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default().to_lowercase();
    let done = words.next().is_some_and(|w| w.ends_with("ed") || w == "sent");
    let head = head(name).to_lowercase();
    let many = |word: &str| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
    (many(&head) || (done && (many(&first) || first == "people")))
        && !matches!(head.as_str(), "news" | "status" | "process" | "sales")
}

/// The word that the others of a name belong to.
pub(crate) fn head(name: &str) -> &str {
    name[..head_end(name)].split_whitespace().next_back().unwrap_or_default()
}

fn head_end(name: &str) -> usize {
    const PREPOSITIONS: [&str; 12] =
        [" of ", " at ", " with ", " in ", " for ", " from ", " to ", " by ", " on ", " per ", " after ", " among "];
    PREPOSITIONS.iter().filter_map(|p| name.find(p)).min().unwrap_or(name.len())
}

/// `1 day`, `90 days`
pub fn counted(n: u64, unit: &str) -> String {
    if n == 1 { format!("1 {unit}") } else { format!("{} {unit}s", grouped(&n.to_string())) }
}

/// `50,000` of `50000`; a fraction stays as it is.
pub(crate) fn grouped(digits: &str) -> String {
    let (whole, rest) = match digits.find('.') {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |w| ("-", w));
    if whole.len() < 5 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return digits.to_string();
    }
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    format!("{sign}{out}{rest}")
}

/// With a capital at the front.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `react` of `reacts`, `have` of `has`
pub(crate) fn base_form(verb: &str) -> String {
    let cut = |n: usize| verb.get(..verb.len().saturating_sub(n)).unwrap_or(verb).to_string();
    match verb {
        "has" => "have".into(),
        "is" => "be".into(),
        "does" => "do".into(),
        "goes" => "go".into(),
        v if v.ends_with("ies") && v.len() > 4 => format!("{}y", cut(3)),
        v if ["ches", "shes", "xes", "sses", "zes"].iter().any(|s| v.ends_with(s)) => cut(2),
        v if v.ends_with('s') => cut(1),
        v => v.into(),
    }
}

/// A verb's three forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verb {
    pub base: &'static str,
    pub past: &'static str,
    pub participle: &'static str,
}

const fn verb(base: &'static str, past: &'static str, participle: &'static str) -> Verb {
    Verb { base, past, participle }
}

pub(crate) const HAVE: Verb = verb("have", "had", "had");
/// What people do to nothing: the event is the verb.
pub(crate) fn doing_alone(word: &str) -> Option<Verb> {
    Some(match word {
        "visit" => COME,
        "unsubscribe" => verb("unsubscribe", "unsubscribed", "unsubscribed"),
        "subscribe" => verb("subscribe", "subscribed", "subscribed"),
        "login" => verb("log in", "logged in", "logged in"),
        _ => return None,
    })
}

pub(crate) const COME: Verb = verb("come", "came", "come");

/// What people do, by the noun that events are named with and by the participle: `page view`, `newsletter opened`.
pub(crate) fn doing(word: &str) -> Option<Verb> {
    Some(match word {
        "view" | "viewed" => verb("view", "viewed", "viewed"),
        "submit" | "submission" | "submitted" => verb("submit", "submitted", "submitted"),
        "click" | "clicked" => verb("click", "clicked", "clicked"),
        "open" | "opened" => verb("open", "opened", "opened"),
        "download" | "downloaded" => verb("download", "downloaded", "downloaded"),
        "request" | "requested" => verb("request", "requested", "requested"),
        "play" | "played" => verb("play", "played", "played"),
        "reply" | "replied" => verb("reply to", "replied to", "replied to"),
        "signed" => verb("sign", "signed", "signed"),
        "accepted" => verb("accept", "accepted", "accepted"),
        "attended" => verb("attend", "attended", "attended"),
        "booked" => verb("book", "booked", "booked"),
        _ => return None,
    })
}

/// The participle of a past form that has one of its own.
pub(crate) fn participle_of(past: &str) -> &str {
    match past {
        "came" => "come",
        "went" => "gone",
        "wrote" => "written",
        "saw" => "seen",
        "spoke" => "spoken",
        "took" => "taken",
        "chose" => "chosen",
        "began" => "begun",
        "gave" => "given",
        "grew" => "grown",
        other => other,
    }
}
