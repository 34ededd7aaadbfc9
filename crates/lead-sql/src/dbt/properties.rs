//! What dbt is told of tables and columns: documentation, tests, and who relies on what.

use std::collections::BTreeMap;

use lead_hir::hir::{Def, DefKind, FieldId, Table, TableId, Ty};

use super::text::{quoted, scalar, word};
use super::{Made, Source, head};
use crate::compile::Subject;
use crate::names::{is_plain, quoted as name_quoted};

/// How much a test weighs that finds something.
#[derive(Clone, Copy)]
enum Weight {
    /// The build stops: the model is not what it says.
    Error,
    /// The language copes with it; somebody should know.
    Warn,
}

/// A column with its documentation and tests.
struct Column<'a> {
    name: &'a str,
    docs: Option<String>,
    tests: Vec<String>,
}

impl Made<'_> {
    /// Tables of the warehouse.
    pub fn sources_file(&self) -> String {
        let mut out = format!("{}version: 2\n\nsources:\n", head());
        let mut groups: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
        for source in &self.sources {
            groups.entry(&source.group).or_default().push(source);
        }
        for (group, sources) in groups {
            let before = sources.first().and_then(|s| s.raw.name.split_last()).map_or(&[][..], |s| s.1);
            out.push_str(&format!("  - name: {}\n", quoted(group)));
            let what = format!("The tables that {} reads.", self.lexicon.settings.name);
            out.push_str(&format!("    description: {}\n", quoted(&what)));
            match before {
                [] => {
                    let schema = scalar("{{ var('schema', target.schema) }}");
                    out.push_str(&format!("    schema: {schema}\n"));
                }
                [schema] => out.push_str(&format!("    schema: {}\n", quoted(schema))),
                [.., database, schema] => {
                    out.push_str(&format!("    database: {}\n    schema: {}\n", quoted(database), quoted(schema)));
                }
            }
            out.push_str("    tables:\n");
            for source in sources {
                self.source(source, &mut out);
            }
        }
        out
    }

    fn source(&self, source: &Source, out: &mut String) {
        let name = source.raw.name.last().map_or("", String::as_str);
        out.push_str(&format!("      - name: {}\n        identifier: {}\n", quoted(&source.name), quoted(name)));
        if !is_plain(name) {
            out.push_str("        quoting:\n          identifier: true\n");
        }
        let tables: Vec<&Table> = source.read_as.iter().map(|t| self.lexicon.table(*t)).collect();
        let named: Vec<String> = tables.iter().map(|t| format!("`{}`", t.name.text)).collect();
        let mut said = format!("Read as {}.", named.join(", "));
        for docs in tables.iter().filter_map(|t| t.docs.as_deref()) {
            said.push_str(&format!("\n\n{}", docs.trim()));
        }
        out.push_str(&format!("        description: {}\n        columns:\n", quoted(said.trim())));
        for column in &source.raw.columns {
            let field = column.field.map(|(t, f)| (self.lexicon.table(t), self.lexicon.field(t, f), f));
            let is_key =
                field.is_some_and(|(t, _, f)| t.key == Some(f) && t.filter.is_none() && t.same_when.is_empty());
            // Rows without a key are left out.
            let tests = if is_key { vec![plain_test("not_null", Weight::Warn)] } else { Vec::new() };
            self.column(
                Column { name: &column.name, docs: field.and_then(|f| f.1.docs.clone()), tests },
                "          ",
                out,
            );
        }
    }

    /// Entities and events as they are read.
    pub fn records_file(&self) -> String {
        let mut out = format!("{}version: 2\n\nmodels:\n", head());
        for (name, records) in &self.records {
            let table = self.lexicon.table(records.table);
            let what = if table.is_event() { "event" } else { "record" };
            let said = format!("Each {what} `{}`, as definitions read it.", table.name.text);
            let said = table.docs.as_deref().map_or(said.clone(), |d| format!("{said}\n\n{}", d.trim()));
            out.push_str(&format!("  - name: {}\n    description: {}\n    columns:\n", quoted(name), quoted(&said)));
            for (column, field) in &records.columns {
                let docs = table.fields[field.0 as usize].docs.clone();
                let tests = self.field_tests(table, *field);
                self.column(Column { name: column, docs, tests }, "      ", &mut out);
            }
        }
        out
    }

    fn field_tests(&self, table: &Table, field: FieldId) -> Vec<String> {
        let mut tests = Vec::new();
        if table.key == Some(field) {
            tests.extend([plain_test("unique", Weight::Error), plain_test("not_null", Weight::Error)]);
        } else if table.time() == Some(field) {
            tests.push(plain_test("not_null", Weight::Error));
        }
        match &table.fields[field.0 as usize].ty {
            Ty::OneOf(values) => tests.push(self.accepted(values, Weight::Warn)),
            Ty::Record(target) => {
                let key = self.lexicon.table(*target).key;
                if let Some((name, records)) = self.records_of(*target)
                    && let Some((key, _)) = records.columns.iter().find(|c| Some(c.1) == key)
                {
                    let to = scalar(&format!("ref({})", super::text::jinja(name)));
                    let key = quoted(&name_quoted(key, self.dialect));
                    tests.push(test("relationships", &[("to", to), ("field", key)], Weight::Warn));
                }
            }
            _ => {}
        }
        tests
    }

    /// Subjects, funnels and metrics.
    pub fn answers_file(&self) -> String {
        let mut out = format!("{}version: 2\n\nmodels:\n", head());
        for (name, answer) in &self.answers {
            let (said, columns) = match answer.subject {
                Subject::Records(table) => self.subject(table, answer),
                Subject::Funnel(id) => self.funnel(self.lexicon.def(id), answer),
                Subject::Metric(id) => self.metric(self.lexicon.def(id), answer),
            };
            out.push_str(&format!("  - name: {}\n    description: {}\n    columns:\n", quoted(name), quoted(&said)));
            for column in columns {
                self.column(column, "      ", &mut out);
            }
        }
        out
    }

    fn subject<'c>(&self, table: TableId, answer: &'c crate::Compiled) -> (String, Vec<Column<'c>>) {
        let entity = self.lexicon.table(table);
        let mut columns = Vec::new();
        for (i, (name, ty)) in answer.columns.iter().enumerate() {
            let def = i.checked_sub(1).and_then(|i| answer.defs.get(i)).map(|d| self.lexicon.def(*d));
            let mut tests = Vec::new();
            if i == 0 {
                tests.extend([plain_test("unique", Weight::Error), plain_test("not_null", Weight::Error)]);
                if let Some((model, records)) = self.records_of(table)
                    && let Some((key, _)) = records.columns.iter().find(|c| Some(c.1) == entity.key)
                {
                    let to = scalar(&format!("ref({})", super::text::jinja(model)));
                    let key = quoted(&name_quoted(key, self.dialect));
                    tests.push(test("relationships", &[("to", to), ("field", key)], Weight::Error));
                }
            } else if let Ty::OneOf(values) = ty {
                // What a choice or a funnel says is written in the lexicon; what a field says is not.
                let own = def.is_some_and(|d| matches!(d.kind, DefKind::Choice(_) | DefKind::Funnel(_)));
                tests.push(self.accepted(values, if own { Weight::Error } else { Weight::Warn }));
            }
            columns.push(Column { name, docs: def.and_then(|d| d.docs.clone()), tests });
        }
        let said = format!("The answers for each {} of {}.", entity.name.text, self.lexicon.settings.name);
        (entity.docs.as_deref().map_or(said.clone(), |d| format!("{said}\n\n{}", d.trim())), columns)
    }

    fn funnel<'c>(&self, def: &Def, answer: &'c crate::Compiled) -> (String, Vec<Column<'c>>) {
        let mut columns = Vec::new();
        for (name, _) in &answer.columns {
            let docs = match name.as_str() {
                "furthest" => Some("How many records this term is the furthest of.".to_owned()),
                "reached" => Some("How many came this far or further.".to_owned()),
                "conversion" => Some("Which part that is of those who reached the term before.".to_owned()),
                _ => None,
            };
            let mut tests = Vec::new();
            if let ("term", DefKind::Funnel(steps)) = (name.as_str(), &def.kind) {
                let terms: Vec<String> = steps.iter().map(|s| self.lexicon.def(*s).name.text.clone()).collect();
                tests.extend([plain_test("not_null", Weight::Error), self.accepted(&terms, Weight::Error)]);
            }
            columns.push(Column { name, docs, tests });
        }
        (titled("funnel", def), columns)
    }

    fn metric<'c>(&self, def: &Def, answer: &'c crate::Compiled) -> (String, Vec<Column<'c>>) {
        let last = answer.columns.len().saturating_sub(1);
        let mut columns = Vec::new();
        for (i, (name, ty)) in answer.columns.iter().enumerate() {
            let mut tests = Vec::new();
            if i < last {
                if last == 1 {
                    tests.push(plain_test("unique", Weight::Error));
                }
                if let Ty::OneOf(values) = ty {
                    tests.push(self.accepted(values, Weight::Warn));
                }
            }
            columns.push(Column { name, docs: def.docs.clone().filter(|_| i == last), tests });
        }
        (titled("metric", def), columns)
    }

    /// Who answers for which definitions: the owners that the documentation names, else the lexicon.
    pub fn exposures_file(&self) -> String {
        let mut owners: Vec<(Option<&str>, Vec<&Def>, Vec<&str>)> = Vec::new();
        for (model, answer) in &self.answers {
            let defs: Vec<&Def> = match answer.subject {
                Subject::Records(_) => answer.defs.iter().map(|d| self.lexicon.def(*d)).collect(),
                Subject::Funnel(id) | Subject::Metric(id) => vec![self.lexicon.def(id)],
            };
            for def in defs {
                let owner = def.owner();
                let at = owners.iter().position(|o| o.0 == owner).unwrap_or_else(|| {
                    owners.push((owner, Vec::new(), Vec::new()));
                    owners.len() - 1
                });
                let (_, defs, models) = &mut owners[at];
                if !defs.iter().any(|d| d.name.key == def.name.key && d.subject == def.subject) {
                    defs.push(def);
                }
                if !models.contains(&model.as_str()) {
                    models.push(model);
                }
            }
        }
        let mut out = format!("{}version: 2\n\nexposures:\n", head());
        let mut names = crate::names::Names::default();
        for (owner, defs, models) in owners {
            let who = owner.unwrap_or(&self.lexicon.settings.name);
            let end = owner.map_or("definitions".to_owned(), |o| format!("definitions_of_{}", word(o)));
            let name = names.fresh(&format!("{}_{end}", self.name), 120);
            let listed: Vec<String> = defs.iter().map(|d| format!("`{}`", d.name.text)).collect();
            let said = format!("What {who} answers for: {}.", listed.join(", "));
            let refs: String = models
                .iter()
                .map(|m| format!("      - {}\n", scalar(&format!("ref({})", super::text::jinja(m)))))
                .collect();
            out.push_str(&format!(
                "  - name: {}\n    label: {}\n    type: analysis\n    description: {}\n    owner:\n      name: {}\n    depends_on:\n{refs}",
                quoted(&name),
                quoted(&format!("Definitions of {who}")),
                quoted(&said),
                quoted(who),
            ));
        }
        out
    }

    fn column(&self, column: Column<'_>, pad: &str, out: &mut String) {
        out.push_str(&format!("{pad}- name: {}\n", quoted(column.name)));
        if !is_plain(column.name) {
            out.push_str(&format!("{pad}  quote: true\n"));
        }
        if let Some(docs) = column.docs {
            out.push_str(&format!("{pad}  description: {}\n", quoted(docs.trim())));
        }
        if !column.tests.is_empty() {
            out.push_str(&format!("{pad}  data_tests:\n"));
            for test in column.tests {
                let lines = test.lines().map(|line| format!("{pad}    {line}\n"));
                out.extend(lines);
            }
        }
    }

    /// That a column holds nothing but these texts.
    fn accepted(&self, values: &[String], weight: Weight) -> String {
        // dbt writes quotes around values, and leaves what is in them as it is.
        let bare = values.iter().all(|v| !v.contains(['\'', '\\']));
        let listed: Vec<String> =
            values.iter().map(|v| if bare { quoted(v) } else { quoted(&self.dialect.text(v)) }).collect();
        let mut args = vec![("values", format!("[{}]", listed.join(", ")))];
        if !bare {
            args.push(("quote", "false".to_owned()));
        }
        test("accepted_values", &args, weight)
    }
}

/// What a funnel or metric is.
fn titled(kind: &str, def: &Def) -> String {
    let said = format!("The {kind} `{}`.", def.name.text);
    def.docs.as_deref().map_or(said.clone(), |d| format!("{said}\n\n{}", d.trim()))
}

fn plain_test(name: &str, weight: Weight) -> String {
    test(name, &[], weight)
}

/// A test of dbt as the lines of an entry in a list.
fn test(name: &str, args: &[(&str, String)], weight: Weight) -> String {
    let warn = matches!(weight, Weight::Warn);
    if args.is_empty() && !warn {
        return format!("- {name}\n");
    }
    let mut out = format!("- {name}:\n");
    for (key, value) in args {
        out.push_str(&format!("    {key}: {value}\n"));
    }
    if warn {
        out.push_str("    config:\n      severity: warn\n");
    }
    out
}
