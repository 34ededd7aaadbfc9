//! Entities and events: heads, fields, types.

use super::Builder;
use crate::ast::{Entity, Event, Expr, Field, Header, Name, Text, Type, TypeKind};
use lead_grammar::{Pair, Rule};

/// The head of an entity or event.
pub(crate) struct Head {
    pub name: Name,
    pub of: Option<Name>,
    pub sources: Vec<Text>,
    pub filter: Option<Expr>,
}

/// A line below the head.
pub(crate) enum FieldLine {
    Field(Field),
    SameWhen(Vec<Name>),
}

impl Builder<'_> {
    /// `entity …`
    pub fn entity(&mut self, pair: Pair) -> Entity {
        let mut head = None;
        let mut fields = Vec::new();
        let mut same_when = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::entity_head {
                head = Some(self.head(part));
            } else if let Some(line) = self.field_line(part) {
                match line {
                    FieldLine::Field(field) => fields.push(field),
                    FieldLine::SameWhen(names) => same_when.extend(names),
                }
            }
        }
        let head = head.unwrap_or_else(|| self.no_head());
        Entity { name: head.name, sources: head.sources, filter: head.filter, fields, same_when }
    }

    /// `event …`
    pub fn event(&mut self, pair: Pair) -> Event {
        let mut head = None;
        let mut fields = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::event_head {
                head = Some(self.head(part));
            } else if let Some(FieldLine::Field(field)) = self.field_line(part) {
                fields.push(field);
            }
        }
        let head = head.unwrap_or_else(|| self.no_head());
        Event { name: head.name, of: head.of, sources: head.sources, filter: head.filter, fields }
    }

    fn no_head(&self) -> Head {
        Head { name: self.no_name(), of: None, sources: Vec::new(), filter: None }
    }

    /// The head of an entity or event.
    pub fn head(&mut self, pair: Pair) -> Head {
        let mut head = self.no_head();
        let mut behind_of = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_of => behind_of = true,
                Rule::source_name if behind_of => head.of = Some(self.name(&part)),
                Rule::source_name | Rule::event_name => head.name = self.name(&part),
                Rule::sources => {
                    for source in part.into_inner().filter(|p| p.as_rule() == Rule::text) {
                        head.sources.push(self.text(&source));
                    }
                }
                Rule::filter => head.filter = Some(self.filter(part).expr),
                _ => {}
            }
        }
        head
    }

    /// A `field` or `same_when`.
    pub fn field_line(&mut self, pair: Pair) -> Option<FieldLine> {
        match pair.as_rule() {
            Rule::field => Some(FieldLine::Field(self.field(pair))),
            Rule::same_when => {
                let names = pair.into_inner().filter(|p| p.as_rule() == Rule::name).map(|p| self.name(&p)).collect();
                Some(FieldLine::SameWhen(names))
            }
            _ => None,
        }
    }

    fn field(&mut self, pair: Pair) -> Field {
        let mut span = self.span(&pair);
        let mut name = self.no_name();
        let mut ty = Type { kind: TypeKind::Error, span: span.after() };
        let mut headers = Vec::new();
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::name => {
                    span = place;
                    name = self.name(&part);
                }
                Rule::arrow => ty.span = place,
                Rule::source_name => {
                    ty = Type { kind: TypeKind::Reference(self.name(&part)), span: ty.span.to(place) };
                    span = span.to(place);
                }
                Rule::field_type => {
                    ty = self.field_type(part);
                    span = span.to(ty.span);
                }
                Rule::headers => {
                    for header in part.into_inner().filter(|p| p.as_rule() == Rule::header) {
                        let mut texts = header.into_inner().filter(|p| p.as_rule() == Rule::text);
                        let Some(header) = texts.next().map(|p| self.text(&p)) else { continue };
                        let source = texts.next().map(|p| self.text(&p));
                        span = span.to(source.as_ref().map_or(header.span, |s| s.span));
                        headers.push(Header { header, source });
                    }
                }
                _ => {}
            }
        }
        Field { name, ty, headers, span, docs: None }
    }

    fn field_type(&mut self, pair: Pair) -> Type {
        let mut span = self.span(&pair);
        let mut kind = TypeKind::Error;
        let mut values = Vec::new();
        let mut one_of = false;
        let (mut lists, mut first) = (Vec::new(), None);
        for part in pair.into_inner() {
            let place = self.span(&part);
            span.end = place.end;
            match part.as_rule() {
                Rule::list_of => lists.push(place),
                Rule::one_of => {
                    one_of = true;
                    first.get_or_insert(place);
                }
                Rule::text => values.push(self.text(&part)),
                Rule::simple_type => {
                    kind = simple_type(part.as_str());
                    first.get_or_insert(place);
                }
                _ => {}
            }
        }
        if one_of {
            kind = TypeKind::OneOf(values);
        }
        // Keeps *bounded tree*.
        if lists.len() > MAX_LISTS {
            self.report_deep(span);
            return Type { kind: TypeKind::Error, span };
        }
        let mut ty = Type { kind, span: first.map_or(span, |f| f.to(span.after())) };
        for list in lists.into_iter().rev() {
            let span = list.to(ty.span);
            ty = Type { kind: TypeKind::List(Box::new(ty)), span };
        }
        ty
    }
}

/// How many `list of` may stand before a type.
const MAX_LISTS: usize = 16;

fn simple_type(written: &str) -> TypeKind {
    match written.to_ascii_lowercase().as_str() {
        "key" => TypeKind::Key,
        "text" => TypeKind::Text,
        "number" => TypeKind::Number,
        "money" => TypeKind::Money,
        "yes/no" => TypeKind::YesNo,
        "time" => TypeKind::Time,
        "date" => TypeKind::Date,
        "duration" => TypeKind::Duration,
        _ => TypeKind::Error,
    }
}
