//! Whole definitions as sentences.

use lead_hir::hir::{
    Choice, Clause as TermClause, Def, DefId, DefKind, Expr, Lexicon, Metric, Score, ScoreLineKind, TableId, Term, Ty,
};

use crate::clause::Who;
use crate::english::article;
use crate::kind::{Kind, kind, perfect};
use crate::prose::{Prose, prose};
use crate::speaker::Speaker;
use crate::window::{duration, window};

/// A definition in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// A sentence; of choices and scores the one before the lines.
    pub text: Prose,
    /// A line of a choice or a score each.
    pub lines: Vec<Prose>,
}

impl Sentence {
    /// As Markdown: the sentence, then its lines as a list.
    pub fn markdown(&self) -> String {
        let mut out = self.text.markdown();
        for (i, line) in self.lines.iter().enumerate() {
            out.push_str(if i == 0 { "\n\n- " } else { "\n- " });
            out.push_str(&line.markdown());
        }
        out
    }

    /// Without markup.
    pub fn plain(&self) -> String {
        let mut out = self.text.plain();
        for line in &self.lines {
            out.push_str(&format!("\n- {}", line.plain()));
        }
        out
    }
}

/// The sentence of a definition; `None` where it has an error.
pub fn sentence(lexicon: &Lexicon, id: DefId) -> Option<Sentence> {
    let def = lexicon.def(id);
    let mut speaker = Speaker::new(lexicon, def.subject);
    let one = |text: Prose| Sentence { text, lines: Vec::new() };
    let said = match (&def.kind, def.subject) {
        (DefKind::Term(term), Some(subject)) => one(term_text(&mut speaker, id, def, subject, term)),
        (DefKind::Value(expr), Some(subject)) if speaker.is_constant(id) => {
            let _ = subject;
            one(constant(&mut speaker, id, def, expr))
        }
        (DefKind::Value(expr), Some(subject)) if def.ty == Ty::YesNo => {
            let said = speaker.condition(expr, None, false).settle();
            let when = speaker.text(&said);
            one(prose![predicate(&speaker, id, def, subject), " when ", when, "."])
        }
        (DefKind::Value(expr), subject) => {
            let said = speaker.noun(expr, None);
            let said = match said {
                Who::Their(said, _) if subject.is_some() => prose![speaker.possessive(), " ", said],
                other => speaker.phrase(other),
            };
            one(prose![owned(lexicon, id, def), ": ", said, "."])
        }
        (DefKind::Period(of), _) => one(prose![name(id, def), " means ", window(lexicon, of.kind), "."].capital()),
        (DefKind::Choice(choice), _) => choice_text(&mut speaker, id, def, choice),
        (DefKind::Score(score), _) => score_text(&mut speaker, id, def, score),
        (DefKind::Funnel(steps), _) => one(funnel_text(lexicon, def, steps)),
        (DefKind::Metric(metric), _) => one(metric_text(&mut speaker, id, def, metric)),
        (DefKind::Term(_), None) | (DefKind::Error, _) => return None,
    };
    (!speaker.broken).then_some(said)
}

fn name(id: DefId, def: &Def) -> Prose {
    Prose::def(id, def.name.text.clone())
}

fn a_record(lexicon: &Lexicon, table: TableId) -> Prose {
    let name = &lexicon.table(table).name.text;
    prose![format!("{} ", article(name)), Prose::theirs(name)]
}

/// `A contact’s owner`
fn owned(lexicon: &Lexicon, id: DefId, def: &Def) -> Prose {
    match def.subject {
        Some(table) => {
            let first = def.name.text.split_whitespace().next().unwrap_or_default().to_lowercase();
            match first.as_str() {
                "their" | "our" | "its" | "the" | "why" | "how" | "what" | "who" | "when" | "which" => {
                    prose!["Of ", a_record(lexicon, table), ", ", name(id, def)]
                }
                _ => prose![a_record(lexicon, table), "’s ", name(id, def)].capital(),
            }
        }
        None => name(id, def),
    }
}

/// `A contact is an anonymous lead`
fn predicate(speaker: &Speaker, id: DefId, def: &Def, subject: TableId) -> Prose {
    let text = &def.name.text;
    let who = a_record(speaker.lexicon, subject);
    let said = match kind(speaker.lexicon, subject, text) {
        Kind::Noun => prose!["is ", article(text), " ", name(id, def)],
        Kind::Stuff => prose!["has ", name(id, def)],
        Kind::State => prose!["is ", name(id, def)],
        Kind::Deed => prose!["has ", Prose::def(id, perfect(text))],
        Kind::Act | Kind::Modal => name(id, def),
        Kind::Other => prose!["counts as ", name(id, def)],
    };
    prose![who, " ", said].capital()
}

fn term_text(speaker: &mut Speaker, id: DefId, def: &Def, subject: TableId, term: &Term) -> Prose {
    let mut say = |clauses: &[TermClause]| -> Vec<Prose> {
        clauses
            .iter()
            .map(|c| {
                let said = speaker.condition(&c.condition, None, false).settle();
                speaker.text(&said)
            })
            .collect()
    };
    let (alternatives, exceptions) = (say(&term.alternatives), say(&term.exceptions));
    let long = alternatives.iter().any(|a| a.plain().contains(", "));
    let mut out = prose![predicate(speaker, id, def, subject), " when "];
    out.push(Prose::join(alternatives, if long { "; or when " } else { ", or when " }));
    if !exceptions.is_empty() {
        out.push(if long { "; unless " } else { ", unless " });
        out.push(Prose::join(exceptions, ", or "));
    }
    out.push(".");
    out
}

fn constant(speaker: &mut Speaker, id: DefId, def: &Def, expr: &Expr) -> Prose {
    let said = match &expr.kind {
        lead_hir::hir::ExprKind::List(items) => {
            let items = items.iter().map(|i| {
                let item = speaker.noun(i, None);
                speaker.phrase(item)
            });
            Prose::list(items.collect(), "and")
        }
        _ => {
            let said = speaker.noun(expr, None);
            speaker.phrase(said)
        }
    };
    prose![name(id, def), ": ", said, "."]
}

fn choice_text(speaker: &mut Speaker, id: DefId, def: &Def, choice: &Choice) -> Sentence {
    let be = if crate::english::is_plural(&def.name.text) { "are" } else { "is" };
    let text = prose![owned(speaker.lexicon, id, def), format!(" {be} the first of these that fits:")];
    let lines = choice.lines.iter().map(|line| {
        let result = speaker.noun(&line.result, None);
        let result = speaker.phrase(result);
        match &line.condition {
            Some(condition) => {
                let said = speaker.condition(condition, None, false).settle();
                prose![result, " when ", speaker.text(&said)]
            }
            None => prose![result, " otherwise"],
        }
    });
    Sentence { lines: lines.collect(), text }
}

fn score_text(speaker: &mut Speaker, id: DefId, def: &Def, score: &Score) -> Sentence {
    let mut bound = |expr: &Option<Expr>| {
        expr.as_ref().map(|e| {
            let said = speaker.noun(e, None);
            speaker.phrase(said)
        })
    };
    let bounds = match (bound(&score.at_least), bound(&score.at_most)) {
        (Some(low), Some(high)) => prose![", kept between ", low, " and ", high],
        (Some(low), None) => prose![", at least ", low],
        (None, Some(high)) => prose![", at most ", high],
        (None, None) => Prose::default(),
    };
    let fade = match score.half_life {
        Some(half) => format!(", of which those for events halve every {}", duration(half)),
        None => String::new(),
    };
    let text = prose![owned(speaker.lexicon, id, def), " is the sum of these points", fade, bounds, ":"];
    let mut lines = Vec::new();
    for line in &score.lines {
        let points = speaker.noun(&line.points, None);
        let mut said = prose![if line.negative { "−" } else { "+" }, speaker.phrase(points)];
        match &line.kind {
            ScoreLineKind::Always => said.push(" always"),
            ScoreLineKind::When(condition) => {
                let condition = speaker.condition(condition, None, false).settle();
                said.push(prose![" when ", speaker.text(&condition)]);
            }
            ScoreLineKind::Per(records) => {
                let name = speaker.records_name(records, false);
                let which = prose![speaker.through(records), speaker.which(records, None, false)];
                said.push(prose![" for each ", name, which]);
                if let Some(own) = &records.window {
                    said.push(format!(" {}", window(speaker.lexicon, own.kind)));
                }
            }
        }
        for (bound, word) in [(&line.at_most, ", at most "), (&line.at_least, ", at least ")] {
            if let Some(bound) = bound {
                let bound = speaker.noun(bound, None);
                said.push(prose![word, speaker.phrase(bound)]);
            }
        }
        if line.half_life.is_some() && line.half_life != score.half_life {
            said.push(line.half_life.map(|h| format!(", halving every {}", duration(h))).unwrap_or_default());
        }
        lines.push(said);
    }
    Sentence { text, lines }
}

fn funnel_text(lexicon: &Lexicon, def: &Def, steps: &[DefId]) -> Prose {
    let steps = steps.iter().map(|id| Prose::def(*id, lexicon.def(*id).name.text.clone()));
    let who = def.subject.map(|t| a_record(lexicon, t)).unwrap_or_default();
    prose!["How far ", who, " has come: ", Prose::join(steps, ", then "), "."]
}

fn metric_text(speaker: &mut Speaker, id: DefId, def: &Def, metric: &Metric) -> Prose {
    let said = speaker.noun(&metric.expr, None);
    let said = speaker.phrase(said);
    let by: Vec<Prose> = metric.by.iter().map(|d| Prose::theirs(d.name.text.clone())).collect();
    let by = if by.is_empty() { Prose::default() } else { prose![", for each ", Prose::list(by, "and")] };
    prose![name(id, def), ": ", said, by, "."]
}
