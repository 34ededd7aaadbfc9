//! Files of lexicons: finding them, reading them, and writing them so that nobody ever sees half of one.

use lead_diag::InOrder;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};

use crate::staging;
use crate::terminal::{Failure, plain};

/// All `.lead` files of the paths, sorted, each once. A folder stands for those below it; hidden folders are left out.
pub fn lead_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let kind = fs::metadata(path)
            .map_err(|e| Failure::data(format!("`{}` cannot be opened: {}", path.display(), plain(&e))))?;
        if kind.is_dir() {
            walk(path, &mut found, 0)?;
        } else {
            found.push(path.clone());
        }
    }
    for path in &mut found {
        *path = tidy(path);
    }
    found.in_order();
    found.dedup();
    Ok(found)
}

/// Folders nested deeper than this are not searched; links could go round for ever.
const DEEPEST: usize = 32;

fn walk(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) -> Result<(), Failure> {
    let fail = |e: io::Error| Failure::data(format!("`{}` cannot be listed: {}", folder.display(), plain(&e)));
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (name, path) = (entry.file_name(), entry.path());
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() && depth < DEEPEST {
            walk(&path, found, depth + 1)?;
        } else if !kind.is_dir() && path.extension().is_some_and(|e| e == "lead") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// A path without `.` parts.
pub fn tidy(path: &Path) -> PathBuf {
    let tidied: PathBuf = path.components().filter(|c| !matches!(c, Component::CurDir)).collect();
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

/// The text of a lexicon file.
pub fn read(path: &Path) -> Result<String, Failure> {
    let bytes =
        fs::read(path).map_err(|e| Failure::data(format!("`{}` cannot be read: {}", path.display(), plain(&e))))?;
    String::from_utf8(bytes).map_err(|_| Failure::data(format!("`{}` is not UTF-8 text", path.display())))
}

/// Puts `text` in place of the file at `path`: written beside it and renamed, with the permissions of the old one.
/// A link stays a link.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |e: io::Error| Failure::data(format!("`{}` cannot be written: {}", path.display(), plain(&e)));
    let real = fs::canonicalize(path).map_err(fail)?;
    let permissions = fs::metadata(&real).map_err(fail)?.permissions();
    if permissions.readonly() {
        return Err(Failure::data(format!("`{}` cannot be written: it is read-only", path.display())));
    }
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut file = staging::file_in(folder).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.as_file().set_permissions(permissions).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(&real).map_err(|e| fail(e.error))?;
    Ok(())
}

/// Writes a file whole: beside its place, then renamed. One that is there is replaced.
pub fn put(path: &Path, text: &str) -> Result<(), Failure> {
    if path.exists() {
        return replace(path, text);
    }
    let fail = |e: io::Error| Failure::data(format!("`{}` cannot be written: {}", path.display(), plain(&e)));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = staging::file_in(folder).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

/// The changes from `old` to `new` as a unified diff of a file.
pub fn unified_diff(name: &str, old: &str, new: &str) -> String {
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    if diff.count_additions() == 0 && diff.count_removals() == 0 {
        return String::new();
    }
    let printer = BasicLineDiffPrinter(&input.interner);
    let changes = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &input);
    format!("--- {name} (as it is)\n+++ {name} (as it would be)\n{changes}")
}

/// A unified diff with its lines coloured.
pub fn paint_diff(diff: &str, terminal: &crate::terminal::Terminal) -> String {
    use crate::terminal::Style;
    let mut out = String::with_capacity(diff.len());
    for line in diff.split_inclusive('\n') {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        let style = match body.as_bytes().first() {
            Some(b'+') => Some(Style::Green),
            Some(b'-') => Some(Style::Red),
            Some(b'@') => Some(Style::Cyan),
            _ => None,
        };
        out.push_str(&style.map_or_else(|| body.to_owned(), |s| terminal.paint(s, body)));
        out.push_str(end);
    }
    out
}
