//! Commands.

use lead_tests::lsp::{Client, Workspace};
use serde_json::{Value, json};

const LEXICON: &str = r#"
//- lead.toml
[lexicon]
name = "Test"
as-of = "2026-06-01"
data = "exports"
//- exports/contacts.csv
id,employees
c1,80
c2,20
//- exports/visits.csv
contact,at
c1,2026-05-01T10:00
c1,2026-05-02T10:00
//- rules.lead
entity contact from "contacts.csv"
    id: key
    employees: number

event visit of contact from "visits.csv"
    at: time

visits = count(visit)

large when employees > 50 and visits >= 2 within 90d  because "big and busy"

example "one that holds"
    contact: employees 80
    visit 2d ago
    visit 3d ago
    expect large

example "one that does not"
    contact: employees 8
    expect large
"#;

fn client(workspace: &Workspace) -> (Client, String) {
    let mut client = Client::start(workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    (client, uri)
}

fn run(client: &mut Client, command: &str, argument: Value) -> Value {
    client.request("workspace/executeCommand", json!({ "command": command, "arguments": [argument] }))
}

#[test]
fn show_the_plan_of_a_definition_or_of_all() {
    let workspace = Workspace::new(LEXICON);
    let (mut client, uri) = client(&workspace);
    let plan = run(&mut client, "lead.showPlan", json!({ "uri": uri, "position": { "line": 9, "character": 1 } }));
    assert_eq!(plan["title"], "Plan of large");
    assert!(plan["text"].as_str().unwrap().contains("visit"), "{plan}");
    let all = run(&mut client, "lead.showPlan", json!({ "uri": uri }));
    assert!(all["text"].as_str().unwrap().len() >= plan["text"].as_str().unwrap().len());
    let unfolded = run(&mut client, "lead.unfold", json!({ "uri": uri, "position": { "line": 9, "character": 1 } }));
    assert!(unfolded["text"].as_str().unwrap().contains("count(visit"), "{unfolded}");
    client.replace(&uri, 2, "nonsense\n");
    let error = client
        .refused("workspace/executeCommand", json!({ "command": "lead.showPlan", "arguments": [{ "uri": uri }] }));
    assert!(error["message"].as_str().unwrap().contains("errors"), "{error}");
}

#[test]
fn show_the_sql_of_a_definition_or_of_all() {
    let workspace = Workspace::new(LEXICON);
    let (mut client, uri) = client(&workspace);
    let at = json!({ "line": 9, "character": 1 });
    let one = run(&mut client, "lead.showSql", json!({ "uri": uri, "position": at }));
    assert_eq!((&one["title"], &one["language"]), (&json!("SQL of large"), &json!("sql")), "{one}");
    let text = one["text"].as_str().unwrap();
    assert!(text.contains("in the SQL of DuckDB") && text.contains("AS large") && text.ends_with(";\n"), "{text}");
    let all = run(&mut client, "lead.showSql", json!({ "uri": uri, "dialect": "postgres" }));
    assert!(all["text"].as_str().unwrap().contains("in the SQL of PostgreSQL"), "{all}");
    // Not saved, and counts.
    client.replace(&uri, 2, &workspace.text("rules.lead").replace("employees > 50", "employees > 4321"));
    let now = run(&mut client, "lead.showSql", json!({ "uri": uri, "position": at }));
    assert!(now["text"].as_str().unwrap().contains("> 4321"), "{now}");
    for (argument, word) in
        [(json!({ "uri": uri, "dialect": "oracle" }), "oracle"), (json!({ "uri": uri, "definition": "x" }), "`x`")]
    {
        let params = json!({ "command": "lead.showSql", "arguments": [argument] });
        let error = client.refused("workspace/executeCommand", params);
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }
    client.replace(&uri, 3, "nonsense\n");
    let params = json!({ "command": "lead.showSql", "arguments": [{ "uri": uri }] });
    let error = client.refused("workspace/executeCommand", params);
    assert!(error["message"].as_str().unwrap().contains("errors"), "{error}");
}

#[test]
fn explain_a_record_from_the_data_folder_by_the_text_in_the_editor() {
    let workspace = Workspace::new(LEXICON);
    let (mut client, uri) = client(&workspace);
    let at = json!({ "line": 9, "character": 1 });
    let yes = run(&mut client, "lead.explain", json!({ "uri": uri, "position": at, "key": "c1" }));
    assert!(yes["text"].as_str().unwrap().contains("**yes**"), "{yes}");
    let no = run(&mut client, "lead.explain", json!({ "uri": uri, "position": at, "key": "c2" }));
    assert!(no["text"].as_str().unwrap().contains("**no**"), "{no}");
    // Not saved, and counts.
    client.edit(&uri, 2, 9, (23, 25), "10");
    client.edit(&uri, 3, 9, (40, 41), "0");
    let now = run(&mut client, "lead.explain", json!({ "uri": uri, "position": at, "key": "c2" }));
    assert!(now["text"].as_str().unwrap().starts_with("- `large`: **yes**"), "{now}");
    let all = run(&mut client, "lead.explain", json!({ "uri": uri, "key": "c1" }));
    assert!(all["text"].as_str().unwrap().contains("`visits`"), "{all}");
    for (key, word) in [("c9", "c9"), ("", "key")] {
        let params = json!({ "command": "lead.explain", "arguments": [{ "uri": uri, "key": key }] });
        let error = client.refused("workspace/executeCommand", params);
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }
}

#[test]
fn run_examples_of_a_file_of_a_definition_and_at_the_cursor() {
    let workspace = Workspace::new(LEXICON);
    let (mut client, uri) = client(&workspace);
    let all = run(&mut client, "lead.runExamples", json!({ "uri": uri }));
    assert_eq!((&all["passed"], &all["failed"]), (&json!(1), &json!(1)), "{all}");
    assert_eq!(all["failures"][0]["location"]["uri"], uri.as_str(), "{all}");
    let one = run(&mut client, "lead.runExamples", json!({ "uri": uri, "position": { "line": 12, "character": 6 } }));
    assert_eq!((&one["passed"], &one["failed"]), (&json!(1), &json!(0)), "{one}");
    let covering =
        run(&mut client, "lead.runExamples", json!({ "uri": uri, "position": { "line": 9, "character": 1 } }));
    assert_eq!((&covering["passed"], &covering["failed"]), (&json!(1), &json!(1)), "{covering}");
}

#[test]
fn make_all_safe_fixes_and_show_an_answer_as_a_document() {
    let workspace = Workspace::new(LEXICON);
    let (mut client, uri) = client(&workspace);
    let broken = workspace.text("rules.lead").replace("employees > 50", "employes > 50");
    client.replace(&uri, 2, &broken);
    let done = run(&mut client, "lead.fixAll", json!({ "uri": uri }));
    if done["fixed"] == true {
        let edit = client.next("workspace/applyEdit");
        assert!(edit.to_string().contains("employees"), "{edit}");
    }
    client.replace(&uri, 3, workspace.text("rules.lead"));
    run(&mut client, "lead.showPlan", json!({ "uri": uri, "show": true }));
    let shown = client.next("window/showDocument");
    let path = shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap().replace("%20", " ");
    assert!(std::fs::read_to_string(path).unwrap().contains("as of"), "{shown}");
}

#[test]
fn what_is_no_command_is_refused() {
    let workspace = Workspace::new(LEXICON);
    let (mut client, uri) = client(&workspace);
    let refused = |client: &mut Client, command: &str, arguments: Value| {
        client.refused("workspace/executeCommand", json!({ "command": command, "arguments": arguments }))["code"]
            .clone()
    };
    assert_eq!(refused(&mut client, "lead.nothing", json!([{ "uri": uri }])), -32602);
    assert_eq!(refused(&mut client, "lead.showPlan", json!([])), -32602);
    assert_eq!(refused(&mut client, "lead.showPlan", json!([{ "uri": "file:///nowhere.lead" }])), -32602);
}
