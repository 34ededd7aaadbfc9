//! Entities and events: fields and their types, keys, references, times, sources.

use std::sync::Arc;

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, TypeKind};

use super::declare::{Statements, name};
use super::unknown::did_you_mean;
use super::{Cx, Item, TABLE_SEARCHES};
use crate::hir::{DefId, Field, FieldId, HeaderDecl, Name, Table, TableId, TableKind, Ty};
use crate::index::{Role, Target};
use crate::suggest;

impl Cx<'_> {
    pub(crate) fn fill_tables(&mut self, statements: &Statements) {
        self.searches = TABLE_SEARCHES;
        for (id, entity) in &statements.entities {
            self.add_fields(*id, &entity.fields, &entity.sources);
            self.entity_keys(*id, entity);
        }
        for (id, event) in &statements.events {
            self.add_fields(*id, &event.fields, &event.sources);
            self.event_subject(*id, event);
            self.event_time(*id, event);
        }
        for (id, entity) in &statements.entities {
            self.filter(*id, entity.filter.as_ref());
            self.references_need_keys(*id);
        }
        for (id, event) in &statements.events {
            self.filter(*id, event.filter.as_ref());
            self.references_need_keys(*id);
        }
    }

    fn filter(&mut self, id: TableId, filter: Option<&ast::Expr>) {
        if let Some(filter) = filter {
            let lowered = self.source_filter(filter);
            self.tables[id.0 as usize].filter = lowered;
        }
    }

    fn add_fields(&mut self, id: TableId, fields: &[ast::Field], sources: &[ast::Text]) {
        for field in fields {
            let key = field.name.key();
            if let Some(first) = self.field(id, &key) {
                let first = self.table(id).fields[first.0 as usize].span;
                self.report(
                    Diagnostic::new(codes::DUPLICATE_FIELD, format!("`{}` is a field twice", field.name.text))
                        .label(field.name.span, "and again here")
                        .label(first, "declared here")
                        .help("several headers for one field stand in one line: `… from \"A\", \"B\"`"),
                );
                continue;
            }
            let ty = self.field_type(&field.ty);
            let headers = field.headers.iter().map(|h| self.header(h, sources)).collect();
            let at = self.push_field(
                id,
                Field { name: name(&field.name), ty, headers, docs: field.docs.clone(), span: field.span },
            );
            self.note(field.name.span, Target::Field(id, at), Role::Declaration);
            if let TypeKind::OneOf(values) = &field.ty.kind {
                for (i, value) in values.iter().enumerate() {
                    self.note(value.span, Target::Value(id, at, i as u32), Role::Declaration);
                }
            }
        }
    }

    fn push_field(&mut self, id: TableId, field: Field) -> FieldId {
        let at = FieldId(self.table(id).fields.len() as u32);
        self.fields[id.0 as usize].insert(field.name.key.clone(), at);
        self.tables[id.0 as usize].fields.push(field);
        at
    }

    fn header(&mut self, header: &ast::Header, sources: &[ast::Text]) -> HeaderDecl {
        if let Some(source) = &header.source
            && !sources.iter().any(|s| s.value == source.value)
        {
            let near = self.nearest(&source.value, sources.iter().map(|s| s.value.as_str()));
            let mut found = Diagnostic::new(
                codes::UNKNOWN_SOURCE,
                format!("`{}` is not among the files this is read from", source.value),
            )
            .label(source.span, "no such file in `from`");
            if let Some(first) = sources.first() {
                found = found.label(first.span, "the files stand here");
            }
            found = match near {
                Some(near) => found.help(format!("did you mean `{}`?", near.name)).fix(lead_diag::Fix::replace(
                    format!("write `{}`", near.name),
                    near.applicability(),
                    source.span,
                    format!("\"{}\"", near.name),
                )),
                None => found.help("add the file behind `from` in the first line, or name one that is there"),
            };
            self.report(found);
        }
        HeaderDecl { header: header.header.value.clone(), source: header.source.as_ref().map(|s| s.value.clone()) }
    }

    fn field_type(&mut self, ty: &ast::Type) -> Ty {
        match &ty.kind {
            TypeKind::Key => Ty::Key,
            TypeKind::Text => Ty::Text,
            TypeKind::Number => Ty::Number,
            TypeKind::Money => Ty::Money,
            TypeKind::YesNo => Ty::YesNo,
            TypeKind::Time => Ty::Time,
            TypeKind::Date => Ty::Date,
            TypeKind::Duration => Ty::Duration,
            TypeKind::List(item) => match self.field_type(item) {
                Ty::Error => Ty::Error,
                item @ (Ty::Text | Ty::OneOf(_) | Ty::Number | Ty::Date) => Ty::List(Box::new(item)),
                other => {
                    self.report(
                        Diagnostic::new(codes::BAD_FIELD_TYPE, "a field cannot hold a list of this")
                            .label(item.span, format!("{} cannot stand in a list", self.describe(&other)))
                            .help("a list holds texts, numbers, dates or `one of` values; several records to one are an entity of their own"),
                    );
                    Ty::Error
                }
            },
            TypeKind::OneOf(values) => self.one_of(values),
            TypeKind::Reference(to) => self.reference(to),
            TypeKind::Error => Ty::Error,
        }
    }

    fn one_of(&mut self, values: &[ast::Text]) -> Ty {
        let mut seen: std::collections::HashMap<String, Span> = Default::default();
        for value in values {
            if let Some(first) = seen.insert(fold_text(&value.value), value.span) {
                self.report(
                    Diagnostic::new(codes::BAD_FIELD_TYPE, format!("`{}` is listed twice", value.value))
                        .label(value.span, "and again here")
                        .label(first, "listed here")
                        .help("texts that differ in case or blanks alone are one text"),
                );
            }
        }
        Ty::OneOf(Arc::new(values.iter().map(|v| v.value.clone()).collect()))
    }

    fn reference(&mut self, to: &ast::Name) -> Ty {
        match self.named(&to.key()) {
            Some(Item::Table(id)) if !self.table(id).is_event() => {
                self.note_table(to.span, id);
                Ty::Record(id)
            }
            Some(Item::Table(_)) => {
                self.report(
                    Diagnostic::new(
                        codes::BAD_FIELD_TYPE,
                        format!("`{}` is an event, and a reference names an entity", to.text),
                    )
                    .label(to.span, "an event")
                    .help("make it an entity with a key, or refer to the entity that the event happens to"),
                );
                Ty::Error
            }
            Some(Item::Broken) => Ty::Error,
            _ => {
                self.unknown_entity(to);
                Ty::Error
            }
        }
    }

    fn unknown_entity(&mut self, wanted: &ast::Name) {
        let entities: Vec<String> = self.tables.iter().filter(|t| !t.is_event()).map(|t| t.name.text.clone()).collect();
        let near = self.nearest(&wanted.text, entities.iter().map(String::as_str));
        let found = Diagnostic::new(codes::UNKNOWN_RECORDS, format!("no entity is called `{}`", wanted.text))
            .label(wanted.span, "not declared");
        let found = match near {
            Some(near) => did_you_mean(found, wanted.span, &near),
            None => found.help(format!("declare it: `entity {} from \"….csv\"`", wanted.text)),
        };
        self.report(found);
    }

    fn entity_keys(&mut self, id: TableId, entity: &ast::Entity) {
        let keys: Vec<FieldId> = self.fields_of(id, |ty| *ty == Ty::Key);
        self.tables[id.0 as usize].key = keys.first().copied();
        self.second_key(id, &keys);
        for wanted in &entity.same_when {
            match self.field(id, &wanted.key()) {
                Some(field) if matches!(self.field_ty(id, field), Ty::Text | Ty::Key | Ty::OneOf(_) | Ty::Error) => {
                    self.note_field(wanted.span, id, field);
                    self.tables[id.0 as usize].same_when.push(field);
                }
                Some(field) => {
                    let ty = self.describe(&self.field_ty(id, field).clone());
                    self.report(
                        Diagnostic::new(codes::BAD_KEY, format!("`{}` cannot tell records apart", wanted.text))
                            .label(wanted.span, format!("this is {ty}"))
                            .help("`same when` names a text, such as an e-mail address"),
                    );
                }
                None => {
                    let known: Vec<String> = self.table(id).fields.iter().map(|f| f.name.text.clone()).collect();
                    let near = self.nearest(&wanted.text, known.iter().map(String::as_str));
                    let found = Diagnostic::new(
                        codes::UNKNOWN_FIELD,
                        format!("`{}` has no field `{}`", entity.name.text, wanted.text),
                    )
                    .label(wanted.span, "no such field");
                    let found = match near {
                        Some(near) => did_you_mean(found, wanted.span, &near),
                        None => {
                            found.help(format!("its fields are {}", suggest::list(known.iter().map(String::as_str))))
                        }
                    };
                    self.report(found);
                }
            }
        }
    }

    fn second_key(&mut self, id: TableId, keys: &[FieldId]) {
        if let [first, second, ..] = keys {
            let (first, second) = (*first, *second);
            let span = |f: FieldId| self.table(id).fields[f.0 as usize].span;
            let text = self.table(id).fields[second.0 as usize].name.text.clone();
            let found = Diagnostic::new(codes::BAD_KEY, format!("`{}` has two keys", self.table_name(id)))
                .label(span(second), "a second key")
                .label(span(first), "the key")
                .help(format!("make `{text}` a text, and add `same when {text}` if it tells records apart as well"));
            self.report(found);
        }
    }

    /// `of contact` is a reference: the field of that name, or one that stands for it.
    fn event_subject(&mut self, id: TableId, event: &ast::Event) {
        self.tables[id.0 as usize].key = self.fields_of(id, |ty| *ty == Ty::Key).first().copied();
        let Some(of) = &event.of else { return };
        let subject = match self.field(id, &of.key()) {
            Some(field) => match self.field_ty(id, field) {
                Ty::Record(_) => {
                    self.note_field(of.span, id, field);
                    Some(field)
                }
                Ty::Error => None,
                other => {
                    let ty = self.describe(&other.clone());
                    let span = self.table(id).fields[field.0 as usize].span;
                    self.report(
                        Diagnostic::new(
                            codes::NOT_A_REFERENCE,
                            format!("`{}` is not a reference, so no event can be of it", of.text),
                        )
                        .label(of.span, "the subject of the event")
                        .label(span, format!("this is {ty}"))
                        .help(format!("declare it as a reference: `{} -> …`", of.text)),
                    );
                    None
                }
            },
            None => match self.reference(of) {
                ty @ Ty::Record(_) => {
                    let field = Field { name: name(of), ty, headers: Vec::new(), docs: None, span: of.span };
                    let at = self.push_field(id, field);
                    self.note(of.span, Target::Field(id, at), Role::Declaration);
                    Some(at)
                }
                _ => {
                    // Declared with an unknown type, so that paths through it are silent.
                    let field = Field { name: name(of), ty: Ty::Error, headers: Vec::new(), docs: None, span: of.span };
                    self.push_field(id, field);
                    None
                }
            },
        };
        if let TableKind::Event { subject: slot, .. } = &mut self.tables[id.0 as usize].kind {
            *slot = subject;
        }
    }

    fn event_time(&mut self, id: TableId, event: &ast::Event) {
        let is_time = |ty: &Ty| matches!(ty, Ty::Time | Ty::Date);
        let at = self.field(id, "at").filter(|f| is_time(self.field_ty(id, *f)) || *self.field_ty(id, *f) == Ty::Error);
        let first = |cx: &Self, wanted: Ty| cx.fields_of(id, |ty| *ty == wanted).first().copied();
        let time = at.or_else(|| first(self, Ty::Time)).or_else(|| first(self, Ty::Date));
        let time = time.unwrap_or_else(|| {
            let broken = self.fields_of(id, |ty| *ty == Ty::Error).first().copied();
            if broken.is_none() {
                self.report(
                    Diagnostic::new(codes::NO_TIME_FIELD, format!("`{}` does not say when it happened", event.name.text))
                        .label(event.name.span, "an event has a time")
                        .help("add a line `at: time`, with `from \"Header\"` if the file calls it something else; records without a time are an `entity`"),
                );
            }
            broken.unwrap_or_else(|| {
                let key = Name { text: "at".into(), key: "at".into() };
                match self.field(id, "at") {
                    Some(field) => field,
                    None => self.push_field(
                        id,
                        Field { name: key, ty: Ty::Error, headers: Vec::new(), docs: None, span: event.name.span },
                    ),
                }
            })
        });
        if let TableKind::Event { time: slot, .. } = &mut self.tables[id.0 as usize].kind {
            *slot = time;
        }
    }

    fn fields_of(&self, id: TableId, fits: impl Fn(&Ty) -> bool) -> Vec<FieldId> {
        let fields = self.table(id).fields.iter().enumerate();
        fields.filter(|(_, f)| fits(&f.ty)).map(|(i, _)| FieldId(i as u32)).collect()
    }

    /// A reference finds its record by the key, so the other side needs one (D43).
    fn references_need_keys(&mut self, id: TableId) {
        let references: Vec<(Ty, Span)> = self.table(id).fields.iter().map(|f| (f.ty.clone(), f.span)).collect();
        for (ty, span) in references {
            let Ty::Record(to) = ty else { continue };
            let other = self.table(to);
            let has_error = other.fields.iter().any(|f| f.ty == Ty::Error);
            if other.key.is_some() || has_error {
                continue;
            }
            let found = Diagnostic::new(
                codes::BAD_KEY,
                format!("`{}` has no key, so nothing can refer to it", other.name.text),
            )
            .label(span, "a reference to it")
            .label(other.name_span, "no field here is a key")
            .help("add a line such as `id: key from \"Record ID\"`");
            self.report(found);
        }
    }

    /// What is wrong between definitions and the entities that they are said of.
    pub(crate) fn definitions_and_fields(&mut self) {
        for at in 0..self.order.len() {
            let clash = self.field_of_the_name(self.order[at]);
            self.diagnostics.extend(clash);
        }
        self.subjects_need_keys();
    }

    /// A definition may not bear the name of a field of its subject (D4).
    pub(crate) fn field_of_the_name(&self, id: DefId) -> Option<Diagnostic> {
        let def = &self.defs[id.0 as usize];
        let subject = def.subject?;
        let field = self.field(subject, &def.name.key)?;
        let table = self.table(subject);
        let text = &def.name.text;
        let found =
            Diagnostic::new(codes::DUPLICATE_NAME, format!("`{text}` is a field of `{}` already", table.name.text))
                .label(def.name_span, "defined again here")
                .label(table.fields[field.0 as usize].span, "the field")
                .help("give the definition another name, so that a rule can say which of the two it means");
        Some(found)
    }

    /// A subject needs a key (D43); said once, of the first definition.
    pub(crate) fn subjects_need_keys(&mut self) {
        let keyless = |t: &Table| t.key.is_none() && !t.fields.iter().any(|f| f.ty == Ty::Error);
        let mut keyless: Vec<bool> = self.tables.iter().map(keyless).collect();
        if !keyless.contains(&true) {
            return;
        }
        for at in 0..self.order.len() {
            let def = &self.defs[self.order[at].0 as usize];
            let Some(subject) = def.subject else { continue };
            if !std::mem::take(&mut keyless[subject.0 as usize]) {
                continue;
            }
            let table = self.table(subject);
            let found = Diagnostic::new(
                codes::BAD_KEY,
                format!("`{}` has no key, so no answer can be given for it", table.name.text),
            )
            .label(def.name_span, "said of it")
            .label(table.name_span, "no field here is a key")
            .help("add a line such as `id: key from \"Record ID\"`");
            self.report(found);
        }
    }

    /// A type in words: `a number`, `a record of `company``.
    pub(crate) fn describe(&self, ty: &Ty) -> String {
        match ty {
            Ty::YesNo => "a yes or no".into(),
            Ty::Number => "a number".into(),
            Ty::Percent => "a percentage".into(),
            Ty::Money => "an amount of money".into(),
            Ty::Text => "a text".into(),
            Ty::OneOf(_) => "a text out of a list".into(),
            Ty::Date => "a date".into(),
            Ty::Time => "a time".into(),
            Ty::Duration => "a length of time".into(),
            Ty::List(item) => match **item {
                Ty::Number => "a list of numbers".into(),
                Ty::Text | Ty::OneOf(_) => "a list of texts".into(),
                Ty::Date => "a list of dates".into(),
                _ => "a list".into(),
            },
            Ty::Key => "a key".into(),
            Ty::Record(id) => format!("a record of `{}`", self.table_name(*id)),
            Ty::Period => "a period of time".into(),
            Ty::Error => "not clear".into(),
        }
    }
}

/// What texts are compared by (D16): trimmed, lower-cased character by character.
pub fn fold_text(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_ascii_lowercase();
    }
    text.trim().chars().flat_map(char::to_lowercase).collect()
}
