//! The plan: nodes and measures, operands first.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::Range;

use lead_diag::Span;
use lead_hir::hir::{
    ArithmeticOp, CompareOp, DefId, FieldId, Function, Hop, Lexicon, Step, TableId, Ty, Value, WindowKind,
};

use crate::when::{Moments, WhenId};

/// Index of a [`Node`] in [`Plan::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Index of a [`Measure`] in [`Plan::measures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeasureId(pub u32);

/// A lexicon ready to run at one as-of time. Invariant *operands first*: a node uses nodes of lower ids only, and a measure is used by
/// nodes behind all nodes that it uses.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The as-of time, microseconds since 1970 UTC.
    pub as_of: i64,
    /// What to compute.
    pub nodes: Vec<Node>,
    /// What to measure over records.
    pub measures: Vec<Measure>,
    /// The answers wanted, by subject.
    pub subjects: Vec<SubjectPlan>,
    /// The metrics wanted.
    pub metrics: Vec<MetricPlan>,
    /// The place in the lexicon that first asked for each node.
    pub origins: Vec<Span>,
    /// How the times of nodes and measures follow from the as-of time.
    pub moments: Moments,
    /// Which definition each node answers, for backends that give nodes names.
    pub named: Vec<Named>,
}

/// A node that answers a definition.
#[derive(Clone, Debug)]
pub struct Named {
    /// The definition.
    pub def: DefId,
    /// Asked at this time.
    pub as_of: WhenId,
    /// Asked under this window.
    pub window: Option<WindowKind>,
    /// The answer.
    pub node: NodeId,
}

impl Plan {
    /// The node of an id of this plan.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The measure of an id of this plan.
    pub fn measure(&self, id: MeasureId) -> &Measure {
        &self.measures[id.0 as usize]
    }

    /// The fields that must be read, by table. Tables on the way of relations are named as well.
    pub fn needs(&self, lexicon: &Lexicon) -> BTreeMap<TableId, BTreeSet<FieldId>> {
        let mut needs: BTreeMap<TableId, BTreeSet<FieldId>> = BTreeMap::new();
        for subject in &self.subjects {
            needs.entry(subject.table).or_default();
        }
        for node in &self.nodes {
            let Scope::Table(table) = node.scope else { continue };
            let fields = needs.entry(table).or_default();
            if let Op::Field(field) | Op::Follow { reference: field, .. } = node.op {
                fields.insert(field);
            }
        }
        for measure in &self.measures {
            needs.entry(measure.table).or_default();
            if let (Scope::Table(subject), Some(hops)) = (measure.subject, &measure.hops) {
                need_hops(lexicon, subject, hops, &mut needs);
            }
            let Scope::Table(subject) = measure.subject else { continue };
            for (table, hops) in measure.others() {
                needs.entry(table).or_default();
                need_hops(lexicon, subject, hops, &mut needs);
            }
        }
        needs
    }
}

fn need_hops(lexicon: &Lexicon, subject: TableId, hops: &[Hop], needs: &mut BTreeMap<TableId, BTreeSet<FieldId>>) {
    let mut at = subject;
    needs.entry(at).or_default();
    for hop in hops {
        match *hop {
            Hop::Forward(field) => {
                needs.entry(at).or_default().insert(field);
                let Ty::Record(next) = lexicon.field(at, field).ty else { return };
                at = next;
            }
            Hop::Back(table, field) => {
                needs.entry(table).or_default().insert(field);
                at = table;
            }
        }
        needs.entry(at).or_default();
    }
}

/// Where a node has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// For each record of a table.
    Table(TableId),
    /// For each pair of a record of the measure's table and a record of its subject that it is related to.
    Pair(MeasureId),
    /// Once.
    Global,
}

/// A step of computation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// Where it has a value.
    pub scope: Scope,
    /// Of what type.
    pub ty: Ty,
    /// How it comes about.
    pub op: Op,
}

/// How a node comes about. Where nothing else is said an unknown operand makes it unknown. Operands are of the node's own scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The same for all.
    Const(Constant),
    /// The as-of time in force, or its local date, as the type says; the same for all.
    Clock(Constant, WhenId),
    /// Never known.
    Unknown,
    /// A field of the record.
    Field(FieldId),
    /// The record itself; known.
    Itself,
    /// The node (of the table that the reference names) for the record that the reference names; unknown where there is none.
    Follow {
        /// Field of the scope's table.
        reference: FieldId,
        /// Node of the scope of that table.
        node: NodeId,
    },
    /// In a pair: the node for the pair's record.
    OfRecord(NodeId),
    /// In a pair: the node for the pair's subject.
    OfSubject(NodeId),
    /// A measure of the scope's records.
    Measure(MeasureId),
    /// Is the count 0? Never unknown where its operand is not.
    IsZero(NodeId),
    /// Yes where the operand is yes, else no; never unknown.
    IsYes(NodeId),
    /// Kleene.
    Not(NodeId),
    /// Kleene.
    And(Vec<NodeId>),
    /// Kleene.
    Or(Vec<NodeId>),
    /// Never unknown.
    IsKnown(NodeId),
    /// By the operands' types: see `lead_hir::hir::ExprKind::Compare`. For `In` and `NotIn` and lists see [`Op::InList`].
    Compare(CompareOp, NodeId, NodeId),
    /// Is the first one of the others, or in a list among them? Items that are unknown never match; the first unknown: unknown.
    InList(NodeId, Vec<NodeId>),
    /// Does the list (first) hold the second?
    ListContains(NodeId, NodeId),
    /// Does the text match anywhere?
    Matches(NodeId, String),
    /// Does the time lie in the range? A date counts as its first moment (D22). The moments say how the range comes about.
    InRange(NodeId, Range<i64>, Range<WhenId>),
    /// By the operands' types.
    Arithmetic(ArithmeticOp, NodeId, NodeId),
    /// A calendar step of a time or date.
    Shift(NodeId, Step),
    /// Sign.
    Negate(NodeId),
    /// D19.
    ToMoney(NodeId),
    /// D26.
    Call(Function, Vec<NodeId>),
    /// Items.
    List(Vec<NodeId>),
    /// D10.
    Term {
        /// Of which one must be yes.
        alternatives: Vec<NodeId>,
        /// Of which none may be yes.
        exceptions: Vec<NodeId>,
    },
    /// D11: conditions and results; a line without a condition always matches.
    Choice(Vec<(Option<NodeId>, NodeId)>),
    /// D12, D38.
    Score {
        /// In order.
        lines: Vec<ScoreLine>,
        /// Upper bound.
        at_most: Option<NodeId>,
        /// Lower bound.
        at_least: Option<NodeId>,
    },
    /// D39: conditions in order, with the answer of each.
    Furthest(Vec<(NodeId, Constant)>),
}

impl Op {
    /// The nodes that it reads, the inputs of measures left out.
    pub fn operands(&self, f: &mut dyn FnMut(NodeId)) {
        match self {
            Op::Const(_) | Op::Clock(..) | Op::Unknown | Op::Field(_) | Op::Itself | Op::Measure(_) => {}
            Op::Follow { node, .. } => f(*node),
            Op::OfRecord(id)
            | Op::OfSubject(id)
            | Op::IsZero(id)
            | Op::IsYes(id)
            | Op::Not(id)
            | Op::IsKnown(id)
            | Op::Matches(id, _)
            | Op::InRange(id, ..)
            | Op::Shift(id, _)
            | Op::Negate(id)
            | Op::ToMoney(id) => f(*id),
            Op::And(ids) | Op::Or(ids) | Op::Call(_, ids) | Op::List(ids) => ids.iter().for_each(|id| f(*id)),
            Op::Compare(_, a, b) | Op::ListContains(a, b) | Op::Arithmetic(_, a, b) => {
                f(*a);
                f(*b);
            }
            Op::InList(id, items) => {
                f(*id);
                items.iter().for_each(|id| f(*id));
            }
            Op::Term { alternatives, exceptions } => alternatives.iter().chain(exceptions).for_each(|id| f(*id)),
            Op::Choice(lines) => lines.iter().for_each(|(condition, result)| {
                condition.iter().for_each(|id| f(*id));
                f(*result);
            }),
            Op::Score { lines, at_most, at_least } => {
                for line in lines {
                    f(line.points);
                    line.condition.iter().chain(&line.at_most).chain(&line.at_least).for_each(|id| f(*id));
                }
                at_most.iter().chain(at_least).for_each(|id| f(*id));
            }
            Op::Furthest(steps) => steps.iter().for_each(|(id, _)| f(*id)),
        }
    }
}

/// A line of a score.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScoreLine {
    /// Subtracted?
    pub negative: bool,
    /// Gives points only where yes.
    pub condition: Option<NodeId>,
    /// Points; unknown is 0.
    pub points: NodeId,
    /// Upper bound, before the sign.
    pub at_most: Option<NodeId>,
    /// Lower bound, before the sign.
    pub at_least: Option<NodeId>,
}

/// A value that can be looked up: floats are equal by their bits.
#[derive(Clone, Debug)]
pub struct Constant(pub Value);

impl Constant {
    fn bits(&self) -> Option<u64> {
        match self.0 {
            Value::Number(n) | Value::Percent(n) => Some(n.to_bits()),
            _ => None,
        }
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Constant) -> bool {
        std::mem::discriminant(&self.0) == std::mem::discriminant(&other.0)
            && match (self.bits(), other.bits()) {
                (Some(a), Some(b)) => a == b,
                _ => match (&self.0, &other.0) {
                    (Value::List(a), Value::List(b)) => {
                        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Constant(a.clone()) == Constant(b.clone()))
                    }
                    (a, b) => a == b,
                },
            }
    }
}
impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.0).hash(state);
        match &self.0 {
            Value::YesNo(v) => v.hash(state),
            Value::Number(v) | Value::Percent(v) => v.to_bits().hash(state),
            Value::Money(v) | Value::Time(v) | Value::Duration(v) => v.hash(state),
            Value::Text(v) => v.hash(state),
            Value::Date(v) => v.hash(state),
            Value::List(v) => v.len().hash(state),
        }
    }
}

/// Something measured over the records that belong to a subject (D8: each record once).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Measure {
    /// Whose: a table, or [`Scope::Global`] for metrics.
    pub subject: Scope,
    /// Of which records.
    pub table: TableId,
    /// The way from subject to records; `None`: all records of the table belong to the one subject.
    pub hops: Option<Vec<Hop>>,
    /// Which times of events count: `start <= time < end`. Events only.
    pub times: Option<Range<i64>>,
    /// How these times come about.
    pub moments: Option<Range<WhenId>>,
    /// Only records where this is yes; of scope [`Scope::Table`] of `table`, or [`Scope::Pair`] of this measure.
    pub filter: Option<NodeId>,
    /// What is made of them.
    pub kind: MeasureKind,
    /// What is measured of each; of the filter's kind of scope.
    pub argument: Option<NodeId>,
    /// Whether filter or argument are of the pair's scope.
    pub correlated: bool,
    /// For metrics: what it is split by, of scope [`Scope::Table`] of `table`.
    pub by: Vec<NodeId>,
}

impl Measure {
    /// Tables besides its own that it measures, with the ways to them.
    pub(crate) fn others(&self) -> Vec<(TableId, &[Hop])> {
        match &self.kind {
            MeasureKind::Sequence(steps) => steps.iter().map(|s| (s.table, s.hops.as_slice())).collect(),
            MeasureKind::PointsOf { lines, .. } => lines.iter().map(|l| (l.table, l.hops.as_slice())).collect(),
            _ => Vec::new(),
        }
    }

    /// The nodes that it reads.
    pub fn inputs(&self) -> Vec<NodeId> {
        let mut out: Vec<NodeId> =
            self.filter.into_iter().chain(self.argument).chain(self.by.iter().copied()).collect();
        match &self.kind {
            MeasureKind::Sequence(steps) => out.extend(steps.iter().filter_map(|s| s.filter)),
            MeasureKind::PointsOf { lines, .. } => {
                out.extend(lines.iter().flat_map(|l| l.filter.into_iter().chain([l.points])));
            }
            _ => {}
        }
        out
    }
}

/// What is made of the records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MeasureKind {
    /// How many; 0 of none.
    Count,
    /// How many distinct known arguments; 0 of none.
    Distinct,
    /// Total of known arguments (D18, D19); 0 of none.
    Sum,
    /// Mean of known arguments; unknown of none.
    Average,
    /// Least known argument.
    Min,
    /// Greatest known argument.
    Max,
    /// Known argument of the earliest (D37).
    First,
    /// Known argument of the latest (D37).
    Last,
    /// Points of a score (D38): known arguments in billionths, each times 2^(-(as_of - time) / half_life).
    Points {
        /// Microseconds; `None`: no decay.
        half_life: Option<i64>,
        /// Microseconds since 1970 UTC.
        as_of: i64,
        /// How that comes about.
        moment: WhenId,
    },
    /// Points of several lines of a score, each over events of its own, added up. The measure's own table, hops, times, filter and
    /// argument are those of the first line.
    PointsOf {
        /// Microseconds since 1970 UTC.
        as_of: i64,
        /// Two or more.
        lines: Vec<PointsLine>,
    },
    /// How many first events start a whole sequence (D36). The measure's own table, hops, times and filter are those of the first step.
    Sequence(Vec<SequenceStep>),
}

/// A line of a score that is added up with others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PointsLine {
    /// Subtracted?
    pub negative: bool,
    /// Microseconds; `None`: no decay.
    pub half_life: Option<i64>,
    /// Whose events.
    pub table: TableId,
    /// The way from the subject.
    pub hops: Vec<Hop>,
    /// Which times count.
    pub times: Range<i64>,
    /// Only where yes; of scope [`Scope::Table`] of `table`.
    pub filter: Option<NodeId>,
    /// Points of each event; of the filter's scope.
    pub points: NodeId,
}

/// A later step of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SequenceStep {
    /// Longest time since the step before.
    pub within: Option<Step>,
    /// Whose events.
    pub table: TableId,
    /// The way from the subject.
    pub hops: Vec<Hop>,
    /// Which times count.
    pub times: Range<i64>,
    /// Only where yes; of scope [`Scope::Table`] of `table`.
    pub filter: Option<NodeId>,
}

/// Answers wanted of a subject.
#[derive(Clone, Debug)]
pub struct SubjectPlan {
    /// Whose records.
    pub table: TableId,
    /// Definitions in order of the lexicon, and the node of each.
    pub defs: Vec<(DefId, NodeId)>,
}

/// A metric wanted.
#[derive(Clone, Debug)]
pub struct MetricPlan {
    /// Which.
    pub def: DefId,
    /// Its expression; scope [`Scope::Global`], over measures with `by`.
    pub node: NodeId,
    /// The measures in it.
    pub measures: Vec<MeasureId>,
}
