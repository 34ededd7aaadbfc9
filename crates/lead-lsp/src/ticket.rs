//! The place of a request in the queue of the analysis, taken when the request arrived.

use std::cell::RefCell;

use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};

use crate::errors;
use crate::view::Asked;

tokio::task_local! {
    /// The ticket of the request that is being handled.
    pub static TICKET: RefCell<Option<Ticket>>;
}

/// Becomes what the request is about, as it was when the request arrived.
pub struct Ticket(oneshot::Receiver<Result<Asked>>);

/// The other half: the analysis answers through it.
pub type Reply = oneshot::Sender<Result<Asked>>;

impl Ticket {
    /// Both halves.
    pub fn new() -> (Reply, Ticket) {
        let (reply, ticket) = oneshot::channel();
        (reply, Ticket(ticket))
    }

    /// For the time that a request is handled.
    pub fn cell(ticket: Option<Ticket>) -> RefCell<Option<Ticket>> {
        RefCell::new(ticket)
    }

    /// What the request that is being handled is about.
    pub async fn redeem() -> Result<Asked> {
        let ticket = TICKET.try_with(|cell| cell.borrow_mut().take()).ok().flatten();
        let Some(Ticket(ticket)) = ticket else { return Err(errors::failed("the request has no place in the queue")) };
        match ticket.await {
            Ok(asked) => asked,
            Err(_) => Err(Error::internal_error()),
        }
    }
}
