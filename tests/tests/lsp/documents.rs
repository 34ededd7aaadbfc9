//! Documents, files on disk, folders and lexicons.

use lead_tests::lsp::{Client, Workspace, capabilities, codes};
use serde_json::{Value, json};

const SCHEMA: &str = "entity contact from \"contacts.csv\"\n    id: key\n    employees: number\n";

fn two_lexicons() -> Workspace {
    Workspace::new(&format!(
        "//- one/lead.toml\n[lexicon]\nname = \"One\"\n//- one/schema.lead\n{SCHEMA}//- one/rules.lead\nlarge when employees > 50\n\
         //- two/lead.toml\n[lexicon]\nname = \"Two\"\n//- two/schema.lead\n{SCHEMA}//- two/rules.lead\nsmall when large\n\
         //- alone.lead\n{SCHEMA}big when employees > 5\n"
    ))
}

fn changed(client: &mut Client, uris: &[&str], kind: u8) {
    let changes: Vec<Value> = uris.iter().map(|uri| json!({ "uri": uri, "type": kind })).collect();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
}

/// The codes that the next findings of a document hold, until they are these.
fn becomes(client: &mut Client, uri: &str, wanted: &[&str]) {
    client.wait(&format!("{wanted:?} in {uri}"), |m| {
        m["method"] == "textDocument/publishDiagnostics"
            && m["params"]["uri"] == uri
            && codes(&m["params"]["diagnostics"]) == wanted
    });
}

#[test]
fn a_lexicon_is_the_folder_of_the_nearest_settings() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let (one, two, alone) =
        (workspace.uri("one/rules.lead"), workspace.uri("two/rules.lead"), workspace.uri("alone.lead"));
    // Nothing is open, and what is wrong in the workspace is shown all the same.
    becomes(&mut client, &two, &["L0201"]);
    client.open(&one, workspace.text("one/rules.lead"));
    assert!(client.codes(&one, 1).is_empty());
    client.open(&alone, workspace.text("alone.lead"));
    assert!(client.codes(&alone, 1).is_empty());
    let found = client.request("workspace/symbol", json!({ "query": "" })).to_string();
    assert!(["large", "small", "big"].iter().all(|n| found.contains(&format!("\"{n}\""))), "{found}");
}

#[test]
fn a_lone_file_works_without_any_configuration_or_workspace() {
    let workspace = Workspace::new(&format!("//- alone.lead\n{SCHEMA}\nbig when employes > 5\n"));
    let mut client = Client::spawn();
    client.request("initialize", json!({ "capabilities": {} }));
    client.notify("initialized", json!({}));
    let uri = workspace.uri("alone.lead");
    client.open(&uri, workspace.text("alone.lead"));
    assert_eq!(client.codes(&uri, 1).len(), 1);
    client.replace(&uri, 2, &workspace.text("alone.lead").replace("employes", "employees"));
    assert!(client.codes(&uri, 2).is_empty());
    // Closing it clears what was shown.
    client.replace(&uri, 3, "nonsense\n");
    assert!(!client.codes(&uri, 3).is_empty());
    client.close(&uri);
    assert_eq!(client.published(&uri)["diagnostics"], json!([]));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn a_document_that_was_never_saved_is_a_lexicon_by_itself() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let uri = "untitled:Untitled-1";
    client.open(uri, &format!("{SCHEMA}\nbig when employes > 5\n"));
    assert_eq!(client.codes(uri, 1).len(), 1);
    let at = json!({ "textDocument": { "uri": uri }, "position": { "line": 4, "character": 1 } });
    assert!(client.request("textDocument/hover", at).to_string().contains("big"));
    client.close(uri);
    assert_eq!(client.published(uri)["diagnostics"], json!([]));
}

#[test]
fn what_is_open_counts_before_what_is_on_disk() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let (schema, rules) = (workspace.uri("one/schema.lead"), workspace.uri("one/rules.lead"));
    client.open(&rules, workspace.text("one/rules.lead"));
    assert!(client.codes(&rules, 1).is_empty());
    // Renamed in the editor, not saved: what uses it is wrong now.
    client.open(&schema, &SCHEMA.replace("employees", "people"));
    becomes(&mut client, &rules, &["L0201"]);
    // Written on disk meanwhile, still open: the editor's text counts.
    workspace.write("one/schema.lead", SCHEMA);
    changed(&mut client, &[&schema], 2);
    client.replace(&rules, 2, "large when people > 50\n");
    assert!(client.codes(&rules, 2).is_empty());
    // Closed: now the disk counts.
    client.close(&schema);
    becomes(&mut client, &rules, &["L0201"]);
}

#[test]
fn files_that_change_appear_or_go_on_disk_are_seen() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let registered = client.next("client/registerCapability");
    assert_eq!(registered["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    let (schema, rules, more) =
        (workspace.uri("one/schema.lead"), workspace.uri("one/rules.lead"), workspace.uri("one/more.lead"));
    client.open(&rules, workspace.text("one/rules.lead"));
    assert!(client.codes(&rules, 1).is_empty());
    workspace.write("one/schema.lead", &SCHEMA.replace("employees", "people"));
    changed(&mut client, &[&schema], 2);
    becomes(&mut client, &rules, &["L0201"]);
    workspace.write("one/more.lead", "employees = 5\n");
    changed(&mut client, &[&more], 1);
    becomes(&mut client, &rules, &[]);
    std::fs::remove_file(workspace.path("one/more.lead")).unwrap();
    changed(&mut client, &[&more], 3);
    becomes(&mut client, &rules, &["L0201"]);
}

#[test]
fn a_file_deleted_while_open_lives_as_long_as_it_is_open() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let (schema, rules) = (workspace.uri("one/schema.lead"), workspace.uri("one/rules.lead"));
    client.open(&schema, SCHEMA);
    client.open(&rules, workspace.text("one/rules.lead"));
    assert!(client.codes(&rules, 1).is_empty());
    std::fs::remove_file(workspace.path("one/schema.lead")).unwrap();
    changed(&mut client, &[&schema], 3);
    client.replace(&rules, 2, "large when employees > 60\n");
    assert!(client.codes(&rules, 2).is_empty());
    client.close(&schema);
    // Now nothing is declared that it could be said of.
    becomes(&mut client, &rules, &["L0217"]);
}

#[test]
fn a_file_renamed_while_open_moves_with_its_document() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let (old, new, rules) =
        (workspace.uri("one/schema.lead"), workspace.uri("one/tables.lead"), workspace.uri("one/rules.lead"));
    client.open(&old, SCHEMA);
    client.open(&rules, workspace.text("one/rules.lead"));
    assert!(client.codes(&rules, 1).is_empty());
    std::fs::rename(workspace.path("one/schema.lead"), workspace.path("one/tables.lead")).unwrap();
    client.notify("workspace/didRenameFiles", json!({ "files": [{ "oldUri": old, "newUri": new }] }));
    client.close(&old);
    client.open(&new, SCHEMA);
    changed(&mut client, &[&old], 3);
    changed(&mut client, &[&new], 1);
    client.replace(&rules, 2, "large when employees > 60\n");
    assert!(client.codes(&rules, 2).is_empty());
    let found = client.request("workspace/symbol", json!({ "query": "contact" }));
    assert_eq!(found.as_array().unwrap().iter().filter(|s| s["location"]["uri"] == new.as_str()).count(), 1, "{found}");
}

#[test]
fn settings_take_effect_at_once_from_the_editor_and_from_disk() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let (toml, rules) = (workspace.uri("one/lead.toml"), workspace.uri("one/rules.lead"));
    client.open(
        &rules,
        "visits = count(visit)\nlarge when employees > 50 and any(contact where employees > 1 within 3d)\n",
    );
    let first = client.codes(&rules, 1);
    assert!(!first.is_empty());
    client.open(&toml, "[lexicon]\ntimezone = \"Mars\"\n");
    becomes(&mut client, &toml, &["L0003"]);
    client.replace(&toml, 2, "[lexicon]\ntimezone = \"Europe/Berlin\"\n");
    becomes(&mut client, &toml, &[]);
    workspace.write("one/lead.toml", "[lexicon]\ntimezone = \"Venus\"\n");
    client.close(&toml);
    becomes(&mut client, &toml, &["L0003"]);
    workspace.write("one/lead.toml", "[lexicon]\n");
    changed(&mut client, &[&toml], 2);
    becomes(&mut client, &toml, &[]);
}

#[test]
fn settings_that_come_and_go_change_what_belongs_together() {
    let workspace =
        Workspace::new(&format!("//- w/schema.lead\n{SCHEMA}//- w/rules.lead\nlarge when employees > 50\n"));
    let mut client = Client::start(&workspace);
    let (rules, toml) = (workspace.uri("w/rules.lead"), workspace.uri("w/lead.toml"));
    client.open(&rules, workspace.text("w/rules.lead"));
    assert!(!client.codes(&rules, 1).is_empty(), "alone it knows no contact");
    workspace.write("w/lead.toml", "[lexicon]\nname = \"W\"\n");
    changed(&mut client, &[&toml], 1);
    becomes(&mut client, &rules, &[]);
    std::fs::remove_file(workspace.path("w/lead.toml")).unwrap();
    changed(&mut client, &[&toml], 3);
    client.wait("findings", |m| {
        m["params"]["uri"] == rules.as_str() && m["params"]["diagnostics"].as_array().is_some_and(|d| !d.is_empty())
    });
}

#[test]
fn folders_may_be_added_and_taken_away() {
    let workspace = two_lexicons();
    let mut client = Client::spawn();
    client.request("initialize", json!({ "capabilities": capabilities(), "workspaceFolders": null }));
    client.notify("initialized", json!({}));
    let two = workspace.uri("two/rules.lead");
    let folder = json!([{ "uri": workspace.uri("two"), "name": "two" }]);
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": folder, "removed": [] } }));
    becomes(&mut client, &two, &["L0201"]);
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [], "removed": folder } }));
    becomes(&mut client, &two, &[]);
}

#[test]
fn a_file_that_cannot_be_read_is_reported_at_the_file() {
    let workspace = two_lexicons();
    std::fs::write(workspace.path("one/broken.lead"), b"large = \xff\xfe\n").unwrap();
    let mut client = Client::start(&workspace);
    becomes(&mut client, &workspace.uri("one/broken.lead"), &["L0001"]);
}

#[test]
fn documents_of_other_languages_are_none_of_its_business() {
    let workspace = two_lexicons();
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("notes.md");
    let document = json!({ "uri": uri, "languageId": "markdown", "version": 1, "text": "# Notes" });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    client.replace(&uri, 2, "# More");
    assert!(!client.hears(|m| m["params"]["uri"] == uri.as_str()));
    client.close(&uri);
    assert_eq!(client.finish(), Some(0));
}
