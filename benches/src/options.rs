//! What was asked for on the command line, and the folders that follow from it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::generate::{Failure, contacts_of_size};

/// See the usage text of the command.
#[derive(Debug)]
pub struct Options {
    pub sizes: Vec<String>,
    pub works: Vec<String>,
    pub formats: Vec<String>,
    pub runs: usize,
    pub threads: usize,
    pub peers: Vec<String>,
    /// Of `scale`: millions.
    pub events: Vec<u64>,
    /// Of `scale`.
    pub engines: Vec<String>,
    pub dir: PathBuf,
    pub data: Option<PathBuf>,
    pub lead: Option<PathBuf>,
    pub record: bool,
    pub check: bool,
    /// MiB of address space, of `soak`.
    pub limit: u64,
}

impl Options {
    /// Reads arguments; the error is what to show.
    pub fn parse(args: &[&str], usage: &str) -> Result<Options, Failure> {
        let listed = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<String>>();
        let mut options = Options {
            sizes: listed("S"),
            works: listed("W1,W2"),
            formats: listed("parquet,csv"),
            runs: 3,
            threads: 2,
            peers: listed("duckdb,polars"),
            events: vec![1, 10, 100],
            engines: listed("lead,duckdb,spark"),
            dir: cache_folder(),
            data: None,
            lead: None,
            record: false,
            check: false,
            limit: 2048,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().copied().ok_or_else(|| format!("`{arg}` needs a value\n\n{usage}"));
            match *arg {
                "--size" => options.sizes = listed(value()?),
                "--work" => options.works = listed(value()?),
                "--format" => options.formats = listed(value()?),
                "--runs" => options.runs = value()?.parse::<usize>()?.max(1),
                "--threads" => options.threads = value()?.parse::<usize>()?.max(1),
                "--peers" => options.peers = listed(value()?),
                "--events" => options.events = listed(value()?).iter().map(|n| n.parse()).collect::<Result<_, _>>()?,
                "--engines" => options.engines = listed(value()?),
                "--dir" => options.dir = PathBuf::from(value()?),
                "--data" => options.data = Some(PathBuf::from(value()?)),
                "--lead" => options.lead = Some(PathBuf::from(value()?)),
                "--limit" => options.limit = value()?.parse()?,
                "--record" => options.record = true,
                "--check" => options.check = true,
                other => return Err(format!("unknown option `{other}`\n\n{usage}").into()),
            }
        }
        options.peers.retain(|p| p != "none");
        known(&options.works, &["W1", "W2"])?;
        known(&options.formats, &["csv", "parquet"])?;
        known(&options.engines, &["lead", "duckdb", "spark"])?;
        known(&options.peers, &crate::peers::names())?;
        if let Some(unknown) = options.sizes.iter().find(|s| contacts_of_size(s).is_none()) {
            return Err(format!("no size is called `{unknown}`: S, M or L").into());
        }
        if options.data.is_some() && options.sizes.len() > 1 {
            return Err("`--data` is of one size: name it with `--size`".into());
        }
        std::fs::create_dir_all(&options.dir)?;
        options.dir = options.dir.canonicalize()?;
        Ok(options)
    }

    /// The binary to measure; built first unless one was named.
    pub fn lead_binary(&self) -> Result<PathBuf, Failure> {
        match &self.lead {
            Some(path) => Ok(path.canonicalize()?),
            None => build("lead-cli", "lead"),
        }
    }
}

fn known(given: &[String], names: &[&str]) -> Result<(), Failure> {
    match given.iter().find(|g| !names.contains(&g.as_str())) {
        Some(unknown) => Err(format!("`{unknown}` is none of {}", names.join(", ")).into()),
        None => Ok(()),
    }
}

/// The folder of the project.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap_or(root)
}

/// Builds a binary as it is released; it lands beside this one.
pub fn build(package: &str, binary: &str) -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--package", package, "--bin", binary])
        .current_dir(root())
        .status()?;
    if !built.success() {
        return Err(format!("`{binary}` cannot be built").into());
    }
    let path = std::env::current_exe()?.with_file_name(binary);
    if !path.exists() {
        return Err("this program must itself be built with --release".into());
    }
    Ok(path)
}

/// Engines weigh hundreds of megabytes and data gigabytes: kept between runs, outside the tree.
fn cache_folder() -> PathBuf {
    let named = |variable: &str| std::env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from);
    named("XDG_CACHE_HOME")
        .or_else(|| Some(named("HOME")?.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
        .join("lead-bench")
}
