//! Commands: plans, definitions unfolded, examples run, records explained. What takes long shows that it is under way.

use std::time::{SystemTime, UNIX_EPOCH};

use lead_data::{Data, Needs, Options};
use lead_diag::{FileId, Span, render};
use lead_examples::Suite;
use lead_hir::hir::{DefId, DefKind, Lexicon, TableId};
use lead_ide::{Cancel, FilePosition, Snapshot};
use lead_plan::{Explained, Planner, calendar};
use lead_sql::{Target, dialect};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{Position, Url};

use super::{edits, whole};
use crate::errors;
use crate::outbox::Outbox;
use crate::pages;
use crate::shared::Shared;
use crate::view::{Asked, View};

/// What a client may ask for.
pub const ALL: [&str; 7] =
    ["lead.showPlan", "lead.showSql", "lead.unfold", "lead.explain", RUN_EXAMPLES, SHOW_USES, "lead.fixAll"];

/// Runs the examples at a place, or of a file.
pub const RUN_EXAMPLES: &str = "lead.runExamples";
/// Lists the places that use what is named at a place.
pub const SHOW_USES: &str = "lead.showUses";
/// A client's own command for the same, which then asks for the places itself.
pub const SHOW_REFERENCES: &str = "lead.showReferences";

/// The argument of every command.
#[derive(Debug, Deserialize)]
struct Argument {
    #[allow(dead_code)] // The request was queued by it.
    uri: Url,
    position: Option<Position>,
    /// A definition by its name, instead of the one at the position.
    definition: Option<String>,
    key: Option<String>,
    entity: Option<String>,
    /// The dialect of SQL, or a target of `lead.toml`.
    dialect: Option<String>,
    /// Whether the editor is to show the answer as a document, because whoever asked does not.
    #[serde(default)]
    show: bool,
}

/// `workspace/executeCommand`
pub fn execute(asked: &Asked, command: &str, arguments: &[Value], shared: &Shared, cancel: &Cancel) -> Result<Value> {
    let outbox = &shared.outbox;
    let Some(argument) = arguments.first().cloned() else {
        return Err(errors::invalid("the command takes an object with a `uri`"));
    };
    let argument: Argument = serde_json::from_value(argument)
        .map_err(|e| errors::invalid(format!("the command takes an object with a `uri`: {e}")))?;
    let (view, file) = asked.document()?;
    let place = argument.position.map(|p| view.place(file, p)).transpose()?;
    let can = shared.negotiated().edits;
    let ask = Ask { view, file, place, asked, cancel, can };
    let answer = match command {
        "lead.showPlan" => ask.show_plan(&argument),
        "lead.showSql" => ask.show_sql(&argument),
        "lead.unfold" => ask.unfold(&argument),
        "lead.explain" => {
            let _progress = outbox.progress("Reading the data");
            ask.explain(&argument)
        }
        SHOW_USES => Ok(ask.show_uses()),
        RUN_EXAMPLES => {
            let _progress = outbox.progress("Running examples");
            ask.run_examples()
        }
        "lead.fixAll" => return Ok(ask.fix_all(outbox)),
        other => return Err(errors::invalid(format!("there is no command `{other}`"))),
    }?;
    if argument.show {
        show(&answer, outbox);
    }
    Ok(answer)
}

/// Has the editor show an answer: as a document, from a file in the user's cache folder, or in an editor that is shown none
/// by others as a message.
fn show(answer: &Value, outbox: &Outbox) {
    let field = |name: &str| answer.get(name).and_then(Value::as_str);
    let (Some(title), Some(text)) = (field("title"), field("text")) else { return };
    if !outbox.shows_documents() {
        outbox.tell(format!("{title}\n{}", lead_ide::plain_text(text)));
        return;
    }
    let end = match field("language") {
        Some("markdown") => "md",
        Some("sql") => "sql",
        _ => "txt",
    };
    let name: String = title.chars().map(|c| if c.is_alphanumeric() || c == ' ' { c } else { '-' }).collect();
    if let Some(uri) = pages::result(&format!("{name}.{end}"), text) {
        outbox.show_document(uri, None);
    }
}

struct Ask<'a> {
    view: &'a View,
    file: FileId,
    place: Option<FilePosition>,
    asked: &'a Asked,
    cancel: &'a Cancel,
    can: edits::Can,
}

impl Ask<'_> {
    fn snapshot(&self) -> &Snapshot {
        &self.view.snapshot
    }

    /// The as-of time: as set, else as in `lead.toml`, else now.
    fn as_of(&self) -> Result<i64> {
        as_of(self.asked, self.snapshot())
    }

    fn definition(&self, argument: &Argument) -> Result<Option<DefId>> {
        match (&argument.definition, self.place) {
            (Some(name), _) => match self.snapshot().find_def(name) {
                Some(def) => Ok(Some(def)),
                None => Err(errors::failed(format!("no definition is named `{name}`"))),
            },
            (None, Some(place)) => Ok(self.snapshot().def_for_command(place)),
            (None, None) => Ok(None),
        }
    }

    fn name(&self, def: DefId) -> &str {
        &self.snapshot().lexicon().def(def).name.text
    }

    fn sound(&self) -> Result<()> {
        match self.snapshot().checked().is_sound() {
            true => Ok(()),
            false => Err(errors::failed("the lexicon has errors; correct them first")),
        }
    }

    fn show_plan(&self, argument: &Argument) -> Result<Value> {
        self.sound()?;
        let as_of = self.as_of()?;
        let (title, text) = match self.definition(argument)? {
            Some(def) => (format!("Plan of {}", self.name(def)), self.snapshot().show_plan(def, as_of)),
            None => {
                let lexicon = self.snapshot().checked().to_run();
                let plan = lead_plan::on_a_deep_stack(|| lead_plan::plan(&lexicon, as_of, |_| true));
                ("Plan of all definitions".to_owned(), Some(lead_plan::debug(&plan, &lexicon)))
            }
        };
        Ok(text.map_or(Value::Null, |text| json!({ "title": title, "language": "plaintext", "text": text })))
    }

    /// The statements of the definition, or of all, as `lead compile` writes them without an as-of time: for the dialect or the target
    /// that is asked for, else for the one target of `lead.toml`, else for DuckDB.
    fn show_sql(&self, argument: &Argument) -> Result<Value> {
        self.sound()?;
        let targets = &self.snapshot().checked().config.targets;
        let lexicon = self.snapshot().checked().to_run();
        let target = match &argument.dialect {
            Some(name) => targets.get_key_value(name),
            None => targets.iter().next().filter(|_| targets.len() == 1),
        };
        let target = match target {
            Some((name, table)) => {
                Target::read(name, table, &lexicon).map_err(|d| errors::failed(d.message.clone()))?
            }
            None => Target::default(),
        };
        let name = target.dialect.as_deref().or(argument.dialect.as_deref()).unwrap_or("duckdb");
        let Some(dialect) = dialect::named(name) else {
            let all: Vec<&str> = dialect::all().iter().map(|d| d.name()).collect();
            return Err(errors::invalid(format!("there is no dialect `{name}`; there are {}", all.join(", "))));
        };
        let one = self.definition(argument)?.map(|d| self.name(d).to_owned());
        let options = lead_sql::Options { dialect, target: &target, as_of: lead_sql::AsOf::Open };
        let wanted = |def: &lead_hir::hir::Def| one.as_ref().is_none_or(|name| def.name.text == *name);
        let compiled = lead_sql::compile(&lexicon, &options, &wanted);
        let compiled = compiled.map_err(|wrong| {
            let said: Vec<&str> = wrong.iter().map(|d| d.message.as_str()).collect();
            errors::failed(said.join("; "))
        })?;
        let text: Vec<&str> = compiled.iter().map(|c| c.sql.as_str()).collect();
        let title = format!("SQL of {}", one.as_deref().unwrap_or("all definitions"));
        let answer = json!({ "title": title, "language": "sql", "text": text.join("\n") });
        Ok(if text.is_empty() { Value::Null } else { answer })
    }

    fn unfold(&self, argument: &Argument) -> Result<Value> {
        let Some(def) = self.definition(argument)? else { return Ok(Value::Null) };
        let text = self.snapshot().show_unfolded(def);
        let title = format!("{} unfolded", self.name(def));
        Ok(text.map_or(Value::Null, |text| json!({ "title": title, "language": "markdown", "text": text })))
    }

    /// The places that use what is named at the position, a line each.
    fn show_uses(&self) -> Value {
        let Some(place) = self.place else { return Value::Null };
        let mut text = String::new();
        let places = self.snapshot().references(place, false);
        for span in &places {
            let (Some(location), Some(file)) = (self.view.location(*span), self.snapshot().file(span.file)) else {
                continue;
            };
            let number = location.range.start.line;
            let line = file.text.lines().nth(number as usize).unwrap_or_default().trim().replace('`', "'");
            let number = number + 1;
            text.push_str(&format!("- [{}:{number}]({}#L{number}) `{line}`\n", file.name, location.uri));
        }
        let named = self.snapshot().prepare_rename(place).map_or_else(|_| String::new(), |n| format!(" of {}", n.name));
        json!({ "title": format!("Uses{named}"), "language": "markdown", "text": text })
    }

    fn explain(&self, argument: &Argument) -> Result<Value> {
        let Some(key) = argument.key.as_deref().map(str::trim).filter(|k| !k.is_empty()) else {
            return Err(errors::invalid("the command takes the `key` of a record"));
        };
        self.sound()?;
        let as_of = self.as_of()?;
        let lexicon = self.snapshot().checked().to_run();
        let one = self.definition(argument)?.map(|d| self.name(d).to_owned());
        let entity = argument.entity.as_deref();
        let answers = lead_plan::on_a_deep_stack(|| self.answers(&lexicon, as_of, key, one.as_deref(), entity));
        let (table, text) = answers?;
        let of = lexicon.table(table).name.text.clone();
        let title = match one {
            Some(name) => format!("{name} of {of} {}", render::clean(key)),
            None => format!("{of} {}", render::clean(key)),
        };
        Ok(json!({ "title": title, "language": "markdown", "text": text }))
    }

    /// What a record's answers are and how they come about; of one definition, or of all of its entity.
    fn answers(
        &self,
        lexicon: &Lexicon,
        as_of: i64,
        key: &str,
        one: Option<&str>,
        entity: Option<&str>,
    ) -> Result<(TableId, String)> {
        let mut planner = Planner::new(lexicon, as_of);
        let mut explained: Vec<(TableId, Explained)> = Vec::new();
        for (id, def) in lexicon.def_ids() {
            let wanted = one.is_none_or(|name| def.name.text == name) && !matches!(def.kind, DefKind::Period(_));
            if let Some(table) = def.subject.filter(|_| wanted)
                && entity.is_none_or(|e| lexicon.table(table).name.text.eq_ignore_ascii_case(e.trim()))
                && let Some(parts) = planner.explain(id)
            {
                explained.push((table, parts));
            }
        }
        let plan = planner.finish();
        let mut tables: Vec<TableId> = explained.iter().map(|e| e.0).collect();
        tables.sort_unstable();
        tables.dedup();
        if tables.is_empty() {
            return Err(errors::failed(
                "nothing here is an answer for one record; terms, values, choices and scores are",
            ));
        }
        let needs = Needs { tables: plan.needs(lexicon) };
        let options = Options { threads: 2, keep_rejects: false, progress: None };
        let config = &self.snapshot().checked().config;
        let data = Data::open(lexicon, config, &self.view.data, &needs, options);
        self.cancel.check().map_err(|_| errors::content_modified())?;
        if data.report().is_fatal() {
            return Err(errors::failed("the data cannot be used as they stand; `lead run` says why"));
        }
        let key_of = |table: TableId, row: u32| data.key(table, row).map(str::to_owned);
        let mut found = tables.iter().filter_map(|t| data.find(*t, key).map(|row| (*t, row)));
        let names: Vec<&str> = tables.iter().map(|t| lexicon.table(*t).name.text.as_str()).collect();
        let Some((table, row)) = found.next() else {
            let message = format!("no {} has the key `{}`", names.join(" or "), render::clean(key));
            return Err(errors::failed(message));
        };
        if found.next().is_some() {
            let message = format!("several records have the key `{}`; say of which `entity`", render::clean(key));
            return Err(errors::failed(message));
        }
        let parts: Vec<Explained> = explained.into_iter().filter(|e| e.0 == table).map(|e| e.1).collect();
        let why =
            lead_eval::why(lexicon, &plan, &data, &parts, row).map_err(|e| errors::failed(e.diagnostic().message))?;
        let told: Vec<String> = why.iter().map(|w| self.snapshot().show_why(w, &key_of)).collect();
        Ok((table, told.join("\n")))
    }

    /// Makes all safe fixes of the document.
    fn fix_all(&self, outbox: &Outbox) -> Value {
        let change = self.snapshot().resolve_code_action(self.file, whole(self.view, self.file), "fix-all");
        let change = change.filter(|c| !c.edits.is_empty());
        if let Some(change) = &change {
            let edit = edits::workspace(std::iter::once((self.view, change.edits.as_slice())), self.can);
            outbox.apply_edit("Make all safe fixes".to_owned(), edit);
        }
        json!({ "fixed": change.is_some() })
    }

    fn run_examples(&self) -> Result<Value> {
        self.sound()?;
        let as_of = self.as_of()?;
        let lexicon = self.snapshot().checked().to_run();
        let touched = |span: Span| self.place.is_none_or(|p| span.file == p.file && span.touches(p.offset));
        let at = self.place.and_then(|p| self.snapshot().def_for_command(p));
        // At a definition the examples that cover it, in whatever file; in an example that one; else those of the file.
        let is_in_one = lexicon.examples.iter().any(|e| e.span.file == self.file && touched(e.span));
        let named = at.filter(|_| !is_in_one).map(|d| self.name(d).to_owned());
        let wanted = |example: &lead_hir::hir::Example| match &named {
            Some(name) => example.covers.iter().any(|d| lexicon.def(*d).name.text == *name),
            None => example.span.file == self.file && touched(example.span),
        };
        let suite = Suite::of(&lexicon, as_of, wanted);
        let slice = |span: Span| self.snapshot().slice(span).to_owned();
        let (mut passed, mut failed, mut text, mut failures) = (0, 0, String::new(), Vec::new());
        for (number, example) in lexicon.examples.iter().enumerate().filter(|(_, e)| wanted(e)) {
            self.cancel.check().map_err(|_| errors::content_modified())?;
            let Some(outcome) = suite.run(number) else { continue };
            let mark = if outcome.passed() { "passed" } else { "failed" };
            let title = example.title.replace('\n', " ");
            text.push_str(&format!("- {mark}: {title}\n"));
            if outcome.passed() {
                passed += 1;
                continue;
            }
            failed += 1;
            for found in lead_examples::diagnostics(&suite, &outcome, slice) {
                text.push_str(&format!("  - {}\n", found.message));
                let location = found.span().and_then(|s| self.view.location(s));
                failures.push(json!({ "message": found.message, "location": location }));
            }
            for why in outcome.checks.iter().flat_map(|c| &c.whys) {
                let key_of = |table, row| suite.record_name(number, table, row);
                for line in self.snapshot().show_why(why, &key_of).lines() {
                    text.push_str(&format!("    {line}\n"));
                }
            }
        }
        let of = named.map_or_else(String::new, |n| format!(" of {n}"));
        let title = format!("Examples{of}");
        Ok(json!({
            "title": title, "language": "markdown", "text": text,
            "passed": passed, "failed": failed, "failures": failures,
        }))
    }
}

/// The time that answers are for: of the client's settings, else of the lexicon's, else now.
pub fn as_of(asked: &Asked, snapshot: &Snapshot) -> Result<i64> {
    let zone = &snapshot.lexicon().settings.zone;
    match asked.settings.as_of.as_ref().or(snapshot.checked().config.as_of.as_ref()) {
        Some(text) => {
            calendar::moment(text, zone).ok_or_else(|| errors::failed(format!("`{text}` is no date or time")))
        }
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
        }
    }
}
