//! `example "…"`: a small world of records and events, and what is expected of it.

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast, LiteralKind, StoryItemKind};

use super::body::Body;
use super::unknown::did_you_mean;
use super::{Cx, Item};
use crate::hir::{DefId, DefKind, Expectation, Expr, FieldId, Moment, Story, StoryEvent, StoryRecord, TableId, Ty};
use crate::suggest::list;

/// The records of a story, by entity and key.
#[derive(Default)]
struct World {
    records: Vec<(TableId, Option<String>, Span)>,
}

impl World {
    fn of(&self, table: TableId) -> impl Iterator<Item = &(TableId, Option<String>, Span)> {
        self.records.iter().filter(move |(t, ..)| *t == table)
    }

    fn keys(&self, table: TableId) -> Vec<&str> {
        self.of(table).filter_map(|(_, key, _)| key.as_deref()).collect()
    }
}

impl Cx<'_> {
    /// A story; lines that were reported are not in it.
    pub(crate) fn story(&mut self, story: &ast::Story) -> Story {
        let mut world = World::default();
        let mut out = Story::default();
        // A line may name a record of a later one.
        for item in &story.items {
            if let StoryItemKind::Record { entity, key, .. } = &item.kind {
                self.story_record(entity, key.as_ref(), item.span, &mut world);
            }
        }
        let mut expects = false;
        for item in &story.items {
            let span = item.span;
            match &item.kind {
                StoryItemKind::Record { entity, key, fields } => {
                    if let Some(Item::Table(table)) = self.named(&entity.key()) {
                        let fields = self.story_fields(table, fields, &world);
                        if !self.table(table).is_event() {
                            let key = key.as_ref().map(|k| k.value.trim().to_string());
                            out.records.push(StoryRecord { table, key, fields, span });
                        }
                    }
                }
                StoryItemKind::Event { event, of, at, fields } => {
                    let placed = self.story_event(event, of.as_ref(), at, &world);
                    if let Some(Item::Table(table)) = self.named(&event.key()) {
                        let fields = self.story_fields(table, fields, &world);
                        if let Some((at, of)) = placed {
                            out.events.push(StoryEvent { table, of, at, fields, span });
                        }
                    }
                }
                StoryItemKind::Expect { key, condition, because } => {
                    expects = true;
                    out.expects.extend(self.story_expect(key.as_ref(), condition, because.as_ref(), &world, span));
                }
            }
        }
        if !expects {
            self.report(
                Diagnostic::new(codes::BAD_EXAMPLE, "this example expects nothing")
                    .label(story.title.span, "no line begins with `expect`")
                    .help("add what should come out, such as `expect not lead`"),
            );
        }
        out
    }

    fn story_record(&mut self, entity: &ast::Name, key: Option<&ast::Text>, span: Span, world: &mut World) {
        let table = match self.named(&entity.key()) {
            Some(Item::Table(table)) if !self.table(table).is_event() => {
                self.note_table(entity.span, table);
                table
            }
            Some(Item::Table(_)) => {
                return self.report(
                    Diagnostic::new(
                        codes::BAD_EXAMPLE,
                        format!("`{}` is an event, and says when it happened", entity.text),
                    )
                    .label(entity.span, "an event")
                    .help(format!("write `{} 20d ago, …`", entity.text)),
                );
            }
            Some(Item::Broken) => return,
            _ => return self.unknown_kind(entity, false),
        };
        let key = key.map(|k| k.value.trim().to_string());
        if let Some((_, _, first)) = world.of(table).find(|(_, k, _)| *k == key) {
            let first = *first;
            let text = key.as_deref().unwrap_or("");
            let found = if key.is_some() {
                Diagnostic::new(codes::BAD_EXAMPLE, format!("`{text}` is told twice"))
            } else {
                Diagnostic::new(codes::BAD_EXAMPLE, format!("two records of `{}` have no key", entity.text))
            };
            self.report(
                found
                    .label(span, "and again here")
                    .label(first, "here")
                    .help(format!("tell records of one entity apart by a key: `{} \"one\": …`", entity.text)),
            );
        }
        world.records.push((table, key, span));
    }

    fn unknown_kind(&mut self, name: &ast::Name, event: bool) {
        let known: Vec<String> =
            self.tables.iter().filter(|t| t.is_event() == event).map(|t| t.name.text.clone()).collect();
        let kind = if event { "event" } else { "entity" };
        let found = Diagnostic::new(codes::UNKNOWN_RECORDS, format!("no {kind} is called `{}`", name.text))
            .label(name.span, "not declared");
        let found = match self.nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => did_you_mean(found, name.span, &near),
            None if known.is_empty() => found.help("declare it above"),
            None => found.help(format!("there are {}", list(known.iter().map(String::as_str)))),
        };
        self.report(found);
    }

    /// When an event happened, and whose it is; `None`: reported.
    fn story_event(
        &mut self,
        event: &ast::Name,
        of: Option<&ast::Text>,
        at: &ast::Moment,
        world: &World,
    ) -> Option<(Moment, Option<usize>)> {
        let at = Body::new(self, None).moment(at);
        let table = match self.named(&event.key()) {
            Some(Item::Table(table)) if self.table(table).is_event() => {
                self.note_table(event.span, table);
                table
            }
            Some(Item::Table(_)) => {
                self.report(
                    Diagnostic::new(
                        codes::BAD_EXAMPLE,
                        format!("`{}` is an entity, and does not happen at a time", event.text),
                    )
                    .label(event.span, "not an event")
                    .help(format!("write `{}: …` with its fields", event.text)),
                );
                return None;
            }
            Some(Item::Broken) => return None,
            _ => {
                self.unknown_kind(event, true);
                return None;
            }
        };
        let Some((_, subject)) = self.subject_of(table) else {
            if let Some(of) = of {
                self.report(
                    Diagnostic::new(
                        codes::BAD_EXAMPLE,
                        format!("`{}` is declared without `of`, so it is nobody's", event.text),
                    )
                    .label(of.span, "whose event")
                    .help("take `of …` out here, or add it to the declaration"),
                );
            }
            return Some((at?, None));
        };
        let of = self.one_of_world(subject, of, event.span, world)?;
        Some((at?, Some(of)))
    }

    /// The record that a key names, or the only one of its entity, by its place in the world. `None`: reported.
    fn one_of_world(&mut self, table: TableId, key: Option<&ast::Text>, at: Span, world: &World) -> Option<usize> {
        let name = self.table_name(table).to_string();
        let keys = world.keys(table);
        let named = key.map(|k| k.value.trim());
        let at_key = |k: Option<&str>| world.records.iter().position(|r| r.0 == table && r.1.as_deref() == k);
        match key {
            Some(key) if keys.contains(&key.value.trim()) => return at_key(named),
            Some(key) => {
                let near = self.nearest(&key.value, keys.iter().copied());
                let found =
                    Diagnostic::new(codes::BAD_EXAMPLE, format!("this example tells of no {name} `{}`", key.value))
                        .label(key.span, "not in the example");
                let found = match near {
                    Some(near) => found.help(format!("did you mean `{}`?", near.name)),
                    None => found.help(format!("add a line `{name} \"{}\": …`", key.value)),
                };
                self.report(found);
            }
            None => {
                let count = world.of(table).count();
                if count == 1 {
                    return world.records.iter().position(|r| r.0 == table);
                }
                let found = if count == 0 {
                    Diagnostic::new(codes::BAD_EXAMPLE, format!("this example tells of no {name}"))
                        .label(at, format!("of which {name}?"))
                        .help(format!("add a line `{name}: …` with its fields"))
                } else {
                    Diagnostic::new(codes::BAD_EXAMPLE, format!("this example tells of {count} records of `{name}`"))
                        .label(at, "of which one?")
                        .help("name it by its key, in quotes")
                };
                self.report(found);
            }
        }
        None
    }

    fn story_fields(
        &mut self,
        table: TableId,
        fields: &[(ast::Name, ast::Expr)],
        world: &World,
    ) -> Vec<(FieldId, Expr)> {
        let mut out = Vec::new();
        let mut seen: Vec<(String, Span)> = Vec::new();
        for (name, value) in fields {
            let key = name.key();
            if let Some((_, first)) = seen.iter().find(|(k, _)| *k == key) {
                self.report(
                    Diagnostic::new(codes::BAD_EXAMPLE, format!("`{}` is given twice", name.text))
                        .label(name.span, "and again here")
                        .label(*first, "here"),
                );
            }
            seen.push((key.clone(), name.span));
            let Some(field) = self.field(table, &key) else {
                self.unknown_given(table, name);
                continue;
            };
            self.note_field(name.span, table, field);
            let ty = self.field_ty(table, field).clone();
            self.note_given(table, name, value, &ty);
            let given = self.given(value, &ty, &name.text);
            out.extend(given.map(|value| (field, value)));
            if let (Ty::Record(other), Ast::Literal(LiteralKind::Text(text))) = (&ty, &value.kind) {
                let text = ast::Text { value: text.clone(), span: value.span };
                let _ = self.one_of_world(*other, Some(&text), value.span, world);
            }
        }
        out
    }

    fn unknown_given(&mut self, table: TableId, name: &ast::Name) {
        let table_name = self.table_name(table).to_string();
        self.see_all(super::track::ALL_FIELDS);
        let known: Vec<String> = self.table(table).fields.iter().map(|f| f.name.text.clone()).collect();
        let mut found = Diagnostic::new(codes::BAD_EXAMPLE, format!("`{table_name}` has no field `{}`", name.text));
        found = if self.member(table, &name.key()).is_some() {
            found
                .label(name.span, "a definition, which is worked out")
                .help("give the fields and events that it is worked out from")
        } else {
            let found = found.label(name.span, "no such field");
            match self.nearest(&name.text, known.iter().map(String::as_str)) {
                Some(near) => did_you_mean(found, name.span, &near),
                None => found.help(format!("its fields are {}", list(known.iter().map(String::as_str)))),
            }
        };
        self.report(found);
    }

    fn story_expect(
        &mut self,
        key: Option<&ast::Text>,
        condition: &ast::Expr,
        because: Option<&ast::Text>,
        world: &World,
        span: Span,
    ) -> Option<Expectation> {
        let subject = self.expected_of(key, condition, world)?;
        let record = match key {
            Some(key) => {
                let key = key.value.trim();
                world.records.iter().position(|r| r.0 == subject && r.1.as_deref() == Some(key))
            }
            None => self.one_of_world(subject, None, condition.span, world),
        };
        let mut body = Body::new(self, Some(subject));
        let condition = body.condition(condition);
        let mut uses: Vec<DefId> = body.uses.iter().map(|(def, _)| *def).collect();
        if let Some(because) = because {
            self.expected_reason(because, &uses);
        }
        uses.dedup();
        let because = because.map(|b| (b.value.clone(), b.span));
        Some(Expectation { record: record?, condition, because, uses, span })
    }

    /// The entity that an expectation is of: by the key, else by the names in the condition.
    fn expected_of(&mut self, key: Option<&ast::Text>, condition: &ast::Expr, world: &World) -> Option<TableId> {
        if let Some(key) = key {
            let wanted = key.value.trim();
            let mut named = world.records.iter().filter(|(_, k, _)| k.as_deref() == Some(wanted)).map(|(t, ..)| *t);
            if let Some(first) = named.next() {
                let mut names = Vec::new();
                names_in(condition, &mut names);
                // One key may stand for records of several entities; the condition says which is meant.
                let fits =
                    std::iter::once(first).chain(named).find(|t| names.iter().all(|n| self.member(*t, n).is_some()));
                return Some(fits.unwrap_or(first));
            }
            let keys: Vec<&str> = world.records.iter().filter_map(|(_, k, _)| k.as_deref()).collect();
            let near = self.nearest(&key.value, keys.iter().copied());
            let found = Diagnostic::new(codes::BAD_EXAMPLE, format!("this example tells of no record `{}`", key.value))
                .label(key.span, "not in the example");
            let found = match near {
                Some(near) => found.help(format!("did you mean `{}`?", near.name)),
                None if keys.is_empty() => found.help("give a record this key: `contact \"c1\": …`"),
                None => found.help(format!("its records are {}", list(keys.iter().copied()))),
            };
            self.report(found);
            return None;
        }
        let mut names = Vec::new();
        names_in(condition, &mut names);
        for name in &names {
            match self.named(name) {
                Some(Item::Broken) => return None,
                Some(Item::Def(def)) => {
                    self.origin(def).subject?;
                    if let Some(subject) = self.def(def).subject {
                        return Some(subject);
                    }
                }
                _ => {}
            }
        }
        let fields = world.records.iter().map(|(t, ..)| *t).find(|t| names.iter().any(|n| self.field(*t, n).is_some()));
        fields.or_else(|| world.records.first().map(|(t, ..)| *t)).or_else(|| {
            self.report(
                Diagnostic::new(codes::BAD_EXAMPLE, "this example tells of no record")
                    .label(condition.span, "expected of whom?")
                    .help("add a line such as `contact: lead source \"PPC\"`"),
            );
            None
        })
    }

    fn expected_reason(&mut self, because: &ast::Text, used: &[DefId]) {
        let mut reasons: Vec<String> = Vec::new();
        for def in used {
            match &self.def(*def).kind {
                DefKind::Term(term) => {
                    let clauses = term.alternatives.iter().chain(&term.exceptions);
                    reasons.extend(clauses.filter_map(|c| c.because.clone()));
                }
                DefKind::Choice(choice) => reasons.extend(choice.lines.iter().filter_map(|l| l.because.clone())),
                DefKind::Error => return,
                _ => {}
            }
        }
        if reasons.contains(&because.value) {
            return;
        }
        let near = self.nearest(&because.value, reasons.iter().map(String::as_str));
        let found = Diagnostic::new(codes::BAD_EXAMPLE, "no definition that is asked here gives this reason")
            .label(because.span, "not a `because` of any of them");
        let found = match near {
            Some(near) => found.help(format!("did you mean `{}`?", near.name)),
            None if reasons.is_empty() => {
                found.help("add `because \"…\"` to the line of the definition that should hold")
            }
            None => found.help(format!("the reasons are {}", list(reasons.iter().map(String::as_str)))),
        };
        self.report(found);
    }
}

/// The first names of all paths of a condition, folded.
fn names_in(expr: &ast::Expr, names: &mut Vec<String>) {
    let mut path = |p: &ast::Path| names.extend(p.names.first().map(ast::Name::key));
    match &expr.kind {
        Ast::Path(p) | Ast::Became { term: p } | Ast::Was { term: p, .. } => path(p),
        _ => {
            let mut paths = Vec::new();
            super::collection::paths_in(expr, &mut paths);
            paths.into_iter().for_each(path);
        }
    }
}
