//! Reading the files of a lexicon.

use std::fs;
use std::path::{Path, PathBuf};

use lead_diag::{Diagnostic, FileId, SourceMap, codes};

use crate::find::Found;
use crate::start;

/// Folders below this many others are not looked into; links cannot make the search endless.
const DEEPEST: usize = 64;

/// Adds a file to the sources. Without a text it could not be read, which is reported.
pub(crate) fn text(
    sources: &mut SourceMap,
    path: &Path,
    name: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> (FileId, Option<String>) {
    // What is too large to parse is not held in memory either; the parser's own limit is a little lower.
    const LARGEST: u64 = 64 << 20;
    let bytes = match fs::metadata(path) {
        Ok(meta) if meta.len() > LARGEST => Err("it is far too large for definitions".to_string()),
        _ => fs::read(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => "it is not there".to_string(),
            std::io::ErrorKind::PermissionDenied => "reading it is not permitted".to_string(),
            _ => "the disk does not give it".to_string(),
        }),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(why) => {
            let file = sources.add(name, "");
            diagnostics.push(
                Diagnostic::new(codes::UNREADABLE_FILE, format!("`{name}` cannot be read"))
                    .label(start(file), why)
                    .help("a lexicon is made of text files that may be read"),
            );
            return (file, None);
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => (sources.add(name, text.clone()), Some(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            // What is fine is kept, so that the place can be shown.
            let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            let file = sources.add(name, text);
            let at = lead_diag::Span::new(file, valid, valid);
            diagnostics.push(
                Diagnostic::new(codes::UNREADABLE_FILE, format!("`{name}` is not UTF-8 text"))
                    .label(at, "the first sign that is not")
                    .help("save the file again with the encoding UTF-8"),
            );
            (file, None)
        }
    }
}

/// All `.lead` files below the lexicon's folder, in order of their paths. Hidden folders and `target` are left out; links
/// that leave the folder are reported.
pub(crate) fn lead_files(found: &Found, diagnostics: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let root = found.root.canonicalize().unwrap_or_else(|_| found.root.clone());
    let mut files = Vec::new();
    let mut folders = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            let name = found.name(&folder);
            diagnostics.push(
                Diagnostic::new(codes::UNREADABLE_FILE, format!("the folder `{name}` cannot be read"))
                    .help("a lexicon is made of files that may be read"),
            );
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let file_name = entry.file_name();
            let name = file_name.to_string_lossy();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let is_lead = path.extension().is_some_and(|e| e == "lead");
            if kind.is_symlink() {
                // Linked folders are not entered: what they hold would be read twice, or is not the lexicon's.
                if is_lead && path.is_file() {
                    match path.canonicalize() {
                        Ok(real) if real.starts_with(&root) => files.push(path),
                        _ => diagnostics.push(
                            Diagnostic::new(
                                codes::SKIPPED_LINK,
                                format!("`{}` is a link that leaves the lexicon, and was not read", found.name(&path)),
                            )
                            .help("copy the file into the folder"),
                        ),
                    }
                }
            } else if kind.is_dir() {
                // A folder with a lead.toml of its own is another lexicon.
                if name != "target" && depth < DEEPEST && !path.join("lead.toml").is_file() {
                    folders.push((path, depth + 1));
                }
            } else if is_lead {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
