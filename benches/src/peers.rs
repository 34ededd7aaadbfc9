//! The engines to compare with, installed as Python packages into an environment of their own, and how each is started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::generate::Failure;
use crate::options::root;

/// An engine that comes as a Python package.
#[derive(Debug)]
pub struct Peer {
    /// As on the command line.
    pub name: &'static str,
    /// As its makers write it.
    pub title: &'static str,
    /// The package, also the module to load.
    package: &'static str,
    /// What it needs besides.
    besides: &'static [&'static str],
}

const PEERS: &[Peer] = &[
    Peer { name: "duckdb", title: "DuckDB", package: "duckdb", besides: &[] },
    Peer { name: "polars", title: "Polars", package: "polars", besides: &[] },
    Peer { name: "datafusion", title: "DataFusion", package: "datafusion", besides: &["pyarrow"] },
    Peer { name: "clickhouse", title: "ClickHouse", package: "chdb", besides: &[] },
];

/// Spark, of `scale` alone: it is asked what `lead compile --spark` writes.
const SPARK: Peer = Peer { name: "spark", title: "Spark", package: "pyspark", besides: &[] };

/// Names of all peers.
pub fn names() -> Vec<&'static str> {
    PEERS.iter().map(|p| p.name).collect()
}

/// A Python environment with the engines that were asked for.
pub struct Environment {
    python: PathBuf,
    /// Those that are there, with their versions.
    pub peers: Vec<(&'static Peer, String)>,
}

impl Environment {
    /// Makes the environment and installs what is missing. An engine that cannot be installed is left out, and said to be.
    pub fn ready(dir: &Path, wanted: &[String]) -> Result<Environment, Failure> {
        let folder = dir.join("engines");
        let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let mut ready = Environment { python, peers: Vec::new() };
        if wanted.is_empty() {
            return Ok(ready);
        }
        if !ready.python.exists() {
            let host = if cfg!(windows) { "python" } else { "python3" };
            let made = Command::new(host).args(["-m", "venv"]).arg(&folder).status();
            if !made.is_ok_and(|s| s.success()) {
                return Err("no Python environment can be made: it takes Python 3 with venv, or `--peers none`".into());
            }
        }
        for peer in PEERS.iter().chain([&SPARK]).filter(|p| wanted.iter().any(|w| w == p.name)) {
            if ready.version(peer).is_none() {
                eprintln!("installing {} …", peer.title);
                let mut pip = Command::new(&ready.python);
                pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer.package]);
                // Whether it worked shows below.
                let _ = pip.args(peer.besides).status();
            }
            match ready.version(peer) {
                Some(version) => ready.peers.push((peer, version)),
                None => eprintln!("{} is left out: it could not be installed", peer.title),
            }
        }
        Ok(ready)
    }

    fn version(&self, peer: &Peer) -> Option<String> {
        let asked = format!("import {0}, importlib.metadata as m; print(m.version('{0}'))", peer.package);
        let output = Command::new(&self.python).args(["-c", &asked]).stderr(Stdio::null()).output().ok()?;
        let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (output.status.success() && !version.is_empty()).then_some(version)
    }

    /// Does the work on the tables of `data`, with the answers in `output`.
    pub fn run(&self, peer: &Peer, case: &Case<'_>, output: &Path) -> Command {
        let mut command = self.python();
        command
            .arg(root().join(format!("benches/peers/{}_peer.py", peer.name)))
            .args([case.work, case.format])
            .args([case.data, output])
            .arg(case.threads.to_string());
        command
    }

    /// A script of `benches/peers`.
    pub fn script(&self, name: &str) -> Command {
        let mut command = self.python();
        command.arg(root().join("benches/peers").join(name));
        command
    }

    /// `spark-submit` of the environment.
    pub fn submit(&self) -> Command {
        let mut command = Command::new(self.python.with_file_name("spark-submit"));
        command.env("PYSPARK_PYTHON", &self.python).env("PYSPARK_DRIVER_PYTHON", &self.python);
        command.envs([("SPARK_LOCAL_IP", "127.0.0.1"), ("SPARK_LOCAL_HOSTNAME", "localhost")]);
        command
    }

    /// Starts Python, loads the engine, and does nothing: what the engine itself is not to blame for.
    pub fn start(&self, peer: &Peer) -> Command {
        let mut command = self.python();
        command.args(["-c", &format!("import {}", peer.package)]);
        command
    }

    fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// One piece of work on one set of files.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub work: &'a str,
    pub format: &'a str,
    pub data: &'a Path,
    pub threads: usize,
}
