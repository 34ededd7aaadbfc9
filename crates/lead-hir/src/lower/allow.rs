//! `# allow: CODE because …`: a lint that is silenced for one statement, with the reason beside it.

use lead_diag::{Code, Diagnostic, FileId, Span, codes};
use lead_syntax::ast::{self, Comment};

use super::Cx;

/// A lint switched off for one statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allow {
    code: Code,
    statement: Span,
}

impl Allow {
    /// Whether a finding of `code` at `span` is silenced.
    pub fn silences(&self, code: Code, span: Span) -> bool {
        let of = self.statement;
        self.code == code && of.file == span.file && of.start <= span.start && span.start <= of.end
    }
}

impl Cx<'_> {
    pub(crate) fn allow_comments(&mut self, files: &[(FileId, &ast::File)]) -> Vec<Allow> {
        let mut allows = Vec::new();
        for (_, file) in files {
            for (i, comment) in file.comments.iter().enumerate() {
                let text = comment.text.trim_start_matches('#').trim();
                let Some(rest) = text.strip_prefix("allow:") else { continue };
                let Some(code) = self.allowed_code(rest, comment.span) else { continue };
                match place(file, i, comment) {
                    Some(statement) => allows.push(Allow { code, statement }),
                    None => self.report(
                        Diagnostic::new(codes::BAD_ALLOW, "this comment allows nothing")
                            .label(comment.span, "no statement stands directly below")
                            .help("put it on the line above a statement, or inside one"),
                    ),
                }
            }
        }
        allows
    }

    fn allowed_code(&mut self, rest: &str, span: Span) -> Option<Code> {
        let (name, reason) = rest.split_once("because").unwrap_or((rest, ""));
        let name = name.trim();
        let Some(code) = Code::find(name) else {
            let known: Vec<&str> = lead_diag::CODES.iter().filter(|c| c.is_lint()).map(|c| c.slug()).collect();
            let near = self.nearest(name, known.iter().copied());
            let found =
                Diagnostic::new(codes::BAD_ALLOW, format!("no lint is called `{name}`")).label(span, "allows nothing");
            self.report(match near {
                Some(near) => found.help(format!("did you mean `{}`?", near.name)),
                None => found.help("write `# allow: L0601 because …`, with the code of the message"),
            });
            return None;
        };
        if !code.is_lint() {
            self.report(
                Diagnostic::new(codes::BAD_ALLOW, format!("`{name}` is an error, and cannot be allowed"))
                    .label(span, "allows nothing")
                    .help("only lints, whose codes begin with `L06`, can be allowed"),
            );
            return None;
        }
        if reason.trim().is_empty() {
            self.report(
                Diagnostic::new(codes::BAD_ALLOW, format!("`{name}` is allowed without a reason"))
                    .label(span, "why is it right here?")
                    .help(format!("say why: `# allow: {name} because …`")),
            );
            return None;
        }
        Some(code)
    }
}

/// The statement that a comment stands in, or directly above.
fn place(file: &ast::File, at: usize, comment: &Comment) -> Option<Span> {
    let after = file.statements.partition_point(|s| s.span.start < comment.span.start);
    if let Some(before) = after.checked_sub(1).and_then(|i| file.statements.get(i))
        && comment.span.start < before.span.end
    {
        return Some(before.span);
    }
    if !comment.own_line {
        // Behind the last line of a statement.
        let before = after.checked_sub(1).and_then(|i| file.statements.get(i))?;
        return (comment.span.start - before.span.end < 200).then_some(before.span);
    }
    let next = file.statements.get(after)?;
    let mut end = comment.span.end;
    let near = |end: u32, start: u32| start > end && start - end <= 2;
    for other in file.comments.get(at + 1..)? {
        if !near(end, other.span.start) {
            break;
        }
        end = other.span.end;
    }
    near(end, next.span.start).then_some(next.span)
}
