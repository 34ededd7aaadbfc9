//! A name that is not known where it stands: what it may have been meant to be, and how to reach it.

use lead_diag::{Applicability, Diagnostic, Edit, Fix, Span, codes};
use lead_syntax::ast;

use super::body::{Body, Wanted};
use super::lookup::{Found, Member};
use super::track::ALL_FIELDS;
use super::{Cx, Item};
use crate::hir::KEYWORDS;
use crate::hir::{FieldId, Hop, TableId, Ty};
use crate::suggest::{Near, list};

/// The help and the fix of a near name.
pub(crate) fn did_you_mean(found: Diagnostic, span: Span, near: &Near) -> Diagnostic {
    let text = needs_backticks(&near.name);
    found.help(format!("did you mean `{}`?", near.name)).fix(Fix::replace(
        format!("write `{}`", near.name),
        near.applicability(),
        span,
        text,
    ))
}

/// A name as it must be written: in backticks where its signs or words would not be read as a name.
pub(crate) fn needs_backticks(name: &str) -> String {
    let plain = name.split([' ', '_']).filter(|w| !w.is_empty()).all(|word| {
        let starts = word.chars().next().is_some_and(char::is_alphabetic);
        let signs = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '&'));
        starts && signs && !word.ends_with('-') && !KEYWORDS.contains(&word.to_lowercase().as_str())
    });
    if plain { name.to_string() } else { format!("`{name}`") }
}

impl Cx<'_> {
    /// The only chain of references from one table to another, if there is just one.
    pub(crate) fn only_chain(&mut self, from: TableId, to: TableId) -> Option<Vec<FieldId>> {
        let ways = self.ways(from, to);
        let [only] = ways[1].as_slice() else { return None };
        only.iter().map(|hop| if let Hop::Forward(field) = hop { Some(*field) } else { None }).collect()
    }

    pub(crate) fn chain_text(&self, from: TableId, chain: &[FieldId]) -> String {
        let mut table = from;
        let mut names = Vec::new();
        for field in chain {
            names.push(needs_backticks(&self.table(table).fields[field.0 as usize].name.text));
            if let Ty::Record(to) = self.field_ty(table, *field) {
                table = *to;
            }
        }
        names.join(".")
    }
}

impl Body<'_, '_> {
    /// Reports a name that is not known here; `rest` are the names behind it.
    pub fn unknown(&mut self, name: &ast::Name, rest: &[ast::Name], wanted: Wanted) {
        if matches!(name.key().as_str(), "unknown" | "null" | "empty" | "blank" | "none" | "missing") {
            let found = Diagnostic::new(codes::UNKNOWN_NAME, format!("`{}` is not a value", name.text))
                .label(name.span, "nothing to compare with")
                .help("whether a value is there is asked with `is known` and `is unknown`");
            return self.report(found);
        }
        if self.too_far_out(name) || self.known_as_something_else(name, rest, wanted) {
            return;
        }
        if self.known_elsewhere(name, wanted) || self.glued(name) {
            return;
        }
        let Some(subject) = self.frames.last().copied() else { return self.unknown_in_metric(name) };
        let table_name = self.cx.table_name(subject).to_string();
        let found = Diagnostic::new(codes::UNKNOWN_NAME, format!("`{}` is not known here", name.text))
            .label(name.span, format!("neither a field nor a definition of `{table_name}`"));
        let candidates = self.candidates(&name.text);
        // What fits the place comes first; a slip may still be nearer to something that does not.
        let fits: Vec<&str> = candidates.iter().filter(|(_, ty)| fits(wanted, ty)).map(|(n, _)| n.as_str()).collect();
        let near = self.cx.nearest(&name.text, fits.iter().copied());
        let near = near.or_else(|| self.cx.nearest(&name.text, candidates.iter().map(|(n, _)| n.as_str())));
        let found = match near {
            Some(near) => did_you_mean(found, name.span, &near),
            None => {
                self.cx.see_all(ALL_FIELDS);
                let fields: Vec<&str> = self.cx.table(subject).fields.iter().map(|f| f.name.text.as_str()).collect();
                let help = if fields.is_empty() || fields.len() > 12 {
                    format!("declare it as a field of `{table_name}`, or define it: `{} = …`", name.text)
                } else {
                    format!(
                        "the fields of `{table_name}` are {}; a measurement is defined as `{} = …`",
                        list(fields),
                        name.text
                    )
                };
                found.help(help)
            }
        };
        self.report(found);
    }

    fn unknown_in_metric(&mut self, name: &ast::Name) {
        let found = Diagnostic::new(codes::UNKNOWN_NAME, format!("`{}` is not known here", name.text))
            .label(name.span, "not defined");
        let found = found
            .help("a metric is made of measurements over all records, such as `count(contact)` or `sum(deal.amount)`");
        self.report(found);
    }

    /// Everything that could stand here, with its type.
    fn candidates(&self, written: &str) -> Vec<(String, Ty)> {
        let mut tables = Vec::new();
        for table in self.frames.iter().rev().take(2) {
            tables.push(*table);
            tables.extend(self.cx.subject_of(*table).map(|(_, to)| to));
        }
        let mut found = Vec::new();
        for table in &tables {
            found.extend(self.cx.table(*table).fields.iter().map(|f| (f.name.text.clone(), f.ty.clone())));
        }
        for id in self.cx.suggested(written) {
            let def = self.cx.def(id);
            if def.subject.is_some_and(|s| tables.contains(&s)) {
                found.push((def.name.text.clone(), self.cx.guess(id)));
            }
        }
        found
    }

    /// A name of a record that is in scope, and too far away (D3).
    fn too_far_out(&mut self, name: &ast::Name) -> bool {
        let far: Vec<TableId> = self.frames.iter().rev().skip(2).chain(self.hidden.iter().rev()).copied().collect();
        let Some(table) = far.into_iter().find(|t| self.cx.member(*t, &name.key()).is_some()) else { return false };
        let table_name = self.cx.table_name(table).to_string();
        let inner = self.frames.last().map_or("", |t| self.cx.table_name(*t)).to_string();
        let outer = self.frames.iter().rev().nth(1).map(|t| self.cx.table_name(*t).to_string());
        let (asked, help) = match &outer {
            Some(outer) => (
                format!("only `{inner}` and `{outer}`"),
                format!("give the inner condition a name of its own as a definition of `{outer}`, or reach"),
            ),
            None => (format!("only `{inner}`"), "reach".to_string()),
        };
        self.report(
            Diagnostic::new(codes::TOO_FAR_OUT, format!("`{}` belongs to a record too far out", name.text))
                .label(name.span, format!("of `{table_name}`; from here {asked} can be asked"))
                .help(format!("{help} `{}` by references from `{inner}`", name.text)),
        );
        true
    }

    /// A table, metric or period where a value is wanted.
    fn known_as_something_else(&mut self, name: &ast::Name, rest: &[ast::Name], wanted: Wanted) -> bool {
        match self.cx.named(&name.key()) {
            Some(Item::Table(table)) => {
                let what = if self.cx.table(table).is_event() { "an event" } else { "an entity" };
                let way = match (rest.is_empty(), wanted) {
                    (false, _) if self.cx.table(table).is_event() => "last",
                    (false, _) => "max",
                    (true, Wanted::Condition) => "any",
                    (true, Wanted::Any) => "count",
                };
                let span = rest.last().map_or(name.span, |last| name.span.to(last.span));
                let names: Vec<String> = [name].into_iter().chain(rest).map(|n| needs_backticks(&n.text)).collect();
                let text = names.join(".");
                self.report(
                    Diagnostic::new(codes::RECORD_AS_VALUE, format!("`{}` is {what}, not a measurement", name.text))
                        .label(name.span, "stands for many records")
                        .help(format!("measure it: `{way}({text})`"))
                        .fix(Fix::replace(
                            format!("write `{way}({text})`"),
                            Applicability::Unsafe,
                            span,
                            format!("{way}({text})"),
                        )),
                );
                true
            }
            Some(Item::Def(def)) if self.cx.def(def).subject.is_none() => {
                let statement = &self.cx.origin(def).statement.kind;
                let found = if matches!(statement, ast::StatementKind::Metric(_)) {
                    Diagnostic::new(
                        codes::BAD_METRIC,
                        format!("`{}` is a metric: a table over all records, not a value of one", name.text),
                    )
                    .label(name.span, "a metric")
                    .help("measure the related records here, such as `count(…)` or `sum(…)`")
                } else {
                    Diagnostic::new(
                        codes::PERIOD_AS_VALUE,
                        format!("`{}` is a period, and stands only behind `within`", name.text),
                    )
                    .label(name.span, "a period of time")
                    .label(self.cx.def(def).name_span, "defined here")
                    .help(format!("to test a time, write `created at within {}`", name.text))
                };
                self.report(found);
                true
            }
            _ => false,
        }
    }

    /// A name of another entity: how to reach it from here.
    fn known_elsewhere(&mut self, name: &ast::Name, wanted: Wanted) -> bool {
        let key = name.key();
        let from = self.frames.last().copied();
        // All tables that have it, those that references lead to first.
        let mut homes: Vec<(TableId, Member)> = match self.cx.named(&key) {
            Some(Item::Def(def)) => self.cx.def(def).subject.map(|s| (s, Member::Def(def))).into_iter().collect(),
            _ => Vec::new(),
        };
        let fields = (0..self.cx.tables.len()).map(|i| TableId(i as u32));
        homes.extend(fields.filter_map(|t| self.cx.field(t, &key).map(|f| (t, Member::Field(f)))));
        if homes.is_empty() {
            return false;
        }
        let reached =
            from.and_then(|from| homes.iter().find_map(|(t, m)| Some((*t, *m, self.cx.only_chain(from, *t)?))));
        if let (Some(from), Some((table, member, chain))) = (from, reached) {
            let way = self.cx.chain_text(from, &chain);
            let text = needs_backticks(&name.text);
            let term = self.is_yes_no(table, member) && wanted == Wanted::Condition && matches!(member, Member::Def(_));
            let write = if term { format!("{way} is {text}") } else { format!("{way}.{text}") };
            let table_name = self.cx.table_name(table).to_string();
            self.report(
                Diagnostic::new(
                    codes::WRONG_SUBJECT,
                    format!("`{}` is said of `{table_name}`, not of `{}`", name.text, self.cx.table_name(from)),
                )
                .label(name.span, format!("of `{table_name}`"))
                .help(format!("ask it of the related record: `{write}`"))
                .fix(Fix::replace(format!("write `{write}`"), Applicability::Unsafe, name.span, write)),
            );
            return true;
        }
        let (table, member) = homes[0];
        let table_name = self.cx.table_name(table).to_string();
        let text = &name.text;
        let yes_no = self.is_yes_no(table, member);
        let example =
            if yes_no { format!("any({table_name} where {text})") } else { format!("sum({table_name}.{text})") };
        let here = from.map_or("all records".to_string(), |f| format!("`{}`", self.cx.table_name(f)));
        let mut found =
            Diagnostic::new(codes::WRONG_SUBJECT, format!("`{text}` is said of `{table_name}`, not of {here}"))
                .label(name.span, format!("of `{table_name}`"));
        let related = from.is_none_or(|f| self.cx.ways(f, table).iter().any(|g| !g.is_empty()));
        found = if related {
            found.help(format!("measure the related records, such as `{example}`"))
        } else {
            found.help(format!("nothing relates {here} to `{table_name}`; declare a reference from one to the other, as `company -> company`"))
        };
        self.report(found);
        true
    }

    fn is_yes_no(&self, table: TableId, member: Member) -> bool {
        match member {
            Member::Field(field) => *self.cx.field_ty(table, field) == Ty::YesNo,
            Member::Def(def) => self.cx.guess(def) == Ty::YesNo,
        }
    }

    /// Two known names with no word between them.
    fn glued(&mut self, name: &ast::Name) -> bool {
        if name.quoted {
            return false;
        }
        let blanks: Vec<usize> = name.text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(i, _)| i).collect();
        for at in blanks.into_iter().take(20) {
            let (left, right) = (name.text[..at].trim(), name.text[at..].trim());
            if left.is_empty() || right.is_empty() {
                continue;
            }
            let part = |text: &str| ast::Name { text: text.to_string(), span: name.span, quoted: false };
            let known = |found: Option<Found>| !matches!(found, None | Some(Found::Broken));
            if !known(self.look_up(&part(left))) || !known(self.look_up(&part(right))) {
                continue;
            }
            let from = name.span.start as usize + left.len();
            let to = name.span.end as usize - right.len();
            let gap = Span::new(name.span.file, from, to.max(from));
            let insert = |word: &str| Fix {
                title: format!("put `{word}` between them"),
                applicability: Applicability::Unsafe,
                edits: vec![Edit { span: gap, text: format!(" {word} ") }],
            };
            let first = Span { end: from as u32, ..name.span };
            let second = Span { start: to as u32, ..name.span };
            self.report(
                Diagnostic::new(codes::MISSING_AND, format!("an `and` is missing between `{left}` and `{right}`"))
                    .label(gap, "nothing joins the two names")
                    .label(first, "a name")
                    .label(second, "another name")
                    .help(format!("write `{left} and {right}`, or `or` where one of them is enough"))
                    .fix(insert("and"))
                    .fix(insert("or")),
            );
            return true;
        }
        false
    }
}

fn fits(wanted: Wanted, ty: &Ty) -> bool {
    wanted == Wanted::Any || matches!(ty, Ty::YesNo | Ty::Time | Ty::Date | Ty::Error)
}
