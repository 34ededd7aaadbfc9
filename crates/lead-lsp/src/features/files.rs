//! Files that are renamed: what refers to them changes with them.

use std::path::Path;

use lead_diag::Edit;
use lead_ide::FileRename;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{FileRename as Renamed, Url, WorkspaceEdit};

use crate::features::edits;
use crate::place::path_of;
use crate::view::{Asked, View};

/// `workspace/willRenameFiles`
pub fn will_rename(asked: &Asked, files: &[Renamed], can: edits::Can) -> Result<Option<WorkspaceEdit>> {
    let mut all: Vec<(&View, Vec<Edit>)> = Vec::new();
    for view in asked.views() {
        let renames: Vec<FileRename> = files.iter().flat_map(|f| renamed(view, f)).collect();
        let found = view.snapshot.rename_files(&renames);
        if !found.is_empty() {
            all.push((view, found));
        }
    }
    if all.is_empty() {
        return Ok(None);
    }
    Ok(Some(edits::workspace(all.iter().map(|(view, found)| (*view, found.as_slice())), can)))
}

/// What a rename means to a lexicon: an export of its data folder, a file of its own, or both.
fn renamed(view: &View, file: &Renamed) -> Vec<FileRename> {
    let path = |uri: &str| Url::parse(uri).ok().as_ref().and_then(path_of);
    let (Some(from), Some(to)) = (path(&file.old_uri), path(&file.new_uri)) else { return Vec::new() };
    let below =
        |folder: &Path| Some((slashes(from.strip_prefix(folder).ok()?), slashes(to.strip_prefix(folder).ok()?)));
    let mut renames = Vec::new();
    if let Some((from, to)) = below(&view.data) {
        renames.push(FileRename::Export { from, to });
    }
    if let Some((from, to)) = view.home.folder().and_then(below) {
        renames.push(FileRename::Lexicon { from, to });
    }
    renames
}

fn slashes(path: &Path) -> String {
    let parts: Vec<String> = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}
