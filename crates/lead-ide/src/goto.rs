//! Where things are declared and where they are used: goto definition, goto type definition, references, highlight.

use lead_diag::InOrder;
use lead_diag::Span;
use lead_hir::hir::Ty;
use lead_hir::index::{Place, Role, Target};

use crate::snapshot::{FilePosition, Snapshot};

/// A place to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goto {
    /// The name that was asked about.
    pub origin: Span,
    /// The whole declaration: a statement, or a line of one.
    pub whole: Span,
    /// The name in it.
    pub name: Span,
}

/// A place of the same thing, in the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The place.
    pub span: Span,
    /// Whether it is the declaration.
    pub declaration: bool,
}

impl Snapshot {
    /// The place of a name at a position, and of whatever else the same words name.
    pub(crate) fn places_at(&self, at: FilePosition) -> Vec<Place> {
        let Some(at) = self.clamp(at) else { return Vec::new() };
        let Some(first) = self.checked().place_at(at.file, at.offset).copied() else { return Vec::new() };
        self.checked().places_at(at.file, at.offset).filter(|p| p.span == first.span).copied().collect()
    }

    /// Where the name at a position is declared. The declaration leads to itself.
    pub fn goto_definition(&self, at: FilePosition) -> Vec<Goto> {
        let places = self.places_at(at);
        // `of contact` uses the entity, and declares the reference by the way: what it uses is asked for.
        let used: Vec<Place> = places.iter().filter(|p| p.role == Role::Use).copied().collect();
        let asked = if used.is_empty() { &places } else { &used };
        let mut found: Vec<Goto> = asked.iter().filter_map(|p| self.goto(p.span, p.target)).collect();
        found.dedup();
        found
    }

    /// Where the type of what stands at a position is declared: the entity of a reference, the field of a value, the subject
    /// of a definition.
    pub fn goto_type_definition(&self, at: FilePosition) -> Vec<Goto> {
        let lexicon = self.lexicon();
        let mut found = Vec::new();
        for place in self.places_at(at) {
            let target = match place.target {
                Target::Field(table, field) => match lexicon.table(table).fields.get(field.0 as usize).map(|f| &f.ty) {
                    Some(Ty::Record(to)) => Target::Table(*to),
                    _ => Target::Field(table, field),
                },
                Target::Value(table, field, _) => Target::Field(table, field),
                Target::Def(def) => match lexicon.def(def).subject {
                    Some(subject) => Target::Table(subject),
                    None => continue,
                },
                other => other,
            };
            found.extend(self.goto(place.span, target));
        }
        found.dedup();
        found
    }

    /// The declaration of something.
    pub(crate) fn goto(&self, origin: Span, target: Target) -> Option<Goto> {
        let name = self.checked().declaration(target)?.span;
        let lexicon = self.lexicon();
        let whole = match target {
            Target::Table(table) => lexicon.table(table).span,
            Target::Def(def) => lexicon.def(def).span,
            Target::Field(table, field) => lexicon.table(table).fields.get(field.0 as usize)?.span,
            Target::Value(..) | Target::Dimension(..) => name,
        };
        // What cannot be on one's screen whole must at least hold the name.
        let whole =
            if whole.file == name.file && whole.start <= name.start && name.end <= whole.end { whole } else { name };
        Some(Goto { origin, whole, name })
    }

    /// Every place in all files that names what stands at a position.
    pub fn references(&self, at: FilePosition, declaration: bool) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        for place in self.places_at(at) {
            let all = self.checked().places_of(place.target);
            found.extend(all.iter().filter(|p| declaration || p.role == Role::Use).map(|p| p.span));
        }
        found.in_order();
        found.dedup();
        found
    }

    /// The places in the same file.
    pub fn highlight(&self, at: FilePosition) -> Vec<Highlight> {
        let places = self.places_at(at);
        let all = self.checked().places_in(at.file).iter();
        let mut found: Vec<Highlight> = all
            .filter(|p| places.iter().any(|asked| asked.target == p.target))
            .map(|p| Highlight { span: p.span, declaration: p.role == Role::Declaration })
            .collect();
        found.dedup_by(|a, b| a.span == b.span);
        found
    }
}
