//! Lints that a later stage finds in the whole of a lexicon, beside those found here: their levels, what comments allow, and the comments
//! that allow nothing any more.

use std::collections::HashSet;
use std::fmt;

use lead_diag::{Code, Diagnostic, Level, Span, codes};
use lead_syntax::ast::Comment;

use crate::Config;
use crate::hir::{DefId, Lexicon};
use crate::lower::allow;

/// A stage that finds lints in whole lexicons, and may remember what it found.
pub trait Lints: fmt::Debug + Send {
    /// Everything it finds, at the levels of the codes. `changed`: the definitions that were made anew since it was asked last;
    /// `None`: anything may be another.
    fn lint(&mut self, lexicon: &Lexicon, config: &Config, changed: Option<&HashSet<DefId>>) -> Vec<Diagnostic>;
}

/// What a file says and what was said of it, before more is added.
#[derive(Clone, Copy, Debug)]
pub struct Linted<'f> {
    /// Its comments.
    pub comments: &'f [Comment],
    /// Its findings as they are shown.
    pub shown: &'f [Diagnostic],
    /// The lints of it that comments or settings silence.
    pub silenced: &'f [(Code, Span)],
    /// `lead.toml`
    pub config: &'f Config,
    /// Whether the lexicon has no errors: only then all lints were looked for.
    pub sound: bool,
    /// Whether what is added was found in data: comments that allow such a lint are of use there, and there alone.
    pub of_data: bool,
}

impl Linted<'_> {
    /// The findings to add to a file: those of `found` that are not silenced, at their levels, and comments that allow nothing.
    /// The statements' places are asked for only if a comment allows something.
    pub fn settle(&self, mut found: Vec<Diagnostic>, statements: impl FnOnce() -> Vec<Span>) -> Vec<Diagnostic> {
        if found.is_empty() && !allow::any(self.comments) {
            return found;
        }
        let mut allows = Vec::new();
        // What is wrong with such comments was said before.
        allow::in_file(self.comments, statements, &mut allows, &mut Vec::new());
        // One cause, one report: what was said of a condition as it is written is not proved as well.
        let said = |code: Code| code == codes::REPEATED_CONDITION || code == codes::CONTRADICTION;
        let shown = self.shown.iter().flat_map(|d| d.labels.iter().map(|l| (d.code, l.span)));
        let said: Vec<Span> =
            shown.chain(self.silenced.iter().copied()).filter(|(code, _)| said(*code)).map(|(_, span)| span).collect();
        let proved = |d: &Diagnostic| [codes::NEVER_TRUE, codes::COVERED].contains(&d.code);
        found.retain(|d| {
            !proved(d) || !d.labels.iter().any(|l| said.iter().any(|s| s.start < l.span.end && l.span.start < s.end))
        });
        let mut silenced = self.silenced.to_vec();
        found.retain_mut(|d| {
            let keep = allow::leveled(d, &allows, self.config);
            if !keep {
                silenced.extend(d.span().map(|s| (d.code, s)));
            }
            keep
        });
        if self.sound {
            let unused = |a: &&allow::Allow| {
                let off = a.code.info().level == Level::Allow && !self.config.lints.contains_key(a.code.id())
                    || self.config.allowed.iter().any(|c| c == a.code.id());
                !off && a.code.is_of_data() == self.of_data
                    && !silenced.iter().any(|(code, span)| a.silences(*code, *span))
            };
            let mut more: Vec<Diagnostic> = allows.iter().filter(unused).map(unused_allow).collect();
            more.retain_mut(|d| allow::leveled(d, &allows, self.config));
            found.extend(more);
        }
        found
    }
}

/// Whether a finding says less than one of those that are added beside it.
pub fn says_less(shown: &Diagnostic, added: &[Diagnostic]) -> bool {
    let gap = |d: &Diagnostic| d.code == codes::GAP_IN_CHOICE && d.span() == shown.span();
    shown.code == codes::NO_OTHERWISE && added.iter().any(gap)
}

/// L0622
fn unused_allow(allow: &allow::Allow) -> Diagnostic {
    let name = allow.code.slug();
    Diagnostic::new(codes::UNUSED_ALLOW, format!("`{name}` is allowed here, and nothing of it is found"))
        .label(allow.comment, "silences nothing")
        .help("take the comment out")
}
