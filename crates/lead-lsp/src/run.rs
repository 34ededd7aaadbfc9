//! Starting and ending the server.

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::Notify;
use tower_lsp::LspService;

use crate::analysis::Analysis;
use crate::faults;
use crate::outbox::Outbox;
use crate::server::Server;
use crate::service::Ordered;
use crate::shared::Shared;
use crate::transport::{Input, Output};

/// Trees are walked by recursion; their depth is bounded, and this is room for all of it.
const STACK: usize = 32 << 20;
/// How many answers are computed at a time; most wait for the same two or three cores.
const WORKERS: usize = 16;
/// What is still under way when the conversation is over gets this long.
const GRACE: Duration = Duration::from_secs(1);

/// Serves on standard input and output until the client says `exit` or goes away. Gives the exit code of the process, or why
/// the server could not start.
pub fn serve() -> std::io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(WORKERS)
        .thread_stack_size(STACK)
        .build()?;
    let closed = Arc::new(AtomicBool::new(false));
    let ended = Arc::new(Notify::new());
    let revision = Arc::new(AtomicU64::new(0));
    let input = Input::new(std::io::stdin(), closed.clone(), ended.clone())?;
    let (output, written) = Output::new(std::io::stdout())?;
    let (outbox, sender) = Outbox::new(revision.clone());
    let (messages, inbox) = mpsc::channel();
    let analysis = Analysis::new(outbox.clone());
    std::thread::Builder::new()
        .name("lead-lsp analysis".into())
        .stack_size(STACK)
        .spawn(move || analysis.run(&inbox))?;
    let shared = Arc::new(Shared::new(messages, revision, outbox, closed, ended.clone()));
    let code = runtime.block_on(async {
        let mut client = None;
        let state = shared.clone();
        let build = LspService::build(|c| {
            client = Some(c);
            Server::new(state)
        });
        let (service, socket) = faults::added(build).finish();
        if let Some(client) = client {
            tokio::spawn(sender.run(client));
        }
        let server = tower_lsp::Server::new(input, output, socket).concurrency_level(1024);
        let serving = tokio::spawn(server.serve(Ordered::new(service, shared.clone())));
        ended.notified().await;
        shared.give_up();
        let _ = tokio::time::timeout(GRACE, serving).await;
        shared.exit_code()
    });
    runtime.shutdown_background();
    written.wait();
    Ok(code)
}
