//! `cargo run -p xtask -- live`: `lead run --on` of a DuckDB file and of a PostgreSQL server, beside runs over the exports: the same
//! files, the same summary; and what is said where the database does not answer.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use lead_sql::Target;
use lead_tests::agree::engine::Engine;
use lead_tests::agree::programs::Program;
use lead_tests::agree::{environment, raw};
use lead_tests::command::{ended, lead_beside, root};
use serde_json::Value as Json;

/// The lexicon, the place, variables, and what is to be said.
type Fault<'f> = (&'f str, &'f str, &'f [(&'f str, &'f str)], &'f [&'f str]);

const PASSWORD: &str = "s3cret:with@signs/\\";

/// The place over a network, variables, and what is to be said.
type Unsafe<'f> = (String, &'f [(&'f str, &'f str)], &'f [&'f str]);

/// What is written into a place, the lexicon's files and the formats tried.
struct Bench {
    lead: PathBuf,
    python: PathBuf,
    cli: PathBuf,
    folder: tempfile::TempDir,
    server: environment::Server,
}

impl Bench {
    fn lead(&self, args: &[&str], variables: &[(&str, &str)]) -> Result<Output, String> {
        let mut command = Command::new(&self.lead);
        command.args(args).current_dir(self.folder.path()).env("NO_COLOR", "1").env("LEAD_DUCKDB", &self.cli);
        command.env("HOME", self.folder.path());
        for name in ["PGPASSWORD", "PGPASSFILE", "PGHOST", "PGUSER", "PGPORT", "PGDATABASE"] {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied());
        command.output().map_err(|e| e.to_string())
    }

    fn address(&self, more: &str) -> String {
        let socket = self.server.socket().display().to_string().replace('/', "%2F");
        self.place(&format!("lead{more}@{socket}"), "")
    }

    /// The same server over a network, as far as one machine has that.
    fn remote(&self, host: &str, more: &str) -> String {
        self.place(&format!("lead@{host}"), more)
    }

    fn place(&self, server: &str, more: &str) -> String {
        format!("postgres://{server}:{}/postgres?options=-c%20search_path%3Djob{more}", self.server.port())
    }

    /// Loads the tables of a program into both databases.
    fn load(&self, program: &Program, file: &Path) -> Result<(), String> {
        let tables = raw::tables(&program.checked()?, &Target::default(), &program.data)?;
        let _ = fs::remove_file(file);
        let variables = [("LEAD_AGREE_DUCKDB".to_string(), file.display().to_string())];
        Engine::new("duckdb", &self.python, &variables, 300).ask(&tables, &[])?;
        let password = PASSWORD.replace('\\', "\\\\").replace('\'', "\\'");
        let connection = format!("{} password='{password}'", self.server.connection());
        let variables = [("LEAD_AGREE_POSTGRES".to_string(), connection)];
        Engine::new("postgres", &self.python, &variables, 300).ask(&tables, &[])?;
        Ok(())
    }

    /// The files of a run, with rows in order and the summary.
    fn answers(&self, lexicon: &str, format: &str, on: Option<&str>) -> Result<BTreeMap<String, Vec<u8>>, String> {
        let out = self.folder.path().join("answers");
        let _ = fs::remove_dir_all(&out);
        let mut args = vec!["run", lexicon, "--json", "--output", "answers", "--format", format];
        args.extend(on.iter().flat_map(|place| ["--on", place]));
        let ran = self.lead(&args, &[("PGPASSWORD", PASSWORD)])?;
        if !ran.status.success() {
            return Err(String::from_utf8_lossy(&ran.stderr).into_owned());
        }
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(&out).map_err(|e| e.to_string())?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let bytes = match format {
                "parquet" => self.rows_of(&entry.path())?,
                _ => in_order(&fs::read(entry.path()).map_err(|e| e.to_string())?, format),
            };
            found.insert(name, bytes);
        }
        let mut summary: Json = serde_json::from_slice(&ran.stdout).map_err(|e| e.to_string())?;
        // Of the data a database reports nothing.
        summary.as_object_mut().map(|s| s.remove("data"));
        found.insert("summary".to_string(), summary.to_string().into_bytes());
        let plain = self.lead(
            &[&["run", lexicon][..], &args[if on.is_some() { 7..9 } else { 0..0 }]].concat(),
            &[("PGPASSWORD", PASSWORD)],
        )?;
        let text = String::from_utf8_lossy(&plain.stdout).into_owned();
        let text = text.split("\ndata: ").next().unwrap_or_default().trim_end().to_owned();
        found.insert("summary for people".to_string(), text.into_bytes());
        Ok(found)
    }

    /// The schema and rows of a Parquet file as text.
    fn rows_of(&self, file: &Path) -> Result<Vec<u8>, String> {
        let script = "import duckdb, sys\nr = duckdb.sql(f\"from read_parquet('{sys.argv[1]}')\")\n\
                      print(r.columns, r.types)\nfor row in sorted(map(repr, r.select('columns(*)::varchar').fetchall())): print(row)";
        let ran = Command::new(&self.python).args(["-c", script]).arg(file).output().map_err(|e| e.to_string())?;
        if ran.status.success() { Ok(ran.stdout) } else { Err(String::from_utf8_lossy(&ran.stderr).into_owned()) }
    }

    fn compare(&self, name: &str) -> Result<(), String> {
        let folder = root().join("examples").join(name);
        let program = Program::folder(&folder).ok_or_else(|| format!("no example {name}"))?;
        let file = self.folder.path().join("house.duckdb");
        self.load(&program, &file)?;
        let lexicon = folder.display().to_string();
        let places = [("duckdb", format!("duckdb:{}", file.display())), ("postgres", self.address(""))];
        let mut bytes = 0;
        for format in ["csv", "jsonl", "parquet"] {
            let native = self.answers(&lexicon, format, None)?;
            bytes += native.values().map(Vec::len).sum::<usize>();
            for (engine, place) in &places {
                let live = self.answers(&lexicon, format, Some(place)).map_err(|e| format!("{engine}: {e}"))?;
                for name in native.keys().chain(live.keys()) {
                    let (a, b) = (native.get(name), live.get(name));
                    if a != b {
                        let text =
                            |t: Option<&Vec<u8>>| t.map_or(String::new(), |t| String::from_utf8_lossy(t).into_owned());
                        let (a, b) = (text(a), text(b));
                        let line = a.lines().zip(b.lines()).find(|(a, b)| a != b);
                        return Err(format!("{engine}, {format}, {name}: {line:?}"));
                    }
                }
            }
        }
        println!("{name}: {bytes} bytes of files and summaries, the same from both databases");
        Ok(())
    }

    /// Over a network a connection is encrypted, with a certificate that is believed and bears the host's name; else it is refused.
    fn encrypted(&self) -> Result<(), String> {
        let hello = root().join("examples/hello").display().to_string();
        let certificate = self.server.root_certificate().display().to_string();
        let (named, beside) = (("PGSSLROOTCERT", certificate.as_str()), ("PGPASSWORD", PASSWORD));
        let told = format!("&sslmode=verify-full&sslrootcert={certificate}");
        let native = self.lead(&["run", &hello, "--as-of", "2026-06-30", "--json"], &[])?;
        let of = |ran: &Output| -> Result<Json, String> {
            let mut summary: Json = serde_json::from_slice(&ran.stdout)
                .map_err(|e| format!("{e}: {}", String::from_utf8_lossy(&ran.stderr)))?;
            summary.as_object_mut().map(|s| s.remove("data"));
            Ok(summary)
        };
        let native = of(&native)?;
        for (place, variables) in
            [(self.remote("localhost", ""), &[beside, named][..]), (self.remote("localhost", &told), &[beside])]
        {
            let ran = self.lead(&["run", &hello, "--as-of", "2026-06-30", "--json", "--on", &place], variables)?;
            if of(&ran)? != native {
                return Err(format!("{place}: another summary"));
            }
        }
        let cases: [Unsafe<'_>; 3] = [
            (self.remote("localhost", ""), &[beside], &["cannot be made safe", "PGSSLROOTCERT"]),
            (self.remote("127.0.0.1", ""), &[beside, named], &["cannot be made safe", "127.0.0.1"]),
            (self.remote("localhost", "&sslmode=disable"), &[beside], &["without encryption", "sslmode=disable"]),
        ];
        for (place, variables, said) in &cases {
            let ran = self.lead(&["run", &hello, "--on", place], variables)?;
            let text = String::from_utf8_lossy(&ran.stderr).into_owned();
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if ran.status.code() != Some(3) || said.iter().any(|s| !flat.contains(s)) || text.contains(PASSWORD) {
                return Err(format!("{place}: {:?} lacks one of {said:?}:\n{text}", ran.status.code()));
            }
        }
        println!(
            "TLS: the summary of a run by a certificate that is believed; {} connections that are not safe are refused",
            cases.len()
        );
        Ok(())
    }

    /// Each fault gives exit code 3, a cause and a cure, and never the password.
    fn faults(&self) -> Result<(), String> {
        let hello = root().join("examples/hello").display().to_string();
        let house = self.folder.path().join("house.duckdb").display().to_string();
        let file = format!("duckdb:{house}");
        let lone = self.folder.path().join("lone.lead");
        fs::write(&lone, "entity person from \"people.csv\"\n    id: key\n\nany when id is known\n")
            .map_err(|e| e.to_string())?;
        let other = self.folder.path().join("other.lead");
        fs::write(
            &other,
            "entity contact from \"contacts.csv\"\n    id: key\n    shoe size: number\n\nbig when shoe size > 44\n",
        )
        .map_err(|e| e.to_string())?;
        let (lone, other) = (lone.display().to_string(), other.display().to_string());
        let (right, wrong) = (self.address(""), self.address(":no-such-secret"));
        let known = [("PGPASSWORD", PASSWORD)];
        let nowhere = "postgres://lead:no-such-secret@127.0.0.1:9/db".to_owned();
        let cases: Vec<Fault<'_>> = vec![
            (&hello, &nowhere, &[], &["no PostgreSQL answers at `127.0.0.1:9`", "help:"]),
            (&hello, &wrong, &[], &["does not let `lead` in", "PGPASSWORD", ".pgpass"]),
            (&hello, &right, &[], &["asks `lead` for a password", "PGPASSWORD"]),
            (&lone, &right, &known, &["`person`", "people", "lone.lead:1", "--target"]),
            (&other, &right, &known, &["shoe_size", "contact.shoe size", "other.lead:3", "--target"]),
            (&lone, &file, &[], &["`person`", "people", "lone.lead:1", "--target"]),
            (&other, &file, &[], &["shoe_size", "other.lead:3"]),
            (&hello, "duckdb:no-such.duckdb", &[], &["no-such.duckdb", "help:"]),
        ];
        for (lexicon, place, variables, said) in &cases {
            let ran = self.lead(&["run", lexicon, "--as-of", "2026-06-30", "--on", place], variables)?;
            let text = String::from_utf8_lossy(&ran.stderr).into_owned() + &String::from_utf8_lossy(&ran.stdout);
            // Lines are wrapped where they are long.
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let missing: Vec<&&str> = said.iter().filter(|s| !flat.contains(**s)).collect();
            if ran.status.code() != Some(3) || !missing.is_empty() {
                return Err(format!("{place}: {:?} lacks {missing:?}:\n{text}", ran.status.code()));
            }
            if text.contains("no-such-secret") || text.contains(PASSWORD) {
                return Err(format!("a password is shown:\n{text}"));
            }
        }
        // A file of passwords does as well, if it is for its owner alone.
        let passwords = self.folder.path().join("passwords");
        let escaped = PASSWORD.replace('\\', "\\\\").replace(':', "\\:");
        fs::write(&passwords, format!("localhost:*:postgres:lead:{escaped}\n")).map_err(|e| e.to_string())?;
        let named = passwords.display().to_string();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let ran = self.lead(&["run", &hello, "--on", &right], &[("PGPASSFILE", &named)])?;
            if ran.status.success() || !String::from_utf8_lossy(&ran.stderr).contains("chmod 600") {
                return Err("a file of passwords that others may read is taken".to_string());
            }
            fs::set_permissions(&passwords, fs::Permissions::from_mode(0o600)).map_err(|e| e.to_string())?;
        }
        let ran = self.lead(&["run", &hello, "--on", &right], &[("PGPASSFILE", &named)])?;
        if !ran.status.success() {
            return Err(String::from_utf8_lossy(&ran.stderr).into_owned());
        }
        println!("{} faults are told with cause and cure; a file of passwords lets in", cases.len());
        Ok(())
    }
}

/// The lines of a file behind its header, sorted.
fn in_order(bytes: &[u8], format: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let head = usize::from(format == "csv").min(lines.len());
    lines[head..].sort_unstable();
    lines.concat().into_bytes()
}

fn run() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let dir = match (args.next().as_deref(), args.next()) {
        (None, _) => environment::cache(),
        (Some("--dir"), Some(dir)) => PathBuf::from(dir),
        _ => return Err("usage: cargo run -p xtask -- live [--dir DIR where engines are installed]".to_string()),
    };
    let python = environment::live(&dir)?;
    let bench = Bench {
        lead: lead_beside(),
        cli: python.with_file_name(if cfg!(windows) { "duckdb.exe" } else { "duckdb" }),
        python,
        folder: tempfile::Builder::new().prefix("lead-live-").tempdir().map_err(|e| e.to_string())?,
        server: environment::Server::guarded(PASSWORD)?,
    };
    for name in ["salesforce", "hubspot", "industrial", "hello"] {
        bench.compare(name).map_err(|e| format!("{name}: {e}"))?;
    }
    bench.encrypted()?;
    bench.faults()
}

fn main() -> ExitCode {
    ended(run().map(|()| true))
}
