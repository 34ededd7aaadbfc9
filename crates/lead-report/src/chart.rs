//! Pictures as SVG. Colours come from the page, so that they follow light, dark and print; what a colour says is said by words or
//! patterns as well.

pub(crate) mod bars;
pub(crate) mod line;
pub(crate) mod lines;
pub(crate) mod map;
