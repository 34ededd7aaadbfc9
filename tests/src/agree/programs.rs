//! What is compared: random lexicons over random data, the cases of `tests/meaning`, the examples.

use std::path::{Path, PathBuf};

use lead_diag::FileId;
use lead_hir::Config;

use crate::cases;
use crate::compare::as_of;
use crate::generate::Generated;
use crate::pipeline::{self, Checked};
use crate::reference::Calendar;

/// A lexicon with its data and its as-of time.
pub struct Program {
    /// What it is called in reports.
    pub name: String,
    files: Vec<(String, String)>,
    config: Config,
    /// The folder of its exports.
    pub data: PathBuf,
    /// Microseconds since 1970 UTC.
    pub as_of: i64,
    /// Whether its exports are plain CSV files, which the reference interpreter reads.
    pub is_plain: bool,
    /// The seed, if it is random.
    pub seed: Option<u64>,
    /// The folder, if it is made for this alone.
    _folder: Option<tempfile::TempDir>,
}

impl Program {
    /// Parsed and checked.
    ///
    /// # Errors
    /// The first error of the lexicon.
    pub fn checked(&self) -> Result<Checked, String> {
        let checked = pipeline::check(&self.files, self.config.clone());
        match checked.errors.first() {
            Some(error) => Err(error.clone()),
            None => Ok(checked),
        }
    }

    /// The text of its files.
    pub fn text(&self) -> String {
        self.files.iter().map(|f| f.1.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// A random one. `None`: the checker refuses it.
    pub fn random(seed: u64, keep: &dyn Fn(usize) -> bool) -> Option<Program> {
        Program::generated(&Generated::new(seed), seed, keep)
    }

    fn generated(generated: &Generated, seed: u64, keep: &dyn Fn(usize) -> bool) -> Option<Program> {
        let folder = tempfile::tempdir().ok()?;
        for (name, sheet) in &generated.sheets {
            std::fs::write(folder.path().join(name), sheet.text()).ok()?;
        }
        let setting = &generated.setting;
        let program = Program {
            name: format!("seed {seed}"),
            files: generated.lexicon(keep),
            config: pipeline::config(&setting.zone, cases::month_number(&setting.fiscal)),
            data: folder.path().to_path_buf(),
            as_of: as_of(generated),
            is_plain: true,
            seed: Some(seed),
            _folder: Some(folder),
        };
        program.checked().is_ok().then_some(program)
    }

    /// A random one, split so that one definition and what it needs stands alone.
    pub fn alone(seed: u64, name: &str) -> Option<Program> {
        let generated = Generated::new(seed);
        let def = generated.defs.iter().position(|d| d.name == name)?;
        let needed = generated.needed(def);
        Program::generated(&generated, seed, &|i| needed.contains(&i))
    }

    /// Writes it down as a folder that runs: settings, lexicon, exports.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder.join("data"))?;
        let zone = self.config.timezone.as_ref().map_or("UTC", |z| z.0.as_str());
        let at = jiff::Timestamp::from_microsecond(self.as_of).map(|t| t.to_string()).unwrap_or_default();
        let month = jiff::civil::date(2000, self.config.fiscal_start.unwrap_or(1), 1).strftime("%B").to_string();
        let settings = format!(
            "[lexicon]\nname = \"Random\"\ntimezone = {zone:?}\nfiscal-year-starts = {:?}\nas-of = {at:?}\ndata = \"data\"\n",
            month.to_lowercase()
        );
        std::fs::write(folder.join("lead.toml"), settings)?;
        for (name, text) in &self.files {
            let file = folder.join(name);
            file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(file, text)?;
        }
        for entry in std::fs::read_dir(&self.data)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                std::fs::copy(entry.path(), folder.join("data").join(entry.file_name()))?;
            }
        }
        Ok(())
    }

    /// Trees of its files.
    pub fn trees(&self) -> Vec<(FileId, lead_syntax::ast::File)> {
        let id = |i: usize| FileId(i as u32);
        self.files.iter().enumerate().map(|(i, (_, text))| (id(i), lead_syntax::parse(id(i), text).file)).collect()
    }

    /// Its zone, and the month that fiscal years start with.
    pub fn calendar(&self) -> Option<Calendar> {
        let zone = self.config.timezone.as_ref().map_or("UTC", |z| z.0.as_str());
        let zone = jiff::tz::TimeZone::get(zone).ok()?;
        Some(Calendar { zone, fiscal_start: self.config.fiscal_start.unwrap_or(1) })
    }

    /// Every case of `tests/meaning`, and every lexicon of `tests/agree`.
    pub fn cases() -> Vec<Program> {
        let mut out = Program::folders("agree");
        for case in cases::all() {
            let files =
                vec![("schema.lead".to_string(), cases::schema()), ("case.lead".to_string(), case.lexicon.clone())];
            let config = pipeline::config(&case.zone, cases::month_number(&case.fiscal));
            let checked = pipeline::check(&files, config.clone());
            let Ok(folder) = tempfile::tempdir() else { continue };
            for table in &checked.lexicon.tables {
                for source in &table.sources {
                    let names = table.fields.iter().map(|f| f.name.text.clone()).collect::<Vec<_>>();
                    let text = case.data.get(source).cloned().unwrap_or_else(|| names.join(",") + "\n");
                    if std::fs::write(folder.path().join(source), text).is_err() {
                        continue;
                    }
                }
            }
            out.push(Program {
                name: case.name.clone(),
                files,
                config,
                data: folder.path().to_path_buf(),
                as_of: case.as_of(),
                is_plain: true,
                seed: None,
                _folder: Some(folder),
            });
        }
        out
    }

    /// Every lexicon of `examples`, over its own exports.
    pub fn examples() -> Vec<Program> {
        Program::folders("../examples")
    }

    /// The lexicons in a folder beside this package.
    fn folders(name: &str) -> Vec<Program> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let mut folders: Vec<PathBuf> =
            std::fs::read_dir(root).into_iter().flatten().flatten().map(|e| e.path()).collect();
        folders.retain(|f| f.join("lead.toml").exists());
        folders.sort();
        folders.iter().filter_map(|f| Program::folder(f)).collect()
    }

    /// The lexicon of a folder.
    pub fn folder(folder: &Path) -> Option<Program> {
        let project = lead_project::Project::open(folder).ok()?;
        // Names are those of places inside the folder, wherever it stands.
        let files = project.asts.iter().map(|(id, _)| {
            let file = project.sources.file(*id);
            let name = Path::new(file.name());
            let inside = name.strip_prefix(folder).ok().or_else(|| Some(Path::new(name.file_name()?)));
            (inside.unwrap_or(name).to_string_lossy().into_owned(), file.text().to_string())
        });
        let zone = &project.lexicon.settings.zone;
        let told = project.as_of.clone().unwrap_or("2026-06-30".to_string());
        Some(Program {
            name: folder.file_name()?.to_string_lossy().into_owned(),
            files: files.collect(),
            config: project.config.clone(),
            data: project.data_dir.clone(),
            as_of: lead_plan::calendar::moment(&told, zone)?,
            is_plain: false,
            seed: None,
            _folder: None,
        })
    }
}
