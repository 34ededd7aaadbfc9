//! Rename: every place of a name in all files, checked before it is proposed.
//!
//! Nothing is guessed about what a new name would be read as: the renamed texts are read and checked like any others, and
//! the rename is refused if a place would mean something else, or if there were a mistake that there was not before.

mod value;

use lead_diag::InOrder;
use std::collections::HashMap;
use std::sync::Arc;

use lead_diag::{Diagnostic, Edit, FileId, Span, apply_edits};
use lead_hir::hir::{FieldId, TableId, TableKind, Ty};
use lead_hir::index::{Place, Role, Target};
use lead_hir::{Checked, Session};
use lead_syntax::ast::{StatementKind, fold_name};

use crate::facts::quoted;
use crate::names::Item;
use crate::snapshot::{FilePosition, Snapshot};
use crate::spelling::reads_as_name;
use crate::{Cancel, Cancelled};

/// What a rename would be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name under the cursor, backticks left out.
    pub span: Span,
    /// The name as it is now.
    pub name: String,
}

/// A rename, worked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rename {
    /// What changes, in all files.
    pub edits: Vec<Edit>,
    /// What the edits do not reach, in a sentence for people.
    pub note: Option<String>,
}

/// Why something cannot be renamed, in a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenameError {
    /// It cannot be done.
    Refused(String),
    /// The work was given up.
    Cancelled,
}

impl From<Cancelled> for RenameError {
    fn from(_: Cancelled) -> RenameError {
        RenameError::Cancelled
    }
}

fn refused<T>(message: impl Into<String>) -> Result<T, RenameError> {
    Err(RenameError::Refused(message.into()))
}

/// As many places are read again to see whether a name needs backticks.
const LONGEST_NAME: usize = 120;

impl Snapshot {
    /// The name at a position, if it can be renamed.
    pub fn prepare_rename(&self, at: FilePosition) -> Result<Renamed, RenameError> {
        let places = self.places_at(at);
        let Some(place) = renamed_place(&places) else {
            return refused("there is no name here that can be renamed");
        };
        if let Target::Value(..) = place.target {
            return self.renamed_value(place.span);
        }
        let text = self.slice(place.span);
        let ticks = text.starts_with('`') && text.ends_with('`') && text.len() > 2;
        let span = if ticks {
            Span { start: place.span.start + 1, end: place.span.end - 1, ..place.span }
        } else {
            place.span
        };
        Ok(Renamed { span, name: self.slice(span).to_string() })
    }

    /// The edits that rename what stands at a position, in all files.
    pub fn rename(&self, at: FilePosition, new_name: &str, cancel: &Cancel) -> Result<Rename, RenameError> {
        let current = self.prepare_rename(at)?;
        let places = self.places_at(at);
        let Some(place) = renamed_place(&places) else {
            return refused("there is no name here that can be renamed");
        };
        if let Target::Value(table, field, value) = place.target {
            return self.rename_value((table, field, value), &current.name, new_name, cancel);
        }
        let new = clean(new_name)?;
        if new == current.name {
            return Ok(Rename::default());
        }
        let key = fold_name(&new);
        let group = self.renamed_together(place.target);
        if key != fold_name(&current.name) {
            for target in &group {
                self.no_clash(*target, &key, &new)?;
            }
        }
        cancel.check()?;
        let renames: HashMap<String, String> = group
            .iter()
            .filter_map(|t| Some((identity(self.checked(), *t)?, self.identity_after(*t, &key, &group)?)))
            .collect();
        let plain = reads_as_name(&new);
        let spelled = |quoted: bool| if quoted { format!("`{new}`") } else { new.clone() };
        let edits = self.edits(&group, &spelled(!plain));
        let mut verdict = self.verify(&edits, &renames, cancel)?;
        let mut edits = edits;
        if verdict.is_some() && plain {
            // In some places a word of the name may be read as one of the language.
            let ticked = self.edits(&group, &spelled(true));
            if self.verify(&ticked, &renames, cancel)?.is_none() {
                (edits, verdict) = (ticked, None);
            }
        }
        match verdict {
            Some(reason) => refused(reason),
            None => Ok(Rename { edits, note: None }),
        }
    }

    /// What bears the name by the same words: an entity, and the references that `of` alone declares.
    fn renamed_together(&self, target: Target) -> Vec<Target> {
        let mut group = vec![target];
        if let Target::Table(_) = target {
            for place in self.checked().places_of(target) {
                let both = self.checked().places_at(place.span.file, place.span.start);
                for other in both.filter(|p| p.span == place.span && p.role == Role::Declaration) {
                    if matches!(other.target, Target::Field(..)) && !group.contains(&other.target) {
                        group.push(other.target);
                    }
                }
            }
        }
        group
    }

    /// Refuses a name that something else bears.
    fn no_clash(&self, target: Target, key: &str, new: &str) -> Result<(), RenameError> {
        let lexicon = self.lexicon();
        let taken = |what: String| refused(format!("`{new}` is the name of {what} already"));
        match target {
            Target::Table(_) | Target::Def(_) => {
                match self.names().item(key) {
                    Some(Item::Table(other)) if Target::Table(other) != target => {
                        let what = if lexicon.table(other).is_event() { "an event" } else { "an entity" };
                        return taken(what.to_string());
                    }
                    Some(Item::Def(other)) if Target::Def(other) != target => {
                        return taken(format!("a {}", crate::completion::def_detail(self, other)));
                    }
                    _ => {}
                }
                if let Target::Def(def) = target
                    && let Some(subject) = lexicon.def(def).subject
                    && lexicon.table(subject).field_named(key).is_some()
                {
                    return taken(format!("a field of `{}`", lexicon.table(subject).name.text));
                }
            }
            Target::Field(table, field) => {
                if lexicon.table(table).field_named(key).is_some_and(|other| other != field) {
                    return taken(format!("a field of `{}`", lexicon.table(table).name.text));
                }
                if let Some(Item::Def(def)) = self.names().item(key)
                    && lexicon.def(def).subject == Some(table)
                {
                    return taken(format!("a {}", crate::completion::def_detail(self, def)));
                }
            }
            Target::Dimension(..) | Target::Value(..) => {}
        }
        Ok(())
    }

    /// The edits for a spelling of the new name.
    fn edits(&self, group: &[Target], spelling: &str) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        for target in group {
            let places = self.checked().places_of(*target);
            edits.extend(places.iter().map(|p| Edit { span: p.span, text: spelling.to_string() }));
            if let Target::Field(table, field) = target {
                edits.extend(self.keep_column(*table, *field, spelling));
            }
        }
        edits.in_order_by_key(|e| e.span);
        edits.dedup();
        edits
    }

    /// A field that is found by its name is read from the same column after the rename.
    fn keep_column(&self, table: TableId, id: FieldId, spelling: &str) -> Option<Edit> {
        let of = self.lexicon().table(table);
        let field = of.fields.get(id.0 as usize)?;
        if !field.headers.is_empty() {
            return None;
        }
        let columns = crate::completion::columns_of(self, table, id);
        let mut headers: Vec<String> = columns.into_iter().map(|(_, header)| header).collect();
        if headers.is_empty() {
            headers.push(field.name.text.clone());
            if let Ty::Record(to) = field.ty {
                headers.push(format!("{} id", field.name.text));
                let key = self.lexicon().table(to).key.map(|k| self.lexicon().field(to, k));
                headers.extend(key.and_then(|k| k.headers.first()).map(|h| h.header.clone()));
            }
        }
        headers.dedup();
        let from = headers.iter().map(|h| quoted(h)).collect::<Vec<_>>().join(", ");
        let declared = self.checked().declaration(Target::Field(table, id))?.span;
        let implied = matches!(of.kind, TableKind::Event { subject: Some(subject), .. } if subject == id)
            && !self.has_line(table, &field.name.key);
        if implied {
            // The reference stands in the head alone: it gets a line, which names the column.
            let Ty::Record(to) = field.ty else { return None };
            let entity = if self.renamed_with(table, id) {
                spelling.to_string()
            } else {
                crate::written(&self.lexicon().table(to).name.text)
            };
            let head = self.head_end(table)?;
            return Some(Edit { span: head, text: format!("\n    {spelling} -> {entity} from {from}") });
        }
        let end = Span { start: field.span.end, ..field.span };
        (declared.file == end.file).then(|| Edit { span: end, text: format!(" from {from}") })
    }

    /// Whether a reference is named by the entity it leads to, in the head of its event.
    fn renamed_with(&self, table: TableId, field: FieldId) -> bool {
        let Ty::Record(to) = self.lexicon().field(table, field).ty else { return false };
        self.lexicon().field(table, field).name.key == self.lexicon().table(to).name.key
    }

    fn has_line(&self, table: TableId, key: &str) -> bool {
        let span = self.lexicon().table(table).span;
        let Some(file) = self.file(span.file) else { return false };
        let found = file.tree().statements.iter().find(|s| s.span.start == span.start);
        let fields = match found.map(|s| &s.kind) {
            Some(StatementKind::Event(event)) => &event.fields,
            Some(StatementKind::Entity(entity)) => &entity.fields,
            _ => return false,
        };
        fields.iter().any(|f| f.name.key() == key)
    }

    /// The end of the head of a table.
    fn head_end(&self, table: TableId) -> Option<Span> {
        let span = self.lexicon().table(table).span;
        let file = self.file(span.file)?;
        let statement = file.tree().statements.iter().find(|s| s.span.start == span.start)?;
        let StatementKind::Event(event) = &statement.kind else { return None };
        let sources = event.sources.last().map(|s| s.span.end);
        let end = event.filter.as_ref().map(|f| f.span.end).or(sources)?;
        Some(Span { start: end, end, ..span })
    }

    /// Reads and checks the renamed texts. `Some`: why the rename must not be done.
    fn verify(
        &self,
        edits: &[Edit],
        renames: &HashMap<String, String>,
        cancel: &Cancel,
    ) -> Result<Option<String>, RenameError> {
        let old = self.checked();
        let mut by_file: HashMap<FileId, Vec<Edit>> = HashMap::new();
        for edit in edits {
            by_file.entry(edit.span.file).or_default().push(edit.clone());
        }
        let mut session = Session::new();
        if let Some(file) = old.config_file.and_then(|f| old.file(f)) {
            session.set_config(&file.name, Some(file.text.clone()));
        }
        let mut ids: Vec<(FileId, FileId)> = Vec::new();
        for file in old.files() {
            let text: Arc<str> = match by_file.get(&file.id) {
                Some(edits) => {
                    let (text, applied) = apply_edits(&file.text, edits);
                    if applied != edits.len() {
                        return Ok(Some("its places overlap".into()));
                    }
                    text.into()
                }
                None => file.text.clone(),
            };
            ids.push((file.id, session.set_file(&file.name, text)));
        }
        cancel.check()?;
        let new = session.check();
        cancel.check()?;
        for (before, after) in ids {
            let errors = |checked: &Checked, file| {
                let all = checked.diagnostics(file).iter().filter(|d| d.is_error());
                all.cloned().collect::<Vec<Diagnostic>>()
            };
            let (known, found) = (errors(old, before), errors(&new, after));
            if found.len() > known.len() {
                let codes: Vec<_> = known.iter().map(|d| d.code).collect();
                let fresh = found.iter().find(|d| !codes.contains(&d.code)).or(found.first());
                return Ok(fresh.map(|d| format!("with this name {}", d.message)));
            }
            if let Some(lost) = changed_meaning(old, before, &new, after, renames) {
                return Ok(Some(lost));
            }
        }
        Ok(None)
    }

    /// What a target is called once it is renamed.
    fn identity_after(&self, target: Target, key: &str, group: &[Target]) -> Option<String> {
        let lexicon = self.lexicon();
        Some(match target {
            Target::Table(_) | Target::Def(_) => key.to_string(),
            Target::Field(table, _) => {
                let renamed = group.contains(&Target::Table(table));
                let table = if renamed { key } else { lexicon.table(table).name.key.as_str() };
                format!("{table}.{key}")
            }
            Target::Dimension(def, at) => format!("{} by {at}", lexicon.def(def).name.key),
            Target::Value(..) => return None,
        })
    }
}

/// The place that is meant: a use before what it declares by the way.
fn renamed_place(places: &[Place]) -> Option<&Place> {
    places.iter().find(|p| p.role == Role::Use).or(places.first())
}

/// The new name without what may not be in it.
fn clean(new_name: &str) -> Result<String, RenameError> {
    let trimmed = new_name.trim();
    let inner = trimmed.strip_prefix('`').and_then(|t| t.strip_suffix('`')).unwrap_or(trimmed).trim();
    if inner.is_empty() {
        return refused("a name has at least one letter");
    }
    if inner.contains('`') || inner.chars().any(char::is_control) {
        return refused("a name stands on one line and holds no backticks");
    }
    if inner.chars().count() > LONGEST_NAME {
        return refused("this name is too long to be read");
    }
    if !inner.chars().any(char::is_alphanumeric) {
        return refused("a name has at least one letter");
    }
    Ok(inner.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What a target is called, apart from its number.
fn identity(checked: &Checked, target: Target) -> Option<String> {
    let lexicon = &checked.lexicon;
    Some(match target {
        Target::Table(id) => lexicon.table(id).name.key.clone(),
        Target::Def(id) => lexicon.def(id).name.key.clone(),
        Target::Field(table, field) => {
            let of = lexicon.table(table);
            format!("{}.{}", of.name.key, of.fields.get(field.0 as usize)?.name.key)
        }
        Target::Value(table, field, at) => {
            let of = lexicon.table(table);
            format!("{}.{} {at}", of.name.key, of.fields.get(field.0 as usize)?.name.key)
        }
        Target::Dimension(def, at) => format!("{} by {at}", lexicon.def(def).name.key),
    })
}

/// A name that would stand for something else than before.
fn changed_meaning(
    old: &Checked,
    before: FileId,
    new: &Checked,
    after: FileId,
    renames: &HashMap<String, String>,
) -> Option<String> {
    let uses = |checked: &Checked, file| -> Vec<String> {
        let places = checked.places_in(file).iter().filter(|p| p.role == Role::Use);
        places.filter_map(|p| identity(checked, p.target)).collect()
    };
    // What belongs to something renamed is called by the new name of its table or definition.
    let renamed = |name: &str| -> String {
        if let Some(new) = renames.get(name) {
            return new.clone();
        }
        for joint in [".", " by "] {
            if let Some((head, rest)) = name.split_once(joint)
                && let Some(new) = renames.get(head)
            {
                return format!("{new}{joint}{rest}");
            }
        }
        // A value of a renamed field.
        match name.rsplit_once(' ').and_then(|(field, at)| Some((renames.get(field)?, at))) {
            Some((field, at)) => format!("{field} {at}"),
            None => name.to_string(),
        }
    };
    let wanted: Vec<String> = uses(old, before).iter().map(|n| renamed(n)).collect();
    let mut found: HashMap<String, usize> = HashMap::new();
    for name in uses(new, after) {
        *found.entry(name).or_default() += 1;
    }
    for name in wanted {
        match found.get_mut(&name) {
            Some(left) if *left > 0 => *left -= 1,
            _ => {
                let shown = name.split(['.', ' ']).next_back().unwrap_or(&name).to_string();
                let shown = renames
                    .values()
                    .find(|v| **v == name)
                    .map_or(shown, |v| v.rsplit('.').next().unwrap_or(v).to_string());
                return Some(format!(
                    "with this name `{shown}` would stand for something else in `{}`",
                    old.file(before)?.name
                ));
            }
        }
    }
    None
}
