//! `lead lsp`: the language server.

use crate::terminal::{Exit, Failure, Outcome};

/// Serves until the editor goes away.
pub fn lsp() -> Outcome {
    match lead_lsp::serve() {
        Ok(0) => Ok(Exit::Fine),
        // The protocol wants 1 where the editor went away without a word.
        Ok(_) => Ok(Exit::Findings),
        Err(error) => Err(Failure::data(format!("the language server cannot start: {error}"))),
    }
}
