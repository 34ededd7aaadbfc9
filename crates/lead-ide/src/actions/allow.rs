//! Allow a lint here: the comment above the statement, with room for the reason.

use lead_diag::{Code, Edit, Span};

use super::site::Site;
use super::{Action, ActionKind};
use crate::change::Select;
use crate::{Change, selection, tree};

/// What stands where the reason should.
const REASON: &str = "it is right as it stands";

pub(super) fn offer(site: &Site, out: &mut Vec<Action>) {
    let mut seen = Vec::new();
    for (index, found) in site.diagnostics() {
        let id = found.code.id();
        if !found.code.is_lint() || seen.contains(&id) || found.code == lead_diag::codes::BAD_ALLOW {
            continue;
        }
        seen.push(id);
        let title = format!("Allow `{}` here", found.code.slug());
        let mut action = Action::new(format!("allow:{id}"), title, ActionKind::QuickFix);
        action.diagnostics.push(index);
        out.push(action);
    }
}

pub(super) fn resolve(site: &Site, id: &str) -> Option<Change> {
    let code = Code::find(id)?;
    let (_, found) = site.diagnostics().find(|(_, d)| d.code == code)?;
    // The comment belongs to the statement that the finding stands in, which may not be that of the cursor.
    let (index, _) = tree::statement_at(site.file.tree(), found.span()?.start)?;
    // Above the documentation, which a comment below it would part from its statement.
    let (at, _) = selection::with_docs(site.file.tree(), site.text(), index);
    let line_end = if site.text().contains("\r\n") { "\r\n" } else { "\n" };
    let text = format!("# allow: {} because {REASON}{line_end}", code.slug());
    let edit = Edit { span: Span::new(site.id, at, at), text };
    let select = Select { file: site.id, text: REASON.into(), near: at as u32 };
    Some(site.snapshot.change(vec![edit], Some(select)))
}
