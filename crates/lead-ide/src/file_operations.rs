//! What has to change in a lexicon when its files, or the exports beside it, are renamed.

use lead_diag::InOrder;
use lead_diag::{Edit, FileId, Span};

use crate::facts::quoted;
use crate::snapshot::Snapshot;

/// A file or folder that gets another name. Paths use `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileRename {
    /// An export or a folder of exports, relative to the data folder.
    Export {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A `.lead` file or a folder of such, relative to the lexicon's folder.
    Lexicon {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
}

impl Snapshot {
    /// The edits that keep references to renamed files true: `from "…"`, `in "…"` and `[sources."…"]` for exports; comments that
    /// mention a `.lead` file.
    pub fn rename_files(&self, renames: &[FileRename]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let files: Vec<FileId> = self.checked().files().map(|f| f.id).collect();
        for rename in renames {
            match rename {
                FileRename::Export { from, to } => {
                    for file in &files {
                        self.source_texts(*file, &mut |text| {
                            if let Some(new) = moved(&text.value, from, to) {
                                edits.push(Edit { span: text.span, text: quoted(&new) });
                            }
                        });
                    }
                    edits.extend(self.settings_of_source(from, to));
                }
                FileRename::Lexicon { from, to } => {
                    for file in &files {
                        self.mentions(*file, from, to, &mut edits);
                    }
                }
            }
        }
        edits.in_order_by_key(|e| e.span);
        edits.dedup_by_key(|e| e.span);
        edits
    }

    /// The headings of `lead.toml` that name the export.
    fn settings_of_source(&self, from: &str, to: &str) -> Vec<Edit> {
        let mut edits = Vec::new();
        let Some(file) = self.checked().config_file else { return edits };
        let text = self.text(file);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let heading = line.trim_start().starts_with("[sources.");
            if heading && let Some(open) = line.find('"') {
                let inner = line.get(open + 1..).unwrap_or("");
                if let Some(close) = inner.find('"')
                    && let Some(new) = inner.get(..close).and_then(|name| moved(name, from, to))
                    && !new.contains(['"', '\\'])
                {
                    let at = start + open + 1;
                    edits.push(Edit { span: Span::new(file, at, at + close), text: new });
                }
            }
            start += line.len();
        }
        edits
    }

    /// Comments of a file that mention another by its name.
    fn mentions(&self, file: FileId, from: &str, to: &str, edits: &mut Vec<Edit>) {
        let Some(checked) = self.file(file) else { return };
        let short = |path: &str| path.rsplit('/').next().unwrap_or(path).to_string();
        let mut names = vec![(from.to_string(), to.to_string())];
        if short(from) != from && short(from) != short(to) {
            names.push((short(from), short(to)));
        }
        for comment in &checked.tree().comments {
            for (old, new) in names.iter().filter(|(old, new)| old.ends_with(".lead") && old != new) {
                for (at, _) in comment.text.match_indices(old.as_str()) {
                    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
                    let before = comment.text[..at].chars().next_back();
                    let mut behind = comment.text[at + old.len()..].chars();
                    let next = behind.next();
                    let ends = next.is_none_or(|c| !part(c) || (c == '.' && behind.next().is_none_or(|c| !part(c))));
                    if before.is_some_and(part) || !ends {
                        continue;
                    }
                    let start = comment.span.start as usize + at;
                    edits.push(Edit { span: Span::new(file, start, start + old.len()), text: new.clone() });
                }
            }
        }
    }
}

/// The new path of a file that was renamed, or that lies in a folder that was; `None` if it is another.
fn moved(path: &str, from: &str, to: &str) -> Option<String> {
    let plain = path.strip_prefix("./").unwrap_or(path);
    if plain == from {
        return Some(to.to_string());
    }
    let rest = plain.strip_prefix(from.trim_end_matches('/'))?.strip_prefix('/')?;
    Some(format!("{}/{rest}", to.trim_end_matches('/')))
}
