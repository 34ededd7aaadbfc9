//! Code actions: offered with little, and worked out when one is chosen.

use lead_ide::{Action, ActionKind};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionDisabled, CodeActionKind, CodeActionOrCommand, Range,
};

use super::{edits, missing};
use crate::errors;
use crate::findings;
use crate::view::{Asked, View};

/// What a client does with actions.
#[derive(Clone, Copy, Debug)]
pub struct Can {
    /// It asks for the edit of the one that was chosen.
    pub resolves: bool,
    /// It shows those that cannot be taken, and why.
    pub disabled: bool,
    /// What it knows of edits.
    pub edits: edits::Can,
}

/// All kinds that there are.
pub fn kinds() -> Vec<CodeActionKind> {
    let all = [
        ActionKind::QuickFix,
        ActionKind::Refactor,
        ActionKind::Extract,
        ActionKind::Inline,
        ActionKind::Rewrite,
        ActionKind::FixAll,
    ];
    all.iter().map(|k| CodeActionKind::from(k.name())).collect()
}

/// `textDocument/codeAction`
pub fn actions(
    asked: &Asked,
    range: Range,
    context: &CodeActionContext,
    can: Can,
) -> Result<Option<Vec<CodeActionOrCommand>>> {
    let (view, file) = asked.document()?;
    let offsets = view.offsets(file, range)?;
    let only: Vec<&str> = context.only.iter().flatten().map(CodeActionKind::as_str).collect();
    let mut found = view.snapshot.code_actions(file, offsets.clone(), &only);
    if (only.is_empty() || only.iter().any(|o| ActionKind::Refactor.is_wanted(o)))
        && let Some(missing) = missing::missing(asked, view, file, &offsets)
    {
        found.push(Action {
            id: missing::ID.to_owned(),
            title: format!("Add the missing examples of `{}`", missing.name),
            kind: ActionKind::Refactor,
            diagnostics: Vec::new(),
            preferred: false,
            disabled: None,
        });
    }
    let shown = findings::by_index(view, file, &asked.settings);
    let version = view.files.get(&file).and_then(|f| f.version);
    let all = found.into_iter().filter(|a| can.disabled || a.disabled.is_none()).map(|action| {
        let diagnostics: Vec<_> = action.diagnostics.iter().filter_map(|i| shown.get(i).cloned()).collect();
        let edit = match (can.resolves, action.disabled) {
            (false, None) => edit(asked, (view, file), offsets.clone(), &action.id, can),
            _ => None,
        };
        let data = json!({
            "uri": view.uri(file), "version": version, "start": offsets.start, "end": offsets.end, "id": action.id,
        });
        let Action { title, kind, preferred, disabled, .. } = action;
        CodeActionOrCommand::CodeAction(CodeAction {
            title,
            kind: Some(CodeActionKind::from(kind.name())),
            diagnostics: Some(diagnostics).filter(|d| !d.is_empty()),
            edit,
            is_preferred: preferred.then_some(true),
            disabled: disabled.map(|reason| CodeActionDisabled { reason: reason.to_owned() }),
            data: can.resolves.then_some(data),
            command: None,
        })
    });
    Ok(Some(all.collect()))
}

/// `codeAction/resolve`
pub fn resolve(asked: &Asked, mut action: CodeAction, can: Can) -> Result<CodeAction> {
    let Some(data) = action.data.clone() else { return Ok(action) };
    let (view, file) = asked.document()?;
    let number = |key: &str| data.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let (Some(start), Some(end), Some(id)) = (number("start"), number("end"), data.get("id").and_then(Value::as_str))
    else {
        return Err(errors::invalid("the action is not one of this server"));
    };
    let version = view.files.get(&file).and_then(|f| f.version);
    if data.get("version").and_then(Value::as_i64) != version.map(i64::from) {
        return Err(errors::content_modified());
    }
    action.edit = edit(asked, (view, file), start..end, id, can);
    if action.edit.is_none() {
        return Err(errors::content_modified());
    }
    Ok(action)
}

fn edit(
    asked: &Asked,
    (view, file): (&View, lead_diag::FileId),
    offsets: std::ops::Range<u32>,
    id: &str,
    can: Can,
) -> Option<tower_lsp::lsp_types::WorkspaceEdit> {
    let made = match id {
        missing::ID => vec![missing::missing(asked, view, file, &offsets)?.edit],
        id => view.snapshot.resolve_code_action(file, offsets, id)?.edits,
    };
    Some(edits::workspace(std::iter::once((view, made.as_slice())), can.edits))
}
