//! A folder with a lexicon for a language client, written as a text: `//- name` begins a file, `$0` is the cursor.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Files in a folder of their own.
pub struct Workspace {
    folder: TempDir,
    /// The texts as they were written, without the cursor.
    files: Vec<(String, String)>,
    cursor: Option<(String, u32, u32)>,
}

impl Workspace {
    /// Writes the files of a fixture. Names that begin with `?` are known here and not written.
    pub fn new(fixture: &str) -> Workspace {
        let mut files: Vec<(String, String)> = Vec::new();
        for line in fixture.split_inclusive('\n') {
            match (line.strip_prefix("//- "), files.last_mut()) {
                (Some(name), _) => files.push((name.trim().to_owned(), String::new())),
                (None, Some((_, text))) => text.push_str(line),
                (None, None) => assert!(line.trim().is_empty(), "a fixture begins with `//- name`"),
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let mut cursor = None;
        for (name, text) in &mut files {
            if let Some(at) = text.find("$0") {
                text.replace_range(at..at + 2, "");
                let line = text[..at].matches('\n').count();
                let column = at - text[..at].rfind('\n').map_or(0, |n| n + 1);
                cursor = Some((name.trim_start_matches('?').to_owned(), line as u32, column as u32));
            }
            match name.strip_prefix('?') {
                Some(unwritten) => *name = unwritten.to_owned(),
                None => {
                    let path = folder.path().join(&*name);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, &*text).unwrap();
                }
            }
        }
        Workspace { folder, files, cursor }
    }

    /// The folder.
    pub fn root(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// Its address.
    pub fn root_uri(&self) -> String {
        format!("file://{}", self.folder.path().display())
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of a file.
    pub fn uri(&self, name: &str) -> String {
        format!("{}/{name}", self.root_uri())
    }

    /// The text of a file, as it was written at first.
    pub fn text(&self, name: &str) -> &str {
        &self.files.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no file {name}")).1
    }

    /// Writes a file anew.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The document and position of the cursor, in bytes.
    pub fn at(&self) -> Value {
        let (name, line, column) = self.cursor.as_ref().expect("the fixture has a cursor");
        json!({ "textDocument": { "uri": self.uri(name) }, "position": { "line": line, "character": column } })
    }

    /// The same with more.
    pub fn at_with(&self, more: Value) -> Value {
        let mut params = self.at();
        for (key, value) in more.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        params
    }

    /// The name of the file that the cursor is in.
    pub fn file(&self) -> &str {
        &self.cursor.as_ref().expect("the fixture has a cursor").0
    }
}
