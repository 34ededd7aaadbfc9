//! A lexicon as a dbt project, or as a package in one: sources, a model for each entity and event as it is read, a model for
//! each statement, and their properties.
//!
//! Invariant *nothing begins*: what a user wrote reaches a file through [`text`] alone, so that neither YAML nor Jinja takes
//! any of it for its own.

mod properties;
mod text;

use std::collections::BTreeMap;

use lead_diag::Diagnostic;
use lead_hir::hir::{Def, Lexicon, TableId};

use crate::compile::{self, AsOf, Compiled, Needs, Options, Records};
use crate::dialect::{Dialect, time_text};
use crate::names::Names;
use crate::target::{RawTable, Target, needed_tables};

/// Stands in the first line of every file; a file without it is somebody's own.
pub const MARK: &str = "Written by `lead compile --dbt`";

/// A name of a model has at most so many bytes: what PostgreSQL takes.
const NAME_LIMIT: usize = 60;

/// A file of the project.
#[derive(Clone, Debug)]
pub struct File {
    /// Within the project's folder, with `/` between parts.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// For what a project is made.
pub struct Project<'a> {
    /// The dialect of its models.
    pub dialect: &'a dyn Dialect,
    /// Where the data stand.
    pub target: &'a Target,
    /// The as-of time where dbt is told none; `None`: the time at which dbt was started.
    pub as_of: Option<i64>,
}

/// A table of the warehouse as dbt knows it.
struct Source {
    raw: RawTable,
    /// The source that it is listed under.
    group: String,
    /// Its name there.
    name: String,
    /// Entities and events that are read from it.
    read_as: Vec<TableId>,
}

/// Everything that files are made of.
struct Made<'a> {
    lexicon: &'a Lexicon,
    dialect: &'a dyn Dialect,
    /// The project's name.
    name: String,
    sources: Vec<Source>,
    /// With the names of the models.
    records: Vec<(String, Records)>,
    /// With the names of the models.
    answers: Vec<(String, Compiled)>,
}

impl Made<'_> {
    /// The model of the records of a table.
    fn records_of(&self, table: TableId) -> Option<&(String, Records)> {
        self.records.iter().find(|r| r.1.table == table)
    }
}

/// The files of a project for the definitions that are wanted.
///
/// # Errors
/// What the dialect lacks (L0901), each with its place.
pub fn project(
    lexicon: &Lexicon,
    of: &Project<'_>,
    wanted: &(dyn Fn(&Def) -> bool + Sync),
) -> Result<Vec<File>, Vec<Diagnostic>> {
    let name = match text::word(&lexicon.settings.name) {
        word if word.is_empty() => "lead_lexicon".to_owned(),
        word => format!("lead_{word}"),
    };
    let needs = compile::needs(lexicon, wanted);
    let sources = sources(lexicon, of.target, &needs, &name);
    // Statements are made with names that stand for what Jinja puts there; nothing else in them is called so.
    let plain = Options { dialect: of.dialect, target: of.target, as_of: AsOf::Open };
    let said: String = compile::compile(lexicon, &plain, wanted)?.into_iter().map(|c| c.sql).collect();
    let said = said + &compile::records(lexicon, &plain, &needs)?.into_iter().map(|r| r.sql).collect::<String>();
    let mut number = 0;
    let stem = loop {
        let stem = format!("lead_stand_in_{number}_");
        if !said.contains(&stem) {
            break stem;
        }
        number += 1;
    };
    let token = |i: usize| format!("{stem}{i}_");
    let as_of = format!("{stem}as_of_");
    let stand_ins = sources.iter().enumerate().map(|(i, s)| (s.raw.name.clone(), token(i)));
    let target = Target { stand_ins: stand_ins.collect(), as_of: Some(as_of.clone()), ..of.target.clone() };
    let options = Options { dialect: of.dialect, target: &target, as_of: AsOf::Open };
    let model = |sql: &str| {
        let mut body = text::plain(sql.trim_end().trim_end_matches(';'));
        for (i, source) in sources.iter().enumerate() {
            let call = format!("{{{{ source({}, {}) }}}}", text::jinja(&source.group), text::jinja(&source.name));
            body = body.replace(&token(i), &call);
        }
        body = body.replace(&as_of, &format!("{{{{ {name}_as_of() }}}}"));
        format!("-- {MARK}. What is changed here is lost: change the lexicon.\n{body}\n")
    };

    let mut names = Names::default();
    sources.iter().filter_map(|s| s.raw.name.last()).for_each(|n| names.reserve(n));
    let compiled = compile::compile(lexicon, &options, wanted)?;
    let answers: Vec<(String, Compiled)> =
        compiled.into_iter().map(|c| (names.fresh(&format!("lead_{}", c.name), NAME_LIMIT), c)).collect();
    let read = compile::records(lexicon, &options, &needs)?;
    let records: Vec<(String, Records)> = read
        .into_iter()
        .map(|r| (names.fresh(&format!("lead_records_{}", lexicon.table(r.table).name.snake()), NAME_LIMIT), r))
        .collect();

    let mut files: Vec<File> = Vec::new();
    let mut file = |path: String, text: String| files.push(File { path, text });
    for (name, answer) in &answers {
        file(format!("models/answers/{name}.sql"), model(&answer.sql));
    }
    for (name, records) in &records {
        file(format!("models/records/{name}.sql"), model(&records.sql));
    }
    file(format!("macros/{name}_as_of.sql"), as_of_macro(&name));
    file("dbt_project.yml".to_owned(), settings(&name, of.as_of));
    let made = Made { lexicon, dialect: of.dialect, name, sources, records, answers };
    file("models/sources.yml".to_owned(), made.sources_file());
    file("models/records/records.yml".to_owned(), made.records_file());
    file("models/answers/answers.yml".to_owned(), made.answers_file());
    file("models/exposures.yml".to_owned(), made.exposures_file());
    Ok(files)
}

/// The tables that are read, with the columns that are needed.
fn sources(lexicon: &Lexicon, target: &Target, needs: &Needs, project: &str) -> Vec<Source> {
    let mut groups: BTreeMap<String, Names> = BTreeMap::new();
    let mut out = Vec::new();
    for raw in needed_tables(lexicon, target, needs) {
        let (last, before) = raw.name.split_last().map_or(("data", &[][..]), |(l, b)| (l.as_str(), b));
        let group = match text::word(&before.join("_")) {
            word if word.is_empty() => project.to_owned(),
            word => format!("{project}_{word}"),
        };
        let word: String = last.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let name = groups.entry(group.clone()).or_default().fresh(&word, NAME_LIMIT);
        let reads = |id: &&TableId| target.tables_of(lexicon.table(**id)).iter().any(|t| t.0 == raw.name);
        let read_as = needs.keys().filter(reads).copied().collect();
        out.push(Source { raw, group, name, read_as });
    }
    out
}

/// What begins a file of YAML.
fn head() -> String {
    format!("# {MARK}. What is changed here is lost: change the lexicon.\n")
}

/// The settings of the project.
fn settings(name: &str, as_of: Option<i64>) -> String {
    let as_of = as_of.map_or(String::new(), |t| {
        format!("\n# The as-of time, in UTC.\nvars:\n  {name}:\n    as_of: \"{}\"\n", time_text(t))
    });
    format!(
        "{}name: \"{name}\"\nversion: \"1.0.0\"\nconfig-version: 2\nrequire-dbt-version: [\">=1.8.0\", \"<2.0.0\"]\nprofile: \"lead\"\n\n\
         model-paths: [\"models\"]\nmacro-paths: [\"macros\"]\nclean-targets: [\"target\", \"dbt_packages\"]\n{as_of}\n\
         models:\n  {name}:\n    answers:\n      +materialized: table\n    records:\n      +materialized: view\n",
        head()
    )
}

/// The as-of time as a text literal: what `--vars` says, else the time at which dbt was started, one for all models.
fn as_of_macro(name: &str) -> String {
    format!(
        "{{# {MARK}. What is changed here is lost: change the lexicon. #}}\n\
         {{% macro {name}_as_of() -%}}\n\
         {{%- set told = var('as_of', none) -%}}\n\
         {{%- if told is none -%}}\n\
         '{{{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}}}'\n\
         {{%- else -%}}\n\
         '{{{{ (told | string).replace(\"'\", \"''\") }}}}'\n\
         {{%- endif -%}}\n\
         {{%- endmacro %}}\n"
    )
}
