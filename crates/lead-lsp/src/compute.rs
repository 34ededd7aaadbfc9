//! Computing answers: away from where messages are read, with a flag that tells when nobody waits any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use lead_ide::Cancel;
use tower_lsp::jsonrpc::{Error, Result};

use crate::errors;
use crate::shared::Shared;
use crate::ticket::Ticket;
use crate::view::Asked;

/// What becomes of an answer when something changes while it is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It is still the answer to what was asked.
    Lasting,
    /// It is given up when its own document changes, as the client asks again then; nobody asks again when something else does.
    OfDocument,
    /// It is given up, as the client asks again by itself or is told to.
    Passing,
}

/// Raises the flag when the request is given up: its future is dropped then.
struct OnDrop(Cancel);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Computes the answer of the request that is being handled.
pub async fn compute<T: Send + 'static>(
    shared: &Arc<Shared>,
    worth: Worth,
    answer: impl FnOnce(&Asked, &Cancel) -> Result<T> + Send + 'static,
) -> Result<T> {
    let cancel = Cancel::new();
    let _given_up = OnDrop(cancel.clone());
    let ticket = Ticket::taken()?;
    let passing = match worth {
        Worth::Lasting => None,
        Worth::OfDocument => Some(shared.passing(&cancel, ticket.revision(), ticket.about())),
        Worth::Passing => Some(shared.passing(&cancel, ticket.revision(), None)),
    };
    let asked = ticket.redeem().await?;
    let flag = cancel.clone();
    let work = tokio::task::spawn_blocking(move || {
        flag.check().map_err(|_| errors::content_modified())?;
        // What a panic leaves behind is dropped: views are never changed.
        catch_unwind(AssertUnwindSafe(|| answer(&asked, &flag))).unwrap_or_else(|_| Err(Error::internal_error()))
    });
    let done = work.await.unwrap_or_else(|_| Err(Error::internal_error()));
    match passing {
        Some(passing) if passing.is_over() => Err(errors::content_modified()),
        _ => done,
    }
}
