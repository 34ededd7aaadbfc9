//! Lexicons on disk: where they are found, what is read, and what is refused.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use lead_project::Project;

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn names(project: &Project) -> Vec<String> {
    project.sources.files().map(|(_, f)| f.name().to_string()).collect()
}

fn codes(project: &Project) -> Vec<&'static str> {
    project.diagnostics.iter().map(|d| d.code.id()).collect()
}

const SCHEMA: &str = "entity contact from \"contacts.csv\"\n    id: key\n    opted in: yes/no\n";

#[test]
fn a_folder_is_read_in_order_of_names_without_hidden_folders() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("lead.toml", "[lexicon]\ndata = \"exports\"\nas-of = \"2026-06-01\"\n"),
            ("schema.lead", SCHEMA),
            ("terms/b.lead", "b when opted in\n"),
            ("terms/a.lead", "a when b\n"),
            (".git/x.lead", "broken broken\n"),
            ("target/x.lead", "broken broken\n"),
            ("notes.txt", "nothing\n"),
            ("other/lead.toml", ""),
            ("other/x.lead", "broken broken\n"),
        ],
    );
    let project = Project::open(dir.path()).unwrap();
    assert_eq!(codes(&project), Vec::<&str>::new());
    let ends: Vec<String> =
        names(&project).iter().map(|n| n.trim_start_matches(&dir.path().display().to_string()).to_string()).collect();
    assert_eq!(ends, ["/lead.toml", "/schema.lead", "/terms/a.lead", "/terms/b.lead"]);
    assert_eq!(project.lexicon.defs.len(), 2);
    assert_eq!(project.as_of.as_deref(), Some("2026-06-01"));
    assert!(project.data_dir.ends_with("exports"));
    assert!(project.is_sound());
}

#[test]
fn a_file_belongs_to_the_nearest_lead_toml_above_it() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("lead.toml", ""), ("schema.lead", SCHEMA), ("terms/a.lead", "a when opted in\n")]);
    let project = Project::open(&dir.path().join("terms/a.lead")).unwrap();
    assert_eq!(codes(&project), Vec::<&str>::new());
    assert_eq!(project.asts.len(), 2);
    assert!(names(&project).iter().all(|n| !n.contains("..")), "{:?}", names(&project));
}

#[test]
fn a_lone_file_is_a_lexicon() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("one.lead", SCHEMA), ("two.lead", "broken broken\n")]);
    let project = Project::open(&dir.path().join("one.lead")).unwrap();
    assert_eq!(project.asts.len(), 1);
    assert!(project.is_sound());
}

#[test]
fn data_that_leaves_the_folder_is_refused() {
    for data in ["..", "../exports", "/tmp", "a/../../b", "..\\exports", "C:/exports"] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &[("lead.toml", &format!("[lexicon]\ndata = '{data}'\n")), ("schema.lead", SCHEMA)]);
        let project = Project::open(dir.path()).unwrap();
        assert_eq!(codes(&project), ["L0004"], "{data}");
        assert_eq!(project.data_dir, project.root);
    }
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_folder_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), &[("secret.lead", "a when b\n"), ("exports/contacts.csv", "id\n")]);
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("lead.toml", "[lexicon]\ndata = \"exports\"\n"), ("schema.lead", SCHEMA)]);
    std::os::unix::fs::symlink(outside.path().join("secret.lead"), dir.path().join("secret.lead")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("exports"), dir.path().join("exports")).unwrap();
    let project = Project::open(dir.path()).unwrap();
    let mut found = codes(&project);
    found.sort_unstable();
    assert_eq!(found, ["L0004", "L0006"]);
    assert_eq!(project.asts.len(), 1);
}

#[test]
fn a_file_that_is_not_utf_8_is_reported_at_its_place() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("schema.lead", SCHEMA)]);
    fs::write(dir.path().join("terms.lead"), b"# K\xE4ufer\na when opted in\n").unwrap();
    let project = Project::open(dir.path()).unwrap();
    assert_eq!(codes(&project), ["L0001"]);
    assert_eq!(
        project.sources.place(project.diagnostics[0].span().unwrap()).rsplit(':').take(2).collect::<Vec<_>>(),
        ["4", "1"]
    );
}

#[test]
fn what_is_no_lexicon_says_so() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(codes(&Project::open(dir.path()).unwrap()), ["L0005"]);
    let missing = Project::open(&dir.path().join("nowhere")).unwrap_err();
    assert_eq!(missing.diagnostics[0].code.id(), "L0005");
    write(dir.path(), &[("x.csv", "id\n")]);
    let csv = Project::open(&dir.path().join("x.csv")).unwrap_err();
    assert_eq!(csv.diagnostics[0].code.id(), "L0005");
}

#[test]
fn messages_come_in_order_of_file_and_place() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("schema.lead", SCHEMA), ("z.lead", "x when nothing\ny when when\n"), ("a.lead", "\nz when nobody\n")],
    );
    let project = Project::open(dir.path()).unwrap();
    let places: Vec<String> =
        project.diagnostics.iter().filter_map(|d| d.span()).map(|s| project.sources.place(s)).collect();
    let ends: Vec<&str> = places.iter().map(|p| p.rsplit('/').next().unwrap()).collect();
    assert_eq!(ends.len(), 3);
    assert!(
        ends[0].starts_with("a.lead:2") && ends[1].starts_with("z.lead:1") && ends[2].starts_with("z.lead:2"),
        "{ends:?}"
    );
}
