//! A small language client: it starts the built server, speaks with it over its standard input and output, and waits for
//! what it says. Synchronous, with every wait bounded.

mod workspace;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub use workspace::Workspace;

/// The longest that anything may take, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs, and what it said.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    said: Receiver<Value>,
    next: i64,
    /// What was said and is not asked for yet.
    pub heard: VecDeque<Value>,
    /// Whether requests of the server are answered as they come.
    pub answers: bool,
    /// What `workspace/configuration` is answered with.
    pub settings: Value,
}

/// What a client can do, where nothing else is said: most of what editors do.
pub fn capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-8", "utf-16"] },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "rename": { "prepareSupport": true },
            "signatureHelp": { "signatureInformation": {
                "documentationFormat": ["markdown", "plaintext"],
                "parameterInformation": { "labelOffsetSupport": true },
            } },
            "definition": { "linkSupport": true },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "completion": { "completionItem": {
                "snippetSupport": true,
                "insertReplaceSupport": true,
                "documentationFormat": ["markdown", "plaintext"],
            } },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } },
                "resolveSupport": { "properties": ["edit"] },
                "dataSupport": true,
            },
        },
        "workspace": {
            "workspaceEdit": { "documentChanges": true, "changeAnnotationSupport": {} },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "workspaceFolders": true,
        },
        "window": { "workDoneProgress": true, "showDocument": { "support": true } },
    })
}

impl Client {
    /// Starts the built server; nothing is said yet.
    pub fn spawn() -> Client {
        Client::spawn_at(crate::command::lead(), &std::env::temp_dir())
    }

    /// Starts a server in a folder.
    pub fn spawn_at(binary: &Path, folder: &Path) -> Client {
        let mut command = Command::new(binary);
        command.arg("lsp").current_dir(folder).env("LEAD_LSP_FAULTS", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client { child, input, said, next: 0, heard: VecDeque::new(), answers: true, settings: Value::Null }
    }

    /// Starts a server and agrees on everything.
    pub fn start(workspace: &Workspace) -> Client {
        Client::start_with(workspace, capabilities(), Value::Null)
    }

    /// Starts a server for a client of these capabilities, with these settings.
    pub fn start_with(workspace: &Workspace, capabilities: Value, settings: Value) -> Client {
        let mut client = Client::spawn();
        client.initialize(workspace, capabilities, settings);
        client
    }

    /// `initialize` and `initialized`. Gives what the server can do.
    pub fn initialize(&mut self, workspace: &Workspace, capabilities: Value, settings: Value) -> Value {
        let folders = json!([{ "uri": workspace.root_uri(), "name": "workspace" }]);
        let params = json!({
            "processId": null,
            "rootUri": workspace.root_uri(),
            "workspaceFolders": folders,
            "capabilities": capabilities,
            "initializationOptions": settings,
        });
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer["capabilities"].clone()
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        // A server that has ended reads no more; what is asked for next says so.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    /// Sends a message as it is.
    pub fn send_text(&mut self, body: &str) {
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send_text(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// Sends a request without waiting for the answer. Gives its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params });
        self.send_text(&request.to_string());
        self.next
    }

    /// The answer to a request, whether or not it is an error.
    pub fn answer(&mut self, id: i64) -> Value {
        self.wait(&format!("the answer to request {id}"), |m| m["id"] == id && m.get("method").is_none())
    }

    /// Sends a request and gives its result.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method} failed: {answer}");
        answer["result"].clone()
    }

    /// Sends a request that is refused, and gives the error.
    pub fn refused(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_some(), "{method} was not refused: {answer}");
        answer["error"].clone()
    }

    /// The next message that fits; those before it are kept.
    pub fn wait(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_for(PATIENCE, fits).unwrap_or_else(|| panic!("no {what}; heard: {:#?}", self.heard))
    }

    /// The same, for some time only.
    pub fn wait_for(&mut self, time: Duration, fits: impl Fn(&Value) -> bool) -> Option<Value> {
        if let Some(at) = self.heard.iter().position(&fits) {
            return self.heard.remove(at);
        }
        let end = Instant::now() + time;
        loop {
            match self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(message) => {
                    self.react(&message);
                    if fits(&message) {
                        return Some(message);
                    }
                    self.heard.push_back(message);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn react(&mut self, message: &Value) {
        if self.answers && message.get("method").is_some() && message.get("id").is_some() {
            self.reply(message);
        }
    }

    /// Answers a request of the server.
    pub fn reply(&mut self, request: &Value) {
        let result = match request["method"].as_str() {
            Some("workspace/configuration") => json!([self.settings.clone()]),
            Some("workspace/applyEdit") => json!({ "applied": true }),
            Some("window/showDocument") => json!({ "success": true }),
            _ => Value::Null,
        };
        self.send_text(&json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string());
    }

    /// The next notification or request of this method.
    pub fn next(&mut self, method: &str) -> Value {
        self.wait(method, |m| m["method"] == method)["params"].clone()
    }

    /// Opens a document with a text.
    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "lead", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the text of a document.
    pub fn replace(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
        self.notify("textDocument/didChange", params);
    }

    /// Replaces a range on one line of a document.
    pub fn edit(&mut self, uri: &str, version: i32, line: u32, columns: (u32, u32), text: &str) {
        let range = json!({
            "start": { "line": line, "character": columns.0 },
            "end": { "line": line, "character": columns.1 },
        });
        let params = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "range": range, "text": text }],
        });
        self.notify("textDocument/didChange", params);
    }

    /// Closes a document.
    pub fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// The next findings that are published for a document.
    pub fn published(&mut self, uri: &str) -> Value {
        self.wait(&format!("findings of {uri}"), |m| {
            m["method"] == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri
        })["params"]
            .clone()
    }

    /// The codes of the next findings that are published for a version of a document.
    pub fn codes(&mut self, uri: &str, version: i32) -> Vec<String> {
        let found = self.wait(&format!("findings of version {version} of {uri}"), |m| {
            m["method"] == "textDocument/publishDiagnostics"
                && m["params"]["uri"] == uri
                && m["params"]["version"] == version
        });
        codes(&found["params"]["diagnostics"])
    }

    /// Whether anything that fits is said within a moment.
    pub fn hears(&mut self, fits: impl Fn(&Value) -> bool) -> bool {
        self.wait_for(Duration::from_millis(400), fits).is_some()
    }

    /// The memory of the server in bytes, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    }

    /// `shutdown`, `exit`, and the code that the process ends with.
    pub fn finish(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Closes the input of the server.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// The code that the process ends with; it has to end by itself.
    pub fn ended(&mut self) -> Option<i32> {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not end");
    }

    /// Whether the server runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The codes of findings.
pub fn codes(diagnostics: &Value) -> Vec<String> {
    let all = diagnostics.as_array().into_iter().flatten();
    all.filter_map(|d| Some(d["code"].as_str()?.to_owned())).collect()
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        // Whatever is no header here was written by something that must not write.
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("`{line}` on standard output"));
        if name == "Content-Length" {
            length = value.parse::<u64>().ok();
        }
    }
    let mut body = Vec::new();
    output.by_ref().take(length?).read_to_end(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
