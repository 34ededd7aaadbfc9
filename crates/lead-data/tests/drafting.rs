//! Drafts of lexicons: what they say, and that they check and run as they are.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use lead_data::{Data, DraftOptions, Options, draft};
use lead_diag::SourceMap;
use lead_hir::hir::Lexicon;
use lead_hir::{Config, config};
use support::*;

/// The checked lexicon of a draft, after asserting that nothing is wrong with it.
fn check(lead_toml: &str, schema: &str) -> (Lexicon, Config) {
    let mut sources = SourceMap::new();
    let toml = sources.add("lead.toml", lead_toml);
    let (config, mut diagnostics) = config::parse(toml, lead_toml);
    let file = sources.add("schema.lead", schema);
    let parsed = lead_syntax::parse(file, schema);
    diagnostics.extend(parsed.diagnostics);
    let lowered = lead_hir::lower(&[(file, &parsed.file)], &config);
    diagnostics.extend(lowered.diagnostics);
    let found: Vec<String> = diagnostics
        .iter()
        .filter(|d| d.severity >= lead_diag::Severity::Warning && !d.code.is_lint())
        .map(|d| format!("{} {} {}", d.code.id(), d.message, d.span().map_or(String::new(), |s| sources.place(s))))
        .collect();
    assert!(found.is_empty(), "{found:#?}\n{schema}");
    (lowered.lexicon, config)
}

/// Reads everything that a draft speaks of. Gives the codes of the warnings.
fn run(dir: &Path, lexicon: &Lexicon, config: &Config) -> BTreeSet<&'static str> {
    let ids = lexicon.table_ids();
    let all = ids.map(|(id, t)| (id, (0..t.fields.len() as u32).map(lead_hir::hir::FieldId).collect())).collect();
    let options = Options { threads: 2, ..Options::default() };
    let needs = lead_data::Needs { tables: all };
    let data = Data::open(lexicon, config, dir, &needs, options);
    for (id, table) in lexicon.table_ids() {
        if table.is_event() {
            scan(&data, lexicon, id, i64::MIN..i64::MAX);
        }
    }
    let report = data.report();
    assert!(
        !report.is_fatal(),
        "{:#?}",
        report.problems.iter().filter(|p| p.severity == lead_diag::Severity::Error).collect::<Vec<_>>()
    );
    report.problems.iter().map(|p| p.code.id()).collect()
}

fn shared(folder: &str) -> Option<std::path::PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    dir.is_dir().then_some(dir)
}

#[test]
fn drafts_of_real_exports_check_and_run_and_leave_no_file_out() {
    for folder in ["leadforge", "clickstream", "hubspot", "salesforce", "marketo"] {
        let Some(dir) = shared(folder) else { continue };
        let made = draft(&dir, &[], &DraftOptions::default());
        if let Ok(out) = std::env::var("DRAFT_OUT") {
            std::fs::write(format!("{out}/{folder}.lead"), format!("{}\n{}", made.lead_toml, made.schema)).unwrap();
        }
        let (lexicon, config) = check(&made.lead_toml, &made.schema);
        assert!(!lexicon.defs.is_empty(), "{folder}");
        for entry in std::fs::read_dir(&dir).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(made.schema.contains(&name), "{folder}/{name}");
        }
        let codes = run(&dir, &lexicon, &config);
        let fine = ["L0721", "L0720"];
        assert!(codes.iter().all(|c| fine.contains(c)), "{folder}: {codes:?}");
    }
}

#[test]
fn the_relations_of_leadforge_are_found() {
    let Some(dir) = shared("leadforge") else { return };
    let made = draft(&dir, &[], &DraftOptions::default());
    assert_eq!(made.events, ["sales activity", "session", "touch"]);
    assert_eq!(made.entities[0], "lead");
    for line in [
        "entity lead from \"leads.csv\"\n    lead id: key\n    contact -> contact\n    account -> account\n",
        "event session of lead from \"sessions.csv\"",
        "    at: date from \"session_timestamp\"",
        "    is sql: yes/no",
        "    close outcome: one of \"closed_lost\", \"closed_won\"",
        "session count = count(session)",
    ] {
        assert!(made.schema.replace('`', "").contains(line), "{line}\n{}", made.schema);
    }
}

#[test]
fn a_draft_says_what_the_files_say() {
    let mut visits = "Visit ID,Record ID,Kind,Visited At\n".to_owned();
    for i in 0..30 {
        visits.push_str(&format!("v{i},c{},{},2026-01-{:02} 10:00\n", i % 4, ["a", "b"][i % 2], i % 28 + 1));
    }
    let fixture = Fixture::new()
        .file("export/Contacts.csv", "Record ID;E-mail;Email;from;Opted in;Interests;Amount;Zip;Created\nc0;x@a.com;;A \"1\";yes;a;1,5;007;31.12.2025\nc1;M\u{fc}ller;b;B;no;a;2;010;1.1.2026\nc2;select;b;B;no;a;b;010;1.1.2026\nc3;null;b;B;no;[];;010;\n")
        .file("visits.csv", visits)
        .file("latin.csv", b"id,name\n1,M\xfcller\n")
        .file("broken.csv", "id,x\n1,\"open\n")
        .file("empty.csv", "")
        .file("notes.docx", "PK");
    let options = DraftOptions {
        name: Some("Say \"hi\"".into()),
        timezone: Some("Europe/Berlin".into()),
        data: Some("exports".into()),
    };
    let made = draft(fixture.path(), &[], &options);
    insta::assert_snapshot!(format!("{}\n---\n{}", made.lead_toml, made.schema));
    let (lexicon, config) = check(&made.lead_toml, &made.schema);
    let codes = run(fixture.path(), &lexicon, &config);
    assert!(codes.is_empty(), "{codes:?}");
}

#[test]
fn a_preview_shows_the_first_rows() {
    let fixture = Fixture::new().file("a.csv", "id,x\n1,\n2,b\n3,c\n");
    let preview = |most| lead_data::raw::preview(fixture.path(), "a.csv", &Config::default(), most);
    let two = preview(2).unwrap();
    assert_eq!((two.headers.len(), two.rows.len(), two.total), (2, 2, None));
    assert_eq!(two.rows[0], [Some("1".to_owned()), None]);
    assert_eq!(preview(9).unwrap().total, Some(3));
    let missing = lead_data::raw::preview(fixture.path(), "b.csv", &Config::default(), 1).unwrap_err();
    assert_eq!(missing.code.id(), "L0701");
}
