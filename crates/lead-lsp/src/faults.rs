//! Faults on demand, so that tests of the real server see how it bears them. Only where the variable
//! `LEAD_LSP_FAULTS` is set.

use std::time::{Duration, Instant};

use serde_json::Value;
use tower_lsp::LspServiceBuilder;
use tower_lsp::jsonrpc::Result;

use crate::compute::{Worth, compute};
use crate::errors;
use crate::server::Server;

/// The request that the analysis panics at.
pub const IN_ANALYSIS: &str = "lead/fault/panicInAnalysis";

/// Whether faults are wanted.
pub fn wanted() -> bool {
    std::env::var_os("LEAD_LSP_FAULTS").is_some()
}

/// Adds the methods of this file, if they are wanted.
pub fn added(build: LspServiceBuilder<Server>) -> LspServiceBuilder<Server> {
    if !wanted() {
        return build;
    }
    build
        .custom_method("lead/fault/panic", Server::fault_panic)
        .custom_method("lead/fault/panicEarly", Server::fault_panic_early)
        .custom_method(IN_ANALYSIS, Server::fault_panic_in_analysis)
        .custom_method("lead/fault/work", Server::fault_work)
        .custom_method("lead/fault/workOnDocument", Server::fault_work_on_document)
        .custom_method("lead/fault/stubborn", Server::fault_stubborn)
        .custom_method("lead/fault/client", Server::fault_client)
}

impl Server {
    /// Panics while it computes.
    #[allow(clippy::panic)] // That is what it is for.
    async fn fault_panic(&self, _: Value) -> Result<Value> {
        compute(self.shared(), Worth::Lasting, |_, _| panic!("a fault on demand")).await
    }

    /// Panics in the handler itself.
    #[allow(clippy::panic)]
    async fn fault_panic_early(&self, _: Value) -> Result<Value> {
        panic!("an early fault on demand")
    }

    /// Panics in the thread that owns the lexicons; the request was queued behind that.
    async fn fault_panic_in_analysis(&self, _: Value) -> Result<Value> {
        compute(self.shared(), Worth::Lasting, |_, _| Ok(Value::Null)).await
    }

    /// Keeps a processor busy until the request is given up or something changes, for ten seconds at most.
    async fn fault_work(&self, _: Value) -> Result<Value> {
        self.busy(Worth::Passing, Duration::from_secs(10)).await
    }

    /// Keeps a processor busy until the request is given up or its document changes, for a second at most.
    async fn fault_work_on_document(&self, _: Value) -> Result<Value> {
        self.busy(Worth::OfDocument, Duration::from_secs(1)).await
    }

    async fn busy(&self, worth: Worth, most: Duration) -> Result<Value> {
        compute(self.shared(), worth, move |_, cancel| {
            let start = Instant::now();
            while !cancel.is_cancelled() && start.elapsed() < most {
                std::hint::spin_loop();
            }
            cancel.check().map_err(|_| errors::content_modified())?;
            Ok(Value::Null)
        })
        .await
    }

    /// Keeps a processor busy for a second, whatever happens.
    async fn fault_stubborn(&self, _: Value) -> Result<Value> {
        compute(self.shared(), Worth::Lasting, |_, _| {
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(1) {
                std::hint::spin_loop();
            }
            Ok(Value::Null)
        })
        .await
    }

    /// Asks something of the client, as handlers that edit or show documents do.
    async fn fault_client(&self, _: Value) -> Result<Value> {
        self.shared().outbox.apply_edit("nothing".into(), Default::default());
        Ok(Value::Null)
    }
}
