//! A value of a `one of` field, renamed where it is listed and in every rule and example.
//!
//! The lexicon is half of it: the exports hold the value too. So a rename comes with a word on that.

use lead_diag::InOrder;
use lead_diag::{Edit, Span};
use lead_hir::hir::{FieldId, TableId, Ty};
use lead_hir::index::Target;

use super::{LONGEST_NAME, Rename, RenameError, Renamed, refused};
use crate::Cancel;
use crate::facts::quoted;
use crate::snapshot::Snapshot;

impl Snapshot {
    /// The value in the quotes of a place.
    pub(super) fn renamed_value(&self, span: Span) -> Result<Renamed, RenameError> {
        let text = self.slice(span);
        match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
            Some(inner) => {
                let span = Span { start: span.start + 1, end: span.end - 1, ..span };
                Ok(Renamed { span, name: inner.replace("\"\"", "\"") })
            }
            None => refused("there is no name here that can be renamed"),
        }
    }

    pub(super) fn rename_value(
        &self,
        (table, field, at): (TableId, FieldId, u32),
        current: &str,
        new_name: &str,
        cancel: &Cancel,
    ) -> Result<Rename, RenameError> {
        let new = clean(new_name)?;
        if new == current {
            return Ok(Rename::default());
        }
        let declared = &self.lexicon().table(table).fields.get(field.0 as usize);
        let of = declared.map_or("", |f| &f.name.text);
        if let Some(Ty::OneOf(values)) = declared.map(|f| &f.ty) {
            let taken = values.iter().enumerate().find(|(i, v)| *i != at as usize && same(v, &new));
            if let Some((_, other)) = taken {
                return refused(format!("{} is a value of `{of}` already", quoted(other)));
            }
        }
        let places = self.checked().places_of(Target::Value(table, field, at));
        let text = quoted(&new);
        let mut edits: Vec<Edit> = places.iter().map(|p| Edit { span: p.span, text: text.clone() }).collect();
        edits.in_order_by_key(|e| e.span);
        edits.dedup();
        if self.verify(&edits, &std::collections::HashMap::new(), cancel)?.is_some() {
            return refused(format!(
                "{} is also written where a rename does not reach it, such as in a list of its own",
                quoted(current)
            ));
        }
        // To the data a change of case or blanks is none.
        let note = (!same(current, &new)).then(|| {
            format!(
                "exports hold the value too: a record whose `{of}` still says {} counts as not listed until it is renamed where the export comes from",
                quoted(current)
            )
        });
        Ok(Rename { edits, note })
    }
}

/// Texts compare without regard to case and surrounding blanks.
fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// The new value, without quotes around it.
fn clean(new_name: &str) -> Result<String, RenameError> {
    let trimmed = new_name.trim();
    let inner = trimmed.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(trimmed).trim();
    if inner.is_empty() {
        return refused("a value has at least one letter");
    }
    if inner.chars().any(char::is_control) {
        return refused("a value stands on one line");
    }
    if inner.chars().count() > LONGEST_NAME {
        return refused("this value is too long to be read");
    }
    Ok(inner.to_string())
}
