//! A lexicon of ten thousand definitions: lists are capped, and nothing is asked of what is not shown.

use std::time::Instant;

use lead_hir::Session;
use lead_ide::{FilePosition, Snapshot};

use crate::fixture::SCHEMA;

/// Ten thousand definitions in 200 files, each using the one before.
fn large() -> (Snapshot, FilePosition) {
    let mut session = Session::new();
    session.set_file("aa schema.lead", SCHEMA.into());
    let mut last = FilePosition { file: lead_diag::FileId(0), offset: 0 };
    for file in 0..200u32 {
        let mut text = String::from("for contact\n\n");
        for def in 0..50 {
            let n: u32 = file * 50 + def;
            match (n % 4, n.checked_sub(1)) {
                (0, _) => text.push_str(&format!("## Pages of kind k{n}.\npages of kind k{n} = count(page view)\n")),
                (1, Some(before)) => {
                    text.push_str(&format!("reader of kind k{n} when pages of kind k{before} > 5 within 90d\n"))
                }
                (2, Some(before)) => {
                    text.push_str(&format!("fan of kind k{n} when reader of kind k{before} and opted in\n"))
                }
                _ => {
                    text.push_str(&format!("buyer of kind k{n} when fan of kind k{} or visits > 3 within 30d\n", n - 1))
                }
            }
        }
        if file == 199 {
            text.push_str("visits = count(visit)\nlate when rea");
        }
        let id = session.set_file(&format!("rules {file:03}.lead"), text.as_str().into());
        last = FilePosition { file: id, offset: text.len() as u32 };
    }
    (Snapshot::new(session.check()), last)
}

#[test]
fn lists_are_capped_and_narrow_as_more_is_typed() {
    let (snapshot, end) = large();
    let found = snapshot.completions(end);
    assert!(found.is_incomplete && found.items.len() <= 150, "{}", found.items.len());
    assert!(found.items[0].label.starts_with("reader of kind"), "{:?}", found.items[0]);
    let users = snapshot.checked().file(end.file).unwrap().text.rfind("reader of kind").unwrap() as u32 + 3;
    let hover = snapshot.hover(FilePosition { offset: users, ..end }).unwrap();
    assert!(hover.text.contains("Measured"), "{}", hover.text);
}

/// Asks something and says how much came back.
type Ask<'a> = &'a dyn Fn(&Snapshot) -> usize;

/// Prints how long things take: `cargo test --release -p lead-ide --test ide -- --ignored --nocapture how_long`.
#[test]
#[ignore = "prints times"]
#[allow(clippy::print_stdout)]
fn how_long_completion_and_hover_take() {
    let (snapshot, end) = large();
    let users = snapshot.checked().file(end.file).unwrap().text.rfind("reader of kind").unwrap() as u32 + 3;
    let over = FilePosition { offset: users, ..end };
    let blank = FilePosition { offset: end.offset - 3, ..end };
    let asked: [(&str, Ask); 6] = [
        ("completion, first of a snapshot", &|s| s.completions(end).items.len()),
        ("completion", &|s| s.completions(end).items.len()),
        ("completion of nothing typed", &|s| s.completions(blank).items.len()),
        ("hover", &|s| s.hover(over).map_or(0, |h| h.text.len())),
        ("definition", &|s| s.goto_definition(over).len()),
        ("references", &|s| s.references(over, true).len()),
    ];
    for (what, ask) in asked {
        let mut times: Vec<u128> = (0..21)
            .map(|_| {
                // Each keystroke makes a snapshot of its own.
                let fresh =
                    if what.contains("first") { Snapshot::new(snapshot.checked_arc()) } else { snapshot.clone() };
                let start = Instant::now();
                assert!(ask(&fresh) > 0);
                start.elapsed().as_micros()
            })
            .collect();
        times.sort();
        println!("{what}: median {} µs, worst {} µs", times[10], times[20]);
    }
}
