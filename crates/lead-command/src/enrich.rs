//! `lead enrich`: the missing values that would decide the most answers.

use lead_diag::render::clean;
use lead_eval::Missing;
use lead_hir::hir::{DefId, Lexicon, TableId};
use lead_report::{Lack, LackingValue, WorkList, missing_name, work_list};
use serde_json::{Value as Json, json};

use crate::args::{EnrichArgs, TimeFormat};
use crate::check::{open, refuse_errors};
use crate::data::{self, Opened};
use crate::grid::{Align, Grid};
use crate::run::{Table, named, write_file};
use crate::surveyed::{Surveyed, plan, refuse_export, survey};
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, counted, grouped, print};
use crate::trend::tables::{Cell, Rows};
use crate::trend::{pretty, print_csv};
use crate::value::Shown;
use lead_output::write;

/// Records that are shown.
const SHOWN: usize = 10;

/// The work list, and what it is shown with.
struct Listed<'a> {
    lexicon: &'a Lexicon,
    opened: &'a Opened<'a>,
    list: WorkList,
}

/// Lists what is missing.
pub fn enrich(args: &EnrichArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let lexicon = &project.lexicon;
    let as_of = data::as_of(args.as_of.as_deref(), &project)?;
    let wanted = named(lexicon, &args.only)?;
    let planned = plan(&project, as_of);
    let Surveyed { opened, survey, problems } = survey(&project, &planned, &[], args.data.as_deref(), terminal)?;
    refuse_export(args.output.as_deref(), args.data.as_deref(), &project, &problems)?;
    let list = work_list(&survey.gaps, wanted.as_deref());
    let listed = Listed { lexicon, opened: &opened, list };
    let key_of = |table, row| opened.key_of(table, row);
    let shown = Shown { zone: &lexicon.settings.zone, key_of: &key_of };
    if let Some(path) = &args.output {
        if path.is_dir() {
            return Err(Failure::data(format!("`{}` is a folder", path.display())));
        }
        let json = args.format == TimeFormat::Json;
        let text = if json { format!("{}\n", pretty(&listed.json())?) } else { String::new() };
        write_file(path, |out| match json {
            true => out.write_all(text.as_bytes()),
            false => {
                let mut csv = Vec::new();
                write::csv(&mut csv, &listed.table(), &shown, args.raw_cells, 1)?;
                out.write_all(&csv)
            }
        })?;
        print(&format!("{}: {}\n", path.display(), counted(listed.list.values.len(), "row", "rows")))?;
        return Ok(Exit::Fine);
    }
    match args.format {
        TimeFormat::Human => print(&listed.text(terminal))?,
        TimeFormat::Json => print(&format!("{}\n", pretty(&listed.json())?))?,
        TimeFormat::Csv => print_csv(&listed.table(), &shown, args.raw_cells)?,
    }
    Ok(Exit::Fine)
}

/// `value` of a field, or `record` that is not there.
fn kind(missing: Missing) -> &'static str {
    match missing {
        Missing::Field(_) => "value",
        Missing::Record(_) => "record",
    }
}

impl Listed<'_> {
    fn names(&self, defs: &[DefId]) -> Vec<&str> {
        defs.iter().map(|d| self.lexicon.def(*d).name.text.as_str()).collect()
    }

    /// The name of what is missing, without more.
    fn what(&self, table: TableId, missing: Missing) -> String {
        match missing {
            Missing::Record(of) => self.lexicon.table(of).name.text.clone(),
            Missing::Field(_) => missing_name(self.lexicon, table, missing),
        }
    }

    fn key(&self, value: &LackingValue) -> String {
        self.opened.key_of(value.table, value.row).unwrap_or_else(|| format!("row {}", value.row + 1))
    }

    fn text(&self, terminal: &Terminal) -> String {
        let is_value = |missing: &Missing| kind(*missing) == "value";
        let (fields, records): (Vec<&Lack>, Vec<&Lack>) = self.list.kinds.iter().partition(|k| is_value(&k.missing));
        let head = |text: &str| format!("{}\n", terminal.paint(Style::Bold, text));
        let mut parts = Vec::new();
        if fields.is_empty() {
            let nothing = "No value is missing that a term or choice hangs on.\n";
            parts.push(nothing.to_owned());
        } else {
            parts.push(head("missing values, and how many answers they decide") + &self.kinds(&fields, terminal));
            let values: Vec<&LackingValue> = self.list.values.iter().filter(|v| is_value(&v.missing)).collect();
            parts.push(head("the ones that decide the most") + &self.values(&values, terminal));
        }
        if !records.is_empty() {
            parts.push(
                head("not there yet: nothing to look up, but answers wait for it") + &self.kinds(&records, terminal),
            );
        }
        parts.join("\n")
    }

    fn kinds(&self, kinds: &[&Lack], terminal: &Terminal) -> String {
        let mut grid = Grid::new(2, &[Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left]);
        grid.heads(&["missing", "of", "on records", "decides", "helps with", "answers of"]);
        for kind in kinds {
            grid.row(vec![
                clean(&missing_name(self.lexicon, kind.table, kind.missing)).into(),
                clean(&self.lexicon.table(kind.table).name.text).into(),
                grouped(kind.records as i128).into(),
                grouped(kind.alone as i128).into(),
                grouped(kind.others as i128).into(),
                clean(&self.names(&kind.defs).join(", ")).into(),
            ]);
        }
        grid.text(terminal)
    }

    fn values(&self, values: &[&LackingValue], terminal: &Terminal) -> String {
        let mut grid = Grid::new(2, &[Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Left]);
        grid.heads(&["missing", "of", "record", "decides", "helps with", "answers of"]);
        for value in values.iter().take(SHOWN) {
            grid.row(vec![
                clean(&missing_name(self.lexicon, value.table, value.missing)).into(),
                clean(&self.lexicon.table(value.table).name.text).into(),
                clean(&self.key(value)).into(),
                grouped(value.alone as i128).into(),
                grouped(value.others as i128).into(),
                clean(&self.names(&value.defs).join(", ")).into(),
            ]);
        }
        let text = grid.text(terminal);
        match values.len().saturating_sub(SHOWN) {
            0 => text,
            more => {
                let line = format!("  and {} more; `--output FILE` writes all of them", grouped(more as i128));
                format!("{text}{}\n", terminal.paint(Style::Dim, &line))
            }
        }
    }

    /// A row per missing value.
    fn table(&self) -> Table {
        let names = ["entity", "key", "kind", "missing", "decides", "helps_with", "answers_of"];
        let mut rows = Rows::new("missing", &names);
        for value in &self.list.values {
            rows.row(vec![
                Cell::from(self.lexicon.table(value.table).name.text.as_str()),
                self.key(value).into(),
                kind(value.missing).into(),
                self.what(value.table, value.missing).into(),
                value.alone.into(),
                value.others.into(),
                self.names(&value.defs).join("; ").into(),
            ]);
        }
        rows.table()
    }

    fn json(&self) -> Json {
        let kinds = self.list.kinds.iter().map(|k| {
            json!({
                "entity": self.lexicon.table(k.table).name.text,
                "kind": kind(k.missing),
                "missing": self.what(k.table, k.missing),
                "records": k.records,
                "decides": k.alone,
                "helps_with": k.others,
                "answers_of": self.names(&k.defs),
            })
        });
        let values = self.list.values.iter().map(|v| {
            json!({
                "entity": self.lexicon.table(v.table).name.text,
                "key": self.key(v),
                "kind": kind(v.missing),
                "missing": self.what(v.table, v.missing),
                "decides": v.alone,
                "helps_with": v.others,
                "answers_of": self.names(&v.defs),
            })
        });
        json!({ "kinds": kinds.collect::<Vec<_>>(), "values": values.collect::<Vec<_>>() })
    }
}
