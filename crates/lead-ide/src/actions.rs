//! Code actions: changes that are offered for what stands at the cursor. Offering one costs little; what it changes is
//! worked out when it is chosen.
//!
//! Invariant *no worse*: what a change leaves is read and checked without errors that were not there before.

mod allow;
mod example;
mod extract;
mod fixes;
mod inline;
mod site;
mod split;
mod window;

use std::ops::Range;

use lead_diag::FileId;

use crate::{Change, Snapshot};
use site::Site;

/// What an action is for. The names are those of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Cures a diagnostic.
    QuickFix,
    /// Gives a part a name of its own.
    Extract,
    /// Puts what a name stands for in its place.
    Inline,
    /// Says the same in another way.
    Rewrite,
    /// Adds something.
    Refactor,
    /// Cures all that can be cured safely.
    FixAll,
}

impl ActionKind {
    /// The name in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            ActionKind::QuickFix => "quickfix",
            ActionKind::Extract => "refactor.extract",
            ActionKind::Inline => "refactor.inline",
            ActionKind::Rewrite => "refactor.rewrite",
            ActionKind::Refactor => "refactor",
            ActionKind::FixAll => "source.fixAll",
        }
    }

    /// Whether an editor that asks for `only` wants actions of this kind: `refactor` asks for all of its kinds.
    pub fn is_wanted(self, only: &str) -> bool {
        let name = self.name();
        only.is_empty() || name == only || name.strip_prefix(only).is_some_and(|rest| rest.starts_with('.'))
    }
}

/// An action that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What to resolve it by, with the same range of the same text.
    pub id: String,
    /// What it does, as an order.
    pub title: String,
    /// What it is for.
    pub kind: ActionKind,
    /// The file's diagnostics that it cures, by index.
    pub diagnostics: Vec<usize>,
    /// Whether it is the one to take without looking.
    pub preferred: bool,
    /// Why it cannot be taken here.
    pub disabled: Option<&'static str>,
}

impl Action {
    fn new(id: impl Into<String>, title: impl Into<String>, kind: ActionKind) -> Action {
        Action { id: id.into(), title: title.into(), kind, diagnostics: Vec::new(), preferred: false, disabled: None }
    }
}

impl Snapshot {
    /// The actions that are offered for a selection, best first. `only` are the kinds that are asked for; none: all.
    pub fn code_actions(&self, file: FileId, range: Range<u32>, only: &[&str]) -> Vec<Action> {
        let Some(site) = Site::new(self, file, range) else { return Vec::new() };
        let mut out = Vec::new();
        let wanted = |kind: ActionKind| only.is_empty() || only.iter().any(|o| kind.is_wanted(o));
        if wanted(ActionKind::QuickFix) {
            fixes::offer(&site, &mut out);
        }
        if wanted(ActionKind::QuickFix) || wanted(ActionKind::Rewrite) {
            window::offer(&site, &mut out);
        }
        if wanted(ActionKind::QuickFix) {
            allow::offer(&site, &mut out);
        }
        if wanted(ActionKind::Extract) {
            extract::offer(&site, &mut out);
        }
        if wanted(ActionKind::Inline) {
            inline::offer(&site, &mut out);
        }
        if wanted(ActionKind::Rewrite) {
            split::offer(&site, &mut out);
        }
        if wanted(ActionKind::Refactor) {
            example::offer(&site, &mut out);
        }
        if wanted(ActionKind::FixAll) {
            fixes::offer_all(&site, &mut out);
        }
        out.retain(|a| wanted(a.kind));
        out
    }

    /// What an action changes; `None` if it is not offered for this selection any more.
    pub fn resolve_code_action(&self, file: FileId, range: Range<u32>, id: &str) -> Option<Change> {
        let site = Site::new(self, file, range)?;
        let (what, rest) = id.split_once(':').unwrap_or((id, ""));
        match what {
            "fix" => fixes::resolve(&site, rest),
            "fix-code" => fixes::resolve_code(&site, rest),
            "fix-all" => fixes::resolve_all(&site),
            "allow" => allow::resolve(&site, rest),
            "window" => window::resolve(&site, rest),
            "extract" => extract::resolve(&site),
            "inline" => inline::resolve(&site, rest),
            "split" => split::resolve(&site),
            "example" => example::resolve(&site, rest),
            _ => None,
        }
    }
}
