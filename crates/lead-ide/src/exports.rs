//! What is known of the export files beside a lexicon. The server reads them; features only ask.

use std::sync::Arc;

/// Names, columns and a few values of export files. Names are those that stand in `from "…"`, patterns included.
pub trait Exports: Send + Sync {
    /// Files of the data folder, relative to it.
    fn files(&self) -> Vec<String>;

    /// The column headers of a file, or of the first that a pattern fits; `None` if there is none.
    fn headers(&self, source: &str) -> Option<Arc<Vec<String>>>;

    /// Some different values of a column, the frequent ones first.
    fn samples(&self, source: &str, header: &str) -> Arc<Vec<String>>;
}

/// No exports at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoExports;

impl Exports for NoExports {
    fn files(&self) -> Vec<String> {
        Vec::new()
    }

    fn headers(&self, _: &str) -> Option<Arc<Vec<String>>> {
        None
    }

    fn samples(&self, _: &str, _: &str) -> Arc<Vec<String>> {
        Arc::default()
    }
}
