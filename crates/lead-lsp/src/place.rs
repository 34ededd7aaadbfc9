//! Where documents are: addresses and paths, and which lexicon a path belongs to.

use std::path::{Component, Path, PathBuf};

use tower_lsp::lsp_types::Url;

/// What tells documents apart, however an editor spells their addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A file.
    File(PathBuf),
    /// Something that is in the editor alone.
    Other(String),
}

impl Key {
    /// The key of an address.
    pub fn of(uri: &Url) -> Key {
        match path_of(uri) {
            Some(path) => Key::File(path),
            None => Key::Other(uri.as_str().to_owned()),
        }
    }

    /// The path of a file.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Key::File(path) => Some(path),
            Key::Other(_) => None,
        }
    }
}

/// The path of a `file:` address, without `.` and `..`.
pub fn path_of(uri: &Url) -> Option<PathBuf> {
    if uri.scheme() != "file" {
        return None;
    }
    let path = uri.to_file_path().ok()?;
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    Some(tidy)
}

/// Whether it is the settings of a lexicon.
pub fn is_settings(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == "lead.toml")
}

/// Whether it is a file of a lexicon.
pub fn is_lexicon_file(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "lead")
}

/// A lexicon: the folder of its `lead.toml`, or a document that stands alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Home {
    /// The folder.
    Folder(PathBuf),
    /// The document.
    Alone(Key),
}

impl Home {
    /// The folder that its files are named in.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Home::Folder(folder) => Some(folder),
            Home::Alone(key) => key.path().and_then(Path::parent),
        }
    }
}

/// The lexicon of a document, where `has_settings` tells whether a folder has a `lead.toml`.
pub fn home_of(key: &Key, has_settings: impl Fn(&Path) -> bool) -> Home {
    let alone = || Home::Alone(key.clone());
    let Some(path) = key.path() else { return alone() };
    if is_settings(path) {
        return path.parent().map_or_else(alone, |folder| Home::Folder(folder.to_path_buf()));
    }
    let folder = path.parent().and_then(|p| p.ancestors().find(|f| has_settings(f)));
    match folder {
        Some(folder) if is_looked_into(folder, path) => Home::Folder(folder.to_path_buf()),
        _ => alone(),
    }
}

/// Whether a lexicon finds a file below its folder: hidden folders and `target` are left out.
fn is_looked_into(folder: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(folder) else { return false };
    let left_out = |name: &str| name.starts_with('.');
    let folders_fit = below.parent().into_iter().flat_map(Path::components).all(|part| {
        let name = part.as_os_str().to_string_lossy();
        name != "target" && !left_out(&name)
    });
    folders_fit && !below.file_name().is_some_and(|n| left_out(&n.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn home(path: &str) -> Home {
        let with = |f: &Path| f == Path::new("/w") || f == Path::new("/w/inner");
        home_of(&Key::File(path.into()), with)
    }

    #[test]
    fn the_nearest_settings_tell_the_lexicon() {
        assert_eq!(home("/w/a.lead"), Home::Folder("/w".into()));
        assert_eq!(home("/w/sub/deep/a.lead"), Home::Folder("/w".into()));
        assert_eq!(home("/w/inner/a.lead"), Home::Folder("/w/inner".into()));
        assert_eq!(home("/elsewhere/a.lead"), Home::Alone(Key::File("/elsewhere/a.lead".into())));
        assert_eq!(home("/new/lead.toml"), Home::Folder("/new".into()));
    }

    #[test]
    fn what_a_lexicon_does_not_look_into_stands_alone() {
        for path in ["/w/.git/a.lead", "/w/target/a.lead", "/w/.a.lead"] {
            assert!(matches!(home(path), Home::Alone(_)), "{path}");
        }
        assert_eq!(home("/w/target.lead"), Home::Folder("/w".into()));
    }

    #[test]
    fn addresses_of_one_file_have_one_key() {
        let key = |u: &str| Key::of(&Url::parse(u).unwrap());
        assert_eq!(key("file:///a%20b/c.lead"), key("file:///a b/x/../c.lead"));
        assert_eq!(key("untitled:Untitled-1"), Key::Other("untitled:Untitled-1".into()));
    }
}
