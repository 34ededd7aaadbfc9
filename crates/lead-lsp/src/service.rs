//! The service around tower-lsp's: what must happen in the order of arrival happens in [`Ordered::call`].
//!
//! tower-lsp runs handlers side by side, so a handler may start after a later change was applied. Here documents change, and
//! every request gets its place in the queue of the analysis, before the next message is looked at. What is left to the
//! handlers is to wait for their [`Ticket`] and to compute.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::lsp_types::{
    CreateFilesParams, DeleteFilesParams, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, RenameFilesParams, Url,
};
use tower_lsp::{ExitedError, LspService};
use tower_service::Service;

use crate::faults;
use crate::server::Server;
use crate::shared::Shared;
use crate::ticket::{TICKET, Ticket};
use crate::transport::UNREADABLE;

type Answer = Pin<Box<dyn Future<Output = Result<Option<Response>, ExitedError>> + Send>>;

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Running,
    ShutDown,
    Exited,
}

/// Messages in order of arrival.
pub struct Ordered {
    inner: LspService<Server>,
    shared: Arc<Shared>,
    phase: Phase,
}

impl Ordered {
    /// Around a service that shares its state.
    pub fn new(inner: LspService<Server>, shared: Arc<Shared>) -> Ordered {
        Ordered { inner, shared, phase: Phase::Before }
    }

    fn exit(&mut self) -> Answer {
        self.shared.exit(self.phase == Phase::ShutDown);
        self.phase = Phase::Exited;
        // It gives up whatever is pending.
        now(self.inner.call(Request::build("exit").finish()))
    }

    fn notify(&mut self, method: &str, params: Option<Value>) {
        let shared = &self.shared;
        match method {
            "initialized" => shared.initialized(),
            "textDocument/didOpen" => with(params, |p: DidOpenTextDocumentParams| shared.opened(p.text_document)),
            "textDocument/didChange" => with(params, |p: DidChangeTextDocumentParams| {
                shared.changed(&p.text_document.uri, p.text_document.version, p.content_changes);
            }),
            "textDocument/didClose" => {
                with(params, |p: DidCloseTextDocumentParams| shared.closed(&p.text_document.uri));
            }
            "workspace/didChangeWatchedFiles" => with(params, |p: DidChangeWatchedFilesParams| {
                shared.on_disk(p.changes.into_iter().map(|c| c.uri).collect());
            }),
            "workspace/didCreateFiles" => {
                with(params, |p: CreateFilesParams| shared.on_disk(addresses(p.files.iter().map(|f| &f.uri))));
            }
            "workspace/didDeleteFiles" => {
                with(params, |p: DeleteFilesParams| shared.on_disk(addresses(p.files.iter().map(|f| &f.uri))));
            }
            "workspace/didRenameFiles" => with(params, |p: RenameFilesParams| {
                shared.on_disk(addresses(p.files.iter().flat_map(|f| [&f.old_uri, &f.new_uri])));
            }),
            "workspace/didChangeWorkspaceFolders" => with(params, |p: DidChangeWorkspaceFoldersParams| {
                let uris = |folders: Vec<tower_lsp::lsp_types::WorkspaceFolder>| {
                    folders.into_iter().map(|f| f.uri).collect::<Vec<_>>()
                };
                shared.folders(uris(p.event.added), uris(p.event.removed));
            }),
            "workspace/didChangeConfiguration" => {
                with(params, |p: DidChangeConfigurationParams| shared.configured(p.settings));
            }
            _ => {}
        }
    }
}

impl Service<Request> for Ordered {
    type Response = Option<Response>;
    type Error = ExitedError;
    type Future = Answer;

    /// Always: `exit` ends the input instead, so that what was answered before is still written.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ExitedError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answer {
        let (method, id, params) = request.into_parts();
        // Some clients send `null` where there is nothing to send.
        let params = params.filter(|p| !p.is_null());
        match (&*method, &id) {
            // An answer that tower-lsp took for a request.
            ("", _) => return said(None),
            _ if self.phase == Phase::Exited => return said(None),
            ("exit", _) => return self.exit(),
            (UNREADABLE, _) => return said(Some(unreadable(id, params.as_ref()))),
            ("initialize" | "shutdown", _) => {}
            (_, Some(id)) if method.starts_with("$/") => {
                return said(Some(Response::from_error(id.clone(), Error::method_not_found())));
            }
            (_, Some(id)) if self.phase == Phase::ShutDown => {
                return said(Some(Response::from_error(id.clone(), Error::invalid_request())));
            }
            (_, None) if self.phase != Phase::Running => return said(None),
            ("$/cancelRequest", None) => {}
            (_, None) => {
                // Nobody can be told of a panic here; the documents are as they were before.
                let _ = catch_unwind(AssertUnwindSafe(|| self.notify(&method, params)));
                return said(None);
            }
            _ => {}
        }
        // Neither takes parameters of interest, and tower-lsp refuses those that it does not expect.
        let params = if method == "shutdown" { None } else { params };
        let ticket = match self.phase {
            Phase::Running if id.is_some() && method != "shutdown" => {
                Some(self.shared.ticket(about(params.as_ref()), method == faults::IN_ANALYSIS))
            }
            _ => None,
        };
        let mut build = Request::build(method.clone());
        if let Some(id) = &id {
            build = build.id(id.clone());
        }
        if let Some(params) = params {
            build = build.params(params);
        }
        let answer = self.inner.call(build.finish());
        match &*method {
            // They wait for nothing, and what follows depends on them.
            "initialize" | "shutdown" | "$/cancelRequest" => {
                let answer = now(answer);
                match (&*method, self.phase) {
                    ("initialize", Phase::Before) if self.shared.is_initialized() => self.phase = Phase::Running,
                    ("shutdown", Phase::Running) => self.phase = Phase::ShutDown,
                    _ => {}
                }
                answer
            }
            _ => Box::pin(Contained { id, answer: Box::pin(TICKET.scope(Ticket::cell(ticket), answer)) }),
        }
    }
}

fn said(response: Option<Response>) -> Answer {
    Box::pin(std::future::ready(Ok(response)))
}

/// Runs a future that is not expected to wait.
fn now(mut answer: Answer) -> Answer {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Box::pin(std::future::ready(done)),
        Poll::Pending => answer,
    }
}

fn with<P: DeserializeOwned>(params: Option<Value>, then: impl FnOnce(P)) {
    if let Some(params) = params.and_then(|p| serde_json::from_value(p).ok()) {
        then(params);
    }
}

fn addresses<'a>(uris: impl Iterator<Item = &'a String>) -> Vec<Url> {
    uris.filter_map(|u| Url::parse(u).ok()).collect()
}

/// The document that a request is about.
fn about(params: Option<&Value>) -> Option<Url> {
    let params = params?;
    let uri = params.pointer("/textDocument/uri").or_else(|| params.pointer("/item/uri"));
    let uri = uri.or_else(|| params.pointer("/data/uri")).or_else(|| params.pointer("/arguments/0/uri"));
    Url::parse(uri?.as_str()?).ok()
}

fn unreadable(id: Option<Id>, params: Option<&Value>) -> Response {
    let code = params.and_then(|p| p.get("code")).and_then(Value::as_i64).unwrap_or(-32600);
    let message = params.and_then(|p| p.get("message")).and_then(Value::as_str).unwrap_or("a message is no request");
    let error = Error { code: ErrorCode::from(code), message: message.to_owned().into(), data: None };
    Response::from_error(id.unwrap_or(Id::Null), error)
}

/// A handler whose panic is an answer like any other.
struct Contained<F> {
    id: Option<Id>,
    answer: F,
}

impl<F: Future<Output = Result<Option<Response>, ExitedError>>> Future for Contained<Pin<Box<F>>> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.answer.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(_) => Poll::Ready(Ok(self.id.take().map(|id| Response::from_error(id, Error::internal_error())))),
        }
    }
}
