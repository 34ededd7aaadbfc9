//! The code action that adds the examples which a definition is missing.

use lead_tests::lsp::{Client, Workspace};
use serde_json::{Value, json};

const LEXICON: &str = r#"
//- lead.toml
[lexicon]
name = "Test"
//- rules.lead
entity contact from "contacts.csv"
    id: key
    employees: number

large when employees > 50

target when$0 large
"#;

fn titles(actions: &Value) -> Vec<String> {
    actions.as_array().map_or(Vec::new(), |all| all.iter().map(|a| a["title"].to_string()).collect())
}

#[test]
fn missing_examples_are_added_behind_the_definition_and_then_none_are_missing() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    let text = workspace.text("rules.lead").to_owned();
    client.open(&uri, &text);
    assert_eq!(client.codes(&uri, 1), [""; 0]);
    let at = json!({ "line": 4, "character": 8 });
    let params = json!({
        "textDocument": { "uri": uri }, "range": { "start": at, "end": at }, "context": { "diagnostics": [] },
    });
    let actions = client.request("textDocument/codeAction", params.clone());
    let title = "Add the missing examples of `large`";
    let offered = actions.as_array().unwrap().iter().find(|a| a["title"] == title);
    let action = offered.unwrap_or_else(|| panic!("{:?}", titles(&actions))).clone();
    assert_eq!(action["kind"], "refactor");
    let resolved = client.request("codeAction/resolve", action);
    let edit = &resolved["edit"]["documentChanges"][0]["edits"][0];
    assert_eq!(edit["range"]["start"]["line"], 4, "{resolved}");
    let added = edit["newText"].as_str().unwrap();
    assert_eq!(
        added, "\n\nexamples large\n    employees | large\n    51        | yes\n    50        | no\n              |",
        "{resolved}"
    );
    // With them in the text nothing is missing.
    client.edit(&uri, 2, 4, (25, 25), added);
    assert_eq!(client.codes(&uri, 2), [""; 0]);
    let actions = client.request("textDocument/codeAction", params);
    assert!(titles(&actions).iter().all(|t| !t.contains("missing examples")), "{actions}");
}
