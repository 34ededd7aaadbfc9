//! What goes to the client without being asked for: findings, registrations, requests of the server. One task sends it, in
//! order; nobody else ever waits for the client.
//!
//! Requests of the server are tasks of their own that wait for as long as the client takes. None is given up: tower-lsp
//! does not survive an answer that nobody waits for.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    self as lsp, ConfigurationItem, MessageType, NumberOrString, ProgressParams, ProgressParamsValue, Registration,
    Url, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressCreateParams, WorkDoneProgressEnd, notification,
    request,
};

use crate::negotiated::{Negotiated, Refresh};
use crate::place::Home;
use crate::shared::lock;

/// The findings of a document.
pub struct Published {
    /// Of which.
    pub uri: Url,
    /// The version that they are of, while it is open.
    pub version: Option<i32>,
    /// They.
    pub findings: Arc<Vec<lsp::Diagnostic>>,
}

type Told = Box<dyn FnOnce(Value) + Send>;

enum Out {
    Publish { home: Home, all: Vec<Published>, revision: u64 },
    KeepOnly { home: Home, uris: Vec<Url>, revision: Option<u64> },
    Clear(Url),
    Log(String),
    Tell(String),
    Refresh,
    RegisterWatchers,
    Configuration(Told),
    Progress { title: String, end: oneshot::Receiver<()> },
    ApplyEdit { label: String, edit: Box<lsp::WorkspaceEdit> },
    ShowDocument { uri: Url, selection: Option<lsp::Range> },
}

/// Where everything that goes to the client is put.
#[derive(Clone)]
pub struct Outbox {
    sender: UnboundedSender<Out>,
    agreed: Arc<Mutex<Agreed>>,
}

/// As much of what was agreed on as matters here.
#[derive(Clone, Copy, Debug, Default)]
struct Agreed {
    pulls: bool,
    can_watch: bool,
    shows_progress: bool,
    shows_documents: bool,
    refresh: Refresh,
}

/// The other end of an [`Outbox`].
pub struct Sender {
    out: UnboundedReceiver<Out>,
    agreed: Arc<Mutex<Agreed>>,
    revision: Arc<AtomicU64>,
    /// What the client shows, by lexicon.
    shown: HashMap<Home, HashMap<Url, Shown>>,
}

type Shown = (Option<i32>, Arc<Vec<lsp::Diagnostic>>);

/// Progress that the client shows until this is dropped.
pub struct Progress {
    _end: oneshot::Sender<()>,
}

impl Outbox {
    /// Both ends. Findings are dropped where `revision` has moved on.
    pub fn new(revision: Arc<AtomicU64>) -> (Outbox, Sender) {
        let (sender, out) = unbounded_channel();
        let agreed = Arc::default();
        let outbox = Outbox { sender, agreed: Arc::clone(&agreed) };
        (outbox, Sender { out, agreed, revision, shown: HashMap::new() })
    }

    fn put(&self, out: Out) {
        // At the end nobody takes it any more.
        let _ = self.sender.send(out);
    }

    /// What was agreed on.
    pub fn agreed(&self, with: &Negotiated) {
        *lock(&self.agreed) = Agreed {
            pulls: with.pulls,
            can_watch: with.can_watch,
            shows_progress: with.shows_progress,
            shows_documents: with.shows_documents,
            refresh: with.refresh,
        };
    }

    /// Whether the client asks for findings.
    pub fn pulls(&self) -> bool {
        lock(&self.agreed).pulls
    }

    /// Sends findings of documents of a lexicon, as far as they differ from those sent before.
    pub fn publish(&self, home: &Home, all: Vec<Published>, revision: u64) {
        self.put(Out::Publish { home: home.clone(), all, revision });
    }

    /// Clears the findings of all other documents of a lexicon.
    pub fn keep_only(&self, home: &Home, uris: Vec<Url>, revision: Option<u64>) {
        self.put(Out::KeepOnly { home: home.clone(), uris, revision });
    }

    /// Clears the findings of a document.
    pub fn clear(&self, uri: &Url) {
        self.put(Out::Clear(uri.clone()));
    }

    /// A line for the client's log.
    pub fn log(&self, line: String) {
        self.put(Out::Log(line));
    }

    /// A sentence that the user is to see.
    pub fn tell(&self, sentence: String) {
        self.put(Out::Tell(sentence));
    }

    /// Tells the client to fetch anew what depends on more than one document.
    pub fn refresh(&self) {
        self.put(Out::Refresh);
    }

    /// Asks to be told of files that change.
    pub fn register_watchers(&self) {
        self.put(Out::RegisterWatchers);
    }

    /// Asks for the settings.
    pub fn configuration(&self, then: impl FnOnce(Value) + Send + 'static) {
        self.put(Out::Configuration(Box::new(then)));
    }

    /// Shows that something is going on.
    pub fn progress(&self, title: &str) -> Progress {
        let (sender, end) = oneshot::channel();
        self.put(Out::Progress { title: title.to_owned(), end });
        Progress { _end: sender }
    }

    /// Has the client make an edit.
    pub fn apply_edit(&self, label: String, edit: lsp::WorkspaceEdit) {
        self.put(Out::ApplyEdit { label, edit: Box::new(edit) });
    }

    /// Whether the client shows documents when asked to.
    pub fn shows_documents(&self) -> bool {
        lock(&self.agreed).shows_documents
    }

    /// Has the client show a document.
    pub fn show_document(&self, uri: Url, selection: Option<lsp::Range>) {
        self.put(Out::ShowDocument { uri, selection });
    }
}

impl Sender {
    /// Sends until the server ends.
    pub async fn run(mut self, client: Client) {
        while let Some(out) = self.out.recv().await {
            let agreed = *lock(&self.agreed);
            match out {
                Out::Publish { home, all, revision } => {
                    for one in all {
                        self.publish(&client, &home, one, revision).await;
                    }
                }
                Out::KeepOnly { home, uris, revision } => {
                    if revision.is_none_or(|r| self.is_current(r)) {
                        self.keep_only(&client, &home, uris).await;
                    }
                }
                Out::Clear(uri) => {
                    let mut was_shown = false;
                    for shown in self.shown.values_mut() {
                        was_shown |= shown.remove(&uri).is_some();
                    }
                    if was_shown {
                        client.publish_diagnostics(uri, Vec::new(), None).await;
                    }
                }
                Out::Log(line) => client.log_message(MessageType::WARNING, line).await,
                Out::Tell(sentence) => client.show_message(MessageType::INFO, sentence).await,
                Out::Refresh => refresh(&client, agreed),
                Out::RegisterWatchers if agreed.can_watch => {
                    spawn(&client, |client| async move {
                        let _ = client.register_capability(vec![watchers()]).await;
                    });
                }
                Out::RegisterWatchers => {}
                Out::Configuration(then) => spawn(&client, |client| async move {
                    let item = ConfigurationItem { scope_uri: None, section: Some("lead".into()) };
                    if let Ok(mut values) = client.configuration(vec![item]).await
                        && let Some(value) = values.pop().filter(Value::is_object)
                    {
                        then(value);
                    }
                }),
                Out::Progress { title, end } if agreed.shows_progress => {
                    spawn(&client, |client| progress(client, title, end));
                }
                Out::Progress { .. } => {}
                Out::ApplyEdit { label, edit } => spawn(&client, |client| async move {
                    let params = lsp::ApplyWorkspaceEditParams { label: Some(label), edit: *edit };
                    let _ = client.send_request::<request::ApplyWorkspaceEdit>(params).await;
                }),
                Out::ShowDocument { uri, selection } if agreed.shows_documents => {
                    spawn(&client, |client| async move {
                        let external = Some(!matches!(uri.scheme(), "file" | "untitled"));
                        let params = lsp::ShowDocumentParams { uri, external, take_focus: Some(true), selection };
                        let _ = client.show_document(params).await;
                    });
                }
                Out::ShowDocument { .. } => {}
            }
        }
    }

    fn is_current(&self, revision: u64) -> bool {
        self.revision.load(Ordering::SeqCst) == revision
    }

    async fn publish(&mut self, client: &Client, home: &Home, one: Published, revision: u64) {
        // Findings of an older text are worth nothing; those of the newer one follow.
        if !self.is_current(revision) {
            return;
        }
        let shown = self.shown.entry(home.clone()).or_default();
        let is_new = match shown.get(&one.uri) {
            Some((version, findings)) => {
                *version != one.version || !Arc::ptr_eq(findings, &one.findings) && **findings != *one.findings
            }
            None => one.version.is_some() || !one.findings.is_empty(),
        };
        if is_new {
            shown.insert(one.uri.clone(), (one.version, one.findings.clone()));
            client.publish_diagnostics(one.uri, one.findings.to_vec(), one.version).await;
        }
    }

    async fn keep_only(&mut self, client: &Client, home: &Home, uris: Vec<Url>) {
        let Some(shown) = self.shown.get_mut(home) else { return };
        let keep: HashSet<Url> = uris.into_iter().collect();
        let gone: Vec<Url> = shown.keys().filter(|u| !keep.contains(u)).cloned().collect();
        for uri in &gone {
            shown.remove(uri);
        }
        for uri in gone {
            // It may have moved to another lexicon in the meantime.
            if !self.shown.values().any(|s| s.contains_key(&uri)) {
                client.publish_diagnostics(uri, Vec::new(), None).await;
            }
        }
    }
}

/// A task that waits for the client.
fn spawn<F>(client: &Client, task: impl FnOnce(Client) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(task(client.clone()));
}

fn watchers() -> Registration {
    let watchers = json!({ "watchers": [
        { "globPattern": "**/*.lead" },
        { "globPattern": "**/lead.toml" },
    ] });
    Registration {
        id: "lead-files".into(),
        method: "workspace/didChangeWatchedFiles".into(),
        register_options: Some(watchers),
    }
}

fn refresh(client: &Client, agreed: Agreed) {
    let Refresh { diagnostics, lens, hints, tokens } = agreed.refresh;
    if diagnostics && agreed.pulls {
        spawn(client, |client| async move {
            let _ = client.workspace_diagnostic_refresh().await;
        });
    }
    if lens {
        spawn(client, |client| async move {
            let _ = client.code_lens_refresh().await;
        });
    }
    if hints {
        spawn(client, |client| async move {
            let _ = client.inlay_hint_refresh().await;
        });
    }
    if tokens {
        spawn(client, |client| async move {
            let _ = client.semantic_tokens_refresh().await;
        });
    }
}

async fn progress(client: Client, title: String, end: oneshot::Receiver<()>) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let token = NumberOrString::String(format!("lead/{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    let create = WorkDoneProgressCreateParams { token: token.clone() };
    if client.send_request::<request::WorkDoneProgressCreate>(create).await.is_err() {
        return;
    }
    let report = |value| ProgressParams { token: token.clone(), value: ProgressParamsValue::WorkDone(value) };
    let begin = WorkDoneProgressBegin { title, cancellable: Some(false), message: None, percentage: None };
    client.send_notification::<notification::Progress>(report(WorkDoneProgress::Begin(begin))).await;
    // Ends when the other half is dropped.
    let _ = end.await;
    let end = WorkDoneProgressEnd { message: None };
    client.send_notification::<notification::Progress>(report(WorkDoneProgress::End(end))).await;
}
