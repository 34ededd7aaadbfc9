//! Drafts of lexicons: what they say, and that they check and run as they are.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use lead_data::{Batch, Data, EventSink, Options, ScanRequest};
use lead_diag::SourceMap;
use lead_draft::{DraftOptions, draft};
use lead_hir::hir::{FieldId, Lexicon};
use lead_hir::{Config, config};

/// Events that nobody looks at.
struct Passed;

impl EventSink for Passed {
    fn batch(&mut self, _: &Batch) {}
}

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
    let all = ids.map(|(id, t)| (id, (0..t.fields.len() as u32).map(FieldId).collect())).collect();
    let options = Options { threads: 2, ..Options::default() };
    let needs = lead_data::Needs { tables: all };
    let data = Data::open(lexicon, config, dir, &needs, options);
    for (id, table) in lexicon.table_ids() {
        if table.is_event() {
            let fields = (0..table.fields.len() as u32).map(FieldId).collect();
            data.scan(&[ScanRequest { table: id, fields, times: i64::MIN..i64::MAX }], |_| Passed);
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
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 6] = [
        (
            "export/Contacts.csv",
            "Record ID;E-mail;Email;from;Opted in;Interests;Amount;Zip;Created\nc0;x@a.com;;A \"1\";yes;a;1,5;007;31.12.2025\nc1;M\u{fc}ller;b;B;no;a;2;010;1.1.2026\nc2;select;b;B;no;a;b;010;1.1.2026\nc3;null;b;B;no;[];;010;\n".as_bytes(),
        ),
        ("visits.csv", visits.as_bytes()),
        ("latin.csv", b"id,name\n1,M\xfcller\n"),
        ("broken.csv", b"id,x\n1,\"open\n"),
        ("empty.csv", b""),
        ("notes.docx", b"PK"),
    ];
    std::fs::create_dir(folder.path().join("export")).unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let options = DraftOptions {
        name: Some("Say \"hi\"".into()),
        timezone: Some("Europe/Berlin".into()),
        data: Some("exports".into()),
    };
    let made = draft(folder.path(), &[], &options);
    insta::assert_snapshot!(format!("{}\n---\n{}", made.lead_toml, made.schema));
    let (lexicon, config) = check(&made.lead_toml, &made.schema);
    let codes = run(folder.path(), &lexicon, &config);
    assert!(codes.is_empty(), "{codes:?}");
}
