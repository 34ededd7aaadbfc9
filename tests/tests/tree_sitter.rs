//! The tree-sitter grammar beside the language's own: both accept and refuse the same texts, and the queries fit.

// A test says what is wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use lead_diag::FileId;
use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&language()).unwrap();
    parser
}

fn language() -> Language {
    tree_sitter_lead::LANGUAGE.into()
}

/// Whether the language's own grammar reads a text without an error of syntax.
fn lead_accepts(text: &str) -> bool {
    !lead_syntax::parse(FileId(0), text).diagnostics.iter().any(|d| d.is_error())
}

fn tree_sitter_accepts(parser: &mut Parser, text: &str) -> bool {
    !parser.parse(text, None).unwrap().root_node().has_error()
}

fn lead_files(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lead_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "lead") {
            out.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Blocks of documentation that are lexicons, right and wrong ones.
fn documented(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documented(&path, out);
        } else if path.extension().is_some_and(|e| e == "md") {
            let text = fs::read_to_string(&path).unwrap();
            for (i, part) in text.split("```lead").enumerate().skip(1) {
                let block = part.split_once('\n').unwrap().1.split("```").next().unwrap();
                out.push((format!("{} block {i}", path.display()), block.to_string()));
            }
        }
    }
}

fn all() -> Vec<(String, String)> {
    let mut out = Vec::new();
    lead_files(&root().join("tests/corpus"), &mut out);
    lead_files(&root().join("examples"), &mut out);
    documented(&root().join("docs"), &mut out);
    out.sort();
    out
}

#[test]
fn both_accept_and_refuse_the_same_files() {
    let mut parser = parser();
    let mut differ = Vec::new();
    let files = all();
    let refused = files.iter().filter(|(_, text)| !lead_accepts(text)).count();
    for (name, text) in &files {
        let (lead, sitter) = (lead_accepts(text), tree_sitter_accepts(&mut parser, text));
        if lead != sitter {
            differ.push(format!(
                "{name}: {}",
                if lead { "refused by tree-sitter" } else { "accepted by tree-sitter alone" }
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(files.len() > 200 && refused >= 5, "{} files, {refused} of them broken", files.len());
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// Statements of a text, by column one.
fn statements(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        let starts = line.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '#' | ')' | ']'));
        match out.last_mut() {
            Some(last) if !starts => *last += &format!("{line}\n"),
            _ => out.push(format!("{line}\n")),
        }
    }
    out
}

#[test]
fn both_accept_and_refuse_the_same_broken_statements() {
    let mut parser = parser();
    let mut dice = Dice(7);
    let mut pool: Vec<String> = Vec::new();
    all().iter().filter(|(_, text)| lead_accepts(text)).for_each(|(_, text)| pool.extend(statements(text)));
    let (mut tried, mut refused, mut differ) = (0, 0, Vec::new());
    for _ in 0..6000 {
        let statement = &pool[dice.below(pool.len())];
        let mut tokens: Vec<&str> = statement.split_inclusive([' ', '\n', '(', ')', ',']).collect();
        match dice.below(3) {
            0 => drop(tokens.remove(dice.below(tokens.len()))),
            1 => {
                let (a, b) = (dice.below(tokens.len()), dice.below(tokens.len()));
                tokens.swap(a, b);
            }
            _ => {
                let at = dice.below(tokens.len());
                tokens.insert(at, tokens[dice.below(tokens.len())]);
            }
        }
        let text = tokens.concat();
        let (lead, sitter) = (lead_accepts(&text), tree_sitter_accepts(&mut parser, &text));
        tried += 1;
        refused += usize::from(!lead);
        if lead != sitter {
            differ.push(format!("{} alone accepts:\n{text}", if lead { "lead" } else { "tree-sitter" }));
        }
    }
    assert!(refused > tried / 10, "{refused} of {tried} are broken");
    let share = differ.len() * 1000 / tried;
    assert!(share < 10, "{} of {tried} differ:\n{}", differ.len(), differ[..differ.len().min(20)].join("\n"));
}

#[test]
fn the_queries_fit_the_grammar_and_find_something() {
    let text = fs::read_to_string(root().join("tests/corpus/a_page_of_the_language.lead")).unwrap();
    let tree = parser().parse(&text, None).unwrap();
    let queries = [
        ("highlights", tree_sitter_lead::HIGHLIGHTS),
        ("folds", tree_sitter_lead::FOLDS),
        ("outline", tree_sitter_lead::OUTLINE),
        ("indents", tree_sitter_lead::INDENTS),
        ("injections", tree_sitter_lead::INJECTIONS),
        ("tags", tree_sitter_lead::TAGS),
    ];
    for (name, source) in queries {
        let query = Query::new(&language(), source).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut cursor = QueryCursor::new();
        let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
        let mut count = 0;
        while matches.next().is_some() {
            count += 1;
        }
        assert!(count > 0, "{name} finds nothing");
    }
}

#[test]
fn a_broken_statement_leaves_its_neighbours_whole() {
    let text = "a = 1\nb = (2 +\nlead when x >\nc when a > 5\n";
    let tree = parser().parse(text, None).unwrap();
    let mut cursor = tree.walk();
    let whole: Vec<String> = tree
        .root_node()
        .children(&mut cursor)
        .filter(|n| !n.has_error() && n.is_named())
        .map(|n| text[n.byte_range()].trim().to_string())
        .collect();
    assert!(whole.contains(&"a = 1".to_string()) && whole.contains(&"c when a > 5".to_string()), "{whole:?}");
}
