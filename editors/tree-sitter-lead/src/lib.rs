//! The tree-sitter grammar of Lead, for Rust programs and for the test that compares it with the language's own grammar.

use tree_sitter_language::LanguageFn;

// The one place that steps outside of safe Rust: the parser that tree-sitter generates is C.
#[allow(unsafe_code)]
mod made {
    unsafe extern "C" {
        pub(super) fn tree_sitter_lead() -> *const ();
    }

    /// The generated parser.
    pub(super) const LANGUAGE: super::LanguageFn =
        // SAFETY: the function is the one that tree-sitter generated for this grammar.
        unsafe { super::LanguageFn::from_raw(tree_sitter_lead) };
}

/// The grammar, for `tree_sitter::Parser::set_language`.
pub const LANGUAGE: LanguageFn = made::LANGUAGE;

/// Colours.
pub const HIGHLIGHTS: &str = include_str!("../queries/highlights.scm");
/// Folds.
pub const FOLDS: &str = include_str!("../queries/folds.scm");
/// The outline of a file.
pub const OUTLINE: &str = include_str!("../queries/outline.scm");
/// Indentation.
pub const INDENTS: &str = include_str!("../queries/indents.scm");
/// Other languages inside.
pub const INJECTIONS: &str = include_str!("../queries/injections.scm");
/// Names for code navigation.
pub const TAGS: &str = include_str!("../queries/tags.scm");
