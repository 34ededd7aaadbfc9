//! Terms: alternatives that can never hold or always do, that others cover, and exceptions that leave nothing.

use std::fmt;

use lead_diag::{Span, codes};
use lead_hir::hir::{DefId, Expr, ExprKind, Lexicon, Term};

use super::NODES;
use super::finding::Finding;
use crate::diagram::{Join, Map, NodeId, TooLarge, Truth};
use crate::lower::text::{Ctx, Env};
use crate::lower::{Lowering, Modules};
use crate::prove::{Found, Prover};
use crate::space::FormId;

/// A condition to be looked at, and what it is made of at its top.
#[derive(Clone)]
pub(super) struct Condition {
    pub form: FormId,
    pub span: Span,
    /// The parts of its `and`.
    pub parts: Vec<(FormId, Span)>,
    /// The branches of its `or`.
    pub branches: Vec<(FormId, Span)>,
}

impl Condition {
    /// Lowers a condition, the parts of the `and` or `or` at its top one by one.
    pub fn new(lowering: &mut Lowering, expr: &Expr, env: &Env) -> Condition {
        let (chain, ctx) = match &expr.kind {
            ExprKind::Windowed { value, window } => (&**value, Ctx::default().under(window.kind)),
            _ => (expr, Ctx::default()),
        };
        let (mut parts, mut branches) = (Vec::new(), Vec::new());
        let form = match &chain.kind {
            ExprKind::And(all) => {
                parts = all.iter().map(|p| (lowering.form(p, env, &ctx), p.span)).collect();
                lowering.world.space.and(parts.iter().map(|p| p.0).collect())
            }
            ExprKind::Or(all) => {
                branches = all.iter().map(|p| (lowering.form(p, env, &ctx), p.span)).collect();
                lowering.world.space.or(branches.iter().map(|b| b.0).collect())
            }
            _ => lowering.form(chain, env, &ctx),
        };
        Condition { form, span: expr.span, parts, branches }
    }
}

/// The conditions of a definition, ready to be asked about.
pub(super) struct Asked<'w, 'l> {
    pub prover: Prover<'w>,
    pub lexicon: &'l Lexicon,
    pub base: Span,
}

impl Asked<'_, '_> {
    /// Where a condition is yes.
    pub fn yes(&mut self, form: FormId) -> Result<NodeId, TooLarge> {
        let node = self.prover.diagram(form)?;
        self.prover.solver.diagrams.map(Map::Is(Truth::Yes), node)
    }

    /// Where one two-valued diagram is yes and another no.
    pub fn but(&mut self, a: NodeId, b: NodeId) -> Result<NodeId, TooLarge> {
        let no = self.prover.solver.diagrams.map(Map::Not, b)?;
        self.prover.solver.diagrams.join(Join::And, a, no)
    }

    /// Where both are yes.
    pub fn both(&mut self, a: NodeId, b: NodeId) -> Result<NodeId, TooLarge> {
        self.prover.solver.diagrams.join(Join::And, a, b)
    }

    /// Where either is.
    pub fn either(&mut self, a: NodeId, b: NodeId) -> Result<NodeId, TooLarge> {
        self.prover.solver.diagrams.join(Join::Or, a, b)
    }

    /// A record, in words.
    pub fn words(&self, found: &Found) -> String {
        self.prover.witness(found, self.lexicon).to_string()
    }

    /// L0615, if a condition can never hold; whether it was found.
    pub fn never(
        &mut self,
        condition: &Condition,
        what: fmt::Arguments,
        out: &mut Vec<Finding>,
    ) -> Result<bool, TooLarge> {
        let yes = self.yes(condition.form)?;
        if self.prover.can_be(yes)? {
            return Ok(false);
        }
        let mut found = Finding::new(codes::NEVER_TRUE, format!("{what} can never hold"))
            .help("one of its parts is wrong, or the whole of it can go");
        // The record that comes nearest: it meets all parts but one.
        for (left_out, (_, span)) in condition.parts.iter().enumerate().rev() {
            let mut rest = NodeId::end(Truth::Yes);
            for (i, (part, _)) in condition.parts.iter().enumerate() {
                if i != left_out {
                    let part = self.yes(*part)?;
                    rest = self.both(rest, part)?;
                }
            }
            if let Some(nearest) = self.prover.find(rest)?
                && nearest.doubt.is_none()
            {
                let words = self.words(&nearest);
                found = found.label(self.base, *span, "no record meets this and the rest as well");
                found = found.note(format!("{words} meets all of it but this part"));
                break;
            }
        }
        if found.labels.is_empty() {
            found = found.label(self.base, condition.span, "no record meets this");
        }
        out.push(found);
        Ok(true)
    }
}

/// Everything about a term.
pub(super) fn check<'l>(modules: &'l Modules<'l>, id: DefId, term: &Term, out: &mut Vec<Finding>) {
    modules.in_world(|world, room| {
        let lexicon = modules.lexicon();
        let mut lowering = modules.lowering(world);
        let Some(env) = lowering.env_of(id) else { return };
        let mut lower = |e: &Expr| Condition::new(&mut lowering, e, &env);
        let alternatives: Vec<Condition> = term.alternatives.iter().map(|c| lower(&c.condition)).collect();
        let exceptions: Vec<Condition> = term.exceptions.iter().map(|c| lower(&c.condition)).collect();
        // Branches of an `or` are alternatives as well.
        let mut branches: Vec<(FormId, Span)> = Vec::new();
        for condition in &alternatives {
            match &condition.branches[..] {
                [] => branches.push((condition.form, condition.span)),
                several => branches.extend(several),
            }
        }
        let whole =
            lowering.term(alternatives.iter().map(|c| c.form).collect(), exceptions.iter().map(|c| c.form).collect());
        drop(lowering);
        let Ok(prover) = Prover::within(world, NODES, room) else { return };
        let mut asked = Asked { prover, lexicon, base: lexicon.def(id).span };
        // What is too large for a proof is left alone.
        let _ = prove(&mut asked, id, &alternatives, &exceptions, &branches, whole, out);
        asked.prover.leave(room);
    });
}

fn prove(
    asked: &mut Asked,
    id: DefId,
    alternatives: &[Condition],
    exceptions: &[Condition],
    branches: &[(FormId, Span)],
    whole: FormId,
    out: &mut Vec<Finding>,
) -> Result<(), TooLarge> {
    let def = asked.lexicon.def(id);
    let name = &def.name.text;
    let several = alternatives.len() > 1;
    let mut dead = 0;
    let part = if several { "this alternative" } else { "the condition" };
    for condition in alternatives {
        dead += usize::from(asked.never(condition, format_args!("{part} of `{name}`"), out)?);
    }
    for condition in exceptions {
        asked.never(condition, format_args!("this exception of `{name}`"), out)?;
    }
    if dead > 0 {
        return Ok(());
    }
    // Holds of every record, whatever is unknown.
    for condition in alternatives {
        let node = asked.prover.diagram(condition.form)?;
        let not = asked.prover.solver.diagrams.map(Map::Is(Truth::Yes), node)?;
        let not = asked.prover.solver.diagrams.map(Map::Not, not)?;
        if !asked.prover.can_be(not)? {
            out.push(
                Finding::new(codes::ALWAYS_TRUE, format!("the condition of `{name}` always holds"))
                    .label(asked.base, condition.span, "every record meets this")
                    .help("a part of it is wrong, or the term says nothing")
                    .note("a record of which nothing is known meets it as well"),
            );
            return Ok(());
        }
    }
    covered(asked, name, branches, out)?;
    if exceptions.is_empty() {
        return Ok(());
    }
    let yes = asked.yes(whole)?;
    if !asked.prover.can_be(yes)? {
        let mut any = NodeId::end(Truth::No);
        for condition in alternatives {
            let yes = asked.yes(condition.form)?;
            any = asked.either(any, yes)?;
        }
        let Some(blocked) = asked.prover.find(any)?.filter(|f| f.doubt.is_none()) else { return Ok(()) };
        let words = asked.words(&blocked);
        let mut found = Finding::new(codes::NEVER_TRUE, format!("nothing can reach `{name}`")).label(
            asked.base,
            def.name_span,
            "its exceptions take away all that its alternatives give",
        );
        for condition in exceptions {
            found = found.label(asked.base, condition.span, "an exception");
        }
        out.push(
            found
                .help("make the exceptions narrower")
                .note(format!("{words} meets an alternative, and an exception as well")),
        );
    }
    Ok(())
}

/// L0617: branches that hold only where another does.
fn covered(asked: &mut Asked, name: &str, branches: &[(FormId, Span)], out: &mut Vec<Finding>) -> Result<(), TooLarge> {
    if branches.len() < 2 {
        return Ok(());
    }
    let mut nodes = Vec::with_capacity(branches.len());
    for (form, _) in branches {
        nodes.push(asked.yes(*form)?);
    }
    let mut gone = vec![false; branches.len()];
    // From the last to the first: of two that mean the same the later one is said to be covered.
    for at in (0..branches.len()).rev() {
        let (span, node) = (branches[at].1, nodes[at]);
        let mut by = None;
        for other in 0..branches.len() {
            if other != at && !gone[other] {
                // The same condition twice is said to be that elsewhere, where it stands in one `or`.
                let beyond = asked.but(node, nodes[other])?;
                if !asked.prover.can_be(beyond)? {
                    by = Some(other);
                    break;
                }
            }
        }
        if by.is_none() {
            if branches.len() < 3 {
                continue;
            }
            let mut rest = NodeId::end(Truth::No);
            for (other, node) in nodes.iter().enumerate() {
                if other != at && !gone[other] {
                    rest = asked.either(rest, *node)?;
                }
            }
            let beyond = asked.but(node, rest)?;
            if asked.prover.can_be(beyond)? {
                continue;
            }
        }
        // Only what a record shows is said.
        let Some(shows) = asked.prover.find(node)?.filter(|f| f.doubt.is_none()) else { continue };
        gone[at] = true;
        let words = asked.words(&shows);
        out.push(match by {
            Some(other) => Finding::new(codes::COVERED, format!("this alternative of `{name}` is covered by another"))
                .label(asked.base, span, "adds no record")
                .label(asked.base, branches[other].1, "holds whenever that does")
                .help("take it out, or write what was meant instead")
                .note(format!("{words} meets both")),
            None => {
                Finding::new(codes::COVERED, format!("this alternative of `{name}` is covered by the others together"))
                    .label(asked.base, span, "adds no record")
                    .help("take it out, or write what was meant instead")
                    .note(format!("{words} meets it, and another as well"))
            }
        });
    }
    Ok(())
}
