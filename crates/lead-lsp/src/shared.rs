//! What the service and its handlers share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lead_ide::{Cancel, Encoding};
use serde_json::Value;
use tokio::sync::Notify;
use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Url};

use crate::analysis::{Message, Told};
use crate::documents::{Documents, Misfit};
use crate::faults;
use crate::negotiated::Negotiated;
use crate::outbox::Outbox;
use crate::place::{is_lexicon_file, is_settings, path_of};
use crate::settings::Settings;
use crate::ticket::Ticket;
use crate::tokens::Kept;

/// State of the server. Locks are held for moments, never while something is computed or awaited.
pub struct Shared {
    documents: Mutex<Documents>,
    analysis: Sender<Told>,
    /// Counts changes, of documents and of whatever else findings depend on.
    revision: Arc<AtomicU64>,
    /// The count at which an open document changed last.
    changed: Mutex<HashMap<Url, u64>>,
    /// Computations whose answers are worth nothing once something changes.
    passing: Mutex<HashMap<u64, Waiting>>,
    next: AtomicU64,
    negotiated: OnceLock<Negotiated>,
    settings: Mutex<Arc<Settings>>,
    /// Tokens that were sent last.
    pub tokens: Arc<Kept>,
    /// What goes to the client.
    pub outbox: Outbox,
    closed: Arc<AtomicBool>,
    clean: AtomicBool,
    /// Told when the conversation is over.
    pub ended: Arc<Notify>,
}

/// A lock that a panic elsewhere does not break: what it guards is replaced whole or not at all.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// The state before the first message. Raising `closed` ends the input.
    pub fn new(
        analysis: Sender<Told>,
        revision: Arc<AtomicU64>,
        outbox: Outbox,
        closed: Arc<AtomicBool>,
        ended: Arc<Notify>,
    ) -> Shared {
        Shared {
            documents: Mutex::default(),
            analysis,
            revision,
            changed: Mutex::default(),
            passing: Mutex::default(),
            next: AtomicU64::new(0),
            negotiated: OnceLock::new(),
            settings: Mutex::default(),
            tokens: Arc::default(),
            outbox,
            closed,
            clean: AtomicBool::new(false),
            ended,
        }
    }

    /// What was agreed on; defaults before that.
    pub fn negotiated(&self) -> &Negotiated {
        static DEFAULT: OnceLock<Negotiated> = OnceLock::new();
        self.negotiated.get().unwrap_or_else(|| DEFAULT.get_or_init(Negotiated::default))
    }

    /// Whether `initialize` was answered.
    pub fn is_initialized(&self) -> bool {
        self.negotiated.get().is_some()
    }

    /// Sets what was agreed on, once.
    pub fn agree(&self, negotiated: Negotiated, settings: Settings) {
        self.set_settings(settings);
        self.outbox.agreed(&negotiated);
        self.send(Message::Agreed { encoding: negotiated.encoding, folders: negotiated.folders.clone() });
        let _ = self.negotiated.set(negotiated);
    }

    /// How columns are counted.
    pub fn encoding(&self) -> Encoding {
        self.negotiated().encoding
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        lock(&self.settings).clone()
    }

    fn set_settings(&self, settings: Settings) {
        let settings = Arc::new(settings);
        *lock(&self.settings) = settings.clone();
        self.send(Message::Settings(settings));
    }

    fn send(&self, message: Message) {
        // The analysis ends with the server alone.
        let _ = self.analysis.send((self.revision.load(Ordering::SeqCst), message));
    }

    /// Counts a change, of a document or of something else: what was computed before it is not to be shown any more.
    fn moved(&self, document: Option<&Url>) {
        let revision = self.revision.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(document) = document {
            lock(&self.changed).insert(document.clone(), revision);
        }
        lock(&self.passing).retain(|_, waiting| {
            let stays = waiting.about.is_some() && waiting.about.as_ref() != document;
            if !stays {
                waiting.cancel.cancel();
            }
            stays
        });
    }

    /// Gives up a computation as soon as a document, or anything at all, changes after a revision. Ends with the guard.
    pub fn passing(self: &Arc<Shared>, cancel: &Cancel, revision: u64, about: Option<&Url>) -> Passing {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.passing).insert(id, Waiting { cancel: cancel.clone(), about: about.cloned() });
        // What changed since the request arrived did not find it here.
        let is_over = match about {
            Some(document) => lock(&self.changed).get(document).is_some_and(|&changed| changed > revision),
            None => self.revision.load(Ordering::SeqCst) != revision,
        };
        if is_over {
            lock(&self.passing).remove(&id);
            cancel.cancel();
        }
        Passing { shared: self.clone(), id }
    }

    /// A place in the queue of the analysis, behind every change that arrived before.
    pub fn ticket(&self, about: Option<Url>, fault: bool) -> Ticket {
        let (reply, ticket) = Ticket::new(about.clone(), self.revision.load(Ordering::SeqCst));
        self.send(Message::Ask { about, reply, fault: fault && faults::wanted() });
        ticket
    }

    /// The client is ready for requests of the server.
    pub fn initialized(self: &Arc<Shared>) {
        self.send(Message::Start);
        self.outbox.register_watchers();
        if self.negotiated().can_configure {
            self.ask_for_settings();
        }
    }

    fn ask_for_settings(self: &Arc<Shared>) {
        let shared = self.clone();
        self.outbox.configuration(move |value| shared.apply_settings(&value));
    }

    fn apply_settings(&self, value: &Value) {
        let settings = Settings::read(value);
        if settings == *self.settings() {
            return;
        }
        self.moved(None);
        self.set_settings(settings);
    }

    /// `didChangeConfiguration`: some clients send the settings, others want to be asked.
    pub fn configured(self: &Arc<Shared>, value: Value) {
        if self.negotiated().can_configure {
            self.ask_for_settings();
        } else if value.is_object() {
            self.apply_settings(&value);
        }
    }

    /// `didOpen`
    pub fn opened(&self, item: TextDocumentItem) {
        let is_ours = path_of(&item.uri).is_some_and(|p| is_settings(&p) || is_lexicon_file(&p));
        if !is_ours && item.language_id != "lead" {
            return;
        }
        let uri = item.uri.clone();
        let document = lock(&self.documents).open(item.uri, item.version, item.text);
        self.moved(Some(&uri));
        self.send(Message::Opened(document));
    }

    /// `didChange`
    pub fn changed(&self, uri: &Url, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let changed = lock(&self.documents).change(uri, version, changes, self.encoding());
        match changed {
            Ok(document) => {
                self.moved(Some(uri));
                self.send(Message::Changed(document));
            }
            Err(Misfit::NotOpen) => {}
            Err(Misfit::InsideCharacter | Misfit::Backwards) => {
                self.outbox.log(format!("a change of {uri} does not fit its text and was not made; open it again"));
            }
        }
    }

    /// `didClose`
    pub fn closed(&self, uri: &Url) {
        if let Some(document) = lock(&self.documents).close(uri) {
            self.tokens.forget(uri);
            self.moved(Some(uri));
            lock(&self.changed).remove(uri);
            self.send(Message::Closed(document.uri));
        }
    }

    /// Something happened to files or folders.
    pub fn on_disk(&self, uris: Vec<Url>) {
        let paths: Vec<_> = uris.iter().filter_map(path_of).collect();
        if !paths.is_empty() {
            self.moved(None);
            self.send(Message::Disk(paths));
        }
    }

    /// Folders were added to the workspace, or taken out of it.
    pub fn folders(&self, added: Vec<Url>, removed: Vec<Url>) {
        let paths = |uris: Vec<Url>| uris.iter().filter_map(path_of).collect();
        self.moved(None);
        self.send(Message::Folders { added: paths(added), removed: paths(removed) });
    }

    /// `exit`
    pub fn exit(&self, clean: bool) {
        self.clean.store(clean, Ordering::SeqCst);
        self.closed.store(true, Ordering::SeqCst);
        self.ended.notify_one();
    }

    /// Ends what is still being computed.
    pub fn give_up(&self) {
        self.moved(None);
        for (_, waiting) in lock(&self.passing).drain() {
            waiting.cancel.cancel();
        }
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.clean.load(Ordering::SeqCst))
    }
}

/// A computation that is under way.
struct Waiting {
    cancel: Cancel,
    /// The document whose changes alone matter to it; any change matters to it where there is none.
    about: Option<Url>,
}

/// A computation that ends when something changes.
pub struct Passing {
    shared: Arc<Shared>,
    id: u64,
}

impl Passing {
    /// Whether something changed since.
    pub fn is_over(&self) -> bool {
        !lock(&self.shared.passing).contains_key(&self.id)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        lock(&self.shared.passing).remove(&self.id);
    }
}
