//! What is known of two measurements together: counts over windows and conditions that hold each other, tests of one text or time,
//! what is unknown together.
//!
//! Invariant *free otherwise*: where a tie says so ([`Tie::is_exact`]), every pair of cells that it allows belongs to some record.

use crate::diagram::{Join, Map, NodeId, TooLarge, Truth};
use crate::domain::{Cell, Unit, sample};
use crate::lower::{Counted, Kind, TextTest, World};
use crate::prove::Prover;
use crate::space::{FormId, VarId};

/// How two measurements hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Not at all.
    Apart,
    /// The first is part of the second.
    Inside,
    /// The second is part of the first.
    Around,
    /// They have nothing in common.
    Disjoint,
    /// In another way that is wholly known.
    Known,
    /// In a way that is not wholly known.
    Loose,
}

impl Tie {
    /// Whether all that is left can be.
    pub fn is_exact(self) -> bool {
        self != Tie::Loose
    }

    fn turned(self) -> Tie {
        match self {
            Tie::Inside => Tie::Around,
            Tie::Around => Tie::Inside,
            other => other,
        }
    }
}

/// Which cells of two measurements can be together; `None`: all.
pub type Allowed = Option<Vec<Vec<bool>>>;

fn matrix(a: &[Cell], b: &[Cell], allowed: impl Fn(&Cell, &Cell) -> bool) -> Allowed {
    Some(a.iter().map(|x| b.iter().map(|y| allowed(x, y)).collect()).collect())
}

fn turned(allowed: Allowed) -> Allowed {
    let rows = allowed?;
    let columns = rows.first().map_or(0, Vec::len);
    Some((0..columns).map(|j| rows.iter().map(|row| row.get(j).copied().unwrap_or(true)).collect()).collect())
}

/// The least and the greatest whole number of a cell of a count.
fn bounds(cell: &Cell) -> (f64, f64) {
    let least = sample(cell, Unit::Count).map_or(0.0, |p| p.size());
    let most = match cell {
        Cell::At(at) => at.size(),
        Cell::Between(_, Some(high)) => high.size().ceil() - 1.0,
        _ => f64::INFINITY,
    };
    (least, most)
}

fn both_or_none(a: &Cell, b: &Cell) -> bool {
    (*a == Cell::Unknown) == (*b == Cell::Unknown)
}

impl Prover<'_> {
    /// The tie between two measurements, and what it rules out.
    pub(crate) fn tie(&mut self, a: VarId, b: VarId) -> Result<(Tie, Allowed), TooLarge> {
        let (tie, allowed) = self.tie_one_way(a, b)?;
        if tie != Tie::Apart {
            return Ok((tie, allowed));
        }
        let (tie, allowed) = self.tie_one_way(b, a)?;
        if tie != Tie::Apart {
            return Ok((tie.turned(), turned(allowed)));
        }
        let (x, y) = (self.world.info(a), self.world.info(b));
        let shared = x.roots.iter().any(|r| y.roots.contains(r));
        Ok((if shared { Tie::Loose } else { Tie::Apart }, None))
    }

    /// `Apart` also where only the other way round is looked at.
    fn tie_one_way(&mut self, a: VarId, b: VarId) -> Result<(Tie, Allowed), TooLarge> {
        let world: &World = self.world;
        let (x, y) = (world.info(a), world.info(b));
        let (cells_a, cells_b) = (self.solver.own_cells_of(a), self.solver.own_cells_of(b));
        let unknown_together = || matrix(&cells_a, &cells_b, both_or_none);
        Ok(match (&x.kind, &y.kind) {
            (Kind::Record, kind) if y.key.strip_prefix(&*x.key).is_some_and(|rest| rest.starts_with('.')) => {
                let allowed = matrix(&cells_a, &cells_b, |x, y| *x != Cell::Unknown || *y == Cell::Unknown);
                let own = matches!(kind, Kind::Plain | Kind::Record | Kind::Text(..) | Kind::Within(..) | Kind::Has(_));
                (if own { Tie::Known } else { Tie::Loose }, allowed)
            }
            (Kind::Record, _) if y.key.contains(&format!("{}.", x.key)) => (Tie::Loose, None),
            (Kind::Count(first), Kind::Count(second)) if first.family == second.family => {
                self.counts(first, second, &cells_a, &cells_b)?
            }
            (Kind::Count(_), Kind::Measure(of)) if *of == a => {
                let allowed = matrix(&cells_a, &cells_b, |count, value| {
                    bounds(count).1 > 0.0
                        || match value {
                            Cell::Unknown => true,
                            Cell::At(at) => at.size() == 0.0 && !self_unknowable(world, b),
                            Cell::Between(low, high) => {
                                let around = low.is_none_or(|l| l.size() < 0.0) && high.is_none_or(|h| h.size() > 0.0);
                                around && !self_unknowable(world, b)
                            }
                            _ => !self_unknowable(world, b),
                        }
                });
                let timed = matches!(y.ty, lead_hir::hir::Ty::Time | lead_hir::hir::Ty::Date);
                (if timed { Tie::Loose } else { Tie::Known }, allowed)
            }
            (Kind::Text(base, test), Kind::Text(other, second)) if base == other => {
                let allowed = matrix(&cells_a, &cells_b, |x, y| {
                    both_or_none(x, y)
                        && !(*x == Cell::Yes && *y == Cell::No && implies(test, second))
                        && !(*x == Cell::No && *y == Cell::Yes && implies(second, test))
                        && !(*x == Cell::Yes && *y == Cell::Yes && exclude(test, second))
                });
                (Tie::Known, allowed)
            }
            (Kind::Text(base, test), _) if *base == b => {
                let allowed = matrix(&cells_a, &cells_b, |x, y| {
                    both_or_none(x, y)
                        && match (y, x) {
                            (Cell::Text(text), Cell::Yes) => test.of(text) != Some(false),
                            (Cell::Text(text), Cell::No) => test.of(text) != Some(true),
                            _ => true,
                        }
                });
                (Tie::Known, allowed)
            }
            (Kind::Within(base, first), Kind::Within(other, second)) if base == other => {
                let (inside, around) = (first.within(second), second.within(first));
                let apart = first.apart(second);
                let allowed = matrix(&cells_a, &cells_b, |x, y| {
                    both_or_none(x, y)
                        && !(*x == Cell::Yes && *y == Cell::No && inside)
                        && !(*x == Cell::No && *y == Cell::Yes && around)
                        && !(*x == Cell::Yes && *y == Cell::Yes && apart)
                });
                let tie = match (inside, around, apart) {
                    (true, ..) => Tie::Inside,
                    (_, true, _) => Tie::Around,
                    (.., true) => Tie::Disjoint,
                    _ => Tie::Loose,
                };
                (tie, allowed)
            }
            (Kind::Has(base), Kind::Has(other)) if base == other => (Tie::Known, unknown_together()),
            (Kind::Has(base), _) if *base == b => (Tie::Known, unknown_together()),
            (Kind::Within(base, _) | Kind::Day(base), _) if *base == b => (Tie::Loose, unknown_together()),
            (Kind::Within(base, _), Kind::Day(other)) if base == other => (Tie::Loose, unknown_together()),
            (Kind::Made(bases), _) if bases.contains(&b) => match bases[..] {
                [_] => (Tie::Loose, unknown_together()),
                _ => {
                    let allowed = matrix(&cells_a, &cells_b, |x, y| *y != Cell::Unknown || *x == Cell::Unknown);
                    (Tie::Loose, allowed)
                }
            },
            _ => (Tie::Apart, None),
        })
    }

    fn counts(
        &mut self,
        a: &Counted,
        b: &Counted,
        cells_a: &[Cell],
        cells_b: &[Cell],
    ) -> Result<(Tie, Allowed), TooLarge> {
        let ranges = |x: &Counted, y: &Counted| match (&x.range, &y.range) {
            (Some(x), Some(y)) => x.within(y),
            (None, None) => true,
            _ => false,
        };
        let apart_in_time = matches!((&a.range, &b.range), (Some(x), Some(y)) if x.apart(y));
        let inside = ranges(a, b) && self.implied(a, b)?;
        let around = ranges(b, a) && self.implied(b, a)?;
        let at_most = |x: &Cell, y: &Cell| bounds(x).0 <= bounds(y).1;
        if a.distinct || b.distinct {
            // No more distinct values than records, if the records are no more.
            let allowed = match (inside && !b.distinct, around && !a.distinct) {
                (true, _) => matrix(cells_a, cells_b, at_most),
                (_, true) => matrix(cells_a, cells_b, |x, y| at_most(y, x)),
                _ => None,
            };
            return Ok((Tie::Loose, allowed));
        }
        Ok(match (inside, around) {
            (true, true) => (Tie::Loose, matrix(cells_a, cells_b, |x, y| at_most(x, y) && at_most(y, x))),
            (true, false) => (Tie::Inside, matrix(cells_a, cells_b, at_most)),
            (false, true) => (Tie::Around, matrix(cells_a, cells_b, |x, y| at_most(y, x))),
            (false, false) if apart_in_time || self.exclude(a.filter, b.filter)? => (Tie::Disjoint, None),
            (false, false) => (Tie::Loose, None),
        })
    }

    /// Whether every record that the first counts meets the condition of the second.
    fn implied(&mut self, a: &Counted, b: &Counted) -> Result<bool, TooLarge> {
        let Some(filter) = b.filter else { return Ok(true) };
        if b.parts.iter().all(|p| a.parts.contains(p)) {
            return Ok(true);
        }
        let Some(own) = a.filter else { return Ok(false) };
        let (own, filter) = (self.yes(own)?, self.yes(filter)?);
        let fails = self.solver.diagrams.map(Map::Not, filter)?;
        self.never(own, fails)
    }

    fn exclude(&mut self, a: Option<FormId>, b: Option<FormId>) -> Result<bool, TooLarge> {
        let (Some(a), Some(b)) = (a, b) else { return Ok(false) };
        let (a, b) = (self.yes(a)?, self.yes(b)?);
        self.never(a, b)
    }

    fn yes(&mut self, form: FormId) -> Result<NodeId, TooLarge> {
        let node = self.solver.diagram(form)?;
        self.solver.diagrams.map(Map::Is(Truth::Yes), node)
    }

    /// Whether two two-valued diagrams are never yes together.
    fn never(&mut self, a: NodeId, b: NodeId) -> Result<bool, TooLarge> {
        let both = self.solver.diagrams.join(Join::And, a, b)?;
        Ok(!self.can_be(both)?)
    }
}

fn self_unknowable(world: &World, var: VarId) -> bool {
    world.space.vars.get(var.0 as usize).is_none_or(|v| v.unknowable)
}

/// Whether every text that passes the first test passes the second.
fn implies(a: &TextTest, b: &TextTest) -> bool {
    match (a, b) {
        (TextTest::Starts(a), TextTest::Starts(b)) => a.starts_with(&**b),
        (TextTest::Ends(a), TextTest::Ends(b)) => a.ends_with(&**b),
        (TextTest::Starts(a) | TextTest::Ends(a) | TextTest::Contains(a), TextTest::Contains(b)) => a.contains(&**b),
        _ => a == b,
    }
}

/// Whether no text passes both.
fn exclude(a: &TextTest, b: &TextTest) -> bool {
    match (a, b) {
        (TextTest::Starts(a), TextTest::Starts(b)) => !a.starts_with(&**b) && !b.starts_with(&**a),
        (TextTest::Ends(a), TextTest::Ends(b)) => !a.ends_with(&**b) && !b.ends_with(&**a),
        _ => false,
    }
}
