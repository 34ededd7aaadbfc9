//! Lexicons and data folders for tests, and answers in short form.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use lead_data::{Batch, Column, Data, EventSink, Needs, Options, Report, ScanRequest, Values};
use lead_diag::{FileId, Span};
use lead_hir::Config;
use lead_hir::hir::*;

pub fn span() -> Span {
    Span::new(FileId(0), 0, 0)
}

fn name(text: &str) -> Name {
    Name { text: text.into(), key: lead_syntax::ast::fold_name(text) }
}

/// A schema and its files.
pub struct Fixture {
    pub dir: tempfile::TempDir,
    pub lexicon: Lexicon,
    pub config: Config,
    pub threads: usize,
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture::in_zone("UTC")
    }

    pub fn in_zone(zone: &str) -> Fixture {
        let settings = Settings {
            name: "test".into(),
            zone: TimeZone::get(zone).unwrap(),
            zone_name: zone.into(),
            fiscal_start: 1,
        };
        let lexicon = Lexicon { settings, tables: vec![], defs: vec![], examples: vec![] };
        Fixture { dir: tempfile::tempdir().unwrap(), lexicon, config: Config::default(), threads: 1 }
    }

    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Fixture {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub fn entity(mut self, called: &str, sources: &[&str], fields: &[(&str, Ty)]) -> Fixture {
        let fields: Vec<Field> = fields.iter().map(|(n, ty)| field(n, ty.clone())).collect();
        let key = fields.iter().position(|f| f.ty == Ty::Key).map(|i| FieldId(i as u32));
        self.lexicon.tables.push(Table {
            name: name(called),
            kind: TableKind::Entity,
            sources: sources.iter().map(|s| (*s).to_owned()).collect(),
            filter: None,
            fields,
            key,
            same_when: vec![],
            docs: None,
            span: span(),
            name_span: span(),
        });
        self
    }

    /// The first reference is the subject.
    pub fn event(self, called: &str, sources: &[&str], fields: &[(&str, Ty)]) -> Fixture {
        let mut fixture = self.entity(called, sources, fields);
        let table = fixture.lexicon.tables.last_mut().unwrap();
        let find =
            |test: &dyn Fn(&Ty) -> bool| table.fields.iter().position(|f| test(&f.ty)).map(|i| FieldId(i as u32));
        let time = find(&|t| *t == Ty::Time).or_else(|| find(&|t| *t == Ty::Date)).unwrap();
        table.kind = TableKind::Event { subject: find(&|t| matches!(t, Ty::Record(_))), time };
        fixture
    }

    pub fn filter(mut self, filter: SourceFilter) -> Fixture {
        self.lexicon.tables.last_mut().unwrap().filter = Some(filter);
        self
    }

    pub fn same_when(mut self, field: &str) -> Fixture {
        let table = self.lexicon.tables.last_mut().unwrap();
        let id = table.field_named(field).unwrap();
        table.same_when.push(id);
        self
    }

    /// `from` of a field of the last table.
    pub fn from(mut self, field: &str, header: &str, source: Option<&str>) -> Fixture {
        let table = self.lexicon.tables.last_mut().unwrap();
        let id = table.field_named(field).unwrap();
        let decl = HeaderDecl { header: header.into(), source: source.map(Into::into) };
        table.fields[id.0 as usize].headers.push(decl);
        self
    }

    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Fixture {
        change(&mut self.config);
        self
    }

    pub fn threads(mut self, threads: usize) -> Fixture {
        self.threads = threads;
        self
    }

    pub fn all(&self) -> Needs {
        let tables = self.lexicon.table_ids().map(|(id, t)| (id, (0..t.fields.len() as u32).map(FieldId).collect()));
        Needs { tables: tables.collect() }
    }

    pub fn open(&self) -> Data<'_> {
        self.open_needs(&self.all())
    }

    pub fn open_needs(&self, needs: &Needs) -> Data<'_> {
        let options = Options { threads: self.threads, keep_rejects: true, progress: None };
        Data::open(&self.lexicon, &self.config, self.dir.path(), needs, options)
    }

    /// Opens, scans all events at all times, and reports.
    pub fn report(&self) -> Report {
        let data = self.open();
        for (id, table) in self.lexicon.table_ids() {
            if table.is_event() {
                scan(&data, &self.lexicon, id, i64::MIN..i64::MAX);
            }
        }
        data.report()
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

pub fn field(called: &str, ty: Ty) -> Field {
    Field { name: name(called), ty, headers: vec![], docs: None, span: span() }
}

pub fn one_of(values: &[&str]) -> Ty {
    Ty::OneOf(Arc::new(values.iter().map(|v| (*v).to_owned()).collect()))
}

pub fn equal(header: &str, value: Value) -> SourceFilter {
    compare(header, CompareOp::Equal, vec![value])
}

pub fn compare(header: &str, op: CompareOp, values: Vec<Value>) -> SourceFilter {
    SourceFilter::Compare { header: header.into(), op, values, span: span() }
}

pub fn text(value: &str) -> Value {
    Value::Text(value.into())
}

/// Rows of an entity, fields joined by `|`, unknown as `?`.
pub fn rows(data: &Data, table: u32) -> Vec<String> {
    let records = data.records(TableId(table)).unwrap();
    (0..records.rows).map(|row| line(&records.columns, row)).collect()
}

fn line(columns: &[Option<Column>], row: usize) -> String {
    let cells: Vec<String> = columns.iter().flatten().map(|c| cell(c, row)).collect();
    cells.join("|")
}

pub fn cell(column: &Column, row: usize) -> String {
    if column.is_known(row) { value(&column.values, row) } else { "?".into() }
}

fn value(values: &Values, row: usize) -> String {
    match values {
        Values::YesNo(v) => if v.get(row) { "yes" } else { "no" }.into(),
        Values::Number(v) => v[row].to_string(),
        Values::Int(v) => v[row].to_string(),
        Values::Date(v) => v[row].to_string(),
        Values::Text(v) => v.get(row).into(),
        Values::Record(v) => format!("#{}", v[row]),
        Values::List { offsets, items } => {
            let all: Vec<String> = (offsets[row]..offsets[row + 1]).map(|i| value(items, i as usize)).collect();
            format!("[{}]", all.join(","))
        }
    }
}

/// Events as lines (time first), sorted.
pub struct Lines(pub Arc<Mutex<Vec<String>>>);

impl EventSink for Lines {
    fn batch(&mut self, batch: &Batch) {
        assert_eq!(batch.times.len(), batch.rows);
        let mut lines = self.0.lock().unwrap();
        for row in 0..batch.rows {
            lines.push(format!("{}|{}", batch.times[row], line(&batch.columns, row)));
        }
    }
}

/// The same by table, not sorted.
#[derive(Clone, Default)]
pub struct LinesOfTables(pub Arc<Mutex<BTreeMap<u32, Vec<String>>>>);

impl EventSink for LinesOfTables {
    fn batch(&mut self, batch: &Batch) {
        let mut all = self.0.lock().unwrap();
        let lines = all.entry(batch.table.0).or_default();
        lines.extend((0..batch.rows).map(|row| format!("{}|{}", batch.times[row], line(&batch.columns, row))));
    }
}

pub fn scan(data: &Data, lexicon: &Lexicon, table: TableId, times: std::ops::Range<i64>) -> Vec<String> {
    let fields: BTreeSet<FieldId> = (0..lexicon.table(table).fields.len() as u32).map(FieldId).collect();
    let all = Arc::new(Mutex::new(Vec::new()));
    data.scan(&[ScanRequest { table, fields, times }], |_| Lines(all.clone()));
    let mut lines = std::mem::take(&mut *all.lock().unwrap());
    lines.sort();
    lines
}

/// Problems as `code file field count: line column value, …`.
pub fn told(report: &Report) -> Vec<String> {
    let each = report.problems.iter().map(|p| {
        let places: Vec<String> = p.places.iter().map(|s| format!("{} {} {}", s.line, s.column, s.value)).collect();
        let field = p.field.as_deref().unwrap_or("-");
        format!("{} {} {field} {}: {}", p.code.id(), p.file.as_deref().unwrap_or("-"), p.count, places.join(", "))
    });
    each.collect()
}

/// Needs of some fields of tables.
pub fn needs(tables: &[(u32, &[u32])]) -> Needs {
    let of = |fields: &[u32]| fields.iter().map(|f| FieldId(*f)).collect::<BTreeSet<_>>();
    Needs { tables: tables.iter().map(|(t, f)| (TableId(*t), of(f))).collect::<BTreeMap<_, _>>() }
}

pub fn micros(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}
