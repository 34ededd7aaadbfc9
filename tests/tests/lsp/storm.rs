//! Anything in any order: edits, requests, files that come and go, settings. The server answers everything, never fails inside,
//! and knows in the end what a server knows that saw nothing but the end.

use lead_tests::lsp::{Client, Workspace, capabilities};
use serde_json::{Value, json};

const FIXTURE: &str = r#"
//- one/lead.toml
[lexicon]
name = "One"
//- one/contacts.csv
id,n
1,2
//- one/schema.lead
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
//- one/rules.lead
visits = count(visit)

## Comes back.
eager when visits >= 2 and employees > 5 within 90d
target
    when eager and company.size > 10  because "large"
    or when lead source = "PPC"
    unless employees is unknown

score heat, at most 20
    +1 per visit, at most 5
    +10 when target

example "one"
    as of 2026-06-01
    contact "ä": employees 80, lead source "PPC"
    visit of "ä" 2d ago
    expect "ä": target
//- one/more/owner.lead
for contact

owner is
    "field" when target and count(visit) > 3
    "inside" otherwise

funnel journey
    eager
    target
//- two/lead.toml
[lexicon]
name = "Two"
timezone = "Europe/Berlin"
//- two/all.lead
entity deal from "deals.csv"
    id: key
    amount: money
big when amount > 500
metric total = sum(deal.amount) by big
//- alone.lead
entity thing from "things.csv"
    id: key
heavy when weight > 5
"#;

/// What is put into texts.
const PIECES: &[&str] = &[
    "",
    "",
    "",
    " ",
    "\n",
    "\n    ",
    "a",
    "lead when ",
    "\"",
    "`",
    "(",
    ")",
    "[",
    " within 90d",
    "é",
    "𝒳",
    "\u{301}",
    "\t",
    "for company\n",
    "entity x from \"x.csv\"\n",
    "x = ",
    " or when employees > 5",
    "#",
    "##",
    "|",
    " = ",
    "->",
    "$0",
    "one of \"A\"",
    "90",
    "\u{0}",
    "example \"x\"\n    expect eager\n",
    "unless ",
    "not ",
    "eager ",
    "target",
    "visits ",
];

const METHODS: &[&str] = &[
    "hover",
    "completion",
    "definition",
    "typeDefinition",
    "references",
    "documentHighlight",
    "documentSymbol",
    "semanticTokens/full",
    "inlayHint",
    "codeLens",
    "foldingRange",
    "selectionRange",
    "linkedEditingRange",
    "formatting",
    "rangeFormatting",
    "onTypeFormatting",
    "prepareRename",
    "rename",
    "codeAction",
    "signatureHelp",
    "documentLink",
    "prepareCallHierarchy",
    "diagnostic",
    "semanticTokens/range",
];

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// A document as the client has it.
struct Doc {
    name: &'static str,
    text: String,
    version: i32,
    open: bool,
}

struct Storm {
    dice: Dice,
    client: Client,
    workspace: Workspace,
    docs: Vec<Doc>,
    asked: Vec<(i64, String)>,
}

fn client(workspace: &Workspace) -> Client {
    let mut with = capabilities();
    with["textDocument"]["diagnostic"] = json!({});
    Client::start_with(workspace, with, Value::Null)
}

/// The position of an offset, in bytes.
fn position(text: &str, at: usize) -> Value {
    let line = text[..at].matches('\n').count();
    let column = at - text[..at].rfind('\n').map_or(0, |n| n + 1);
    json!({ "line": line, "character": column })
}

impl Storm {
    fn new(seed: u64) -> Storm {
        let workspace = Workspace::new(FIXTURE);
        let names = [
            "one/schema.lead",
            "one/rules.lead",
            "one/more/owner.lead",
            "two/all.lead",
            "alone.lead",
            "one/lead.toml",
            "two/lead.toml",
        ];
        let docs = names
            .iter()
            .map(|name| Doc { name, text: workspace.text(name).to_owned(), version: 0, open: false })
            .collect();
        let client = client(&workspace);
        Storm { dice: Dice(seed), client, workspace, docs, asked: Vec::new() }
    }

    fn boundary(&mut self, text: &str) -> usize {
        let mut at = self.dice.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn step(&mut self) {
        let at = self.dice.below(self.docs.len());
        if !self.docs[at].open {
            return self.open(at);
        }
        match self.dice.below(100) {
            0..50 => self.edit(at),
            50..85 => self.ask(at),
            85..88 => self.replace(at),
            88..90 => self.close(at),
            90..96 => self.disk(at),
            96..97 => {
                let lint =
                    json!({ "lead": { "lints": { "unwindowed-signal": "error" }, "inlayHints": { "types": false } } });
                self.client.notify("workspace/didChangeConfiguration", json!({ "settings": lint }));
            }
            97..98 => {
                let folder = json!([{ "uri": self.workspace.uri("two"), "name": "two" }]);
                let (added, removed) = if self.dice.below(2) == 0 { (folder, json!([])) } else { (json!([]), folder) };
                let event = json!({ "event": { "added": added, "removed": removed } });
                self.client.notify("workspace/didChangeWorkspaceFolders", event);
            }
            _ => {
                if let Some((id, _)) = self.asked.last() {
                    self.client.notify("$/cancelRequest", json!({ "id": id }));
                }
            }
        }
    }

    fn open(&mut self, at: usize) {
        let doc = &mut self.docs[at];
        (doc.open, doc.version) = (true, doc.version + 1);
        let uri = self.workspace.uri(doc.name);
        let item = json!({ "uri": uri, "languageId": "lead", "version": doc.version, "text": doc.text });
        self.client.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    fn close(&mut self, at: usize) {
        let doc = &mut self.docs[at];
        doc.open = false;
        let uri = self.workspace.uri(doc.name);
        self.client.close(&uri);
        // What was not saved is gone.
        if let Ok(text) = std::fs::read_to_string(self.workspace.path(self.docs[at].name)) {
            self.docs[at].text = text;
        }
    }

    fn edit(&mut self, at: usize) {
        let mut text = std::mem::take(&mut self.docs[at].text);
        let mut changes = Vec::new();
        for _ in 0..1 + self.dice.below(3) {
            let from = self.boundary(&text);
            let mut to = (from + self.dice.below(12)).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            let copied = self.boundary(&text);
            let piece = match self.dice.below(8) {
                0 => text[copied..].chars().take(40).collect(),
                1 if text.len() < 8_000 => "x".repeat(self.dice.below(600)),
                _ => self.dice.of(PIECES).to_owned(),
            };
            changes.push(
                json!({ "range": { "start": position(&text, from), "end": position(&text, to) }, "text": piece }),
            );
            text.replace_range(from..to, &piece);
        }
        self.docs[at].text = text;
        self.docs[at].version += 1;
        let of = json!({ "uri": self.workspace.uri(self.docs[at].name), "version": self.docs[at].version });
        self.client.notify("textDocument/didChange", json!({ "textDocument": of, "contentChanges": changes }));
    }

    fn replace(&mut self, at: usize) {
        let doc = &mut self.docs[at];
        doc.text = self.workspace.text(doc.name).to_owned();
        doc.version += 1;
        self.client.replace(&self.workspace.uri(doc.name), doc.version, &doc.text);
    }

    fn disk(&mut self, at: usize) {
        let name = self.docs[at].name;
        let path = self.workspace.path(name);
        let kind = match self.dice.below(5) {
            0 => {
                let _ = std::fs::remove_file(&path);
                3
            }
            1 => {
                // No UTF-8.
                std::fs::write(&path, b"lead when \xff\xfe n > 5\n").unwrap();
                2
            }
            2 => {
                self.workspace.write("one/new.lead", "fresh when employees > 9\n");
                1
            }
            3 => {
                let _ = std::fs::rename(self.workspace.path("one/new.lead"), self.workspace.path("two/new.lead"));
                2
            }
            _ => {
                self.workspace.write(name, self.workspace.text(name));
                2
            }
        };
        let all = [name, "one/new.lead", "two/new.lead"];
        let changes: Vec<Value> = all.iter().map(|n| json!({ "uri": self.workspace.uri(n), "type": kind })).collect();
        self.client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    fn ask(&mut self, at: usize) {
        let text = self.docs[at].text.clone();
        let (from, to) = (self.boundary(&text), self.boundary(&text));
        let mut here = position(&text, from.min(to));
        let there = position(&text, from.max(to));
        match self.dice.below(20) {
            0 => here = json!({ "line": u32::MAX, "character": u32::MAX }),
            1 => here["character"] = json!(u32::MAX),
            // Maybe inside a character.
            2 => here["character"] = json!(self.dice.below(80)),
            _ => {}
        }
        let method = format!("textDocument/{}", self.dice.of(METHODS));
        let params = json!({
            "textDocument": { "uri": self.workspace.uri(self.docs[at].name) },
            "position": here, "range": { "start": here, "end": there }, "positions": [here, there], "newName": "fresh name",
            "context": { "includeDeclaration": true, "diagnostics": [] }, "ch": "\n", "options": { "tabSize": 4, "insertSpaces": true },
        });
        let id = self.client.ask(&method, params);
        self.asked.push((id, method));
        if self.asked.len() > 20 {
            self.settle();
        }
    }

    /// Waits for all answers.
    fn settle(&mut self) {
        for (id, method) in std::mem::take(&mut self.asked) {
            let answer = self.client.answer(id);
            let code = answer["error"]["code"].as_i64();
            let fine = [None, Some(-32800), Some(-32801), Some(-32803), Some(-32602)];
            assert!(fine.contains(&code), "{method} failed inside: {answer}");
        }
        self.client.heard.clear();
    }
}

/// All findings of a workspace by address.
fn findings(client: &mut Client) -> Vec<(String, Value)> {
    let report = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let all = report["items"].as_array().unwrap().iter().filter(|i| i["items"] != json!([]));
    let mut all: Vec<(String, Value)> =
        all.map(|i| (i["uri"].as_str().unwrap().to_owned(), i["items"].clone())).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[test]
fn a_storm_of_everything_leaves_a_server_that_knows_what_a_new_one_knows() {
    for seed in [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03] {
        let mut storm = Storm::new(seed);
        for _ in 0..400 {
            storm.step();
        }
        storm.settle();
        // Settings apart, all is as the documents and the disk are.
        storm.client.notify("workspace/didChangeConfiguration", json!({ "settings": { "lead": {} } }));
        let folder = json!([{ "uri": storm.workspace.uri("two"), "name": "two" }]);
        let event = json!({ "event": { "added": [], "removed": folder } });
        storm.client.notify("workspace/didChangeWorkspaceFolders", event);
        let known = findings(&mut storm.client);
        let mut fresh = client(&storm.workspace);
        for doc in storm.docs.iter().filter(|d| d.open) {
            let uri = storm.workspace.uri(doc.name);
            let item = json!({ "uri": uri, "languageId": "lead", "version": doc.version, "text": doc.text });
            fresh.notify("textDocument/didOpen", json!({ "textDocument": item }));
        }
        let wanted = findings(&mut fresh);
        assert_eq!(known, wanted, "seed {seed:x}");
        assert_eq!(storm.client.finish(), Some(0));
    }
}

#[test]
fn memory_does_not_creep_over_thousands_of_edits() {
    let workspace = Workspace::new(FIXTURE);
    let mut client = Client::start(&workspace);
    let uri = workspace.uri("one/rules.lead");
    client.open(&uri, workspace.text("one/rules.lead"));
    let mut version = 1;
    let mut round = |client: &mut Client, edits: usize| {
        for n in 0..edits {
            version += 1;
            // A letter comes and goes, so that every second text has a mistake.
            let (columns, text) = if n % 2 == 0 { ((6, 6), "q") } else { ((6, 7), "") };
            client.edit(&uri, version, 0, columns, text);
            if n % 25 == 0 {
                let of = json!({ "textDocument": { "uri": uri } });
                let id = client.ask("textDocument/semanticTokens/full", of.clone());
                client.answer(id);
                let id = client.ask("textDocument/codeLens", of);
                client.answer(id);
                client.heard.clear();
            }
        }
        client.memory()
    };
    let Some(before) = round(&mut client, 600) else { return };
    let Some(after) = round(&mut client, 3_000) else { return };
    let grown = after.saturating_sub(before) / 1024;
    assert!(grown < 8 * 1024, "{grown} kB more after 3,000 edits");
}

#[test]
fn a_line_as_long_as_a_file_and_a_file_that_is_too_large_are_answered() {
    let workspace = Workspace::new(FIXTURE);
    let mut client = Client::start(&workspace);
    let long: String = (0..4_000).map(|n| format!(" or employees = {n} and visits > {n}")).collect();
    let long = format!("wide when employees > 1{long}\n# {}\n", "ä".repeat(200_000));
    let (wide, huge) = (workspace.uri("one/wide.lead"), workspace.uri("one/huge.lead"));
    client.open(&wide, &long);
    assert_eq!(client.codes(&wide, 1), [""; 0]);
    let place = json!({ "textDocument": { "uri": wide }, "position": { "line": 0, "character": 100_000 } });
    for method in ["hover", "completion", "semanticTokens/full", "documentSymbol", "foldingRange", "documentHighlight"]
    {
        client.request(&format!("textDocument/{method}"), place.clone());
    }
    client.open(&huge, &"# more than is read of one file\n".repeat(300_000));
    assert_eq!(client.codes(&huge, 1).len(), 1, "it is said that the file is too large");
    // The others go on.
    client.replace(&wide, 2, "wide when employees > 1\n");
    assert_eq!(client.codes(&wide, 2), [""; 0]);
}
