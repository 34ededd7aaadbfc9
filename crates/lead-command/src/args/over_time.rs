//! The command lines of `lead trend` and `lead backtest`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How what happened over time is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeFormat {
    /// Tables for people
    Human,
    /// Comma-separated, with a header
    Csv,
    /// One JSON object, for programs
    Json,
}

/// `lead trend`
#[derive(Debug, Args)]
pub struct TrendArgs {
    /// Lexicon folder or file; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Folder of the exports; by default the one that lead.toml names, else the lexicon's own
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// No time before this; by default there are 12 steps
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The last time (`2026-06-30`, `2026-06-30T14:00`); by default the as-of time of lead.toml, else now
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// How far apart: `1mo`, `2w`, `1q`, or the ends of each `month`, `quarter`, `fiscal quarter`, `fiscal year`
    #[arg(long, value_name = "STEP", default_value = "1mo")]
    pub every: String,
    /// Only these terms and funnels
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub term: Vec<String>,
    /// How far ahead to look for who stops being what if nothing more happens: `1d` to `31d`, or `no`
    #[arg(long, value_name = "DAYS", default_value = "1d")]
    pub ageing: String,
    /// Also list each record that went from one step of a funnel to another
    #[arg(long)]
    pub moves: bool,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = TimeFormat::Human)]
    pub format: TimeFormat,
    /// Write all tables into this folder
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How many threads work; by default one per core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Write texts that a spreadsheet would take for a formula as they are
    #[arg(long)]
    pub raw_cells: bool,
}

/// `lead backtest`
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// The term that is tested
    pub term: String,
    /// The term that says that the outcome came
    #[arg(long, value_name = "TERM")]
    pub against: String,
    /// How long the outcome may take: `180d`, `6mo`
    #[arg(long, value_name = "STEP", default_value = "180d")]
    pub horizon: String,
    /// Lexicon folder or file; the current folder by default
    #[arg(long, value_name = "LEXICON", default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Folder of the exports; by default the one that lead.toml names, else the lexicon's own
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The present, behind which nothing is known; by default the as-of time of lead.toml, else now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// No time before this is tested; by default there are 12 steps
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The last time that is tested; by default the last one whose horizon has passed
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// How far apart the tested times are, as for `lead trend`
    #[arg(long, value_name = "STEP", default_value = "1mo")]
    pub every: String,
    /// How far apart the times are at which the outcome is looked at
    #[arg(long, value_name = "STEP", default_value = "1w")]
    pub look: String,
    /// Also tell cases apart by this text of the record, such as `lead source` or `company.industry`
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Also test the definition that the same term had before: a revision, as in `lead diff`, or a folder
    #[arg(long, value_name = "BASE")]
    pub compare: Option<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = TimeFormat::Human)]
    pub format: TimeFormat,
    /// Write all tables into this folder
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How many threads work; by default one per core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Write texts that a spreadsheet would take for a formula as they are
    #[arg(long)]
    pub raw_cells: bool,
}
