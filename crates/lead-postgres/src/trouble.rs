//! What stands in the way, as the program hands it on.

use serde::{Deserialize, Serialize};

/// Why there is no answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Trouble {
    /// The address cannot be read, and the message says why.
    pub address: bool,
    /// The statement that has no answer; `None`: all of them.
    pub statement: Option<usize>,
    /// In the words of the server or of the system.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// A database, a schema, a table or a column is not there.
    pub missing: bool,
}

impl Trouble {
    /// Something stands in the way of all statements.
    pub fn data(message: impl Into<String>) -> Trouble {
        Trouble { address: false, statement: None, message: message.into(), help: None, missing: false }
    }

    /// The address cannot be read.
    pub fn address(why: String) -> Trouble {
        Trouble { address: true, ..Trouble::data(why) }
    }

    /// The server has no answer to a statement.
    pub fn refused(statement: usize, cause: String) -> Trouble {
        Trouble { statement: Some(statement), ..Trouble::data(cause) }
    }

    /// Adds what to do.
    pub fn help(self, help: impl Into<String>) -> Trouble {
        Trouble { help: Some(help.into()), ..self }
    }

    /// Says whether something is not there.
    pub fn missing(self, missing: bool) -> Trouble {
        Trouble { missing, ..self }
    }
}
