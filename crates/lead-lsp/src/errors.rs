//! Errors as the protocol has them.

use tower_lsp::jsonrpc::{Error, ErrorCode};

/// The request was fine, and still there is no answer; the message is for people.
pub fn failed(message: impl Into<String>) -> Error {
    Error { code: ErrorCode::ServerError(-32803), message: message.into().into(), data: None }
}

/// The document changed while the answer was computed.
pub fn content_modified() -> Error {
    Error::new(ErrorCode::ContentModified)
}

/// The request says something that cannot be.
pub fn invalid(message: impl Into<String>) -> Error {
    Error::invalid_params(message.into())
}
