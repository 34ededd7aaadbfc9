//! A trend as tables for people.

use std::collections::BTreeMap;

use lead_hir::hir::{DefId, TableId};
use lead_trend::{Ageing, Every, FunnelTrend, Lean, Trend};

use super::{Telling, day, lean_words};
use crate::grid::{Align, Cell, Grid, spark};
use crate::run::percent;
use crate::terminal::{Style, Terminal, counted, grouped};
use crate::value::duration_in_days;

/// The most that a picture of a series is wide.
const PICTURE: usize = 24;
/// The most times whose figures are shown.
const FIGURES: usize = 6;
/// The most columns that a date takes, its gap included.
const COLUMN: usize = 12;
/// The widest name.
const NAME: usize = 26;
/// Keys that are named beside a count.
const KEYS: usize = 4;
/// Terms that are named beside what they rest on.
const TERMS: usize = 3;
/// Groups of an ageing list that are shown.
const GROUPS: usize = 40;

/// All of a trend.
pub fn text(telling: &Telling<'_>, trend: &Trend, terminal: &Terminal) -> String {
    let settings = &telling.lexicon.settings;
    let ends = (trend.times.first(), trend.times.last());
    let span = match ends {
        (Some(first), Some(last)) if first != last => {
            let (first, last) = (day(*first, telling.lexicon), day(*last, telling.lexicon));
            format!("{} times, every {}, from {first} to {last}", trend.times.len(), telling.every.words())
        }
        (_, last) => last.map_or_else(String::new, |t| day(*t, telling.lexicon)),
    };
    let head = format!("{span}, {}", settings.zone_name);
    let mut out = format!("{}\n{}\n", terminal.paint(Style::Bold, &settings.name), terminal.paint(Style::Dim, &head));
    let shown = shown_times(telling, trend, terminal);
    out.push_str(&terms(telling, trend, &shown, terminal));
    for funnel in &trend.funnels {
        out.push_str(&of_funnel(telling, trend, funnel, &shown, terminal));
    }
    if let Some(ageing) = &trend.ageing {
        out.push_str(&of_ageing(telling, ageing, terminal));
    }
    out.push_str(&leaning(telling, trend, terminal));
    out
}

/// The numbers of the times whose figures are shown: the first, the last, and others evenly between.
fn shown_times(telling: &Telling<'_>, trend: &Trend, terminal: &Terminal) -> Vec<usize> {
    let count = trend.times.len();
    let widest = telling.terms(trend).iter().map(|d| telling.name(*d).chars().count()).max().unwrap_or(0).min(NAME);
    let (change, unknown) = (8, 13);
    let fixed = 2 + widest + 2 + count.min(PICTURE) + change + unknown;
    let fit = (terminal.width.saturating_sub(fixed) / COLUMN).clamp(2, FIGURES).min(count);
    let mut out: Vec<usize> = (0..fit).map(|i| i * (count - 1) / fit.saturating_sub(1).max(1)).collect();
    out.dedup();
    out
}

fn heads(telling: &Telling<'_>, trend: &Trend, shown: &[usize], last: &[&str]) -> (Grid, Vec<String>) {
    let mut align = vec![Align::Left, Align::Left];
    align.extend(shown.iter().map(|_| Align::Right));
    align.extend(last.iter().map(|_| Align::Right));
    let mut names = vec![String::new(), String::new()];
    names.extend(shown.iter().map(|i| day(trend.times[*i], telling.lexicon)));
    names.extend(last.iter().map(|l| (*l).to_owned()));
    (Grid::new(2, &align).widest(NAME), names)
}

fn change(before: usize, after: usize) -> String {
    let by = after as i128 - before as i128;
    if by > 0 { format!("+{}", grouped(by)) } else { grouped(by) }
}

fn terms(telling: &Telling<'_>, trend: &Trend, shown: &[usize], terminal: &Terminal) -> String {
    let mut out = String::new();
    let mut tables: Vec<TableId> = trend.terms.iter().map(|t| t.table).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables {
        let of: Vec<_> = trend.terms.iter().filter(|t| t.table == table).collect();
        let records = of.first().map_or(0, |t| t.records);
        let name = terminal.paint(Style::Bold, telling.table(table));
        out.push_str(&format!("\n{name}: {}, how many are yes\n", counted(records, "record", "records")));
        let (mut grid, names) = heads(telling, trend, shown, &["change", "cannot tell"]);
        grid.heads(&names.iter().map(String::as_str).collect::<Vec<_>>());
        for term in of {
            let yes: Vec<usize> = term.counts.iter().map(|c| c.yes).collect();
            let (first, last) = (yes.first().copied().unwrap_or(0), yes.last().copied().unwrap_or(0));
            let mut cells: Vec<Cell> =
                vec![telling.name(term.def).into(), Cell::styled(spark(&yes, PICTURE), Style::Cyan)];
            cells.extend(shown.iter().map(|i| Cell::from(grouped(yes[*i] as i128))));
            cells.push(change(first, last).into());
            let unknown = term.counts.last().map_or(0, |c| c.unknown);
            cells.push(Cell::styled(if unknown > 0 { grouped(unknown as i128) } else { "·".into() }, Style::Yellow));
            grid.row(cells);
        }
        out.push_str(&grid.text(terminal));
    }
    out
}

fn of_funnel(
    telling: &Telling<'_>,
    trend: &Trend,
    funnel: &FunnelTrend,
    shown: &[usize],
    terminal: &Terminal,
) -> String {
    let name = terminal.paint(Style::Bold, &format!("funnel {}", telling.name(funnel.def)));
    let of = counted(funnel.records, "record", "records");
    let mut out = format!("\n{name}: how far the {of} of {} have come\n", telling.table(funnel.table));
    let (mut grid, names) = heads(telling, trend, shown, &["change"]);
    grid.heads(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for step in 1..=funnel.steps.len() {
        let reached: Vec<usize> = (0..trend.times.len()).map(|t| funnel.reached(t, step)).collect();
        let (first, last) = (reached.first().copied().unwrap_or(0), reached.last().copied().unwrap_or(0));
        let mut cells: Vec<Cell> =
            vec![telling.step(&funnel.steps, step).into(), Cell::styled(spark(&reached, PICTURE), Style::Cyan)];
        cells.extend(shown.iter().map(|i| Cell::from(grouped(reached[*i] as i128))));
        cells.push(change(first, last).into());
        grid.row(cells);
        if step > 1 {
            let share = |t: usize| percent(funnel.reached(t, step), funnel.reached(t, step - 1));
            let mut cells: Vec<Cell> = vec![Cell::styled("  of the step before", Style::Dim), "".into()];
            cells.extend(shown.iter().map(|i| Cell::styled(share(*i), Style::Dim)));
            let points = |t: usize| {
                let before = funnel.reached(t, step - 1);
                (before > 0).then(|| 100.0 * funnel.reached(t, step) as f64 / before as f64)
            };
            let by = points(trend.times.len() - 1).zip(points(0)).map(|(last, first)| format!("{:+.1}", last - first));
            cells.push(Cell::styled(by.unwrap_or_default(), Style::Dim));
            grid.row(cells);
        }
    }
    out.push_str(&grid.text(terminal));
    if trend.times.len() > 1 {
        out.push_str(&moved(telling, trend, funnel, terminal));
        out.push_str(&waits(telling, funnel, terminal));
    }
    out
}

/// Who went from which step to which.
fn moved(telling: &Telling<'_>, trend: &Trend, funnel: &FunnelTrend, terminal: &Terminal) -> String {
    const WIDE: usize = 16;
    let count = funnel.steps.len() + 1;
    let head = "went from the step on the left to the step above, summed over the series";
    let mut out = format!("\n  {}\n", terminal.paint(Style::Dim, head));
    let align: Vec<Align> = std::iter::once(Align::Left).chain((0..count).map(|_| Align::Right)).collect();
    let mut grid = Grid::new(2, &align).widest(WIDE);
    let names: Vec<&str> = (0..count).map(|s| telling.step(&funnel.steps, s)).collect();
    grid.heads(&std::iter::once("").chain(names.iter().copied()).collect::<Vec<_>>());
    for (from, name) in names.iter().enumerate() {
        let mut cells: Vec<Cell> = vec![(*name).into()];
        for to in 0..count {
            let n = funnel.moved_in_all(from, to);
            cells.push(match (from == to, n) {
                (true, _) => Cell::styled("–", Style::Dim),
                (_, 0) => Cell::styled("·", Style::Dim),
                _ => grouped(n as i128).into(),
            });
        }
        grid.row(cells);
    }
    out.push_str(&grid.text(terminal));
    if !funnel.moves.is_empty() {
        out.push_str(&moves(telling, trend, funnel, terminal));
    }
    out
}

/// Each record that went from one step to another.
fn moves(telling: &Telling<'_>, trend: &Trend, funnel: &FunnelTrend, terminal: &Terminal) -> String {
    let mut out = String::from("\n");
    let mut grid = Grid::new(2, &[Align::Left, Align::Left, Align::Left, Align::Left]);
    grid.heads(&[telling.table(funnel.table), "seen", "from", "to"]);
    for one in &funnel.moves {
        let seen = trend.times.get(one.time).map_or_else(String::new, |t| day(*t, telling.lexicon));
        let (from, to) = (telling.step(&funnel.steps, one.from), telling.step(&funnel.steps, one.to));
        grid.row(vec![telling.key(funnel.table, one.row).into(), seen.into(), from.into(), to.into()]);
    }
    out.push_str(&grid.text(terminal));
    out
}

fn waits(telling: &Telling<'_>, funnel: &FunnelTrend, terminal: &Terminal) -> String {
    let head = "time from one step to the next, by the times of the series at which each was first seen";
    let mut out = format!("\n  {}\n", terminal.paint(Style::Dim, head));
    let align = [Align::Left, Align::Right, Align::Left, Align::Right, Align::Right, Align::Right];
    let mut grid = Grid::new(2, &align).widest(NAME + 24);
    // Both steps were first seen at one time of the series.
    let (words, one) = (telling.every.words(), matches!(telling.every, Every::End { .. }));
    let less = if one { format!("< 1 {words}") } else { format!("< {words}") };
    let length = |micros: i64| if micros == 0 { less.clone() } else { duration_in_days(micros) };
    grid.heads(&["", "median", "half of them", "arrived", "still waiting", "there before"]);
    for wait in &funnel.waits {
        let (from, to) = (telling.step(&funnel.steps, wait.from), telling.step(&funnel.steps, wait.from + 1));
        let (median, half) = match wait.quartiles {
            Some([low, middle, high]) => (length(middle), format!("{} to {}", length(low), length(high))),
            None => ("–".to_owned(), String::new()),
        };
        let n = |n: usize| Cell::from(grouped(n as i128));
        grid.row(vec![
            format!("{from} → {to}").into(),
            median.into(),
            Cell::styled(half, Style::Dim),
            n(wait.arrived),
            n(wait.waiting),
            n(wait.before),
        ]);
    }
    out.push_str(&grid.text(terminal));
    out
}

fn of_ageing(telling: &Telling<'_>, ageing: &Ageing, terminal: &Terminal) -> String {
    let Some(last) = ageing.times.last() else { return String::new() };
    let by = day(*last, telling.lexicon);
    let head = terminal.paint(Style::Bold, &format!("by {by}, if nothing more happens"));
    let total = counted(ageing.falls.len(), "answer stops", "answers stop");
    let mut out = format!("\n{head}: {total} being yes\n");
    // By term and what decides: how many, and the first keys.
    let mut groups: BTreeMap<(usize, String), (DefId, usize, Vec<String>)> = BTreeMap::new();
    for fall in &ageing.falls {
        let mut conditions: Vec<String> = Vec::new();
        for one in &fall.decided {
            let window = telling.window(one).map(|w| format!(" {w}")).unwrap_or_default();
            let written = telling.condition(one);
            let window = if written.ends_with(window.trim_start()) { String::new() } else { window };
            let inside = if one.def == fall.term { String::new() } else { format!(", in {}", telling.name(one.def)) };
            let text = format!("{written}{window}{inside}");
            if !conditions.contains(&text) {
                conditions.push(text);
            }
        }
        let place = ageing.terms.iter().position(|t| *t == fall.term).unwrap_or(0);
        let group = groups.entry((place, conditions.join("; "))).or_insert((fall.term, 0, Vec::new()));
        group.1 += 1;
        if group.2.len() < KEYS {
            group.2.push(telling.key(fall.table, fall.row));
        }
    }
    let mut grid = Grid::new(2, &[Align::Left, Align::Right, Align::Left, Align::Left]).widest(64);
    grid.heads(&["no longer", "how many", "what turns", "who"]);
    let more = groups.len().saturating_sub(GROUPS);
    for ((_, conditions), (term, count, mut keys)) in groups.into_iter().take(GROUPS) {
        if count > keys.len() {
            keys.push("…".to_owned());
        }
        let n = grouped(count as i128);
        grid.row(vec![
            telling.name(term).into(),
            n.into(),
            conditions.into(),
            Cell::styled(keys.join(", "), Style::Dim),
        ]);
    }
    if !ageing.falls.is_empty() {
        out.push_str(&grid.text(terminal));
    }
    if more > 0 {
        out.push_str(&format!("  … and {more} more; `--output` writes all of them\n"));
    }
    out
}

/// Which terms rest on what has no history, and what that is.
fn leaning(telling: &Telling<'_>, trend: &Trend, terminal: &Terminal) -> String {
    let found = telling.leaning(&telling.terms(trend));
    if found.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "\n{}\n",
        terminal.paint(Style::Dim, "as they are today, at every time: fields, links and records have no history")
    );
    let mut grid = Grid::new(2, &[Align::Left, Align::Left]).widest(terminal.width.saturating_sub(36).max(40));
    grid.heads(&["", "which these rest on"]);
    let mut by_lean: BTreeMap<Lean, Vec<&str>> = BTreeMap::new();
    for (term, leans) in &found {
        for (lean, _) in leans {
            by_lean.entry(*lean).or_default().push(telling.name(*term));
        }
    }
    for (lean, terms) in by_lean {
        let what = lean_words(telling.lexicon, lean);
        let few: Vec<&str> = terms.iter().copied().take(TERMS).collect();
        let more = match terms.len() - few.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        grid.row(vec![what.into(), Cell::styled(format!("{}{more}", few.join(", ")), Style::Dim)]);
    }
    out.push_str(&grid.text(terminal));
    out
}
