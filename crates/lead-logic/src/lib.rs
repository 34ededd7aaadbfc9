//! What definitions mean beside each other, proved without data: the same, wider, narrower; never true, covered by another; and
//! the smallest record that shows each difference.
//!
//! ```
//! use lead_hir::Session;
//! use lead_logic::{Verdict, compare_named};
//!
//! let lexicon = |rule: &str| {
//!     let text = format!("entity contact from \"c.csv\"\n    id: key\n    pages: number\n    visits: number\n\n{rule}\n");
//!     let mut session = Session::new();
//!     session.set_file("rules.lead", text.into());
//!     session.check().to_run()
//! };
//! let before = lexicon("lead when pages > 5 and visits >= 2");
//! let after = lexicon("lead when pages > 3 and visits >= 2");
//! let change = compare_named(&before, "lead", &after, "lead");
//! assert_eq!(change.verdict, Verdict::Wider);
//! assert_eq!(change.only_head().unwrap().to_string(), "`pages` 4, `visits` 2");
//! ```
//!
//! `domain`, `diagram` and `space` know nothing of the language: values are parted at the places where conditions cut them, conditions
//! are decision diagrams over the parts. `lower` turns definitions into conditions, `links` says what two measurements have to do
//! with each other, `prove` and `witness` ask and answer. What was not seen through never makes a verdict wrong: then it is
//! [`Verdict::Undecided`].

mod compare;
mod diagram;
mod domain;
mod edge;
mod links;
mod lint;
mod lower;
mod prove;
mod space;
mod table;
mod witness;

pub use compare::{Comparison, Move, Verdict, compare, compare_named};
pub use diagram::Truth;
pub use lint::Linter;
pub use witness::{Given, Witness};
