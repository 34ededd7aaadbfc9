//! The program `lead-postgres`: asks a PostgreSQL server what `lead run --on` wants to know.
//!
//! It is a program of its own since the client and what makes its connections safe are a tenth of all that `lead` consists of, and most runs
//! ask no server. A [`Request`] comes on standard input. Rows go to standard output as `COPY` writes them, each statement's followed
//! by the line `\\.`; what stands in the way is a line that begins with `\\!`, with a [`Trouble`] as JSON. No row begins with
//! either, since `COPY` writes a backslash twice.

mod password;
mod server;
mod trouble;

use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

pub use trouble::Trouble;

/// The line behind the rows of a statement.
pub const END: &[u8] = b"\\.\n";
/// What the line of a trouble begins with.
pub const TROUBLE: &[u8] = b"\\!";

/// What is asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Request {
    /// The server, as `postgres://USER@HOST/DATABASE`.
    pub address: String,
    /// Statements `COPY … TO STDOUT`, asked in one read-only transaction.
    pub statements: Vec<String>,
}

/// Answers the request on standard input.
pub fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let Err(trouble) = answer(&mut out) else { return ExitCode::SUCCESS };
    let said = serde_json::to_vec(&trouble).unwrap_or_default();
    // Where nobody listens any more, nothing is left to say.
    let _ = [TROUBLE, &said, b"\n"].iter().try_for_each(|part| out.write_all(part)).and_then(|()| out.flush());
    ExitCode::FAILURE
}

fn answer(out: &mut impl Write) -> Result<(), Trouble> {
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    read.map_err(|e| Trouble::data(format!("the request cannot be read: {e}")))?;
    let request: Request = serde_json::from_str(&text).map_err(|_| {
        Trouble::data("`lead-postgres` is asked by `lead run --on`, and not by hand")
            .help("lead run LEXICON --on postgres://USER@HOST/DATABASE")
    })?;
    server::Place::read(&request.address)?.ask(&request.statements, out)
}
