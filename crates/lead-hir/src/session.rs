//! A lexicon while it is edited: texts in, a checked lexicon out after every change.
//!
//! ```
//! use lead_hir::{Session, index::Target};
//!
//! let mut session = Session::new();
//! let text = "entity contact from \"c.csv\"\n    id: key\n    employees: number\n\nlarge when employees > 50\n";
//! let file = session.set_file("rules.lead", text.into());
//! let checked = session.check();
//! assert!(checked.diagnostics(file).is_empty());
//!
//! let place = checked.place_at(file, text.find("employees >").unwrap() as u32 + 3).unwrap();
//! assert!(matches!(place.target, Target::Field(..)));
//! assert_eq!(checked.places_of(place.target).len(), 2);
//! ```

mod checked;

use std::collections::BTreeMap;
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId};
use lead_syntax::ast;

pub use checked::{Checked, CheckedFile};

use crate::Config;
use crate::lower::lower_indexed;

/// One lexicon while it is edited. Pure: told of texts, never of files.
///
/// What [`Session::check`] gives depends on the texts alone, not on how they came about.
#[derive(Debug, Default)]
pub struct Session {
    /// By name: the order in which a lexicon's files are read.
    files: BTreeMap<Arc<str>, (FileId, Arc<str>)>,
    settings: Option<(Arc<str>, FileId, Arc<str>)>,
    /// Ids are never given out twice, and a name keeps its own.
    ids: BTreeMap<Arc<str>, FileId>,
    checked: Option<Arc<Checked>>,
}

impl Session {
    /// An empty lexicon.
    pub fn new() -> Session {
        Session::default()
    }

    /// Sets the text of `lead.toml`, or says that there is none. The name is the one for messages and [`Checked::file_named`].
    pub fn set_config(&mut self, toml_name: &str, toml_text: Option<Arc<str>>) {
        self.checked = None;
        let file = self.id(toml_name);
        self.settings = toml_text.map(|text| (Arc::from(toml_name), file, text));
    }

    /// Adds a `.lead` file or replaces its text. Files are read in the order of their names. A name has the same id as long as
    /// the session lives.
    pub fn set_file(&mut self, name: &str, text: Arc<str>) -> FileId {
        let id = self.id(name);
        self.checked = None;
        self.files.insert(name.into(), (id, text));
        id
    }

    /// Takes a file out of the lexicon.
    pub fn remove_file(&mut self, name: &str) {
        if self.files.remove(name).is_some() {
            self.checked = None;
        }
    }

    fn id(&mut self, name: &str) -> FileId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = FileId(self.ids.len() as u32);
        self.ids.insert(name.into(), id);
        id
    }

    /// Brings everything up to date. Costs next to nothing where nothing has changed.
    pub fn check(&mut self) -> Arc<Checked> {
        if let Some(checked) = &self.checked {
            return checked.clone();
        }
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        let config = match &self.settings {
            Some((_, file, text)) => {
                let (config, problems) = crate::config::parse(*file, text);
                diagnostics.extend(problems);
                config
            }
            None => Config::default(),
        };
        let mut trees: Vec<(FileId, ast::File)> = Vec::new();
        for (id, text) in self.files.values() {
            let parsed = lead_syntax::parse(*id, text);
            diagnostics.extend(parsed.diagnostics);
            trees.push((*id, parsed.file));
        }
        let borrowed: Vec<(FileId, &ast::File)> = trees.iter().map(|(id, file)| (*id, file)).collect();
        let (lowered, index, uses) = lower_indexed(&borrowed, &config);
        diagnostics.extend(lowered.diagnostics);
        let mut checked = Checked::new(lowered.lexicon, config, uses.defs);
        if let Some((name, id, text)) = &self.settings {
            checked.config_file = Some(*id);
            checked.add(CheckedFile::new(*id, name.clone(), text.clone(), ast::File::default()));
        }
        for ((name, (id, text)), (_, tree)) in self.files.iter().zip(trees) {
            checked.add(CheckedFile::new(*id, name.clone(), text.clone(), tree));
            checked.order.push(*id);
        }
        checked.fill(diagnostics, index);
        let checked = Arc::new(checked);
        self.checked = Some(checked.clone());
        checked
    }
}
