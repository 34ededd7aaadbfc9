//! Definitions of the reference interpreter: terms, choices, scores, funnels (D10 to D12, D38, D39).

use lead_syntax::ast::{Choice, Funnel, Score, ScoreLine, ScoreLineKind, ScoreOption, ScoreOptionKind, Term};

use super::calendar::{duration_of, exact_length};
use super::expr::kleene_or;
use super::schema::DefBody;
use super::value::{RefValue, billionths, total};
use super::{Env, Reference};

impl Reference {
    /// The answer of a definition where `env` holds the record alone.
    pub fn define(&self, def: usize, env: &Env) -> RefValue {
        match &self.schema.defs[def].body {
            DefBody::Value(expr) => self.value(expr, env),
            DefBody::Term(term) => RefValue::logic(self.term(term, env)),
            DefBody::Choice(choice) => self.choice(choice, env),
            DefBody::Score(score) => self.score(score, env),
            DefBody::Funnel(funnel) => self.funnel(funnel, env),
            DefBody::Metric(_) => panic!("a metric is asked of no record"),
        }
    }

    fn term(&self, term: &Term, env: &Env) -> Option<bool> {
        let holds = kleene_or(term.alternatives.iter().map(|c| self.condition(&c.condition, env)));
        let blocked = kleene_or(term.exceptions.iter().map(|c| self.condition(&c.condition, env)));
        if blocked == Some(true) { Some(false) } else { holds }
    }

    /// The reasons of a term's alternatives that hold, and of its exceptions that do.
    pub fn held(&self, def: usize, row: usize, as_of: i64) -> [Vec<String>; 2] {
        let DefBody::Term(term) = &self.schema.defs[def].body else { return Default::default() };
        let env = Env { records: vec![(self.schema.defs[def].subject, row)], as_of, ..Env::default() };
        [&term.alternatives, &term.exceptions].map(|clauses| {
            let held = clauses.iter().filter(|c| self.condition(&c.condition, &env) == Some(true));
            held.filter_map(|c| c.because.as_ref().map(|t| t.value.clone())).collect()
        })
    }

    fn choice(&self, choice: &Choice, env: &Env) -> RefValue {
        for line in &choice.lines {
            let matches = match &line.condition {
                Some(condition) => self.condition(condition, env) == Some(true),
                None => true,
            };
            if matches {
                return self.value(&line.result, env);
            }
        }
        RefValue::Unknown
    }

    fn score(&self, score: &Score, env: &Env) -> RefValue {
        let mut total = 0i128;
        for line in &score.lines {
            let half_life = half_life(&line.options).or_else(|| half_life(&score.options));
            let size = self.line(line, half_life, env);
            let size = self.bounded(size, &line.options, env);
            let part = billionths(size).unwrap_or(0);
            total += if line.negative { -part } else { part };
        }
        RefValue::finite(self.bounded(total as f64 / 1e9, &score.options, env))
    }

    /// The size of a line, before its bounds and its sign.
    fn line(&self, line: &ScoreLine, half_life: Option<i64>, env: &Env) -> f64 {
        let points = |env: &Env| match self.value(&line.points, env) {
            RefValue::Number(x) => Some(x),
            RefValue::Unknown => None,
            other => panic!("points are no number: {other:?}"),
        };
        match &line.kind {
            ScoreLineKind::Always => points(env).unwrap_or(0.0),
            ScoreLineKind::When(condition) if self.condition(condition, env) == Some(true) => {
                points(env).unwrap_or(0.0)
            }
            ScoreLineKind::When(_) => 0.0,
            ScoreLineKind::Per(records) => {
                let taken = self.taken(records, env, true);
                let event = self.schema.tables[taken.collection.table].event;
                let parts = taken.records.iter().filter_map(|inner| {
                    let weight = match half_life {
                        Some(half_life) if event => {
                            let (table, row) = *inner.records.last().expect("a record");
                            let age = env.as_of - self.time_of(table, row);
                            libm::exp2(-(age as f64 / half_life as f64))
                        }
                        _ => 1.0,
                    };
                    Some(billionths(points(inner)? * weight))
                });
                // Points that leave the range make the line unknown, and so nothing (D12, D18).
                total(parts).map_or(0.0, |t| t as f64 / 1e9)
            }
        }
    }

    fn bounded(&self, mut size: f64, options: &[ScoreOption], env: &Env) -> f64 {
        let number = |expr| match self.value(expr, env) {
            RefValue::Number(x) => Some(x),
            _ => None,
        };
        for option in options {
            if let ScoreOptionKind::AtMost(bound) = &option.kind
                && let Some(bound) = number(bound)
            {
                size = size.min(bound);
            }
        }
        for option in options {
            if let ScoreOptionKind::AtLeast(bound) = &option.kind
                && let Some(bound) = number(bound)
            {
                size = size.max(bound);
            }
        }
        size
    }

    fn funnel(&self, funnel: &Funnel, env: &Env) -> RefValue {
        let (_, row) = env.records[0];
        let yes = |key: &str| {
            let def = self.schema.def(key).unwrap_or_else(|| panic!("no term `{key}`"));
            self.answer_of(def, row, env.as_of, None) == RefValue::YesNo(true)
        };
        let last = funnel.steps.iter().rev().find(|s| yes(&s.key()));
        last.map_or(RefValue::Unknown, |s| RefValue::Text(s.text.clone()))
    }

    /// How many records reach each step of a funnel (D39).
    pub fn reached(&self, name: &str, as_of: i64) -> Vec<usize> {
        let def = self.schema.def(&lead_syntax::ast::fold_name(name)).unwrap_or_else(|| panic!("no funnel `{name}`"));
        let DefBody::Funnel(funnel) = &self.schema.defs[def].body else { panic!("`{name}` is no funnel") };
        let subject = self.schema.defs[def].subject;
        let mut reached = vec![0; funnel.steps.len()];
        for row in 0..self.rows[subject].len() {
            if let RefValue::Text(step) = self.answer_of(def, row, as_of, None) {
                let at = funnel.steps.iter().rposition(|s| s.text == step).expect("a step of the funnel");
                reached[..=at].iter_mut().for_each(|n| *n += 1);
            }
        }
        reached
    }
}

fn half_life(options: &[ScoreOption]) -> Option<i64> {
    options.iter().find_map(|o| match &o.kind {
        ScoreOptionKind::HalfLife(l) => {
            let (n, unit) = duration_of(&l.kind);
            Some(exact_length(n, unit))
        }
        _ => None,
    })
}
