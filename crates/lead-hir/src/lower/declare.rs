//! The first pass: every statement's name goes into the one namespace (D4), and every definition gets its subject.

use lead_diag::{Diagnostic, FileId, Span, codes};
use lead_syntax::ast::{self, ExprKind, LiteralKind, StatementKind};

use super::{Cx, Facts, Item, Origin, SEARCHES, State};
use crate::hir::{DefId, FieldId, Name, Table, TableId, TableKind};
use crate::index::{Role, Target};
use crate::suggest;

/// Statements that are not definitions, with what the later passes need of them.
#[derive(Default)]
pub(crate) struct Statements<'a> {
    pub entities: Vec<(TableId, &'a ast::Entity)>,
    pub events: Vec<(TableId, &'a ast::Event)>,
    pub stories: Vec<(&'a ast::Story, Span)>,
    pub tables: Vec<(&'a ast::Table, Span)>,
}

pub(crate) fn name(name: &ast::Name) -> Name {
    Name { text: name.text.clone(), key: name.key() }
}

/// Whether a value is a period for windows (D25), by its form alone.
pub(crate) fn is_period(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ExprKind::Period(_) => true,
        ExprKind::Literal(LiteralKind::Duration(..)) => true,
        ExprKind::Paren(inner) => is_period(inner),
        _ => false,
    }
}

/// The name that a statement defines.
pub(crate) fn defined(kind: &StatementKind) -> Option<&ast::Name> {
    match kind {
        StatementKind::Value(s) => Some(&s.name),
        StatementKind::Term(s) => Some(&s.name),
        StatementKind::Choice(s) => Some(&s.name),
        StatementKind::Score(s) => Some(&s.name),
        StatementKind::Funnel(s) => Some(&s.name),
        StatementKind::Metric(s) => Some(&s.name),
        StatementKind::Broken { name } => name.as_ref(),
        _ => None,
    }
}

/// The subject in force while a file is read from top to bottom.
pub(crate) enum InForce {
    /// Nothing was said: the first entity.
    First,
    /// A `for` that names a table.
    Table(TableId),
    /// A `for` that was reported.
    Unknown,
}

impl<'a> Cx<'a> {
    pub(crate) fn declare(&mut self, files: &[(FileId, &'a ast::File)]) -> Statements<'a> {
        // Most statements define something.
        let count = files.iter().map(|(_, file)| file.statements.len()).sum();
        self.names.reserve(count);
        self.defs.reserve(count);
        self.origins.reserve(count);
        self.states.reserve(count);
        self.facts.reserve(count);
        self.order.reserve(count);
        let mut statements = Statements::default();
        let mut broken = false;
        let mut first_entity = None;
        // Tables first, so that a `for` may name one that is declared further down.
        for statement in files.iter().flat_map(|(_, f)| &f.statements) {
            match &statement.kind {
                StatementKind::Entity(entity) => {
                    let id = self.add_table(&entity.name, statement, &entity.sources);
                    first_entity.get_or_insert(id);
                    statements.entities.push((id, entity));
                }
                StatementKind::Event(event) => {
                    let id = self.add_table(&event.name, statement, &event.sources);
                    // The real subject and time are set with the fields.
                    self.tables[id.0 as usize].kind = TableKind::Event { subject: None, time: FieldId(0) };
                    statements.events.push((id, event));
                }
                StatementKind::Broken { .. } => broken = true,
                _ => {}
            }
        }
        for statement in files.iter().flat_map(|(_, f)| &f.statements) {
            if let StatementKind::Broken { name: Some(name) } = &statement.kind {
                self.names.entry(name.key()).or_insert(Item::Broken);
            }
        }
        for (_, file) in files {
            let mut subject = InForce::First;
            for statement in &file.statements {
                match &statement.kind {
                    StatementKind::Subject(name) => {
                        self.searches = SEARCHES;
                        subject = self.subject(name).map_or(InForce::Unknown, InForce::Table);
                    }
                    StatementKind::Story(story) => statements.stories.push((story, statement.span)),
                    StatementKind::Table(table) => statements.tables.push((table, statement.span)),
                    kind => {
                        let Some(name) = defined(kind) else { continue };
                        let subject = match subject {
                            InForce::First => first_entity,
                            InForce::Table(id) => Some(id),
                            InForce::Unknown => None,
                        };
                        self.add_def(name, statement, subject);
                    }
                }
            }
        }
        // A broken statement may have been the entity that is missed.
        self.no_subject(first_entity.is_none() && !broken);
        statements
    }

    /// A lexicon that defines something and declares nothing has one report, not one per name.
    pub(crate) fn no_subject(&mut self, nothing_declared: bool) {
        let mut origins = self.order.iter().map(|d| self.origins[d.0 as usize]);
        let asks = origins.find(|o| !matches!(o.statement.kind, StatementKind::Broken { .. }));
        if let Some(origin) = asks.filter(|_| nothing_declared) {
            let span = defined(&origin.statement.kind).map_or(origin.statement.span, |n| n.span);
            self.report(
                Diagnostic::new(codes::BAD_SUBJECT, "nothing is declared that this could be said of")
                    .label(span, "said of what?")
                    .help("declare an entity first: `entity contact from \"contacts.csv\"` and a line per field"),
            );
        }
    }

    fn add_table(&mut self, declared: &ast::Name, statement: &ast::Statement, sources: &[ast::Text]) -> TableId {
        let id = self.new_table(declared, statement, sources);
        self.claim(declared, Item::Table(id));
        id
    }

    /// An entity without fields, whose name is not entered.
    pub(crate) fn new_table(
        &mut self,
        declared: &ast::Name,
        statement: &ast::Statement,
        sources: &[ast::Text],
    ) -> TableId {
        let id = TableId(self.tables.len() as u32);
        self.tables.push(Table {
            name: name(declared),
            kind: TableKind::Entity,
            sources: sources.iter().map(|s| s.value.clone()).collect(),
            filter: None,
            fields: Vec::new(),
            key: None,
            same_when: Vec::new(),
            docs: statement.docs.clone(),
            span: statement.span,
            name_span: declared.span,
        });
        self.fields.push(Default::default());
        self.note(declared.span, Target::Table(id), Role::Declaration);
        id
    }

    fn add_def(&mut self, declared: &ast::Name, statement: &'a ast::Statement, subject: Option<TableId>) {
        let id = DefId(self.defs.len() as u32);
        let def = self.placeholder(declared, statement, subject);
        self.order.push(id);
        self.defs.push(def);
        self.origins.push(Origin { statement, subject });
        self.facts.push(Facts::default());
        self.note(declared.span, Target::Def(id), Role::Declaration);
        let broken = matches!(statement.kind, StatementKind::Broken { .. });
        self.states.push(if broken { State::Done } else { State::Waiting });
        if !broken {
            self.claim(declared, Item::Def(id));
        }
    }

    /// Enters a name; the first to bear it keeps it.
    fn claim(&mut self, declared: &ast::Name, item: Item) {
        let key = declared.key();
        match self.names.get(&key).copied() {
            None => drop(self.names.insert(key, item)),
            Some(Item::Broken) => {}
            Some(other) => {
                let found = self.stands_for_two(&declared.text, declared.span, other);
                self.report(found);
            }
        }
    }

    /// L0211, of a name that something else bears already.
    pub(crate) fn stands_for_two(&self, text: &str, declared: Span, other: Item) -> Diagnostic {
        let (span, what) = match other {
            Item::Table(id) => (self.table(id).name_span, "declared here"),
            Item::Def(id) => (self.def(id).name_span, "defined here"),
            Item::Broken => (declared, ""),
        };
        Diagnostic::new(codes::DUPLICATE_NAME, format!("`{text}` stands for two things"))
            .label(declared, "and again here")
            .label(span, what)
            .help("all files of a lexicon share one set of names: give one of the two another name")
    }

    pub(crate) fn subject(&mut self, wanted: &ast::Name) -> Option<TableId> {
        match self.named(&wanted.key()) {
            Some(Item::Table(id)) if !self.table(id).is_event() => {
                self.note_table(wanted.span, id);
                return Some(id);
            }
            Some(Item::Table(_)) => {
                self.report(
                    Diagnostic::new(
                        codes::BAD_SUBJECT,
                        format!("`{}` is an event, and definitions are said of entities", wanted.text),
                    )
                    .label(wanted.span, "an event")
                    .help("name the entity that the event happens to; conditions on one event stand in a `where`"),
                );
            }
            Some(Item::Broken) => {}
            _ => {
                let entities: Vec<String> =
                    self.tables.iter().filter(|t| !t.is_event()).map(|t| t.name.text.clone()).collect();
                let near = self.nearest(&wanted.text, entities.iter().map(String::as_str));
                let mut found =
                    Diagnostic::new(codes::UNKNOWN_RECORDS, format!("no entity is called `{}`", wanted.text))
                        .label(wanted.span, "not declared");
                found = match near {
                    Some(near) => super::unknown::did_you_mean(found, wanted.span, &near),
                    None if entities.is_empty() => found.help("declare it: `entity … from \"….csv\"`"),
                    None => {
                        found.help(format!("the entities are {}", suggest::list(entities.iter().map(String::as_str))))
                    }
                };
                self.report(found);
            }
        }
        None
    }
}
