//! The data of the benchmark: contacts, companies, twenty events per contact over two years, offers, projects, and who plays
//! which part in them. Seeded: the same on every machine.
//!
//! The shapes are those of a business that sells to businesses: few contacts do most, large companies have most contacts,
//! events are in order of time and not by contact, cells are missing.

mod events;
mod random;
mod tables;
mod write;

use std::fs;
use std::path::Path;

pub use write::Failure;

/// How much there is of everything.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    pub contacts: u64,
    pub companies: u64,
    pub projects: u64,
    pub events: u64,
}

impl Amounts {
    /// All follows from the number of contacts.
    pub fn of(contacts: u64) -> Amounts {
        Amounts { contacts, companies: (contacts / 8).max(1), projects: (contacts / 20).max(1), events: contacts * 20 }
    }
}

/// The contacts of a size by name.
pub fn contacts_of_size(size: &str) -> Option<u64> {
    match size {
        "S" => Some(100_000),
        "M" => Some(1_000_000),
        "L" => Some(5_000_000),
        _ => None,
    }
}

/// Writes all tables into folders of these formats below the folder, which appears when it is whole: `parquet`, and `csv` unless it is left out.
pub fn generate(contacts: u64, folder: &Path, formats: &[&str]) -> Result<(), Failure> {
    let amounts = Amounts::of(contacts);
    let unfinished = folder.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    for format in if formats.is_empty() { &["csv", "parquet"] } else { formats } {
        fs::create_dir_all(unfinished.join(format))?;
    }
    tables::offers(&unfinished)?;
    tables::companies(amounts, &unfinished)?;
    tables::contacts(amounts, &unfinished)?;
    tables::projects(amounts, &unfinished)?;
    tables::roles(amounts, &unfinished)?;
    events::events(amounts, &unfinished)?;
    fs::rename(&unfinished, folder)?;
    Ok(())
}
