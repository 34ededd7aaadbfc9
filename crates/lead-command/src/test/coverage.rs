//! What the examples have seen of each definition: tables for people, JSON for programs.

use std::fmt::Write;

use lead_examples::{ConditionCoverage, Coverage, DefCoverage, Mark, Score, literal};
use serde_json::{Value, json};

use super::Tested;
use crate::grid::{Align, Cell, Grid};
use crate::terminal::{Failure, Style, Terminal, counted};

/// A lexicon with what was seen of it.
pub type Measured<'t> = (&'t Tested, Coverage);

/// Columns of a condition's text.
const WIDEST: usize = 56;

/// A table per definition that has gaps, a line per definition that has none.
pub fn human(all: &[Measured], terminal: &Terminal) -> String {
    let mut out = String::new();
    for (tested, coverage) in all {
        for def in &coverage.defs {
            out.push_str(&definition(tested, def, terminal));
        }
        let score = coverage.score();
        let style = if score.met == score.wanted { Style::Green } else { Style::Yellow };
        let line = format!("coverage of {}: {}", tested.project.lexicon.settings.name, share(score));
        let _ = writeln!(out, "{}", terminal.paint(style, &line));
    }
    out
}

/// `87% (13 of 15)`; nothing is rounded up to all.
pub fn share(score: Score) -> String {
    format!("{}% ({} of {})", percent(score.percent()), score.met, score.wanted)
}

/// A percentage without places, rounded down.
pub fn percent(percent: f64) -> String {
    format!("{}", percent.floor())
}

fn definition(tested: &Tested, def: &DefCoverage, terminal: &Terminal) -> String {
    let lexicon = &tested.project.lexicon;
    let slice = |span| tested.project.sources.slice(span).to_string();
    let score = def.score();
    let name = &lexicon.def(def.def).name.text;
    let seen = match def.examples {
        0 => "no example works it out".to_string(),
        n => format!("in {}", counted(n, "example", "examples")),
    };
    let full = score.met == score.wanted;
    let style = if full { Style::Green } else { Style::Bold };
    let mut out = format!("{}  {}, {seen}\n", terminal.paint(style, name), share(score));
    if full || def.examples == 0 {
        return out;
    }
    for decision in def.decisions.iter().filter(|d| d.conditions.iter().any(|c| c.marks().any(Mark::missing))) {
        if let Some(of) = decision.of {
            let of = &lexicon.table(of).name.text;
            let _ = writeln!(out, "  {}", terminal.paint(Style::Dim, &format!("of each {of}")));
        }
        let mut grid = Grid::new(2, &[Align::Left; 7]).widest(WIDEST);
        grid.heads(&["condition", "yes", "no", "cannot tell", "decides: yes", "no", "border"]);
        for condition in &decision.conditions {
            grid.row(row(tested, condition));
        }
        out.push_str(&grid.text(terminal));
    }
    let missing: Vec<_> = def.outcomes.iter().filter(|o| o.mark.missing()).collect();
    for outcome in missing {
        let line = format!("  never: {}", outcome.text(def, lexicon, &slice));
        let _ = writeln!(out, "{}", terminal.paint(Style::Red, &line));
    }
    out.push('\n');
    out
}

fn row(tested: &Tested, condition: &ConditionCoverage) -> Vec<Cell> {
    let slice = |span| tested.project.sources.slice(span).to_string();
    let mut cells: Vec<Cell> = vec![condition.text(&slice).into()];
    let five = [&condition.yes, &condition.no, &condition.unknown, &condition.decides_yes, &condition.decides_no];
    cells.extend(five.into_iter().map(mark));
    cells.push(match &condition.border {
        None => "".into(),
        Some(border) => {
            let value = |v: &Option<lead_hir::hir::Value>, other: &str| {
                v.as_ref().map_or(other.to_string(), |v| literal(v, &tested.project.lexicon.settings))
            };
            let one = |what: String, m: &Mark| {
                format!("{what}: {}", if m.missing() { "never".to_string() } else { m.seen.to_string() })
            };
            let text = format!(
                "{}, {}",
                one(value(&border.threshold, "equal"), &border.at),
                one(value(&border.next, "next"), &border.beyond)
            );
            match border.at.missing() || border.beyond.missing() {
                true => Cell::styled(text, Style::Red),
                false => text.into(),
            }
        }
    });
    cells
}

fn mark(mark: &Mark) -> Cell {
    match mark {
        Mark { wanted: false, .. } => Cell::styled("-", Style::Dim),
        Mark { seen: 0, .. } => Cell::styled("never", Style::Red),
        Mark { seen, .. } => seen.to_string().into(),
    }
}

/// All that is to be seen, and how often it was.
pub fn json(all: &[Measured]) -> Result<String, Failure> {
    let total = all.iter().fold(Score::default(), |sum, (_, c)| sum.plus(c.score()));
    let lexicons: Vec<Value> = all.iter().map(|(tested, coverage)| lexicon(tested, coverage)).collect();
    let whole = json!({ "version": 1, "score": score(total), "lexicons": lexicons });
    let text = serde_json::to_string_pretty(&whole)
        .map_err(|e| Failure::data(format!("the coverage cannot be written as JSON: {e}")))?;
    Ok(text + "\n")
}

fn score(score: Score) -> Value {
    json!({ "seen": score.met, "wanted": score.wanted, "percent": score.percent() })
}

fn lexicon(tested: &Tested, coverage: &Coverage) -> Value {
    let sources = &tested.project.sources;
    let lexicon = &tested.project.lexicon;
    let slice = |span| sources.slice(span).to_string();
    // `null`: it cannot come about.
    let times = |m: &Mark| m.wanted.then_some(m.seen);
    let line = |span: lead_diag::Span| sources.file(span.file).line_col(span.start).line;
    let defs = coverage.defs.iter().map(|def| {
        let asked = lexicon.def(def.def);
        let decisions = def.decisions.iter().map(|decision| {
            let conditions = decision.conditions.iter().map(|c| {
                let border = c.border.as_ref().map(|b| {
                    let value = |v: &Option<lead_hir::hir::Value>| v.as_ref().map(|v| literal(v, &lexicon.settings));
                    json!({
                        "threshold": value(&b.threshold), "at": times(&b.at),
                        "next": value(&b.next), "beyond": times(&b.beyond),
                    })
                });
                json!({
                    "condition": c.text(&slice), "line": line(c.span),
                    "yes": times(&c.yes), "no": times(&c.no), "cannotTell": times(&c.unknown),
                    "decidesAsYes": times(&c.decides_yes), "decidesAsNo": times(&c.decides_no),
                    "border": border,
                })
            });
            json!({
                "of": decision.of.map(|of| lexicon.table(of).name.text.clone()), "line": line(decision.span),
                "conditions": conditions.collect::<Vec<_>>(),
            })
        });
        let outcomes = def
            .outcomes
            .iter()
            .map(|o| json!({ "outcome": o.text(def, lexicon, &slice), "line": line(o.span), "seen": times(&o.mark) }));
        json!({
            "name": asked.name.text,
            "kind": asked.kind.word(),
            "file": sources.file(asked.name_span.file).name(),
            "line": line(asked.name_span),
            "examples": def.examples,
            "score": score(def.score()),
            "decisions": decisions.collect::<Vec<_>>(),
            "outcomes": outcomes.collect::<Vec<_>>(),
        })
    });
    json!({
        "lexicon": lexicon.settings.name,
        "score": score(coverage.score()),
        "definitions": defs.collect::<Vec<_>>(),
    })
}
