//! What editors colour by, `editors/vscode/syntaxes/lead.tmLanguage.json`, from a template and the one grammar.
//!
//! `{{…}}` in the template is an expression in the notation of `grammar/lead.pest`, often just the name of a rule; it becomes
//! the regular expression that takes the same text. So words and names are the same in the editor and in the parser.

mod pest;

use std::fs;
use std::path::Path;

use self::pest::{Grammar, Used};
use crate::output::Generated;

/// Where the template is, and its result.
pub const FOLDER: &str = "editors/vscode/syntaxes";

/// Rules with words that need no colour of their own.
const NOT_SHOWN: [&str; 2] = ["not_a_term", "special"];

/// The grammar for TextMate.
pub fn files(root: &Path) -> Result<Vec<Generated>, String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|e| format!("cannot read {path}: {e}"));
    let grammar = Grammar::read(&read("grammar/lead.pest")?.replace("\r\n", "\n"))?;
    let template = read(&format!("{FOLDER}/lead.template.json"))?.replace("\r\n", "\n");
    let mut used = Used::default();
    let text = filled(&template, &grammar, &mut used)?;
    let missing: Vec<&str> =
        grammar.rules_with_words().filter(|rule| !used.rules.contains(*rule) && !NOT_SHOWN.contains(rule)).collect();
    if !missing.is_empty() {
        return Err(format!("the template has no colour for what these rules read: {}", missing.join(", ")));
    }
    Ok(vec![Generated { name: "lead.tmLanguage.json", text }])
}

/// The template with its expressions translated. It is JSON, so quotes and backslashes are escaped on both sides.
fn filled(template: &str, grammar: &Grammar, used: &mut Used) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once("{{") {
        let (inner, after) = tail.split_once("}}").ok_or("`{{` has no `}}`")?;
        let wanted = inner.replace("\\\"", "\"").replace("\\\\", "\\");
        let regex = grammar.expression(&wanted, used)?;
        out.push_str(before);
        out.push_str(&regex.replace('\\', "\\\\").replace('"', "\\\""));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
