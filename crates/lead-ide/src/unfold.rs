//! A definition unfolded: what it says once the values that it asks are written out and every window stands where it
//! acts, and the measurements and fields that it stands on. Hover shows it, and a command does.

use std::collections::HashSet;

use lead_hir::hir::{DefId, DefKind, Expr, ExprKind, Lexicon, ScoreLineKind, TableId, Target, WindowKind};
use lead_hir::walk;

use crate::facts::quoted;
use crate::print::{Printer, rank};
use crate::spelling::{reads_as_name, written};
use crate::{Snapshot, words};

/// A definition unfolded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfolded {
    /// The definition as a statement of the language, its values written out, its windows where they act. Terms, choices,
    /// scores and funnels that it asks keep their names: a decision is whole.
    pub text: String,
    /// What it stands on in the end, through everything that it asks: measurements with their windows, then fields.
    /// Each once; what is asked of a related record begins with its entity and a colon.
    pub stands_on: Vec<String>,
}

/// As many are told of what a definition stands on.
const MOST: usize = 40;
/// Definitions are followed this deep.
const DEEPEST: usize = 48;

/// Unfolds a definition. `None` where it had an error.
pub(crate) fn unfold(lexicon: &Lexicon, id: DefId) -> Option<Unfolded> {
    let statement = statement(lexicon, id)?;
    let text = lead_syntax::format(&statement).map(|t| t.trim_end().to_string()).unwrap_or(statement);
    Some(Unfolded { text, stands_on: stands_on(lexicon, id) })
}

/// The statement on as many lines as it has parts; the formatter lays it out.
fn statement(lexicon: &Lexicon, id: DefId) -> Option<String> {
    let def = lexicon.def(id);
    let name = written(&def.name.text);
    let mut printer = Printer::new(lexicon, def.subject);
    let mut say = |expr: &Expr| printer.expr(expr, rank::OR, None);
    let reason = |because: &Option<String>| match because {
        Some(because) => format!(" because {}", quoted(because)),
        None => String::new(),
    };
    Some(match &def.kind {
        DefKind::Value(expr) => format!("{name} = {}", say(expr)),
        DefKind::Period(window) => {
            let text = words::window(lexicon, window.kind);
            format!("{name} = {}", text.strip_prefix("within ").unwrap_or(&text))
        }
        DefKind::Term(term) => {
            let mut out = name;
            for (i, clause) in term.alternatives.iter().enumerate() {
                let word = if i == 0 { "when" } else { "or when" };
                out.push_str(&format!("\n    {word} {}{}", say(&clause.condition), reason(&clause.because)));
            }
            for clause in &term.exceptions {
                out.push_str(&format!("\n    unless {}{}", say(&clause.condition), reason(&clause.because)));
            }
            out
        }
        DefKind::Choice(choice) => {
            let mut out = format!("{name} is");
            for line in &choice.lines {
                let condition = match &line.condition {
                    Some(condition) => format!("when {}", say(condition)),
                    None => "otherwise".to_string(),
                };
                out.push_str(&format!("\n    {} {condition}{}", say(&line.result), reason(&line.because)));
            }
            out
        }
        DefKind::Score(score) => {
            let mut out = format!("score {name}");
            if let Some(half_life) = score.half_life {
                out.push_str(&format!(", half-life {}", words::duration(half_life)));
            }
            let bounds = [("at most", &score.at_most), ("at least", &score.at_least)];
            for (word, bound) in bounds {
                bound.iter().for_each(|b| out.push_str(&format!(", {word} {}", say(b))));
            }
            for line in &score.lines {
                let sign = if line.negative { '-' } else { '+' };
                let points = match say(&line.points) {
                    plain if plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') || reads_as_name(&plain) => plain,
                    other => format!("({other})"),
                };
                let of = match &line.kind {
                    ScoreLineKind::When(condition) => format!(" when {}", say(condition)),
                    ScoreLineKind::Per(records) => {
                        let mut printer = Printer::new(lexicon, def.subject);
                        format!(" per {}", printer.records(records, None))
                    }
                    ScoreLineKind::Always => String::new(),
                };
                out.push_str(&format!("\n    {sign}{points}{of}"));
                for (word, bound) in [("at most", &line.at_most), ("at least", &line.at_least)] {
                    bound.iter().for_each(|b| out.push_str(&format!(", {word} {}", say(b))));
                }
                out.push_str(&reason(&line.because));
            }
            out
        }
        DefKind::Funnel(steps) => {
            let steps = steps.iter().map(|s| format!("\n    {}", written(&lexicon.def(*s).name.text)));
            format!("funnel {name}{}", steps.collect::<String>())
        }
        DefKind::Metric(metric) => {
            let by: Vec<String> = metric.by.iter().map(|d| written(&d.name.text)).collect();
            let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
            format!("metric {name} = {}{by}", say(&metric.expr))
        }
        DefKind::Error => return None,
    })
}

/// What a definition stands on, through everything that it asks.
fn stands_on(lexicon: &Lexicon, id: DefId) -> Vec<String> {
    let mut ground = Ground {
        lexicon,
        subject: lexicon.def(id).subject,
        seen: HashSet::new(),
        measures: Vec::new(),
        fields: Vec::new(),
        depth: 0,
    };
    ground.def(id, None);
    let mut out = ground.measures;
    out.extend(ground.fields);
    let mut seen = HashSet::new();
    out.retain(|text| seen.insert(text.clone()));
    if out.len() > MOST {
        out.truncate(MOST);
        out.push("…".to_string());
    }
    out
}

struct Ground<'l> {
    lexicon: &'l Lexicon,
    /// Of the definition that is unfolded.
    subject: Option<TableId>,
    seen: HashSet<(DefId, Option<WindowKind>)>,
    measures: Vec<String>,
    fields: Vec<String>,
    depth: usize,
}

impl Ground<'_> {
    fn def(&mut self, id: DefId, window: Option<WindowKind>) {
        let enough = self.depth > DEEPEST || self.measures.len() + self.fields.len() > MOST * 4;
        if enough || !self.seen.insert((id, window)) {
            return;
        }
        self.depth += 1;
        let def = self.lexicon.def(id);
        let of = def.subject;
        match &def.kind {
            DefKind::Funnel(steps) => steps.iter().for_each(|s| self.def(*s, None)),
            DefKind::Score(score) => {
                walk::of_def(&def.kind, &mut |expr| self.expr(expr, of, None));
                for line in &score.lines {
                    if let ScoreLineKind::Per(records) = &line.kind {
                        let text = Printer::new(self.lexicon, of).records(records, None);
                        self.add(text, of, true);
                    }
                }
            }
            kind => walk::of_def(kind, &mut |expr| self.expr(expr, of, window)),
        }
        self.depth -= 1;
    }

    fn add(&mut self, text: String, of: Option<TableId>, measure: bool) {
        let text = match of {
            Some(table) if Some(table) != self.subject => format!("{}: {text}", self.lexicon.table(table).name.text),
            _ => text,
        };
        if measure { self.measures.push(text) } else { self.fields.push(text) }
    }

    fn expr(&mut self, expr: &Expr, of: Option<TableId>, window: Option<WindowKind>) {
        match &expr.kind {
            ExprKind::Aggregate(_) | ExprKind::Sequence(_) => {
                let text = Printer::new(self.lexicon, of).expr(expr, rank::OR, window);
                self.add(text, of, true);
            }
            ExprKind::Get { target: Target::Def(def), .. } => {
                let through = matches!(self.lexicon.def(*def).kind, DefKind::Value(_));
                self.def(*def, window.filter(|_| through));
            }
            ExprKind::Get { target: Target::Field(_), .. } => {
                let text = Printer::new(self.lexicon, of).expr(expr, rank::OR, None);
                self.add(text, of, false);
            }
            ExprKind::Windowed { value, window } => self.expr(value, of, Some(window.kind)),
            ExprKind::TimeTest(inner) => self.expr(inner, of, None),
            ExprKind::Was { term, .. } | ExprKind::Became { term, .. } => self.def(*term, None),
            _ => walk::parts(expr, &mut |part| self.expr(part, of, window)),
        }
    }
}

impl Snapshot {
    /// A definition unfolded into what it stands on.
    pub fn unfold(&self, def: DefId) -> Option<Unfolded> {
        unfold(self.lexicon(), def)
    }
}
