//! What editors colour by has the words of the one grammar: none is missing, and none is made up.

// A test says what is wrong by failing.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;

use lead_syntax::ast::KEYWORDS;
use lead_tests::command::root;

/// What stands between `open` and `close`, wherever that occurs.
fn between<'t>(text: &'t str, open: &str, close: &str) -> BTreeSet<&'t str> {
    text.split(open).skip(1).filter_map(|part| part.split(close).next()).collect()
}

fn grammar() -> String {
    fs::read_to_string(root().join("grammar/lead.pest")).unwrap()
}

fn colours() -> String {
    fs::read_to_string(root().join("editors/vscode/syntaxes/lead.tmLanguage.json")).unwrap()
}

/// The text of a rule of the grammar.
fn rule<'t>(grammar: &'t str, name: &str) -> &'t str {
    let start = grammar.find(&format!("\n{name} = ")).unwrap();
    let rest = &grammar[start + 1..];
    &rest[..rest.find("\n///").unwrap_or(rest.len())]
}

#[test]
fn the_words_that_editors_colour_are_the_words_of_the_grammar() {
    let (grammar, colours) = (grammar(), colours());
    let mut words = between(&grammar, "^\"", "\"");
    // Read behind `is` only to say what should stand there instead.
    for word in ["null", "nil", "empty", "blank", "missing", "none"] {
        assert!(words.remove(word), "`{word}` is no longer in the grammar");
    }
    assert_eq!(between(&colours, "(?i:", ")"), words);
    assert!(words.len() > 80, "only {} words", words.len());
}

#[test]
fn reserved_words_are_the_same_in_the_grammar_the_trees_and_the_editors() {
    let (grammar, colours) = (grammar(), colours());
    let reserved: BTreeSet<&str> = KEYWORDS.into_iter().collect();
    assert_eq!(between(rule(&grammar, "keyword"), "^\"", "\""), reserved);
    // A name in the editor's grammar begins by refusing each of them.
    let name = colours.split("(?!(?>(?>(?i:").nth(1).and_then(|rest| rest.split("))(?!").next()).unwrap();
    assert_eq!(between(&format!("(?i:{name})"), "(?i:", ")"), reserved);
}

#[test]
fn windows_and_units_are_coloured() {
    let colours = colours();
    for unit in ["min|mo|h|d|w|q|y", "(?i:day)|(?i:week)|(?i:month)|(?i:quarter)|(?i:year)"] {
        assert!(colours.contains(unit), "`{unit}`");
    }
}
