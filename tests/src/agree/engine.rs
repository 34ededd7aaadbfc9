//! An engine as a process that answers jobs. One that dies or does not answer in time is started anew for the next job.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value as Json, json};

/// Rows, or what the engine says is wrong.
pub type Rows = Result<Vec<Vec<Json>>, String>;

/// An engine.
pub struct Engine {
    /// The name of its dialect.
    pub name: String,
    python: PathBuf,
    variables: Vec<(String, String)>,
    /// Seconds that a statement may take.
    limit: u64,
    process: Option<Process>,
}

struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Engine {
    /// One that starts with its first job.
    pub fn new(name: &str, python: &Path, variables: &[(String, String)], limit: u64) -> Engine {
        let (python, variables) = (python.to_path_buf(), variables.to_vec());
        Engine { name: name.to_string(), python, variables, limit, process: None }
    }

    fn start(&self) -> Result<Process, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("agree/engine.py");
        let mut command = Command::new(&self.python);
        command.arg(script).arg(&self.name).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
        command.envs(self.variables.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("{} does not start: {e}", self.name))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{} does not start", self.name));
        };
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Process { child, input: Some(input), lines })
    }

    /// The results of statements over tables.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn ask(&mut self, tables: &Json, statements: &[String]) -> Result<Vec<Rows>, String> {
        self.ask_in_steps(tables, &Json::Null, statements)
    }

    /// The results of statements that read steps: what [`crate::agree::steps`] makes.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn ask_in_steps(&mut self, tables: &Json, steps: &Json, statements: &[String]) -> Result<Vec<Rows>, String> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.start()?,
        };
        match process.ask(tables, steps, statements, self.limit) {
            Ok(rows) => {
                self.process = Some(process);
                Ok(rows)
            }
            // What is left of it ends here; the next job finds another.
            Err(why) => {
                let _ = process.child.kill();
                Ok(statements.iter().map(|_| Err(why.clone())).collect())
            }
        }
    }
}

impl Process {
    fn ask(&mut self, tables: &Json, steps: &Json, statements: &[String], limit: u64) -> Result<Vec<Rows>, String> {
        let job = json!({ "tables": tables, "steps": steps, "statements": statements, "limit": limit }).to_string();
        let gone = || "the engine is gone".to_string();
        let input = self.input.as_mut().ok_or_else(gone)?;
        input.write_all(job.as_bytes()).and_then(|()| input.write_all(b"\n")).map_err(|_| gone())?;
        input.flush().map_err(|_| gone())?;
        let made = steps["plan"]["steps"].as_array().map_or(0, Vec::len);
        let all = Duration::from_secs(120 + limit * (statements.len() + made) as u64);
        let line = self.lines.recv_timeout(all).map_err(|e| match e {
            RecvTimeoutError::Timeout => "the engine does not answer".to_string(),
            RecvTimeoutError::Disconnected => gone(),
        })?;
        let answer: Vec<Json> = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        let rows = answer.into_iter().map(|a| match (a.get("rows"), a.get("error")) {
            (Some(Json::Array(rows)), _) => {
                Ok(rows.iter().map(|r| r.as_array().cloned().unwrap_or_default()).collect())
            }
            (_, error) => Err(error.and_then(Json::as_str).unwrap_or("nothing").to_string()),
        });
        Ok(rows.collect())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
