//! The place of a request in the queue of the analysis, taken when the request arrived.

use std::cell::RefCell;

use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::Url;

use crate::errors;
use crate::view::Asked;

tokio::task_local! {
    /// The ticket of the request that is being handled.
    pub static TICKET: RefCell<Option<Ticket>>;
}

/// Becomes what the request is about, as it was when the request arrived.
pub struct Ticket {
    answer: oneshot::Receiver<Result<Asked>>,
    /// The document that the request names.
    about: Option<Url>,
    /// How many changes had arrived before it.
    revision: u64,
}

/// The other half: the analysis answers through it.
pub type Reply = oneshot::Sender<Result<Asked>>;

impl Ticket {
    /// Both halves.
    pub fn new(about: Option<Url>, revision: u64) -> (Reply, Ticket) {
        let (reply, answer) = oneshot::channel();
        (reply, Ticket { answer, about, revision })
    }

    /// That of the request that is being handled.
    pub fn taken() -> Result<Ticket> {
        let ticket = TICKET.try_with(|cell| cell.borrow_mut().take()).ok().flatten();
        ticket.ok_or_else(|| errors::failed("the request has no place in the queue"))
    }

    /// The document that the request names.
    pub fn about(&self) -> Option<&Url> {
        self.about.as_ref()
    }

    /// How many changes had arrived before it.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// For the time that a request is handled.
    pub fn cell(ticket: Option<Ticket>) -> RefCell<Option<Ticket>> {
        RefCell::new(ticket)
    }

    /// What the request is about.
    pub async fn redeem(self) -> Result<Asked> {
        match self.answer.await {
            Ok(asked) => asked,
            Err(_) => Err(Error::internal_error()),
        }
    }
}
