//! The fixes of the checker: one, all of one code, all that are safe.

use lead_diag::InOrder;
use lead_diag::{Applicability, Edit, Fix};

use super::site::Site;
use super::{Action, ActionKind};
use crate::Change;

/// Offers each fix of the diagnostics at the selection, and those of the same code all at once.
pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    let mut safe = 0;
    for (index, found) in site.diagnostics() {
        let mut titles: Vec<&str> = Vec::new();
        let safe_here = found.fixes.iter().filter(|f| f.applicability == Applicability::Safe).count();
        for (n, fix) in found.fixes.iter().enumerate() {
            if titles.contains(&fix.title.as_str()) {
                continue;
            }
            titles.push(&fix.title);
            let mut action = Action::new(format!("fix:{index}:{n}"), capital(&fix.title), ActionKind::QuickFix);
            action.diagnostics.push(index);
            action.preferred = fix.applicability == Applicability::Safe && safe_here == 1;
            out.push(action);
        }
        safe += safe_here;
    }
    if safe == 0 {
        return;
    }
    let mut codes: Vec<&str> = Vec::new();
    for (index, found) in site.diagnostics() {
        let same = all(site, |f| f == found.code.id());
        if codes.contains(&found.code.id()) || same.len() < 2 {
            continue;
        }
        codes.push(found.code.id());
        let title = format!("Cure all {} of `{}` in this file", same.len(), found.code.slug());
        let mut action = Action::new(format!("fix-code:{}", found.code.id()), title, ActionKind::QuickFix);
        action.diagnostics.push(index);
        out.push(action);
    }
    if all(site, |_| true).len() > 1 {
        out.push(Action::new("fix-all", "Apply all safe fixes in this file", ActionKind::QuickFix));
    }
}

/// Offers all safe fixes of the file, as what an editor may do when it saves.
pub(super) fn offer_all(site: &Site, out: &mut Vec<Action>) {
    if !all(site, |_| true).is_empty() {
        out.push(Action::new("fix-all", "Apply all safe fixes in this file", ActionKind::FixAll));
    }
}

pub(super) fn resolve(site: &Site, rest: &str) -> Option<Change> {
    let (index, n) = rest.split_once(':')?;
    let found = site.snapshot.checked().diagnostics(site.id).get(index.parse::<usize>().ok()?)?;
    let fix = found.fixes.get(n.parse::<usize>().ok()?)?;
    Some(Change { edits: sorted(fix.edits.clone()), select: None })
}

pub(super) fn resolve_code(site: &Site, code: &str) -> Option<Change> {
    together(all(site, |id| id == code))
}

pub(super) fn resolve_all(site: &Site) -> Option<Change> {
    together(all(site, |_| true))
}

/// The first safe fix of each diagnostic of a code that is wanted.
fn all<'s>(site: &Site<'s>, wanted: impl Fn(&str) -> bool) -> Vec<&'s Fix> {
    let found = site.snapshot.checked().diagnostics(site.id).iter().filter(|d| wanted(d.code.id()));
    found.filter_map(|d| d.fixes.iter().find(|f| f.applicability == Applicability::Safe)).collect()
}

/// Fixes that do not touch each other; of two that do the first.
fn together(fixes: Vec<&Fix>) -> Option<Change> {
    let mut taken: Vec<Edit> = Vec::new();
    for fix in fixes {
        let clashes = |edit: &Edit| {
            taken.iter().any(|t| {
                let (a, b) = (t.span, edit.span);
                let apart = a.end < b.start || b.end < a.start || (a.end == b.start || b.end == a.start) && a != b;
                a.file == b.file && !apart
            })
        };
        if !fix.edits.iter().any(clashes) {
            taken.extend(fix.edits.iter().cloned());
        }
    }
    (!taken.is_empty()).then(|| Change { edits: sorted(taken), select: None })
}

fn sorted(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.in_order_by_key(|e| (e.span.file, e.span.start, e.span.end));
    edits
}

/// A title begins with a capital, as every action of an editor does.
fn capital(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
