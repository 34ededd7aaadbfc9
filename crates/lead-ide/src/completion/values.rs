//! Values that may stand at the cursor: those of a `one of`, of a choice, of a column.

use lead_hir::hir::{FieldId, TableId, Ty};
use lead_syntax::ast::fold_name;

use super::CompletionKind;
use super::list::List;
use super::offer::{Like, Want};
use crate::names::Member;

impl List<'_> {
    /// Values of what is compared with.
    pub fn values_of(&mut self, want: &Want) {
        let ty = want.ty.as_ref().map(|ty| if let Ty::List(item) = ty { item } else { ty });
        if let Some(Ty::OneOf(values)) = ty {
            let values = values.clone();
            return self.add_texts(110, &values, CompletionKind::Text, "one of the values");
        }
        if !matches!(ty, None | Some(Ty::Text | Ty::Key | Ty::Record(_))) {
            return;
        }
        match &want.like {
            Some(Like::Member(Member::Field(table, field))) => self.field_values(*table, *field),
            Some(Like::Member(Member::Def(def))) => {
                // A measurement of a field: its values are the field's.
                if let Some((table, field)) = super::columns::measured_field(self.snapshot.lexicon(), *def) {
                    self.field_values(table, field);
                }
            }
            _ => {}
        }
    }

    /// Values that a column of the exports holds.
    fn field_values(&mut self, table: TableId, field: FieldId) {
        let lexicon = self.snapshot.lexicon();
        if let Ty::OneOf(values) = &lexicon.field(table, field).ty {
            let values = values.clone();
            return self.add_texts(110, &values, CompletionKind::Text, "one of the values");
        }
        let columns = super::columns::columns_of(self.snapshot, table, field);
        for (source, header) in columns {
            let samples = self.snapshot.exports().samples(&source, &header);
            self.add_texts(100, &samples, CompletionKind::Text, "in the export");
        }
    }

    /// Values of a column by its header, or by a name that finds it.
    pub fn column_values(&mut self, sources: &[String], header: &str, base: i32) {
        let wanted = fold_header(header);
        for source in sources {
            let Some(headers) = self.snapshot.exports().headers(source) else { continue };
            if let Some(found) = headers.iter().find(|h| fold_header(h) == wanted) {
                let samples = self.snapshot.exports().samples(source, found);
                self.add_texts(base, &samples, CompletionKind::Text, "in the export");
            }
        }
    }
}

/// Headers match names without regard to case, blanks, underscores and hyphens.
pub(crate) fn fold_header(header: &str) -> String {
    fold_name(header).chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}
