//! A lexicon on disk: where it is, its `lead.toml`, its `.lead` files, its data folder.
//!
//! The one place, besides the readers, the server and the command, that touches the file system. Invariant *inside*: every
//! file that is read, and the data folder, lies inside the lexicon's folder, links followed.

mod baseline;
mod find;
mod read;

use lead_diag::InOrder;
use std::path::{Path, PathBuf};

use lead_diag::{Code, Diagnostic, FileId, SourceMap, Span, codes};
use lead_hir::hir::Lexicon;
use lead_hir::{Config, Linted, Lints};
use lead_syntax::ast;

pub use baseline::Baseline;
pub use read::{Unreadable, list_files, own_files, read_text};

/// A lexicon that was read and checked.
#[derive(Debug)]
pub struct Project {
    /// All its files, `lead.toml` among them, named relative to the path that was opened.
    pub sources: SourceMap,
    /// `lead.toml`, or its defaults.
    pub config: Config,
    /// The trees of all `.lead` files, in order of their names.
    pub asts: Vec<(FileId, ast::File)>,
    /// The typed lexicon.
    pub lexicon: Lexicon,
    /// Everything found, in order of file and place; findings without a place come first.
    pub diagnostics: Vec<Diagnostic>,
    /// The lints that comments or settings silence, and where.
    pub silenced: Vec<(Code, Span)>,
    /// The lexicon's folder.
    pub root: PathBuf,
    /// Where `from "…"` begins.
    pub data_dir: PathBuf,
    /// The as-of time of `lead.toml`, if it has one.
    pub as_of: Option<String>,
}

/// Why there is no lexicon to speak of: the files that were read, and what was found.
#[derive(Debug)]
pub struct Failed {
    /// What was read so far.
    pub sources: SourceMap,
    /// What was found; at least one error.
    pub diagnostics: Vec<Diagnostic>,
}

impl Project {
    /// Opens the lexicon that a folder or a `.lead` file belongs to.
    ///
    /// The lexicon is the folder of the nearest `lead.toml` at or above the path. Without one, a folder is a lexicon by
    /// itself, and so is a lone file.
    pub fn open(path: &Path) -> Result<Project, Box<Failed>> {
        let found = find::find(path)?;
        let mut sources = SourceMap::new();
        let mut diagnostics = Vec::new();
        let toml = found.toml.as_ref().map(|toml| read::text(&mut sources, toml, &found.name(toml), &mut diagnostics));
        let files = match &found.lone {
            Some(file) => vec![file.clone()],
            None => read::lead_files(&found, &mut diagnostics),
        };
        let mut texts = Vec::new();
        for file in files {
            let (id, text) = read::text(&mut sources, &file, &found.name(&file), &mut diagnostics);
            texts.extend(text.map(|text| (id, text)));
        }
        let toml = toml.and_then(|(file, text)| Some((file, text?)));
        Ok(Project::make(found, sources, toml, texts, diagnostics))
    }

    /// The lexicon of texts that stand nowhere on disk: `lead.toml`, if there is one, and `.lead` files, with the names that they
    /// are to be known by. Its data folder is the one that the settings name below `root`.
    pub fn of_texts(root: &Path, toml: Option<(String, String)>, files: Vec<(String, String)>) -> Project {
        let mut sources = SourceMap::new();
        let mut add = |(name, text): (String, String)| (sources.add(name, text.clone()), text);
        let toml = toml.map(&mut add);
        let texts = files.into_iter().map(add).collect();
        Project::make(find::Found::folder(root.to_path_buf()), sources, toml, texts, Vec::new())
    }

    fn make(
        found: find::Found,
        sources: SourceMap,
        toml: Option<(FileId, String)>,
        texts: Vec<(FileId, String)>,
        mut diagnostics: Vec<Diagnostic>,
    ) -> Project {
        let mut config = Config::default();
        if let Some((file, text)) = &toml {
            let (read, problems) = lead_hir::config::parse(*file, text);
            config = read;
            diagnostics.extend(problems);
        }
        let mut asts = Vec::new();
        for (id, text) in texts {
            let parsed = lead_syntax::parse(id, &text);
            diagnostics.extend(parsed.diagnostics);
            asts.push((id, parsed.file));
        }
        if asts.is_empty() && !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.push(
                Diagnostic::new(codes::NO_LEXICON, format!("`{}` holds no `.lead` file", found.name(&found.root)))
                    .help("`lead init` drafts one from exports"),
            );
        }
        let borrowed: Vec<(FileId, &ast::File)> = asts.iter().map(|(id, file)| (*id, file)).collect();
        let mut lowered = lead_hir::lower(&borrowed, &config);
        if lowered.lexicon.settings.name.is_empty() {
            let named = found.lone.as_deref().unwrap_or(&found.root);
            lowered.lexicon.settings.name =
                named.file_stem().map_or(String::new(), |n| n.to_string_lossy().into_owned());
        }
        diagnostics.extend(lowered.diagnostics);
        let data_dir = data_dir(&found.root, &config, &mut diagnostics);
        diagnostics.in_order_by_key(|d| d.span().map(|s| (s.file, s.start, s.end)));
        Project {
            sources,
            as_of: config.as_of.clone(),
            config,
            asts,
            lexicon: lowered.lexicon,
            diagnostics,
            silenced: lowered.silenced,
            root: found.root,
            data_dir,
        }
    }

    /// Adds what is found in the lexicon as a whole.
    pub fn lint(&mut self, lints: &mut dyn Lints) {
        let found = lints.lint(&self.lexicon, &self.config, None);
        self.settle(found, false);
    }

    /// Adds what was found in the data that the lexicon is asked of, as far as comments and settings want to know.
    pub fn lint_data(&mut self, found: Vec<Diagnostic>) {
        self.settle(found, true);
    }

    fn settle(&mut self, mut found: Vec<Diagnostic>, of_data: bool) {
        let sound = self.is_sound();
        for (id, file) in &self.asts {
            let (own, rest): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|d| d.span().is_some_and(|s| s.file == *id));
            found = rest;
            let here = |span: Option<Span>| span.is_some_and(|s| s.file == *id);
            let shown: Vec<Diagnostic> = match own.is_empty() {
                true => Vec::new(),
                false => self.diagnostics.iter().filter(|d| here(d.span())).cloned().collect(),
            };
            let silenced: Vec<(Code, Span)> = self.silenced.iter().filter(|(_, s)| here(Some(*s))).copied().collect();
            let linted = Linted {
                comments: &file.comments,
                shown: &shown,
                silenced: &silenced,
                config: &self.config,
                sound,
                of_data,
            };
            let added = linted.settle(own, || file.statements.iter().map(|s| s.span).collect());
            self.diagnostics.retain(|d| !lead_hir::says_less(d, &added));
            self.diagnostics.extend(added);
        }
        // What stands in no file.
        self.diagnostics.extend(found);
        self.diagnostics.in_order_by_key(|d| d.span().map(|s| (s.file, s.start, s.end)));
    }

    /// Whether nothing stands in the way of a run.
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// The data folder of a lexicon, and what is to be said about the one that its settings name.
pub fn data_folder(root: &Path, config: &Config) -> (PathBuf, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let folder = data_dir(root, config, &mut diagnostics);
    (folder, diagnostics)
}

/// The data folder of `lead.toml`; the lexicon's own folder where it names none, or one that leaves it.
fn data_dir(root: &Path, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> PathBuf {
    let Some(data) = &config.data else { return root.to_path_buf() };
    let span = config.data_span;
    let place = |found: Diagnostic, what: &str| match span {
        Some(span) => found.label(span, what),
        None => found,
    };
    let relative = Path::new(data);
    let steps_out =
        relative.components().any(|c| !matches!(c, std::path::Component::Normal(_) | std::path::Component::CurDir));
    // A backslash is a separator on some machines and a letter on others.
    if steps_out || data.contains('\\') || data.contains(':') {
        diagnostics.push(outside(place(
            Diagnostic::new(codes::OUTSIDE_FOLDER, format!("the data folder `{data}` is not inside the lexicon")),
            "leaves the folder of `lead.toml`",
        )));
        return root.to_path_buf();
    }
    let joined = root.join(relative);
    let inside = match (joined.canonicalize(), root.canonicalize()) {
        (Ok(data), Ok(root)) => data.starts_with(root),
        // What is not there yet cannot lead anywhere; the readers report missing files.
        _ => true,
    };
    if !inside {
        diagnostics.push(outside(place(
            Diagnostic::new(
                codes::OUTSIDE_FOLDER,
                format!("the data folder `{data}` is a link that leaves the lexicon"),
            ),
            "leads out of the folder of `lead.toml`",
        )));
        return root.to_path_buf();
    }
    joined
}

fn outside(found: Diagnostic) -> Diagnostic {
    found.help("a lexicon reads files in its own folder alone; other data is named on the command line with `--data`")
}

/// The first place of a file, for findings about the whole of it.
fn start(file: FileId) -> Span {
    Span::new(file, 0, 0)
}
