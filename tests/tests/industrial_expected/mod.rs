//! The answers of `examples/industrial`, computed another way: plain loops over the rows of the files, definition by
//! definition, with none of the language's crates. What they share with the lexicon is its wording alone.

mod companies;
mod contacts;
mod logic;
mod measures;
mod opportunities;
mod rows;

use std::collections::BTreeMap;
use std::path::Path;

use logic::Clock;
use rows::World;

/// An answer as a cell of the output.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Yes, no or cannot tell.
    Yes(Option<bool>),
    /// A text, if known.
    Text(Option<String>),
    /// A number or an amount, if known; compared within a billionth.
    Number(Option<f64>),
}

impl Cell {
    /// Whether a cell of the output says the same.
    pub fn is(&self, cell: &str) -> bool {
        match self {
            Cell::Yes(None) | Cell::Text(None) | Cell::Number(None) => cell.is_empty(),
            Cell::Yes(Some(yes)) => cell == if *yes { "true" } else { "false" },
            Cell::Text(Some(text)) => cell == text,
            Cell::Number(Some(number)) => {
                cell.parse::<f64>().is_ok_and(|n| (n - number).abs() <= 1e-9 * number.abs().max(1.0))
            }
        }
    }
}

/// Expected cells by record, then by column.
pub type Expected = BTreeMap<String, Vec<(&'static str, Cell)>>;

/// Everything that is expected, by output file.
pub struct Answers {
    /// `contact.csv`
    pub contacts: Expected,
    /// `company.csv`
    pub companies: Expected,
    /// `opportunity.csv`
    pub opportunities: Expected,
    /// Metrics by file name; the key is the dimension's value, empty where there is none or it is unknown.
    pub metrics: Vec<(&'static str, BTreeMap<String, Cell>)>,
}

/// Reads the exports and computes.
pub fn compute(data: &Path) -> Answers {
    let world = World::read(data);
    let clock = Clock::as_of("2026-07-01T00:00");
    Answers {
        contacts: contacts::answers(&world, &clock),
        companies: companies::answers(&world, &clock),
        opportunities: opportunities::answers(&world, &clock),
        metrics: measures::answers(&world, &clock),
    }
}
