//! Versions that git keeps, read through the program `git`: whoever has a repository has it, it knows every format that a
//! repository may have, and a library that does would be larger than all the rest of this command.
//!
//! Nothing is checked out: `ls-tree` lists the files of a revision, `cat-file --batch` gives their texts. Names of revisions never
//! reach `git` as options.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::terminal::{Failure, plain};

/// The repository that holds a folder.
pub struct Repository {
    /// A folder in it.
    folder: PathBuf,
    /// The way from the top of the repository to that folder, with `/` at its end; empty at the top.
    pub prefix: String,
}

/// A file of a revision.
pub struct File {
    /// From the top of the repository, with `/`.
    pub path: String,
    object: String,
}

/// Files beyond this are no definitions.
const LARGEST: u64 = 64 << 20;

impl Repository {
    /// The repository of a folder.
    pub fn of(folder: &Path) -> Result<Repository, Failure> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let repository = Repository { folder: folder.to_path_buf(), prefix: String::new() };
        match repository.git(&["rev-parse", "--show-prefix"]) {
            Ok(prefix) => Ok(Repository { prefix: prefix.trim_end_matches('\n').to_owned(), ..repository }),
            Err(Trouble::Missing) => Err(missing()),
            Err(Trouble::Said(said)) if said.contains("not a git repository") => {
                let message = format!("`{}` is not in a git repository", folder.display());
                Err(Failure::usage(message).help("name two folders instead of revisions"))
            }
            Err(trouble) => Err(trouble.failure("git cannot read the repository")),
        }
    }

    /// The full name of a commit; `None` if there is none of that name.
    pub fn commit(&self, revision: &str) -> Result<Option<String>, Failure> {
        let wanted = format!("{revision}^{{commit}}");
        match self.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]) {
            Ok(name) => Ok(Some(name.trim().to_owned()).filter(|n| !n.is_empty())),
            Err(Trouble::Missing) => Err(missing()),
            Err(Trouble::Said(_)) => Ok(None),
        }
    }

    /// The last commit that two have in common.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Failure> {
        match self.git(&["merge-base", one, other]) {
            Ok(name) => Ok(Some(name.trim().to_owned())),
            Err(Trouble::Missing) => Err(missing()),
            Err(Trouble::Said(_)) => Ok(None),
        }
    }

    /// The files of a commit below a folder, which is named from the top of the repository with `/` at its end.
    pub fn files(&self, commit: &str, below: &str) -> Result<Vec<File>, Failure> {
        // `:(literal)` is not needed: a path of ls-tree is no pattern.
        let mut args = vec!["ls-tree", "-r", "-z", "--full-tree", commit];
        if !below.is_empty() {
            args.extend(["--", below]);
        }
        let listed = self.git(&args).map_err(|t| t.failure("git cannot list the files of the revision"))?;
        let entry = |line: &str| {
            // `100644 blob <object>\t<path>`; links and submodules are no texts.
            let (about, path) = line.split_once('\t')?;
            let mut about = about.split(' ');
            let (mode, _, object) = (about.next()?, about.next()?, about.next()?);
            mode.starts_with("100").then(|| File { path: path.to_owned(), object: object.to_owned() })
        };
        Ok(listed.split('\0').filter_map(entry).collect())
    }

    /// The texts of files, in their order.
    pub fn texts(&self, files: &[&File]) -> Result<Vec<String>, Failure> {
        let broken = |e: std::io::Error| Failure::data(format!("git stopped while it gave files: {}", plain(&e)));
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| missing())?;
        let wanted: String = files.iter().map(|f| format!("{}\n", f.object)).collect();
        let (input, output) = (child.stdin.take(), child.stdout.take());
        // Written beside the reading, or both wait for each other once the pipes are full.
        let texts = std::thread::scope(|scope| {
            scope.spawn(move || input.map(|mut input| input.write_all(wanted.as_bytes())));
            let mut output = BufReader::new(output.ok_or_else(missing)?);
            files.iter().map(|file| text(&mut output, file).map_err(broken)?).collect::<Result<Vec<String>, Failure>>()
        });
        if texts.is_err() {
            // It may still be writing what nobody reads.
            let _ = child.kill();
        }
        child.wait().map_err(broken)?;
        texts
    }

    fn command(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(args);
        // Messages in one language, no locks, no questions, no objects fetched from elsewhere.
        // A hook of git says in which repository it runs; which one holds the folder is asked of the folder.
        for told in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(told);
        }
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        command
    }

    fn git(&self, args: &[&str]) -> Result<String, Trouble> {
        let done = self.command(args).stdin(Stdio::null()).output().map_err(|_| Trouble::Missing)?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            return Err(Trouble::Said(said.lines().next().unwrap_or("").trim_start_matches("fatal: ").to_owned()));
        }
        String::from_utf8(done.stdout).map_err(|_| Trouble::Said("a name is not UTF-8".to_owned()))
    }
}

/// One answer of `cat-file --batch`: `<object> blob <size>`, the bytes, a line end.
fn text(output: &mut impl BufRead, file: &File) -> std::io::Result<Result<String, Failure>> {
    let mut head = String::new();
    output.read_line(&mut head)?;
    let mut words = head.split_whitespace().skip(1);
    let size = match (words.next(), words.next().and_then(|n| n.parse::<u64>().ok())) {
        (Some("blob"), Some(size)) => size,
        _ => return Ok(Err(Failure::data(format!("git has no text of `{}`", file.path)))),
    };
    if size > LARGEST {
        return Ok(Err(Failure::data(format!("`{}` is far too large for definitions", file.path))));
    }
    let mut bytes = Vec::new();
    output.take(size + 1).read_to_end(&mut bytes)?;
    bytes.pop();
    let wrong = || Failure::data(format!("`{}` is not UTF-8 text", file.path));
    Ok(String::from_utf8(bytes).map_err(|_| wrong()))
}

/// Why git gave nothing.
enum Trouble {
    /// It is not there.
    Missing,
    /// What it said.
    Said(String),
}

impl Trouble {
    fn failure(self, what: &str) -> Failure {
        match self {
            Trouble::Missing => missing(),
            Trouble::Said(said) => Failure::data(format!("{what}: {}", lead_diag::render::clean(&said))),
        }
    }
}

fn missing() -> Failure {
    Failure::data("the program `git` cannot be started")
        .help("revisions are read through it: install git, or name two folders")
}
