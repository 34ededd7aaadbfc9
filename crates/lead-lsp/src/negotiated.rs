//! What the client can do, and what was agreed on.

use std::collections::BTreeSet;
use std::path::PathBuf;

use lead_ide::Encoding;
use serde_json::Value;
use tower_lsp::lsp_types::{InitializeParams, PositionEncodingKind};

use crate::features::complete::{self, Can};
use crate::features::{actions, edits};
use crate::place::path_of;

/// Settled by `initialize`.
#[derive(Clone, Debug)]
pub struct Negotiated {
    /// How columns are counted.
    pub encoding: Encoding,
    /// The folders of the workspace.
    pub folders: Vec<PathBuf>,
    /// It asks for findings; otherwise they are sent.
    pub pulls: bool,
    /// It tells of files that change, if asked to.
    pub can_watch: bool,
    /// It can be asked for its settings.
    pub can_configure: bool,
    /// It shows progress that the server begins.
    pub shows_progress: bool,
    /// What it fetches anew when told to.
    pub refresh: Refresh,
    /// What it does with completions.
    pub completion: Can,
    /// It takes links for definitions,
    pub definition_links: bool,
    /// and for definitions of types.
    pub type_definition_links: bool,
    /// What edits of a workspace may say.
    pub edits: edits::Can,
    /// It asks whether a name can be renamed before it asks for the new one.
    pub prepares_rename: bool,
    /// Where it shows Markdown; elsewhere plain text.
    pub markdown: Markdown,
    /// Parts of a signature may be told by their offsets in it.
    pub label_offsets: bool,
    /// The commands that it carries out itself.
    pub commands: BTreeSet<String>,
    /// It shows documents when asked to.
    pub shows_documents: bool,
    /// It takes a tree of symbols.
    pub nested_symbols: bool,
    /// What it does with actions.
    pub actions: actions::Can,
}

/// Where a client shows Markdown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Markdown {
    /// In hovers.
    pub hover: bool,
    /// In documentation of completions.
    pub completion: bool,
    /// In documentation of signatures.
    pub signature: bool,
}

/// What a client fetches anew when told to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refresh {
    /// Findings.
    pub diagnostics: bool,
    /// Lenses.
    pub lens: bool,
    /// Hints.
    pub hints: bool,
    /// Tokens.
    pub tokens: bool,
}

impl Default for Negotiated {
    fn default() -> Negotiated {
        Negotiated::new(&InitializeParams::default())
    }
}

impl Negotiated {
    /// From what the client says of itself.
    pub fn new(params: &InitializeParams) -> Negotiated {
        // By name: not every part has a type in every version of the protocol, and clients leave out whatever they like.
        let all = serde_json::to_value(&params.capabilities).unwrap_or(Value::Null);
        let can = |path: &str| all.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        let has = |path: &str| all.pointer(path).is_some_and(|v| !v.is_null());
        let edits = edits::Can {
            versions: can("/workspace/workspaceEdit/documentChanges"),
            annotations: has("/workspace/workspaceEdit/changeAnnotationSupport"),
        };
        let markdown = |path: &str| first_is_markdown(&all, path);
        let offered = params.capabilities.general.as_ref().and_then(|g| g.position_encodings.clone());
        Negotiated {
            encoding: encoding(&offered.unwrap_or_default()),
            folders: folders(params),
            pulls: has("/textDocument/diagnostic"),
            can_watch: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            can_configure: can("/workspace/configuration"),
            shows_progress: can("/window/workDoneProgress"),
            refresh: Refresh {
                diagnostics: can("/workspace/diagnostic/refreshSupport"),
                lens: can("/workspace/codeLens/refreshSupport"),
                hints: can("/workspace/inlayHint/refreshSupport"),
                tokens: can("/workspace/semanticTokens/refreshSupport"),
            },
            completion: Can {
                snippets: can("/textDocument/completion/completionItem/snippetSupport"),
                insert_replace: can("/textDocument/completion/completionItem/insertReplaceSupport"),
                suggests_again: texts(&all, "/experimental/commands/commands").any(|c| c == complete::AGAIN),
            },
            definition_links: can("/textDocument/definition/linkSupport"),
            type_definition_links: can("/textDocument/typeDefinition/linkSupport"),
            edits,
            prepares_rename: can("/textDocument/rename/prepareSupport"),
            markdown: Markdown {
                hover: markdown("/textDocument/hover/contentFormat"),
                completion: markdown("/textDocument/completion/completionItem/documentationFormat"),
                signature: markdown("/textDocument/signatureHelp/signatureInformation/documentationFormat"),
            },
            label_offsets: can(
                "/textDocument/signatureHelp/signatureInformation/parameterInformation/labelOffsetSupport",
            ),
            commands: texts(&all, "/experimental/commands/commands").map(str::to_owned).collect(),
            shows_documents: can("/window/showDocument/support"),
            nested_symbols: can("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            actions: actions::Can {
                resolves: resolves(&all, "/textDocument/codeAction/resolveSupport/properties", "edit"),
                disabled: can("/textDocument/codeAction/disabledSupport"),
                edits,
            },
        }
    }
}

/// The texts of a list.
fn texts<'a>(all: &'a Value, path: &str) -> impl Iterator<Item = &'a str> {
    all.pointer(path).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn resolves(all: &Value, path: &str, wanted: &str) -> bool {
    texts(all, path).any(|p| p == wanted)
}

/// Clients list formats by liking. One that lists none is sent what everybody can show.
fn first_is_markdown(all: &Value, path: &str) -> bool {
    texts(all, path).find(|f| matches!(*f, "markdown" | "plaintext")) == Some("markdown")
}

/// Bytes if the client can, else what it likes best, else UTF-16 units, which every client counts in.
fn encoding(offered: &[PositionEncodingKind]) -> Encoding {
    let known = |kind: &PositionEncodingKind| match kind.as_str() {
        "utf-8" => Some(Encoding::Utf8),
        "utf-16" => Some(Encoding::Utf16),
        "utf-32" => Some(Encoding::Utf32),
        _ => None,
    };
    let mut all = offered.iter().filter_map(known);
    if offered.contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { all.next().unwrap_or(Encoding::Utf16) }
}

#[allow(deprecated)] // Older clients send nothing else than the root.
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    if let Some(folders) = &params.workspace_folders {
        return folders.iter().filter_map(|f| path_of(&f.uri)).collect();
    }
    params.root_uri.iter().filter_map(path_of).collect()
}
