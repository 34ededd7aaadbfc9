//! `cargo run -p xtask -- dbt`: `dbt build` of the projects that `lead compile --dbt` writes, and every answer in the tables that come
//! of it beside the evaluator's.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use lead_hir::hir::{DefId, Lexicon};
use lead_sql::{AsOf, Compiled, Options, Subject, Target};
use lead_tests::agree::engine::Engine;
use lead_tests::agree::programs::Program;
use lead_tests::agree::{environment, judge, raw};
use lead_tests::command::{ended, lead_beside, root};
use lead_tests::pipeline;
use serde_json::Value as Json;

/// What stands in the way of YAML, Jinja and SQL: quotes, braces, line ends, names that are words of SQL.
const HOSTILE: &str = r#"
## Persons: "quoted", {{ 1 / 0 }} {% raw %} {# no #} and # a comment
## --- and: a second line
entity `select` from "order.csv"
    id: key from "the {{ key }}"
    ## It's {{ env_var('HOME') }}
    `group`: one of "it's", "{{ 1 / 0 }}", "1e3", "a \ b", "{% if %}", "x: y"
    note: text
    plain: one of "1e3", "007", "yes", "null", "- a"
    boss -> `select` from "her boss: x"

event `from` of `select` from "where.csv"
    at: time from "a; drop table x --"

count = count(`from`)

## owner: Sales & "Marketing": {{ x }}
`when` when count > 0 and `group` != "{{ 1 / 0 }}"

noted = note
kind = plain
bossy = boss.note

`case` is
    "it's {{ one }}" when `when`
    "{% two"         otherwise

funnel `union`
    `when`

## How many, '{{ x }}'.
metric `table` = count(`select`) by `group`
"#;

const HOSTILE_ROWS: &str = "the {{ key }},group,note,plain,her boss: x\n\
                            1,it's,a,1e3,2\n2,{{ 1 / 0 }},b,007,\n'3',a \\ b,{% c %},null,9\n4,,,- a,1\n";
const HOSTILE_EVENTS: &str =
    "select,a; drop table x --\n1,2026-06-01 10:00\n1,2026-06-02 10:00\n'3',2026-06-03 10:00\n";
const HOSTILE_SETTINGS: &str =
    "[lexicon]\nname = \"It's {{ a }} \\\"b\\\" -- c\"\ntimezone = \"UTC\"\nas-of = \"2026-06-30\"\n";

struct Bench {
    python: PathBuf,
    folder: tempfile::TempDir,
}

impl Bench {
    /// Runs dbt; what it says, if that is no success.
    fn dbt(&self, project: &Path, args: &[&str]) -> Result<String, String> {
        let work = self.folder.path();
        let program = self.python.with_file_name(if cfg!(windows) { "dbt.exe" } else { "dbt" });
        let mut command = Command::new(program);
        command.args(args).args(["--no-use-colors", "--project-dir"]).arg(project).arg("--profiles-dir").arg(work);
        command
            .env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
            .env("DO_NOT_TRACK", "1")
            .env("DBT_NO_VERSION_CHECK", "1");
        command.env("DBT_LOG_PATH", work.join("logs")).env("DBT_TARGET_PATH", work.join("target")).current_dir(work);
        let output = command.output().map_err(|e| format!("dbt does not start: {e}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// Loads the tables of a program, builds its project, and compares; how many answers there were.
    fn program(&self, program: &Program, lexicon: &Path, as_package: bool) -> Result<usize, String> {
        let checked = program.checked()?;
        let answered = pipeline::answer(&checked, &program.data, program.as_of, 1)?;
        let work = self.folder.path();
        let file = work.join("house.duckdb");
        let _ = fs::remove_file(&file);
        let wrong = |e: std::io::Error| e.to_string();
        fs::write(
            work.join("profiles.yml"),
            format!(
                "lead:\n  target: test\n  outputs:\n    test: {{type: duckdb, path: {:?}, threads: 2}}\n",
                file.display()
            ),
        )
        .map_err(wrong)?;
        let engine = || {
            let variables = [("LEAD_AGREE_DUCKDB".to_string(), file.display().to_string())];
            Engine::new("duckdb", &self.python, &variables, 300)
        };
        engine().ask(&raw::tables(&checked, &Target::default(), &program.data)?, &[])?;

        let project = work.join("lead");
        let _ = fs::remove_dir_all(&project);
        let as_of = jiff::Timestamp::from_microsecond(program.as_of).map_err(|e| e.to_string())?;
        let zone = checked.lexicon.settings.zone.clone();
        let local = zone.to_datetime(as_of).to_string();
        let ran = Command::new(lead_beside())
            .args(["compile", "--dialect", "duckdb", "--as-of", &local, "--dbt"])
            .args([&project, lexicon])
            .output()
            .map_err(wrong)?;
        if !ran.status.success() {
            return Err(String::from_utf8_lossy(&ran.stderr).into_owned());
        }
        let own = work.join("own");
        let built = if as_package {
            fs::create_dir_all(own.join("models")).map_err(wrong)?;
            fs::write(own.join("dbt_project.yml"), "name: own\nversion: '1.0'\nprofile: lead\n").map_err(wrong)?;
            fs::write(own.join("packages.yml"), "packages:\n  - local: ../lead\n").map_err(wrong)?;
            fs::write(own.join("models/mine.sql"), "select * from {{ ref('lead_contact') }}\n").map_err(wrong)?;
            self.dbt(&own, &["deps"])?;
            self.dbt(&own, &["build"])?
        } else {
            self.dbt(&project, &["build"])?
        };
        let last = built.lines().rev().find(|l| l.contains("Done.")).unwrap_or_default();
        let totals = last.rsplit("Done.").next().unwrap_or_default().trim();

        let dialect = lead_sql::dialect::named("duckdb").ok_or("no such dialect")?;
        let target = Target::default();
        let options = Options { dialect, target: &target, as_of: AsOf::At(program.as_of) };
        let compiled = lead_sql::compile(&checked.lexicon, &options, &|_| true)
            .map_err(|d| d.iter().map(|d| d.message.clone()).collect::<String>())?;
        let selects: Vec<String> = compiled
            .iter()
            .map(|c| format!("SELECT * FROM main.{}", dialect.quoted(&format!("lead_{}", c.name))))
            .collect();
        let results = engine().ask(&Json::Null, &selects)?;
        let (mut count, mut differ) = (0, Vec::new());
        for (compiled, result) in compiled.iter().zip(&results) {
            count += judge(&checked.lexicon, &answered, compiled, result, &mut |place, engine, native| {
                differ.push(format!("{}, {place}: dbt has {engine}, natively {native}", compiled.name));
            });
        }
        self.documented(&checked.lexicon, &compiled, &mut differ)?;
        if let Some(first) = differ.first() {
            return Err(format!("{} answers differ, such as {first}", differ.len()));
        }
        println!(
            "{}{}: {count} answers equal; dbt: {totals}",
            program.name,
            if as_package { ", as a package" } else { "" }
        );
        Ok(count)
    }

    /// Whether dbt has read every sentence of documentation as it stands in the lexicon, a test of each key, and who answers
    /// for what.
    fn documented(&self, lexicon: &Lexicon, compiled: &[Compiled], differ: &mut Vec<String>) -> Result<(), String> {
        let text = fs::read_to_string(self.folder.path().join("target/manifest.json")).map_err(|e| e.to_string())?;
        let manifest: Json = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let nodes: Vec<&Json> = manifest["nodes"].as_object().into_iter().flat_map(|o| o.values()).collect();
        for compiled in compiled {
            let name = format!("lead_{}", compiled.name);
            let Some(model) = nodes.iter().find(|n| n["name"] == name.as_str() && n["resource_type"] == "model") else {
                differ.push(format!("dbt has no model {name}"));
                continue;
            };
            let docs = |def: &DefId| lexicon.def(*def).docs.as_deref().unwrap_or_default().trim().to_owned();
            if let Subject::Records(table) = compiled.subject {
                let tests = |of: &str| {
                    let of = |n: &&&Json| n["test_metadata"]["name"] == of && n["attached_node"] == model["unique_id"];
                    nodes.iter().filter(of).count()
                };
                if tests("unique") == 0 || tests("not_null") == 0 {
                    differ.push(format!("{name}: nothing tests the key"));
                }
                let said = lexicon.table(table).docs.as_deref().unwrap_or_default().trim();
                if !model["description"].as_str().is_some_and(|d| d.ends_with(said)) {
                    differ.push(format!("{name}: {} is not {said}", model["description"]));
                }
                for (def, (column, _)) in compiled.defs.iter().zip(&compiled.columns[1..]) {
                    let found = model["columns"][column]["description"].as_str().unwrap_or_default();
                    if found != docs(def) {
                        differ.push(format!("{name}.{column}: {found:?} is not {:?}", docs(def)));
                    }
                }
            } else if !model["description"].as_str().is_some_and(|d| d.ends_with(&docs(&compiled.defs[0]))) {
                differ.push(format!("{name}: {} is not {}", model["description"], docs(&compiled.defs[0])));
            }
        }
        let exposures: Vec<&Json> = manifest["exposures"].as_object().into_iter().flat_map(|o| o.values()).collect();
        let owners: Vec<&str> = exposures.iter().filter_map(|e| e["owner"]["name"].as_str()).collect();
        let said = lexicon.defs.iter().filter_map(|d| d.owner()).find(|o| !owners.contains(o));
        if owners.is_empty() || said.is_some() {
            differ.push(format!("no exposure of {said:?} among {owners:?}"));
        }
        Ok(())
    }
}

fn run() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let dir = match (args.next().as_deref(), args.next()) {
        (None, _) => environment::cache(),
        (Some("--dir"), Some(dir)) => PathBuf::from(dir),
        _ => return Err("usage: cargo run -p xtask -- dbt [--dir DIR where dbt is installed]".to_string()),
    };
    let bench = Bench {
        python: environment::dbt(&dir)?,
        folder: tempfile::Builder::new().prefix("lead-dbt-").tempdir().map_err(|e| e.to_string())?,
    };
    let examples = root().join("examples");
    for (name, as_package) in [("hello", false), ("hello", true), ("industrial", false)] {
        let folder = examples.join(name);
        let program = Program::folder(&folder).ok_or_else(|| format!("no example {name}"))?;
        bench.program(&program, &folder, as_package).map_err(|e| format!("{name}: {e}"))?;
    }
    let folder = bench.folder.path().join("hostile");
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let files = [
        ("lead.toml", HOSTILE_SETTINGS),
        ("main.lead", HOSTILE),
        ("order.csv", HOSTILE_ROWS),
        ("where.csv", HOSTILE_EVENTS),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).map_err(|e| e.to_string())?;
    }
    let program = Program::folder(&folder).ok_or("no hostile lexicon")?;
    bench.program(&program, &folder, false).map_err(|e| format!("hostile names: {e}"))?;
    Ok(())
}

fn main() -> ExitCode {
    ended(run().map(|()| true))
}
