//! Choices: lines that cannot be reached, and gaps; and the steps of funnels.

use lead_diag::codes;
use lead_hir::hir::{Choice, DefId};

use super::NODES;
use super::finding::Finding;
use super::term::{Asked, Condition};
use crate::diagram::{Map, NodeId, TooLarge, Truth};
use crate::domain::Cell;
use crate::lower::Modules;
use crate::prove::Prover;
use crate::space::FormId;

/// Everything about a choice.
pub(super) fn check<'l>(modules: &'l Modules<'l>, id: DefId, choice: &Choice, out: &mut Vec<Finding>) {
    modules.in_world(|world, room| {
        let lexicon = modules.lexicon();
        let mut lowering = modules.lowering(world);
        let Some(env) = lowering.env_of(id) else { return };
        let lines: Vec<Option<Condition>> =
            choice.lines.iter().map(|l| l.condition.as_ref().map(|c| Condition::new(&mut lowering, c, &env))).collect();
        drop(lowering);
        let Ok(prover) = Prover::within(world, NODES, room) else { return };
        let mut asked = Asked { prover, lexicon, base: lexicon.def(id).span };
        let _ = prove(&mut asked, id, choice, &lines, out);
        asked.prover.leave(room);
    });
}

fn prove(
    asked: &mut Asked,
    id: DefId,
    choice: &Choice,
    lines: &[Option<Condition>],
    out: &mut Vec<Finding>,
) -> Result<(), TooLarge> {
    let def = asked.lexicon.def(id);
    let name = &def.name.text;
    let mut taken = NodeId::end(Truth::No);
    let mut above: Vec<(NodeId, usize)> = Vec::new();
    for (at, (line, own)) in choice.lines.iter().zip(lines).enumerate() {
        let yes = match own {
            Some(condition) => {
                if asked.never(condition, format_args!("this line of `{name}`"), out)? {
                    continue;
                }
                asked.yes(condition.form)?
            }
            None => NodeId::end(Truth::Yes),
        };
        let left = asked.but(yes, taken)?;
        if !asked.prover.can_be(left)? {
            let mut found = Finding::new(codes::UNREACHABLE_LINE, format!("this line of `{name}` is never reached"))
                .label(asked.base, line.span, "the lines above take every record that it is for")
                .help("put it further up, or take it out");
            // The line above that takes such a record.
            for (node, other) in &above {
                let both = asked.both(yes, *node)?;
                if let Some(shows) = asked.prover.find(both)?.filter(|f| f.doubt.is_none()) {
                    let words = asked.words(&shows);
                    found = found.label(asked.base, choice.lines[*other].span, "takes it first");
                    found = found.note(format!("{words} meets it, and a line above as well"));
                    break;
                }
            }
            out.push(found);
        }
        above.push((yes, at));
        taken = asked.either(taken, yes)?;
    }
    if choice.lines.iter().any(|l| l.condition.is_none()) || choice.lines.len() < 2 {
        return Ok(());
    }
    // A record of which everything is known, and that no line takes.
    let mut open = asked.prover.solver.diagrams.map(Map::Not, taken)?;
    for var in asked.prover.solver.diagrams.support(open) {
        let known =
            asked.prover.solver.cells.get(var as usize).map_or_else(Vec::new, |cells| {
                cells.iter().map(|c| NodeId::end(Truth::of(*c != Cell::Unknown))).collect()
            });
        let known = asked.prover.solver.diagrams.node(var, known)?;
        open = asked.both(open, known)?;
    }
    if let Some(gap) = asked.prover.find(open)?.filter(|f| f.doubt.is_none()) {
        let words = asked.words(&gap);
        out.push(
            Finding::new(codes::GAP_IN_CHOICE, format!("`{name}` has a gap: no line takes {words}"))
                .label(asked.base, def.name_span, "and none says `otherwise`")
                .help("add a last line with `otherwise`, or make a line wider"),
        );
    }
    Ok(())
}

/// L0620: steps that hold of records for which the step before does not.
pub(super) fn steps<'l>(modules: &'l Modules<'l>, id: DefId, steps: &[DefId], out: &mut Vec<Finding>) {
    let lexicon = modules.lexicon();
    let def = lexicon.def(id);
    for pair in steps.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let shows = modules.in_world(|world, room| {
            let mut lowering = modules.lowering(world);
            let (first, second) = (lowering.definition(before)?, lowering.definition(after)?);
            drop(lowering);
            let prover = Prover::within(world, NODES, room).ok()?;
            let mut asked = Asked { prover, lexicon, base: def.span };
            let shown = skipped(&mut asked, first, second);
            asked.prover.leave(room);
            shown.ok()?
        });
        if let Some(words) = shows {
            let (from, to) = (&lexicon.def(before).name.text, &lexicon.def(after).name.text);
            out.push(
                Finding::new(codes::STEP_SKIPPED, format!("`{to}` does not imply `{from}`, the step before it"))
                    .label(def.span, def.name_span, "a funnel whose steps may be skipped")
                    .name_of(after, "this step")
                    .name_of(before, "the one before")
                    .help(format!("ask `{from}` in `{to}` as well, or put the steps in another order"))
                    .note(format!("{words} is `{to}` and not `{from}`")),
            );
        }
    }
}

/// A record for which the second is yes and the first is not, in words.
fn skipped(asked: &mut Asked, first: FormId, second: FormId) -> Result<Option<String>, TooLarge> {
    let (first, second) = (asked.yes(first)?, asked.yes(second)?);
    let beyond = asked.but(second, first)?;
    let found = asked.prover.find(beyond)?.filter(|f| f.doubt.is_none());
    Ok(found.map(|f| asked.words(&f)))
}
