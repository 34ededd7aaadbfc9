//! What definitions sound like: every one of the industrial example, and shapes that it has none of.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use lead_diag::FileId;
use lead_hir::Config;
use lead_hir::hir::Lexicon;

fn lexicon(texts: &[String]) -> Lexicon {
    let trees: Vec<_> = texts.iter().enumerate().map(|(i, t)| lead_syntax::parse(FileId(i as u32), t).file).collect();
    let files: Vec<_> = trees.iter().enumerate().map(|(i, t)| (FileId(i as u32), t)).collect();
    lead_hir::lower(&files, &Config::default()).lexicon
}

fn said(lexicon: &Lexicon) -> String {
    let mut out = String::new();
    for (id, def) in lexicon.def_ids() {
        let sentence = lead_prose::sentence(lexicon, id).unwrap_or_else(|| panic!("{}", def.name.text)).markdown();
        out.push_str(&format!("{}\n    {}\n", def.name.text, sentence.replace("\n\n", "\n").replace('\n', "\n    ")));
    }
    out
}

#[test]
fn the_industrial_example_reads_like_sentences() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/industrial");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "lead"));
    files.sort();
    let texts: Vec<String> = files.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
    insta::assert_snapshot!(said(&lexicon(&texts)));
}

#[test]
fn every_file_of_the_corpus_has_its_sentences() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "lead"));
    files.sort();
    let mut out = String::new();
    for file in files {
        let lexicon = lexicon(&[fs::read_to_string(&file).unwrap()]);
        out.push_str(&format!("# {}\n{}\n", file.file_stem().unwrap().to_string_lossy(), said(&lexicon)));
    }
    insta::assert_snapshot!(out);
}

/// The sentence of `rule`, below a schema with what it speaks of.
fn of(rule: &str) -> String {
    let schema = "entity contact from \"c.csv\"\n    id: key\n    job title: text\n    opted in: yes/no\n\
                  event page view of contact from \"w.csv\"\n    at: time\n    url: text\n\
                  event visit of contact from \"w.csv\"\n    at: time\n\
                  event form submit of contact from \"f.csv\"\n    at: time\n\
                  pages = count(page view)\nvisits = count(visit)\nconverted = any(form submit)\n";
    let lexicon = lexicon(&[format!("{schema}{rule}\n")]);
    let (id, _) = lexicon.def_ids().last().unwrap();
    lead_prose::sentence(&lexicon, id).map_or("none".into(), |s| s.plain())
}

#[test]
fn the_workshop_rule_reads_as_the_workshop_said_it() {
    assert_eq!(
        of("anonymous lead when pages > 5 and visits >= 2 and not converted within 90d"),
        "A contact is an anonymous lead when they viewed more than 5 pages and came 2 or more times in the last 90 days, \
         and have not converted in that time."
    );
}

#[test]
fn a_window_of_its_own_is_said_where_it_acts() {
    assert_eq!(
        of("reader when pages > 5 within 30d and visits >= 2 within 90d"),
        "A contact is a reader when they viewed more than 5 pages in the last 30 days and came 2 or more times in the last 90 days."
    );
}

#[test]
fn opposites_are_said_as_opposites() {
    assert_eq!(
        of("reader when not (pages > 5) and not job title contains \"student\" and not opted in"),
        "A contact is a reader when they viewed at most 5 pages, their job title does not contain “student” and they have not opted in."
    );
}

#[test]
fn what_has_an_error_has_no_sentence() {
    assert_eq!(of("reader when pages > nothing like that"), "none");
}

#[test]
fn the_words_of_a_user_mean_nothing_to_markdown() {
    let lexicon =
        lexicon(&["entity contact from \"c.csv\"\n    id: key\n    t: text\nx when t = \"<b>*a*</b>\"\n".to_string()]);
    let (id, _) = lexicon.def_ids().next().unwrap();
    let said = lead_prose::sentence(&lexicon, id).unwrap().markdown();
    assert_eq!(said, "A contact counts as *x* when their t is “\\<b\\>\\*a\\*\\</b\\>”.");
}
