//! The list of codes, `docs/codes/README.md`, from the registry and the pages.

use lead_diag::{CODES, Code, Level};

use crate::output::Generated;

/// Stages by the first two digits of a code.
const STAGES: &[(&str, &str)] = &[
    ("L00", "The lexicon and lead.toml"),
    ("L01", "Text and layout"),
    ("L02", "Names and schema"),
    ("L03", "Types"),
    ("L04", "Windows and time"),
    ("L05", "Definitions as a whole"),
    ("L06", "Lints"),
    ("L07", "Data"),
    ("L08", "The run"),
    ("L09", "SQL"),
    ("L10", "Rules beside data"),
    ("L11", "Changes between versions"),
];

/// The list.
pub fn files() -> Vec<Generated> {
    let mut text = String::from(
        "# Codes\n\nEvery message has a code with a page; `lead explain L0203` prints one. The level of a lint can be set in \
         [`lead.toml`](../settings.md#lints).\n",
    );
    for (stage, title) in STAGES {
        text.push_str(&format!("\n## {title}\n\n| code | name | level | in short |\n| --- | --- | --- | --- |\n"));
        for code in CODES.iter().filter(|c| c.id().starts_with(stage)) {
            let level = match code.info().level {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Allow => "not shown",
            };
            let (id, slug) = (code.id(), code.slug());
            text.push_str(&format!("| [{id}]({id}.md) | {slug} | {level} | {} |\n", first_sentence(*code)));
        }
    }
    vec![Generated { name: "README.md", text }]
}

/// The first sentence of a page, on one line.
fn first_sentence(code: Code) -> String {
    let page = code.info().page.replace("\r\n", "\n");
    let lines = page.lines().skip(1).skip_while(|l| l.trim().is_empty()).take_while(|l| !l.trim().is_empty());
    let paragraph = lines.collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let end = paragraph.find(". ").unwrap_or(paragraph.len());
    paragraph[..end].trim_end_matches('.').to_owned()
}
