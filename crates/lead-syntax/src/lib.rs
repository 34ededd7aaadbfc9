//! Lead text to syntax trees, and back to well-laid-out text.
//!
//! The only user of the grammar. Never fails: whatever the text, there is a tree, and a diagnostic for each part that
//! could not be read.

mod alone;
pub mod ast;
mod build;
mod debug;
mod format;
mod reparse;
mod same_shape;
mod shorten;
mod split;
mod statement;

use lead_diag::InOrder;
use lead_diag::{Applicability, Diagnostic, FileId, Fix, Span, codes};

pub use lead_scan as scan;

pub use alone::{Piece, pieces, read_alone};
pub use debug::debug;
pub use format::{Laid, format, lay_out};
pub use reparse::{Reparsed, reparse};

use ast::{Comment, File, Name, Statement, StatementKind};
use reparse::Known;
use shorten::Shapes;
use statement::Found;

/// The months by name, January first, in small letters.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A file's tree, and what could not be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree. Statements that could not be read are in it as [`StatementKind::Broken`] or hold error nodes.
    pub file: File,
    /// In order of place. Every error node of the tree has one.
    pub diagnostics: Vec<Diagnostic>,
    /// What each statement's text gave, for [`reparse()`].
    pieces: Vec<Known>,
}

/// The largest text that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// Reads a file. Never fails; takes time in proportion to the text.
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > MAX_BYTES {
        return Parsed { diagnostics: vec![too_large(file, text)], ..Parsed::default() };
    }
    let (pieces, comments) = split::split(file, text);
    let mut parts = read_all(file, text, &pieces, &comments).into_iter();
    // What the first part gave stays where it is.
    let Read { mut statements, mut diagnostics, known: mut pieces } = parts.next().unwrap_or_default();
    for part in parts {
        statements.extend(part.statements);
        diagnostics.extend(part.diagnostics);
        pieces.extend(part.known);
    }
    Parsed { file: File { statements, comments }, diagnostics, pieces }
}

fn too_large(file: FileId, text: &str) -> Diagnostic {
    Diagnostic::new(codes::TOO_LARGE, format!("the file has {} MB", text.len() >> 20))
        .label(Span::new(file, 0, 0), "not read")
        .help("split the lexicon into several files of at most 8 MB; they share their names")
        .note("a `.lead` file holds definitions; data belongs into the exports")
}

/// A text that is larger is read by several threads; statements know nothing of each other.
const LARGE: usize = 256 << 10;

/// The statements of pieces, in order, and what could not be read of them.
#[derive(Default)]
struct Read {
    statements: Vec<Statement>,
    diagnostics: Vec<Diagnostic>,
    known: Vec<Known>,
}

fn read_all(file: FileId, text: &str, pieces: &[split::Piece], comments: &[Comment]) -> Vec<Read> {
    let read = |part: &[split::Piece]| {
        // What the other parts give comes behind what the first one does.
        let count = if part.as_ptr() == pieces.as_ptr() { pieces.len() } else { part.len() };
        let mut out =
            Read { statements: Vec::with_capacity(count), known: Vec::with_capacity(count), ..Read::default() };
        let mut shapes = Shapes::default();
        part.iter().for_each(|piece| read_piece(file, text, piece, comments, &mut shapes, &mut out));
        out
    };
    in_parts(text.len(), pieces, read)
}

/// Does work on items one part of them after the other, or on all cores if they are of a large text. Results are in
/// order.
fn in_parts<T: Sync, R: Send>(bytes: usize, items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
    if bytes < LARGE || threads == 1 || items.len() < threads {
        return vec![work(items)];
    }
    let work = &work;
    std::thread::scope(|scope| {
        let mut parts = items.chunks(items.len().div_ceil(threads));
        let own = parts.next().unwrap_or(&[]);
        let others: Vec<_> = parts
            .map(|part| (part, std::thread::Builder::new().spawn_scoped(scope, move || work(part)).ok()))
            .collect();
        let mut out = vec![work(own)];
        // A part whose thread could not be had is done here.
        out.extend(others.into_iter().map(|(part, thread)| match thread.and_then(|t| t.join().ok()) {
            Some(done) => done,
            None => work(part),
        }));
        out
    })
}

/// Reads one piece, and gives its fields their documentation.
fn read_piece(
    file: FileId,
    text: &str,
    piece: &split::Piece,
    comments: &[Comment],
    shapes: &mut Shapes,
    out: &mut Read,
) {
    let Read { statements, diagnostics, known } = out;
    let Some(source) = text.get(piece.start..piece.end) else { return };
    let (first_statement, first) = (statements.len(), diagnostics.len());
    if piece.indented {
        diagnostics.push(indented_start(Span::new(file, piece.start, piece.end), text));
    }
    let whole = |kind| vec![Found { start: 0, end: source.len(), kind }];
    let found = if let Some(at) = piece.control {
        diagnostics.push(control_character(file, text, at));
        whole(broken(file, source, piece.start))
    } else if let Some(at) = piece.too_deep {
        diagnostics.push(build::too_deep(Span::new(file, at, at + 1)));
        whole(broken(file, source, piece.start))
    } else if piece.nesting > EASY_NESTING {
        deep_statement(file, source, piece.start, diagnostics)
    } else {
        statement::statement(file, source, piece.start, shapes, diagnostics)
    };
    if let Some(new) = diagnostics.get_mut(first..) {
        new.in_order_by_key(|d| d.span().map_or(0, |s| s.start));
    }
    let mut docs = piece.docs.clone();
    for Found { start, end, kind } in found {
        let span = Span::new(file, piece.start + start, piece.start + end);
        let mut statement = Statement { span, docs: docs.take(), kind };
        field_docs(&mut statement, comments, text);
        statements.push(statement);
    }
    known.push(Known::new(piece, statements.len() - first_statement, diagnostics.len() - first));
}

/// How deep brackets may nest on any thread's stack.
const EASY_NESTING: usize = 12;
/// Room for [`split::MAX_NESTING`] levels of the grammar in a build without optimisation, several times over.
const DEEP_STACK: usize = 64 << 20;

/// Reads a statement that nests deeply on a stack of its own, so that the caller's need not be large.
fn deep_statement(file: FileId, source: &str, base: usize, diagnostics: &mut Vec<Diagnostic>) -> Vec<Found> {
    let read = std::thread::scope(|scope| {
        let work = || {
            let mut reports = Vec::new();
            let found = statement::statement(file, source, base, &mut Shapes::default(), &mut reports);
            (found, reports)
        };
        std::thread::Builder::new().stack_size(DEEP_STACK).spawn_scoped(scope, work).ok()?.join().ok()
    });
    match read {
        Some((found, reports)) => {
            diagnostics.extend(reports);
            found
        }
        None => {
            diagnostics.push(build::too_deep(Span::new(file, base, base + source.len())));
            vec![Found { start: 0, end: source.len(), kind: broken(file, source, base) }]
        }
    }
}

fn indented_start(span: Span, text: &str) -> Diagnostic {
    let start = span.start as usize;
    let line_start = text.get(..start).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    let blanks = Span { start: line_start as u32, end: span.start, ..span };
    Diagnostic::new(codes::INDENTED_START, "the first statement is indented")
        .label(Span { start: line_start as u32, ..span.before() }, "blanks before the statement")
        .help("start every statement at the beginning of its line; indented lines belong to the statement above")
        .fix(Fix::replace("leave out the blanks", Applicability::Safe, blanks, ""))
}

fn control_character(file: FileId, text: &str, at: usize) -> Diagnostic {
    let code = text.as_bytes().get(at).copied().unwrap_or(0);
    let span = Span::new(file, at, at + 1);
    Diagnostic::new(codes::BROKEN_STATEMENT, format!("the text holds an invisible character (number {code})"))
        .label(span, "here")
        .help("delete it; it often comes with text that is copied from another program")
        .fix(Fix::replace("delete it", Applicability::Safe, span, ""))
}

/// A statement that is not read at all, with the name that it would define.
fn broken(file: FileId, source: &str, base: usize) -> StatementKind {
    let name = scan::classify(source).name.and_then(|(start, end)| {
        let text = source.get(start..end)?.trim_end();
        let quoted = text.starts_with('`');
        let span = Span::new(file, base + start, base + start + text.len());
        Some(Name { text: text.trim_matches('`').to_string(), span, quoted })
    });
    StatementKind::Broken { name }
}

/// Gives the fields of a statement the `##` lines just above them.
fn field_docs(statement: &mut Statement, comments: &[Comment], text: &str) {
    let fields = match &mut statement.kind {
        StatementKind::Entity(entity) => &mut entity.fields,
        StatementKind::Event(event) => &mut event.fields,
        _ => return,
    };
    let span = statement.span;
    let from = comments.partition_point(|c| c.span.start < span.start);
    let to = comments.partition_point(|c| c.span.start < span.end);
    let Some(inside) = comments.get(from..to) else { return };
    if !inside.iter().any(|c| c.own_line && c.text.starts_with("##")) {
        return;
    }
    for field in fields {
        let above = inside.partition_point(|c| c.span.start < field.span.start);
        let mut first = above;
        let mut next = field.span.start as usize;
        while let Some(comment) = first.checked_sub(1).and_then(|i| inside.get(i)) {
            let gap = text.get(comment.span.end as usize..next).unwrap_or("x");
            let near = gap.trim().is_empty() && gap.bytes().filter(|b| *b == b'\n').count() == 1;
            if !(near && comment.own_line && comment.text.starts_with("##")) {
                break;
            }
            next = comment.span.start as usize;
            first -= 1;
        }
        for comment in inside.get(first..above).unwrap_or(&[]) {
            split::add_doc(&mut field.docs, &comment.text);
        }
    }
}
