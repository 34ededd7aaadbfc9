//! Lexicons from texts, and pages taken apart.
#![allow(dead_code)]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use lead_diag::{FileId, SourceMap};
use lead_hir::Config;
use lead_hir::hir::Lexicon;

/// A lexicon of files given as name and text.
pub fn lexicon(files: &[(&str, &str)]) -> (Lexicon, SourceMap) {
    let mut sources = SourceMap::new();
    let trees: Vec<_> = files
        .iter()
        .map(|(name, text)| {
            let id: FileId = sources.add(*name, *text);
            let parsed = lead_syntax::parse(id, text);
            assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
            (id, parsed.file)
        })
        .collect();
    let files: Vec<_> = trees.iter().map(|(id, tree)| (*id, tree)).collect();
    (lead_hir::lower(&files, &Config::default()).lexicon, sources)
}

/// The industrial example.
pub fn industrial() -> (Lexicon, SourceMap) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/industrial");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "lead"));
    files.sort();
    let texts: Vec<(String, String)> = files
        .iter()
        .map(|f| (f.file_name().unwrap().to_string_lossy().into(), fs::read_to_string(f).unwrap()))
        .collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    lexicon(&texts)
}

/// A page, taken apart.
pub struct Page {
    pub text: String,
}

impl Page {
    pub fn new(text: String) -> Page {
        Page { text }
    }

    /// What stands between `<` and `>` in its body.
    pub fn tags(&self) -> Vec<&str> {
        let body = self.text.split_once("</style>").unwrap().1;
        body.split('<').skip(1).map(|t| t.split('>').next().unwrap()).collect()
    }

    fn values(&self, attribute: &str) -> Vec<&str> {
        let open = format!(" {attribute}=\"");
        let found = self
            .tags()
            .into_iter()
            .flat_map(|t| t.split(open.as_str()).skip(1).filter_map(|v| v.split('"').next()).collect::<Vec<_>>());
        found.collect()
    }

    /// Ids are unique, what is linked and referred to is there, nothing is fetched, and every element is closed.
    pub fn is_whole(&self) {
        let mut ids = HashSet::new();
        for id in self.values("id") {
            assert!(ids.insert(id), "{id} twice");
        }
        for link in self.values("href") {
            match link.strip_prefix('#') {
                Some(id) => assert!(ids.contains(id), "{link} leads nowhere"),
                None => assert!(
                    link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:"),
                    "{link}"
                ),
            }
        }
        for attribute in ["aria-labelledby", "aria-describedby", "for"] {
            for id in self.values(attribute).iter().flat_map(|v| v.split(' ')) {
                assert!(ids.contains(id), "{attribute} {id}");
            }
        }
        assert!(self.values("src").is_empty());
        assert!(!self.tags().iter().any(|t| t.starts_with("script")));
        // What stands in the head came before the style.
        let mut open: Vec<&str> = vec!["html", "head"];
        for tag in self.tags() {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name)),
                None => {
                    let name = tag.split([' ', '\n']).next().unwrap();
                    if !["br", "hr", "input", "meta", "link", "img"].contains(&name) {
                        open.push(name);
                    }
                }
            }
        }
        assert!(open.is_empty(), "{open:?} left open");
    }
}
