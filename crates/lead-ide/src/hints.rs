//! Inlay hints: what a reader would have to look up. The window that a signal is taken over where another line says it,
//! the type of a value, the subject of a definition that stands far from its `for`.

use lead_diag::InOrder;
use std::ops::Range;

use lead_diag::{FileId, Span};
use lead_hir::hir::{DefId, DefKind};
use lead_hir::index::{Effective, Signal};
use lead_syntax::ast::{AggregateBody, ExprKind, Records, Statement, StatementKind};

use crate::facts::short_type;
use crate::tree::{self, Node};
use crate::{Snapshot, words};

/// What a hint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HintKind {
    /// The window of a signal.
    Window,
    /// The type of a value.
    Type,
    /// The subject of a definition.
    Subject,
}

/// A text that is shown at a place and is not in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where.
    pub offset: u32,
    /// What.
    pub label: String,
    /// Of which kind.
    pub kind: HintKind,
    /// More, when asked for.
    pub tooltip: String,
    /// Where what the hint tells is written.
    pub target: Option<Span>,
}

/// Which subjects are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectHints {
    /// None.
    Never,
    /// Of definitions whose `for` is out of sight, or is not written.
    Far,
    /// All.
    Always,
}

/// Which hints are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HintSettings {
    /// Windows that stand neither just behind their signal nor in its line.
    pub windows: bool,
    /// Also that a signal of a decision has none.
    pub all_time: bool,
    /// Types of values.
    pub types: bool,
    /// Subjects of definitions.
    pub subjects: SubjectHints,
}

impl Default for HintSettings {
    fn default() -> HintSettings {
        HintSettings { windows: true, all_time: true, types: true, subjects: SubjectHints::Far }
    }
}

/// A `for` that is farther above than this many lines is out of sight.
const FAR: u32 = 30;

impl Snapshot {
    /// The hints between two offsets of a file, in order of place.
    pub fn inlay_hints(&self, file: FileId, range: Range<u32>, settings: &HintSettings) -> Vec<Hint> {
        let Some(checked) = self.file(file) else { return Vec::new() };
        let mut out = Vec::new();
        let defs = self.defs_in(file, &range);
        if settings.windows {
            self.window_hints(file, &range, settings, &mut out);
        }
        if settings.types {
            defs.iter().for_each(|def| self.type_hint(*def, &mut out));
        }
        if settings.subjects != SubjectHints::Never {
            self.subject_hints(file, &checked.tree().statements, &defs, settings.subjects, &mut out);
        }
        out.retain(|h| range.start <= h.offset && h.offset <= range.end);
        out.in_order_by_key(|h| h.offset);
        out
    }

    /// The definitions that are named between two offsets, in order of place.
    pub(crate) fn defs_in(&self, file: FileId, range: &Range<u32>) -> Vec<DefId> {
        let inside = |s: Span| s.file == file && s.start <= range.end && range.start <= s.end;
        let mut out: Vec<DefId> = self.checked().defs().filter(|(_, d)| inside(d.span)).map(|(id, _)| id).collect();
        out.in_order_by_key(|id| self.lexicon().def(*id).span.start);
        out
    }

    fn window_hints(&self, file: FileId, range: &Range<u32>, settings: &HintSettings, out: &mut Vec<Hint>) {
        let Some(checked) = self.file(file) else { return };
        let windows = self.checked().windows_in(file);
        let lines = self.lines(file);
        for statement in tree::statements_in(checked.tree(), range.start, range.end) {
            let decides =
                matches!(statement.kind, StatementKind::Term(_) | StatementKind::Choice(_) | StatementKind::Score(_));
            let from = windows.partition_point(|w| w.span.start < statement.span.start);
            let inside = windows.iter().skip(from).take_while(|w| w.span.end <= statement.span.end);
            let beside = beside(statement);
            for effective in inside {
                // A reader looks up what another line says, not what stands further on in the same.
                let near = effective.window.is_some_and(|(_, at)| {
                    lines.line_of(effective.span.end) == lines.line_of(at.start) || is_beside(effective, at, &beside)
                });
                match effective.window {
                    Some((kind, at)) if !near => out.push(self.window_hint(effective, kind, at)),
                    None if settings.all_time && decides && effective.signal != Signal::Time => {
                        out.push(self.all_time_hint(effective));
                    }
                    _ => {}
                }
            }
        }
    }

    fn window_hint(&self, effective: &Effective, kind: lead_hir::hir::WindowKind, at: Span) -> Hint {
        let says = words::window(self.lexicon(), kind);
        let written = self.slice(at).split_whitespace().collect::<Vec<_>>().join(" ");
        let label = if written.is_empty() { says.clone() } else { written };
        let more = if label.eq_ignore_ascii_case(&says) { String::new() } else { format!(": `{says}`") };
        let what = match effective.signal {
            Signal::Value(def) => format!("`{}` is measured", self.lexicon().def(def).name.text),
            Signal::Events => "these events are counted".to_string(),
            Signal::Time => "this time is tested".to_string(),
            Signal::Became => "this change is looked for".to_string(),
        };
        Hint {
            offset: effective.span.end,
            tooltip: format!("{what} over the window behind the condition{more}"),
            label,
            kind: HintKind::Window,
            target: Some(at),
        }
    }

    fn all_time_hint(&self, effective: &Effective) -> Hint {
        Hint {
            offset: effective.span.end,
            label: "over all time".into(),
            kind: HintKind::Window,
            tooltip: "no window covers this signal, so everything up to the as-of time counts".into(),
            target: None,
        }
    }

    fn type_hint(&self, id: DefId, out: &mut Vec<Hint>) {
        let def = self.lexicon().def(id);
        if !matches!(def.kind, DefKind::Value(_)) {
            return;
        }
        let label = short_type(self.lexicon(), &def.ty);
        let obvious = matches!(&def.kind, DefKind::Value(e) if matches!(e.kind, lead_hir::hir::ExprKind::Literal(_)));
        if label.is_empty() || obvious {
            return;
        }
        out.push(Hint {
            offset: def.name_span.end,
            label: format!(": {label}"),
            kind: HintKind::Type,
            tooltip: format!("`{}` is {}", def.name.text, crate::facts::type_text(self.lexicon(), &def.ty)),
            target: None,
        });
    }

    fn subject_hints(
        &self,
        file: FileId,
        statements: &[Statement],
        defs: &[DefId],
        wanted: SubjectHints,
        out: &mut Vec<Hint>,
    ) {
        let lines = self.lines(file);
        for id in defs {
            let def = self.lexicon().def(*id);
            let Some(subject) = def.subject else { continue };
            let behind = statements.partition_point(|s| s.span.start < def.span.start);
            let above = statements.get(..behind).unwrap_or(&[]);
            let head = above.iter().rev().find(|s| matches!(s.kind, StatementKind::Subject(_)));
            let here = lines.line_of(def.span.start);
            // Once a screen is enough, so definitions near one that tells go without.
            let told = out.iter().rev().find(|h| h.kind == HintKind::Subject).map(|h| lines.line_of(h.offset));
            let known = head.map(|h| lines.line_of(h.span.start)).max(told);
            if wanted == SubjectHints::Far && known.is_some_and(|line| here.saturating_sub(line) < FAR) {
                continue;
            }
            let table = self.lexicon().table(subject);
            let why = match head {
                Some(_) => "named by the nearest `for` above",
                None => "the first entity declared, as no `for` stands above",
            };
            out.push(Hint {
                offset: def.name_span.end,
                label: format!("of {}", table.name.text),
                kind: HintKind::Subject,
                tooltip: format!("said of `{}`: {why}", table.name.text),
                target: Some(head.map_or(table.name_span, |h| h.span)),
            });
        }
    }
}

/// A window that stands behind one comparison or measurement alone.
struct Beside {
    window: Span,
    /// What it stands behind.
    value: Span,
    /// The conditions of records in there: what is measured in one is out of sight.
    inner: Vec<Span>,
}

fn beside(statement: &Statement) -> Vec<Beside> {
    let mut out: Vec<Beside> = Vec::new();
    tree::statement(statement, &mut |node| {
        let Node::Expr(expr) = node else { return };
        match &expr.kind {
            ExprKind::Windowed { value, window }
                if !matches!(value.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Paren(_)) =>
            {
                out.push(Beside { window: window.span, value: value.span, inner: Vec::new() });
            }
            ExprKind::Aggregate(aggregate) => {
                if let AggregateBody::Records(Records { filter: Some(filter), .. }) = &aggregate.body
                    && let Some(last) = out.last_mut()
                {
                    last.inner.push(filter.span);
                }
            }
            _ => {}
        }
    });
    out
}

/// Whether a reader sees the window beside the signal: inside it, or just behind the comparison that it stands in.
fn is_beside(effective: &Effective, window: Span, beside: &[Beside]) -> bool {
    let signal = effective.span;
    let holds = |outer: Span| outer.start <= signal.start && signal.end <= outer.end;
    let inside = signal.start <= window.start && window.end <= signal.end;
    inside || beside.iter().any(|b| b.window == window && holds(b.value) && !b.inner.iter().any(|f| holds(*f)))
}
