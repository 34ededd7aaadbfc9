//! What a change of a definition does: which answers can become which, each with the smallest record that shows it.

use lead_hir::hir::{DefId, DefKind, Lexicon, Ty};

use crate::diagram::{TooLarge, Truth};
use crate::lower::{Lowering, World};
use crate::prove::Prover;
use crate::witness::Witness;

/// How a yes/no definition is after a change, beside how it was before.
///
/// *Wider* and *narrower* speak of the records that match, which are those with the answer yes. Where exactly the same records match,
/// they speak of those that may match, with the answer yes or cannot tell: then [`Comparison::same_matches`] is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every record has the same answer of the three. Proved.
    Same,
    /// What matched still does, and more.
    Wider,
    /// What matches did before, and less.
    Narrower,
    /// Nothing that matched still does; other records do, before and after.
    Disjoint,
    /// Some still match, some do no more, and some now do.
    Overlapping,
    /// It could not be decided; why.
    Undecided(String),
}

/// Whether records exist that have one answer before and another after.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Proved: none.
    Never,
    /// This one, as plain as they come.
    Shown(Witness),
    /// Not ruled out: this one, if there is such a record. [`Witness::doubt`] says what is doubtful.
    May(Witness),
}

impl Move {
    /// The record, where there is or may be one.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Move::Never => None,
            Move::Shown(witness) | Move::May(witness) => Some(witness),
        }
    }
}

/// A definition before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What became of it.
    pub verdict: Verdict,
    /// Where it is undecided: what it would be if every record in doubt exists.
    pub may: Option<Verdict>,
    /// The same records match; what changed is who cannot be told.
    pub same_matches: bool,
    /// By the answer before and the answer after (no, cannot tell, yes): the records that have both. Empty where the definitions
    /// could not be looked at.
    pub moves: Vec<Vec<Move>>,
}

impl Comparison {
    fn undecided(why: impl Into<String>) -> Comparison {
        Comparison { verdict: Verdict::Undecided(why.into()), may: None, same_matches: false, moves: Vec::new() }
    }

    /// The records that had one answer and have another now.
    pub fn moved(&self, before: Truth, after: Truth) -> &Move {
        self.moves.get(before as usize).and_then(|row| row.get(after as usize)).unwrap_or(&Move::Never)
    }

    /// A record that matched and does no more; if none does, one whose answer fell in another way.
    pub fn only_base(&self) -> Option<&Witness> {
        let ways = [(Truth::Yes, Truth::No), (Truth::Yes, Truth::Unknown), (Truth::Unknown, Truth::No)];
        self.first(&ways)
    }

    /// A record that matches and did not; if none does, one whose answer rose in another way.
    pub fn only_head(&self) -> Option<&Witness> {
        let ways = [(Truth::No, Truth::Yes), (Truth::Unknown, Truth::Yes), (Truth::No, Truth::Unknown)];
        self.first(&ways)
    }

    /// The first of these moves that is shown, else the first that may be.
    fn first(&self, ways: &[(Truth, Truth)]) -> Option<&Witness> {
        let shown = ways.iter().map(|(a, b)| self.moved(*a, *b)).find(|m| matches!(m, Move::Shown(_)));
        shown.and_then(Move::witness).or_else(|| ways.iter().find_map(|(a, b)| self.moved(*a, *b).witness()))
    }
}

/// No more nodes than this are looked at for one comparison.
const NODES: usize = 400_000;

/// Compares a yes/no definition of one lexicon with one of another: what measures the same in both is one measurement, whatever
/// the definitions on the way are called.
pub fn compare(base: &Lexicon, before: DefId, head: &Lexicon, after: DefId) -> Comparison {
    for (lexicon, id, when) in [(base, before, "before"), (head, after, "after")] {
        let def = lexicon.def(id);
        if matches!(def.kind, DefKind::Error) || def.ty == Ty::Error {
            return Comparison::undecided(format!("`{}` has an error {when}", def.name.text));
        }
        if def.ty != Ty::YesNo || def.subject.is_none() {
            return Comparison::undecided(format!("`{}` {when} is not answered with yes or no", def.name.text));
        }
    }
    let mut world = World::new();
    let first = Lowering::new(&mut world, base, 0).definition(before);
    world.newer = Some(world.infos.len() as u32);
    let second = Lowering::new(&mut world, head, 1).definition(after);
    let (Some(first), Some(second)) = (first, second) else {
        return Comparison::undecided("the definition has no answer of its own");
    };
    match moves(&world, first, second, head, NODES) {
        Ok(moves) => judged(moves),
        Err(TooLarge) => Comparison::undecided("the definition is built on more conditions than can be looked at"),
    }
}

/// Two definitions of one lexicon, the first as the one before. Looks at no more than `nodes` nodes.
pub(crate) fn compare_within(lexicon: &Lexicon, first: DefId, second: DefId, nodes: usize) -> Comparison {
    let mut world = World::new();
    let mut lowering = Lowering::new(&mut world, lexicon, 0);
    let (Some(first), Some(second)) = (lowering.definition(first), lowering.definition(second)) else {
        return Comparison::undecided("the definition has no answer of its own");
    };
    match moves(&world, first, second, lexicon, nodes) {
        Ok(moves) => judged(moves),
        Err(TooLarge) => Comparison::undecided("too large"),
    }
}

/// As [`compare`], by name.
pub fn compare_named(base: &Lexicon, before: &str, head: &Lexicon, after: &str) -> Comparison {
    let find = |lexicon: &Lexicon, name: &str| lexicon.def_ids().find(|(_, d)| d.name.key == name).map(|(id, _)| id);
    match (find(base, before), find(head, after)) {
        (Some(before), Some(after)) => compare(base, before, head, after),
        (None, _) => Comparison::undecided(format!("there is no `{before}` before")),
        (_, None) => Comparison::undecided(format!("there is no `{after}` after")),
    }
}

fn moves(
    world: &World,
    first: crate::space::FormId,
    second: crate::space::FormId,
    lexicon: &Lexicon,
    nodes: usize,
) -> Result<Vec<Vec<Move>>, TooLarge> {
    let mut prover = Prover::new(world, nodes)?;
    let (first, second) = (prover.diagram(first)?, prover.diagram(second)?);
    let mut moves = Vec::with_capacity(3);
    for before in Truth::ALL {
        let mut row = Vec::with_capacity(3);
        for after in Truth::ALL {
            let target = prover.are(first, before, second, after)?;
            row.push(match prover.find(target)? {
                None => Move::Never,
                Some(found) => {
                    let witness = prover.witness(&found, lexicon);
                    if found.doubt.is_none() { Move::Shown(witness) } else { Move::May(witness) }
                }
            });
        }
        moves.push(row);
    }
    Ok(moves)
}

/// Whether there are such records: no, perhaps, yes.
fn any(moves: &[Vec<Move>], ways: &[(Truth, Truth)]) -> Truth {
    let of = |(before, after): &(Truth, Truth)| match &moves[*before as usize][*after as usize] {
        Move::Never => Truth::No,
        Move::May(_) => Truth::Unknown,
        Move::Shown(_) => Truth::Yes,
    };
    ways.iter().map(of).max().unwrap_or(Truth::No)
}

fn judged(moves: Vec<Vec<Move>>) -> Comparison {
    use Truth::{No, Unknown, Yes};
    let gained = any(&moves, &[(No, Yes), (Unknown, Yes)]);
    let lost = any(&moves, &[(Yes, No), (Yes, Unknown)]);
    let kept = any(&moves, &[(Yes, Yes)]);
    let (up, down) = (any(&moves, &[(No, Unknown)]), any(&moves, &[(Unknown, No)]));
    // What the verdict is if doubtful records exist, or do not.
    let verdict = |sure: &dyn Fn(Truth) -> bool| match (sure(gained), sure(lost)) {
        (true, true) if !sure(kept) => Verdict::Disjoint,
        (true, true) => Verdict::Overlapping,
        (true, false) => Verdict::Wider,
        (false, true) => Verdict::Narrower,
        (false, false) => match (sure(up), sure(down)) {
            (false, false) => Verdict::Same,
            (true, false) => Verdict::Wider,
            (false, true) => Verdict::Narrower,
            (true, true) => Verdict::Overlapping,
        },
    };
    let with = verdict(&|t| t != Truth::No);
    let without = verdict(&|t| t == Truth::Yes);
    let same_matches = gained == No && lost == No && (up != No || down != No);
    // Doubt matters only where it could change the verdict.
    let matters = with != without;
    if !matters {
        return Comparison { verdict: with, may: None, same_matches, moves };
    }
    let doubts = moves.iter().flatten().filter_map(|m| match m {
        Move::May(witness) => witness.doubt.clone(),
        _ => None,
    });
    let why = doubts.into_iter().next().unwrap_or_else(|| "it rests on what is not looked into".to_owned());
    Comparison { verdict: Verdict::Undecided(why), may: Some(with), same_matches, moves }
}
