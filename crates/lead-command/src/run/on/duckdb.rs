//! A DuckDB file, asked through the program `duckdb` as a child process: linking DuckDB in would more than triple the size of
//! `lead` and take minutes to build. Answers come through files of a folder of their own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lead_hir::hir::Ty;
use lead_sql::{Compiled, Dialect};
use serde_json::Value as Json;

use super::{Refused, Stopped, Taker};
use crate::terminal::{Failure, plain};

/// Names the program, where it is not on the path.
const PROGRAM: &str = "LEAD_DUCKDB";

/// A file.
pub struct Place {
    file: PathBuf,
}

impl Place {
    /// The file of `--on duckdb:FILE`.
    pub fn read(file: &str) -> Result<Place, Failure> {
        let shown = lead_diag::render::clean(file);
        match fs::canonicalize(file) {
            Ok(path) if path.is_file() => Ok(Place { file: path }),
            Ok(_) => Err(Failure::data(format!("`{shown}` is no file"))
                .help("name the file of a DuckDB database: `duckdb:FILE`")),
            Err(e) => Err(Failure::data(format!("`{shown}` cannot be opened: {}", plain(&e)))
                .help("name the file of a DuckDB database: `duckdb:FILE`")),
        }
    }

    /// Asks all statements in one session, which writes nothing to the database.
    pub fn ask(&self, statements: &[Compiled], dialect: &dyn Dialect, take: &mut Taker<'_>) -> Result<(), Stopped> {
        let fail = |e: std::io::Error| Failure::data(format!("a temporary folder cannot be used: {}", plain(&e)));
        let folder = tempfile::tempdir().map_err(fail)?;
        let settings = folder.path().join("settings");
        fs::write(&settings, "").map_err(fail)?;
        let answers = |i: usize| folder.path().join(format!("{i}.json"));
        let program = std::env::var_os(PROGRAM).unwrap_or_else(|| "duckdb".into());
        let mut command = Command::new(&program);
        // No settings of the person who runs this: they could change what is printed.
        command.args(["-readonly", "-batch", "-bail", "-list", "-noheader", "-init"]).arg(&settings).arg(&self.file);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| {
            let shown = lead_diag::render::clean(&program.to_string_lossy());
            Failure::data(format!("the program `{shown}` cannot be started: {}", plain(&e)))
                .help(format!("install DuckDB's command line (duckdb.org), or name the program in {PROGRAM}"))
        })?;
        if let Some(mut input) = child.stdin.take() {
            for (i, compiled) in statements.iter().enumerate() {
                let text = format!("{};\nSELECT 'done';\n", copied(compiled, dialect, &answers(i)));
                // Where it has ended already, what it said is what counts.
                if input.write_all(text.as_bytes()).is_err() {
                    break;
                }
            }
        }
        let output = child.wait_with_output().map_err(fail)?;
        let done = String::from_utf8_lossy(&output.stdout).lines().filter(|l| *l == "done").count();
        if !output.status.success() || done < statements.len() {
            return Err(Stopped::Refused(self.refused(done, &String::from_utf8_lossy(&output.stderr))));
        }
        for i in 0..statements.len() {
            let file = fs::File::open(answers(i)).map_err(fail)?;
            for line in BufReader::new(file).lines() {
                let line = line.map_err(fail)?;
                let row: serde_json::Map<String, Json> = serde_json::from_str(&line)
                    .map_err(|e| Failure::data(format!("what `duckdb` writes cannot be read: {e}")))?;
                let cells: Vec<Option<&str>> = row.values().map(Json::as_str).collect();
                take(i, &cells)?;
            }
        }
        Ok(())
    }

    fn refused(&self, done: usize, said: &str) -> Refused {
        // The first line says what it is, later ones where in the statement.
        let mut lines = said.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("-- Loading"));
        let cause = lines.next().unwrap_or("the program ended early").to_owned();
        let shut = ["Could not set lock", "unable to open", "not a valid DuckDB", "database file with version"];
        if shut.iter().any(|s| cause.contains(s)) {
            let help = if cause.contains("lock") {
                "another program has the file open to write; close it, or ask a copy"
            } else {
                "name the file of a DuckDB database, and use a `duckdb` that is no older than the file"
            };
            let cause = format!("`{}` cannot be opened by `duckdb`: {cause}", self.file.display());
            return Refused { statement: None, cause, help: Some(help.to_owned()) };
        }
        let missing = cause.contains("does not exist") || cause.contains("not found");
        let help = missing.then(|| super::postgres::NAMES.to_owned());
        Refused { statement: Some(done), cause, help }
    }
}

/// A statement whose rows go to a file, every value as a text.
fn copied(compiled: &Compiled, dialect: &dyn Dialect, to: &Path) -> String {
    let items: Vec<String> = compiled
        .columns
        .iter()
        .enumerate()
        .map(|(i, (name, ty))| match ty {
            Ty::List(_) => format!("CAST(to_json(CAST({} AS VARCHAR[])) AS VARCHAR) AS c{i}", dialect.quoted(name)),
            _ => format!("CAST({} AS VARCHAR) AS c{i}", dialect.quoted(name)),
        })
        .collect();
    let sql = compiled.sql.trim_end().trim_end_matches(';');
    let to = dialect.text(&to.display().to_string());
    format!("COPY (SELECT {} FROM (\n{sql}\n) AS answers) TO {to} (FORMAT json)", items.join(", "))
}
