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
mod claims;
mod read;
mod show;
mod state;
mod update;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId};

pub use checked::{Checked, CheckedFile};

use crate::{Config, Lints};
use read::{Edited, Text, Unit, read_all};
use show::{Show, Shown};
use state::State;
use update::{Changes, Made, Update};

/// One lexicon while it is edited. Pure: told of texts, never of files.
///
/// Invariant *no memory*: what [`Session::check`] gives depends on the texts alone, not on how they came about, apart from the
/// numbers of definitions.
#[derive(Debug)]
pub struct Session {
    /// By name: the order in which a lexicon's files are read.
    files: BTreeMap<Arc<str>, Text>,
    /// Texts that are new since the last check; `None`: the file is gone.
    pending: BTreeMap<Arc<str>, Option<Arc<str>>>,
    settings: Option<(Arc<str>, FileId, Arc<str>)>,
    settings_changed: bool,
    config: Config,
    config_found: Vec<Diagnostic>,
    /// Ids are never given out twice, and a name keeps its own.
    ids: BTreeMap<Arc<str>, FileId>,
    units: Vec<Option<Unit>>,
    state: State,
    shown: Shown,
    checked: Option<Arc<Checked>>,
    /// Finds lints in the whole lexicon.
    lints: Option<Box<dyn Lints>>,
}

impl Default for Session {
    fn default() -> Session {
        Session::new()
    }
}

impl Session {
    /// An empty lexicon.
    pub fn new() -> Session {
        let config = Config::default();
        Session {
            files: BTreeMap::new(),
            pending: BTreeMap::new(),
            settings: None,
            settings_changed: false,
            state: State::new(&config),
            config,
            config_found: Vec::new(),
            ids: BTreeMap::new(),
            units: Vec::new(),
            shown: Shown::default(),
            checked: None,
            lints: None,
        }
    }

    /// An empty lexicon, to whose findings another stage adds its own.
    pub fn with_lints(lints: Box<dyn Lints>) -> Session {
        Session { lints: Some(lints), ..Session::new() }
    }

    /// Sets the text of `lead.toml`, or says that there is none. The name is the one for messages and [`Checked::file_named`].
    pub fn set_config(&mut self, toml_name: &str, toml_text: Option<Arc<str>>) {
        let file = self.id(toml_name);
        let new = toml_text.map(|text| (Arc::from(toml_name), file, text));
        self.settings_changed |= new != self.settings;
        self.settings = new;
    }

    /// Adds a `.lead` file or replaces its text. Files are read in the order of their names. A name has the same id as long as
    /// the session lives.
    pub fn set_file(&mut self, name: &str, text: Arc<str>) -> FileId {
        let id = self.id(name);
        self.pending.insert(name.into(), Some(text));
        id
    }

    /// Takes a file out of the lexicon.
    pub fn remove_file(&mut self, name: &str) {
        self.pending.insert(name.into(), None);
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
        if let Some(checked) = self.checked.as_ref().filter(|_| self.pending.is_empty() && !self.settings_changed) {
            return checked.clone();
        }
        let mut changes = Changes::default();
        let (edited, gone) = self.read(&mut changes);
        if self.settings_changed || self.checked.is_none() {
            changes = self.settle_settings();
        }
        let checked = self.update(changes, &edited, &gone);
        let checked = Arc::new(checked);
        self.checked = Some(checked.clone());
        checked
    }

    /// Takes in the new texts: which files were edited, and which units are gone.
    fn read(&mut self, changes: &mut Changes) -> (HashSet<FileId>, Vec<u32>) {
        let mut edited = HashSet::new();
        let mut edits = Edited::default();
        let mut next = self.units.len() as u32;
        for (name, text) in std::mem::take(&mut self.pending) {
            let Some(id) = self.ids.get(&name).copied() else { continue };
            match text {
                Some(text) => {
                    let file = self.files.entry(name.clone()).or_insert_with(|| Text::new(id, name));
                    let same = self.checked.as_ref().is_some_and(|c| c.files.contains_key(&id)) && file.text == text;
                    if !same {
                        file.set(text, &mut next, &mut edits);
                        edited.insert(id);
                    }
                }
                None => {
                    if let Some(file) = self.files.remove(&name) {
                        edits.gone.extend(file.pieces.iter().map(|at| at.unit));
                    }
                }
            }
        }
        self.units.resize_with(next as usize, || None);
        for unit in &edits.gone {
            let before = self.units[*unit as usize].take();
            self.state.take_unit(*unit, before.as_ref(), None, changes);
        }
        let read = read_all(&edits.read);
        for (todo, (statements, found)) in edits.read.iter().zip(read) {
            let before = self.units[todo.unit as usize].take();
            let mut now = Unit { statements: Arc::new(statements), found, parts: Vec::new() };
            self.state.take_unit(todo.unit, before.as_ref(), Some(&mut now), changes);
            self.units[todo.unit as usize] = Some(now);
        }
        (edited, edits.gone)
    }

    /// Reads `lead.toml` and begins anew: everything may depend on it.
    fn settle_settings(&mut self) -> Changes {
        self.settings_changed = false;
        (self.config, self.config_found) = match &self.settings {
            Some((_, file, text)) => crate::config::parse(*file, text),
            None => (Config::default(), Vec::new()),
        };
        self.state = State::new(&self.config);
        self.shown = Shown::default();
        self.checked = None;
        let mut changes = Changes { all: true, ..Changes::default() };
        for (number, unit) in self.units.iter_mut().enumerate() {
            if let Some(unit) = unit {
                unit.parts.clear();
                self.state.take_unit(number as u32, None, Some(unit), &mut changes);
            }
        }
        changes
    }

    fn update(&mut self, changes: Changes, edited: &HashSet<FileId>, gone: &[u32]) -> Checked {
        // Where nothing is known yet, all files are new.
        let all: HashSet<FileId>;
        let edited = if self.checked.is_none() {
            all = self.files.values().map(|f| f.id).collect();
            &all
        } else {
            edited
        };
        let mut files: Vec<&mut Text> = self.files.values_mut().collect();
        let cx = std::mem::replace(&mut self.state.cx, crate::lower::Cx::new(&Config::default()));
        let made = Made::default();
        let mut update = Update { units: &self.units, state: &mut self.state, cx, changes, made };
        update.run(&mut files, edited);
        let (cx, made) = (update.cx.rest(), update.made);
        self.state.cx = cx;
        let anything = made.tables || self.checked.is_none();
        let changed = (!anything).then(|| made.defs.clone());
        let show = Show {
            files: &files,
            units: &self.units,
            state: &self.state,
            config: &self.config,
            edited,
            gone,
            made,
            before: self.checked.as_deref(),
        };
        let before = show.before;
        let mut checked = show.show(&mut self.shown);
        if let Some(lints) = &mut self.lints {
            let found = lints.lint(&checked.lexicon, &checked.config, changed.as_ref());
            checked.add_lints(found, before);
        }
        for found in &self.config_found {
            if found.span().is_none() {
                checked.placeless.push(found.clone());
            }
        }
        if let Some((name, id, text)) = &self.settings {
            checked.config_file = Some(*id);
            let mut file = CheckedFile::new(*id, name.clone(), text.clone());
            file.diagnostics = self.config_found.iter().filter(|d| d.span().is_some()).cloned().collect();
            crate::lower::sort(&mut file.diagnostics);
            checked.files.insert(*id, Arc::new(file));
        }
        checked
    }
}
