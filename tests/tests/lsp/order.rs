//! Edits and requests in the order in which they arrive, whatever else is going on.

use std::time::{Duration, Instant};

use lead_tests::lsp::{Client, Workspace};
use serde_json::{Value, json};

use crate::lifecycle::LEXICON;

fn name_at(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 1 } })
}

#[test]
fn a_request_is_answered_from_the_text_as_it_was_when_it_arrived() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    let mut asked = Vec::new();
    for i in 0..50 {
        let name = format!("large {}", "x".repeat(i + 1));
        client.replace(&uri, i as i32 + 2, &format!("{name} when employees > 50\n"));
        asked.push((
            name,
            client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })),
            client.ask("textDocument/hover", name_at(&uri)),
        ));
    }
    for (name, _, hover) in asked {
        let answer = client.answer(hover);
        let end = answer["result"]["range"]["end"]["character"].as_u64();
        assert_eq!(end, Some(name.len() as u64), "a stale hover: {answer}");
    }
}

#[test]
fn a_thousand_edits_sent_at_once_are_applied_in_order() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    let mut text = String::from("large when employees > 50\n");
    let mut version = 1;
    for i in 0..1000u32 {
        version += 1;
        let (column, insert) = (6 + i % 5, char::from(b'a' + (i % 26) as u8).to_string());
        text.insert_str(column as usize - 6 + 5, &insert);
        client.edit(&uri, version, 0, (column - 1, column - 1), &insert);
    }
    let found = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    let expected = text.split(" when").next().unwrap();
    assert!(found.to_string().contains(&format!("\"{expected}\"")), "{found}");
}

#[test]
fn slow_requests_do_not_hold_up_an_edit_and_are_given_up_after_it() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    let slow: Vec<i64> = (0..4).map(|_| client.ask("lead/fault/work", json!({}))).collect();
    let start = Instant::now();
    client.replace(&uri, 2, "small when employees < 50\n");
    let hover = client.request("textDocument/hover", name_at(&uri));
    assert!(hover.to_string().contains("small"), "{hover}");
    for id in slow {
        assert_eq!(client.answer(id)["error"]["code"], -32801);
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn what_is_asked_of_a_document_outlasts_changes_of_anything_else() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let (uri, other) = (workspace.uri("rules.lead"), workspace.uri("more.lead"));
    client.open(&uri, "large when employees > 50\n");
    client.open(&other, "small when employees < 50\n");
    let about = json!({ "textDocument": { "uri": uri } });
    let outlasting = client.ask("lead/fault/workOnDocument", about.clone());
    client.replace(&other, 2, "small when employees < 40\n");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": other, "type": 2 }] }));
    let answer = client.answer(outlasting);
    assert!(answer.get("result").is_some(), "{answer}");
    let given_up = client.ask("lead/fault/workOnDocument", about);
    client.replace(&uri, 2, "large when employees > 60\n");
    assert_eq!(client.answer(given_up)["error"]["code"], -32801);
}

#[test]
fn requests_that_nobody_can_stop_do_not_hold_up_the_others() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    let slow: Vec<i64> = (0..4).map(|_| client.ask("lead/fault/stubborn", json!({}))).collect();
    client.replace(&uri, 2, "small when employees < 50\n");
    let hover = client.ask("textDocument/hover", name_at(&uri));
    let first = client.wait("an answer", |m| m.get("method").is_none() && m["id"].as_i64() >= Some(slow[0]));
    assert_eq!(first["id"], hover, "the hover is answered first");
}

#[test]
fn cancelling_work_that_uses_the_processor_is_replied_to_at_once() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    for method in ["lead/fault/work", "lead/fault/stubborn"] {
        let id = client.ask(method, json!({}));
        std::thread::sleep(Duration::from_millis(50));
        let start = Instant::now();
        client.notify("$/cancelRequest", json!({ "id": id }));
        assert_eq!(client.answer(id)["error"]["code"], -32800, "{method}");
        assert!(start.elapsed() < Duration::from_millis(900), "{method}: {:?}", start.elapsed());
    }
    // One that is done, and one that never was.
    client.notify("$/cancelRequest", json!({ "id": 1 }));
    client.notify("$/cancelRequest", json!({ "id": "never" }));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn many_requests_that_ask_the_client_do_not_wait_for_it() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    client.answers = false;
    let all: Vec<i64> = (0..400).map(|_| client.ask("lead/fault/client", json!({}))).collect();
    for id in all {
        assert!(client.answer(id).get("result").is_some());
    }
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    assert!(client.request("textDocument/hover", name_at(&uri)).to_string().contains("large"));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn findings_are_those_of_the_last_version_and_one_round_of_typing_is_one_round_of_findings() {
    let workspace = Workspace::new(LEXICON);
    let mut client =
        Client::start_with(&workspace, lead_tests::lsp::capabilities(), json!({ "diagnostics": { "debounce": 150 } }));
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employees > 50\n");
    assert!(client.codes(&uri, 1).is_empty());
    for version in 2..=60 {
        client.replace(
            &uri,
            version,
            if version == 60 { "large when employees > 50\n" } else { "large when employes\n" },
        );
    }
    assert!(client.codes(&uri, 60).is_empty());
    let in_between = client
        .heard
        .iter()
        .filter(|m| m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri.as_str());
    assert_eq!(in_between.count(), 0, "findings of texts that were gone");
}

#[test]
fn the_same_id_twice_is_refused_and_the_first_is_answered() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let request = |method: &str| json!({ "jsonrpc": "2.0", "id": 500, "method": method, "params": {} }).to_string();
    client.send_text(&request("lead/fault/stubborn"));
    client.send_text(&request("lead/fault/stubborn"));
    assert_eq!(client.answer(500)["error"]["code"], -32600);
    assert!(client.answer(500).get("result").is_some());
}
