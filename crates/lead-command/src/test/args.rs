//! Options of `lead test` beyond running examples: coverage, mutants, updates, suggestions.

use std::path::PathBuf;

use clap::Args;

/// What else is to be done with the examples.
#[derive(Debug, Args)]
pub struct More {
    /// Write today's answers into the expectations that fail, after showing what changes
    #[arg(long, conflicts_with_all = ["coverage", "mutate", "suggest"])]
    pub update: bool,
    /// With `--update` or `--append`: show what would change, write nothing, and exit with 1 if anything would
    #[arg(long)]
    pub dry_run: bool,
    /// Show what the examples have seen of each definition
    #[arg(long)]
    pub coverage: bool,
    /// Exit with 1 if less than this percentage was seen
    #[arg(long, value_name = "N", value_parser = percent)]
    pub fail_under: Option<f64>,
    /// Write the coverage to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub coverage_json: Option<PathBuf>,
    /// Write the coverage to this file for editors and CI sites, as LCOV
    #[arg(long, value_name = "FILE")]
    pub lcov: Option<PathBuf>,
    /// Change definitions in small ways, and list the changes that no example notices
    #[arg(long)]
    pub mutate: bool,
    /// Exit with 1 if less than this percentage of the changes was noticed
    #[arg(long, value_name = "N", value_parser = percent)]
    pub mutate_fail_under: Option<f64>,
    /// Write all changes and what became of them to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub mutate_json: Option<PathBuf>,
    /// Instead of outcomes, print the examples that are missing, with today's answers, for review
    #[arg(long, conflicts_with_all = ["coverage", "mutate"])]
    pub suggest: bool,
    /// With `--suggest`: put them at the end of the files that hold the definitions
    #[arg(long, requires = "suggest")]
    pub append: bool,
}

impl More {
    /// Whether coverage is asked for in any form.
    pub fn wants_coverage(&self) -> bool {
        self.coverage || self.fail_under.is_some() || self.coverage_json.is_some() || self.lcov.is_some()
    }

    /// Whether mutants are asked for in any form.
    pub fn wants_mutants(&self) -> bool {
        self.mutate || self.mutate_fail_under.is_some() || self.mutate_json.is_some()
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(n) if (0.0..=100.0).contains(&n) => Ok(n),
        _ => Err("a percentage is wanted, from 0 to 100".to_string()),
    }
}
