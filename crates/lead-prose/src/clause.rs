//! Clauses, and how several become one sentence: who is not named twice, a window that covers several is said once.

use lead_hir::hir::{Lexicon, WindowKind};

use crate::prose::{Prose, prose};
use crate::window::window;

/// Whom a clause is about, and whether they are several.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Who {
    /// The record that the sentence is about.
    Same,
    /// Something of that record: `employees`.
    Their(Prose, bool),
    /// Anything else, said in full.
    Thing(Prose, bool),
}

/// The window of a clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    /// Not yet settled where it is said.
    Open(WindowKind),
    /// Said here.
    Here(WindowKind),
    /// Said before, and meant here as well.
    Same,
    /// Said later.
    Later,
}

/// `they have not converted`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    pub who: Who,
    /// Its verb, said of one and of several.
    pub verb: (String, String),
    pub rest: Prose,
    /// The rest behind a verb of several, where it differs.
    pub rest_of_many: Option<Prose>,
    /// The rest said of several records, where it differs.
    pub rest_of_records: Option<Prose>,
    pub when: Option<When>,
    pub negative: bool,
}

impl Clause {
    pub fn new(who: Who, verb: (&str, &str), rest: impl Into<Prose>) -> Clause {
        Clause {
            who,
            verb: (verb.0.into(), verb.1.into()),
            rest: rest.into(),
            rest_of_many: None,
            rest_of_records: None,
            when: None,
            negative: false,
        }
    }

    /// With a window whose place is still open.
    pub fn within(mut self, window: Option<WindowKind>) -> Clause {
        self.when = window.map(When::Open);
        self
    }

    pub fn negative(mut self, negative: bool) -> Clause {
        self.negative = negative;
        self
    }
}

/// Conditions, said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    One(Box<Clause>),
    All(Vec<Said>),
    Any(Vec<Said>),
    /// All in one window, which is said behind the last.
    Run(Vec<Said>),
}

impl From<Clause> for Said {
    fn from(clause: Clause) -> Said {
        Said::One(Box::new(clause))
    }
}

/// What was said last in a chain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    who: Option<Who>,
    verb: Option<String>,
}

/// How the record is called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Voice {
    /// `they`, `it`
    Plain { people: bool },
    /// `who`, `that`
    Which { people: bool, many: bool },
}

impl Said {
    /// Settles where the window of a chain is said: behind the first parts that it covers, and `in that time` behind later ones.
    pub fn settle(self) -> Said {
        let open = |said: &Said| matches!(said, Said::One(c) if matches!(c.when, Some(When::Open(_))));
        let Said::All(parts) = self else {
            return match self {
                Said::One(clause) => here(*clause).into(),
                Said::Any(parts) => Said::Any(parts.into_iter().map(Said::settle).collect()),
                other => other,
            };
        };
        let mut out = Vec::new();
        let mut run: Vec<Said> = Vec::new();
        let mut said = false;
        let close = |run: &mut Vec<Said>, out: &mut Vec<Said>| {
            let last = run.len().saturating_sub(1);
            let mut parts = std::mem::take(run).into_iter().enumerate().map(|(i, part)| match part {
                Said::One(clause) if i == last => here(*clause).into(),
                Said::One(clause) => Clause { when: Some(When::Later), ..*clause }.into(),
                other => other,
            });
            match parts.len() {
                0 => {}
                1 => out.extend(parts.next()),
                _ => out.push(Said::Run(parts.collect())),
            }
        };
        for part in parts {
            let negative = matches!(&part, Said::One(c) if c.negative);
            let fits = open(&part) && !said && (run.is_empty() || !negative);
            if fits {
                run.push(part);
                continue;
            }
            if !run.is_empty() {
                close(&mut run, &mut out);
                said = true;
            }
            out.push(match part {
                Said::One(clause) if matches!(clause.when, Some(When::Open(_))) => {
                    Clause { when: Some(When::Same), ..*clause }.into()
                }
                other => other.settle(),
            });
        }
        close(&mut run, &mut out);
        if out.len() == 1 { out.remove(0) } else { Said::All(out) }
    }

    /// As text. `nested`: inside of other conditions.
    pub fn text(&self, lexicon: &Lexicon, voice: Voice, nested: bool, before: &mut Before) -> Prose {
        match self {
            Said::One(clause) => clause.text(lexicon, voice, before),
            Said::All(parts) | Said::Run(parts) => list(lexicon, parts, "and", voice, before),
            Said::Any(parts) => {
                let said = list(lexicon, parts, "or", voice, before);
                *before = Before::default();
                if nested { prose!["either ", said] } else { said }
            }
        }
    }

    fn is_long(&self) -> bool {
        match self {
            Said::One(_) => false,
            Said::All(_) | Said::Any(_) => true,
            Said::Run(parts) => parts.len() > 1,
        }
    }
}

fn here(clause: Clause) -> Clause {
    let when = match clause.when {
        Some(When::Open(kind)) => Some(When::Here(kind)),
        other => other,
    };
    Clause { when, ..clause }
}

fn list(lexicon: &Lexicon, parts: &[Said], word: &str, voice: Voice, before: &mut Before) -> Prose {
    let parts = merged(parts, word);
    let mut said: Vec<Prose> = Vec::new();
    let mut long = false;
    for part in &parts {
        // What has parts of its own names whom it is about again.
        if matches!(part, Said::Any(_)) {
            *before = Before::default();
        }
        let text = part.text(lexicon, voice, true, before);
        long |= part.is_long() || text.plain().contains(", ");
        said.push(text);
    }
    let last = said.len().saturating_sub(1);
    let mut out = Prose::default();
    for (i, part) in said.into_iter().enumerate() {
        match (i, long) {
            (0, _) => {}
            (_, true) if i == last => out.push(format!(", {word} ")),
            (_, true) if word == "or" => out.push(", or "),
            (_, false) if i == last => out.push(format!(" {word} ")),
            _ => out.push(", "),
        }
        out.push(part);
    }
    out
}

/// Parts that say the same of several things become one: `their e-mail or phone is known`.
fn merged(parts: &[Said], word: &str) -> Vec<Said> {
    let mut groups: Vec<(Clause, Vec<Prose>)> = Vec::new();
    let mut out: Vec<Said> = Vec::new();
    for part in parts {
        let Said::One(clause) = part else {
            flush(&mut groups, &mut out, word);
            out.push(part.clone());
            continue;
        };
        let (Who::Their(thing, _), None, false) = (&clause.who, &clause.when, clause.rest.is_empty()) else {
            flush(&mut groups, &mut out, word);
            out.push(part.clone());
            continue;
        };
        match groups.last_mut() {
            Some((first, things)) if first.verb == clause.verb && first.rest == clause.rest => {
                things.push(thing.clone())
            }
            _ => {
                flush(&mut groups, &mut out, word);
                groups.push(((**clause).clone(), vec![thing.clone()]));
            }
        }
    }
    flush(&mut groups, &mut out, word);
    out
}

fn flush(groups: &mut Vec<(Clause, Vec<Prose>)>, out: &mut Vec<Said>, word: &str) {
    for (mut clause, things) in groups.drain(..) {
        if things.len() > 1 {
            clause.who = Who::Their(Prose::list(things, word), word == "and");
        }
        out.push(clause.into());
    }
}

impl Clause {
    fn text(&self, lexicon: &Lexicon, voice: Voice, before: &mut Before) -> Prose {
        let mut out = Prose::default();
        let same = before.who.as_ref() == Some(&self.who);
        if !same {
            out.push(subject(&self.who, voice));
        }
        // `have contact information, product interest and buying intent`
        let simple = !self.negative && self.when.is_none() && matches!(self.verb.0.as_str(), "is" | "has");
        let again = same && simple && before.verb.as_ref() == Some(&self.verb.0);
        let inner = self.rest.plain();
        let open = !["who ", "whose ", "that ", "where "].iter().any(|w| inner.contains(w));
        *before = Before { who: Some(self.who.clone()), verb: (simple && open).then(|| self.verb.0.clone()) };
        let many = match (&self.who, voice) {
            (Who::Same, Voice::Plain { people }) => people,
            (Who::Same, Voice::Which { many, .. }) => many,
            (Who::Their(_, many) | Who::Thing(_, many), _) => *many,
        };
        let of_records = matches!((&self.who, voice), (Who::Same, Voice::Which { many: true, .. }));
        let verb = if many { &self.verb.1 } else { &self.verb.0 };
        let rest = match (&self.rest_of_records, &self.rest_of_many) {
            (Some(rest), _) if of_records => rest,
            (_, Some(rest)) if many => rest,
            _ => &self.rest,
        };
        let when = match self.when {
            Some(When::Open(kind) | When::Here(kind)) => window(lexicon, kind),
            Some(When::Same) => "in that time".into(),
            Some(When::Later) | None => String::new(),
        };
        let verb = if again { "" } else { verb.as_str() };
        for part in [Prose::from(verb), rest.clone(), when.into()] {
            if !part.is_empty() {
                if !out.is_empty() {
                    out.push(" ");
                }
                out.push(part);
            }
        }
        out
    }
}

fn subject(who: &Who, voice: Voice) -> Prose {
    match (who, voice) {
        (Who::Same, Voice::Plain { people }) => if people { "they" } else { "it" }.into(),
        (Who::Same, Voice::Which { people, .. }) => if people { "who" } else { "that" }.into(),
        (Who::Their(thing, _), Voice::Plain { people }) => {
            prose![if people { "their " } else { "its " }, thing.clone()]
        }
        (Who::Their(thing, _), Voice::Which { .. }) => prose!["whose ", thing.clone()],
        (Who::Thing(thing, _), Voice::Plain { .. }) => thing.clone(),
        (Who::Thing(thing, _), Voice::Which { .. }) => prose!["where ", thing.clone()],
    }
}
