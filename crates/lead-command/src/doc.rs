//! `lead doc`: the glossary of a lexicon.

use std::path::Path;

use crate::args::{DocArgs, DocFormat};
use crate::check::{open, refuse_errors};
use crate::run::write_file;
use crate::terminal::{Exit, Failure, Outcome, Terminal, print};

/// Writes a glossary.
pub fn doc(args: &DocArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let text = match args.format {
        DocFormat::Html => lead_report::html(&project.lexicon, &project.sources),
        DocFormat::Markdown => lead_report::markdown(&project.lexicon, &project.sources),
    };
    put(args.output.as_deref(), &text)?;
    Ok(Exit::Fine)
}

/// Puts a page into its file, or on standard output.
pub fn put(output: Option<&Path>, text: &str) -> Result<(), Failure> {
    match output {
        Some(path) if path.is_dir() => Err(Failure::data(format!("`{}` is a folder", path.display()))),
        Some(path) => write_file(path, |out| out.write_all(text.as_bytes())),
        None => Ok(print(text)?),
    }
}
