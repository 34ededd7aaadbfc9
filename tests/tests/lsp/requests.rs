//! One request of every capability that the server advertises, and the answer that it gives.

use std::collections::BTreeSet;

use lead_tests::lsp::{Client, Workspace, capabilities};
use serde_json::{Value, json};

const LEXICON: &str = r#"
//- lead.toml
[lexicon]
name = "Test"
data = "exports"
//- exports/contacts.csv
id,employees,lead source,opted in
c1,80,PPC,yes
c2,20,Referral,no
//- exports/visits.csv
contact,at,url
c1,2026-05-01T10:00,/pricing
c1,2026-05-02T10:00,/pricing
//- schema.lead
entity contact from "contacts.csv"
    id: key
    employees: number
    lead source: one of "PPC", "Referral"
    opted in: yes/no

event visit of contact from "visits.csv"
    at: time
    url: text
//- rules.lead
## Has many people.
large when employees > 50

visits = count(visit)

## Comes back. See L0601.
eager when visits >= 2 within 90d

target when large$0 and eager
    or when lead source = "PPC"

example "a large one"
    as of 2026-06-01
    contact: employees 80
    expect large
"#;

struct Asked {
    client: Client,
    workspace: Workspace,
    uri: String,
}

fn asked() -> Asked {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    assert_eq!(client.codes(&uri, 1), [""; 0]);
    Asked { client, workspace, uri }
}

impl Asked {
    fn at(&mut self, method: &str) -> Value {
        let params = self.workspace.at();
        self.client.request(method, params)
    }

    fn of(&mut self, method: &str, more: Value) -> Value {
        let mut params = json!({ "textDocument": { "uri": self.uri } });
        for (key, value) in more.as_object().unwrap() {
            params[key] = value.clone();
        }
        self.client.request(method, params)
    }

    fn whole(&self) -> Value {
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } })
    }
}

#[test]
fn hover() {
    let hover = asked().at("textDocument/hover");
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("Has many people."), "{hover}");
    assert_eq!(hover["range"]["start"], json!({ "line": 8, "character": 12 }));
}

#[test]
fn definition_and_type_definition() {
    let mut asked = asked();
    let found = asked.at("textDocument/definition");
    assert_eq!(found[0]["targetUri"], asked.uri.as_str(), "{found}");
    assert_eq!(found[0]["targetSelectionRange"]["start"], json!({ "line": 1, "character": 0 }));
    let found = asked.at("textDocument/typeDefinition");
    assert_eq!(found[0]["uri"], asked.workspace.uri("schema.lead"), "the subject, as a place: {found}");
    // A client that knows no links gets places.
    let mut plain = capabilities();
    plain["textDocument"]["definition"] = Value::Null;
    let mut client = Client::start_with(&asked.workspace, plain, Value::Null);
    client.open(&asked.uri, asked.workspace.text("rules.lead"));
    let found = client.request("textDocument/definition", asked.workspace.at());
    assert_eq!(found[0]["uri"], asked.uri.as_str(), "{found}");
}

#[test]
fn references_and_highlights() {
    let mut asked = asked();
    let context = json!({ "context": { "includeDeclaration": true } });
    let params = asked.workspace.at_with(context);
    let found = asked.client.request("textDocument/references", params);
    assert_eq!(found.as_array().unwrap().len(), 3, "{found}");
    let found = asked.at("textDocument/documentHighlight");
    assert!(found.as_array().unwrap().len() >= 2, "{found}");
}

#[test]
fn rename_and_prepare_rename() {
    let mut asked = asked();
    let found = asked.at("textDocument/prepareRename");
    assert_eq!(found["placeholder"], "large");
    let params = asked.workspace.at_with(json!({ "newName": "very large" }));
    let edit = asked.client.request("textDocument/rename", params);
    let change = &edit["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1, "{edit}");
    assert_eq!(change["edits"].as_array().unwrap().len(), 3, "{edit}");
    let clash = asked.workspace.at_with(json!({ "newName": "eager" }));
    let error = asked.client.refused("textDocument/rename", clash);
    assert!(error["message"].as_str().unwrap().contains("eager"), "{error}");
}

#[test]
fn completion_and_resolve() {
    let mut asked = asked();
    let list = asked.at("textDocument/completion");
    let item = list["items"].as_array().unwrap().iter().find(|i| i["label"] == "large").unwrap().clone();
    assert!(item.get("documentation").is_none());
    let resolved = asked.client.request("completionItem/resolve", item);
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("Has many people."), "{resolved}");
}

#[test]
fn completion_knows_the_headers_of_exports_as_they_are_now() {
    let workspace = Workspace::new(
        "//- lead.toml\n[lexicon]\nname = \"T\"\n//- contacts.csv\nid,Job Title\n1,x\n//- schema.lead\nentity contact from \"contacts.csv\"\n    id: key\n    job: text from \"$0\"\n",
    );
    let mut client = Client::start(&workspace);
    client.open(&workspace.uri("schema.lead"), workspace.text("schema.lead"));
    let labels = |client: &mut Client| client.request("textDocument/completion", workspace.at()).to_string();
    assert!(labels(&mut client).contains("Job Title"));
    std::thread::sleep(std::time::Duration::from_millis(20));
    workspace.write("contacts.csv", "id,Occupation\n1,x\n");
    let now = labels(&mut client);
    assert!(now.contains("Occupation") && !now.contains("Job Title"), "{now}");
}

#[test]
fn signature_help() {
    let mut asked = asked();
    let params = json!({ "textDocument": { "uri": asked.uri }, "position": { "line": 3, "character": 15 } });
    let found = asked.client.request("textDocument/signatureHelp", params);
    assert!(found["signatures"][0]["label"].as_str().unwrap().starts_with("count("), "{found}");
}

#[test]
fn document_and_workspace_symbols() {
    let mut asked = asked();
    let found = asked.of("textDocument/documentSymbol", json!({}));
    assert!(found.to_string().contains("\"selectionRange\"") && found.to_string().contains("eager"), "{found}");
    let found = asked.client.request("workspace/symbol", json!({ "query": "tar" }));
    assert_eq!(found[0]["name"], "target", "{found}");
    let mut flat = capabilities();
    flat["textDocument"]["documentSymbol"] = Value::Null;
    let mut client = Client::start_with(&asked.workspace, flat, Value::Null);
    client.open(&asked.uri, asked.workspace.text("rules.lead"));
    let found = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": asked.uri } }));
    assert!(found.to_string().contains("\"location\""), "{found}");
}

#[test]
fn semantic_tokens_full_delta_and_range() {
    let mut asked = asked();
    let full = asked.of("textDocument/semanticTokens/full", json!({}));
    assert!(full["data"].as_array().unwrap().len() > 50, "{full}");
    let same = asked.of("textDocument/semanticTokens/full/delta", json!({ "previousResultId": full["resultId"] }));
    assert_eq!(same["edits"], json!([]), "{same}");
    asked.client.edit(&asked.uri.clone(), 2, 1, (19, 21), "5000");
    let delta = asked.of("textDocument/semanticTokens/full/delta", json!({ "previousResultId": same["resultId"] }));
    let edits = delta["edits"].as_array().unwrap();
    assert!(edits.len() == 1 && edits[0]["data"].as_array().unwrap().len() <= 10, "{delta}");
    let unknown = asked.of("textDocument/semanticTokens/full/delta", json!({ "previousResultId": "gone" }));
    assert!(unknown["data"].as_array().unwrap().len() > 50, "{unknown}");
    let range = json!({ "range": { "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 9 } } });
    let part = asked.of("textDocument/semanticTokens/range", range);
    let numbers = part["data"].as_array().unwrap().len();
    assert!(numbers > 0 && numbers < 60, "{part}");
}

#[test]
fn code_actions_and_resolve() {
    let mut asked = asked();
    asked.client.edit(&asked.uri.clone(), 2, 8, (11, 11), " lrge and");
    let codes = asked.client.codes(&asked.uri.clone(), 2);
    assert!(codes.contains(&"L0201".to_owned()) || !codes.is_empty(), "{codes:?}");
    let at = json!({ "line": 8, "character": 14 });
    let range = json!({ "start": at, "end": at });
    let params = json!({ "range": range, "context": { "diagnostics": [] } });
    let actions = asked.of("textDocument/codeAction", params.clone());
    let fix = actions
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["kind"] == "quickfix" && a["title"].to_string().contains("large"));
    let fix = fix.unwrap_or_else(|| panic!("no fix among {actions}")).clone();
    assert!(fix.get("edit").is_none() && fix["diagnostics"].is_array(), "{fix}");
    let resolved = asked.client.request("codeAction/resolve", fix.clone());
    assert_eq!(resolved["edit"]["documentChanges"][0]["edits"][0]["newText"], "large", "{resolved}");
    // The text moves on, and what was offered for the old one is not made.
    asked.client.edit(&asked.uri.clone(), 3, 0, (0, 0), "# more\n");
    assert_eq!(asked.client.refused("codeAction/resolve", fix)["code"], -32801);
    // Only of a kind.
    let only = json!({ "range": range, "context": { "diagnostics": [], "only": ["source"] } });
    let actions = asked.of("textDocument/codeAction", only);
    assert!(actions.as_array().unwrap().iter().all(|a| a["kind"] == "source.fixAll"), "{actions}");
}

#[test]
fn a_client_that_cannot_resolve_gets_actions_with_their_edits() {
    let workspace = Workspace::new(LEXICON);
    let mut with = capabilities();
    with["textDocument"]["codeAction"] =
        json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
    with["workspace"]["workspaceEdit"] = Value::Null;
    let mut client = Client::start_with(&workspace, with, Value::Null);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, &workspace.text("rules.lead").replace("target when large", "target when lrge"));
    let at = json!({ "line": 8, "character": 14 });
    let params = json!({
        "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
        "context": { "diagnostics": [], "only": ["quickfix"] },
    });
    let actions = client.request("textDocument/codeAction", params);
    assert!(actions[0]["edit"]["changes"][&uri].is_array(), "{actions}");
}

#[test]
fn formatting_of_document_range_and_on_type() {
    let mut asked = asked();
    let uri = asked.uri.clone();
    asked.client.replace(&uri, 2, "large   when employees>50\n\nsmall   when employees<5\n");
    let options = json!({ "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = asked.of("textDocument/formatting", options.clone());
    assert!(edits.as_array().unwrap().len() >= 2, "{edits}");
    let mut range = options.clone();
    range["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 4 } });
    let edits = asked.of("textDocument/rangeFormatting", range);
    assert!(edits.as_array().unwrap().iter().all(|e| e["range"]["start"]["line"] == 0), "{edits}");
    asked.client.replace(&uri, 3, "large   when employees>50\n\n");
    let mut typed = options;
    typed["position"] = json!({ "line": 1, "character": 0 });
    typed["ch"] = json!("\n");
    let edits = asked.of("textDocument/onTypeFormatting", typed);
    assert!(edits.is_array(), "{edits}");
}

#[test]
fn inlay_hints_and_lenses() {
    let mut asked = asked();
    let range = asked.whole();
    let hints = asked.of("textDocument/inlayHint", json!({ "range": range }));
    assert!(hints.to_string().contains("number"), "{hints}");
    let lenses = asked.of("textDocument/codeLens", json!({}));
    let uses = titled(&lenses, "2 uses");
    // A lens says what it does at once. This client has no command of its own for it.
    assert_eq!(uses["command"], "lead.showUses", "{uses}");
    let of = json!({ "command": uses["command"], "arguments": uses["arguments"] });
    let answer = asked.client.request("workspace/executeCommand", of);
    assert_eq!(answer["title"], "Uses of large");
    assert!(answer["text"].as_str().unwrap().contains("`target when large and eager`"), "{answer}");
    let shown = asked.client.wait("a document", |m| m["method"] == "window/showDocument");
    assert!(shown["params"]["uri"].as_str().unwrap().ends_with(".md"), "{shown}");
    assert_eq!(titled(&lenses, "no uses")["command"], "", "what leads nowhere is a text");
    assert!(lenses.to_string().contains("1 example"), "{lenses}");
}

fn titled(lenses: &Value, title: &str) -> Value {
    let found = lenses.as_array().unwrap().iter().find(|l| l["command"]["title"] == title);
    found.unwrap_or_else(|| panic!("no lens `{title}` in {lenses}"))["command"].clone()
}

#[test]
fn lenses_name_the_commands_that_a_client_has_itself() {
    let workspace = Workspace::new(LEXICON);
    let mut with = capabilities();
    with["experimental"] = json!({ "commands": { "commands": ["lead.showReferences", "lead.runExamples"] } });
    let mut client = Client::start_with(&workspace, with, Value::Null);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
    let uses = titled(&lenses, "2 uses");
    assert_eq!(uses["command"], "lead.showReferences");
    assert_eq!(uses["arguments"], json!([{ "uri": uri, "position": { "line": 1, "character": 0 } }]));
    let run = titled(&lenses, "1 example");
    assert_eq!((&run["command"], run["arguments"][0].get("show")), (&json!("lead.runExamples"), None));
}

#[test]
fn a_client_that_knows_little_is_sent_what_it_can_show() {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start_with(&workspace, json!({}), Value::Null);
    let uri = workspace.uri("rules.lead");
    client.open(&uri, workspace.text("rules.lead"));
    let hover = client.request("textDocument/hover", workspace.at());
    assert_eq!(hover["contents"]["kind"], "plaintext");
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("Has many people.") && !text.contains("```"), "{text}");
    let begins = json!({ "textDocument": { "uri": uri }, "position": { "line": 8, "character": 12 } });
    let list = client.request("textDocument/completion", begins);
    let items = list["items"].as_array().unwrap();
    for item in items {
        assert_eq!(item["insertTextFormat"], 1, "{item}");
        assert!(!item["textEdit"]["newText"].as_str().unwrap().contains('$'), "{item}");
        assert!(item.get("command").is_none(), "a command that the client does not have: {item}");
    }
    let count = items.iter().find(|i| i["label"] == "count(…)").unwrap_or_else(|| panic!("{list}"));
    assert_eq!(count["textEdit"]["newText"], "count()");
    let item = items.iter().find(|i| i["label"] == "large").unwrap().clone();
    let resolved = client.request("completionItem/resolve", item);
    assert!(resolved["documentation"].as_str().unwrap().contains("Has many people."), "{resolved}");
    let inside = json!({ "textDocument": { "uri": uri }, "position": { "line": 3, "character": 15 } });
    let help = client.request("textDocument/signatureHelp", inside);
    assert!(help["signatures"][0]["documentation"].is_string(), "{help}");
    let part = help["signatures"][0]["parameters"][0]["label"].as_str().unwrap_or_else(|| panic!("{help}"));
    assert!(help["signatures"][0]["label"].as_str().unwrap().contains(part), "{help}");
    // An answer that is to be shown is told in a message.
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
    let run = titled(&lenses, "1 example");
    client.request("workspace/executeCommand", json!({ "command": run["command"], "arguments": run["arguments"] }));
    let told = client.wait("a message", |m| m["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("passed"), "{told}");
}

#[test]
fn a_listed_value_is_renamed_with_a_word_on_the_data() {
    let workspace =
        Workspace::new(&LEXICON.replace("large$0", "large").replace("\"PPC\"\n\nexample", "\"P$0PC\"\n\nexample"));
    let mut client = Client::start(&workspace);
    client.open(&workspace.uri("rules.lead"), workspace.text("rules.lead"));
    let params = workspace.at_with(json!({ "newName": "Paid search" }));
    let edit = client.request("textDocument/rename", params.clone());
    assert_eq!(edit["documentChanges"].as_array().unwrap().len(), 2, "{edit}");
    let change = &edit["documentChanges"][0]["edits"][0];
    assert_eq!(change["newText"], "\"Paid search\"", "{edit}");
    let annotation = &edit["changeAnnotations"][change["annotationId"].as_str().unwrap()];
    assert_eq!(annotation["needsConfirmation"], true, "{edit}");
    assert!(annotation["description"].as_str().unwrap().contains("exports hold the value too"), "{edit}");
    // Where edits cannot say so, a message does.
    let mut plain = capabilities();
    plain["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = Value::Null;
    let mut client = Client::start_with(&workspace, plain, Value::Null);
    client.open(&workspace.uri("rules.lead"), workspace.text("rules.lead"));
    let edit = client.request("textDocument/rename", params);
    assert!(edit.get("changeAnnotations").is_none(), "{edit}");
    let told = client.wait("a message", |m| m["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("PPC"), "{told}");
}

#[test]
fn folding_selection_and_linked_ranges() {
    let mut asked = asked();
    let folds = asked.of("textDocument/foldingRange", json!({}));
    assert!(folds.as_array().unwrap().iter().any(|f| f["startLine"] == 8 && f["endLine"] == 9), "{folds}");
    let found = asked.of("textDocument/selectionRange", json!({ "positions": [{ "line": 8, "character": 14 }] }));
    assert_eq!(found[0]["range"]["start"], json!({ "line": 8, "character": 12 }), "{found}");
    assert!(found[0]["parent"]["range"].is_object());
    // A name that a statement says twice.
    let uri = asked.workspace.uri("more.lead");
    asked.client.open(&uri, "examples large\n    employees | large\n    80        | yes\n");
    let name = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 11 } });
    let found = asked.client.request("textDocument/linkedEditingRange", name);
    let range = |line: u32, from: u32| json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": from + 5 } });
    assert_eq!(found["ranges"], json!([range(0, 9), range(1, 16)]), "{found}");
}

#[test]
fn call_hierarchy() {
    let mut asked = asked();
    let items = asked.at("textDocument/prepareCallHierarchy");
    assert_eq!(items[0]["name"], "large", "{items}");
    let users = asked.client.request("callHierarchy/incomingCalls", json!({ "item": items[0] }));
    assert!(users.to_string().contains("target"), "{users}");
    let used = asked.client.request("callHierarchy/outgoingCalls", json!({ "item": items[0] }));
    assert!(used.to_string().contains("employees"), "{used}");
}

#[test]
fn document_links_open_the_export_and_the_page_of_a_code() {
    let mut asked = asked();
    let schema = asked.workspace.uri("schema.lead");
    let links = asked.client.request("textDocument/documentLink", json!({ "textDocument": { "uri": schema } }));
    assert!(links[0]["target"].as_str().unwrap().ends_with("exports/contacts.csv"), "{links}");
    let links = asked.of("textDocument/documentLink", json!({}));
    let page = links[0]["target"].as_str().unwrap_or_else(|| panic!("{links}"));
    let text = std::fs::read_to_string(page.strip_prefix("file://").unwrap()).unwrap();
    assert!(text.contains("L0601"), "{text}");
}

#[test]
fn files_that_are_renamed_take_what_refers_to_them_with_them() {
    let mut asked = asked();
    let (old, new) = (asked.workspace.uri("exports/contacts.csv"), asked.workspace.uri("exports/people.csv"));
    let files = json!({ "files": [{ "oldUri": old, "newUri": new }] });
    let edit = asked.client.request("workspace/willRenameFiles", files);
    assert_eq!(edit["documentChanges"][0]["edits"][0]["newText"], "\"people.csv\"", "{edit}");
    assert_eq!(edit["documentChanges"][0]["textDocument"]["uri"], asked.workspace.uri("schema.lead"));
}

#[test]
fn every_capability_has_a_handler_and_every_handler_is_advertised() {
    let workspace = Workspace::new(LEXICON);
    for pulls in [false, true] {
        let mut with = capabilities();
        if pulls {
            with["textDocument"]["diagnostic"] = json!({});
        }
        let mut client = Client::spawn();
        let can = client.initialize(&workspace, with, Value::Null);
        client.open(&workspace.uri("rules.lead"), workspace.text("rules.lead"));
        let mut methods: BTreeSet<&str> = BTreeSet::new();
        for (capability, _) in can.as_object().unwrap() {
            methods.extend(match capability.as_str() {
                "positionEncoding" | "textDocumentSync" => &[][..],
                "hoverProvider" => &["textDocument/hover"],
                "definitionProvider" => &["textDocument/definition"],
                "typeDefinitionProvider" => &["textDocument/typeDefinition"],
                "referencesProvider" => &["textDocument/references"],
                "documentHighlightProvider" => &["textDocument/documentHighlight"],
                "documentLinkProvider" => &["textDocument/documentLink"],
                "documentSymbolProvider" => &["textDocument/documentSymbol"],
                "workspaceSymbolProvider" => &["workspace/symbol"],
                "callHierarchyProvider" => {
                    &["textDocument/prepareCallHierarchy", "callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"]
                }
                "completionProvider" => &["textDocument/completion", "completionItem/resolve"],
                "signatureHelpProvider" => &["textDocument/signatureHelp"],
                "renameProvider" => &["textDocument/rename", "textDocument/prepareRename"],
                "documentFormattingProvider" => &["textDocument/formatting"],
                "documentRangeFormattingProvider" => &["textDocument/rangeFormatting"],
                "documentOnTypeFormattingProvider" => &["textDocument/onTypeFormatting"],
                "codeActionProvider" => &["textDocument/codeAction", "codeAction/resolve"],
                "semanticTokensProvider" => &[
                    "textDocument/semanticTokens/full",
                    "textDocument/semanticTokens/full/delta",
                    "textDocument/semanticTokens/range",
                ],
                "inlayHintProvider" => &["textDocument/inlayHint"],
                "codeLensProvider" => &["textDocument/codeLens"],
                "foldingRangeProvider" => &["textDocument/foldingRange"],
                "selectionRangeProvider" => &["textDocument/selectionRange"],
                "linkedEditingRangeProvider" => &["textDocument/linkedEditingRange"],
                "executeCommandProvider" => &["workspace/executeCommand"],
                "diagnosticProvider" => &["textDocument/diagnostic", "workspace/diagnostic"],
                "workspace" => &["workspace/willRenameFiles"],
                other => panic!("`{other}` is advertised, and no request of it is known here"),
            });
        }
        assert_eq!(can.get("diagnosticProvider").is_some(), pulls);
        // Not found is what a method without a handler answers; wrong parameters are fine.
        for method in &methods {
            let id = client.ask(method, json!({}));
            let answer = client.answer(id);
            assert_ne!(answer["error"]["code"], -32601, "{method} is advertised and has no handler");
        }
        for other in [
            "textDocument/declaration",
            "textDocument/implementation",
            "textDocument/moniker",
            "codeLens/resolve",
            "textDocument/documentColor",
            "textDocument/prepareTypeHierarchy",
            "textDocument/willSaveWaitUntil",
        ] {
            assert_eq!(
                client.refused(other, json!({}))["code"].as_i64().map(|c| c == -32601 || c == -32602),
                Some(true)
            );
            assert!(!methods.contains(other));
        }
    }
}
