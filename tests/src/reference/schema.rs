//! Tables and definitions as the reference interpreter sees them: the syntax tree with names looked up.

use lead_syntax::ast::{self, Expr, Statement, StatementKind, TypeKind, fold_name};

/// The type of a field, as far as the interpreter needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// `key`
    Key,
    /// `text`
    Text,
    /// `one of`, with its spellings
    OneOf(Vec<String>),
    /// `number`
    Number,
    /// `money`
    Money,
    /// `yes/no`
    YesNo,
    /// `time`
    Time,
    /// `date`
    Date,
    /// `duration`
    Duration,
    /// `list of …`
    List(Box<FieldType>),
    /// A reference to a table.
    Reference(usize),
}

/// A field of a table.
#[derive(Clone, Debug)]
pub struct Field {
    /// Folded name.
    pub name: String,
    /// Its type.
    pub ty: FieldType,
    /// Headers to look for, in order, each perhaps for one source alone.
    pub headers: Vec<(String, Option<String>)>,
}

/// An entity or an event.
#[derive(Clone, Debug)]
pub struct Table {
    /// Folded name.
    pub name: String,
    /// Files.
    pub sources: Vec<String>,
    /// `where` on headers.
    pub filter: Option<Expr>,
    /// Fields, the subject reference among them.
    pub fields: Vec<Field>,
    /// Whether it is an event.
    pub event: bool,
    /// The field that `of` names.
    pub subject: Option<usize>,
    /// The time of an event.
    pub time: Option<usize>,
    /// The key of an entity.
    pub key: Option<usize>,
    /// `same when`.
    pub same_when: Vec<usize>,
}

impl Table {
    /// The place of a field by its folded name.
    pub fn field(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == key)
    }
}

/// What a definition says.
#[derive(Clone, Debug)]
pub enum DefBody {
    /// `=`
    Value(Expr),
    /// `when`
    Term(ast::Term),
    /// `is`
    Choice(ast::Choice),
    /// `score`
    Score(ast::Score),
    /// `funnel`
    Funnel(ast::Funnel),
    /// `metric`
    Metric(ast::Metric),
}

/// A definition.
#[derive(Clone, Debug)]
pub struct Def {
    /// Folded name.
    pub name: String,
    /// Table of its subject.
    pub subject: usize,
    /// What it says.
    pub body: DefBody,
}

/// All tables and definitions of a lexicon.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Tables in order.
    pub tables: Vec<Table>,
    /// Definitions in order.
    pub defs: Vec<Def>,
}

impl Schema {
    /// From the statements of all files.
    pub fn new<'a>(files: impl Iterator<Item = &'a ast::File> + Clone) -> Schema {
        let statements = || files.clone().flat_map(|f| &f.statements);
        let names: Vec<String> = statements()
            .filter_map(|s| match &s.kind {
                StatementKind::Entity(e) => Some(e.name.key()),
                StatementKind::Event(e) => Some(e.name.key()),
                _ => None,
            })
            .collect();
        let index = |name: &str| names.iter().position(|n| n == name);
        let tables: Vec<Table> = statements().filter_map(|s| table(s, &index)).collect();
        let first_entity = tables.iter().position(|t| !t.event).unwrap_or(0);
        let mut defs = Vec::new();
        for file in files {
            let mut subject = first_entity;
            for statement in &file.statements {
                if let StatementKind::Subject(name) = &statement.kind {
                    subject = index(&name.key()).unwrap_or_else(|| panic!("no entity `{}`", name.text));
                }
                defs.extend(definition(statement, subject));
            }
        }
        Schema { tables, defs }
    }

    /// The table of a folded name.
    pub fn table(&self, key: &str) -> Option<usize> {
        self.tables.iter().position(|t| t.name == key)
    }

    /// The definition of a folded name.
    pub fn def(&self, key: &str) -> Option<usize> {
        self.defs.iter().position(|d| d.name == key)
    }
}

fn definition(statement: &Statement, subject: usize) -> Option<Def> {
    let (name, body) = match &statement.kind {
        StatementKind::Value(v) => (&v.name, DefBody::Value(v.expr.clone())),
        StatementKind::Term(t) => (&t.name, DefBody::Term(t.clone())),
        StatementKind::Choice(c) => (&c.name, DefBody::Choice(c.clone())),
        StatementKind::Score(s) => (&s.name, DefBody::Score(s.clone())),
        StatementKind::Funnel(f) => (&f.name, DefBody::Funnel(f.clone())),
        StatementKind::Metric(m) => (&m.name, DefBody::Metric(m.clone())),
        _ => return None,
    };
    Some(Def { name: name.key(), subject, body })
}

fn table(statement: &Statement, index: &impl Fn(&str) -> Option<usize>) -> Option<Table> {
    let (name, sources, filter, fields, of) = match &statement.kind {
        StatementKind::Entity(e) => (&e.name, &e.sources, &e.filter, &e.fields, None),
        StatementKind::Event(e) => (&e.name, &e.sources, &e.filter, &e.fields, e.of.as_ref()),
        _ => return None,
    };
    let event = matches!(statement.kind, StatementKind::Event(_));
    let mut fields: Vec<Field> = fields.iter().map(|f| field(f, index)).collect();
    let subject = of.map(|of| {
        let key = of.key();
        fields.iter().position(|f| f.name == key).unwrap_or_else(|| {
            let target = index(&key).unwrap_or_else(|| panic!("no entity `{}`", of.text));
            fields.push(Field { name: key.clone(), ty: FieldType::Reference(target), headers: Vec::new() });
            fields.len() - 1
        })
    });
    let of_type = |ty: FieldType| fields.iter().position(|f| f.ty == ty);
    let time = event.then(|| {
        let at = fields.iter().position(|f| f.name == "at" && matches!(f.ty, FieldType::Time | FieldType::Date));
        at.or(of_type(FieldType::Time)).or(of_type(FieldType::Date)).expect("an event has a time")
    });
    let same_when = match &statement.kind {
        StatementKind::Entity(e) => e.same_when.iter().map(|n| n.key()).collect(),
        _ => Vec::new(),
    };
    let same_when = same_when.iter().filter_map(|n| fields.iter().position(|f| f.name == *n)).collect();
    Some(Table {
        name: name.key(),
        sources: sources.iter().map(|s| s.value.clone()).collect(),
        filter: filter.clone(),
        key: of_type(FieldType::Key),
        fields,
        event,
        subject,
        time,
        same_when,
    })
}

fn field(field: &ast::Field, index: &impl Fn(&str) -> Option<usize>) -> Field {
    Field {
        name: fold_name(&field.name.text),
        ty: field_type(&field.ty.kind, index),
        headers: field
            .headers
            .iter()
            .map(|h| (h.header.value.clone(), h.source.as_ref().map(|s| s.value.clone())))
            .collect(),
    }
}

fn field_type(kind: &TypeKind, index: &impl Fn(&str) -> Option<usize>) -> FieldType {
    match kind {
        TypeKind::Key => FieldType::Key,
        TypeKind::Text => FieldType::Text,
        TypeKind::Number => FieldType::Number,
        TypeKind::Money => FieldType::Money,
        TypeKind::YesNo => FieldType::YesNo,
        TypeKind::Time => FieldType::Time,
        TypeKind::Date => FieldType::Date,
        TypeKind::Duration => FieldType::Duration,
        TypeKind::List(item) => FieldType::List(Box::new(field_type(&item.kind, index))),
        TypeKind::OneOf(texts) => FieldType::OneOf(texts.iter().map(|t| t.value.clone()).collect()),
        TypeKind::Reference(name) => {
            FieldType::Reference(index(&name.key()).unwrap_or_else(|| panic!("no entity `{}`", name.text)))
        }
        TypeKind::Error => panic!("a field without a type"),
    }
}
