//! A test of a definition for people.

use lead_hir::hir::DefId;
use lead_trend::{Leans, Share, Tested};

use super::Report;
use crate::grid::{Align, Cell, Grid};
use crate::run::percent;
use crate::terminal::{Style, Terminal, counted, grouped};
use crate::trend::{day, lean_words};
use crate::value::{duration_in_days, number, round_to};

/// All of a test.
pub fn text(report: &Report<'_>, terminal: &Terminal) -> String {
    let lexicon = &report.project.lexicon;
    let (found, args) = (report.found, report.args);
    let (term, outcome) = (report.name(report.term), report.name(report.outcome));
    let ends = (found.times.first(), found.times.last());
    let span = match ends {
        (Some(first), Some(last)) if first != last => {
            format!("{} times from {} to {}", found.times.len(), day(*first, lexicon), day(*last, lexicon))
        }
        (_, last) => last.map_or_else(String::new, |t| day(*t, lexicon)),
    };
    let head = format!("`{term}`, tested against `{outcome}` within {}", args.horizon);
    let entity = &lexicon.table(found.table).name.text;
    let what = format!(
        "{span}, {}; {} of {entity}\na case is a record at a time at which `{outcome}` was not yes; it came if it was yes \
         up to {} later, looked at every {}",
        lexicon.settings.zone_name,
        counted(found.records, "record", "records"),
        args.horizon,
        args.look
    );
    let mut out = format!("{}\n{}\n\n", terminal.paint(Style::Bold, &head), terminal.paint(Style::Dim, &what));
    out.push_str(&summary(report, terminal));
    out.push_str(&both(report, terminal));
    if let Some(by) = &args.by {
        let rows = found.this.by.iter().map(|(v, t)| (v.clone().unwrap_or_else(|| "unknown".to_owned()), t));
        out.push_str(&table(&format!("by {by}"), rows, terminal));
    }
    let rows = found.times.iter().zip(&found.this.times).map(|(t, tested)| (day(*t, lexicon), tested));
    out.push_str(&table("by time", rows, terminal));
    out.push_str(&left_out(report, terminal));
    out.push_str(&leaks(report, terminal));
    out
}

fn interval(share: Option<Share>) -> (String, String) {
    let text = |n: f64| format!("{:.1}%", n * 100.0);
    match share {
        Some(s) => (text(s.share), format!("{} to {}", text(s.low), text(s.high))),
        None => ("–".to_owned(), String::new()),
    }
}

fn times(n: Option<f64>) -> String {
    n.map_or_else(|| "–".to_owned(), |n| number(round_to(n, 1)))
}

/// The figures over all cases, a column per definition.
fn summary(report: &Report<'_>, terminal: &Terminal) -> String {
    let found = report.found;
    let mut all: Vec<(&str, &Tested)> = vec![("here", &found.this.all)];
    if let (Some((other, _)), Some(base)) = (&found.other, &report.args.compare) {
        all.push((base, &other.all));
    }
    let mut align = vec![Align::Left];
    align.extend(all.iter().flat_map(|_| [Align::Right, Align::Left]));
    let mut grid = Grid::new(2, &align);
    if all.len() > 1 {
        grid.heads(&std::iter::once("").chain(all.iter().flat_map(|(n, _)| [*n, ""])).collect::<Vec<_>>());
    }
    let (term, outcome) = (report.name(report.term), report.name(report.outcome));
    let mut row = |name: String, of: &dyn Fn(&Tested) -> (String, String)| {
        let mut cells: Vec<Cell> = vec![name.into()];
        for (_, tested) in &all {
            let (figure, beside) = of(tested);
            cells.extend([Cell::styled(figure, Style::Bold), Cell::styled(beside, Style::Dim)]);
        }
        grid.row(cells);
    };
    let n = |n: usize| grouped(n as i128);
    let of_records = |n: usize| format!("of {}", counted(n, "record", "records"));
    row("cases".into(), &|t| (n(t.cases), String::new()));
    row(format!("`{term}` said yes"), &|t| (n(t.yes), of_records(t.yes_records)));
    if all.iter().any(|(_, t)| t.unknown > 0) {
        row(format!("`{term}` could not tell"), &|t| (n(t.unknown), String::new()));
    }
    row(format!("`{outcome}` came"), &|t| (n(t.came), of_records(t.came_records)));
    row("found: it said yes, and it came".into(), &|t| (n(t.found), String::new()));
    row("precision: of a yes, it came".into(), &|t| interval(t.precision()));
    row("recall: of what came, it said yes".into(), &|t| interval(t.recall()));
    row("base rate: it came of any case".into(), &|t| (percent(t.came, t.cases), String::new()));
    row("lift: precision over base rate".into(), &|t| (times(t.lift()), String::new()));
    row("lead time, in the middle".into(), &|t| match t.lead {
        Some([low, middle, high]) => {
            (duration_in_days(middle), format!("half of them {} to {}", duration_in_days(low), duration_in_days(high)))
        }
        None => ("–".to_owned(), String::new()),
    });
    let note = "intervals are Wilson's at 95%; all cases of one record are taken for one";
    format!("{}  {}\n", grid.text(terminal), terminal.paint(Style::Dim, note))
}

/// What two definitions have in common.
fn both(report: &Report<'_>, terminal: &Terminal) -> String {
    let (Some((_, both)), Some(base)) = (&report.found.other, &report.args.compare) else { return String::new() };
    let mut grid = Grid::new(2, &[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right]);
    grid.heads(&["", "both", "here alone", &format!("{base} alone"), "neither"]);
    let n = |n: usize| Cell::from(grouped(n as i128));
    grid.row(vec!["said yes".into(), n(both.yes_both), n(both.yes_first), n(both.yes_second), "".into()]);
    let found = vec!["found".into(), n(both.found_both), n(both.found_first), n(both.found_second), n(both.missed)];
    grid.row(found);
    let mut out = format!("\n{}\n{}", terminal.paint(Style::Bold, "both definitions"), grid.text(terminal));
    if report.strangers > 0 {
        let count = counted(report.strangers, "record is", "records are");
        out.push_str(&format!("  {count} not in `{base}`, and count as no there\n"));
    }
    out
}

fn table<'t>(head: &str, rows: impl Iterator<Item = (String, &'t Tested)>, terminal: &Terminal) -> String {
    let mut align = vec![Align::Left];
    align.extend([Align::Right; 5]);
    align.extend([Align::Left, Align::Right, Align::Left, Align::Right]);
    let mut grid = Grid::new(2, &align);
    grid.heads(&["", "cases", "yes", "came", "found", "precision", "", "recall", "", "lift"]);
    for (name, t) in rows {
        let (precision, recall) = (interval(t.precision()), interval(t.recall()));
        let n = |n: usize| Cell::from(grouped(n as i128));
        grid.row(vec![
            name.into(),
            n(t.cases),
            n(t.yes),
            n(t.came),
            n(t.found),
            precision.0.into(),
            Cell::styled(precision.1, Style::Dim),
            recall.0.into(),
            Cell::styled(recall.1, Style::Dim),
            times(t.lift()).into(),
        ]);
    }
    format!("\n{}\n{}", terminal.paint(Style::Bold, head), grid.text(terminal))
}

fn left_out(report: &Report<'_>, terminal: &Terminal) -> String {
    let found = report.found;
    let lexicon = &report.project.lexicon;
    let (Some(first), Some(last)) = (found.left_out.first(), found.left_out.last()) else { return String::new() };
    let which = if first == last {
        day(*first, lexicon)
    } else {
        format!("{} to {}", day(*first, lexicon), day(*last, lexicon))
    };
    let line = format!(
        "{} left out ({which}): {} later lies behind the end of the data on {}",
        counted(found.left_out.len(), "time is", "times are"),
        report.args.horizon,
        day(found.data_end, lexicon)
    );
    format!("\n{}\n", terminal.paint(Style::Yellow, &line))
}

/// What the past would know of the future.
fn leaks(report: &Report<'_>, terminal: &Terminal) -> String {
    let all = report.leaks();
    if all.is_empty() {
        return String::new();
    }
    let head = "as they are today, for want of a history: here the past may know the future";
    let mut out = format!("\n{}\n", terminal.paint(Style::Yellow, head));
    let mut grid = Grid::new(2, &[Align::Left, Align::Left]).widest(terminal.width.saturating_sub(40).max(40));
    grid.heads(&["", "in the rules of"]);
    // What is taken, and the rules in which it stands, each once.
    let mut seen: Vec<(String, Vec<(DefId, Leans)>)> = Vec::new();
    for (_, lean) in all {
        let what = lean_words(&report.project.lexicon, lean.lean);
        match seen.iter_mut().find(|s| s.0 == what) {
            Some((_, rules)) if rules.iter().any(|(def, _)| *def == lean.def) => {}
            Some((_, rules)) => rules.push((lean.def, lean)),
            None => seen.push((what, vec![(lean.def, lean)])),
        }
    }
    for (what, rules) in seen {
        let rules: Vec<String> =
            rules.iter().map(|(def, lean)| format!("{} ({})", report.name(*def), report.place(lean))).collect();
        grid.row(vec![what.into(), Cell::styled(rules.join(", "), Style::Dim)]);
    }
    out.push_str(&grid.text(terminal));
    out.push_str("  where such a value changes, read its history as an event\n");
    out
}
