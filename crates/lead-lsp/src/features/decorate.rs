//! What an editor shows around a text: tokens, hints, lenses, folds, selections.

use std::sync::Arc;

use lead_diag::FileId;
use lead_ide::{Class, FoldKind, HintSettings, LensKind, LensSettings, Modifiers, SubjectHints, delta, encode};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CodeLens, Command, FoldingRange, FoldingRangeKind, InlayHint, InlayHintKind, InlayHintLabel, InlayHintLabelPart,
    InlayHintTooltip, LinkedEditingRanges, MarkupContent, MarkupKind, Position, Range, SelectionRange, SemanticToken,
    SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta, SemanticTokensEdit,
    SemanticTokensFullDeltaResult, SemanticTokensLegend,
};

use super::{at, commands, whole};
use crate::negotiated::Negotiated;
use crate::tokens::Kept;
use crate::view::{Asked, View};

/// The classes and modifiers of tokens, by number.
pub fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: Class::ALL.iter().map(|c| SemanticTokenType::new(c.name())).collect(),
        token_modifiers: Modifiers::NAMES.iter().map(|n| SemanticTokenModifier::new(n)).collect(),
    }
}

/// `textDocument/semanticTokens/full`
pub fn tokens(asked: &Asked, kept: &Kept) -> Result<Option<SemanticTokens>> {
    let (view, file) = asked.document()?;
    let numbers = encoded(view, file, None);
    let data = grouped(&numbers);
    let result_id = view.uri(file).map(|uri| kept.keep(uri, Arc::new(numbers)));
    Ok(Some(SemanticTokens { result_id, data }))
}

/// `textDocument/semanticTokens/full/delta`
pub fn tokens_delta(asked: &Asked, previous: &str, kept: &Kept) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let (view, file) = asked.document()?;
    let Some(uri) = view.uri(file) else { return Ok(None) };
    let numbers = encoded(view, file, None);
    let Some(old) = kept.get(uri, previous) else {
        let data = grouped(&numbers);
        let result_id = Some(kept.keep(uri, Arc::new(numbers)));
        return Ok(Some(SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id, data })));
    };
    let edits = delta(&old, &numbers).into_iter().map(|d| SemanticTokensEdit {
        start: d.start,
        delete_count: d.delete,
        data: Some(grouped(&d.insert)).filter(|i| !i.is_empty()),
    });
    let edits = edits.collect();
    let result_id = Some(kept.keep(uri, Arc::new(numbers)));
    Ok(Some(SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta { result_id, edits })))
}

/// `textDocument/semanticTokens/range`
pub fn tokens_range(asked: &Asked, range: Range) -> Result<Option<SemanticTokens>> {
    let (view, file) = asked.document()?;
    let offsets = view.offsets(file, range)?;
    let data = grouped(&encoded(view, file, Some(offsets)));
    Ok(Some(SemanticTokens { result_id: None, data }))
}

fn encoded(view: &View, file: FileId, range: Option<std::ops::Range<u32>>) -> Vec<u32> {
    let tokens = view.snapshot.semantic_tokens(file, range);
    encode(&tokens, &view.snapshot.lines(file), view.encoding)
}

fn grouped(numbers: &[u32]) -> Vec<SemanticToken> {
    let tokens = numbers.chunks_exact(5).map(|five| SemanticToken {
        delta_line: five[0],
        delta_start: five[1],
        length: five[2],
        token_type: five[3],
        token_modifiers_bitset: five[4],
    });
    tokens.collect()
}

/// `textDocument/inlayHint`
pub fn hints(asked: &Asked, range: Range) -> Result<Option<Vec<InlayHint>>> {
    let (view, file) = asked.document()?;
    let settings = &asked.settings;
    let wanted = HintSettings {
        windows: settings.hint_windows,
        all_time: settings.hint_windows,
        types: settings.hint_types,
        subjects: if settings.hint_subjects { SubjectHints::Far } else { SubjectHints::Never },
    };
    let offsets = view.offsets(file, range)?;
    let all = view.snapshot.inlay_hints(file, offsets, &wanted).into_iter().map(|hint| {
        let is_type = hint.kind == lead_ide::HintKind::Type;
        let before = hint.label.starts_with(' ') || hint.label.starts_with(':');
        let location = hint.target.and_then(|span| view.location(span));
        let label = match location {
            Some(location) => InlayHintLabel::LabelParts(vec![InlayHintLabelPart {
                value: hint.label,
                location: Some(location),
                ..InlayHintLabelPart::default()
            }]),
            None => InlayHintLabel::String(hint.label),
        };
        InlayHint {
            position: view.position(file, hint.offset),
            label,
            kind: is_type.then_some(InlayHintKind::TYPE),
            text_edits: None,
            tooltip: Some(InlayHintTooltip::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: hint.tooltip,
            })),
            padding_left: Some(!before),
            padding_right: Some(false),
            data: None,
        }
    });
    Ok(Some(all.collect()))
}

/// `textDocument/codeLens`
pub fn lenses(asked: &Asked, client: &Negotiated) -> Result<Option<Vec<CodeLens>>> {
    let (view, file) = asked.document()?;
    let wanted = LensSettings { uses: asked.settings.lens_uses, examples: asked.settings.lens_examples };
    let uri = view.uri(file);
    let all = view.snapshot.code_lenses(file, &wanted).into_iter().map(|lens| {
        let range = view.range(file, lens.range.clone());
        let place = json!({ "uri": uri, "position": range.start });
        let (command, argument) = match &lens.kind {
            LensKind::Uses { count: 0, .. } => (None, Value::Null),
            LensKind::Uses { .. } => does(client, Some(commands::SHOW_REFERENCES), commands::SHOW_USES, place),
            LensKind::Examples { examples, .. } if examples.is_empty() => (None, Value::Null),
            LensKind::Examples { .. } => does(client, None, commands::RUN_EXAMPLES, place),
        };
        // One without a command is a text.
        let arguments = command.map(|_| vec![argument]);
        let command = Command { title: lens.title(), command: command.unwrap_or_default().to_owned(), arguments };
        CodeLens { range, command: Some(command), data: None }
    });
    Ok(Some(all.collect()))
}

/// What a lens does: a command of the client where it has one, else one of the server, whose answer is then shown by the
/// server's own means.
fn does(
    client: &Negotiated,
    own: Option<&'static str>,
    servers: &'static str,
    mut place: Value,
) -> (Option<&'static str>, Value) {
    if let Some(command) = own.or(Some(servers)).filter(|c| client.commands.contains(*c)) {
        return (Some(command), place);
    }
    place["show"] = Value::Bool(true);
    (Some(servers), place)
}

/// `textDocument/foldingRange`
pub fn folds(asked: &Asked) -> Result<Option<Vec<FoldingRange>>> {
    let (view, file) = asked.document()?;
    let all = view.snapshot.folding_ranges(file).into_iter().map(|fold| {
        let range = view.range(file, fold.range);
        FoldingRange {
            start_line: range.start.line,
            start_character: Some(range.start.character),
            end_line: range.end.line,
            end_character: Some(range.end.character),
            kind: match fold.kind {
                FoldKind::Comment => Some(FoldingRangeKind::Comment),
                FoldKind::Region => Some(FoldingRangeKind::Region),
                FoldKind::Statement => None,
            },
            collapsed_text: fold.collapsed,
        }
    });
    Ok(Some(all.collect()))
}

/// `textDocument/selectionRange`
pub fn selections(asked: &Asked, positions: &[Position]) -> Result<Option<Vec<SelectionRange>>> {
    let all = positions.iter().map(|position| {
        let (view, place) = at(asked, *position)?;
        let mut ranges = view.snapshot.selection_ranges(place);
        if ranges.is_empty() {
            ranges.push(whole(view, place.file));
        }
        let mut found: Option<SelectionRange> = None;
        for range in ranges.into_iter().rev() {
            found = Some(SelectionRange { range: view.range(place.file, range), parent: found.map(Box::new) });
        }
        Ok(found.unwrap_or(SelectionRange { range: Range::new(*position, *position), parent: None }))
    });
    Ok(Some(all.collect::<Result<Vec<_>>>()?))
}

/// `textDocument/linkedEditingRange`
pub fn linked(asked: &Asked, position: Position) -> Result<Option<LinkedEditingRanges>> {
    let (view, place) = at(asked, position)?;
    Ok(view.snapshot.linked_editing_ranges(place).map(|linked| LinkedEditingRanges {
        ranges: linked.ranges.into_iter().map(|r| view.range(place.file, r)).collect(),
        word_pattern: Some(linked.pattern.to_owned()),
    }))
}
