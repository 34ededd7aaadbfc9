//! What completion, hover and code actions are to know, each seen over the wire.

use lead_tests::lsp::{Client, Workspace};
use serde_json::{Value, json};

const LEXICON: &str = r#"
//- lead.toml
[lexicon]
name = "Test"
data = "exports"
//- exports/contacts.csv
id,Job Title,employees,lead source
c1,Buyer,80,PPC
//- schema.lead
entity contact from "contacts.csv"
    id: key
    employees: number
    lead source: one of "PPC", "Referral"
    company -> company

entity company from "companies.csv"
    id: key
    size: number

event visit of contact from "visits.csv"
    at: time
    url: text
//- rules.lead
visits = count(visit)

## Comes back.
eager reader when visits >= 2 within 90d

target
    when eager reader or company.size > 10
    or when lead source = "PPC"  because "paid"

lone when visits > 3 and any(visit) within 30d
big when employees > 50
"#;

struct Asked {
    client: Client,
    uri: String,
    text: String,
    version: i32,
    _workspace: Workspace,
}

fn asked() -> Asked {
    let workspace = Workspace::new(LEXICON);
    let mut client = Client::start(&workspace);
    let (uri, text) = (workspace.uri("rules.lead"), workspace.text("rules.lead").to_owned());
    client.open(&uri, &text);
    client.published(&uri);
    Asked { client, uri, text, version: 1, _workspace: workspace }
}

fn position(text: &str, at: usize) -> Value {
    let line = text[..at].matches('\n').count();
    json!({ "line": line, "character": at - text[..at].rfind('\n').map_or(0, |n| n + 1) })
}

impl Asked {
    /// What is offered at `$0` in a text that replaces the document.
    fn offered(&mut self, text: &str) -> Vec<Value> {
        let at = text.find("$0").unwrap();
        let text = text.replace("$0", "");
        self.version += 1;
        self.client.replace(&self.uri, self.version, &text);
        let params = json!({ "textDocument": { "uri": self.uri }, "position": position(&text, at) });
        let list = self.client.request("textDocument/completion", params);
        list["items"].as_array().unwrap().clone()
    }

    /// The document after an action whose title begins so was chosen for a part of the text.
    fn acted(&mut self, selected: &str, title: &str) -> String {
        let from = self.text.find(selected).unwrap();
        let to = from + if title.starts_with("Extract") { selected.len() } else { 0 };
        let range = json!({ "start": position(&self.text, from), "end": position(&self.text, to) });
        let params = json!({ "textDocument": { "uri": self.uri }, "range": range, "context": { "diagnostics": [] } });
        let actions = self.client.request("textDocument/codeAction", params);
        let mut all = actions.as_array().unwrap().iter();
        let action = all.find(|a| a["title"].as_str().unwrap().starts_with(title));
        let action = action.unwrap_or_else(|| panic!("no `{title}` among {actions}")).clone();
        let action = self.client.request("codeAction/resolve", action);
        let mut edits = action["edit"]["documentChanges"][0]["edits"].as_array().unwrap().clone();
        edits.reverse();
        let mut text = self.text.clone();
        let offset = |text: &str, at: &Value| {
            let before: usize =
                text.split_inclusive('\n').take(at["line"].as_u64().unwrap() as usize).map(str::len).sum();
            before + at["character"].as_u64().unwrap() as usize
        };
        for edit in edits {
            let (start, end) = (offset(&text, &edit["range"]["start"]), offset(&text, &edit["range"]["end"]));
            text.replace_range(start..end, edit["newText"].as_str().unwrap());
        }
        text
    }
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|i| i["label"].as_str()).collect()
}

#[test]
fn completion_in_broken_text_knows_names_words_values_headers_paths_and_units() {
    let mut asked = asked();
    let found = asked.offered("visits = count(visit)\neager reader when visits > 2\nx when (ea$0\ny when");
    assert_eq!(found[0]["label"], "eager reader", "a term fits a condition best: {found:?}");
    let found = asked.offered("visits = count(visit)\nx when visits $0 = = (");
    assert!(labels(&found).contains(&">="), "signs by grammar: {:?}", labels(&found));
    let found = asked.offered("x when lead source = $0\n)");
    assert_eq!(labels(&found)[..2], ["\"PPC\"", "\"Referral\""], "values of `one of` first");
    let found = asked.offered("entity person from \"contacts.csv\"\n    job: text from \"$0\"\n    broken here");
    assert!(labels(&found).iter().any(|l| l.contains("Job Title")), "headers of the export: {:?}", labels(&found));
    let found = asked.offered("x when company.$0");
    assert!(labels(&found).contains(&"size"), "paths: {:?}", labels(&found));
    let found = asked.offered("x when any(visit) within 90$0");
    assert!(labels(&found).contains(&"90d"), "units: {:?}", labels(&found));
    let found = asked.offered("$0");
    let entity = found.iter().find(|i| i["label"].as_str().unwrap().starts_with("entity")).unwrap();
    assert_eq!(entity["insertTextFormat"], 2, "a snippet for each statement: {entity}");
    // The whole name is replaced, wherever in it the cursor stands.
    let found = asked.offered("eager reader when any(visit)\nx when eager re$0ader and any(visit)");
    let edit = &found.iter().find(|i| i["label"] == "eager reader").unwrap()["textEdit"];
    let replace = &edit["replace"];
    assert_eq!((&replace["start"]["character"], &replace["end"]["character"]), (&json!(7), &json!(19)), "{edit}");
}

#[test]
fn hover_has_documentation_subject_what_it_stands_on_windows_and_users() {
    let mut asked = asked();
    let at = asked.text.find("eager reader or").unwrap();
    let params = json!({ "textDocument": { "uri": asked.uri }, "position": position(&asked.text, at) });
    let hover = asked.client.request("textDocument/hover", params);
    let text = hover["contents"]["value"].as_str().unwrap();
    for said in [
        "eager reader when visits >= 2 within 90d",
        "A term of `contact`",
        "Comes back.",
        "Unfolded:\n\n```lead\neager reader when count(visit within 90d) >= 2",
        "Measured: `visits` within 90d",
        "Used by `target`",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let at = asked.text.find("company.size").unwrap() + 9;
    let params = json!({ "textDocument": { "uri": asked.uri }, "position": position(&asked.text, at) });
    let hover = asked.client.request("textDocument/hover", params);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("size: number"), "types: {hover}");
}

#[test]
fn every_kind_of_code_action_is_offered_and_resolved() {
    let mut asked = asked();
    let text = asked.acted("50", "Extract a value");
    assert!(text.contains(" = 50\n") && !text.contains("employees > 50"), "{text}");
    let text = asked.acted("visits >= 2", "Inline `visits` here");
    assert!(text.contains("eager reader when count(visit) >= 2 within 90d"), "{text}");
    let text = asked.acted("visits = ", "Inline all 2 uses");
    assert!(!text.contains("visits ="), "{text}");
    let text = asked.acted("eager reader or company", "Split");
    assert!(
        text.contains("    when eager reader")
            && text.contains("or when company.size > 10")
            && text.matches("or when").count() == 2,
        "{text}"
    );
    let text = asked.acted("eager reader when", "Generate an example");
    assert!(text.contains("example \"eager reader holds\"") && text.contains("expect eager reader"), "{text}");
    let text = asked.acted("eager reader when", "Generate a table");
    assert!(text.contains("examples eager reader\n    visits | eager reader\n    2      | yes\n"), "{text}");
    // A signal without a window beside one with; and a lint that is allowed where it stands.
    let lone = "visits = count(visit)\nlone when any(visit where url = \"/a\") within 30d and visits > 3\n";
    asked.version += 1;
    asked.client.replace(&asked.uri, asked.version, lone);
    lone.clone_into(&mut asked.text);
    let text = asked.acted("visits > 3", "Add the window");
    assert!(text.contains("within 30d and visits > 3 within 30d") || text.contains("visits > 3 within 30d"), "{text}");
    let text = asked.acted("visits > 3", "Allow");
    assert!(text.contains("# allow:"), "{text}");
}
