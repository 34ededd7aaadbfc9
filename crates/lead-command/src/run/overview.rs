//! The summary of a run: everything that is shown where no files are asked for.

use std::path::PathBuf;

use lead_data::{Report, Values};
use lead_diag::Severity;
use lead_hir::hir::Ty;
use serde_json::{Value as Json, json};

use super::summary::{Spread, percent, share};
use crate::grid::{Align, Cell, Grid, bar};
use crate::terminal::{Style, Terminal, counted, grouped};
use crate::value::Shown;
use lead_output::Table;

/// Rows of a metric that are shown.
const METRIC_ROWS: usize = 24;
/// Answers of a choice that are shown.
const ANSWERS: usize = 16;

/// What a run came to.
pub struct Overview {
    /// Name of the lexicon.
    pub lexicon: String,
    /// Microseconds since 1970 UTC.
    pub as_of: i64,
    /// IANA name.
    pub zone: String,
    /// In order of the lexicon.
    pub subjects: Vec<Subject>,
    /// In order of the lexicon.
    pub funnels: Vec<Funnel>,
    /// In order of the lexicon.
    pub metrics: Vec<Metric>,
}

/// Answers of one entity.
pub struct Subject {
    /// Its name.
    pub entity: String,
    /// How many records.
    pub records: usize,
    /// What each definition came to.
    pub answers: Vec<Answer>,
}

impl Subject {
    /// The answers that are not the same for every record by their very text.
    fn measured(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|a| !a.written)
    }
}

/// What a definition came to.
pub struct Answer {
    /// Its name.
    pub name: String,
    /// `term`, `value`, `choice` or `score`.
    pub kind: &'static str,
    /// Whether it is a value written out in the lexicon: nothing to sum up for people.
    pub written: bool,
    /// Over all records.
    pub spread: Spread,
}

/// A funnel.
pub struct Funnel {
    /// Its name.
    pub name: String,
    /// Of which entity.
    pub entity: String,
    /// How many records.
    pub records: usize,
    /// Each term, and for how many records it or a later one was the furthest.
    pub steps: Vec<(String, usize)>,
}

/// A metric.
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Names of the columns as people read them.
    pub heads: Vec<String>,
    /// Dimensions, then the measure.
    pub table: Table,
}

impl Overview {
    /// For people.
    pub fn text(&self, shown: &Shown<'_>, terminal: &Terminal) -> String {
        let as_of = crate::data::as_of_text(self.as_of, shown.zone, &self.zone);
        let mut out =
            format!("{}\n{}\n", terminal.paint(Style::Bold, &self.lexicon), terminal.paint(Style::Dim, &as_of));
        for subject in &self.subjects {
            out.push('\n');
            out.push_str(&terminal.paint(Style::Bold, &subject.entity));
            out.push_str(&format!(": {}\n", counted(subject.records, "record", "records")));
            out.push_str(&decisions(subject, terminal));
            out.push_str(&measured(subject, shown, terminal));
            out.push_str(&counted_answers(subject, terminal));
        }
        for funnel in &self.funnels {
            out.push_str(&format!(
                "\n{} of {}\n",
                terminal.paint(Style::Bold, &format!("funnel {}", funnel.name)),
                counted(funnel.records, &funnel.entity, &format!("{} records", funnel.entity))
            ));
            out.push_str(&funnel_text(funnel, terminal));
        }
        for metric in &self.metrics {
            out.push_str(&format!("\n{}\n", terminal.paint(Style::Bold, &format!("metric {}", metric.name))));
            out.push_str(&metric_text(metric, shown, terminal));
        }
        out
    }

    /// For programs. Keys are stable, and only added. A database reports nothing of its data.
    pub fn json(&self, shown: &Shown<'_>, report: Option<&Report>, files: &[PathBuf]) -> Json {
        let subjects: Vec<Json> = self
            .subjects
            .iter()
            .map(|s| {
                let answers: Vec<Json> = s
                    .answers
                    .iter()
                    .map(|a| {
                        let mut object = serde_json::Map::new();
                        object.insert("name".into(), a.name.clone().into());
                        object.insert("kind".into(), a.kind.into());
                        object.extend(a.spread.json(shown));
                        Json::Object(object)
                    })
                    .collect();
                json!({"entity": s.entity, "records": s.records, "answers": answers})
            })
            .collect();
        let funnels: Vec<Json> = self
            .funnels
            .iter()
            .map(|f| {
                let steps: Vec<Json> = f
                    .steps
                    .iter()
                    .enumerate()
                    .map(|(i, (term, reached))| {
                        let before = i.checked_sub(1).map(|i| f.steps[i].1);
                        let conversion = before.map_or(Json::Null, |b| share(*reached, b));
                        json!({"term": term, "reached": reached, "conversion": conversion})
                    })
                    .collect();
                json!({"name": f.name, "entity": f.entity, "records": f.records, "steps": steps})
            })
            .collect();
        let metrics: Vec<Json> = self
            .metrics
            .iter()
            .map(|m| {
                let rows: Vec<Json> = (0..m.table.rows)
                    .map(|row| {
                        let cells = m.table.columns.iter().map(|c| {
                            let mut cell = String::new();
                            shown.json(&mut cell, &c.column, &c.ty, row);
                            serde_json::from_str::<Json>(&cell).unwrap_or(Json::Null)
                        });
                        cells.collect::<Vec<_>>().into()
                    })
                    .collect();
                json!({"name": m.name, "columns": m.heads, "rows": rows})
            })
            .collect();
        json!({
            "lexicon": self.lexicon,
            "as_of": crate::value::time(self.as_of, shown.zone),
            "timezone": self.zone,
            "subjects": subjects,
            "funnels": funnels,
            "metrics": metrics,
            "data": report.map(report_json),
            "files": files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        })
    }
}

fn decisions(subject: &Subject, terminal: &Terminal) -> String {
    let mut grid = Grid::new(2, &[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Left]);
    grid.heads(&["", "yes", "no", "cannot tell", "share", ""]);
    let mut any = false;
    for answer in &subject.answers {
        let Spread::Decisions { yes, no, unknown } = &answer.spread else { continue };
        any = true;
        let all = yes + no + unknown;
        let doubt: Cell = match unknown {
            0 => Cell::styled("0", Style::Dim),
            n => Cell::styled(grouped(*n as i128), Style::Yellow),
        };
        grid.row(vec![
            answer.name.as_str().into(),
            grouped(*yes as i128).into(),
            grouped(*no as i128).into(),
            doubt,
            percent(*yes, all).into(),
            Cell::styled(bar(*yes, all, 10), Style::Green),
        ]);
    }
    if any { grid.text(terminal) } else { String::new() }
}

fn measured(subject: &Subject, shown: &Shown<'_>, terminal: &Terminal) -> String {
    let mut grid = Grid::new(
        2,
        &[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right],
    );
    grid.heads(&["", "known", "unknown", "min", "median", "mean", "max"]);
    let mut any = false;
    for answer in subject.measured() {
        let (known, unknown, figures) = match &answer.spread {
            Spread::Measured { known, unknown, figures } => (known, unknown, figures.as_ref()),
            Spread::Known { known, unknown } => (known, unknown, None),
            _ => continue,
        };
        any = true;
        let mut row: Vec<Cell> =
            vec![answer.name.as_str().into(), grouped(*known as i128).into(), grouped(*unknown as i128).into()];
        if let Some(f) = figures {
            row.extend([f.min, f.median, f.mean, f.max].map(|x| Cell::from(x.text(shown))));
        }
        grid.row(row);
    }
    if any { format!("\n{}", grid.text(terminal)) } else { String::new() }
}

fn counted_answers(subject: &Subject, terminal: &Terminal) -> String {
    let mut out = String::new();
    for answer in subject.measured() {
        let Spread::Counted { counts, distinct, known, unknown } = &answer.spread else { continue };
        let all = known + unknown;
        if *distinct > ANSWERS && answer.kind == "value" {
            let (known, kinds) = (grouped(*known as i128), grouped(*distinct as i128));
            out.push_str(&format!("\n  {}: {known} known, {kinds} different\n", answer.name));
            continue;
        }
        out.push_str(&format!("\n  {}\n", answer.name));
        let mut grid = Grid::new(4, &[Align::Left, Align::Right, Align::Right, Align::Left]);
        for (text, n) in counts.iter().take(ANSWERS) {
            grid.row(vec![
                text.as_str().into(),
                grouped(*n as i128).into(),
                percent(*n, all).into(),
                Cell::styled(bar(*n, all, 10), Style::Green),
            ]);
        }
        if counts.len() > ANSWERS {
            let rest = known - counts[..ANSWERS].iter().map(|c| c.1).sum::<usize>();
            let shown = counts[..ANSWERS].iter().filter(|c| c.1 > 0).count();
            let label = format!("{} others", grouped((distinct - shown) as i128));
            grid.row(vec![Cell::styled(label, Style::Dim), grouped(rest as i128).into(), percent(rest, all).into()]);
        }
        if *unknown > 0 {
            grid.row(vec![
                Cell::styled("cannot tell", Style::Yellow),
                grouped(*unknown as i128).into(),
                percent(*unknown, all).into(),
            ]);
        }
        out.push_str(&grid.text(terminal));
    }
    out
}

fn funnel_text(funnel: &Funnel, terminal: &Terminal) -> String {
    let mut grid = Grid::new(2, &[Align::Left, Align::Right, Align::Right, Align::Left]);
    grid.heads(&["", "reached", "of the step before", ""]);
    let most = funnel.steps.first().map_or(0, |s| s.1);
    let mut before = None;
    for (term, reached) in &funnel.steps {
        grid.row(vec![
            term.as_str().into(),
            grouped(*reached as i128).into(),
            before.map_or_else(String::new, |b| percent(*reached, b)).into(),
            Cell::styled(bar(*reached, most, 30), Style::Cyan),
        ]);
        before = Some(*reached);
    }
    grid.text(terminal)
}

fn metric_text(metric: &Metric, shown: &Shown<'_>, terminal: &Terminal) -> String {
    let align: Vec<Align> = metric
        .table
        .columns
        .iter()
        .map(|c| if crate::value::is_text(&c.ty) { Align::Left } else { Align::Right })
        .collect();
    let mut grid = Grid::new(2, &align);
    grid.heads(&metric.heads.iter().map(String::as_str).collect::<Vec<_>>());
    for row in 0..metric.table.rows.min(METRIC_ROWS) {
        let cell = |c: &lead_output::TableColumn| {
            if !c.column.is_known(row) {
                return Cell::styled("unknown", Style::Yellow);
            }
            Cell::from(match (&c.column.values, &c.ty) {
                (Values::Number(v), Ty::Percent) => super::summary::short_percent(v[row]),
                (Values::Number(v), _) => super::summary::short_number(v[row]),
                (Values::Int(v), Ty::Money) => super::summary::short_money(v[row]),
                (Values::Int(v), Ty::Duration) => crate::value::duration_short(v[row]),
                _ => shown.text(&c.column, &c.ty, row).unwrap_or_default(),
            })
        };
        grid.row(metric.table.columns.iter().map(cell).collect());
    }
    let mut out = grid.text(terminal);
    if metric.table.rows > METRIC_ROWS {
        let rest = counted(metric.table.rows - METRIC_ROWS, "more row", "more rows");
        out.push_str(&format!("  {}\n", terminal.paint(Style::Dim, &format!("… and {rest}; `--output` writes all"))));
    }
    out
}

/// What was read, and what was not as it should be.
pub fn report_text(report: &Report, paint: impl Fn(Style, &str) -> String) -> String {
    let mut out = String::new();
    let total = |f: fn(&lead_data::SourceSummary) -> u64| report.sources.iter().map(f).sum::<u64>();
    if !report.sources.is_empty() {
        let (selected, taken, rejected) = (total(|s| s.selected), total(|s| s.taken), total(|s| s.rejected));
        out.push_str(&format!(
            "{} {} in, {} taken, {} rejected\n",
            paint(Style::Bold, "data:"),
            counted(selected as usize, "row", "rows"),
            grouped(i128::from(taken)),
            grouped(i128::from(rejected)),
        ));
        for s in report.sources.iter().filter(|s| s.rejected > 0) {
            out.push_str(&format!(
                "  {} ({}): {} in, {} taken, {} rejected\n",
                lead_diag::render::clean(&s.file),
                s.table,
                counted(s.selected as usize, "row", "rows"),
                grouped(i128::from(s.taken)),
                grouped(i128::from(s.rejected)),
            ));
        }
    }
    for problem in &report.problems {
        let word = format!("{}[{}]", lead_diag::render::severity_word(problem.severity), problem.code.id());
        let style = match problem.severity {
            Severity::Error => Style::Red,
            Severity::Warning => Style::Yellow,
            Severity::Hint => Style::Cyan,
        };
        out.push_str(&format!("{} {}\n", paint(style, &word), lead_diag::render::clean(&problem.message)));
        for place in &problem.places {
            let column = if place.column.is_empty() { String::new() } else { format!(" `{}`", place.column) };
            let value = if place.value.is_empty() { String::new() } else { format!(": {}", place.value) };
            let line = lead_diag::render::clean(&format!("{}:{}{column}{value}", place.file, place.line));
            out.push_str(&format!("    {}\n", crate::grid::clip(&line, 120)));
        }
        let more = problem.count.saturating_sub(problem.places.len() as u64);
        if more > 0 && !problem.places.is_empty() {
            out.push_str(&format!("    {}\n", paint(Style::Dim, &format!("… and {} more", grouped(i128::from(more))))));
        }
        let help = problem.help.as_deref().map(lead_diag::render::clean).unwrap_or_default();
        for (i, line) in lead_diag::render::wrap(&help, 90).iter().enumerate() {
            let head = if i == 0 { paint(Style::Cyan, "help:") } else { "     ".to_owned() };
            out.push_str(&format!("    {head} {line}\n"));
        }
    }
    out
}

fn report_json(report: &Report) -> Json {
    let total = |f: fn(&lead_data::SourceSummary) -> u64| report.sources.iter().map(f).sum::<u64>();
    json!({
        "rows": total(|s| s.selected),
        "taken": total(|s| s.taken),
        "rejected": total(|s| s.rejected),
        "sources": report.sources,
        "problems": report.problems.iter().map(|p| json!({
            "code": p.code.id(),
            "slug": p.code.slug(),
            "severity": lead_diag::render::severity_word(p.severity),
            "message": p.message,
            "table": p.table,
            "field": p.field,
            "file": p.file,
            "count": p.count,
            "places": p.places,
            "help": p.help,
        })).collect::<Vec<_>>(),
    })
}
