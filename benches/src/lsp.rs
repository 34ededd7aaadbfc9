//! The language server, spoken to as an editor does: how long it takes to start, to answer a keystroke, to help, and what
//! it holds in memory.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use lead_tests::lsp::{Client, Workspace, capabilities};
use serde_json::{Value, json};

use crate::generate::Failure;
use crate::lexicon::{FILES, in_files};
use crate::options::Options;
use crate::process::median;
use crate::{machine, record};

const DEFINITIONS: usize = 10_000;
/// The server waits so long for further typing, in milliseconds.
const PAUSE: f64 = 25.0;
const STARTS: usize = 7;
/// The file that is typed into, in the middle of the lexicon.
const OPEN: &str = "rules 100.lead";

/// Measures, prints, and records if told to.
pub fn lsp(options: &Options) -> Result<(), Failure> {
    let lead = options.lead_binary()?;
    let workspace = Workspace::new("");
    let files = in_files(DEFINITIONS, FILES);
    workspace.write("lead.toml", "[lexicon]\nname = \"Large\"\n");
    for (name, text) in &files {
        workspace.write(name, text);
    }
    let text = files.get(OPEN).ok_or("the open file is missing")?;

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        let mut session = Session::open(&lead, &workspace, text);
        session.client.codes(&session.uri, 1);
        starts.push(milliseconds(start.elapsed()));
        session.client.finish();
    }

    let mut session = Session::open(&lead, &workspace, text);
    session.client.codes(&session.uri, 1);
    let keystrokes = session.type_all();
    let hovers = session.ask("textDocument/hover", 300);
    let completions = session.ask("textDocument/completion", 300);
    let after = session.complete_while_typing();
    let memory = session.client.memory().unwrap_or_default() as f64 / f64::from(1 << 20);
    session.client.finish();

    let mut out = format!(
        "{}; {} keystrokes; times as the editor sees them, less the pause of {PAUSE} ms that the server waits for further typing.\n\n\
         | what | measured | goal |\n| --- | --: | --: |\n",
        machine::described(),
        keystrokes.len(),
    );
    let mut row = |what: &str, measured: String, goal: &str| {
        let _ = writeln!(out, "| {what} | {measured} | {goal} |");
    };
    let ms = |value: f64| format!("{value:.1} ms");
    row("cold start to the first findings, median", ms(median(starts)), "500 ms");
    row("keystroke to the findings of the file, median", ms(median(keystrokes.clone())), "10 ms");
    row("the same, 99th percentile", ms(percentile(&keystrokes, 0.99)), "25 ms");
    row("hover, median", ms(median(hovers.clone())), "5 ms");
    row("completion, median", ms(median(completions.clone())), "5 ms");
    row("completion straight after a keystroke, median", ms(median(after)), "");
    row("memory after all that", format!("{memory:.0} MiB"), "200 MB");
    println!("{out}");
    println!(
        "slowest keystroke {}, hover {}, completion {}",
        ms(percentile(&keystrokes, 1.0)),
        ms(percentile(&hovers, 1.0)),
        ms(percentile(&completions, 1.0))
    );
    if options.record {
        record::write("docs/performance.md", "lsp", &out)?;
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = ((sorted.len() as f64 * part).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// An editor with one document open.
struct Session {
    client: Client,
    uri: String,
    text: String,
    version: i32,
}

impl Session {
    fn open(lead: &Path, workspace: &Workspace, text: &str) -> Session {
        let mut client = Client::spawn_at(lead, &std::env::temp_dir());
        client.initialize(workspace, capabilities(), Value::Null);
        let uri = workspace.uri(&OPEN.replace(' ', "%20"));
        client.open(&uri, text);
        Session { client, uri, text: text.to_owned(), version: 1 }
    }

    /// Replaces bytes of the text, as one keystroke does.
    fn change(&mut self, range: std::ops::Range<usize>, text: &str) {
        let position = |offset: usize| {
            let before = &self.text[..offset];
            let column = offset - before.rfind('\n').map_or(0, |n| n + 1);
            json!({ "line": before.matches('\n').count(), "character": column })
        };
        let at = json!({ "start": position(range.start), "end": position(range.end) });
        self.version += 1;
        let params = json!({
            "textDocument": { "uri": self.uri, "version": self.version },
            "contentChanges": [{ "range": at, "text": text }],
        });
        self.text.replace_range(range, text);
        self.client.notify("textDocument/didChange", params);
    }

    /// One keystroke. Gives the milliseconds to its findings.
    fn press(&mut self, range: std::ops::Range<usize>, text: &str) -> f64 {
        let start = Instant::now();
        self.change(range, text);
        self.client.codes(&self.uri, self.version);
        let took = milliseconds(start.elapsed()) - PAUSE;
        // Findings of other files are not waited for.
        self.client.heard.clear();
        took.max(0.0)
    }

    fn type_text(&mut self, mut at: usize, text: &str, times: &mut Vec<f64>) -> usize {
        for letter in text.chars() {
            let letter = letter.to_string();
            times.push(self.press(at..at, &letter));
            at += letter.len();
        }
        at
    }

    fn delete_back(&mut self, at: usize, count: usize, times: &mut Vec<f64>) {
        for i in 0..count {
            times.push(self.press(at - i - 1..at - i, ""));
        }
    }

    /// Types as people do: new definitions, changed numbers, names that others use, statements broken for a while.
    fn type_all(&mut self) -> Vec<f64> {
        let mut times = Vec::new();
        // A definition that comes into being at the end of the file.
        let end = self.text.len();
        let new = "\nfresh interest\n    when any(form submit where offer = \"guide\") and opted in  because \"asked\"\n    or when count(visit) >= 3 within 30d\n    unless company.employees < 10\n";
        self.type_text(end, new, &mut times);
        // A number in the middle of the file, changed several times.
        for _ in 0..5 {
            if let Some(at) = self.text.find(" within ").map(|i| i + " within ".len()) {
                self.type_text(at, "12", &mut times);
                self.delete_back(at + 2, 2, &mut times);
            }
        }
        // A name that other definitions use, in this file and the next, made longer and put back.
        for kind in ["lead", "reader", "pages"] {
            let found = self.text.match_indices(&format!(" {kind} ")).map(|(i, _)| i).last();
            let line = found.and_then(|i| self.text[..i].rfind('\n')).map(|n| n + 1);
            if let Some(start) = line {
                let word = self.text[start..].find(' ').map_or(start, |i| start + i);
                self.type_text(word, "er", &mut times);
                self.delete_back(word + 2, 2, &mut times);
            }
        }
        // A text left open, a bracket left open, a word cut in two.
        for broken in ["\"", "(", " and", " when when", "\n"] {
            let at = self.text.find(" and ").unwrap_or(0);
            let end = self.type_text(at, broken, &mut times);
            self.delete_back(end, broken.len(), &mut times);
        }
        // A new value with a comment above, in the middle.
        let middle = self.text[self.text.len() / 2..].find("\n\n").map_or(0, |i| self.text.len() / 2 + i + 2);
        self.type_text(
            middle,
            "## How often they came lately.\nrecent visits = count(visit within 14d)\n\n",
            &mut times,
        );
        times
    }

    /// Positions all over the file.
    fn places(&self, count: usize) -> Vec<Value> {
        let lines: Vec<&str> = self.text.lines().collect();
        let place = |i: usize| {
            let line = (i * 7919) % lines.len();
            let column = if lines[line].is_empty() { 0 } else { (i * 31) % lines[line].len() };
            json!({ "textDocument": { "uri": self.uri }, "position": { "line": line, "character": column } })
        };
        (0..count).map(place).collect()
    }

    fn ask(&mut self, method: &str, count: usize) -> Vec<f64> {
        let mut times = Vec::new();
        for place in self.places(count) {
            let start = Instant::now();
            self.client.request(method, place);
            times.push(milliseconds(start.elapsed()));
        }
        times
    }

    /// Completion asked for with every letter of a new condition, before anything else was computed.
    fn complete_while_typing(&mut self) -> Vec<f64> {
        let mut times = Vec::new();
        let mut at = self.text.len();
        for letter in "\nnewest when company.employees > 5 and count(visit) > 2 or opted in\n".chars() {
            let start = Instant::now();
            self.change(at..at, &letter.to_string());
            at += letter.len_utf8();
            let before = &self.text[..at];
            let column = at - before.rfind('\n').map_or(0, |n| n + 1);
            let position = json!({ "line": before.matches('\n').count(), "character": column });
            let params = json!({ "textDocument": { "uri": self.uri }, "position": position });
            self.client.request("textDocument/completion", params);
            times.push(milliseconds(start.elapsed()));
        }
        times
    }
}
