//! Where the data stand: what `[targets.NAME]` of `lead.toml` says, and which tables and columns a lexicon reads there.

use std::collections::{BTreeMap, BTreeSet};

use lead_diag::{Diagnostic, codes};
use lead_hir::hir::{FieldId, Lexicon, SourceFilter, Table, TableId, Ty};
use lead_hir::suggest::{Near, nearest};

/// A place that SQL is compiled for.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The dialect, by name.
    pub dialect: Option<String>,
    /// Tables by the folded name of the entity or event.
    pub tables: BTreeMap<String, TableTarget>,
    /// What stands for the as-of time in statements compiled without one.
    pub as_of: Option<String>,
    /// What statements write in the place of a table's name, by the parts of that name: a name of its own.
    pub stand_ins: BTreeMap<Vec<String>, String>,
}

/// A table of the place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableTarget {
    /// Its name: parts between dots.
    pub name: Vec<String>,
    /// Columns by the folded name of the field or of the header.
    pub columns: BTreeMap<String, String>,
    /// The column that orders rows as they came in.
    pub order: Option<String>,
    /// Of an event: the column with the day by which the table is split.
    pub partition: Option<String>,
}

impl TableTarget {
    /// What is said of an entity or event that has nothing like it, and what to do about it.
    fn misfit(&self, name: &str, lexicon: &Lexicon) -> Option<(String, String)> {
        let key = fold(name);
        let Some((_, table)) = lexicon.table_ids().find(|(_, t)| t.name.key == key) else {
            let near = nearest(name, lexicon.table_ids().map(|(_, t)| t.name.text.as_str()));
            let help = "`tables` has an entry for an entity or event of the lexicon".to_owned();
            return Some((format!("no entity or event is called `{name}`"), with_near(near, help)));
        };
        if self.partition.is_some() && !table.is_event() {
            let help = "take `partition` out: an entity is read whole".to_owned();
            return Some((format!("`{name}` is no event, so `partition` says nothing"), help));
        }
        let mut headers = Vec::new();
        table.filter.iter().for_each(|f| headers_of(f, &mut headers));
        let fields = table.fields.iter();
        headers.extend(fields.flat_map(|f| f.headers.iter().map(|h| h.header.clone()).chain([f.name.text.clone()])));
        let known = |column: &str| headers.iter().any(|h| fold(h) == column);
        let column = self.columns.keys().find(|c| !known(c))?;
        let help = format!("`columns` has the fields of `{name}`, and the headers that a `where` of it looks at");
        let near = nearest(column, headers.iter().map(String::as_str));
        Some((format!("`{name}` has no field `{column}`"), with_near(near, help)))
    }
}

fn with_near(near: Option<Near>, help: String) -> String {
    near.map_or(help, |near| format!("is `{}` meant?", near.name))
}

/// A table that statements read.
#[derive(Clone, Debug, PartialEq)]
pub struct RawTable {
    /// Parts of its name.
    pub name: Vec<String>,
    /// The sources of the lexicon that it stands for (entries of [`Table::sources`]); none where the target names it.
    pub source: Option<String>,
    /// Columns that are read.
    pub columns: Vec<RawColumn>,
}

/// A column that statements read.
#[derive(Clone, Debug, PartialEq)]
pub struct RawColumn {
    /// Its name.
    pub name: String,
    /// What it is to hold: the type of the field, text for what a source's `where` looks at.
    pub ty: Ty,
    /// The field; `None`: a header of a `where`.
    pub field: Option<(TableId, FieldId)>,
}

impl Target {
    /// From the table of `lead.toml`, for the entities and events of its lexicon.
    ///
    /// # Errors
    /// Keys and values that mean nothing, and names that the lexicon does not have (L0902).
    pub fn read(name: &str, table: &toml::Table, lexicon: &Lexicon) -> Result<Target, Box<Diagnostic>> {
        let bare = |what: String| Diagnostic::new(codes::BAD_TARGET, format!("target `{name}`: {what}"));
        let wrong = |what: String| {
            Box::new(bare(what).help("a target has `dialect`, `tables` and `as-of`; see `docs/settings.md`"))
        };
        let mut target = Target::default();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("dialect", toml::Value::String(dialect)) => target.dialect = Some(dialect.clone()),
                ("as-of", toml::Value::String(text)) if is_parameter(text) => target.as_of = Some(text.clone()),
                ("as-of", _) => {
                    return Err(wrong(
                        "`as-of` is a parameter, such as `:as_of`, `$1`, `?`, `@as_of` or `{{ … }}`".into(),
                    ));
                }
                ("tables", toml::Value::Table(tables)) => {
                    for (entity, value) in tables {
                        let read = table_target(value).ok_or_else(|| {
                            wrong(format!(
                                "`{entity}` is a table's name, or `{{ name = \"…\", columns = {{ … }}, order = \"…\", partition = \"…\" }}`"
                            ))
                        })?;
                        let said = read.misfit(entity, lexicon);
                        if let Some((what, help)) = said {
                            return Err(Box::new(bare(what).help(help)));
                        }
                        target.tables.insert(fold(entity), read);
                    }
                }
                _ => return Err(wrong(format!("`{key}` means nothing there"))),
            }
        }
        Ok(target)
    }

    /// The name that statements write for a table.
    pub fn written(&self, parts: &[String]) -> Vec<String> {
        self.stand_ins.get(parts).map_or_else(|| parts.to_vec(), |name| vec![name.clone()])
    }

    /// The tables that a table of the lexicon is read from, in order, with the source that each stands for.
    pub fn tables_of(&self, table: &Table) -> Vec<(Vec<String>, Option<String>)> {
        if let Some(named) = self.tables.get(&table.name.key).filter(|t| !t.name.is_empty()) {
            return vec![(named.name.clone(), None)];
        }
        table.sources.iter().map(|s| (vec![stem(s)], Some(s.clone()))).collect()
    }

    /// The column of a field in a source.
    pub fn column(&self, table: &Table, field: FieldId, source: Option<&str>) -> String {
        let field = &table.fields[field.0 as usize];
        if let Some(column) = self.tables.get(&table.name.key).and_then(|t| t.columns.get(&field.name.key)) {
            return column.clone();
        }
        let of_source = |h: &&lead_hir::hir::HeaderDecl| h.source.is_none() || h.source.as_deref() == source;
        let header = field.headers.iter().find(|h| h.source.is_some() && h.source.as_deref() == source);
        match header.or_else(|| field.headers.iter().find(of_source)) {
            Some(header) => self.header(table, &header.header),
            None => field.name.snake(),
        }
    }

    /// The column of a header.
    pub fn header(&self, table: &Table, header: &str) -> String {
        let named = self.tables.get(&table.name.key).and_then(|t| t.columns.get(&fold(header)));
        named.cloned().unwrap_or_else(|| header.to_owned())
    }

    /// The column by which the table of an event is split into days.
    pub fn partition(&self, table: &Table) -> Option<&str> {
        self.tables.get(&table.name.key)?.partition.as_deref().filter(|_| table.is_event())
    }

    /// The column that orders the rows of a table's source.
    pub fn order(&self, table: &Table) -> Option<&str> {
        self.tables.get(&table.name.key)?.order.as_deref()
    }
}

fn table_target(value: &toml::Value) -> Option<TableTarget> {
    let parts = |name: &str| name.split('.').map(str::to_owned).collect::<Vec<_>>();
    let fits = |parts: &[String]| parts.iter().all(|p| !p.is_empty());
    let mut out = TableTarget::default();
    match value {
        toml::Value::String(name) => out.name = parts(name),
        toml::Value::Table(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    ("name", toml::Value::String(name)) => out.name = parts(name),
                    ("order", toml::Value::String(name)) => out.order = Some(name.clone()),
                    ("partition", toml::Value::String(name)) => out.partition = Some(name.clone()),
                    ("columns", toml::Value::Table(columns)) => {
                        for (field, column) in columns {
                            out.columns.insert(fold(field), column.as_str()?.to_owned());
                        }
                    }
                    _ => return None,
                }
            }
        }
        _ => return None,
    }
    fits(&out.name).then_some(out)
}

/// Whether a text is a parameter of a statement and nothing else, so that settings cannot smuggle SQL in.
fn is_parameter(text: &str) -> bool {
    let word = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut chars = text.chars();
    match chars.next() {
        Some('?') => text.len() == 1,
        Some(':' | '$' | '@') => word(chars.as_str()),
        Some('{') => {
            let inner = text.strip_prefix("{{").and_then(|t| t.strip_suffix("}}"));
            inner.is_some_and(|t| !t.contains(['{', '}', ';', '\n', '\r']) && !t.contains("--"))
        }
        _ => false,
    }
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase().replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a file as a table: without its folder, its endings and the signs of a pattern.
fn stem(source: &str) -> String {
    let file = source.rsplit(['/', '\\']).next().unwrap_or(source);
    let base = file.split('.').find(|p| !p.is_empty()).unwrap_or(file);
    let name: String = base.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches('_');
    if name.is_empty() { "data".to_owned() } else { name.to_owned() }
}

/// The headers that a source's condition looks at.
pub(crate) fn headers_of(filter: &SourceFilter, out: &mut Vec<String>) {
    match filter {
        SourceFilter::And(parts) | SourceFilter::Or(parts) => parts.iter().for_each(|p| headers_of(p, out)),
        SourceFilter::Not(inner) => headers_of(inner, out),
        SourceFilter::Compare { header, .. }
        | SourceFilter::Known { header, .. }
        | SourceFilter::Yes { header, .. } => {
            if !out.contains(header) {
                out.push(header.clone());
            }
        }
    }
}

/// Every table that statements of a lexicon may read, each once, with the columns that may be read.
pub fn raw_tables(lexicon: &Lexicon, target: &Target) -> Vec<RawTable> {
    let mut out: Vec<RawTable> = Vec::new();
    for (id, table) in lexicon.table_ids() {
        for (name, source) in target.tables_of(table) {
            let at = out.iter().position(|t| t.name == name).unwrap_or_else(|| {
                out.push(RawTable { name, source: source.clone(), columns: Vec::new() });
                out.len() - 1
            });
            let columns = &mut out[at].columns;
            let mut add = |column: RawColumn| {
                if !columns.iter().any(|c| c.name == column.name) {
                    columns.push(column);
                }
            };
            for (i, field) in table.fields.iter().enumerate() {
                let field_id = FieldId(i as u32);
                let name = target.column(table, field_id, source.as_deref());
                add(RawColumn { name, ty: field.ty.clone(), field: Some((id, field_id)) });
            }
            let mut headers = Vec::new();
            table.filter.iter().for_each(|f| headers_of(f, &mut headers));
            for header in headers {
                add(RawColumn { name: target.header(table, &header), ty: Ty::Text, field: None });
            }
        }
    }
    out
}

/// The tables that statements read which need these fields, with the columns that they read.
pub(crate) fn needed_tables(
    lexicon: &Lexicon,
    target: &Target,
    needs: &BTreeMap<TableId, BTreeSet<FieldId>>,
) -> Vec<RawTable> {
    let mut needed: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (id, fields) in needs {
        let table = lexicon.table(*id);
        for (name, source) in target.tables_of(table) {
            let columns = needed.entry(name).or_default();
            columns.extend(fields.iter().map(|f| target.column(table, *f, source.as_deref())));
        }
    }
    let mut out = raw_tables(lexicon, target);
    out.retain(|t| needed.contains_key(&t.name));
    for table in &mut out {
        let columns = needed.get(&table.name).map_or(&[][..], Vec::as_slice);
        table.columns.retain(|c| c.field.is_none() || columns.contains(&c.name));
    }
    out
}
