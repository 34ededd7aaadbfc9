//! Completion and signature help.

use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    Command, CompletionItem, CompletionList, CompletionResponse, CompletionTextEdit, InsertReplaceEdit,
    InsertTextFormat, ParameterInformation, ParameterLabel, Position, SignatureHelp, SignatureInformation, TextEdit,
    Url,
};

use super::{at, documentation, kinds};
use crate::view::Asked;

/// What a client does with completions.
#[derive(Clone, Copy, Debug)]
pub struct Can {
    /// It knows snippets.
    pub snippets: bool,
    /// It knows that an item may replace what stands behind the cursor.
    pub insert_replace: bool,
    /// It has the command that asks for completions again.
    pub suggests_again: bool,
}

/// The command of an editor that asks for completions again.
pub const AGAIN: &str = "editor.action.triggerSuggest";

/// `textDocument/completion`
pub fn completion(asked: &Asked, uri: &Url, position: Position, can: Can) -> Result<Option<CompletionResponse>> {
    let (view, place) = at(asked, position)?;
    let found = view.snapshot.completions(place);
    let items = found.items.into_iter().enumerate().map(|(order, mut one)| {
        if one.snippet && !can.snippets {
            (one.text, one.snippet) = (without_stops(&one.text), false);
        }
        let (insert, replace) = (view.range_of(one.insert), view.range_of(one.replace));
        let edit = if can.insert_replace && insert != replace {
            CompletionTextEdit::InsertAndReplace(InsertReplaceEdit { new_text: one.text, insert, replace })
        } else {
            CompletionTextEdit::Edit(TextEdit { range: replace, new_text: one.text })
        };
        let again = || Command { title: String::new(), command: AGAIN.into(), arguments: None };
        CompletionItem {
            label: one.label,
            kind: Some(kinds::completion(one.kind)),
            detail: one.detail,
            preselect: one.preselect.then_some(true),
            sort_text: Some(format!("{order:05}")),
            filter_text: one.filter,
            insert_text_format: Some(if one.snippet {
                InsertTextFormat::SNIPPET
            } else {
                InsertTextFormat::PLAIN_TEXT
            }),
            text_edit: Some(edit),
            command: (one.again && can.suggests_again).then(again),
            data: one.key.map(|key| json!({ "uri": uri, "key": key })),
            ..CompletionItem::default()
        }
    });
    let list = CompletionList { is_incomplete: found.is_incomplete, items: items.collect() };
    Ok(Some(CompletionResponse::List(list)))
}

/// `completionItem/resolve`
pub fn resolve(asked: &Asked, mut item: CompletionItem, markdown: bool) -> Result<CompletionItem> {
    let key = item.data.as_ref().and_then(|d| d.get("key")).and_then(Value::as_str);
    if let (Some(key), Ok((view, _))) = (key, asked.document()) {
        let docs = view.snapshot.completion_docs(key);
        item.documentation = docs.map(|text| documentation(text, markdown));
    }
    Ok(item)
}

/// The text of a snippet with its stops at their defaults: `count(${0})` is `count()`.
fn without_stops(snippet: &str) -> String {
    let mut text = String::new();
    let mut open = 0;
    let mut rest = snippet.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.extend(rest.next()),
            '$' if rest.peek().is_some_and(|c| *c == '{' || c.is_ascii_digit()) => {
                let braced = rest.next_if_eq(&'{').is_some();
                while rest.next_if(char::is_ascii_digit).is_some() {}
                if braced && rest.next_if_eq(&'}').is_none() {
                    rest.next_if_eq(&':');
                    open += 1;
                }
            }
            '}' if open > 0 => open -= 1,
            c => text.push(c),
        }
    }
    text
}

/// `textDocument/signatureHelp`
pub fn signature_help(
    asked: &Asked,
    position: Position,
    markdown: bool,
    offsets: bool,
) -> Result<Option<SignatureHelp>> {
    let (view, place) = at(asked, position)?;
    Ok(view.snapshot.signature_help(place).map(|found| {
        // Parts are told by offsets in UTF-16 units.
        let units =
            |offset: u32| found.label.get(..offset as usize).map_or(0, |before| before.encode_utf16().count() as u32);
        let parts = found.parts.iter().map(|part| ParameterInformation {
            label: match offsets {
                true => ParameterLabel::LabelOffsets([units(part.start), units(part.end)]),
                false => {
                    let text = found.label.get(part.start as usize..part.end as usize);
                    ParameterLabel::Simple(text.unwrap_or_default().to_owned())
                }
            },
            documentation: None,
        });
        let active = found.active.map(|a| a as u32);
        let signature = SignatureInformation {
            parameters: Some(parts.collect()),
            documentation: Some(documentation(found.docs.clone(), markdown)),
            active_parameter: active,
            label: found.label.clone(),
        };
        SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: active }
    }))
}
