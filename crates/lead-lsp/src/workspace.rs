//! The lexicons of a workspace's folders.

use lead_diag::InOrder;
use std::path::{Path, PathBuf};

/// Folders that are looked into; more of them are no workspace of lexicons.
const MOST: usize = 20_000;
/// How deep.
const DEEPEST: usize = 12;

/// The folders with a `lead.toml` at or below a folder; else the nearest above it.
pub fn lexicons(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut looked = 0;
    let mut folders = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        looked += 1;
        if looked > MOST {
            break;
        }
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    let left_out = name.starts_with('.') || matches!(&*name, "target" | "node_modules");
                    if !left_out && depth < DEEPEST {
                        folders.push((entry.path(), depth + 1));
                    }
                }
                Ok(_) if name == "lead.toml" && entry.path().is_file() => found.push(folder.clone()),
                _ => {}
            }
        }
    }
    if found.is_empty()
        && let Some(above) = folder.ancestors().skip(1).find(|f| f.join("lead.toml").is_file())
    {
        found.push(above.to_path_buf());
    }
    found.in_order();
    found
}
