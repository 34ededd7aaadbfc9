//! The glossary: everything is in it, every link leads somewhere, and no text becomes markup.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Page, industrial, lexicon};

#[test]
fn every_link_of_the_industrial_glossary_leads_somewhere() {
    let (lexicon, sources) = industrial();
    let page = Page::new(lead_report::html(&lexicon, &sources));
    page.is_whole();
    for def in &lexicon.defs {
        assert!(page.text.contains(&format!(">{}</a></h3>", def.name.text)), "{}", def.name.text);
    }
}

#[test]
fn every_link_of_the_markdown_glossary_leads_somewhere() {
    let (lexicon, sources) = industrial();
    let text = lead_report::markdown(&lexicon, &sources);
    let anchors: Vec<&str> = text.split("<a id=\"").skip(1).filter_map(|t| t.split('"').next()).collect();
    let mut links = 0;
    for link in text.split("](#").skip(1).filter_map(|t| t.split(')').next()) {
        links += 1;
        assert!(anchors.contains(&link), "{link}");
    }
    assert!(links > 200, "{links}");
}

#[test]
fn no_name_value_reason_document_or_file_becomes_markup() {
    let evil = "<img src=x onerror=alert(1)>";
    let text = format!(
        "## {evil} <script>alert(1)</script> [x](javascript:alert(1))\n## owner: {evil}\nentity `{evil}` from \"{evil}.csv\"\n    id: key from \"{evil}\"\n    \
         ## {evil}\n    `{evil} field`: one of \"{evil}\", \"b\"\n\n## {evil}\n## owner: {evil}\n`{evil} term` when `{evil} field` = \"{evil}\" \
         because \"{evil}\"\n\n`{evil} other` when `{evil} term` unless `{evil} field` is unknown because \"{evil}\"\n\n\
         `{evil} choice` is\n    \"{evil}\" when `{evil} other`\n    \"b\" otherwise\n"
    );
    let (lexicon, sources) = lexicon(&[(&format!("{evil}.lead"), &text)]);
    assert_eq!(lexicon.defs.len(), 3);
    let page = Page::new(lead_report::html(&lexicon, &sources));
    page.is_whole();
    assert!(page.text.contains("&lt;img src=x onerror=alert(1)&gt; term"), "{}", page.text);
    for tag in page.tags() {
        assert!(!tag.starts_with("img") && !tag.starts_with("script"), "{tag}");
        assert!(!tag.contains("onerror=a") || tag.contains("aria-label="), "{tag}");
    }
    assert!(!page.text.contains("javascript:alert(1)\""));
    let text = lead_report::markdown(&lexicon, &sources);
    for line in text.lines().filter(|l| l.contains("<img")) {
        // In rules and in code, or escaped.
        let code = line.starts_with(' ') || line.contains('`') && !line.starts_with("###");
        assert!(code || line.contains("\\<img"), "{line}");
    }
}

#[test]
fn names_that_differ_in_signs_alone_have_places_of_their_own() {
    let text = "entity contact from \"c.csv\"\n    id: key\n    t: text\n\n`a-b` when t is known\n\n`a.b` when t is known\n\n`-` when t is known\n";
    let (lexicon, sources) = lexicon(&[("a.lead", text)]);
    Page::new(lead_report::html(&lexicon, &sources)).is_whole();
}

#[test]
fn the_owner_is_a_line_of_the_documentation() {
    let text = "entity contact from \"c.csv\"\n    id: key\n    t: text\n\n## Somebody.\n## Owner: Marketing & sales\nlead when t is known\n";
    let (lexicon, sources) = lexicon(&[("a.lead", text)]);
    let page = lead_report::html(&lexicon, &sources);
    assert!(page.contains("<dt>Owner</dt><dd>Marketing &amp; sales</dd>"));
    assert!(!page.contains("Owner: Marketing"));
    assert!(lead_report::markdown(&lexicon, &sources).contains("- Owner: Marketing \\& sales\n"));
}

#[test]
fn a_lexicon_without_definitions_has_a_page() {
    let (lexicon, sources) = lexicon(&[("a.lead", "")]);
    Page::new(lead_report::html(&lexicon, &sources)).is_whole();
}
