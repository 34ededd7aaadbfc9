//! How columns are counted.

use lead_tests::lsp::{Client, Workspace, capabilities, codes};
use serde_json::{Value, json};

const FIXTURE: &str = r#"
//- schema.lead
entity contact from "ä🙂.csv"
    id: key
    employees: number

large when employees > 50
"#;

fn agreed(offered: Value) -> (Client, Workspace, Value) {
    let workspace = Workspace::new(FIXTURE);
    let mut with = capabilities();
    with["general"] = json!({ "positionEncodings": offered });
    let mut client = Client::spawn();
    let can = client.initialize(&workspace, with, Value::Null);
    (client, workspace, can["positionEncoding"].clone())
}

#[test]
fn bytes_are_preferred_and_utf_16_is_what_every_client_knows() {
    for (offered, chosen) in [
        (json!(["utf-16", "utf-8"]), "utf-8"),
        (json!(["utf-16"]), "utf-16"),
        (json!(["utf-32", "utf-16"]), "utf-32"),
        (json!(["utf-7"]), "utf-16"),
        (Value::Null, "utf-16"),
        (json!([]), "utf-16"),
    ] {
        let (client, _, agreed) = agreed(offered.clone());
        assert_eq!(agreed, chosen, "{offered}");
        drop(client);
    }
}

#[test]
fn edits_and_answers_count_in_what_was_agreed_on() {
    // Behind the text with signs of two and four bytes, and of one and two UTF-16 units.
    for (encoding, column) in [("utf-8", 32), ("utf-16", 29), ("utf-32", 28)] {
        let (mut client, workspace, agreed) = agreed(json!([encoding]));
        assert_eq!(agreed, encoding);
        let uri = workspace.uri("schema.lead");
        client.open(&uri, workspace.text("schema.lead"));
        client.codes(&uri, 1);
        // A word too many behind the signs, found where it stands.
        client.edit(&uri, 2, 0, (column, column), " nonsense");
        let found = client.wait("findings", |m| m["params"]["version"] == 2)["params"]["diagnostics"].clone();
        let all = found.as_array().unwrap();
        let on_line = all.iter().find(|d| d["range"]["start"]["line"] == 0);
        let start = on_line.and_then(|d| d["range"]["start"]["character"].as_u64());
        assert!(start.is_some_and(|s| s >= u64::from(column)), "{encoding}: {found}");
    }
}

#[test]
fn a_position_inside_a_surrogate_pair_is_refused() {
    let (mut client, workspace, _) = agreed(json!(["utf-16"]));
    let uri = workspace.uri("schema.lead");
    client.open(&uri, workspace.text("schema.lead"));
    // ä is one unit, the face two: 22 is between its halves.
    let inside = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 23 } });
    assert_eq!(client.refused("textDocument/hover", inside)["code"], -32602);
    // An edit there is not made, and said to the log; the text stays as it was.
    client.edit(&uri, 2, 0, (23, 23), "broken \" here");
    let log = client.next("window/logMessage");
    assert!(log["message"].as_str().unwrap().contains("schema.lead"), "{log}");
    client.edit(&uri, 3, 4, (0, 5), "huge");
    let found = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    assert!(found.to_string().contains("\"huge\""), "{found}");
}

#[test]
fn positions_past_the_end_are_the_end() {
    let (mut client, workspace, _) = agreed(json!(["utf-8"]));
    let uri = workspace.uri("schema.lead");
    client.open(&uri, workspace.text("schema.lead"));
    client.edit(&uri, 2, 4000, (7, 9), "small when employees < 5\n");
    let found = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    assert!(found.to_string().contains("\"small\""), "{found}");
    let far = json!({ "textDocument": { "uri": uri }, "position": { "line": 99, "character": 99 } });
    client.request("textDocument/hover", far);
}

#[test]
fn the_ranges_of_several_edits_refer_to_the_text_before_each() {
    let (mut client, workspace, _) = agreed(json!(["utf-8"]));
    let uri = workspace.uri("schema.lead");
    client.open(&uri, workspace.text("schema.lead"));
    let change = |line: u32, from: u32, to: u32, text: &str| {
        let at = |character: u32| json!({ "line": line, "character": character });
        json!({ "range": { "start": at(from), "end": at(to) }, "text": text })
    };
    // The name grows, and what comes behind it moves; then a line goes in above all of it.
    let changes = json!([
        change(4, 0, 5, "very large"),
        change(4, 25, 26, ">="),
        change(0, 0, 0, "# one\n"),
        change(5, 0, 0, "for contact\n")
    ]);
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": changes }),
    );
    let found = client.published(&uri);
    let found = if found["version"] == 2 { found } else { client.published(&uri) };
    let _ = codes(&found["diagnostics"]);
    let symbols = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    assert!(symbols.to_string().contains("very large"), "{symbols}");
}
