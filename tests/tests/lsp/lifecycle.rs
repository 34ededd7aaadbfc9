//! Beginning and end, and what must not end the server.

use std::time::{Duration, Instant};

use lead_tests::lsp::{Client, Workspace, capabilities};
use serde_json::{Value, json};

pub const LEXICON: &str = r#"
//- lead.toml
[lexicon]
name = "Test"
//- schema.lead
entity contact from "contacts.csv"
    id: key
    employees: number
//- rules.lead
large when employees > 50

"#;

#[test]
fn shutdown_and_exit_end_with_0_though_the_input_stays_open() {
    let workspace = Workspace::new(LEXICON);
    let client = Client::start(&workspace);
    let start = Instant::now();
    assert_eq!(client.finish(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn exit_without_shutdown_ends_with_1() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Some(1));
}

#[test]
fn exit_before_anything_else_ends_with_1() {
    let mut client = Client::spawn();
    client.send_text(r#"{"jsonrpc":"2.0","method":"exit"}"#);
    assert_eq!(client.ended(), Some(1));
}

#[test]
fn an_editor_that_goes_away_takes_the_server_with_it() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    client.ask("lead/fault/work", json!({}));
    client.hang_up();
    assert_eq!(client.ended(), Some(1));
}

#[test]
fn work_under_way_does_not_hold_up_the_end() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    for _ in 0..4 {
        client.ask("lead/fault/work", json!({}));
    }
    let start = Instant::now();
    assert_eq!(client.finish(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn parameters_that_are_null_or_not_wanted_are_left_out() {
    for params in ["null", "{}", "[]"] {
        let workspace = Workspace::new(LEXICON);
        let mut client = Client::start(&workspace);
        client.send_text(&format!(r#"{{"jsonrpc":"2.0","id":77,"method":"shutdown","params":{params}}}"#));
        assert_eq!(client.answer(77)["result"], Value::Null, "{params}");
        client.send_text(&format!(r#"{{"jsonrpc":"2.0","method":"exit","params":{params}}}"#));
        assert_eq!(client.ended(), Some(0), "{params}");
    }
}

#[test]
fn requests_before_initialize_and_after_shutdown_are_refused() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::spawn();
    assert_eq!(client.refused("textDocument/hover", json!({}))["code"], -32002);
    client.initialize(&workspace, capabilities(), Value::Null);
    assert_eq!(client.refused("initialize", json!({ "capabilities": {} }))["code"], -32600);
    client.request("shutdown", Value::Null);
    for method in ["textDocument/hover", "workspace/symbol", "shutdown", "lead/anything"] {
        assert_eq!(client.refused(method, json!({ "query": "" }))["code"], -32600, "{method}");
    }
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Some(0));
}

#[test]
fn everything_at_once_is_answered_in_order() {
    // A client that does not wait for the answer to `initialize`.
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::spawn();
    let first = client.ask("initialize", json!({ "capabilities": {}, "rootUri": workspace.root_uri() }));
    client.notify("initialized", json!({}));
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    let at = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 1 } });
    let hover = client.ask("textDocument/hover", at);
    let last = client.ask("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert!(client.answer(first)["result"]["capabilities"].is_object());
    assert!(client.answer(hover).get("id").is_some());
    assert_eq!(client.answer(last)["result"], Value::Null);
    assert_eq!(client.ended(), Some(0));
}

#[test]
fn a_panic_in_a_handler_is_an_error_answer_and_the_server_goes_on() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    for method in ["lead/fault/panic", "lead/fault/panicEarly", "lead/fault/panicInAnalysis"] {
        assert_eq!(client.refused(method, json!({}))["code"], -32603, "{method}");
        let found = client.request("workspace/symbol", json!({ "query": "large" }));
        assert_eq!(found[0]["name"], "large", "{method}");
    }
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn what_is_no_message_is_answered_with_an_error_and_the_server_goes_on() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let mut refused = |bytes: &str, code: i64| {
        client.send_text(bytes);
        let answer = client.wait("an error", |m| m["id"].is_null() && m.get("error").is_some());
        assert_eq!(answer["error"]["code"], code, "{bytes}");
    };
    refused("{\"jsonrpc\":", -32700);
    refused("[]", -32600);
    refused("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"x\"}", -32600);
    client.send_bytes(b"Nonsense: yes\r\n\r\n");
    client.wait("an error", |m| m["id"].is_null() && m["error"]["code"] == -32700);
    // Answers to nothing, and answers that are none.
    client.send_text(r#"{"jsonrpc":"2.0","id":9999,"result":null}"#);
    client.send_text(r#"{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"","more":1}}"#);
    assert_eq!(client.refused("no/suchMethod", json!({}))["code"], -32601);
    assert_eq!(client.refused("$/noSuchMethod", json!({}))["code"], -32601);
    assert_eq!(client.refused("textDocument/hover", json!({ "nonsense": 1 }))["code"], -32602);
    client.notify("no/suchNotification", json!({}));
    client.notify("textDocument/didChange", json!({ "nonsense": 1 }));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn an_answer_that_comes_late_or_never_does_no_harm() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    client.answers = false;
    client.request("lead/fault/client", json!({}));
    let asked = client.wait("a request", |m| m["method"] == "workspace/applyEdit");
    client.request("workspace/symbol", json!({ "query": "" }));
    std::thread::sleep(Duration::from_millis(300));
    client.reply(&asked);
    client.reply(&asked);
    client.request("workspace/symbol", json!({ "query": "" }));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn no_file_is_left_in_the_working_folder_or_next_to_the_lexicon() {
    let workspace = Workspace::new(LEXICON);
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::spawn_at(lead_tests::command::lead(), folder.path());
    client.initialize(&workspace, capabilities(), Value::Null);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, "large when employes > 50\n");
    assert!(!client.codes(&uri, 1).is_empty());
    client.refused("lead/fault/panic", json!({}));
    assert_eq!(client.finish(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(workspace.root()).unwrap().count(), 3);
}

#[test]
fn a_tower_of_brackets_does_not_overflow_the_stack() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    let deep = [
        format!("a when {}1{} > 0\n", "(".repeat(20_000), ")".repeat(20_000)),
        format!("a when {}1 > 0\n", "not ".repeat(20_000)),
        format!("a = {}1\n", "1 + ".repeat(2_000)),
        format!("a = {}1\n", "-".repeat(20_000)),
        format!("a when {}employees > 1\n", "employees > 1 or ".repeat(1_000)),
        format!("a = {}\n", "company.".repeat(10_000)),
    ];
    for (i, text) in deep.iter().enumerate() {
        let version = i as i32 + 1;
        if i == 0 {
            client.open(&uri, text)
        } else {
            client.replace(&uri, version, text)
        }
        client.codes(&uri, version);
        let at = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 9 } });
        client.request("textDocument/hover", at.clone());
        client.request("textDocument/completion", at);
    }
    assert_eq!(client.finish(), Some(0));
}
