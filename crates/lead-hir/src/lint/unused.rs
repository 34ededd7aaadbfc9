//! L0603 and L0604, off unless asked for: values and terms that nothing else asks.

use std::collections::HashSet;

use lead_diag::{Diagnostic, codes};

use crate::hir::{DefId, DefKind};
use crate::lower::Cx;

pub(super) fn check(cx: &Cx, found: &mut Vec<Diagnostic>) {
    if !cx.wants(codes::UNUSED_VALUE) && !cx.wants(codes::UNUSED_TERM) {
        return;
    }
    let uses = |user: &DefId| cx.facts[user.0 as usize].uses.iter().map(|(def, _)| *def);
    let used: HashSet<DefId> = cx.order.iter().flat_map(|user| uses(user).filter(move |def| def != user)).collect();
    for id in &cx.order {
        let def = &cx.defs[id.0 as usize];
        let (code, kind) = match def.kind {
            DefKind::Value(_) | DefKind::Period(_) => (codes::UNUSED_VALUE, "value"),
            DefKind::Term(_) => (codes::UNUSED_TERM, "term"),
            _ => continue,
        };
        if !cx.wants(code) || used.contains(id) {
            continue;
        }
        found.push(
            Diagnostic::new(code, format!("no other definition asks `{}`", def.name.text))
                .label(def.name_span, format!("a {kind} that stands alone"))
                .help("use it, or take it out if nobody looks at its answer"),
        );
    }
}
