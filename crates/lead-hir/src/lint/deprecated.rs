//! L0614: uses of a definition whose documentation says that it is no longer to be used.

use std::collections::HashSet;

use lead_diag::{Diagnostic, codes};

use crate::hir::DefId;
use crate::lower::Cx;

pub(super) fn check(cx: &Cx, id: DefId, found: &mut Vec<Diagnostic>) {
    // One that goes as well may use the others to the end.
    if cx.defs[id.0 as usize].deprecated().is_some() {
        return;
    }
    let mut seen = HashSet::new();
    for (used, span) in &cx.facts[id.0 as usize].uses {
        let def = &cx.defs[used.0 as usize];
        let Some(instead) = def.deprecated().filter(|_| used != &id && seen.insert(*span)) else { continue };
        let said = Diagnostic::new(codes::DEPRECATED_NAME, format!("`{}` is deprecated", def.name.text))
            .label(*span, "should no longer be used")
            .label(def.name_span, "its documentation says so");
        found.push(if instead.is_empty() {
            said.help("say behind `deprecated:` in its documentation what to use instead")
        } else {
            said.help(format!("its documentation says: {instead}"))
        });
    }
}
