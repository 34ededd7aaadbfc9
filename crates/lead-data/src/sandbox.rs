//! From the names in `from` to files of the data folder, and never out of it.
//!
//! Invariant *stays inside*: every path given out is, links resolved, below the data folder.

use lead_diag::InOrder;
use std::path::{Component, Path, PathBuf};

/// A file of the data folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// As shown to people: relative to the data folder, `/` between folders.
    pub name: String,
    /// Links resolved.
    pub path: PathBuf,
}

/// Why a source gives no files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathTrouble {
    /// It leaves the folder: how.
    Outside(String),
    /// No such file; the nearest name there is.
    Missing(Option<String>),
    /// No file fits the pattern.
    NoMatch,
    /// The folder or file cannot be looked at.
    Unreadable(String),
}

/// The files of one source (a name or a pattern), sorted by name.
pub fn resolve(dir: &Path, source: &str) -> Result<Vec<Found>, PathTrouble> {
    check_written(source)?;
    let root =
        dir.canonicalize().map_err(|e| PathTrouble::Unreadable(format!("data folder `{}`: {e}", dir.display())))?;
    let literal = root.join(source);
    if literal.exists() || !is_pattern(source) {
        if !literal.exists() && literal.symlink_metadata().is_err() {
            return Err(PathTrouble::Missing(nearest(&root, source)));
        }
        return Ok(vec![inside(&root, &literal, source)?]);
    }
    let pattern = format!("{}/{}", glob::Pattern::escape(&root.to_string_lossy()), source);
    let options =
        glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    let paths =
        glob::glob_with(&pattern, options).map_err(|e| PathTrouble::Unreadable(format!("pattern `{source}`: {e}")))?;
    let mut found = Vec::new();
    for path in paths {
        let path = path.map_err(|e| PathTrouble::Unreadable(e.to_string()))?;
        if path.is_dir() {
            continue;
        }
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        found.push(inside(&root, &path, &name)?);
    }
    if found.is_empty() {
        return Err(PathTrouble::NoMatch);
    }
    found.in_order();
    Ok(found)
}

/// Whether a source is a pattern.
pub fn is_pattern(source: &str) -> bool {
    source.contains(['*', '?', '['])
}

/// What can be said from the text alone.
fn check_written(source: &str) -> Result<(), PathTrouble> {
    let outside = |how: &str| Err(PathTrouble::Outside(how.to_owned()));
    if source.trim().is_empty() {
        return Err(PathTrouble::Missing(None));
    }
    let drive = source.as_bytes().get(1) == Some(&b':') && source.as_bytes()[0].is_ascii_alphabetic();
    if source.starts_with(['/', '\\', '~']) || drive || Path::new(source).is_absolute() {
        return outside("it starts at the root of a disk");
    }
    let climbs = source.split(['/', '\\']).any(|part| part == "..");
    if climbs || Path::new(source).components().any(|c| matches!(c, Component::ParentDir | Component::Prefix(_))) {
        return outside("it climbs with `..`");
    }
    if source.contains('\0') {
        return outside("it holds a sign that no name may hold");
    }
    Ok(())
}

fn inside(root: &Path, path: &Path, name: &str) -> Result<Found, PathTrouble> {
    let Ok(real) = path.canonicalize() else {
        // A link to nowhere: where it points cannot be followed, so it is not there.
        return Err(PathTrouble::Missing(None));
    };
    if !real.starts_with(root) {
        return Err(PathTrouble::Outside(format!("`{name}` is a link that leaves the folder")));
    }
    if real.is_dir() {
        return Err(PathTrouble::Unreadable(format!("`{name}` is a folder")));
    }
    let name = name.trim_start_matches("./").to_owned();
    Ok(Found { name, path: real })
}

/// The nearest name of a file in the same folder.
fn nearest(root: &Path, source: &str) -> Option<String> {
    let (folder, wanted) = source.rsplit_once('/').map_or(("", source), |(f, w)| (f, w));
    let folder_path = root.join(folder).canonicalize().ok()?;
    if !folder_path.starts_with(root) {
        return None;
    }
    let mut names: Vec<String> = std::fs::read_dir(folder_path)
        .ok()?
        .flatten()
        .filter(|e| e.path().is_file())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.in_order();
    let near = nearest_of(wanted, names.iter().map(String::as_str))?.to_owned();
    Some(if folder.is_empty() { near } else { format!("{folder}/{near}") })
}

/// The nearest of some names to a word, if it is near enough to be what was meant.
pub(crate) fn nearest_of<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let folded = wanted.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for name in names {
        let lower = name.to_lowercase();
        let near = if lower == folded { 1.0 } else { strsim::jaro_winkler(&folded, &lower) };
        if near >= 0.8 && best.is_none_or(|(b, _)| near > b) {
            best = Some((near, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in ["contacts.csv", "events_2.csv", "events_1.csv", "sub/deals.csv"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "id\n1\n").unwrap();
        }
        dir
    }

    fn names(dir: &Path, source: &str) -> Vec<String> {
        resolve(dir, source).unwrap().into_iter().map(|f| f.name).collect()
    }

    #[test]
    fn names_and_patterns_give_files_sorted_by_name() {
        let dir = folder();
        assert_eq!(names(dir.path(), "contacts.csv"), ["contacts.csv"]);
        assert_eq!(names(dir.path(), "events_*.csv"), ["events_1.csv", "events_2.csv"]);
        assert_eq!(names(dir.path(), "sub/*.csv"), ["sub/deals.csv"]);
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        let dir = folder();
        for source in [
            "../contacts.csv",
            "sub/../../x.csv",
            "/etc/passwd",
            "C:\\x.csv",
            "..\\x.csv",
            "sub/../contacts.csv",
            "~/x",
        ] {
            assert!(matches!(resolve(dir.path(), source), Err(PathTrouble::Outside(_))), "{source}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_and_refused_outside() {
        use std::os::unix::fs::symlink;
        let (dir, other) = (folder(), folder());
        symlink(dir.path().join("contacts.csv"), dir.path().join("inside.csv")).unwrap();
        symlink(other.path().join("contacts.csv"), dir.path().join("outside.csv")).unwrap();
        symlink(other.path(), dir.path().join("away")).unwrap();
        symlink("nowhere.csv", dir.path().join("broken.csv")).unwrap();
        assert_eq!(names(dir.path(), "inside.csv"), ["inside.csv"]);
        for source in ["outside.csv", "away/contacts.csv", "away/*.csv", "outside*"] {
            assert!(matches!(resolve(dir.path(), source), Err(PathTrouble::Outside(_))), "{source}");
        }
        assert!(matches!(resolve(dir.path(), "broken.csv"), Err(PathTrouble::Missing(_))));
    }

    #[test]
    fn a_missing_file_names_the_nearest() {
        let dir = folder();
        assert_eq!(resolve(dir.path(), "Contact.csv"), Err(PathTrouble::Missing(Some("contacts.csv".into()))));
        assert_eq!(resolve(dir.path(), "sub/deal.csv"), Err(PathTrouble::Missing(Some("sub/deals.csv".into()))));
        assert_eq!(resolve(dir.path(), "spend_*.csv"), Err(PathTrouble::NoMatch));
        assert!(matches!(resolve(dir.path(), "sub"), Err(PathTrouble::Unreadable(_))));
    }
}
