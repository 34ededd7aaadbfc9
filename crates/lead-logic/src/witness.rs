//! A record that shows something: the measurements that matter, under the names the user gave them, with plain values.

use std::collections::BTreeMap;
use std::fmt;

use lead_hir::hir::{Lexicon, Ty, Value};
use lead_hir::words;

use crate::domain::{Cell, Domain, Point, sample};
use crate::links::Tie;
use crate::lower::Kind;
use crate::prove::{Found, Prover};
use crate::space::VarId;

/// A measurement of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// As the user wrote it: `pages`, `company.employees`, `count(visit where …)`.
    pub what: String,
    /// The window it is taken over, where `what` does not say it.
    pub window: Option<String>,
    /// Of two versions: which of them takes it, where the other has one of that name that means something else.
    pub when: Option<&'static str>,
    /// The column of a table of examples that can give it, where there is one: the name of a field or a definition.
    pub column: Option<String>,
    /// Its value; `None`: unknown.
    pub value: Option<Value>,
    /// The value as it is written in the language.
    pub shown: String,
}

/// A record, as far as it matters. Printed as `` `pages` 4, `visits` 2 ``.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// In the order in which the conditions name them; what is not named may be anything.
    pub givens: Vec<Given>,
    /// Why there may be no such record; `None`: there is.
    pub doubt: Option<String>,
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.givens.is_empty() {
            return f.write_str("any record");
        }
        for (i, given) in self.givens.iter().enumerate() {
            let between = if i > 0 { ", " } else { "" };
            write!(f, "{between}`{}`", given.what)?;
            let twice = self.givens.iter().filter(|g| g.what == given.what).count() > 1;
            let alike = self.givens.iter().filter(|g| g.what == given.what && g.window == given.window).count() > 1;
            if let Some(window) = given.window.as_ref().filter(|_| twice || given.value_is_of_time()) {
                write!(f, " {window}")?;
            }
            if let Some(when) = given.when.filter(|_| alike) {
                write!(f, " {when}")?;
            }
            write!(f, " {}", given.shown)?;
        }
        Ok(())
    }
}

impl Given {
    /// A time that is tested by a window makes no sense without it.
    fn value_is_of_time(&self) -> bool {
        self.column.is_none() && matches!(self.value, Some(Value::YesNo(_)))
    }
}

/// A cell's value.
fn value_of(cell: &Cell, domain: &Domain, ty: &Ty) -> Option<Value> {
    let at = |point: Point| match (point, ty) {
        (Point::Float(n), Ty::Percent) => Value::Percent(n),
        (Point::Float(n), _) => Value::Number(n),
        (Point::Whole(n), Ty::Date) => Value::Date(n.clamp(-3_000_000, 3_000_000) as i32),
        (Point::Whole(n), Ty::Time) => Value::Time(n),
        (Point::Whole(n), Ty::Duration) => Value::Duration(n),
        (Point::Whole(n), _) => Value::Money(n),
    };
    match (cell, domain) {
        (Cell::Yes, _) => Some(Value::YesNo(true)),
        (Cell::No, _) => Some(Value::YesNo(false)),
        (Cell::At(point), _) => Some(at(*point)),
        (cell @ Cell::Between(..), Domain::Line { unit, .. }) => sample(cell, *unit).map(at),
        (Cell::Text(text), _) => Some(Value::Text(text.as_ref().into())),
        (Cell::Other, _) => Some(Value::Text("other".into())),
        _ => None,
    }
}

impl Prover<'_> {
    /// The record that was found, in words of the lexicon.
    pub fn witness(&self, found: &Found, lexicon: &Lexicon) -> Witness {
        let mut values: BTreeMap<VarId, (Option<Value>, bool)> = BTreeMap::new();
        let texts = self.texts(&found.cells);
        for (var, cell) in &found.cells {
            let info = self.world.info(*var);
            let Some(cell) = self.solver.cells_of(*var).get(*cell) else { continue };
            if let Kind::Text(base, _) = &info.kind {
                let text = texts.get(base).cloned().flatten();
                if *cell == Cell::Unknown {
                    values.insert(*base, (None, false));
                    continue;
                }
                if let Some(text) = text.filter(|_| found.doubt.is_none()) {
                    values.entry(*base).or_insert_with(|| (Some(self.spelled(&text)), false));
                    continue;
                }
            }
            let domain = self.world.space.vars.get(var.0 as usize).map_or(Domain::Thing, |v| v.domain.clone());
            let value = match (cell, texts.get(var).cloned().flatten()) {
                (Cell::Text(text), _) => Some(self.spelled(text)),
                (Cell::Other, Some(text)) => Some(self.spelled(&text)),
                _ => value_of(cell, &domain, &info.ty),
            };
            values.insert(*var, (value, *cell == Cell::Known));
        }
        self.settle_counts(&mut values);
        let givens = values.into_iter().map(|(var, (value, known))| {
            let info = self.world.info(var);
            let value = match value {
                Some(Value::Number(n)) if info.as_any => Some(Value::YesNo(n > 0.0)),
                other => other,
            };
            let shown = match &value {
                Some(value) => words::value(lexicon, value),
                None if known => "known".to_owned(),
                None => "unknown".to_owned(),
            };
            let column = info.name.as_deref().filter(|_| !known).map(str::to_owned);
            let when = self.world.newer.map(|newer| if var.0 < newer { "before" } else { "now" });
            let window = info.window.as_deref().map(str::to_owned);
            Given { what: info.label.to_string(), window, when, column, value, shown }
        });
        Witness { givens: givens.collect(), doubt: found.doubt.clone() }
    }

    fn spelled(&self, text: &str) -> Value {
        let spelled = self.world.spelled.get(text).cloned();
        Value::Text(spelled.unwrap_or_else(|| text.into()))
    }

    /// Counts of records inside others are no greater than those.
    fn settle_counts(&self, values: &mut BTreeMap<VarId, (Option<Value>, bool)>) {
        let vars: Vec<VarId> = values.keys().copied().collect();
        for _ in 0..vars.len() {
            let mut changed = false;
            for a in &vars {
                for b in &vars {
                    if a == b || self.tie_of_turned(*a, *b) != Tie::Inside {
                        continue;
                    }
                    let number = |var: &VarId| match values.get(var) {
                        Some((Some(Value::Number(n)), _)) => Some(*n),
                        _ => None,
                    };
                    if let (Some(part), Some(whole)) = (number(a), number(b))
                        && part > whole
                    {
                        values.insert(*b, (Some(Value::Number(part)), false));
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
    }
}
