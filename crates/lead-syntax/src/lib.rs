//! Lead text to syntax trees, and back to well-laid-out text.
//!
//! The only user of pest. Never fails: whatever the text, there is a tree, and a diagnostic for each part that
//! could not be read.

pub mod ast;
