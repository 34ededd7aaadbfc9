//! A plan to statements: clean sources, one aggregation for each way from events to subjects, a step for each definition.

mod expr;
mod group;
mod levels;
mod measure;
mod merge;
mod metric;
mod moments;
mod number;
mod partition;
mod range;
mod records;
mod rounds;
mod sequence;
mod shared;
mod source;
mod steps;
mod time;

use std::collections::{BTreeMap, HashMap};

use lead_diag::{Diagnostic, Span, codes};
use lead_hir::hir::{Def, DefId, DefKind, FieldId, Lexicon, TableId, Ty, WindowKind};
use lead_plan::{Moments, Named, NodeId, Plan, Planner, WhenId};

use crate::dialect::{Dialect, Lacks};
use crate::ir::{Cte, Item, Join, JoinKind, Relation, Select, Sql, Statement};
use crate::names::Names;
use crate::print;
use crate::target::Target;
pub use records::{Needs, Records, needs, records};
pub use steps::{Step, Steps, in_steps};

/// The as-of time of statements.
#[derive(Clone, Debug, PartialEq)]
pub enum AsOf {
    /// Microseconds since 1970 UTC.
    At(i64),
    /// The time at which a statement runs, or the parameter that the target names.
    Open,
}

/// What is compiled, and for what.
pub struct Options<'a> {
    /// The dialect.
    pub dialect: &'a dyn Dialect,
    /// Where the data stand.
    pub target: &'a Target,
    /// As of when.
    pub as_of: AsOf,
}

/// What a statement answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every definition of the records of an entity.
    Records(TableId),
    /// A funnel.
    Funnel(DefId),
    /// A metric.
    Metric(DefId),
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What it answers.
    pub subject: Subject,
    /// The name of its file: that of the table of answers that `lead run` writes.
    pub name: String,
    /// Columns of its result, with their types.
    pub columns: Vec<(String, Ty)>,
    /// The definitions that it answers: of a subject one for each column behind the key.
    pub defs: Vec<DefId>,
    /// Its text.
    pub sql: String,
    /// How many queries an engine works out for it that copies each query of `WITH` to every place that names it.
    pub copies: u64,
}

/// Any time serves where the as-of time is open: what depends on it is written as an expression.
const SOME_TIME: i64 = 1_767_225_600_000_000;

/// Every statement of the definitions that are wanted.
///
/// # Errors
/// What the dialect lacks (L0901), each with its place.
pub fn compile(
    lexicon: &Lexicon,
    options: &Options<'_>,
    wanted: &(dyn Fn(&Def) -> bool + Sync),
) -> Result<Vec<Compiled>, Vec<Diagnostic>> {
    let (mut out, mut wrong) = (Vec::new(), Vec::new());
    for (subject, defs) in asked(lexicon, wanted) {
        match lead_plan::on_a_deep_stack(|| one(lexicon, options, subject, &defs)) {
            Ok(compiled) => out.push(compiled),
            Err(diagnostic) => wrong.push(*diagnostic),
        }
    }
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

/// The statements that are wanted, with the definitions that each answers.
fn asked(lexicon: &Lexicon, wanted: &(dyn Fn(&Def) -> bool + Sync)) -> Vec<(Subject, Vec<DefId>)> {
    let mut subjects: BTreeMap<TableId, Vec<DefId>> = BTreeMap::new();
    let (mut funnels, mut metrics) = (Vec::new(), Vec::new());
    for (id, def) in lexicon.def_ids().filter(|(_, d)| wanted(d)) {
        match (&def.kind, def.subject) {
            (DefKind::Metric(_), _) => metrics.push((Subject::Metric(id), vec![id])),
            (DefKind::Period(_) | DefKind::Error, _) | (_, None) => {}
            (kind, Some(subject)) => {
                subjects.entry(subject).or_default().push(id);
                if let DefKind::Funnel(_) = kind {
                    funnels.push((Subject::Funnel(id), vec![id]));
                }
            }
        }
    }
    let subjects = subjects.into_iter().map(|(table, defs)| (Subject::Records(table), defs));
    subjects.chain(funnels).chain(metrics).collect()
}

fn one(lexicon: &Lexicon, options: &Options<'_>, subject: Subject, defs: &[DefId]) -> Result<Compiled, Wrong> {
    let mut planner = Planner::new(lexicon, if let AsOf::At(t) = options.as_of { t } else { SOME_TIME });
    defs.iter().for_each(|d| planner.want_def(*d));
    let plan = planner.finish();
    let mut compiler = Compiler::new(lexicon, &plan, options);
    compiler.steps()?;
    let (mut body, columns) = compiler.answers(subject)?;
    let mut ctes = compiler.moments_ctes()?;
    ctes.append(&mut compiler.ctes);
    source::without_unused(&mut ctes, std::slice::from_ref(&body), &compiler.folded_columns());
    ctes.iter_mut().flat_map(|c| &mut c.selects).chain([&mut body]).for_each(moments::beside_moments);
    let comment = vec![
        format!("{}, in the SQL of {}.", title(lexicon, subject), options.dialect.title()),
        match options.as_of {
            AsOf::At(t) => format!("As of {} UTC.", crate::dialect::time_text(t)),
            AsOf::Open => "As of the time in `moments`.".to_owned(),
        },
    ];
    let statement = Statement { comment, ctes, body };
    let (sql, copies) = (print::statement(&statement, options.dialect), statement.copies());
    Ok(Compiled { subject, name: stem(lexicon, subject), columns, defs: defs.to_vec(), sql, copies })
}

/// What a statement answers, in words.
fn title(lexicon: &Lexicon, subject: Subject) -> String {
    let of = &lexicon.settings.name;
    match subject {
        Subject::Records(table) => format!("The answers for each {} of {of}", lexicon.table(table).name.text),
        Subject::Funnel(def) => format!("The funnel `{}` of {of}", lexicon.def(def).name.text),
        Subject::Metric(def) => format!("The metric `{}` of {of}", lexicon.def(def).name.text),
    }
}

/// The name of the file of a statement.
fn stem(lexicon: &Lexicon, subject: Subject) -> String {
    match subject {
        Subject::Records(table) => lexicon.table(table).name.snake(),
        Subject::Funnel(def) | Subject::Metric(def) => lexicon.def(def).name.snake(),
    }
}

/// What stops a statement.
pub(crate) type Wrong = Box<Diagnostic>;

/// An entity or event on the way: the query that has its records, and its columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableState {
    /// The query with all columns so far.
    pub head: String,
    /// The query with the fields alone.
    pub source: String,
    /// The column of the key.
    pub key: Option<String>,
    /// Columns of nodes.
    pub nodes: HashMap<NodeId, String>,
    /// Columns of fields.
    pub fields: HashMap<FieldId, String>,
    /// Columns of text fields in small letters.
    pub folded: HashMap<FieldId, String>,
    /// Columns of texts that were looked up, in small letters.
    pub looked_up: HashMap<NodeId, String>,
    /// Where several events stand in one query: the column that says which rows are of this one.
    pub marker: Option<String>,
    /// Names of columns.
    pub names: Names,
}

/// A record that an expression is asked of: the name of its relation, and its table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub alias: String,
    pub table: TableId,
}

/// A select while its expressions are made: which relations are at hand.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub record: Option<Place>,
    pub subject: Option<Place>,
    pub joins: Vec<Join>,
    aliases: Names,
    followed: Vec<(String, FieldId, Place)>,
    /// Of a metric: what stands for each measure.
    pub globals: HashMap<lead_plan::MeasureId, Sql>,
}

impl Frame {
    pub fn new(alias: &str, table: TableId) -> Frame {
        let mut frame = Frame { record: Some(Place { alias: alias.to_owned(), table }), ..Frame::default() };
        frame.aliases.reserve(alias);
        frame
    }

    pub fn alias(&mut self, wanted: &str) -> String {
        self.aliases.fresh(wanted, 60)
    }
}

pub(crate) struct Compiler<'a> {
    pub lexicon: &'a Lexicon,
    pub plan: &'a Plan,
    pub dialect: &'a dyn Dialect,
    pub options: &'a Options<'a>,
    pub ctes: Vec<Cte>,
    pub names: Names,
    pub tables: HashMap<TableId, TableState>,
    /// By node: what the lexicon calls it.
    named: HashMap<NodeId, &'a Named>,
    /// Moments that statements name, with the names of their columns.
    pub moments: BTreeMap<WhenId, String>,
    pub moment_names: Names,
    /// Whether moments are parameters of statements, not columns of `moments`.
    pub parameters: bool,
    levels: levels::Levels,
    /// Entities whose rows are put together by `same when`.
    merged: HashMap<TableId, merge::Merged>,
}

impl<'a> Compiler<'a> {
    fn new(lexicon: &'a Lexicon, plan: &'a Plan, options: &'a Options<'a>) -> Compiler<'a> {
        let mut named: HashMap<NodeId, &Named> = HashMap::new();
        for name in &plan.named {
            // As asked now and under no window is the plainest name.
            let plain = |n: &Named| (n.as_of != Moments::AS_OF, n.window.is_some());
            let entry = named.entry(name.node).or_insert(name);
            if plain(name) < plain(entry) {
                *entry = name;
            }
        }
        let mut names = Names::default();
        names.reserve("moments");
        for (_, table) in lexicon.table_ids() {
            for (parts, _) in options.target.tables_of(table) {
                options.target.written(&parts).iter().chain(parts.last()).for_each(|p| names.reserve(p));
            }
        }
        Compiler {
            lexicon,
            plan,
            dialect: options.dialect,
            options,
            ctes: Vec::new(),
            names,
            tables: HashMap::new(),
            named,
            moments: BTreeMap::new(),
            moment_names: Names::default(),
            parameters: false,
            levels: levels::levels(plan),
            merged: HashMap::new(),
        }
    }

    /// Says that the dialect lacks something that a node needs.
    pub fn lacks(&self, lacks: Lacks, node: NodeId) -> Wrong {
        let span = self.plan.origins.get(node.0 as usize).copied();
        self.lacks_at(lacks, span)
    }

    pub fn lacks_at(&self, lacks: Lacks, span: Option<Span>) -> Wrong {
        let title = self.dialect.title();
        let diagnostic = Diagnostic::new(codes::NOT_IN_DIALECT, format!("{title} has {lacks}"));
        let diagnostic = diagnostic.help("compile for another dialect, or leave this definition out with `--only`");
        Box::new(match span {
            Some(span) => diagnostic.label(span, "needed here"),
            None => diagnostic,
        })
    }

    pub fn state(&self, table: TableId) -> Result<&TableState, Wrong> {
        self.tables.get(&table).ok_or_else(|| self.lacks_at("no such table in this statement".to_owned(), None))
    }

    pub fn cte(&mut self, name: &str, comment: Vec<String>, select: Select) {
        self.ctes.push(Cte { name: name.to_owned(), comment, selects: vec![select], recursive: false });
    }

    /// A name for a query.
    pub fn query_name(&mut self, wanted: &str) -> String {
        self.names.fresh(wanted, self.dialect.name_limit())
    }

    /// What a node is called: its definition, with the window and the time that it is asked for.
    fn called(&self, node: NodeId) -> Option<(String, &'a Def)> {
        let named = self.named.get(&node)?;
        let def = self.lexicon.def(named.def);
        let mut name = def.name.snake();
        if let Some(window) = named.window {
            name.push_str(&window_words(window));
        }
        if named.as_of != Moments::AS_OF {
            name.push_str(&format!("_{}", self.moment_words(named.as_of)));
        }
        Some((name, def))
    }

    /// The result of a statement, and its columns.
    fn answers(&mut self, subject: Subject) -> Result<(Select, Vec<(String, Ty)>), Wrong> {
        match subject {
            Subject::Records(table) => self.records(table),
            Subject::Funnel(def) => self.funnel(def),
            Subject::Metric(def) => self.metric(def),
        }
    }

    /// The record that a reference of a record names, joined.
    pub fn follow(&mut self, at: &Place, reference: FieldId, frame: &mut Frame) -> Result<Place, Wrong> {
        if let Some((_, _, place)) = frame.followed.iter().find(|f| f.0 == at.alias && f.1 == reference) {
            return Ok(place.clone());
        }
        let field = self.lexicon.field(at.table, reference);
        let Ty::Record(target) = field.ty else {
            return Err(self.lacks_at("no way along this reference".to_owned(), Some(field.span)));
        };
        let alias = frame.alias(&field.name.snake());
        let state = self.state(target)?;
        let key = state.key.clone().unwrap_or_default();
        let relation = Relation::Query(state.head.clone());
        let from = self.field(at, reference)?;
        let on = Sql::compare(Sql::column(&alias, &key), "=", from);
        frame.joins.push(Join { kind: JoinKind::Left, relation, alias: alias.clone(), on });
        let place = Place { alias, table: target };
        frame.followed.push((at.alias.clone(), reference, place.clone()));
        Ok(place)
    }

    /// The column of a field; of a reference: the key that it names.
    pub fn field(&self, at: &Place, field: FieldId) -> Result<Sql, Wrong> {
        let column = self.state(at.table)?.fields.get(&field);
        let column = column.ok_or_else(|| {
            self.lacks_at("no such column in this statement".to_owned(), Some(self.lexicon.field(at.table, field).span))
        })?;
        Ok(Sql::column(&at.alias, column))
    }

    /// The answers for the records of an entity.
    fn records(&mut self, table: TableId) -> Result<(Select, Vec<(String, Ty)>), Wrong> {
        let plan = self.plan;
        let state = self.state(table)?;
        let (head, key) = (state.head.clone(), state.key.clone().unwrap_or_default());
        let place = Place { alias: head.clone(), table };
        let mut frame = Frame::new(&head, table);
        let mut items = vec![Item::new(Sql::column(&head, &key), &key)];
        let mut columns = vec![(key, Ty::Key)];
        let mut names = Names::default();
        names.reserve(&columns[0].0);
        for subject in plan.subjects.iter().filter(|s| s.table == table) {
            for (def, node) in &subject.defs {
                let def = self.lexicon.def(*def);
                let name = names.fresh(&def.name.snake(), self.dialect.name_limit());
                items.push(Item::new(self.expr(*node, &place, &mut frame)?, &name));
                columns.push((name, def.ty.clone()));
            }
        }
        let from = Some((Relation::Query(head.clone()), head));
        Ok((Select { items, from, joins: frame.joins, ..Select::default() }, columns))
    }

    /// How many records each step of a funnel was the furthest of, how many came that far, and which part of those before.
    fn funnel(&mut self, id: DefId) -> Result<(Select, Vec<(String, Ty)>), Wrong> {
        let plan = self.plan;
        let def = self.lexicon.def(id);
        let subject = plan.subjects.iter().find_map(|s| Some((s.table, s.defs.iter().find(|d| d.0 == id)?.1)));
        let (Some((table, node)), DefKind::Funnel(steps)) = (subject, &def.kind) else {
            return Err(self.lacks_at("no such funnel".to_owned(), Some(def.span)));
        };
        let head = self.state(table)?.head.clone();
        let place = Place { alias: head.clone(), table };
        let mut frame = Frame::new(&head, table);
        let stage = self.expr(node, &place, &mut frame)?;
        let d = self.dialect;
        let terms: Vec<String> = steps.iter().map(|s| self.lexicon.def(*s).name.text.clone()).collect();
        let count = |t: &String| {
            let is = Sql::compare(stage.clone(), "=", Sql::Text(t.clone()));
            measure::filtered(d.count(), &[is])
        };
        let column = |i: usize| format!("furthest_{}", i + 1);
        let items = terms.iter().enumerate().map(|(i, t)| Item::new(count(t), &column(i))).collect();
        let totals = self.query_name("furthest");
        let from = Some((Relation::Query(head.clone()), head));
        let said = vec!["How many records each term is the furthest of.".to_owned()];
        self.cte(&totals, said, Select { items, from, joins: frame.joins, ..Select::default() });
        let furthest = |i: usize| Sql::column(&totals, &column(i));
        let reached = |i: usize| (i..terms.len()).map(furthest).reduce(Sql::plus).unwrap_or(Sql::Int(0));
        let step = |i: usize| {
            let conversion = match i {
                0 => Sql::Null.cast(crate::ir::Type::Double),
                i => {
                    let before = Sql::call("nullif", [reached(i - 1), Sql::Int(0)]);
                    reached(i).cast(crate::ir::Type::Double).over(before.cast(crate::ir::Type::Double))
                }
            };
            let items = vec![
                Item::new(Sql::Int(i as i128 + 1), "step"),
                Item::new(Sql::Text(terms[i].clone()), "term"),
                Item::new(furthest(i), "furthest"),
                Item::new(reached(i), "reached"),
                Item::new(conversion, "conversion"),
            ];
            Select { items, from: Some((Relation::Query(totals.clone()), totals.clone())), ..Select::default() }
        };
        let selects = (0..terms.len()).map(step).collect();
        let name = self.query_name(&def.name.snake());
        self.ctes.push(Cte { name: name.clone(), comment: docs(def), selects, recursive: false });
        let columns = ["term", "furthest", "reached", "conversion"];
        let items = columns.iter().map(|c| Item::new(Sql::column(&name, c), c)).collect();
        let order = vec![Sql::column(&name, "step")];
        let select = Select { items, from: Some((Relation::Query(name.clone()), name)), order, ..Select::default() };
        let types = columns.iter().map(|c| (c.to_string(), if *c == "term" { Ty::Text } else { Ty::Number }));
        Ok((select, types.collect()))
    }
}

/// The documentation of a definition as lines.
pub(crate) fn docs(def: &Def) -> Vec<String> {
    def.docs.iter().flat_map(|d| d.lines()).map(str::to_owned).collect()
}

/// A window as the end of a name.
pub(crate) fn window_words(window: WindowKind) -> String {
    use lead_hir::hir::{Moment, Period, Which};
    let step = moments::step_words;
    let moment = |m: Moment| match m {
        Moment::Date(days) => lead_plan::calendar::date_of_days(days).to_string().replace('-', "_"),
        Moment::Time(t) => crate::dialect::time_text(t).replace([' ', '-', ':', '.'], "_"),
        Moment::Ago(by) => format!("{}_ago", step(by)),
        Moment::Ahead(by) => format!("{}_ahead", step(by)),
        Moment::Today => "today".to_owned(),
        Moment::Now => "now".to_owned(),
    };
    let period = |p: Period| {
        let unit = p.unit.word();
        let fiscal = if p.fiscal { "fiscal_" } else { "" };
        match p.which {
            Which::This => format!("this_{fiscal}{unit}"),
            Which::Last(1) => format!("last_{fiscal}{unit}"),
            Which::Last(n) => format!("last_{n}_{fiscal}{unit}s"),
            Which::Next(1) => format!("next_{fiscal}{unit}"),
            Which::Next(n) => format!("next_{n}_{fiscal}{unit}s"),
        }
    };
    match window {
        WindowKind::Within(by) => format!("_within_{}", step(by)),
        WindowKind::WithinNext(by) => format!("_within_next_{}", step(by)),
        WindowKind::Period(p) => format!("_{}", period(p)),
        WindowKind::Since(m) => format!("_since_{}", moment(m)),
        WindowKind::Before(m) => format!("_before_{}", moment(m)),
        WindowKind::Between(a, b) => format!("_between_{}_and_{}", moment(a), moment(b)),
        WindowKind::BetweenAgo(a, b) => format!("_between_{}_and_{}_ago", step(a), step(b)),
        WindowKind::MoreThanAgo(by) => format!("_more_than_{}_ago", step(by)),
    }
}
