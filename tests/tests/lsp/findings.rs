//! Findings: sent, asked for, and what they look like.

use lead_tests::lsp::{Client, Workspace, capabilities, codes};
use serde_json::{Value, json};

const LEXICON: &str = r#"
//- lead.toml
[lexicon]
name = "Test"
[lints]
unused-term = "warn"
//- schema.lead
entity contact from "contacts.csv"
    id: key
    employees: number
//- rules.lead
large when employees > 50
large when employees > 60
//- other.lead
small when employes < 5
"#;

fn pulling() -> Value {
    let mut with = capabilities();
    with["textDocument"]["diagnostic"] = json!({ "dynamicRegistration": false });
    with["workspace"]["diagnostic"] = json!({ "refreshSupport": true });
    with["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    with
}

#[test]
fn a_finding_has_its_code_its_page_related_places_and_tags() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    let found = client.published(&uri)["diagnostics"].clone();
    let all = found.as_array().unwrap();
    let twice = all.iter().find(|d| d["code"] == "L0205").unwrap_or_else(|| panic!("{found}"));
    assert_eq!(twice["severity"], 1);
    assert_eq!(twice["source"], "lead");
    assert!(twice["codeDescription"]["href"].as_str().unwrap().ends_with("L0205.md"), "{twice}");
    assert_eq!(twice["relatedInformation"][0]["location"]["uri"], uri.as_str(), "{twice}");
    let unused = all.iter().find(|d| d["code"] == "L0604").unwrap_or_else(|| panic!("{found}"));
    assert_eq!(unused["tags"], json!([1]), "{unused}");
}

#[test]
fn findings_are_asked_for_with_result_ids() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start_with(&workspace, pulling(), Value::Null);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    let first = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(first["kind"], "full");
    assert!(codes(&first["items"]).contains(&"L0205".to_owned()), "{first}");
    let again = |client: &mut Client, id: &Value| {
        client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri }, "previousResultId": id }))
    };
    let same = again(&mut client, &first["resultId"]);
    assert_eq!(same["kind"], "unchanged", "{same}");
    client.replace(&uri, 2, "large when employees > 50\n");
    let other = again(&mut client, &first["resultId"]);
    assert_eq!(other["kind"], "full");
    assert!(!codes(&other["items"]).contains(&"L0205".to_owned()), "{other}");
    // Who asks is not sent the same once more.
    assert!(!client.hears(|m| m["method"] == "textDocument/publishDiagnostics"));
}

#[test]
fn findings_of_the_whole_workspace_are_asked_for_with_result_ids() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start_with(&workspace, pulling(), Value::Null);
    let all = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 4, "{all}");
    let other = items.iter().find(|i| i["uri"] == workspace.uri("other.lead")).unwrap();
    assert!(codes(&other["items"]).contains(&"L0201".to_owned()), "{other}");
    let previous: Vec<Value> = items.iter().map(|i| json!({ "uri": i["uri"], "value": i["resultId"] })).collect();
    let again = client.request("workspace/diagnostic", json!({ "previousResultIds": previous.clone() }));
    assert!(again["items"].as_array().unwrap().iter().all(|i| i["kind"] == "unchanged"), "{again}");
    workspace.write("other.lead", "small when employees < 5\n");
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": workspace.uri("other.lead"), "type": 2 }] }),
    );
    let after = client.request("workspace/diagnostic", json!({ "previousResultIds": previous }));
    let changed: Vec<&Value> = after["items"].as_array().unwrap().iter().filter(|i| i["kind"] == "full").collect();
    assert!(changed.iter().any(|i| i["uri"] == workspace.uri("other.lead")), "{after}");
    // Files change by themselves, so the client is told to ask again.
    client.next("workspace/diagnostic/refresh");
}

#[test]
fn an_edit_in_one_file_shows_in_another() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let (schema, other) = (workspace.uri("schema.lead"), workspace.uri("other.lead"));
    client.open(&schema, workspace.text("schema.lead"));
    let line = "    employees: number\n";
    client.replace(&schema, 2, &workspace.text("schema.lead").replace(line, &format!("{line}    employes: number\n")));
    client.wait("findings", |m| {
        m["params"]["uri"] == other.as_str()
            && !codes(&m["params"]["diagnostics"]).contains(&"L0201".to_owned())
            && m["params"]["version"].is_null()
    });
}

#[test]
fn settings_of_the_editor_change_levels_hints_and_lenses() {
    let workspace = Workspace::new(LEXICON);
    let options = json!({
        "lints": { "unused-term": "off" },
        "inlayHints": { "windows": false, "types": false, "subjects": false },
        "codeLens": { "uses": false, "examples": false },
        "format": { "onType": false },
    });
    let mut client = Client::start_with(&workspace, capabilities(), options);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\nn = employees\n");
    assert!(!client.codes(&uri, 1).contains(&"L0604".to_owned()));
    let document = json!({ "uri": uri });
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", json!({ "textDocument": document, "range": range }));
    assert_eq!(hints, json!([]));
    assert_eq!(client.request("textDocument/codeLens", json!({ "textDocument": document })), json!([]));
    let typed = json!({ "textDocument": document, "position": { "line": 1, "character": 0 }, "ch": "\n",
        "options": { "tabSize": 4, "insertSpaces": true } });
    assert_eq!(client.request("textDocument/onTypeFormatting", typed), Value::Null);
    // Sent while it runs.
    let settings = json!({ "settings": { "lead": { "lints": { "unused-term": "error" } } } });
    client.notify("workspace/didChangeConfiguration", settings);
    let found = client.wait("findings", |m| {
        m["params"]["uri"] == uri.as_str() && m["params"]["diagnostics"].to_string().contains("L0604")
    });
    let all = found["params"]["diagnostics"].as_array().unwrap();
    assert_eq!(all.iter().find(|d| d["code"] == "L0604").unwrap()["severity"], 1);
    assert_ne!(client.request("textDocument/codeLens", json!({ "textDocument": document })), json!([]));
}

#[test]
fn settings_are_asked_of_clients_that_can_be_asked() {
    let workspace = Workspace::new(LEXICON);
    let mut with = capabilities();
    with["workspace"]["configuration"] = json!(true);
    let mut client = Client::spawn();
    client.settings = json!({ "lints": { "unused-term": "hint" } });
    client.initialize(&workspace, with, Value::Null);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    let severity = |m: &Value| {
        let all = m["params"]["diagnostics"].as_array()?;
        all.iter().find(|d| d["code"] == "L0604")?["severity"].as_i64()
    };
    client.wait("a hint", |m| m["params"]["uri"] == uri.as_str() && severity(m) == Some(4));
    client.settings = json!({ "lints": { "unused-term": "warning" } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait("a warning", |m| m["params"]["uri"] == uri.as_str() && severity(m) == Some(2));
}

#[test]
fn the_check_of_a_large_lexicon_shows_that_it_is_under_way() {
    let workspace = Workspace::new(LEXICON);
    for i in 0..60 {
        workspace.write(&format!("more/rules{i}.lead"), &format!("many {} when employees > {i}\n", "x".repeat(i + 1)));
    }
    let mut client = Client::start(&workspace);
    let token = client.next("window/workDoneProgress/create")["token"].clone();
    for kind in ["begin", "end"] {
        client.wait(kind, |m| {
            m["method"] == "$/progress" && m["params"]["token"] == token && m["params"]["value"]["kind"] == kind
        });
    }
}
