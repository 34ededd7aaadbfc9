//! Files and headers of every needed table, and everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lead_diag::codes;
use lead_hir::Config;
use lead_hir::hir::{FieldId, Lexicon, TableId};

use crate::csv::chunk::StreamTrouble;
use crate::data::TableState;
use crate::feed::{Feed, Unmatched, day_order};
use crate::file::{ExportFile, FileTrouble};
use crate::problems::{field_name, listed, problem};
use crate::report::{Findings, Problem, Subject, Tally};
use crate::sandbox::{self, Found, PathTrouble};
use crate::settings::{Settings, settings_for};

/// What was found.
pub(crate) struct Opened {
    pub files: Vec<ExportFile>,
    pub tables: Vec<TableState>,
    pub problems: Vec<Problem>,
    pub findings: Findings,
}

/// A file and the settings that make it another file if they differ.
type FileKey = (PathBuf, Option<u8>, Option<&'static str>, u32, u32);

/// A file that lacks a column.
type Lack<'f> = (&'f Feed, &'f Unmatched);

struct Opener<'a> {
    lexicon: &'a Lexicon,
    config: &'a Config,
    dir: &'a Path,
    out: Opened,
    /// Number of each opened file; `None`: it could not be opened, which was reported.
    known: BTreeMap<FileKey, Option<usize>>,
    /// Settings of a file that were found wrong before.
    told: BTreeSet<String>,
    /// Day orders that were looked for before, by file and column.
    orders: BTreeMap<(usize, usize), crate::feed::Evidence>,
}

/// Opens the files of all needed tables.
pub(crate) fn open(
    lexicon: &Lexicon,
    config: &Config,
    dir: &Path,
    wanted: &BTreeMap<TableId, BTreeSet<FieldId>>,
) -> Opened {
    let tables = lexicon.tables.iter().map(|_| TableState::default()).collect();
    let out = Opened { files: Vec::new(), tables, problems: Vec::new(), findings: Findings::default() };
    let mut opener =
        Opener { lexicon, config, dir, out, known: BTreeMap::new(), told: BTreeSet::new(), orders: BTreeMap::new() };
    if !dir.is_dir() {
        let message = format!("the data folder `{}` is not there", dir.display());
        let help = "name it as `data` in `lead.toml`, or with `--data`".to_owned();
        opener.out.problems.push(problem(codes::MISSING_FILE, message, Some(help)));
        opener.out.tables.iter_mut().for_each(|t| t.broken = true);
        return opener.out;
    }
    for (table, fields) in wanted {
        opener.table(*table, &fields.iter().copied().collect::<Vec<_>>());
    }
    opener.out
}

impl Opener<'_> {
    fn table(&mut self, table: TableId, fields: &[FieldId]) {
        let declared = self.lexicon.table(table);
        let mut fed: Vec<(Feed, Vec<Unmatched>)> = Vec::new();
        let mut broken = false;
        for source in &declared.sources {
            let found = match sandbox::resolve(self.dir, source) {
                Ok(found) => found,
                Err(trouble) => {
                    broken = true;
                    let mut problem = path_problem(source, &trouble);
                    problem.table = Some(declared.name.text.clone());
                    self.out.problems.push(problem);
                    continue;
                }
            };
            for file in found {
                let settings = self.settings(source, &file.name);
                let Some(number) = self.file(&file, &settings) else {
                    broken = true;
                    continue;
                };
                // A file that several sources of one table name is read for the first.
                if fed.iter().any(|f| f.0.file == number) {
                    continue;
                }
                let opened = (number, &self.out.files[number]);
                fed.push(Feed::new(self.lexicon, table, fields, source, opened, settings));
            }
        }
        broken |= self.unmatched(table, &fed);
        let mut feeds = Vec::new();
        for (mut feed, _) in fed {
            if feed.can_filter(self.lexicon) {
                self.day_orders(&mut feed);
                feeds.push(feed);
            }
        }
        let state = &mut self.out.tables[table.0 as usize];
        state.feeds = feeds;
        state.broken = broken;
    }

    fn settings(&mut self, source: &str, file: &str) -> Arc<Settings> {
        let (settings, wrong) = settings_for(self.config, &self.lexicon.settings.zone, source, file);
        for what in wrong {
            if self.told.insert(what.clone()) {
                let mut problem = problem(codes::BAD_SOURCE_SETTING, format!("for `{file}`, {what}"), None);
                problem.file = Some(file.to_owned());
                self.out.problems.push(problem);
            }
        }
        Arc::new(settings)
    }

    fn file(&mut self, found: &Found, settings: &Settings) -> Option<usize> {
        let encoding = settings.encoding.map(|e| e.name());
        let key = (found.path.clone(), settings.delimiter, encoding, settings.skip_lines, settings.footer_lines);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let number = match ExportFile::open(found, settings) {
            Ok(file) => {
                self.out.files.push(file);
                Some(self.out.files.len() - 1)
            }
            Err(trouble) => {
                self.out.problems.push(file_problem(&found.name, &trouble));
                None
            }
        };
        self.known.insert(key, number);
        number
    }

    /// Reports columns that were not found; whether that breaks the table.
    fn unmatched(&mut self, table: TableId, fed: &[(Feed, Vec<Unmatched>)]) -> bool {
        let declared = self.lexicon.table(table);
        // By what was looked for: the files that lack it, or have it more than once.
        let mut missing: BTreeMap<(Option<FieldId>, &str), Vec<Lack>> = BTreeMap::new();
        for (feed, unmatched) in fed {
            for u in unmatched {
                missing.entry((u.field, &u.wanted)).or_default().push((feed, u));
            }
        }
        let mut broken = false;
        for ((field, wanted), places) in missing {
            let elsewhere = field.is_some_and(|f| fed.iter().any(|(feed, _)| feed.columns[f.0 as usize].is_some()));
            let vital = match field {
                None => true,
                Some(f) => {
                    declared.time() == Some(f) || declared.key == Some(f) && declared.same_when.iter().all(|s| *s == f)
                }
            };
            let (repeated, absent): (Vec<_>, Vec<_>) = places.into_iter().partition(|p| !p.1.repeated.is_empty());
            let (fatal, gap): (Vec<_>, Vec<_>) = absent.into_iter().partition(|p| vital || !elsewhere || p.1.declared);
            for (code, group) in [
                (codes::REPEATED_COLUMN, repeated),
                (codes::MISSING_COLUMN, fatal),
                (codes::COLUMN_NOT_IN_EVERY_FILE, gap),
            ] {
                let Some((feed, first)) = group.first() else { continue };
                broken |= code != codes::COLUMN_NOT_IN_EVERY_FILE;
                let file = &self.out.files[feed.file];
                let mut problem = column_problem(self.lexicon, table, code, wanted, file, first, group.len());
                problem.field = field_name(self.lexicon, table, field);
                self.out.problems.push(problem);
            }
        }
        broken
    }

    /// Finds out what comes first in dates with slashes.
    fn day_orders(&mut self, feed: &mut Feed) {
        if !feed.settings.formats.is_empty() {
            return;
        }
        let dated: Vec<(usize, usize)> = feed.dated(self.lexicon).collect();
        for (field, column) in dated {
            let known = self.orders.get(&(feed.file, column)).cloned();
            // A file that cannot be read to its end is reported when it is read for its rows.
            let evidence = known.unwrap_or_else(|| day_order(&self.out.files[feed.file], column).unwrap_or_default());
            self.orders.insert((feed.file, column), evidence.clone());
            feed.orders[field] = evidence.order;
            if evidence.unclear > 0 {
                let subject = Subject {
                    table: Some(feed.table.0),
                    file: Some(feed.file as u32),
                    code: codes::UNCLEAR_DAY_ORDER.id(),
                    field: Some(field as u32),
                };
                let tally = Tally { count: evidence.unclear, spots: evidence.spots };
                self.out.findings.tallies.insert(subject, tally);
            }
        }
    }
}

pub(crate) fn path_problem(source: &str, trouble: &PathTrouble) -> Problem {
    let mut problem = match trouble {
        PathTrouble::Outside(how) => problem(
            codes::PATH_OUTSIDE_DATA,
            format!("`{source}` leaves the data folder: {how}"),
            Some("copy the file into the data folder, or name another folder as `data` in `lead.toml`".to_owned()),
        ),
        PathTrouble::Missing(near) => problem(
            codes::MISSING_FILE,
            format!("the file `{source}` is not in the data folder"),
            near.as_ref().map(|n| format!("is `{n}` meant?")),
        ),
        PathTrouble::NoMatch => problem(
            codes::NO_FILE_MATCHES,
            format!("no file in the data folder fits `{source}`"),
            Some("`*` stands for any characters within one folder, `?` for one".to_owned()),
        ),
        PathTrouble::Unreadable(what) => {
            problem(codes::UNREADABLE_DATA, format!("`{source}` cannot be read: {what}"), None)
        }
    };
    problem.file = Some(source.to_owned());
    problem
}

pub(crate) fn file_problem(file: &str, trouble: &FileTrouble) -> Problem {
    match trouble {
        FileTrouble::Stream(trouble) => stream_problem(file, trouble),
        FileTrouble::NoHeader => {
            let help =
                "an export begins with a line of column names; `skip-lines` in `lead.toml` passes over lines before it";
            let mut problem = problem(codes::EMPTY_FILE, format!("`{file}` has no header"), Some(help.to_owned()));
            problem.file = Some(file.to_owned());
            problem
        }
    }
}

/// A file that cannot be read on.
pub(crate) fn stream_problem(file: &str, trouble: &StreamTrouble) -> Problem {
    let mut problem = match trouble {
        StreamTrouble::Broken(what) => problem(
            codes::UNREADABLE_DATA,
            format!("`{file}` cannot be read: {what}"),
            Some("export or download it again".to_owned()),
        ),
        StreamTrouble::NotText(line) => problem(
            codes::WRONG_ENCODING,
            format!("line {line} of `{file}` is no text in the encoding it is read with"),
            Some(
                "declare it for the source in `lead.toml`, such as `encoding = \"windows-1252\"`, or export as UTF-8"
                    .to_owned(),
            ),
        ),
        StreamTrouble::Unclosed(line) => problem(
            codes::UNCLOSED_QUOTE,
            format!("a quotation mark that opens a cell in line {line} of `{file}` is never closed"),
            Some("close it, or write it twice if it belongs to the text".to_owned()),
        ),
    };
    problem.file = Some(file.to_owned());
    if let StreamTrouble::NotText(line) | StreamTrouble::Unclosed(line) = trouble {
        let place =
            crate::report::Place { file: file.to_owned(), line: *line, column: String::new(), value: String::new() };
        problem.places.push(place);
    }
    problem
}

fn column_problem(
    lexicon: &Lexicon,
    table: TableId,
    code: lead_diag::Code,
    wanted: &str,
    file: &ExportFile,
    unmatched: &Unmatched,
    files: usize,
) -> Problem {
    let name = &lexicon.table(table).name.text;
    let what = match unmatched.field {
        Some(field) => format!("`{name}`'s `{}`", lexicon.field(table, field).name.text),
        None => format!("`{wanted}` in the `where` of `{name}`"),
    };
    let more = match files {
        0 | 1 => String::new(),
        2 => " (and one more file)".to_owned(),
        n => format!(" (and {} more files)", n - 1),
    };
    let headers = file.headers.iter().map(String::as_str);
    let (message, help) = if code == codes::REPEATED_COLUMN {
        let same = unmatched.repeated.iter().map(|c| file.headers[*c].as_str());
        (
            format!("{what} fits several columns of `{}`{more}: {}", file.name, listed(same, 5)),
            "name the one that is meant, as in `from \"Header\"`; of two with the same header one has to be renamed"
                .to_owned(),
        )
    } else {
        let near = sandbox::nearest_of(wanted, headers.clone());
        let meant = near
            .map(|n| format!("is `{n}` meant? write `from \"{n}\"`"))
            .unwrap_or_else(|| "name the column as it is in the file, as in `from \"Header\"`".to_owned());
        (format!("`{}` has no column for {what}{more}; it has {}", file.name, listed(headers, 40)), meant)
    };
    let mut problem = problem(code, message, Some(help));
    problem.table = Some(name.clone());
    problem.file = Some(file.name.clone());
    problem.count = files as u64;
    problem
}
