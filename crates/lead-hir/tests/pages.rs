//! Every code has a page; where the page shows a wrong and a right `.lead` text, the one gives the code and the other none.
#![allow(clippy::unwrap_used)]

mod common;

use common::{SCHEMA, check_files};
use lead_diag::CODES;

fn block<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!("## {heading}\n\n```lead\n"))?;
    Some(rest.split_once("```")?.0)
}

#[test]
fn every_page_begins_with_its_code_and_name() {
    for code in CODES {
        let title = format!("# {}: {}\n", code.id(), code.slug());
        assert!(code.info().page.starts_with(&title), "docs/codes/{}.md must begin with {title}", code.id());
        assert!(code.info().page.lines().count() > 3, "docs/codes/{}.md says nothing", code.id());
    }
}

#[test]
fn slugs_are_used_once() {
    let mut slugs: Vec<&str> = CODES.iter().map(|c| c.slug()).collect();
    slugs.sort_unstable();
    let before = slugs.len();
    slugs.dedup();
    assert_eq!(before, slugs.len());
}

#[test]
fn the_wrong_text_of_a_page_gives_its_code_and_the_right_one_no_finding() {
    let stages = ["L02", "L03", "L04", "L05", "L06"];
    let mut problems = Vec::new();
    for code in CODES.iter().filter(|c| stages.iter().any(|s| c.id().starts_with(s))) {
        let page = code.info().page;
        let (Some(wrong), Some(right)) = (block(page, "Wrong"), block(page, "Right")) else {
            problems.push(format!("{}: no example", code.id()));
            continue;
        };
        let off = ["L0603", "L0604", "L0610", "L0620", "L0623"].contains(&code.id());
        let settings = if off { format!("[lints]\n{} = \"warn\"\n", code.slug()) } else { String::new() };
        let wrong = check_files(&[("lead.toml", &settings), ("schema.lead", SCHEMA), ("case.lead", wrong)]);
        if wrong.codes() != [code.id()] {
            problems.push(format!("{} wrong:\n{}", code.id(), wrong.rendered()));
        }
        let right = check_files(&[("lead.toml", &settings), ("schema.lead", SCHEMA), ("case.lead", right)]);
        if !right.codes().is_empty() {
            problems.push(format!("{} right:\n{}", code.id(), right.rendered()));
        }
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/pages" }, {
            insta::assert_snapshot!(code.id(), wrong.rendered());
        });
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
