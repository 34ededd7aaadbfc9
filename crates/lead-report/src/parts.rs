//! Parts of pages, a file each.

pub(crate) mod definition;
pub(crate) mod glossary;
pub(crate) mod prose;
pub(crate) mod terms_map;
