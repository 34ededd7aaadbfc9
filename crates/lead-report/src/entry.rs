//! What a page says of a definition, and where it says it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use lead_diag::SourceMap;
use lead_hir::hir::{Def, DefId, DefKind, Lexicon, TableId, Ty, owner_of};
use lead_hir::walk::is_constant;

use crate::uses::Uses;

/// A lexicon with what pages need of it.
pub(crate) struct Book<'a> {
    pub lexicon: &'a Lexicon,
    pub sources: &'a SourceMap,
    pub uses: Uses,
    anchors: BTreeMap<DefId, String>,
    tables: BTreeMap<TableId, String>,
    /// How much of the names of files is the folder that holds them all.
    home: usize,
}

impl<'a> Book<'a> {
    pub fn new(lexicon: &'a Lexicon, sources: &'a SourceMap) -> Book<'a> {
        let mut taken = HashSet::new();
        let anchors = lexicon.def_ids().map(|(id, def)| (id, anchor(&def.name.key, "", &mut taken))).collect();
        let tables = lexicon.table_ids().map(|(id, t)| (id, anchor(&t.name.key, "data-", &mut taken))).collect();
        Book { lexicon, sources, uses: Uses::new(lexicon), anchors, tables, home: home(sources) }
    }

    /// Where a definition stands on its page: an id that no other has.
    pub fn anchor(&self, id: DefId) -> &str {
        self.anchors.get(&id).map_or("", String::as_str)
    }

    /// Where an entity or event stands on its page.
    pub fn table_anchor(&self, id: TableId) -> &str {
        self.tables.get(&id).map_or("", String::as_str)
    }

    /// `terms.lead`, line 44. Files are named from the folder that holds them all.
    pub fn place(&self, def: &Def) -> (String, u32) {
        let file = self.sources.file(def.name_span.file);
        let name = file.name().get(self.home..).unwrap_or(file.name());
        (name.to_string(), file.line_col(def.name_span.start).line)
    }

    /// The rule as it is written.
    pub fn rule(&self, def: &Def) -> &'a str {
        self.sources.slice(def.span)
    }

    /// Names of definitions in the order of the lexicon.
    pub fn named<'s>(&'s self, ids: Option<&BTreeSet<DefId>>) -> Vec<(DefId, &'s str)> {
        ids.into_iter().flatten().map(|id| (*id, self.lexicon.def(*id).name.text.as_str())).collect()
    }

    /// Definitions that people look up, by subject in the order of tables; those without a subject come last.
    pub fn chapters(&self) -> Vec<(Option<TableId>, Vec<DefId>)> {
        let mut chapters: Vec<(Option<TableId>, Vec<DefId>)> = Vec::new();
        let tables = self.lexicon.table_ids().map(|(id, _)| Some(id)).chain([None]);
        for subject in tables {
            let defs = self.lexicon.def_ids().filter(|(_, d)| chapter_of(d) == subject);
            let defs: Vec<DefId> = defs.filter(|(_, d)| !matches!(d.kind, DefKind::Error)).map(|(id, _)| id).collect();
            if !defs.is_empty() {
                chapters.push((subject, defs));
            }
        }
        chapters
    }
}

/// How long the folder is that all files are in.
fn home(sources: &SourceMap) -> usize {
    let mut folders = sources.files().map(|(_, f)| f.name().rfind(['/', '\\']).map_or("", |at| &f.name()[..=at]));
    let Some(first) = folders.next() else { return 0 };
    let mut home = first;
    for folder in folders {
        while !folder.starts_with(home) {
            home = home[..home.len() - 1].rfind(['/', '\\']).map_or("", |at| &home[..=at]);
        }
    }
    home.len()
}

/// What is the same for every record belongs to no kind of record, wherever it stands.
fn chapter_of(def: &Def) -> Option<TableId> {
    match &def.kind {
        DefKind::Value(expr) if is_constant(expr) => None,
        _ => def.subject,
    }
}

/// An id for a name: `anonymous-lead`.
fn anchor(key: &str, prefix: &str, taken: &mut HashSet<String>) -> String {
    let mut id: String = prefix.into();
    for c in key.chars() {
        if c.is_alphanumeric() {
            id.push(c);
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    // What begins like an id of the page's own is kept apart from these.
    let base = if prefix.is_empty() { format!("d-{}", id.trim_matches('-')) } else { id.trim_matches('-').to_string() };
    let mut id = base.clone();
    let mut n = 2;
    while !taken.insert(id.clone()) {
        id = format!("{base}-{n}");
        n += 1;
    }
    id
}

/// A type in words.
pub(crate) fn type_word(lexicon: &Lexicon, ty: &Ty) -> String {
    match ty {
        Ty::YesNo => "yes or no".into(),
        Ty::Number => "number".into(),
        Ty::Percent => "percentage".into(),
        Ty::Money => "money".into(),
        Ty::Text => "text".into(),
        Ty::OneOf(_) => "one of a list".into(),
        Ty::Date => "date".into(),
        Ty::Time => "time".into(),
        Ty::Duration => "length of time".into(),
        Ty::List(of) => format!("list of {}", type_word(lexicon, of)),
        Ty::Key => "key".into(),
        Ty::Record(table) => format!("reference to {}", lexicon.table(*table).name.text),
        Ty::Period => "period".into(),
        Ty::Error => "unknown".into(),
    }
}

/// Documentation without the line that names the owner.
pub(crate) fn docs_of(docs: Option<&str>) -> Option<String> {
    let text: Vec<&str> = docs?.lines().filter(|l| owner_of(l).is_none()).collect();
    let text = text.join("\n");
    (!text.trim().is_empty()).then_some(text)
}
