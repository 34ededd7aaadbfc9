//! The differences for people, at a terminal.

use lead_diag::InOrder;
use lead_diag::render::clean;
use lead_diff::{Class, Truth, ValueMoves};

use super::entry::{Entry, Report, listed};
use super::people::{Moves, Person, Term, cause_text};
use crate::terminal::{Style, Terminal, counted, grouped};
use crate::value;

/// By class, the heaviest first; then what is left to say.
pub fn text(report: &Report, terminal: &Terminal) -> String {
    let head = format!("{}: {} → {}", clean(&report.lexicon), clean(&report.base), clean(&report.head));
    let mut out = format!("{}\n", terminal.paint(Style::Bold, &head));
    if let Some(people) = &report.people {
        out.push_str(&format!("{}\n", terminal.paint(Style::Dim, &people.as_of)));
        for line in people.other_records() {
            out.push_str(&format!("{}\n", clean(&line)));
        }
    }
    for (key, before, after) in &report.diff.settings {
        out.push_str(&format!("\n`{key}` of lead.toml: {} → {}\n", clean(before), clean(after)));
    }
    for class in Class::ALL.into_iter().rev() {
        let entries: Vec<&Entry> = report.of_class(class).collect();
        if entries.is_empty() {
            continue;
        }
        out.push_str(&format!("\n{}\n", terminal.paint(style(class), class.word())));
        for entry in entries {
            one(report, entry, class, terminal, &mut out);
        }
    }
    for (titles, said) in report.diff.examples.iter().zip(["new", "gone", "changed"]) {
        if !titles.is_empty() {
            let line = format!("{} {said}: {}", counted(titles.len(), "example", "examples"), listed(titles, 5));
            out.push_str(&format!("\n{}\n", clean(&line)));
        }
    }
    out.push_str(&format!("\n{}\n", summary(report)));
    out
}

fn style(class: Class) -> Style {
    match class {
        Class::Breaking | Class::Narrower => Style::Red,
        Class::Wider | Class::Added => Style::Green,
        Class::Changed => Style::Yellow,
        Class::Cosmetic => Style::Dim,
    }
}

fn one(report: &Report, entry: &Entry, class: Class, terminal: &Terminal, out: &mut String) {
    let place = entry.place.as_ref().map(|(file, line)| format!("  {}:{line}", clean(file))).unwrap_or_default();
    let line = format!("  {}: {}", clean(&entry.title()), clean(&entry.said()));
    out.push_str(&format!("{line}{}\n", terminal.paint(Style::Dim, &place)));
    if class == Class::Cosmetic && entry.logic.is_none() {
        return;
    }
    if entry.has_texts() {
        for line in entry.lines() {
            let style = match line.as_bytes().first() {
                Some(b'-') => Some(Style::Red),
                Some(b'+') => Some(Style::Green),
                _ => None,
            };
            out.push_str(&format!("    {}\n", style.map_or_else(|| line.clone(), |s| terminal.paint(s, &line))));
        }
    }
    for line in entry.logic.iter().flat_map(|l| l.lines()) {
        out.push_str(&format!("    {line}\n"));
    }
    if let Some(moves) = report.moves(entry) {
        for line in said(moves, &entry.change.name, report.by()) {
            out.push_str(&format!("    {}\n", clean(&line)));
        }
    }
    if !entry.change.used_by.is_empty() {
        out.push_str(&format!("    used by {}\n", clean(&listed(&entry.change.used_by, 8))));
    }
}

/// How many causes, ways and rows are shown.
const MOST: usize = 6;

/// Whom a change moves, in lines; those that belong to the one above begin with blanks.
pub fn said(moves: &Moves, name: &str, by: Option<&str>) -> Vec<String> {
    match moves {
        Moves::Term(term) => term_said(term, name, by),
        Moves::Value { entity, moves } => value_said(entity, moves),
        Moves::Metric(rows) if rows.is_empty() => vec!["no row of it has another value".to_owned()],
        Moves::Metric(rows) => {
            let mut out = vec![format!("{} with another value", counted(rows.len(), "row", "rows"))];
            let shown = rows.iter().take(MOST).map(|(by, was, is)| match by.is_empty() {
                true => format!("  {was} → {is}"),
                false => format!("  {by}: {was} → {is}"),
            });
            out.extend(shown);
            more(rows.len(), &mut out);
            out
        }
    }
}

fn more(count: usize, out: &mut Vec<String>) {
    if count > MOST {
        out.push(format!("  … and {} more", count - MOST));
    }
}

fn term_said(term: &Term, name: &str, by: Option<&str>) -> Vec<String> {
    let moves = &term.moves;
    let number = |n: usize| grouped(n as i128);
    let all: usize = moves.counts.iter().flatten().sum();
    let (enter, leave) = (moves.entering().count(), moves.leaving().count());
    let records = format!("of {} of `{}`", counted(all, "record", "records"), term.entity);
    if moves.moved.is_empty() {
        return vec![format!("{records}, none has another answer")];
    }
    let answers: Vec<String> = [Truth::Yes, Truth::No, Truth::Unknown]
        .into_iter()
        .filter(|t| moves.before(*t) + moves.after(*t) > 0)
        .map(|t| format!("{} {} → {}", t.word(), number(moves.before(t)), number(moves.after(t))))
        .collect();
    let mut out =
        vec![format!("{records}, {} enter and {} leave: {}", number(enter), number(leave), answers.join(", "))];
    let mut causes: Vec<(usize, usize)> =
        (0..moves.causes.len()).map(|i| (moves.moved.iter().filter(|m| m.cause == i).count(), i)).collect();
    causes.in_order_by_key(|(n, i)| (std::cmp::Reverse(*n), *i));
    for (count, cause) in causes.iter().take(MOST) {
        out.push(format!("  {} because {}", number(*count), cause_text(&moves.causes[*cause], name)));
    }
    more(causes.len(), &mut out);
    for (people, verb, total) in [
        (&term.first[0], "enter", enter),
        (&term.first[1], "leave", leave),
        (&term.first[2], "between no and cannot tell", moves.others().count()),
    ] {
        if people.is_empty() {
            continue;
        }
        let named: Vec<String> = people.iter().map(person).collect();
        let rest =
            if total > people.len() { format!(" and {} more", number(total - people.len())) } else { String::new() };
        out.push(format!("  {verb}: {}{rest}", named.join(", ")));
    }
    if let (Some(by), false) = (by, term.by.is_empty()) {
        let split: Vec<String> = term
            .by
            .iter()
            .take(2 * MOST)
            .map(|(value, enter, leave)| {
                let part = |sign: char, n: usize| if n > 0 { format!(" {sign}{}", number(n)) } else { String::new() };
                format!("{value}{}{}", part('+', *enter), part('-', *leave))
            })
            .collect();
        out.push(format!("  by `{by}`: {}", split.join(", ")));
    }
    out
}

fn person(person: &Person) -> String {
    match &person.by {
        Some(by) => format!("{} ({by})", person.key),
        None => person.key.clone(),
    }
}

fn value_said(entity: &str, moves: &ValueMoves) -> Vec<String> {
    let records = counted(moves.records, "record", "records");
    if moves.changed == 0 {
        return vec![format!("of {records} of `{entity}`, none has another answer")];
    }
    let changed = grouped(moves.changed as i128);
    let numbers = match moves.means {
        Some((was, is)) => {
            let mean = |n: f64| value::number(value::round_to(n, 2));
            let (up, down) = (grouped(moves.up as i128), grouped(moves.down as i128));
            format!(": {up} more than before, {down} less; on average {} → {}", mean(was), mean(is))
        }
        None => String::new(),
    };
    let mut out = vec![format!("of {records} of `{entity}`, {changed} with another answer{numbers}")];
    let name = |t: &Option<String>| t.clone().unwrap_or_else(|| "unknown".to_owned());
    for (was, is, count) in moves.ways.iter().take(MOST) {
        out.push(format!("  {}: {} → {}", grouped(*count as i128), name(was), name(is)));
    }
    more(moves.ways.len(), &mut out);
    out
}

/// `1 breaking, 2 narrower; 40 as they were`
pub fn summary(report: &Report) -> String {
    let counts = Class::ALL.into_iter().rev().map(|class| (class, report.of_class(class).count()));
    let counts: Vec<String> =
        counts.filter(|(_, n)| *n > 0).map(|(class, n)| format!("{n} {}", class.word())).collect();
    let same = counted(report.diff.same, "statement", "statements");
    let (is, they) = if report.diff.same == 1 { ("is", "it was") } else { ("are", "they were") };
    match counts.is_empty() {
        true => format!("no definition differs; {same} {is} as {they}"),
        false => format!("{}; {same} {is} as {they}", counts.join(", ")),
    }
}
