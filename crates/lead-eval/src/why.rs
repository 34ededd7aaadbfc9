//! Why a record has its answer: the parts of the decision with their values, the records that counted, and the
//! nearest change that would turn a *no* into a *yes*.

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Mutex;

use lead_data::{Batch, Data, EventSink, NO_RECORD};
use lead_diag::Span;
use lead_hir::hir::{CompareOp, DefId, FieldId, Lexicon, Step, TableId, Ty, Value, WindowKind};
use lead_plan::{Explained, MeasureId, NodeId, Op, Part, Plan, calendar};

use crate::change::{Change, nearest};
use crate::engine::{Engine, EvalError, Wanted, event_nodes};
use crate::hits::{Frame, counted};
use crate::metric::{shown_value, typed};
use crate::scan::{Job, requests, with_frame};
use crate::vector::{Vector, records};

/// How many of the records that counted are told of.
const FEW: usize = 5;

/// A part of a decision with its value.
#[derive(Clone, Debug)]
pub struct Why {
    /// What it is.
    pub kind: WhyKind,
    /// Where it stands in the lexicon.
    pub span: Span,
    /// Type of its value.
    pub ty: Ty,
    /// Its value; `None` is unknown.
    pub value: Option<Value>,
    /// The record it is asked of.
    pub record: Asked,
    /// The reason given in the lexicon.
    pub because: Option<String>,
    /// What it is made of.
    pub parts: Vec<Why>,
    /// For a *no* at the top: what would make it a *yes*; empty where that is not a matter of counts or thresholds.
    pub nearest: Vec<Change>,
}

impl Why {
    /// The reasons that hold for the answer: of alternatives of a *yes*, of exceptions of a *no*, of the line that answers.
    pub fn reasons(&self) -> Vec<String> {
        let yes = Some(Value::YesNo(true));
        let counts = |part: &&Why| match part.kind {
            WhyKind::Alternative => self.value == yes && part.value == yes,
            WhyKind::Exception => self.value == Some(Value::YesNo(false)) && part.value == yes,
            WhyKind::Line { taken, .. } => taken,
            _ => false,
        };
        self.parts.iter().filter(counts).filter_map(|p| p.because.clone()).collect()
    }
}

/// The record that a part is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whose record.
    pub table: TableId,
    /// Its row; [`NO_RECORD`] where a reference leads nowhere.
    pub row: u32,
    /// Whether it is another record than that of the part above.
    pub other: bool,
}

/// What a part of a decision is.
#[derive(Clone, Debug)]
pub enum WhyKind {
    /// A definition.
    Def(DefId),
    /// An alternative of a term.
    Alternative,
    /// An exception of a term.
    Exception,
    /// A line of a choice; its value is whether it matches.
    Line {
        /// What it would answer.
        result: Option<Value>,
        /// Whether it is the line that answered.
        taken: bool,
    },
    /// A line of a score; its value is what it gives, sign and bounds applied.
    Points,
    /// All must hold.
    And,
    /// One must hold.
    Or,
    /// Must not hold.
    Not,
    /// Two parts compared.
    Compare(CompareOp),
    /// Made of its parts.
    Made,
    /// A field.
    Field,
    /// Written out.
    Literal,
    /// Measured over records.
    Measure(Measured),
    /// A time tested against a range (microseconds since 1970 UTC, end excluded).
    InRange(Range<i64>),
    /// Parts as of another time.
    AsOf(i64),
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Over whose records.
    pub table: TableId,
    /// Which times count (microseconds since 1970 UTC, end excluded); of events.
    pub times: Option<Range<i64>>,
    /// The window, if any.
    pub window: Option<WindowKind>,
    /// Whether it asks that there be none.
    pub none: bool,
    /// How many records counted.
    pub count: usize,
    /// The first few, by time, then as they are.
    pub first: Vec<Seen>,
    /// Times of the earliest and the latest event that counted.
    pub span: Option<(i64, i64)>,
    /// Times of all events that counted, ascending.
    pub all_times: Vec<i64>,
}

/// A record that counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Of an event: when.
    pub time: Option<i64>,
    /// Of an entity: its key.
    pub key: Option<String>,
    /// The fields that the rule reads.
    pub fields: Vec<(FieldId, Ty, Option<Value>)>,
    /// Step of a sequence, from 0.
    pub step: u8,
    /// Whose record.
    pub table: TableId,
}

/// Explains answers of one record. `plan` holds the parts (see `Planner::explain`).
///
/// # Errors
/// An amount of money that leaves its 64 bits.
pub fn why<'a>(
    lexicon: &'a Lexicon,
    plan: &'a Plan,
    data: &'a Data<'a>,
    explained: &[Explained],
    row: u32,
) -> Result<Vec<Why>, EvalError> {
    let mut engine = Engine::new(lexicon, plan, data);
    engine.run(Wanted::Everything)?;
    let mut wanted = BTreeSet::new();
    for part in explained {
        targets(&engine, part, row, &mut wanted);
    }
    let seen = capture(&engine, &wanted);
    let mut out: Vec<Why> = explained.iter().map(|part| build(&engine, part, row, None, &seen)).collect();
    for part in &mut out {
        let is_no = part.ty == Ty::YesNo && part.value == Some(Value::YesNo(false));
        if is_no {
            part.nearest = nearest(part, plan.as_of, &lexicon.settings.zone).unwrap_or_default();
        }
    }
    Ok(out)
}

type Targets = BTreeSet<(MeasureId, u32)>;
type SeenBy = BTreeMap<(MeasureId, u32), Vec<Seen>>;

pub(crate) fn row_of(engine: &Engine, part: &Explained, parent: Option<TableId>, row: u32) -> u32 {
    let mut at = row;
    let mut table = parent.unwrap_or(part.table);
    for field in &part.path {
        let column = engine.data.records(table).and_then(|r| r.columns.get(field.0 as usize)?.as_ref());
        at = match column {
            Some(column) if at != NO_RECORD => {
                let vector = Vector::Borrowed(column);
                records(&vector).get(at as usize)
            }
            _ => NO_RECORD,
        };
        if let Ty::Record(next) = engine.lexicon.field(table, *field).ty {
            table = next;
        }
    }
    at
}

/// The row that a measure below a node is of: the node may follow references first.
fn measure_row(engine: &Engine, node: NodeId, mut table: TableId, mut row: u32) -> u32 {
    let mut at = node;
    loop {
        match &engine.cx.plan.node(at).op {
            Op::Not(inner) | Op::IsZero(inner) => at = *inner,
            // Zero, where the references lead to no record.
            Op::Choice(lines) => match lines.first() {
                Some((Some(_), inner)) => at = *inner,
                _ => return row,
            },
            Op::Follow { reference, node } => {
                let column = engine.data.records(table).and_then(|r| r.columns.get(reference.0 as usize)?.as_ref());
                row = match column {
                    Some(column) if row != NO_RECORD => records(&Vector::Borrowed(column)).get(row as usize),
                    _ => NO_RECORD,
                };
                if let Ty::Record(next) = engine.lexicon.field(table, *reference).ty {
                    table = next;
                }
                at = *node;
            }
            _ => return row,
        }
    }
}

fn targets(engine: &Engine, part: &Explained, row: u32, out: &mut Targets) {
    fn walk(engine: &Engine, part: &Explained, parent: Option<TableId>, row: u32, out: &mut Targets) {
        let row = row_of(engine, part, parent, row);
        if let Part::Measure { measure, .. } = part.part {
            out.insert((measure, measure_row(engine, part.node, part.table, row)));
        }
        for inner in &part.parts {
            walk(engine, inner, Some(part.table), row, out);
        }
    }
    walk(engine, part, None, row, out);
}

/// Finds the records that counted for each measure of each record wanted.
fn capture(engine: &Engine, wanted: &Targets) -> SeenBy {
    let mut out: SeenBy = wanted.iter().map(|t| (*t, Vec::new())).collect();
    let due: Vec<usize> = wanted.iter().map(|(m, _)| m.0 as usize).collect::<BTreeSet<_>>().into_iter().collect();
    let (scanned, stored): (Vec<usize>, Vec<usize>) =
        due.into_iter().partition(|i| engine.is_event(engine.cx.plan.measures[*i].table));
    for index in stored {
        let job = Job::of(engine, index);
        for (key, seen) in out.iter_mut().filter(|(key, _)| key.0.0 as usize == index) {
            *seen = engine.entity_hits(&job, key.1);
        }
    }
    let jobs: Vec<Job> = scanned.iter().flat_map(|index| Job::all(engine, *index)).collect();
    if !jobs.is_empty() {
        let (requests, order) = requests(engine, &scanned, &jobs);
        let fields = shown_fields(engine, &scanned);
        let found: Mutex<Vec<((MeasureId, u32), Seen)>> = Mutex::new(Vec::new());
        engine.data.scan(&requests, |_| Catcher {
            engine,
            jobs: &jobs,
            order: &order,
            wanted,
            fields: &fields,
            found: &found,
        });
        let found = match found.into_inner() {
            Ok(found) => found,
            Err(poisoned) => poisoned.into_inner(),
        };
        for (key, seen) in found {
            out.entry(key).or_default().push(seen);
        }
    }
    for seen in out.values_mut() {
        seen.in_order_by(|a, b| {
            (a.time, &a.key, a.step).cmp(&(b.time, &b.key, b.step)).then_with(|| shown(a).cmp(&shown(b)))
        });
    }
    out
}

fn shown(seen: &Seen) -> String {
    format!("{:?}", seen.fields)
}

/// The fields that the rules over each event read.
fn shown_fields(engine: &Engine, due: &[usize]) -> BTreeMap<TableId, BTreeSet<FieldId>> {
    event_nodes(engine, due).into_iter().map(|(table, (_, fields))| (table, fields)).collect()
}

struct Catcher<'e, 'a> {
    engine: &'e Engine<'a>,
    jobs: &'e [Job],
    order: &'e crate::scan::Order,
    wanted: &'e Targets,
    fields: &'e BTreeMap<TableId, BTreeSet<FieldId>>,
    found: &'e Mutex<Vec<((MeasureId, u32), Seen)>>,
}

impl EventSink for Catcher<'_, '_> {
    fn batch(&mut self, batch: &Batch) {
        let mut caught = Vec::new();
        // What overflows was reported by the run itself.
        let _ = with_frame(self.engine, self.order, batch, |engine, frame| {
            for job in self.jobs.iter().filter(|job| job.table == batch.table) {
                catch(engine, job, frame, batch, self.wanted, self.fields, &mut caught);
            }
        });
        if let Ok(mut found) = self.found.lock() {
            found.append(&mut caught);
        }
    }
}

fn catch<'b>(
    engine: &Engine<'b>,
    job: &Job,
    frame: &Frame<'_, 'b>,
    batch: &Batch,
    wanted: &Targets,
    fields: &BTreeMap<TableId, BTreeSet<FieldId>>,
    caught: &mut Vec<((MeasureId, u32), Seen)>,
) {
    let measure = &engine.cx.plan.measures[job.measure];
    let id = MeasureId(job.measure as u32);
    let Ok(counted) =
        counted(engine, Some((job.measure, measure)), job.way.as_ref(), job.times.as_ref(), job.filter, frame)
    else {
        return;
    };
    for (i, row) in counted.rows().iter().enumerate() {
        let (subject, row) = (counted.subject(i), *row as usize);
        if !wanted.contains(&(id, subject)) {
            continue;
        }
        let value = |field: &FieldId| {
            let ty = engine.lexicon.field(batch.table, *field).ty.clone();
            let column = batch.columns.get(field.0 as usize).and_then(|c| c.as_ref());
            let value = column.and_then(|c| Vector::Borrowed(c).value(row)).map(|v| typed(v, &ty));
            (*field, ty, value)
        };
        let fields = fields.get(&batch.table).map(|f| f.iter().map(value).collect()).unwrap_or_default();
        let time = batch.times.get(row).copied();
        caught.push(((id, subject), Seen { time, key: None, fields, step: job.step, table: batch.table }));
    }
}

fn build(engine: &Engine, part: &Explained, row: u32, parent: Option<TableId>, seen: &SeenBy) -> Why {
    let at = row_of(engine, part, parent, row);
    let plan = engine.cx.plan;
    let value_of = |node: NodeId| {
        let ty = &plan.node(node).ty;
        (at != NO_RECORD)
            .then(|| engine.stored(node).value(at as usize))
            .flatten()
            .and_then(|v| shown_value(engine, v, ty))
    };
    let mut value = value_of(part.node);
    let mut because = None;
    let parts: Vec<Why> = part.parts.iter().map(|inner| build(engine, inner, at, Some(part.table), seen)).collect();
    let kind = match &part.part {
        Part::Def(def) => WhyKind::Def(*def),
        Part::Alternative(reason) => {
            because = reason.clone();
            WhyKind::Alternative
        }
        Part::Exception(reason) => {
            because = reason.clone();
            WhyKind::Exception
        }
        Part::Line { result, because: reason } => {
            because = reason.clone();
            if part.parts.is_empty() {
                value = Some(Value::YesNo(true));
            }
            WhyKind::Line { result: value_of(*result), taken: false }
        }
        Part::Points { because: reason, .. } => {
            because = reason.clone();
            WhyKind::Points
        }
        Part::And => WhyKind::And,
        Part::Or => WhyKind::Or,
        Part::Not => WhyKind::Not,
        Part::Compare(op) => WhyKind::Compare(*op),
        Part::Made => WhyKind::Made,
        Part::Field => WhyKind::Field,
        Part::Literal => WhyKind::Literal,
        Part::InRange(range) => WhyKind::InRange(range.clone()),
        Part::AsOf(time) => WhyKind::AsOf(*time),
        Part::Measure { measure, times, window, none } => {
            let target = (*measure, measure_row(engine, part.node, part.table, at));
            let all = seen.get(&target).map_or(&[][..], |s| s);
            let all_times: Vec<i64> = all.iter().filter_map(|s| s.time).collect();
            WhyKind::Measure(Measured {
                table: plan.measure(*measure).table,
                times: times.clone(),
                window: *window,
                none: *none,
                count: all.len(),
                first: all.iter().take(FEW).cloned().collect(),
                span: all_times.first().copied().zip(all_times.last().copied()),
                all_times,
            })
        }
    };
    let record = Asked { table: part.table, row: at, other: !part.path.is_empty() };
    let mut out = Why { kind, span: part.span, ty: part.ty.clone(), value, record, because, parts, nearest: vec![] };
    settle_lines(engine, part, &mut out, at);
    out
}

/// Marks the line of a choice that answered, and gives lines of a score what they give.
fn settle_lines(engine: &Engine, part: &Explained, why: &mut Why, row: u32) {
    let mut open = true;
    for line in &mut why.parts {
        if let WhyKind::Line { taken, .. } = &mut line.kind {
            *taken = open && line.value == Some(Value::YesNo(true));
            open &= !*taken;
        }
    }
    let Op::Score { lines, .. } = &engine.cx.plan.node(part.node).op else { return };
    if row == NO_RECORD {
        return;
    }
    for (line, inner) in lines.iter().zip(&mut why.parts) {
        let given = engine.score_line_at(line, row);
        inner.value = Some(Value::Number(given));
        inner.ty = Ty::Number;
    }
}

/// When the window of a measure lets go of an event: a step after it. `None`: never, or not by a step.
pub(crate) fn leaves(window: Option<WindowKind>, time: i64, zone: &jiff::tz::TimeZone) -> Option<i64> {
    let by: Step = match window? {
        WindowKind::Within(by) => by,
        _ => return None,
    };
    Some(calendar::step(time, by, false, zone))
}
