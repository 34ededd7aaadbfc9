//! What stands where: every place that names something, the type of every expression, the window of every measurement.
//!
//! Invariant *one resolver*: filled by [`crate::lower`] at the moment a name is resolved, so that it never disagrees with the
//! checker. Nothing is collected unless it is asked for.

use lead_diag::Span;

use crate::hir::{DefId, FieldId, TableId, Ty, WindowKind};

/// Something that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// An entity or event.
    Table(TableId),
    /// A field of one.
    Field(TableId, FieldId),
    /// A definition.
    Def(DefId),
    /// A value of a `one of` field, by its place in the list of the field's type.
    Value(TableId, FieldId, u32),
    /// A dimension of a metric that `as` names, by its place in [`crate::hir::Metric::by`].
    Dimension(DefId, u32),
}

/// Whether a place introduces a name or asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The name gets its meaning here.
    Declaration,
    /// The name is used here.
    Use,
}

/// A place that names something. The span is exactly the name, all its words and its backticks, or the quoted value.
///
/// An event's `of contact` without a line of its own is two places: the use of the entity, and the declaration of the
/// reference that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Where.
    pub span: Span,
    /// What.
    pub target: Target,
    /// How.
    pub role: Role,
}

/// An expression and its type; never [`Ty::Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The expression.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
}

/// What a window acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Events that are measured here: an aggregate, a sequence, a line `per` event.
    Events,
    /// A value that measures events without a window of its own, so that the window from here reaches into it.
    Value(DefId),
    /// A time that is tested.
    Time,
    /// `became TERM`
    Became,
}

/// A measurement or test, and the window that it is taken over, as D27 to D30 settle it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The aggregate, the use, the time, the `became`.
    pub span: Span,
    /// What the window acts on.
    pub signal: Signal,
    /// The window in force and where it stands; `None`: all time, unless a window from outside reaches the value that this is
    /// part of.
    pub window: Option<(WindowKind, Span)>,
}

/// All that was seen while a lexicon, or a part of it, was lowered.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Places, in no order.
    pub places: Vec<Place>,
    /// Types of expressions, in no order.
    pub types: Vec<Typed>,
    /// Windows, in no order.
    pub windows: Vec<Effective>,
}

/// How far an [`Index`] had been filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize, usize, usize);

impl Index {
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.places.len(), self.types.len(), self.windows.len())
    }

    /// Forgets what was added since.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.places.truncate(mark.0);
        self.types.truncate(mark.1);
        self.windows.truncate(mark.2);
    }

    /// In order of place, each finding once: what is lowered twice is recorded twice.
    pub(crate) fn tidy(&mut self) {
        self.places.sort_by_key(|p| (p.span.file, p.span.start, p.span.end, p.role, p.target));
        self.places.dedup();
        self.types.sort_by_key(|t| (t.span.file, t.span.start, t.span.end));
        self.types.dedup_by(|a, b| a.span == b.span);
        self.windows.sort_by_key(|w| (w.span.file, w.span.start, w.span.end));
        self.windows.dedup_by(|a, b| a.span == b.span && a.signal == b.signal);
    }
}
