//! The thread that owns all lexicons. What happens to them comes to it as messages, in the order in which it happened; so
//! every request is answered from the texts as they were when it arrived, and no lock is held while anything is checked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use lead_ide::Encoding;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::Url;

use crate::documents::Document;
use crate::findings::Findings;
use crate::lexicon::Lexicon;
use crate::outbox::Outbox;
use crate::place::{Home, Key, home_of, is_settings};
use crate::settings::Settings;
use crate::ticket::Reply;
use crate::view::{Asked, View};
use crate::workspace;

/// What the analysis is told.
pub enum Message {
    /// How columns are counted, and the folders of the workspace.
    Agreed { encoding: Encoding, folders: Vec<PathBuf> },
    /// The client is ready: the folders of the workspace may be looked through.
    Start,
    /// Settings changed.
    Settings(Arc<Settings>),
    /// A document was opened in the editor.
    Opened(Document),
    /// A document has another text.
    Changed(Document),
    /// A document was closed in the editor.
    Closed(Url),
    /// Something happened to these files or folders.
    Disk(Vec<PathBuf>),
    /// The folders of the workspace changed.
    Folders { added: Vec<PathBuf>, removed: Vec<PathBuf> },
    /// A request wants to know how things are.
    Ask { about: Option<Url>, reply: Reply, fault: bool },
}

/// A message, and how many changes had arrived by then.
pub type Told = (u64, Message);

/// A lexicon with more files than this is worth a word on what is going on.
const LARGE: usize = 40;

/// All lexicons that are open.
pub struct Analysis {
    lexicons: BTreeMap<Home, Lexicon>,
    /// The lexicons in folders of the workspace: open whether or not a document of theirs is.
    pinned: BTreeSet<Home>,
    open: HashMap<Key, Document>,
    homes: HashMap<Key, Home>,
    folders: Vec<PathBuf>,
    started: bool,
    settings: Arc<Settings>,
    encoding: Encoding,
    outbox: Outbox,
    findings: Findings,
    /// The change that was applied last.
    revision: u64,
    /// When findings are to be shown.
    due: Option<Instant>,
    /// The document that was changed last: its findings are shown first.
    last: Option<Key>,
}

impl Analysis {
    /// With nothing open.
    pub fn new(outbox: Outbox) -> Analysis {
        Analysis {
            lexicons: BTreeMap::new(),
            pinned: BTreeSet::new(),
            open: HashMap::new(),
            homes: HashMap::new(),
            folders: Vec::new(),
            started: false,
            settings: Arc::default(),
            encoding: Encoding::Utf16,
            findings: Findings::new(outbox.clone()),
            outbox,
            revision: 0,
            due: None,
            last: None,
        }
    }

    /// Works until nobody can ask any more.
    pub fn run(mut self, messages: &Receiver<Told>) {
        loop {
            let message = match self.due {
                Some(due) => match messages.recv_timeout(due.saturating_duration_since(Instant::now())) {
                    Ok(message) => Some(message),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                None => match messages.recv() {
                    Ok(message) => Some(message),
                    Err(_) => return,
                },
            };
            let done = catch_unwind(AssertUnwindSafe(|| match message {
                Some((revision, message)) => {
                    self.revision = revision;
                    self.handle(message);
                }
                None => {
                    self.due = None;
                    self.show();
                }
            }));
            if done.is_err() {
                self.recover();
            }
        }
    }

    /// After a panic: nothing that was half done is used again.
    fn recover(&mut self) {
        self.outbox.log("the check of a lexicon failed; it is read anew".to_owned());
        self.due = None;
        let homes: Vec<Home> = self.lexicons.keys().cloned().collect();
        for home in homes {
            let mut lexicon = Lexicon::new(home.clone());
            let again = catch_unwind(AssertUnwindSafe(|| {
                self.fill(&mut lexicon, &home);
                lexicon.view(self.encoding);
            }));
            // One that fails again stays empty until its texts change.
            let lexicon = if again.is_ok() { lexicon } else { Lexicon::new(home.clone()) };
            self.lexicons.insert(home, lexicon);
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Agreed { encoding, folders } => {
                self.encoding = encoding;
                self.folders = folders;
            }
            Message::Start => {
                self.started = true;
                self.pin();
                self.soon();
            }
            Message::Settings(settings) => {
                self.settings = settings;
                self.findings.forget();
                self.outbox.refresh();
                self.soon();
            }
            Message::Opened(document) => self.opened(document),
            Message::Changed(document) => self.changed(document),
            Message::Closed(uri) => self.closed(&uri),
            Message::Disk(paths) => self.on_disk(&paths),
            Message::Folders { added, removed } => {
                self.folders.retain(|f| !removed.contains(f));
                self.folders.extend(added);
                self.pin();
                self.soon();
            }
            Message::Ask { about, reply, fault } => {
                // Nobody waits for the answer of a request that was given up.
                if !reply.is_closed() {
                    let answer = catch_unwind(AssertUnwindSafe(|| {
                        assert!(!fault, "a fault on demand");
                        self.ask(about.as_ref())
                    }));
                    let failed = answer.is_err();
                    let _ = reply.send(answer.unwrap_or_else(|_| Err(Error::internal_error())));
                    if failed {
                        self.recover();
                    }
                }
            }
        }
    }

    /// Findings are shown once nothing was typed for a while.
    fn soon(&mut self) {
        self.due = Some(Instant::now() + self.settings.debounce);
    }

    fn home(&self, key: &Key) -> Home {
        home_of(key, |folder| has_settings(folder, &self.open))
    }

    fn opened(&mut self, document: Document) {
        let key = Key::of(&document.uri);
        let is_new_settings = key.path().is_some_and(|p| is_settings(p) && !p.is_file());
        self.open.insert(key.clone(), document.clone());
        if is_new_settings {
            self.settle();
        }
        let home = self.home(&key);
        self.homes.insert(key.clone(), home.clone());
        self.load(&home);
        if let Some(lexicon) = self.lexicons.get_mut(&home) {
            lexicon.set(&key, &document);
        }
        self.last = Some(key);
        // The first look at a document waits for nothing.
        self.due = Some(Instant::now());
    }

    fn changed(&mut self, document: Document) {
        let key = Key::of(&document.uri);
        let Some(home) = self.homes.get(&key) else { return };
        if let Some(lexicon) = self.lexicons.get_mut(home) {
            lexicon.set(&key, &document);
        }
        self.open.insert(key.clone(), document);
        self.last = Some(key);
        self.soon();
    }

    fn closed(&mut self, uri: &Url) {
        let key = Key::of(uri);
        self.open.remove(&key);
        self.findings.clear(uri);
        let Some(home) = self.homes.remove(&key) else { return };
        if key.path().is_some_and(|p| is_settings(p) && !p.is_file()) {
            self.settle();
        }
        if let Some(lexicon) = self.lexicons.get_mut(&home) {
            lexicon.unset(&key);
        }
        self.drop_unused();
        self.soon();
    }

    fn on_disk(&mut self, paths: &[PathBuf]) {
        // Settings that come or go change what belongs to which lexicon.
        let settled = paths.iter().any(|p| is_settings(p));
        for path in paths {
            for lexicon in self.lexicons.values_mut() {
                lexicon.suspect(path);
            }
        }
        if settled {
            self.settle();
        }
        let homes: Vec<Home> = self.lexicons.keys().cloned().collect();
        for home in homes {
            let concerned = home.folder().is_some_and(|f| paths.iter().any(|p| p.starts_with(f) || f.starts_with(p)));
            if concerned {
                self.look(&home);
            }
        }
        self.outbox.refresh();
        self.soon();
    }

    /// Finds out anew which lexicon every open document belongs to.
    fn settle(&mut self) {
        let keys: Vec<Key> = self.open.keys().cloned().collect();
        for key in keys {
            let home = self.home(&key);
            let is_there = self.lexicons.get(&home).is_some_and(|l| l.has(&key));
            if self.homes.get(&key) != Some(&home) || !is_there {
                let old = self.homes.insert(key.clone(), home.clone()).filter(|old| *old != home);
                if let Some(lexicon) = old.and_then(|old| self.lexicons.get_mut(&old)) {
                    lexicon.unset(&key);
                }
                self.load(&home);
                if let (Some(lexicon), Some(document)) = (self.lexicons.get_mut(&home), self.open.get(&key)) {
                    lexicon.set(&key, document);
                }
            }
        }
        if self.started {
            self.pin();
        }
        let homes: Vec<Home> = self.lexicons.keys().cloned().collect();
        for home in homes {
            self.look(&home);
        }
        self.drop_unused();
    }

    /// Opens the lexicons of the workspace's folders, and those alone stay open without a document.
    fn pin(&mut self) {
        self.pinned.clear();
        if !self.started {
            return;
        }
        for folder in self.folders.clone() {
            for found in workspace::lexicons(&folder) {
                let home = Home::Folder(found);
                self.load(&home);
                self.pinned.insert(home);
            }
        }
        self.drop_unused();
    }

    fn load(&mut self, home: &Home) {
        if self.lexicons.contains_key(home) {
            return;
        }
        let mut lexicon = Lexicon::new(home.clone());
        self.fill(&mut lexicon, home);
        self.lexicons.insert(home.clone(), lexicon);
    }

    /// Gives a new lexicon its files.
    fn fill(&self, lexicon: &mut Lexicon, home: &Home) {
        for (key, document) in &self.open {
            if self.homes.get(key) == Some(home) {
                lexicon.set(key, document);
            }
        }
        let open = &self.open;
        lexicon.look(|path| belongs(path, home, open));
    }

    fn look(&mut self, home: &Home) {
        let open = &self.open;
        if let Some(lexicon) = self.lexicons.get_mut(home) {
            lexicon.look(|path| belongs(path, home, open));
        }
    }

    /// Lexicons that are neither of the workspace nor open in the editor are forgotten, and so are those without settings.
    fn drop_unused(&mut self) {
        let gone = |home: &Home, lexicon: &Lexicon| {
            let unused = !self.pinned.contains(home) && !lexicon.has_open();
            let unsettled = matches!(home, Home::Folder(folder) if !has_settings(folder, &self.open));
            unused || unsettled && !self.homes.values().any(|h| h == home)
        };
        let gone: Vec<Home> = self.lexicons.iter().filter(|(h, l)| gone(h, l)).map(|(h, _)| h.clone()).collect();
        for home in gone {
            self.lexicons.remove(&home);
            self.pinned.remove(&home);
            self.findings.drop_home(&home);
        }
    }

    fn view(&mut self, home: &Home) -> Option<Arc<View>> {
        let encoding = self.encoding;
        let lexicon = self.lexicons.get_mut(home)?;
        let large = lexicon.len() >= LARGE && lexicon.is_stale() && !self.findings.has_seen(home);
        let progress = large.then(|| self.outbox.progress(&format!("Checking {}", lexicon.name())));
        let view = lexicon.view(encoding);
        drop(progress);
        Some(view)
    }

    fn ask(&mut self, about: Option<&Url>) -> Result<Asked> {
        let settings = self.settings.clone();
        let Some(uri) = about else {
            let homes: Vec<Home> = self.lexicons.keys().cloned().collect();
            let all = homes.iter().filter_map(|h| self.view(h)).collect();
            return Ok(Asked { about: None, all, settings });
        };
        let key = Key::of(uri);
        let home = match self.homes.get(&key) {
            Some(home) => home.clone(),
            None => {
                // Not open, and maybe a file of a lexicon that is.
                let home = self.home(&key);
                if !self.lexicons.contains_key(&home) {
                    return Ok(Asked { about: None, all: Vec::new(), settings });
                }
                home
            }
        };
        let view = self.view(&home);
        let about = view.and_then(|v| v.by_key.get(&key).copied().map(|file| (v, file)));
        Ok(Asked { about, all: Vec::new(), settings })
    }

    /// Shows what was found, the document that was changed last first.
    fn show(&mut self) {
        let revision = self.revision;
        let first = self.last.as_ref().and_then(|k| self.homes.get(k)).cloned();
        let others = self.lexicons.keys().filter(|h| Some(*h) != first.as_ref()).cloned();
        let homes: Vec<Home> = first.iter().cloned().chain(others).collect();
        for home in homes {
            let Some(view) = self.view(&home) else { continue };
            self.findings.show(&home, &view, self.last.as_ref(), &self.settings, revision);
            let uris: Vec<Url> = self.lexicons.get(&home).map(|l| l.uris().cloned().collect()).unwrap_or_default();
            self.findings.keep_only(&home, &uris, revision);
        }
    }
}

fn has_settings(folder: &Path, open: &HashMap<Key, Document>) -> bool {
    let path = folder.join("lead.toml");
    path.is_file() || open.contains_key(&Key::File(path))
}

fn belongs(path: &Path, home: &Home, open: &HashMap<Key, Document>) -> bool {
    home_of(&Key::File(path.to_path_buf()), |folder| has_settings(folder, open)) == *home
}
