//! How the time and the memory of `lead run` grow from one size of data to the next, the sizes in turns.

use std::fmt::Write;
use std::path::PathBuf;

use crate::generate::{Failure, contacts_of_size};
use crate::options::Options;
use crate::peers::Case;
use crate::process::{Measured, measure};
use crate::report::{files, middle, times};
use crate::speed::{asked, data_folder, emptied, lexicon_folder, tables};
use crate::{machine, record};

/// A size of data with its rounds.
struct Size<'a> {
    name: &'a str,
    contacts: f64,
    data: PathBuf,
    rounds: Vec<Measured>,
}

/// Measures the first two of the sizes asked for, prints how they compare, and records it if told to.
pub fn growth(options: &Options) -> Result<(), Failure> {
    let [small, large, ..] = options.sizes.as_slice() else {
        return Err("growth is of two sizes: `--size M,L`".into());
    };
    let lead = options.lead_binary()?;
    let mut text = format!(
        "{}; {} threads; medians of {} rounds.\n\n{}",
        machine::described(),
        options.threads,
        options.runs,
        header(small, large)
    );
    for work in &options.works {
        for format in &options.formats {
            eprintln!("{work} {format} {small} and {large} …");
            let lexicon = lexicon_folder(options, work, format)?;
            let open = |name| -> Result<Size<'_>, Failure> {
                let data = tables(&data_folder(options, name)?, format)?;
                let contacts = contacts_of_size(name).unwrap_or_default() as f64;
                Ok(Size { name, contacts, data, rounds: Vec::new() })
            };
            let mut sizes = [open(small)?, open(large)?];
            // The first round brings files into the system's cache.
            for round in 0..=options.runs {
                for size in &mut sizes {
                    let case = Case { work, format, data: &size.data, threads: options.threads };
                    let output = emptied(options, size.name)?;
                    let measured = measure(&mut asked(&lead, &lexicon, &case, &output))?;
                    std::fs::remove_dir_all(output)?;
                    if round > 0 {
                        size.rounds.push(measured);
                    }
                }
            }
            let [small, large] = &sizes;
            let _ = writeln!(text, "{}", row(work, format, small, large));
        }
    }
    println!("{text}");
    if options.record {
        record::write("docs/performance.md", "growth", &text)?;
    }
    Ok(())
}

fn header(small: &str, large: &str) -> String {
    let pair = |what: &str| format!("{what}, {small} | {what}, {large}");
    format!(
        "| work | files | {} | of linear | {} | of linear | {} |\n| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n",
        pair("seconds"),
        pair("processor"),
        pair("MiB")
    )
}

fn row(work: &str, format: &str, small: &Size<'_>, large: &Size<'_>) -> String {
    let linear = large.contacts / small.contacts;
    let of = |f: fn(&Measured) -> f64| (middle(&small.rounds, f), middle(&large.rounds, f));
    let grown = |f: fn(&Measured) -> f64| times(&large.rounds, &small.rounds, f) / linear;
    let (wall, processor, memory) = (of(|m| m.wall), of(|m| m.processor), of(|m| m.memory));
    format!(
        "| {work} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} |",
        files(format),
        wall.0,
        wall.1,
        grown(|m| m.wall),
        processor.0,
        processor.1,
        grown(|m| m.processor),
        memory.0,
        memory.1,
    )
}

#[cfg(test)]
mod tests {
    use super::{Size, row};
    use crate::process::Measured;

    #[test]
    fn growth_is_taken_within_a_round() {
        let size = |name, contacts, rounds: &[f64]| Size {
            name,
            contacts,
            data: std::path::PathBuf::new(),
            rounds: rounds.iter().map(|w| Measured { wall: *w, processor: 2.0 * w, memory: 100.0 }).collect(),
        };
        // The machine was slower by half in the second round.
        let (small, large) = (size("M", 1e6, &[1.0, 1.5, 1.0]), size("L", 5e6, &[5.5, 8.25, 6.0]));
        let row = row("W1", "csv", &small, &large);
        assert_eq!(row, "| W1 | CSV | 1.00 | 6.00 | 1.10 | 2.00 | 12.00 | 1.10 | 100 | 100 |");
    }
}
