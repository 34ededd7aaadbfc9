//! Reading the files of a lexicon.

use lead_diag::InOrder;
use std::fs;
use std::path::{Path, PathBuf};

use lead_diag::{Diagnostic, FileId, SourceMap, Span, codes};

use crate::find::Found;
use crate::start;

/// Folders below this many others are not looked into; links cannot make the search endless.
const DEEPEST: usize = 64;

/// Why a file gives no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What could be read before the trouble, so that its place can be shown.
    pub text: String,
    /// Why the disk gives nothing; `None`: it does, but not UTF-8.
    why: Option<&'static str>,
}

impl Unreadable {
    /// What is to be said about it.
    pub fn diagnostic(&self, file: FileId, name: &str) -> Diagnostic {
        match self.why {
            Some(why) => Diagnostic::new(codes::UNREADABLE_FILE, format!("`{name}` cannot be read"))
                .label(start(file), why)
                .help("a lexicon is made of text files that may be read"),
            None => Diagnostic::new(codes::UNREADABLE_FILE, format!("`{name}` is not UTF-8 text"))
                .label(Span::new(file, self.text.len(), self.text.len()), "the first sign that is not")
                .help("save the file again with the encoding UTF-8"),
        }
    }
}

/// The text of a file.
pub fn read_text(path: &Path) -> Result<String, Unreadable> {
    // What is too large to parse is not held in memory either; the parser's own limit is a little lower.
    const LARGEST: u64 = 64 << 20;
    let no = |why| Unreadable { text: String::new(), why: Some(why) };
    let bytes = match fs::metadata(path) {
        Ok(meta) if meta.len() > LARGEST => return Err(no("it is far too large for definitions")),
        _ => fs::read(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => no("it is not there"),
            std::io::ErrorKind::PermissionDenied => no("reading it is not permitted"),
            _ => no("the disk does not give it"),
        })?,
    };
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        Unreadable { text: String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned(), why: None }
    })
}

/// Adds a file to the sources. Without a text it could not be read, which is reported.
pub(crate) fn text(
    sources: &mut SourceMap,
    path: &Path,
    name: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> (FileId, Option<String>) {
    match read_text(path) {
        Ok(text) => (sources.add(name, text.clone()), Some(text)),
        Err(unreadable) => {
            let file = sources.add(name, unreadable.text.clone());
            diagnostics.push(unreadable.diagnostic(file, name));
            (file, None)
        }
    }
}

/// The `.lead` files of the lexicon in a folder, relative to it, in order of their paths; and what was found on the way,
/// without places.
pub fn list_files(folder: &Path) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let files = lead_files(&Found::folder(real.clone()), &mut diagnostics);
    let relative = files.into_iter().filter_map(|f| f.strip_prefix(&real).map(Path::to_path_buf).ok());
    (relative.collect(), diagnostics)
}

/// Of all files below a lexicon's folder, by their paths with `/`, those that are its own `.lead` files, in order: what a search of
/// the folder would find, for folders that are not on disk.
pub fn own_files<'p>(all: &[&'p str]) -> Vec<&'p str> {
    let others: Vec<&str> = all.iter().filter_map(|p| p.strip_suffix("/lead.toml")).collect();
    let is_own = |path: &&str| {
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let hidden = file.starts_with('.') || folders.split('/').any(|f| f.starts_with('.') || f == "target");
        let below =
            |other: &&str| folders == *other || folders.strip_prefix(*other).is_some_and(|r| r.starts_with('/'));
        !hidden && file.ends_with(".lead") && folders.split('/').count() <= DEEPEST && !others.iter().any(below)
    };
    let mut own: Vec<&str> = all.iter().copied().filter(is_own).collect();
    own.in_order_by(|a, b| a.split('/').cmp(b.split('/')));
    own
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
    files.in_order();
    files
}

#[cfg(test)]
mod tests {
    use super::own_files;

    #[test]
    fn files_of_other_lexicons_and_of_hidden_folders_are_not_ones_own() {
        let all = [
            "lead.toml",
            "b.lead",
            "a/c.lead",
            "a/.d.lead",
            ".git/e.lead",
            "target/f.lead",
            "other/lead.toml",
            "other/g.lead",
            "other/deep/h.lead",
            "others/i.lead",
            "a/readme.md",
        ];
        assert_eq!(own_files(&all), ["a/c.lead", "b.lead", "others/i.lead"]);
    }
}
