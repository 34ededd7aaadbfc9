//! A session that follows edits says what a fresh one says of the same texts, and what a single check of them says.
//!
//! `LEAD_EDITS` sets how many edits each lexicon sees, `LEAD_SEED` where they begin.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use lead_diag::{Diagnostic, FileId};
use lead_hir::hir::Lexicon;
use lead_hir::{Checked, Config, Session, Target};

/// The texts of a lexicon by name, `lead.toml` among them.
type Texts = BTreeMap<String, String>;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }
}

fn tell(session: &mut Session, name: &str, text: Option<&str>) {
    match (name, text) {
        ("lead.toml", text) => session.set_config(name, text.map(Into::into)),
        (_, Some(text)) => drop(session.set_file(name, text.into())),
        (_, None) => session.remove_file(name),
    }
}

fn shown(d: &Diagnostic) -> String {
    let labels: Vec<_> = d.labels.iter().map(|l| (l.span.file.0, l.span.range(), &l.text)).collect();
    let (code, severity, message) = (d.code.id(), d.severity, &d.message);
    format!("{code} {severity:?} {message} {labels:?} {:?} {:?} {:?}", d.help, d.notes, d.fixes)
}

fn sorted(found: impl IntoIterator<Item = Diagnostic>) -> Vec<String> {
    let mut all: Vec<Diagnostic> = found.into_iter().collect();
    all.sort_by_key(|d| d.span().map(|s| (s.start, s.end)));
    let mut all: Vec<String> = all.iter().map(shown).collect();
    all.sort();
    all
}

/// What a single check says, in the words of [`described`].
fn batch(texts: &Texts, id: impl Fn(&str) -> FileId) -> (BTreeMap<String, Vec<String>>, Lexicon) {
    let mut config = Config::default();
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut trees = Vec::new();
    for (name, text) in texts {
        if name == "lead.toml" {
            let (read, problems) = lead_hir::config::parse(id(name), text);
            config = read;
            found.extend(problems);
        } else {
            let parsed = lead_syntax::parse(id(name), text);
            found.extend(parsed.diagnostics);
            trees.push((id(name), parsed.file));
        }
    }
    let borrowed: Vec<_> = trees.iter().map(|(id, file)| (*id, file)).collect();
    let lowered = lead_hir::lower(&borrowed, &config);
    found.extend(lowered.diagnostics);
    let by_file = texts.keys().map(|name| {
        let of = |d: &&Diagnostic| d.span().is_some_and(|s| s.file == id(name));
        (name.clone(), sorted(found.iter().filter(of).cloned()))
    });
    let lexicon = lowered.lexicon;
    (by_file.collect(), lexicon)
}

fn named(checked: &Checked, target: Target) -> String {
    match target {
        Target::Def(id) => {
            let def = checked.lexicon.def(id);
            format!("{} at {}:{}", def.name.text, checked.file(def.name_span.file).unwrap().name, def.name_span.start)
        }
        Target::Dimension(id, n) => format!("{} of {}", n, named(checked, Target::Def(id))),
        other => format!("{other:?}"),
    }
}

/// Everything else that a session says.
fn described(checked: &Checked) -> String {
    let mut out = String::new();
    for file in checked.files() {
        let _ = writeln!(out, "== {}\n{:?}", file.name, file.tree().statements.len());
        for place in checked.places_in(file.id) {
            let span = place.span.range();
            let _ = writeln!(out, "{span:?} {:?} {}", place.role, named(checked, place.target));
        }
        for typed in checked.types_in(file.id) {
            let _ = writeln!(out, "{:?} {:?}", typed.span.range(), typed.ty);
        }
        for window in checked.windows_in(file.id) {
            let kind = window.window.map(|(kind, span)| (kind, span.range()));
            let signal = match window.signal {
                lead_hir::index::Signal::Value(def) => named(checked, Target::Def(def)),
                other => format!("{other:?}"),
            };
            let _ = writeln!(out, "{:?} {signal} {kind:?}", window.span.range());
        }
    }
    for (id, def) in checked.defs() {
        let _ = writeln!(out, "-- {} {:?}", named(checked, Target::Def(id)), def.docs);
        for (used, span) in checked.uses(id) {
            let _ = writeln!(out, "uses {} {:?}", named(checked, Target::Def(*used)), span.range());
        }
        for user in checked.users(id) {
            let _ = writeln!(out, "user {}", named(checked, Target::Def(*user)));
        }
        assert_eq!(checked.def_at(def.name_span.file, def.name_span.start), Some(id));
    }
    out
}

/// Compares a session that has seen the edits with one that has not.
fn compare(session: &mut Session, texts: &Texts, what: &str) {
    let checked = session.check();
    let mut fresh = Session::new();
    // The same ids, so that they can be compared.
    for file in 0..64 {
        let name = checked.file(FileId(file)).map_or(format!("?{file}"), |f| f.name.to_string());
        fresh.set_file(&name, "".into());
        fresh.remove_file(&name);
    }
    texts.iter().for_each(|(name, text)| tell(&mut fresh, name, Some(text)));
    let fresh = fresh.check();
    let id = |name: &str| checked.file_named(name).map_or(FileId(u32::MAX), |f| f.id);
    let show = || {
        let mut all = format!("after {what}");
        texts.iter().for_each(|(name, text)| all.push_str(&format!("\n//- {name}\n{text}")));
        all
    };
    let (found, lexicon) = batch(texts, id);
    for (name, found) in &found {
        let order = |d: &Diagnostic| d.span().map(|s| (s.start, s.end));
        assert!(checked.diagnostics(id(name)).is_sorted_by_key(order), "{}", show());
        same(&sorted(checked.diagnostics(id(name)).to_vec()).join("\n"), &found.join("\n"), &show);
        let (ours, theirs) = (checked.diagnostics(id(name)), fresh.diagnostics(id(name)));
        let all = |found: &[Diagnostic]| found.iter().map(shown).collect::<Vec<_>>().join("\n");
        same(&all(ours), &all(theirs), &show);
        same(&checked.file_named(name).unwrap().text, &texts[name], &show);
    }
    let ours = checked.to_run();
    let plain = |l: &Lexicon| format!("{:?}{:?}{:?}", l.tables, l.defs, l.examples);
    if plain(&ours) != plain(&lexicon) {
        let long = |l: &Lexicon| format!("{:#?}\n{:#?}\n{:#?}", l.tables, l.defs, l.examples);
        same(&long(&ours), &long(&lexicon), &show);
    }
    same(&described(&checked), &described(&fresh), &show);
}

fn same(ours: &str, theirs: &str, show: &dyn Fn() -> String) {
    if ours == theirs {
        return;
    }
    let at = ours.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| text.lines().skip(at.saturating_sub(12)).take(20).collect::<Vec<_>>().join("\n");
    panic!("{}\n\n=== the session that followed:\n{}\n\n=== one that did not:\n{}", show(), part(ours), part(theirs));
}

/// The statements of a text, and what stands between them.
fn statements(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match all.last_mut() {
            Some(last) if line.starts_with([' ', '\t', '\n', '#']) => last.push_str(line),
            _ => all.push(line.to_string()),
        }
    }
    all
}

const TOMLS: &[&str] = &[
    "",
    "[lexicon]\ntimezone = \"Europe/Berlin\"\nfiscal-year-starts = \"april\"\n",
    "[lints]\nunused-value = \"warn\"\nunused-term = \"warn\"\nno-otherwise = \"error\"\n",
    "[lints]\nunwindowed-signal = \"allow\"\npast-of-fields = \"warn\"\nnonsense = 1\n",
];

/// One edit; what was done.
fn edit(texts: &mut Texts, dice: &mut Dice, other: &str) -> (String, Vec<String>) {
    let names: Vec<String> = texts.keys().filter(|n| *n != "lead.toml").cloned().collect();
    let name = names[dice.roll(names.len())].clone();
    let text = texts[&name].clone();
    let chars: Vec<char> = text.chars().collect();
    let at = dice.roll(chars.len() + 1);
    let put = |insert: &str, remove: usize| {
        let to = (at + remove).min(chars.len());
        chars[..at].iter().chain(&insert.chars().collect::<Vec<_>>()).chain(&chars[to..]).collect::<String>()
    };
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != ' ').filter(|w| w.trim().len() > 1).collect();
    let kind = dice.roll(26);
    let new = match kind {
        0..=4 => put(dice.pick(&["a", "x", " ", "e", "\n", "1", "\"", "(", ")", "#", ".", "_", "\n\n", "=", "##"]), 0),
        5..=8 => put("", 1 + dice.roll(3)),
        9 => put("", dice.roll(40)),
        10 | 11 if !words.is_empty() => {
            // One place of a name.
            let word = words[dice.roll(words.len())].trim();
            let with = words[dice.roll(words.len())].trim();
            let hits: Vec<usize> = text.match_indices(word).map(|(i, _)| i).collect();
            let hit = hits[dice.roll(hits.len())];
            format!("{}{with}{}", &text[..hit], &text[hit + word.len()..])
        }
        12 if !words.is_empty() => {
            // All places of a name in the file.
            let word = words[dice.roll(words.len())].trim();
            text.replace(word, &format!("{word}{}", dice.pick(&["s", " two", "", "x"])))
        }
        13..=16 => {
            let mut all = statements(&text);
            let (a, b) = (dice.roll(all.len()), dice.roll(all.len()));
            match dice.roll(4) {
                _ if all.is_empty() => {}
                0 => all.swap(a, b),
                1 => drop(all.remove(a)),
                2 => {
                    let twice = all[a].clone();
                    all.insert(b, twice);
                }
                _ => {
                    let moved = all.remove(a);
                    all.insert(b.min(all.len()), moved);
                }
            }
            all.concat()
        }
        17 | 18 => {
            let from = statements(other);
            let mut all = statements(&text);
            all.insert(dice.roll(all.len() + 1), from[dice.roll(from.len())].clone());
            all.concat()
        }
        19 => put(
            dice.pick(&[
                "\nfor contact\n",
                "\nfor company\n",
                "\nfor visit\n",
                "\nfor nobody\n",
                "\n# allow: L0601 because so\n",
                "\n## doc\n",
            ]),
            0,
        ),
        20 => put(
            dice.pick(&[
                "a when b\n",
                "\nb when a\n",
                "\na = a\n",
                "\nentity a from \"x\"\n    id: key\n",
                "\nb when c\nc when b\n",
            ]),
            0,
        ),
        21 => {
            // To another file, or a new one.
            let to = format!("{}.lead", dice.pick(&["a", "b", "c", "m", "z"]));
            let mut all = statements(&text);
            let moved = if all.is_empty() { String::new() } else { all.remove(dice.roll(all.len())) };
            texts.insert(name.clone(), all.concat());
            texts.entry(to.clone()).or_default().push_str(&moved);
            return (format!("moving `{moved}` to {to}"), vec![name, to]);
        }
        22 if names.len() > 1 => {
            texts.remove(&name);
            return (format!("removing {name}"), vec![name]);
        }
        23 => {
            texts.insert("lead.toml".into(), dice.pick(TOMLS).into());
            return ("other settings".into(), vec!["lead.toml".into()]);
        }
        24 => text.clone(),
        _ => put(
            dice.pick(&[
                " and opted in",
                " within 30d",
                "!= 5",
                " or pages > 5",
                " because \"x\"",
                "company.",
                "unless x",
            ]),
            0,
        ),
    };
    texts.insert(name.clone(), new);
    (format!("edit {kind} of {name} at {at}"), vec![name])
}

fn follow(mut texts: Texts, other: &str, edits: usize, seed: u64) {
    let mut dice = Dice(seed * 0x9E37_79B9 + 0x1234_5678_9ABC);
    let mut session = Session::new();
    texts.iter().for_each(|(name, text)| tell(&mut session, name, Some(text)));
    compare(&mut session, &texts, "nothing");
    for n in 0..edits {
        let before = texts.clone();
        let (what, touched) = edit(&mut texts, &mut dice, other);
        for name in &touched {
            tell(&mut session, name, texts.get(name).map(String::as_str));
        }
        compare(&mut session, &texts, &format!("edit {n} of seed {seed}, {what}"));
        // What was done is often undone.
        if dice.roll(3) == 0 {
            texts = before;
            for name in &touched {
                tell(&mut session, name, texts.get(name).map(String::as_str));
            }
            compare(&mut session, &texts, &format!("undoing edit {n} of seed {seed}, {what}"));
        }
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn following_edits_of_every_case() {
    let (edits, seed) = (number("LEAD_EDITS", 5) as usize, number("LEAD_SEED", 1));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    cases.sort();
    for (i, case) in cases.iter().enumerate() {
        let mut texts = Texts::new();
        if case.contains("//- ") {
            for part in case.split("//- ").skip(1) {
                let (name, text) = part.split_once('\n').unwrap();
                texts.insert(name.trim().into(), text.into());
            }
        } else {
            texts.insert("k.lead".into(), case.clone());
        }
        if !case.contains("entity ") {
            texts.insert("a schema.lead".into(), common::SCHEMA.into());
        }
        let other = &cases[(i * 7 + seed as usize) % cases.len()];
        follow(texts, other, edits, seed * 1000 + i as u64);
    }
}

/// Definitions that lean on each other across files, with names that are near each other.
fn lexicon(dice: &mut Dice, definitions: usize) -> Texts {
    let mut texts = Texts::from([("a schema.lead".to_string(), common::SCHEMA.to_string())]);
    let mut names: Vec<String> = vec!["opted in".into()];
    for n in 0..definitions {
        let file = format!("{}.lead", dice.pick(&["a", "b", "c"]));
        let name = format!(
            "{} {}",
            dice.pick(&["keen", "kean", "early", "late", "big"]),
            dice.pick(&["lead", "reader", "buyer"])
        );
        let name = if dice.roll(8) == 0 { name } else { format!("{name} {}", char::from(b'a' + (n % 26) as u8)) };
        let text = texts.entry(file).or_default();
        let used = names[dice.roll(names.len())].clone();
        let more = names[dice.roll(names.len())].clone();
        let _ = match dice.roll(9) {
            0 => writeln!(text, "{name} = count(page view where url = \"/{n}\")"),
            1 => writeln!(text, "\n## About {name}.\n{name} when {used} and not {more} within {n}d because \"r{n}\""),
            2 => writeln!(text, "{name} when was {used} 30d ago or became {more} within 90d"),
            3 => writeln!(text, "\nfunnel {name}\n    {used}\n    {more}"),
            4 => writeln!(text, "{name} is\n    \"a\" when {used}\n    \"b\" otherwise"),
            5 => writeln!(text, "score {name}, at most 100\n    +10 when {used}\n    +1 per page view"),
            6 => writeln!(text, "\nexamples {used}\n    {used} | {more}\n    yes | no"),
            7 => writeln!(text, "\nexample \"{name}\"\n    contact: opted in yes\n    expect {used} because \"r{n}\""),
            _ => writeln!(text, "{name} when count(contact where {used}) > {n} # allow: L0601 because fine"),
        };
        names.push(name);
    }
    texts
}

#[test]
fn following_edits_of_random_lexicons() {
    let (edits, seed) = (number("LEAD_EDITS", 5) as usize * 8, number("LEAD_SEED", 1));
    for n in 0..8 {
        let mut dice = Dice(seed * 77 + n + 1);
        let texts = lexicon(&mut dice, 10 + 6 * n as usize);
        let other: String = lexicon(&mut dice, 30).into_values().collect();
        follow(texts, &other, edits, seed * 100 + n);
    }
}
