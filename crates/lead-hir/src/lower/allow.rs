//! `# allow: CODE because …`: a lint that is silenced for one statement, with the reason beside it.

use lead_diag::{Code, Diagnostic, Level, Severity, Span, codes};
use lead_syntax::ast::Comment;

use crate::Config;

/// A lint switched off for one statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allow {
    pub code: Code,
    pub statement: Span,
    /// Where it is written.
    pub comment: Span,
}

impl Allow {
    /// Whether a finding of `code` at `span` is silenced.
    pub fn silences(&self, code: Code, span: Span) -> bool {
        let of = self.statement;
        self.code == code && of.file == span.file && of.start <= span.start && span.start <= of.end
    }
}

fn allowed(comment: &Comment) -> Option<&str> {
    comment.text.trim_start_matches('#').trim().strip_prefix("allow:")
}

/// Whether a comment of a file switches a lint off, or wants to.
pub(crate) fn any(comments: &[Comment]) -> bool {
    comments.iter().any(|c| allowed(c).is_some())
}

/// The lints that comments of a file switch off. The statements' places are asked for only if there is such a comment.
pub(crate) fn in_file(
    comments: &[Comment],
    statements: impl FnOnce() -> Vec<Span>,
    allows: &mut Vec<Allow>,
    out: &mut Vec<Diagnostic>,
) {
    if !any(comments) {
        return;
    }
    let statements = statements();
    for (i, comment) in comments.iter().enumerate() {
        let Some(rest) = allowed(comment) else { continue };
        let code = match allowed_code(rest, comment.span) {
            Ok(code) => code,
            Err(found) => {
                out.push(*found);
                continue;
            }
        };
        match place(&statements, comments, i, comment) {
            Some(statement) => allows.push(Allow { code, statement, comment: comment.span }),
            None => out.push(
                Diagnostic::new(codes::BAD_ALLOW, "this comment allows nothing")
                    .label(comment.span, "no statement stands directly below")
                    .help("put it on the line above a statement, or inside one"),
            ),
        }
    }
}

/// Sets the severity of a lint by `[lints]`; whether it is to be shown at all.
pub(crate) fn leveled(found: &mut Diagnostic, allows: &[Allow], config: &Config) -> bool {
    if !found.code.is_lint() {
        return true;
    }
    let id = found.code.id();
    if config.allowed.iter().any(|a| a == id) {
        return false;
    }
    if let Some(severity) = config.lints.get(id) {
        found.severity = *severity;
    } else if found.code.info().level == Level::Allow {
        found.severity = Severity::Hint;
    }
    !found.span().is_some_and(|s| allows.iter().any(|a| a.silences(found.code, s)))
}

fn allowed_code(rest: &str, span: Span) -> Result<Code, Box<Diagnostic>> {
    let (name, reason) = rest.split_once("because").unwrap_or((rest, ""));
    let name = name.trim();
    let Some(code) = Code::find(name) else {
        let known: Vec<&str> = lead_diag::CODES.iter().filter(|c| c.is_lint()).map(|c| c.slug()).collect();
        let found =
            Diagnostic::new(codes::BAD_ALLOW, format!("no lint is called `{name}`")).label(span, "allows nothing");
        return Err(Box::new(match crate::suggest::nearest(name, known) {
            Some(near) => found.help(format!("did you mean `{}`?", near.name)),
            None => found.help("write `# allow: L0601 because …`, with the code of the message"),
        }));
    };
    if !code.is_lint() {
        let found = Diagnostic::new(codes::BAD_ALLOW, format!("`{name}` is an error, and cannot be allowed"))
            .label(span, "allows nothing")
            .help("only lints can be allowed: codes `L06…`, and warnings about data, `L10…`");
        return Err(Box::new(found));
    }
    if reason.trim().is_empty() {
        let found = Diagnostic::new(codes::BAD_ALLOW, format!("`{name}` is allowed without a reason"))
            .label(span, "why is it right here?")
            .help(format!("say why: `# allow: {name} because …`"));
        return Err(Box::new(found));
    }
    Ok(code)
}

/// The statement that a comment stands in, or directly above.
fn place(statements: &[Span], comments: &[Comment], at: usize, comment: &Comment) -> Option<Span> {
    let after = statements.partition_point(|s| s.start < comment.span.start);
    let before = after.checked_sub(1).and_then(|i| statements.get(i)).copied();
    if let Some(before) = before
        && comment.span.start < before.end
    {
        return Some(before);
    }
    if !comment.own_line {
        // Behind the last line of a statement.
        return before.filter(|before| comment.span.start - before.end < 200);
    }
    let next = *statements.get(after)?;
    let mut end = comment.span.end;
    let near = |end: u32, start: u32| start > end && start - end <= 2;
    for other in comments.get(at + 1..)? {
        if !near(end, other.span.start) {
            break;
        }
        end = other.span.end;
    }
    near(end, next.start).then_some(next)
}
