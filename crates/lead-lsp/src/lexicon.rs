//! One lexicon while it is open: its texts, from the editor where they are open there and else from disk.

use lead_diag::InOrder;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use lead_diag::{Diagnostic, FileId};
use lead_hir::Session;
use lead_ide::{Encoding, Snapshot};
use tower_lsp::lsp_types::Url;

use crate::documents::Document;
use crate::exports::{DataFolder, Kept};
use crate::place::{Home, Key, is_settings};
use crate::view::{FileOf, View};

/// The name of the settings in a session.
const SETTINGS: &str = "lead.toml";

/// What tells whether a file on disk is still the one that was read.
type Stamp = (Option<SystemTime>, u64);

/// A file of the lexicon.
#[derive(Debug)]
struct Entry {
    key: Key,
    uri: Url,
    /// The editor's count, while it is open there.
    version: Option<i32>,
    /// Of what was read from disk.
    stamp: Option<Stamp>,
    id: Option<FileId>,
    /// Why it could not be read.
    trouble: Option<Diagnostic>,
}

/// A lexicon.
pub struct Lexicon {
    home: Home,
    session: Session,
    /// By their names in the session.
    files: BTreeMap<String, Entry>,
    /// What was found while folders were looked through.
    found: Vec<Diagnostic>,
    kept: Arc<Kept>,
    view: Option<Arc<View>>,
}

impl Lexicon {
    /// An empty one; files come with [`Lexicon::look`].
    pub fn new(home: Home) -> Lexicon {
        let (session, files) = (Session::with_lints(Box::new(lead_logic::Linter::new())), BTreeMap::new());
        Lexicon { home, session, files, found: Vec::new(), kept: Arc::default(), view: None }
    }

    /// How many files it has.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// The name for people.
    pub fn name(&self) -> String {
        let path = match &self.home {
            Home::Folder(folder) => folder.clone(),
            Home::Alone(Key::File(path)) => path.clone(),
            Home::Alone(Key::Other(uri)) => return uri.clone(),
        };
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
    }

    /// Whether anything changed since the last view.
    pub fn is_stale(&self) -> bool {
        self.view.is_none()
    }

    /// The name of a document in the session.
    fn name_of(&self, key: &Key) -> String {
        let relative = match (&self.home, key.path()) {
            (Home::Folder(folder), Some(path)) => path.strip_prefix(folder).ok().map(Path::to_path_buf),
            (Home::Alone(_), Some(path)) => path.file_name().map(PathBuf::from),
            _ => None,
        };
        match relative {
            Some(path) => {
                let parts: Vec<String> =
                    path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
                parts.join("/")
            }
            None => match key {
                Key::Other(uri) => uri.clone(),
                Key::File(path) => path.display().to_string(),
            },
        }
    }

    /// Takes the text that the editor has.
    pub fn set(&mut self, key: &Key, document: &Document) {
        let name = self.name_of(key);
        let id = self.put(&name, Some(document.text.clone()));
        let entry = Entry {
            key: key.clone(),
            uri: document.uri.clone(),
            version: Some(document.version),
            stamp: None,
            id,
            trouble: None,
        };
        self.files.insert(name, entry);
        self.view = None;
    }

    /// Takes the text from disk again, or leaves the file out if it is there no more.
    pub fn unset(&mut self, key: &Key) {
        let name = self.name_of(key);
        self.leave_out(&name);
        if let Some(path) = key.path().filter(|p| p.is_file()) {
            self.read(name, path);
        }
    }

    fn leave_out(&mut self, name: &str) {
        if self.files.remove(name).is_some() {
            self.put(name, None);
            self.view = None;
        }
    }

    /// A text in the session, or none.
    fn put(&mut self, name: &str, text: Option<Arc<str>>) -> Option<FileId> {
        match text {
            text if name == SETTINGS && matches!(self.home, Home::Folder(_)) => {
                self.session.set_config(SETTINGS, text);
                None
            }
            Some(text) => Some(self.session.set_file(name, text)),
            None => {
                self.session.remove_file(name);
                None
            }
        }
    }

    fn read(&mut self, name: String, path: &Path) {
        let Ok(uri) = Url::from_file_path(path) else { return };
        let stamp = stamp(path);
        let mut entry =
            Entry { key: Key::File(path.to_path_buf()), uri, version: None, stamp, id: None, trouble: None };
        match lead_project::read_text(path) {
            Ok(text) => entry.id = self.put(&name, Some(text.into())),
            Err(unreadable) => {
                self.put(&name, None);
                entry.trouble = Some(unreadable.diagnostic(FileId(u32::MAX), &name));
            }
        }
        self.files.insert(name, entry);
        self.view = None;
    }

    /// Looks at the disk: reads what is new or has changed, leaves out what is gone. What is open in the editor stays.
    pub fn look(&mut self, belongs: impl Fn(&Path) -> bool) {
        let Home::Folder(folder) = self.home.clone() else {
            let Home::Alone(key) = self.home.clone() else { return };
            if !self.files.values().any(|f| f.version.is_some()) {
                self.unset(&key);
            }
            return;
        };
        let (listed, found) = lead_project::list_files(&folder);
        if found != self.found {
            self.found = found;
            self.view = None;
        }
        let mut there: HashMap<String, PathBuf> = HashMap::new();
        let settings = folder.join(SETTINGS);
        let all = listed.into_iter().map(|f| folder.join(f)).filter(|f| belongs(f));
        for path in all.chain(settings.is_file().then_some(settings)) {
            there.insert(self.name_of(&Key::File(path.clone())), path);
        }
        let gone: Vec<String> = self
            .files
            .iter()
            .filter(|(name, entry)| match entry.version {
                Some(_) => entry.key.path().is_some_and(|p| !is_settings(p) && !belongs(p)),
                None => !there.contains_key(*name),
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.leave_out(&name);
        }
        let mut there: Vec<(String, PathBuf)> = there.into_iter().collect();
        there.in_order();
        for (name, path) in there {
            let known = self.files.get(&name);
            let is_known = known.is_some_and(|e| e.version.is_some() || e.stamp == stamp(&path) && e.stamp.is_some());
            if !is_known {
                self.read(name, &path);
            }
        }
    }

    /// Forgets when files were read, so that the next look reads them whatever their times say.
    pub fn suspect(&mut self, path: &Path) {
        let name = self.name_of(&Key::File(path.to_path_buf()));
        if let Some(entry) = self.files.get_mut(&name) {
            entry.stamp = None;
        }
    }

    /// The lexicon as it is now, checked.
    pub fn view(&mut self, encoding: Encoding) -> Arc<View> {
        if let Some(view) = &self.view {
            return view.clone();
        }
        let checked = self.session.check();
        let mut files = HashMap::new();
        let mut by_key = HashMap::new();
        let mut unread: Vec<(Url, Diagnostic)> = Vec::new();
        for entry in self.files.values() {
            let is_config = entry.id.is_none() && entry.trouble.is_none();
            let id = if is_config { checked.config_file } else { entry.id };
            if let Some(id) = id {
                files.insert(id, FileOf { uri: entry.uri.clone(), version: entry.version });
                by_key.insert(entry.key.clone(), id);
            }
            unread.extend(entry.trouble.iter().map(|t| (entry.uri.clone(), t.clone())));
        }
        let folder = self.home.folder().map(Path::to_path_buf).unwrap_or_default();
        let (data, outside) = lead_project::data_folder(&folder, &checked.config);
        // What belongs to no file is shown at the settings, or else at the first file.
        let general = self.files.get(SETTINGS).or_else(|| self.files.values().next()).map(|e| e.uri.clone());
        if let Some(uri) = general {
            let all = self.found.iter().chain(checked.placeless()).chain(&outside);
            unread.extend(all.map(|d| (uri.clone(), d.clone())));
        }
        let exports = Arc::new(DataFolder::new(data.clone(), checked.clone(), self.kept.clone()));
        let snapshot = Snapshot::with(checked, exports, None);
        let view = View { home: self.home.clone(), snapshot, files, by_key, unread, data, encoding };
        let view = Arc::new(view);
        self.view = Some(view.clone());
        view
    }

    /// Every document, whether or not it could be read.
    pub fn uris(&self) -> impl Iterator<Item = &Url> {
        self.files.values().map(|f| &f.uri)
    }

    /// Whether a document is open in the editor.
    pub fn has_open(&self) -> bool {
        self.files.values().any(|f| f.version.is_some())
    }

    /// Whether it takes this document's text from the editor.
    pub fn has(&self, key: &Key) -> bool {
        self.files.get(&self.name_of(key)).is_some_and(|f| f.version.is_some())
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok(), meta.len()))
}
