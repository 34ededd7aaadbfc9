//! How long the editing features take on an open file of 100 definitions in a lexicon of 10,000:
//! `cargo run --release -p lead-ide --example editing_times`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fmt::Write;
use std::time::Instant;

use lead_hir::Session;
use lead_ide::{Encoding, FilePosition, HintSettings, LensSettings, Snapshot, delta, encode};

const SCHEMA: &str = "entity contact from \"c.csv\"\n    id: key\n    persona: one of \"engineer\", \"buyer\"\n    employees: number\n    company -> company\n\nentity company from \"o.csv\"\n    id: key\n    industry: text\n\nevent visit of contact from \"w.csv\"\n    at: time\n\nevent page view of contact from \"w.csv\"\n    at: time\n    url: text\n";

/// A file of 100 definitions that ask each other and those of the file before.
fn file(n: usize) -> String {
    let mut out = String::from("for contact\n\n");
    for i in 0..25 {
        let before = if n > 0 { format!("or when term {} x{i}", word(n - 1)) } else { String::new() };
        let (f, url) = (word(n), i);
        let _ = write!(
            out,
            "pages {f} x{i} = count(page view where url contains \"{url}\")\nvisits {f} x{i} = count(visit)\n\n## Comes back and reads.\nterm {f} x{i}\n    when pages {f} x{i} > {i} and visits {f} x{i} >= 2 and persona = \"engineer\" within 90d  because \"reads\"\n    {before}\n\nowner {f} x{i} is\n    \"field\" when term {f} x{i} and employees > {i}\n    \"nurture\" otherwise\n\n"
        );
    }
    out
}

/// A number as a word of a name.
fn word(n: usize) -> String {
    format!("f{n}")
}

fn time<T>(name: &str, mut run: impl FnMut() -> T) {
    let mut times: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<28} median {:>7.3} ms  worst {:>7.3} ms", times[10], times[20]);
}

fn main() {
    let mut session = Session::new();
    session.set_file("schema.lead", SCHEMA.into());
    let mut open = None;
    for n in 0..100 {
        let id = session.set_file(&format!("f{n:03}.lead"), file(n).as_str().into());
        if n == 50 {
            open = Some(id);
        }
    }
    let id = open.unwrap();
    let snapshot = Snapshot::new(session.check());
    let text = snapshot.text(id).to_string();
    println!("{} definitions, {} bytes open", snapshot.checked().defs().count(), text.len());
    let end = text.len() as u32;
    let at = |part: &str| text.find(part).unwrap() as u32;
    let term = at("term f50 x12");
    let inside = at("pages f50 x12 >");
    let position = FilePosition { file: id, offset: inside };
    snapshot.code_actions(id, term..term, &[]);

    let tokens = snapshot.semantic_tokens(id, None);
    let lines = snapshot.lines(id);
    let old = encode(&tokens, &lines, Encoding::Utf16);
    let mut new = old.clone();
    new.truncate(old.len() - 50);
    time("semantic tokens", || snapshot.semantic_tokens(id, None));
    time("tokens of a range", || snapshot.semantic_tokens(id, Some(term..term + 500)));
    time("encode tokens", || encode(&tokens, &lines, Encoding::Utf16));
    time("delta", || delta(&old, &new));
    time("diagnostics", || snapshot.diagnostics(id));
    time("folding", || snapshot.folding_ranges(id));
    time("selection", || snapshot.selection_ranges(position));
    time("linked ranges", || snapshot.linked_editing_ranges(position));
    time("inlay hints", || snapshot.inlay_hints(id, 0..end, &HintSettings::default()));
    time("code lenses", || snapshot.code_lenses(id, &LensSettings::default()));
    time("code actions on a name", || snapshot.code_actions(id, term..term, &[]));
    time("code actions inside", || snapshot.code_actions(id, inside..inside, &[]));
    for action in snapshot.code_actions(id, inside..inside, &[]) {
        time(&format!("resolve {}", action.id), || snapshot.resolve_code_action(id, inside..inside, &action.id));
    }
    for action in snapshot.code_actions(id, term..term, &["refactor"]) {
        time(&format!("resolve {}", action.id), || snapshot.resolve_code_action(id, term..term, &action.id));
    }
    time("read the file, to compare", || lead_syntax::parse(id, &text));
    time("format a file", || snapshot.format(id));
    time("format a range", || snapshot.format_range(id, term..term));
    time("format on line end", || {
        snapshot.format_on_line_end(FilePosition { file: id, offset: at("\nowner f50 x12") })
    });
    let def = snapshot.def_for_command(FilePosition { file: id, offset: term }).unwrap();
    time("unfold", || snapshot.unfold(def));
}
