//! Random pairs of conditions: what is proved of them against every record of a small world that has a value in each cell.
//!
//! `LEAD_LOGIC_SEEDS=n` tries n batches instead of the usual few, from `LEAD_LOGIC_FROM=s` on.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fmt::Write;

use lead_logic::{Move, Truth, Verdict, compare_named};

use common::lexicon;

/// Batches in a plain run, and pairs in each.
const BATCHES: u64 = 12;
const PAIRS: usize = 250;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[derive(Clone, Debug)]
enum C {
    And(Vec<C>),
    Or(Vec<C>),
    Not(Box<C>),
    /// Another condition, asked through a term.
    Term(Box<C>),
    Employees(&'static str, i32),
    EmployeesKnown,
    /// Of the related company.
    Company(&'static str, i32),
    CompanyKnown,
    Persona(Vec<usize>),
    OptedIn,
    Title(usize),
    /// Counts over one of the windows, of longer visits only.
    Visits {
        window: usize,
        longer: Option<i32>,
        op: &'static str,
        than: i32,
    },
    Converted,
}

const OPS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const PERSONAS: [&str; 3] = ["engineer", "maintenance", "procurement"];
const WINDOWS: [&str; 3] = [" within 30d", " within 90d", ""];
const TITLES: [(&str, &str); 5] =
    [("=", "chief"), ("contains", "eng"), ("starts with", "chief"), ("ends with", "r"), ("=", "chief eng")];

/// Which measurements a pair speaks of, so that its world stays small.
#[derive(Clone, Copy)]
struct Topics {
    fields: [bool; 5],
    windows: bool,
    longer: bool,
}

impl C {
    fn random(r: &mut Random, topics: Topics, depth: usize) -> C {
        if depth > 0 && r.below(3) > 0 {
            let parts = |r: &mut Random| (0..2 + r.below(2)).map(|_| C::random(r, topics, depth - 1)).collect();
            return match r.below(7) {
                0..3 => C::And(parts(r)),
                3..6 => C::Or(parts(r)),
                _ => C::Not(Box::new(C::random(r, topics, depth - 1))),
            };
        }
        if depth > 0 && r.below(8) == 0 {
            return C::Term(Box::new(C::random(r, topics, depth - 1)));
        }
        loop {
            let op = r.one(&OPS);
            let than = 1 + r.below(3) as i32;
            match r.below(8) {
                0 | 1 if topics.fields[0] => {
                    return if r.below(6) == 0 { C::EmployeesKnown } else { C::Employees(op, than) };
                }
                2 if topics.fields[1] => {
                    return if r.below(4) == 0 { C::CompanyKnown } else { C::Company(op, than) };
                }
                3 if topics.fields[2] => {
                    return C::Persona((0..3).filter(|_| r.below(2) == 0).collect::<Vec<_>>());
                }
                4 if topics.fields[3] => return C::OptedIn,
                5 if topics.fields[4] => return C::Title(r.below(TITLES.len())),
                6 | 7 if topics.windows || topics.longer => {
                    if r.below(9) == 0 {
                        return C::Converted;
                    }
                    let window = if topics.windows { r.below(3) } else { 2 };
                    let longer = (topics.longer && r.below(2) == 0).then(|| 3 + r.below(2) as i32 * 2);
                    return C::Visits { window, longer, op, than: r.below(3) as i32 };
                }
                _ => {}
            }
        }
    }

    /// As text; terms that it asks go to `terms`.
    fn text(&self, terms: &mut Vec<String>, name: &str) -> String {
        let mut all = |parts: &[C], word: &str| {
            let parts: Vec<String> = parts.iter().map(|p| format!("({})", p.text(terms, name))).collect();
            parts.join(word)
        };
        match self {
            C::And(parts) => all(parts, " and "),
            C::Or(parts) => all(parts, " or "),
            C::Not(inner) => format!("not ({})", inner.text(terms, name)),
            C::Term(inner) => {
                let text = inner.text(terms, name);
                let term = format!("{name} part {}", "i".repeat(terms.len() + 1));
                terms.push(format!("{term} when {text}"));
                term
            }
            C::Employees(op, n) => format!("employees {op} {n}"),
            C::EmployeesKnown => "employees is known".into(),
            C::Company(op, n) => format!("company.employees {op} {n}"),
            C::CompanyKnown => "company is known".into(),
            C::Persona(of) => {
                let list: Vec<String> = of.iter().map(|i| format!("{:?}", PERSONAS[*i])).collect();
                if list.is_empty() { "persona is unknown".into() } else { format!("persona in [{}]", list.join(", ")) }
            }
            C::OptedIn => "opted in".into(),
            C::Title(test) => format!("job title {} {:?}", TITLES[*test].0, TITLES[*test].1),
            C::Visits { window, longer, op, than } => {
                let filter = longer.map(|n| format!(" where minutes > {n}")).unwrap_or_default();
                format!("count(visit{filter}) {op} {than}{}", WINDOWS[*window])
            }
            C::Converted => "converted".into(),
        }
    }

    fn of(&self, record: &Record) -> Truth {
        let compare = |value: Option<f64>, op: &str, than: i32| {
            let than = f64::from(than);
            let Some(v) = value else { return Truth::Unknown };
            Truth::of(match op {
                "=" => v == than,
                "!=" => v != than,
                "<" => v < than,
                "<=" => v <= than,
                ">" => v > than,
                _ => v >= than,
            })
        };
        let maybe = |value: Option<bool>| value.map_or(Truth::Unknown, Truth::of);
        match self {
            C::And(parts) => parts.iter().map(|p| p.of(record)).min().unwrap(),
            C::Or(parts) => parts.iter().map(|p| p.of(record)).max().unwrap(),
            C::Not(inner) => inner.of(record).negated(),
            C::Term(inner) => inner.of(record),
            C::Employees(op, n) => compare(record.employees, op, *n),
            C::EmployeesKnown => Truth::of(record.employees.is_some()),
            C::Company(op, n) => compare(record.company.flatten(), op, *n),
            C::CompanyKnown => Truth::of(record.company.is_some()),
            C::Persona(of) if of.is_empty() => Truth::of(record.persona.is_none()),
            C::Persona(of) => maybe(record.persona.map(|p| of.contains(&p))),
            C::OptedIn => maybe(record.opted_in),
            C::Title(test) => maybe(record.title.map(|t| match TITLES[*test] {
                ("=", text) => t == text,
                ("contains", text) => t.contains(text),
                ("starts with", text) => t.starts_with(text),
                (_, text) => t.ends_with(text),
            })),
            C::Visits { window, longer, op, than } => {
                let count: u8 = (0..=*window)
                    .flat_map(|w| record.visits[w].iter().enumerate())
                    .filter(|(minutes, _)| longer.is_none_or(|n| [1, 4, 6][*minutes] > n))
                    .map(|(_, count)| *count)
                    .sum();
                compare(Some(f64::from(count)), op, *than)
            }
            C::Converted => Truth::of(record.converted),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Record {
    employees: Option<f64>,
    company: Option<Option<f64>>,
    persona: Option<usize>,
    opted_in: Option<bool>,
    title: Option<&'static str>,
    converted: bool,
    /// By age (30 days, 90 days, older) and length (1, 4, 6 minutes).
    visits: [[u8; 3]; 3],
}

/// Every record of the world of some topics.
fn world(topics: Topics) -> Vec<Record> {
    let mut all = vec![Record::default()];
    let sizes = [None, Some(0.0), Some(1.0), Some(1.5), Some(2.0), Some(2.5), Some(3.0), Some(4.0)];
    let mut each = |used: bool, change: &mut dyn FnMut(&Record, &mut Vec<Record>)| {
        if used {
            let mut next = Vec::new();
            all.iter().for_each(|r| change(r, &mut next));
            all = next;
        }
    };
    each(topics.fields[0], &mut |r, out| {
        out.extend(sizes.map(|employees| Record { employees, ..r.clone() }));
    });
    each(topics.fields[1], &mut |r, out| {
        out.push(Record { company: None, ..r.clone() });
        out.extend(sizes.map(|size| Record { company: Some(size), ..r.clone() }));
    });
    each(topics.fields[2], &mut |r, out| {
        out.extend([None, Some(0), Some(1), Some(2)].map(|persona| Record { persona, ..r.clone() }));
    });
    each(topics.fields[3], &mut |r, out| {
        out.extend([None, Some(false), Some(true)].map(|opted_in| Record { opted_in, ..r.clone() }));
    });
    each(topics.fields[4], &mut |r, out| {
        let titles =
            ["chief", "chief eng", "chief enger", "chiefr", "chief x", "chief eng x", "eng", "enger", "r", "x"];
        out.push(Record { title: None, ..r.clone() });
        out.extend(titles.map(|title| Record { title: Some(title), ..r.clone() }));
    });
    let events = topics.windows || topics.longer;
    each(events, &mut |r, out| out.extend([false, true].map(|converted| Record { converted, ..r.clone() })));
    let ages: &[usize] = if topics.windows { &[0, 1, 2] } else { &[2] };
    let lengths: &[usize] = if topics.longer { &[0, 1, 2] } else { &[0] };
    let most = if ages.len() * lengths.len() > 4 { 2 } else { 3 };
    for age in ages {
        for length in lengths {
            each(events, &mut |r, out| {
                for count in 0..=most {
                    let mut more = r.clone();
                    more.visits[*age][*length] = count;
                    out.push(more);
                }
            });
        }
    }
    all
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What a change is, from the answers before and after that some record of the world has.
fn verdict(seen: &[[bool; 3]; 3]) -> Verdict {
    let any = |ways: &[(Truth, Truth)]| ways.iter().any(|(before, after)| seen[*before as usize][*after as usize]);
    let gained = any(&[(Truth::No, Truth::Yes), (Truth::Unknown, Truth::Yes)]);
    let lost = any(&[(Truth::Yes, Truth::No), (Truth::Yes, Truth::Unknown)]);
    let (up, down) = (any(&[(Truth::No, Truth::Unknown)]), any(&[(Truth::Unknown, Truth::No)]));
    match (gained, lost, up, down) {
        (true, true, ..) if !any(&[(Truth::Yes, Truth::Yes)]) => Verdict::Disjoint,
        (true, true, ..) | (false, false, true, true) => Verdict::Overlapping,
        (true, false, ..) | (false, false, true, false) => Verdict::Wider,
        (false, true, ..) | (false, false, false, true) => Verdict::Narrower,
        (false, false, false, false) => Verdict::Same,
    }
}

#[test]
fn what_is_proved_of_random_pairs_holds_of_every_record_of_a_small_world() {
    let from = variable("LEAD_LOGIC_FROM").unwrap_or(1);
    let (mut pairs, mut judged, mut decided, mut same) = (0, 0, 0, 0);
    for seed in from..from + variable("LEAD_LOGIC_SEEDS").unwrap_or(BATCHES) {
        let mut r = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..9 {
            r.below(2);
        }
        let mut rules = String::new();
        let mut made = Vec::new();
        for pair in 0..PAIRS {
            let mut topics = Topics { fields: [false; 5], windows: false, longer: false };
            match r.below(6) {
                0 => topics.windows = true,
                1 => topics.longer = true,
                // Both at once have a world of 3^9 records.
                2 if pair % 125 == 0 => (topics.windows, topics.longer) = (true, true),
                _ => topics.fields[r.below(5)] = true,
            }
            // Together they have a world small enough to be looked at in no time.
            if !topics.windows || !topics.longer {
                topics.fields[r.below(5)] = true;
            }
            let conditions = [C::random(&mut r, topics, 2), C::random(&mut r, topics, 2)];
            // Half of the pairs are the same condition with a part exchanged.
            let second = match r.below(2) {
                0 => conditions[1].clone(),
                _ => C::Or(vec![C::And(vec![conditions[0].clone(), conditions[1].clone()]), conditions[0].clone()]),
            };
            let both = [conditions[0].clone(), second];
            for (side, condition) in both.iter().enumerate() {
                let name = format!("rule {}x{}", ["a", "b"][side], letters(pair));
                let mut terms = Vec::new();
                let text = condition.text(&mut terms, &name);
                for term in &terms {
                    let _ = writeln!(rules, "{term}");
                }
                let _ = writeln!(rules, "{name} when {text}");
            }
            made.push((pair, both, topics));
        }
        let lexicon = lexicon(&rules);
        for (pair, [a, b], topics) in made {
            let name = |side: &str| format!("rule {side}x{}", letters(pair));
            let found = compare_named(&lexicon, &name("a"), &lexicon, &name("b"));
            let mut seen = [[false; 3]; 3];
            for record in world(topics) {
                let (x, y) = (a.of(&record), b.of(&record));
                if !seen[x as usize][y as usize] {
                    seen[x as usize][y as usize] = true;
                    assert!(
                        *found.moved(x, y) != Move::Never,
                        "seed {seed}: no record is said to be {x:?} in\n  {a:?}\nand {y:?} in\n  {b:?}\nbut {record:?} is"
                    );
                }
            }
            let mut sure = true;
            for x in Truth::ALL {
                for y in Truth::ALL {
                    let moved = found.moved(x, y);
                    let small = topics.windows && topics.longer;
                    sure &= !matches!(moved, Move::May(_));
                    assert!(
                        seen[x as usize][y as usize] || small || !matches!(moved, Move::Shown(_)),
                        "seed {seed}: a record is said to be {x:?} in\n  {a:?}\nand {y:?} in\n  {b:?}:\n{moved:?}"
                    );
                }
            }
            let whole = !topics.windows || !topics.longer;
            if whole && !matches!(found.verdict, Verdict::Undecided(_)) {
                assert_eq!(found.verdict, verdict(&seen), "seed {seed}:\n  {a:?}\nand\n  {b:?}");
                judged += 1;
            }
            pairs += 1;
            decided += usize::from(sure);
            same += usize::from(found.verdict == lead_logic::Verdict::Same);
        }
    }
    assert!(judged >= 2000.min(pairs * 8 / 10) && pairs >= PAIRS, "only {judged} verdicts were compared");
    assert!(decided * 10 > pairs * 8, "only {decided} of {pairs} are decided");
    assert!(same * 20 > pairs, "only {same} of {pairs} are the same");
}

/// A number in letters: names have no digits at their start.
fn letters(mut number: usize) -> String {
    let mut out = String::new();
    loop {
        out.push((b'a' + (number % 26) as u8) as char);
        number /= 26;
        if number == 0 {
            return out;
        }
    }
}
