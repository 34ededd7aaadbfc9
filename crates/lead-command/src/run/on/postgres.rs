//! A PostgreSQL server, asked through the program `lead-postgres` that is installed beside `lead`: the client and its TLS would be a tenth
//! of `lead`.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use lead_hir::hir::Ty;
use lead_sql::Compiled;
use serde_json::{Value as Json, json};

use super::{Cell, Refused, Stopped, Taker, password};
use crate::terminal::{Failure, plain};

/// How tables are found.
pub const NAMES: &str = "a table of the database bears the name of its file, or the one that a `[targets.NAME]` of `lead.toml` gives it; \
                         choose that with `--target NAME`";

/// Names the program, where it is not beside `lead` and not on the path.
const PROGRAM: &str = "LEAD_POSTGRES";

/// A server.
pub struct Place {
    address: String,
}

/// The program; it ends when nobody listens to it any more.
struct Client(Child);

impl Drop for Client {
    fn drop(&mut self) {
        // What it said has been read, or is of no use.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Place {
    /// The server of an address.
    pub fn new(address: &str) -> Place {
        Place { address: address.to_owned() }
    }

    /// Asks all statements.
    pub fn ask(&self, statements: &[Compiled], take: &mut Taker<'_>) -> Result<(), Stopped> {
        let mut client = Client(start()?);
        let request = json!({
            "address": self.address,
            "statements": statements.iter().map(copied).collect::<Vec<_>>(),
        });
        // It is read to its end before anything is answered.
        if let Some(mut input) = client.0.stdin.take() {
            let sent = input.write_all(request.to_string().as_bytes());
            sent.map_err(|e| Failure::data(format!("`lead-postgres` does not listen: {}", plain(&e))))?;
        }
        let Some(output) = client.0.stdout.take() else { return Err(early()) };
        let mut reader = BufReader::with_capacity(1 << 16, output);
        let (mut line, mut cells, mut done) = (Vec::new(), Vec::new(), 0);
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line);
            read.map_err(|e| Failure::data(format!("what `lead-postgres` says cannot be read: {}", plain(&e))))?;
            let text = std::str::from_utf8(&line)
                .map_err(|_| Failure::data("the server answers in an encoding other than UTF-8"))?;
            let Some(text) = text.strip_suffix('\n') else {
                return if done == statements.len() && text.is_empty() { Ok(()) } else { Err(early()) };
            };
            if text == "\\." {
                done += 1;
            } else if let Some(said) = text.strip_prefix("\\!") {
                return Err(self.trouble(&serde_json::from_str(said).unwrap_or_default()));
            } else {
                unescaped(text, &mut cells);
                let row: Vec<Cell<'_>> = cells.iter().map(Option::as_deref).collect();
                take(done, &row)?;
            }
        }
    }

    /// What stands in the way.
    fn trouble(&self, said: &Json) -> Stopped {
        let text = |name: &str| said[name].as_str().map(str::to_owned);
        let message = text("message").unwrap_or_default();
        if said["address"] == true {
            let shown = lead_diag::render::clean(&password::masked(&self.address));
            let failure = Failure::usage(format!("`--on {shown}` cannot be read: {message}"));
            return failure.help("write `postgres://USER@HOST:PORT/DATABASE`").into();
        }
        let help = if said["missing"] == true { Some(NAMES.to_owned()) } else { text("help") };
        let statement = said["statement"].as_u64().and_then(|n| usize::try_from(n).ok());
        Stopped::Refused(Refused { statement, cause: message, help })
    }
}

fn early() -> Stopped {
    Failure::data("the program `lead-postgres` ended early")
        .help("install it anew, beside `lead`: cargo install --path crates/lead-cli")
        .into()
}

/// Starts the program: the one that is named, the one beside this one, or the one on the path.
fn start() -> Result<Child, Failure> {
    let name = format!("lead-postgres{}", std::env::consts::EXE_SUFFIX);
    let beside = || std::env::current_exe().ok()?.parent().map(|folder| folder.join(&name)).filter(|p| p.is_file());
    let named = std::env::var_os(PROGRAM).map(PathBuf::from);
    let program = named.or_else(beside).unwrap_or_else(|| PathBuf::from(&name));
    let mut command = Command::new(&program);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|e| {
        let shown = lead_diag::render::clean(&program.to_string_lossy());
        Failure::data(format!("the program `{shown}` cannot be started: {}", plain(&e))).help(format!(
            "it comes with `lead` (cargo install --path crates/lead-cli); put it beside `lead`, or name it in {PROGRAM}"
        ))
    })
}

/// A statement whose rows are streamed as texts. Lists are written as JSON.
fn copied(compiled: &Compiled) -> String {
    let sql = compiled.sql.trim_end().trim_end_matches(';');
    if !compiled.columns.iter().any(|c| matches!(c.1, Ty::List(_))) {
        return format!("COPY (\n{sql}\n) TO STDOUT");
    }
    let items: Vec<String> = compiled
        .columns
        .iter()
        .map(|(name, ty)| {
            let name = format!("\"{}\"", name.replace('"', "\"\""));
            if matches!(ty, Ty::List(_)) { format!("to_json({name}::text[])") } else { name }
        })
        .collect();
    format!("COPY (SELECT {} FROM (\n{sql}\n) AS answers) TO STDOUT", items.join(", "))
}

/// The cells of a line of `COPY`.
fn unescaped(line: &str, cells: &mut Vec<Option<String>>) {
    cells.clear();
    for cell in line.split('\t') {
        if cell == "\\N" {
            cells.push(None);
            continue;
        }
        let mut text = String::with_capacity(cell.len());
        let mut signs = cell.chars();
        while let Some(sign) = signs.next() {
            match (sign, sign == '\\') {
                (_, true) => text.extend(signs.next().map(|s| match s {
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    other => other,
                })),
                (other, false) => text.push(other),
            }
        }
        cells.push(Some(text));
    }
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn cells_of_copy_are_read() {
        let mut cells = Vec::new();
        unescaped("a\\tb\t\\N\t\\\\N\t\t\\\\\\n", &mut cells);
        let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        assert_eq!(cells, [Some("a\tb"), None, Some("\\N"), Some(""), Some("\\\n")]);
    }
}
