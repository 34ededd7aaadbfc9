//! The command line of `lead`.

mod over_time;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::ci;
pub use over_time::{BacktestArgs, TimeFormat, TrendArgs};

/// Lead definitions in words: checked, and answered over exports.
#[derive(Debug, Parser)]
#[command(
    name = "lead",
    version,
    about = "Lead definitions in words: checked, and answered over exports",
    after_help = "Examples:\n  lead check examples/hello\n  lead run examples/hello\n\n\
                  Exit codes: 0 fine, 1 findings in the lexicon, 2 wrong usage, 3 data or files in the way",
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Colours: `auto` (on a terminal, unless NO_COLOR is set), `always` or `never`
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = Color::Auto,
        value_name = "WHEN",
        hide_possible_values = true,
        hide_default_value = true,
        display_order = 900
    )]
    pub color: Color,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check lexicons: names, types, windows, lints
    #[command(after_help = "Example:\n  lead check examples/hello")]
    Check(CheckArgs),
    /// Answer a lexicon over exports
    #[command(
        after_help = "Examples:\n  lead run examples/hello\n  lead run examples/hello --output answers --format csv"
    )]
    Run(RunArgs),
    /// Write a lexicon as SQL
    #[command(
        after_help = "Examples:\n  lead compile examples/hello --dialect duckdb\n  lead compile examples/hello --dialect duckdb --as-of 2026-06-30 --output sql\n  lead compile examples/hello --dialect duckdb --dbt lead"
    )]
    Compile(CompileArgs),
    /// Show how the answer for one record comes about
    #[command(after_help = "Example:\n  lead why c1 --lexicon examples/hello")]
    Why(WhyArgs),
    /// Show how terms and funnels moved over time, and who stops being what
    #[command(
        after_help = "Examples:\n  lead trend examples/hello\n  lead trend examples/hello --every quarter --term lead --format csv"
    )]
    Trend(TrendArgs),
    /// Test on the past whether a definition would have found the buyers
    #[command(after_help = "Example:\n  lead backtest visitor --against lead --horizon 10d --lexicon examples/hello")]
    Backtest(BacktestArgs),
    /// Run the examples of lexicons
    #[command(
        after_help = "Examples:\n  lead test examples/industrial --filter lead\n  lead test examples/industrial --coverage\n  \
                      lead test examples/industrial --mutate"
    )]
    Test(TestArgs),
    /// Show what a change of definitions does
    #[command(
        after_help = "Examples:\n  lead diff main --lexicon examples/hello\n  lead diff examples/hello examples/industrial"
    )]
    Diff(DiffArgs),
    /// Lay out lexicon files well
    #[command(after_help = "Examples:\n  lead fmt --check examples/hello\n  lead fmt --diff examples/hello")]
    Fmt(FmtArgs),
    /// Apply the fixes that messages offer
    #[command(after_help = "Example:\n  lead fix --diff examples/hello")]
    Fix(FixArgs),
    /// Explain a code of a message
    #[command(after_help = "Examples:\n  lead explain L0101\n  lead explain broken-statement")]
    Explain(ExplainArgs),
    /// Write the glossary of a lexicon: what every word means, for people
    #[command(
        after_help = "Examples:\n  lead doc examples/hello --output glossary.html\n  lead doc examples/hello --format markdown"
    )]
    Doc(DocArgs),
    /// Make the page that people look at: funnel, terms, scores, metrics, data quality
    #[command(after_help = "Example:\n  lead report examples/hello --output report.html")]
    Report(ReportArgs),
    /// List the missing values that would decide the most answers
    #[command(
        after_help = "Examples:\n  lead enrich examples/hello\n  lead enrich examples/hello --output missing.csv"
    )]
    Enrich(EnrichArgs),
    /// Draft a lexicon from exports, or begin with a small one
    #[command(after_help = "Examples:\n  lead init small\n  lead init drafted --from examples/hello")]
    Init(InitArgs),
    /// Serve an editor, which starts this command itself
    #[command(after_help = "Example:\n  lead lsp")]
    Lsp(LspArgs),
    /// Show what a stage makes of a lexicon
    #[command(after_help = "Example:\n  lead debug hir examples/hello")]
    Debug(DebugArgs),
    /// Print completions for a shell
    #[command(after_help = "Example:\n  lead completions bash")]
    Completions(CompletionsArgs),
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// With excerpts, for people
    Human,
    /// One line each, for editors and logs: `FILE:LINE:COLUMN: error[L0201]: …`
    Short,
    /// A JSON list, for programs
    Json,
    /// Annotations beside the lines of a change on GitHub, and the summary of its job
    Github,
    /// A code-quality report for GitLab
    Gitlab,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML, for CI services
    Junit,
    /// A table, for comments
    Markdown,
}

impl MessageFormat {
    /// The format of a CI service, if it is one.
    pub fn of_service(self) -> Option<ci::Format> {
        match self {
            MessageFormat::Human | MessageFormat::Short | MessageFormat::Json => None,
            MessageFormat::Github => Some(ci::Format::Github),
            MessageFormat::Gitlab => Some(ci::Format::Gitlab),
            MessageFormat::Sarif => Some(ci::Format::Sarif),
            MessageFormat::Junit => Some(ci::Format::Junit),
            MessageFormat::Markdown => Some(ci::Format::Markdown),
        }
    }
}

/// `lead check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Lexicon folders or files; the current folder by default
    pub paths: Vec<PathBuf>,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = MessageFormat::Human)]
    pub format: MessageFormat,
    /// Also look at the exports in this folder, and say which rules do not fit them
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The time that the answers hold for; by default that of lead.toml, else now
    #[arg(long, value_name = "TIME", requires = "data")]
    pub as_of: Option<String>,
    /// Let warnings count as findings for the exit code
    #[arg(long)]
    pub strict: bool,
    /// Show only lints that are not in this file
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the lints that are found into this file, and show none of them
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub write_baseline: Option<PathBuf>,
}

/// How outcomes of examples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// With excerpts and how the answers come about, for people
    Human,
    /// A JSON list, for programs
    Json,
    /// JUnit's XML, for CI services
    Junit,
    /// Annotations beside the lines of a change on GitHub, and the summary of its job
    Github,
    /// A code-quality report for GitLab
    Gitlab,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// A table, for comments
    Markdown,
}

impl TestFormat {
    /// The format of a CI service for what failed, if it is one. JUnit's lists what passed too.
    pub fn of_service(self) -> Option<ci::Format> {
        match self {
            TestFormat::Human | TestFormat::Json | TestFormat::Junit => None,
            TestFormat::Github => Some(ci::Format::Github),
            TestFormat::Gitlab => Some(ci::Format::Gitlab),
            TestFormat::Sarif => Some(ci::Format::Sarif),
            TestFormat::Markdown => Some(ci::Format::Markdown),
        }
    }
}

/// `lead test`
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Lexicon folders or files; the current folder by default
    pub paths: Vec<PathBuf>,
    /// Only examples whose title, or a name that they test, contains this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// How outcomes are shown
    #[arg(long, value_enum, default_value_t = TestFormat::Human)]
    pub format: TestFormat,
    /// The time of examples without `as of`; by default that of lead.toml, else now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// What else is to be done with them
    #[command(flatten)]
    pub more: crate::test::args::More,
}

/// How differences are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Human,
    /// JSON, for programs
    Json,
    /// For the comment on a pull request
    Markdown,
    /// Annotations beside the lines of a change on GitHub, and the summary of its job
    Github,
    /// A code-quality report for GitLab
    Gitlab,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML, for CI services
    Junit,
}

impl DiffFormat {
    /// The format of a CI service, if it is one.
    pub fn of_service(self) -> Option<ci::Format> {
        match self {
            DiffFormat::Human | DiffFormat::Json | DiffFormat::Markdown => None,
            DiffFormat::Github => Some(ci::Format::Github),
            DiffFormat::Gitlab => Some(ci::Format::Gitlab),
            DiffFormat::Sarif => Some(ci::Format::Sarif),
            DiffFormat::Junit => Some(ci::Format::Junit),
        }
    }
}

/// How much a change weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChangeClass {
    /// No answer changes
    Cosmetic,
    /// Something new
    Added,
    /// Answers that are no members of a term may change
    Changed,
    /// A term lets in more
    Wider,
    /// A term keeps some out that were in
    Narrower,
    /// A name or a column of the answers is gone
    Breaking,
}

impl ChangeClass {
    /// As the comparison calls it.
    pub fn class(self) -> lead_diff::Class {
        match self {
            ChangeClass::Cosmetic => lead_diff::Class::Cosmetic,
            ChangeClass::Added => lead_diff::Class::Added,
            ChangeClass::Changed => lead_diff::Class::Changed,
            ChangeClass::Wider => lead_diff::Class::Wider,
            ChangeClass::Narrower => lead_diff::Class::Narrower,
            ChangeClass::Breaking => lead_diff::Class::Breaking,
        }
    }
}

/// `lead diff`
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older version: a revision of git (`main`, `HEAD~1`, `main:FOLDER`), or a folder; `main...` is where the working tree
    /// parted from `main`
    pub base: String,
    /// The newer version; the working tree by default
    pub head: Option<String>,
    /// The lexicon in the working tree; the current folder by default
    #[arg(long, value_name = "LEXICON", default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Run both versions over the exports in this folder, and say whose answers are others
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The time that the answers hold for; by default that of lead.toml, else now
    #[arg(long, value_name = "TIME", requires = "data")]
    pub as_of: Option<String>,
    /// Split those who move by this field or definition
    #[arg(long, value_name = "NAME", requires = "data")]
    pub by: Option<String>,
    /// Exit with 1 if there is a change of these classes: cosmetic, added, changed, wider, narrower, breaking
    #[arg(long, value_enum, value_name = "CLASS", value_delimiter = ',', hide_possible_values = true)]
    pub fail_on: Vec<ChangeClass>,
    /// How differences are shown
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    pub format: DiffFormat,
}

/// `lead fmt`
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Files or folders; `-` reads standard input; the current folder by default
    pub paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    pub diff: bool,
}

/// `lead fix`
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Lexicon folders or files; the current folder by default
    pub paths: Vec<PathBuf>,
    /// Also apply fixes that change what a definition means
    #[arg(long = "unsafe")]
    pub risky: bool,
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    pub diff: bool,
}

/// `lead explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A code (`L0203`) or its name (`unknown-field`); all codes by default
    pub code: Option<String>,
}

/// Formats of a glossary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocFormat {
    /// One page that needs nothing besides
    Html,
    /// For wikis and repositories
    Markdown,
}

/// `lead doc`
#[derive(Debug, Args)]
pub struct DocArgs {
    /// Lexicon folder or file; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Format of the glossary
    #[arg(long, value_enum, default_value_t = DocFormat::Html)]
    pub format: DocFormat,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `lead report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Lexicon folder or file; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Folder of the exports; by default the one that lead.toml names, else the lexicon's own
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The time that answers hold for (`2026-06-30`, `2026-06-30T14:00`); by default that of lead.toml, else now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `lead enrich`
#[derive(Debug, Args)]
pub struct EnrichArgs {
    /// Lexicon folder or file; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Folder of the exports; by default the one that lead.toml names, else the lexicon's own
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The time that answers hold for (`2026-06-30`, `2026-06-30T14:00`); by default that of lead.toml, else now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Only what these terms and choices wait for
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// How it is shown; `csv` and `json` have every missing value
    #[arg(long, value_enum, default_value_t = TimeFormat::Human)]
    pub format: TimeFormat,
    /// Write every missing value to this file, as CSV unless `--format json` is given
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write texts that a spreadsheet would take for a formula as they are
    #[arg(long)]
    pub raw_cells: bool,
}

/// `lead init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to write; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,
    /// Exports to draft from: files or a folder; without any a small lexicon to begin with is written
    #[arg(long, value_name = "EXPORTS")]
    pub from: Vec<PathBuf>,
    /// Time zone of the lexicon
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
}

/// Stages that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// The syntax tree
    Ast,
    /// The typed lexicon
    Hir,
    /// What is measured and computed
    Plan,
    /// Statements for DuckDB
    Sql,
}

/// `lead debug`
#[derive(Debug, Args)]
pub struct DebugArgs {
    /// Which stage
    #[arg(value_enum)]
    pub stage: Stage,
    /// A lexicon file or folder
    pub file: PathBuf,
    /// As-of time of a plan, or of statements
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

/// `lead lsp`
#[derive(Debug, Args)]
pub struct LspArgs {
    /// Speak over standard input and output, as it always does; some editors say so
    #[arg(long)]
    pub stdio: bool,
}

/// `lead completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// File formats of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Comma-separated, with a header
    Csv,
    /// Parquet, with native types
    Parquet,
    /// JSON lines
    Jsonl,
}

/// `lead run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Lexicon folder or file; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Folder of the exports; by default the one that lead.toml names, else the lexicon's own
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The time that answers hold for (`2026-06-30`, `2026-06-30T14:00`); by default that of lead.toml, else now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Ask a live database, `postgres://USER@HOST/DATABASE` or `duckdb:FILE`, in the place of exports
    #[arg(long, value_name = "PLACE", conflicts_with_all = ["data", "strict", "rejects", "reasons"])]
    pub on: Option<String>,
    /// A `[targets.NAME]` of lead.toml: where the tables of the database stand
    #[arg(long, value_name = "NAME", requires = "on")]
    pub target: Option<String>,
    /// Write answers into this folder
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Format of the answers written
    #[arg(long, value_enum, default_value_t = OutputFormat::Csv)]
    pub format: OutputFormat,
    /// Only these definitions
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Write only the records for which this term is yes
    #[arg(long = "where", value_name = "TERM", requires = "output")]
    pub holding: Option<String>,
    /// How many threads work; by default one per core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Let every warning about the data stop the run
    #[arg(long)]
    pub strict: bool,
    /// Write every row or value that was not taken to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
    /// Also write, for each term, the reasons of its answer
    #[arg(long, requires = "output")]
    pub reasons: bool,
    /// Write texts that a spreadsheet would take for a formula as they are
    #[arg(long)]
    pub raw_cells: bool,
}

/// `lead compile`
#[derive(Debug, Args)]
pub struct CompileArgs {
    /// Lexicon folder or file; the current folder by default
    #[arg(default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Whose SQL, such as `duckdb`, `postgres` or `spark`; by default that of the target
    #[arg(long, value_name = "NAME")]
    pub dialect: Option<String>,
    /// The time that answers hold for (`2026-06-30`, `2026-06-30T14:00`); by default the time at which a statement runs
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// A `[targets.NAME]` of lead.toml: where the tables stand
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Write a file for each statement into this folder
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Write a dbt project into this folder: sources, models, documentation, tests, exposures
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    pub dbt: Option<PathBuf>,
    /// Write a folder to hand to `spark-submit`: a program, the statements in steps, and what they read
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "dbt"])]
    pub spark: Option<PathBuf>,
    /// Only these definitions
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
}

/// `lead why`
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Key of the record
    pub key: String,
    /// Definition to explain; by default all terms of the record
    pub term: Option<String>,
    /// Lexicon folder or file; the current folder by default
    #[arg(long, value_name = "LEXICON", default_value = ".", hide_default_value = true)]
    pub lexicon: PathBuf,
    /// Folder of the exports; by default the one that lead.toml names, else the lexicon's own
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The time that the answer holds for; by default that of lead.toml, else now
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Entity of the record, where keys of several entities are alike
    #[arg(long, value_name = "NAME")]
    pub entity: Option<String>,
    /// Print the tree as JSON
    #[arg(long)]
    pub json: bool,
}
