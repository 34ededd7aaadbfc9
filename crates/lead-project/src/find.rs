//! Which lexicon a path belongs to.

use std::path::{Path, PathBuf};

use lead_diag::{Diagnostic, SourceMap, codes};

use crate::Failed;

/// A lexicon's place.
pub(crate) struct Found {
    /// Its folder.
    pub root: PathBuf,
    /// Its `lead.toml`.
    pub toml: Option<PathBuf>,
    /// The only file, where no `lead.toml` stands above it.
    pub lone: Option<PathBuf>,
    /// The path that was given, and how it was written.
    given: PathBuf,
    written: PathBuf,
}

/// The lexicon of a folder or `.lead` file.
pub(crate) fn find(path: &Path) -> Result<Found, Box<Failed>> {
    let real = match path.canonicalize() {
        Ok(real) => real,
        Err(error) => {
            let found = Diagnostic::new(codes::NO_LEXICON, format!("`{}` cannot be opened", path.display()));
            let found = match error.kind() {
                std::io::ErrorKind::NotFound => found.help("no file or folder has this name"),
                std::io::ErrorKind::PermissionDenied => found.help("reading it is not permitted"),
                _ => found.help("name the folder of a lexicon, or a `.lead` file"),
            };
            return Err(failed(found));
        }
    };
    let is_file = real.is_file();
    let is_settings = is_file && real.file_name().is_some_and(|n| n == "lead.toml");
    if is_file && !is_settings && real.extension().is_none_or(|e| e != "lead") {
        let found = Diagnostic::new(codes::NO_LEXICON, format!("`{}` is not a `.lead` file", path.display()))
            .help("name the folder of a lexicon, or a `.lead` file");
        return Err(failed(found));
    }
    let folder = if is_file { real.parent().unwrap_or(&real).to_path_buf() } else { real.clone() };
    let with_toml = folder.ancestors().find(|f| f.join("lead.toml").is_file());
    let (root, toml, lone) = match with_toml {
        Some(root) => (root.to_path_buf(), Some(root.join("lead.toml")), None),
        None => (folder, None, is_file.then(|| real.clone())),
    };
    Ok(Found { root, toml, lone, given: real, written: path.to_path_buf() })
}

fn failed(found: Diagnostic) -> Box<Failed> {
    Box::new(Failed { sources: SourceMap::new(), diagnostics: vec![found] })
}

impl Found {
    /// A folder, its files named relative to it.
    pub fn folder(root: PathBuf) -> Found {
        Found { given: root.clone(), root, toml: None, lone: None, written: PathBuf::new() }
    }

    /// A path as the reader would write it: relative to where the given path was written from.
    pub fn name(&self, path: &Path) -> String {
        if path == self.given {
            return self.written.display().to_string();
        }
        // Up from the given path to what both share, then down.
        let base = if self.given.is_file() { self.given.parent().unwrap_or(&self.given) } else { &self.given };
        let written = if self.given.is_file() { self.written.parent().unwrap_or(Path::new("")) } else { &self.written };
        let mut up = PathBuf::from(written);
        for ancestor in base.ancestors() {
            if let Ok(rest) = path.strip_prefix(ancestor) {
                let name = clean(&up.join(rest));
                return if name.as_os_str().is_empty() { ".".into() } else { name.display().to_string() };
            }
            up.push("..");
        }
        path.display().to_string()
    }
}

/// Without `.` and without `x/..`.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir
                if matches!(out.components().next_back(), Some(std::path::Component::Normal(_))) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
