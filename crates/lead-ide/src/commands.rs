//! Commands: the plan of a definition, a definition unfolded, why a record has its answer. Reading data is the server's
//! part; here is what it shows.

use std::fmt::Write;

use lead_eval::{Change, Measured, Why, WhyKind};
use lead_hir::hir::{DefId, Lexicon, TableId, Ty};
use lead_plan::Planner;

use crate::{FilePosition, Snapshot, words};

/// A command of the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// The steps that a definition is computed by.
    ShowPlan,
    /// A definition with its values written out.
    Unfold,
    /// Why a record has its answer.
    Explain,
}

impl Command {
    /// All of them.
    pub const ALL: [Command; 3] = [Command::ShowPlan, Command::Unfold, Command::Explain];

    /// What the editor calls it by.
    pub fn id(self) -> &'static str {
        match self {
            Command::ShowPlan => "lead.showPlan",
            Command::Unfold => "lead.unfold",
            Command::Explain => "lead.explain",
        }
    }
}

impl Snapshot {
    /// The definition that a command at a position is about: the one named there, else the one whose statement it is.
    pub fn def_for_command(&self, at: FilePosition) -> Option<DefId> {
        let at = self.clamp(at)?;
        let named = self.checked().place_at(at.file, at.offset).and_then(|p| match p.target {
            lead_hir::index::Target::Def(id) => Some(id),
            _ => None,
        });
        named.or_else(|| self.checked().def_at(at.file, at.offset))
    }

    /// The definition of a name, in any spelling.
    pub fn find_def(&self, name: &str) -> Option<DefId> {
        let key = lead_syntax::ast::fold_name(name.trim().trim_matches('`'));
        self.checked().defs().find(|(_, d)| d.name.key == key).map(|(id, _)| id)
    }

    /// The plan of a definition at an as-of time (microseconds since 1970 UTC), as text. `None`: the lexicon has errors, so
    /// there is none.
    pub fn show_plan(&self, def: DefId, as_of: i64) -> Option<String> {
        if !self.checked().is_sound() {
            return None;
        }
        // The lexicon to run has ids of its own.
        let lexicon = self.checked().to_run();
        let key = &self.lexicon().def(def).name.key;
        let plan = lead_plan::plan(&lexicon, as_of, |d| d.name.key == *key);
        Some(lead_plan::debug(&plan, &lexicon))
    }

    /// A definition unfolded, as Markdown.
    pub fn show_unfolded(&self, def: DefId) -> Option<String> {
        let unfolded = self.unfold(def)?;
        let mut out = format!("```lead\n{}\n```\n", unfolded.text);
        if !unfolded.stands_on.is_empty() {
            out.push_str("\nStands on:\n\n");
            for text in &unfolded.stands_on {
                let _ = writeln!(out, "- `{text}`");
            }
        }
        Some(out)
    }
}

/// What a server needs to explain a record: the plan, and which part of it explains the definition.
pub struct ToExplain {
    /// The lexicon to run; the ids of the parts are its own.
    pub lexicon: Lexicon,
    /// What to read and compute.
    pub plan: lead_plan::Plan,
    /// The definition's parts.
    pub parts: lead_plan::Explained,
    /// Whose record.
    pub table: TableId,
}

impl Snapshot {
    /// Prepares the explanation of a definition at an as-of time. `None`: the lexicon has errors, or the definition is not
    /// answered per record.
    pub fn to_explain(&self, def: DefId, as_of: i64) -> Option<ToExplain> {
        if !self.checked().is_sound() {
            return None;
        }
        let lexicon = self.checked().to_run();
        let key = &self.lexicon().def(def).name.key;
        let (id, table) = lexicon.def_ids().find(|(_, d)| d.name.key == *key).map(|(id, d)| (id, d.subject))?;
        let (parts, plan) = lead_plan::on_a_deep_stack(|| {
            let mut planner = Planner::new(&lexicon, as_of);
            let parts = planner.explain(id);
            (parts, planner.finish())
        });
        Some(ToExplain { parts: parts?, plan, table: table?, lexicon })
    }
}

impl Snapshot {
    /// Why a record has its answer, as a Markdown list with the words of the lexicon. `key_of` gives the key of a record.
    pub fn show_why(&self, why: &Why, key_of: &dyn Fn(TableId, u32) -> Option<String>) -> String {
        let mut out = String::new();
        let teller = Teller { snapshot: self, lexicon: self.lexicon(), key_of };
        teller.tell(why, 0, &mut out);
        for (i, change) in why.nearest.iter().enumerate() {
            let begin = if i == 0 { "\nIt would be **yes** with " } else { ", and with " };
            let _ = write!(out, "{begin}{}", teller.change(change));
        }
        if !why.nearest.is_empty() {
            out.push_str(".\n");
        }
        out
    }
}

/// As deep as a list stays readable.
const DEEPEST: usize = 12;

struct Teller<'a> {
    snapshot: &'a Snapshot,
    lexicon: &'a Lexicon,
    key_of: &'a dyn Fn(TableId, u32) -> Option<String>,
}

impl Teller<'_> {
    fn tell(&self, why: &Why, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        let _ = write!(out, "{indent}- {}: **{}**", self.what(why), self.answer(why));
        if let Some(because) = &why.because {
            let _ = write!(out, ", because “{because}”");
        }
        if why.record.other {
            match (self.key_of)(why.record.table, why.record.row) {
                Some(key) => out.push_str(&format!(" ({} `{key}`)", self.lexicon.table(why.record.table).name.text)),
                None => out.push_str(" (no such record)"),
            }
        }
        out.push('\n');
        if let WhyKind::Measure(measured) = &why.kind {
            self.measured(measured, &indent, out);
        }
        if depth < DEEPEST {
            let parts = why.parts.iter().filter(|p| !matches!(p.kind, WhyKind::Literal));
            parts.for_each(|part| self.tell(part, depth + 1, out));
        }
    }

    fn measured(&self, measured: &Measured, indent: &str, out: &mut String) {
        let name = &self.lexicon.table(measured.table).name.text;
        let window = measured.window.map(|w| format!(" {}", words::window(self.lexicon, w))).unwrap_or_default();
        let _ = writeln!(out, "{indent}  - {} of `{name}`{window}", measured.count);
        for seen in &measured.first {
            let when = seen.time.map(|t| words::time(self.lexicon, t));
            let place: Vec<String> = when.into_iter().chain(seen.key.clone()).collect();
            let table = self.lexicon.table(seen.table);
            let fields = seen.fields.iter().filter_map(|(field, _, value)| {
                let value = words::value(self.lexicon, value.as_ref()?);
                Some(format!("{} {value}", table.fields.get(field.0 as usize)?.name.text))
            });
            let fields = fields.collect::<Vec<_>>().join(", ");
            let gap = if fields.is_empty() { "" } else { ": " };
            let _ = writeln!(out, "{indent}    - {}{gap}{fields}", place.join(" "));
        }
    }

    /// The words of the lexicon that a part comes from.
    fn what(&self, why: &Why) -> String {
        let said = || {
            let text = self.snapshot.slice(why.span).split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = text.chars().take(100).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("`{short}{more}`")
        };
        match &why.kind {
            WhyKind::Def(id) => format!("`{}`", self.lexicon.def(*id).name.text),
            WhyKind::Line { taken: true, .. } => format!("{} (the line that answers)", said()),
            WhyKind::InRange(_) => format!("{} lies in the window", said()),
            WhyKind::AsOf(at) => format!("as of {}", words::time(self.lexicon, *at)),
            _ => said(),
        }
    }

    fn answer(&self, why: &Why) -> String {
        match (&why.value, &why.ty) {
            (Some(value), _) => words::value(self.lexicon, value),
            (None, Ty::YesNo) => "cannot tell".into(),
            (None, _) => "unknown".into(),
        }
    }

    fn change(&self, change: &Change) -> String {
        let name = |table: &TableId| &self.lexicon.table(*table).name.text;
        match change {
            Change::More { records, table, before, .. } => {
                let before = before.map(|t| format!(" before {}", words::time(self.lexicon, t))).unwrap_or_default();
                format!("{records} more of `{}`{before}", name(table))
            }
            Change::Fewer { records, table, from, .. } => {
                let from = words::time(self.lexicon, *from);
                format!("{records} fewer of `{}`, which is so from {from} if no more come", name(table))
            }
            Change::Number { span, have, op, need } => {
                let (have, need) = (words::value(self.lexicon, have), words::value(self.lexicon, need));
                format!("`{}` {} {need} instead of {have}", self.snapshot.slice(*span), op.text())
            }
        }
    }
}
