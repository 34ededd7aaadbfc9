//! A large lexicon for the parser and the checker: values, terms with reasons and exceptions, choices and scores, about a
//! hundred bytes each, every one built on some of those before it, no finding among them that is an error.

use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = r#"entity contact from "contacts.csv"
    id: key
    company -> company
    job title: text
    persona: one of "engineer", "maintenance", "procurement"
    lead source: one of "PPC", "Referral", "Trade show"
    opted in: yes/no

entity company from "companies.csv"
    id: key
    industry: text
    country: text
    employees: number
    revenue: money

event visit of contact from "visits.csv"
    contact -> contact
    at: time
    url: text

event form submit of contact from "forms.csv"
    contact -> contact
    at: time
    offer: text
    pages: number

for contact
"#;

/// Words that make names of many words, as people give them.
const WORDS: &[&str] = &[
    "early",
    "steady",
    "pricing",
    "product",
    "regional",
    "partner",
    "renewal",
    "technical",
    "buying",
    "active",
    "quiet",
    "returning",
    "strategic",
    "seasonal",
    "local",
    "inbound",
];

fn name(kind: &str, number: usize) -> String {
    let word = |n: usize| WORDS[n % WORDS.len()];
    format!("{} {} {kind} {}", word(number), word(number / WORDS.len() + 7), letters(number))
}

/// A number in letters, as names end in words: `a`, `b`, … `ba`.
fn letters(mut number: usize) -> String {
    let mut out = Vec::new();
    loop {
        out.push(b'a' + (number % 26) as u8);
        number /= 26;
        if number == 0 {
            break;
        }
    }
    // A word of its own, whatever the letters spell.
    out.push(b'x');
    out.reverse();
    out.into_iter().map(char::from).collect()
}

/// A lexicon of this many definitions, the same every time.
pub fn lexicon(definitions: usize) -> String {
    let mut out = HEAD.to_owned();
    // Every group of ten definitions leans on its own values and on the terms of the group before.
    for number in 0..definitions {
        let (group, part) = (number / 10, number % 10);
        let (pages, visits) = (name("pages", group), name("visits", group));
        let before = |kind: &str| name(kind, group.saturating_sub(1));
        let days = 30 + group % 60;
        let _ = match part {
            0 => writeln!(out, "\n{pages} = sum(form submit.pages where offer != \"none {group}\")"),
            1 => writeln!(out, "{visits} = count(visit where url starts with \"/area-{group}/\")"),
            2 => writeln!(
                out,
                "\n## Reads and comes back.\n{} when {pages} > {} and {visits} >= 2 within {days}d",
                name("reader", group),
                5 + group % 7,
            ),
            3 => writeln!(
                out,
                "\n{}\n    when {}  because \"reads\"\n    or when any(form submit where offer = \"guide {group}\")",
                name("lead", group),
                name("reader", group),
            ),
            4 => writeln!(
                out,
                "\n{}\n    when {} and company.employees > {}\n    unless opted in = no",
                name("prospect", group),
                name("lead", group),
                50 + group,
            ),
            5 => writeln!(
                out,
                "\n{} is\n    \"field {group}\" when {} and company.employees >= 500\n    \"inside\" otherwise",
                name("owner", group),
                name("prospect", group),
            ),
            6 => writeln!(
                out,
                "\nscore {}, half-life {days}d, at most 100\n    +1 per visit, at most 20\n    +10 when {}",
                name("score", group),
                name("lead", group),
            ),
            7 if group > 0 => {
                writeln!(out, "\n{} when {} and {}", name("both", group), name("lead", group), before("lead"))
            }
            8 => writeln!(
                out,
                "\n{} when {} > {} and persona in [\"engineer\", \"maintenance\"]",
                name("hot", group),
                name("score", group),
                20 + group % 50,
            ),
            _ => writeln!(
                out,
                "\n{} when job title contains \"chief {group}{part}\" or company.revenue > {}",
                name(if part == 9 { "chief" } else { "first" }, group),
                group * 1000 + 1,
            ),
        };
    }
    out
}

/// How many files the lexicon is spread over.
pub const FILES: usize = 200;

/// The same lexicon in so many files, by name: the schema, then the definitions.
pub fn in_files(definitions: usize, files: usize) -> BTreeMap<String, String> {
    let all = lexicon(definitions);
    let (schema, rest) = all.split_at(HEAD.len());
    let mut out = BTreeMap::from([("a schema.lead".to_owned(), schema.to_owned())]);
    let mut statements: Vec<String> = Vec::new();
    let mut documented = false;
    for line in rest.split_inclusive('\n') {
        let starts = !line.starts_with([' ', '\n']);
        match statements.last_mut() {
            Some(last) if !starts || documented => last.push_str(line),
            _ => statements.push(line.to_owned()),
        }
        documented = line.starts_with('#');
    }
    let each = statements.len().div_ceil(files.saturating_sub(1).max(1)).max(1);
    for (n, part) in statements.chunks(each).enumerate() {
        out.insert(format!("rules {n:03}.lead"), part.concat());
    }
    out
}
