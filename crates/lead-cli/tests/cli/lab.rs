//! A folder to run `lead` in, and what came of it.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder with files.
pub struct Lab {
    dir: TempDir,
}

/// What a run of the binary gave.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Code and streams in one text, for snapshots.
    pub fn all(&self) -> String {
        format!("exit {}\n--- out\n{}--- err\n{}", self.code, self.out, self.err)
    }
}

/// Contacts with a missing size, a text that a spreadsheet would run, and one without events; and their events.
pub const CONTACTS: &str = "id,email,employees,budget,due,joined,lead source\n\
    c1,ann@example.com,120,1000.50,2026-07-01,2026-01-05 09:30,PPC\n\
    c2,=cmd|' /C calc'!A0,,20,,2026-02-10 12:00,Referral\n\
    c3,cy@example.com,7,-3.25,2026-12-24,,PPC\n";

pub const EVENTS: &str = "type,contact id,at,url\n\
    visit,c1,2026-06-01 10:00,\n\
    visit,c1,2026-06-11 10:00,\n\
    page_view,c1,2026-06-01 10:01,/a\n\
    page_view,c1,2026-06-01 10:02,/b\n\
    page_view,c1,2026-06-01 10:03,/c\n\
    page_view,c1,2026-06-11 10:01,/pricing\n\
    page_view,c1,2026-06-11 10:02,/d\n\
    page_view,c1,2026-06-11 10:03,/e\n\
    visit,c2,2026-06-20 10:00,\n\
    page_view,c2,2026-06-20 10:00,/a\n";

pub const MAIN: &str = r#"entity contact from "contacts.csv"
    id: key
    email: text
    employees: number
    budget: money
    due: date
    joined: time
    lead source: one of "PPC", "Referral"

event visit of contact from "events.csv" where type = "visit"
    at: time

event page view of contact from "events.csv" where type = "page_view"
    at: time
    url: text

pages = count(page view)
visits = count(visit)
address = email
twice budget = budget * 2
age = now - joined

lead when pages > 5 and visits >= 2 within 90d  because "comes back and reads"
    or when employees > 1_000                   because "large"

large when employees > 100

visitor when visits > 0

owner is
    "field sales" when lead
    "nurture"     otherwise

funnel journey
    visitor
    lead

metric contacts = count(contact) by lead source
"#;

pub const SETTINGS: &str =
    "[lexicon]\nname = \"Small\"\ntimezone = \"Europe/Berlin\"\nas-of = \"2026-06-30\"\ndata = \"exports\"\n";

impl Lab {
    /// An empty folder.
    pub fn empty() -> Lab {
        Lab { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A small lexicon with its exports in `small/`.
    pub fn small() -> Lab {
        Lab::empty()
            .with("small/lead.toml", SETTINGS)
            .with("small/main.lead", MAIN)
            .with("small/exports/contacts.csv", CONTACTS)
            .with("small/exports/events.csv", EVENTS)
    }

    /// A lone lexicon file `main.lead`.
    pub fn lone(text: &str) -> Lab {
        Lab::empty().with("main.lead", text)
    }

    /// Adds a file.
    pub fn with(self, path: &str, text: &str) -> Lab {
        self.write(path, text);
        self
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file is there")
    }

    /// The bytes of all files below a folder, by name.
    pub fn bytes(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(self.path(folder))
            .expect("the folder is there")
            .map(|e| e.expect("an entry").path())
            .map(|p| {
                (p.file_name().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&p).unwrap_or_default())
            })
            .collect();
        files.sort();
        files
    }

    /// A path in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Runs `lead` in the folder.
    pub fn lead(&self, args: &[&str]) -> Ran {
        self.lead_with(args, &[], "")
    }

    /// Runs `lead` in a folder of the folder.
    pub fn lead_in(&self, folder: &str, args: &[&str], vars: &[(&str, &str)]) -> Ran {
        run(&self.path(folder), args, vars, "")
    }

    /// Runs `lead` with nobody to read its output.
    pub fn lead_unread(&self, args: &[&str]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lead"))
            .args(args)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let done = child.wait_with_output().expect("the binary ends");
        let err = String::from_utf8(done.stderr).expect("output is UTF-8");
        Ran { code: done.status.code().unwrap_or(-1), out: String::new(), err }
    }

    /// Runs `lead` with variables of the environment and standard input.
    pub fn lead_with(&self, args: &[&str], vars: &[(&str, &str)], input: &str) -> Ran {
        run(self.dir.path(), args, vars, input)
    }
}

fn run(dir: &Path, args: &[impl AsRef<OsStr>], vars: &[(&str, &str)], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lead"))
        .args(args)
        .current_dir(dir)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        // The services that run these tests set them too.
        .env_remove("GITHUB_STEP_SUMMARY")
        .env_remove("GITHUB_WORKSPACE")
        .env_remove("CI_PROJECT_DIR")
        .env("COLUMNS", "100")
        .envs(vars.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // Some commands end before they have read it.
    let _ = child.stdin.take().expect("standard input").write_all(input.as_bytes());
    let done = child.wait_with_output().expect("the binary ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Ran { code: done.status.code().unwrap_or(-1), out: text(done.stdout), err: text(done.stderr) }
}
