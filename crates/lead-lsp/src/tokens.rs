//! Tokens that were sent last, so that the next ones can be sent as what changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tower_lsp::lsp_types::Url;

use crate::shared::lock;

/// An id and the numbers that were sent with it.
type Sent = (String, Arc<Vec<u32>>);

/// What was sent last, by document.
#[derive(Debug, Default)]
pub struct Kept {
    sent: Mutex<HashMap<Url, Sent>>,
    next: AtomicU64,
}

impl Kept {
    /// Keeps what is sent. Gives its id.
    pub fn keep(&self, uri: &Url, numbers: Arc<Vec<u32>>) -> String {
        let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        lock(&self.sent).insert(uri.clone(), (id.clone(), numbers));
        id
    }

    /// What was sent with an id, if it was the last.
    pub fn get(&self, uri: &Url, id: &str) -> Option<Arc<Vec<u32>>> {
        lock(&self.sent).get(uri).filter(|(known, _)| known == id).map(|(_, numbers)| numbers.clone())
    }

    /// Forgets a document.
    pub fn forget(&self, uri: &Url) {
        lock(&self.sent).remove(uri);
    }
}
