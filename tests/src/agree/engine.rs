//! An engine as a process that answers jobs.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};

/// Rows, or what the engine says is wrong.
pub type Rows = Result<Vec<Vec<Json>>, String>;

/// An engine that runs.
pub struct Engine {
    /// The name of its dialect.
    pub name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Engine {
    /// Starts one.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(name: &str, python: &Path, variables: &[(String, String)]) -> Result<Engine, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("agree/engine.py");
        let mut command = Command::new(python);
        command.arg(script).arg(name).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
        command.envs(variables.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("{name} does not start: {e}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{name} does not start"));
        };
        Ok(Engine { name: name.to_string(), child, input: Some(input), output: BufReader::new(output) })
    }

    /// The results of statements over tables.
    ///
    /// # Errors
    /// The engine is gone.
    pub fn ask(&mut self, tables: &Json, statements: &[String]) -> Result<Vec<Rows>, String> {
        let gone = |e: &dyn std::fmt::Display| format!("{} is gone: {e}", self.name);
        let job = json!({ "tables": tables, "statements": statements }).to_string();
        let input = self.input.as_mut().ok_or("closed")?;
        input.write_all(job.as_bytes()).and_then(|()| input.write_all(b"\n")).map_err(|e| gone(&e))?;
        input.flush().map_err(|e| gone(&e))?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|e| gone(&e))?;
        let answer: Vec<Json> = serde_json::from_str(&line).map_err(|e| gone(&e))?;
        Ok(answer
            .into_iter()
            .map(|a| match (a.get("rows"), a.get("error")) {
                (Some(Json::Array(rows)), _) => {
                    Ok(rows.iter().map(|r| r.as_array().cloned().unwrap_or_default()).collect())
                }
                (_, error) => Err(error.and_then(Json::as_str).unwrap_or("nothing").to_string()),
            })
            .collect())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
