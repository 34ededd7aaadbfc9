//! The two versions that `lead diff` compares: revisions of git, folders, or the working tree.

use std::path::{Component, Path, PathBuf};

use lead_diag::render::clean;
use lead_project::{Project, own_files};

use super::git::{File, Repository};
use crate::check::open;
use crate::files::tidy;
use crate::terminal::Failure;

/// A version of the lexicon.
pub struct Side {
    /// What it is called: `main`, a folder, `working tree`.
    pub name: String,
    /// The lexicon.
    pub project: Project,
    /// What the names of its files begin with.
    pub folder: String,
}

/// One version: a revision of git or a folder.
pub fn one(name: &str, lexicon: &Path) -> Result<Side, Failure> {
    side(name, &Place::of(lexicon)?)
}

/// Both versions: `base`, and `head` or the working tree.
pub fn both(base: &str, head: Option<&str>, lexicon: &Path) -> Result<(Side, Side), Failure> {
    let place = Place::of(lexicon)?;
    if let (Some((from, to)), None) = (base.split_once("..."), head) {
        return since_merge_base(from, to, &place);
    }
    let older = side(base, &place)?;
    let newer = match head {
        Some(head) => side(head, &place)?,
        None => place.working_tree()?,
    };
    Ok((older, newer))
}

/// `BASE...HEAD`: from where the two parted. Without a second it is the working tree.
fn since_merge_base(from: &str, to: &str, place: &Place) -> Result<(Side, Side), Failure> {
    let repository = Repository::of(&place.root)?;
    let commit = |name: &str| {
        let name = if name.is_empty() { "HEAD" } else { name };
        repository.commit(name)?.ok_or_else(|| unknown(name))
    };
    let (one, other) = (commit(from)?, commit(to)?);
    let Some(parted) = repository.merge_base(&one, &other)? else {
        return Err(Failure::usage(format!("`{}` and `{}` have no commit in common", clean(from), clean(to)))
            .help("in a clone without its history, fetch it: `git fetch --unshallow`"));
    };
    let older = revision(&repository, &parted, short(&parted), &place.in_repository(&repository))?;
    let newer = match to {
        "" => place.working_tree()?,
        to => revision(&repository, &other, to, &place.in_repository(&repository))?,
    };
    Ok((older, newer))
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// Where the lexicon of the working tree is.
struct Place {
    written: PathBuf,
    root: PathBuf,
    /// The file of a lexicon that is a file.
    lone: Option<String>,
}

impl Place {
    fn of(lexicon: &Path) -> Result<Place, Failure> {
        let written = tidy(lexicon);
        let real = written.canonicalize().unwrap_or_else(|_| written.clone());
        let folder = if real.is_file() { real.parent().unwrap_or(&real).to_path_buf() } else { real.clone() };
        // As when it is opened: the nearest `lead.toml` at or above, else the folder or file itself.
        let with_settings = folder.ancestors().find(|f| f.join("lead.toml").is_file());
        let lone = (with_settings.is_none() && real.is_file()).then(|| real.file_name()).flatten();
        let lone = lone.map(|n| n.to_string_lossy().into_owned());
        let root = with_settings.map_or(folder.clone(), Path::to_path_buf);
        if !root.is_dir() {
            return Err(Failure::data(format!("`{}` cannot be opened", lexicon.display()))
                .help("`--lexicon` names the folder of the lexicon"));
        }
        Ok(Place { written, root, lone })
    }

    fn working_tree(&self) -> Result<Side, Failure> {
        let project = open(&self.written)?;
        Ok(Side { name: "working tree".to_owned(), folder: folder_of(&project), project })
    }

    /// The folder or file as the repository names it.
    fn in_repository(&self, repository: &Repository) -> Wanted {
        Wanted {
            folder: repository.prefix.clone(),
            lone: self.lone.clone(),
            root: self.root.clone(),
            shown: self.shown(),
        }
    }

    /// The folder of the lexicon as it is written: names of files begin with it.
    fn shown(&self) -> String {
        let project = match open(&self.written) {
            Ok(project) => project,
            Err(_) => return String::new(),
        };
        folder_of(&project)
    }
}

/// What is looked for in a revision.
struct Wanted {
    folder: String,
    lone: Option<String>,
    root: PathBuf,
    /// Names of files begin with it, so that those of both sides are alike.
    shown: String,
}

/// What the names of a lexicon's files begin with.
fn folder_of(project: &Project) -> String {
    // The settings stand at the top; without them, so does the shortest way to a file.
    let names: Vec<&Path> = project.sources.files().map(|f| Path::new(f.1.name())).collect();
    let settings = names.iter().find(|n| n.file_name().is_some_and(|f| f == "lead.toml"));
    let top = settings.or_else(|| names.iter().min_by_key(|n| n.components().count()));
    top.and_then(|n| n.parent()).map(|p| p.display().to_string()).unwrap_or_default()
}

/// A folder or a revision.
fn side(name: &str, place: &Place) -> Result<Side, Failure> {
    let path = Path::new(name);
    let is_path = path.is_dir() || path.is_file() && path.extension().is_some_and(|e| e == "lead");
    // `./main` can be nothing but a path.
    let plain = path.components().next().is_some_and(|c| matches!(c, Component::Normal(_)));
    if is_path && !(plain && names_revision(name, place)) {
        let project = open(&tidy(path))?;
        return Ok(Side { name: name.to_owned(), folder: folder_of(&project), project });
    }
    if is_path {
        return Err(Failure::usage(format!("`{}` is both a folder and a revision", clean(name))).help(format!(
            "write `./{0}` for the folder, `refs/heads/{0}` or a commit for the revision",
            clean(name)
        )));
    }
    let repository = match Repository::of(&place.root) {
        Ok(repository) => repository,
        Err(failure) if looks_like_path(name) => {
            let _ = failure;
            return Err(Failure::data(format!("`{}` cannot be opened: there is no such folder", clean(name))));
        }
        Err(failure) => return Err(failure),
    };
    if let Some(commit) = repository.commit(name)? {
        return revision(&repository, &commit, name, &place.in_repository(&repository));
    }
    // `main:rules` is a folder of a revision, as git writes it.
    if let Some((before, folder)) = name.split_once(':')
        && let Some(commit) = repository.commit(before)?
    {
        let mut wanted = place.in_repository(&repository);
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        wanted.lone = None;
        wanted.folder = if folder.is_empty() || folder == "." { String::new() } else { format!("{folder}/") };
        return revision(&repository, &commit, name, &wanted);
    }
    Err(unknown(name))
}

fn looks_like_path(name: &str) -> bool {
    name.starts_with('.') || name.starts_with('/') || name.contains('\\')
}

/// Whether git knows a name. That it cannot be asked is no answer.
fn names_revision(name: &str, place: &Place) -> bool {
    Repository::of(&place.root).and_then(|r| r.commit(name)).is_ok_and(|c| c.is_some())
}

fn unknown(name: &str) -> Failure {
    Failure::usage(format!("`{}` is neither a folder nor a revision that git knows", clean(name)))
        .help("`git branch --all` lists branches; a clone may have to fetch the one that is meant")
}

/// The lexicon as a commit has it.
fn revision(repository: &Repository, commit: &str, name: &str, wanted: &Wanted) -> Result<Side, Failure> {
    let all = repository.files(commit, &wanted.folder)?;
    let inside = |file: &File| file.path.strip_prefix(&wanted.folder).map(str::to_owned);
    let paths: Vec<String> = all.iter().filter_map(inside).collect();
    let listed: Vec<&str> = paths.iter().map(String::as_str).collect();
    let own: Vec<&str> = match &wanted.lone {
        Some(lone) => listed.iter().copied().filter(|p| p == lone).collect(),
        None => own_files(&listed),
    };
    if own.is_empty() {
        let folder = match (&wanted.lone, wanted.folder.trim_end_matches('/')) {
            (Some(lone), "") => lone.clone(),
            (Some(lone), folder) => format!("{folder}/{lone}"),
            (None, "") => "the repository".to_owned(),
            (None, folder) => folder.to_owned(),
        };
        return Err(Failure::data(format!("there is no lexicon in `{}` at `{}`", clean(&folder), clean(name)))
            .help(format!("if it stood elsewhere then, name its folder: `{}:FOLDER`", clean(name))));
    }
    let toml = wanted.lone.is_none() && listed.contains(&"lead.toml");
    let names: Vec<&str> = toml.then_some("lead.toml").into_iter().chain(own).collect();
    let file_of = |path: &&str| all.iter().find(|f| f.path.strip_prefix(&wanted.folder) == Some(path));
    let files: Vec<&File> = names.iter().filter_map(file_of).collect();
    let texts = repository.texts(&files)?;
    let shown = |path: &str| match wanted.shown.as_str() {
        "" => path.to_owned(),
        folder => Path::new(folder).join(path).display().to_string(),
    };
    let mut named: Vec<(String, String)> = names.iter().map(|n| shown(n)).zip(texts).collect();
    let settings = toml.then(|| named.remove(0));
    let project = Project::of_texts(&wanted.root, settings, named);
    Ok(Side { name: name.to_owned(), folder: wanted.shown.clone(), project })
}
