//! What is measured over records: one query for each relation, subject and way serves every measure over it.

use lead_diag::InOrder;
use lead_hir::hir::{FieldId, Hop, TableId, Ty};
use lead_plan::{Measure, MeasureId, MeasureKind, NodeId, Op, Scope};

use super::{Compiler, Frame, Place, Wrong, docs};
use crate::ir::{Item, Join, JoinKind, Relation, Select, Sql, Type};

/// What measures have in common that are taken in one query.
#[derive(Clone, Debug, PartialEq)]
struct Way {
    head: String,
    subject: TableId,
    hops: Vec<Hop>,
    /// The column of the last reference of the way, which several events of one query may share.
    last: Option<String>,
    correlated: bool,
}

/// A measure with its node, and the conditions of a record to count.
struct Taken {
    node: NodeId,
    measure: MeasureId,
    conditions: Vec<Sql>,
    value: Sql,
    /// What it is of no record.
    nothing: Option<Sql>,
    /// Whether it may be unknown where there are records.
    doubtful: bool,
}

impl Compiler<'_> {
    /// Every measure of a round: queries that collect, then a step for each subject that takes them over.
    pub fn measures(&mut self, level: usize) -> Result<(), Wrong> {
        let plan = self.plan;
        let mut ways: Vec<(Way, Vec<(NodeId, MeasureId)>)> = Vec::new();
        let mut found: Vec<(TableId, String, Vec<Taken>)> = Vec::new();
        for (i, node) in plan.nodes.iter().enumerate() {
            let (Op::Measure(id), true) = (&node.op, self.levels.nodes[i].is_some()) else { continue };
            let measure = plan.measure(*id);
            let Scope::Table(subject) = measure.subject else { continue };
            if self.levels.measures[id.0 as usize] != Some(level) || self.lexicon.table(subject).is_event() {
                continue;
            }
            let node = NodeId(i as u32);
            if let MeasureKind::Sequence(steps) = &measure.kind {
                let (name, column) = self.sequence(node, measure, steps)?;
                let taken = Taken {
                    node,
                    measure: *id,
                    conditions: Vec::new(),
                    value: Sql::column(&name, &column),
                    nothing: Some(Sql::Int(0)),
                    doubtful: false,
                };
                found.push((subject, name, vec![taken]));
                continue;
            }
            let way = self.way(measure, subject)?;
            match ways.iter_mut().find(|w| w.0 == way) {
                Some((_, list)) => list.push((node, *id)),
                None => ways.push((way, vec![(node, *id)])),
            }
        }
        for (way, list) in ways {
            let (name, taken) = self.collect(&way, &list)?;
            found.push((way.subject, name, taken));
        }
        let mut subjects: Vec<TableId> = found.iter().map(|f| f.0).collect();
        subjects.in_order();
        subjects.dedup();
        for subject in subjects {
            let own: Vec<_> = found.iter().filter(|f| f.0 == subject).map(|f| (&f.1, &f.2)).collect();
            self.take_over(subject, &own)?;
        }
        Ok(())
    }

    fn way(&self, measure: &Measure, subject: TableId) -> Result<Way, Wrong> {
        let state = self.state(measure.table)?;
        let mut hops = measure.hops.clone().unwrap_or_default();
        let mut last = None;
        // Events that are read together share queries where their references stand in one column.
        if let (Some(_), Some(Hop::Back(_, field))) = (&state.marker, hops.last()) {
            last = state.fields.get(field).cloned();
            hops.pop();
        }
        Ok(Way { head: state.head.clone(), subject, hops, last, correlated: measure.correlated })
    }

    /// The conditions of a record to count for a measure.
    pub fn counted(&mut self, measure: &Measure, at: &Place, frame: &mut Frame) -> Result<Vec<Sql>, Wrong> {
        let mut out = Vec::new();
        if let Some(marker) = &self.state(at.table)?.marker {
            out.push(Sql::column(&at.alias, marker));
        }
        if let (Some(times), Some(moments), Some(time)) =
            (&measure.times, &measure.moments, self.lexicon.table(measure.table).time())
        {
            let is_date = self.lexicon.field(measure.table, time).ty == Ty::Date;
            let value = self.field(at, time)?;
            out.extend(self.in_range(&value, is_date, times, moments)?);
        }
        if let Some(filter) = measure.filter {
            match self.expr(filter, at, frame)? {
                Sql::Infix(crate::ir::Tight::And, _, parts) => out.extend(parts),
                Sql::Bool(true) => {}
                condition => out.push(condition),
            }
        }
        Ok(out)
    }

    /// The query that collects the measures of one way.
    fn collect(&mut self, way: &Way, list: &[(NodeId, MeasureId)]) -> Result<(String, Vec<Taken>), Wrong> {
        let plan = self.plan;
        let first = plan.measure(list[0].1);
        let mut frame = Frame::new(&way.head, first.table);
        let at = Place { alias: way.head.clone(), table: first.table };
        let hops = first.hops.clone().unwrap_or_default();
        let owner = self.owner(way.subject, &hops, &at, &mut frame)?;
        if way.correlated {
            let state = self.state(way.subject)?;
            let (head, key) = (state.head.clone(), state.key.clone().unwrap_or_default());
            let alias = frame.alias(&format!("this_{}", self.lexicon.table(way.subject).name.snake()));
            let on = Sql::compare(Sql::column(&alias, &key), "=", owner.clone());
            let relation = Relation::Query(head);
            frame.joins.push(Join { kind: JoinKind::Inner, relation, alias: alias.clone(), on });
            frame.subject = Some(Place { alias, table: way.subject });
        }
        let mut taken = Vec::new();
        for (node, id) in list {
            let measure = plan.measure(*id);
            let at = Place { alias: way.head.clone(), table: measure.table };
            frame.record = Some(at.clone());
            let conditions = self.counted(measure, &at, &mut frame)?;
            let (value, nothing, doubtful) = self.collected(*id, *node, &at, &mut frame)?;
            let value = if nothing.is_some() && !doubtful { without_zero(value) } else { value };
            taken.push(Taken { node: *node, measure: *id, conditions, value, nothing, doubtful });
        }
        // What every measure asks for is asked once; one measure alone asks for all of it there.
        let mut common: Vec<Sql> = taken[0].conditions.clone();
        common.retain(|c| taken.iter().all(|t| t.conditions.contains(c)));
        for t in &mut taken {
            t.conditions.retain(|c| !common.contains(c));
        }
        if taken.iter().all(|t| !t.conditions.is_empty()) {
            common.extend(self.span(&taken, list));
        }
        let subject_name = self.lexicon.table(way.subject).name.snake();
        let record_name = match &self.state(first.table)?.marker {
            Some(_) => way.head.trim_end_matches("_read").to_owned(),
            None => self.lexicon.table(first.table).name.snake(),
        };
        let name = self.query_name(&format!("{record_name}_by_{subject_name}"));
        let limit = self.dialect.name_limit();
        let mut names = crate::names::Names::default();
        let subject_column = names.fresh(&subject_name, limit);
        let mut items = vec![Item::new(owner.clone(), &subject_column)];
        for t in &mut taken {
            let wanted = self.measure_name(t.node, t.measure);
            let column = names.fresh(&wanted, limit);
            let value = std::mem::replace(&mut t.value, Sql::column(&name, &column));
            let value = filtered(value, &t.conditions);
            match super::shared::in_parts(&value, &name, &column, &mut |wanted| names.fresh(wanted, limit)) {
                // What is made of totals is made of them afterwards, where it asks for one of them more than once.
                Some((parts, made)) => {
                    items.extend(parts.into_iter().map(|(part, column)| Item::new(part, &column)));
                    t.value = made;
                }
                None => items.push(Item::new(value, &column)),
            }
        }
        let select = Select {
            items,
            from: Some((Relation::Query(way.head.clone()), way.head.clone())),
            joins: frame.joins,
            filter: common,
            group: vec![owner],
            ..Select::default()
        };
        let select = self.over_columns(select, &record_name);
        self.cte(&name, Vec::new(), select);
        Ok((name, taken))
    }

    /// The time from the first to the last that any of the measures looks at, where the times are written out.
    fn span(&mut self, taken: &[Taken], list: &[(NodeId, MeasureId)]) -> Vec<Sql> {
        let plan = self.plan;
        if self.options.as_of == super::AsOf::Open || taken.len() < 2 {
            return Vec::new();
        }
        let times: Option<Vec<_>> = list.iter().map(|(_, m)| plan.measure(*m).times.clone()).collect();
        let Some(times) = times else { return Vec::new() };
        let same_time = |m: &MeasureId| {
            let measure = plan.measure(*m);
            let time = self.lexicon.table(measure.table).time()?;
            self.state(measure.table).ok()?.fields.get(&time).cloned()
        };
        let columns: Vec<Option<String>> = list.iter().map(|(_, m)| same_time(m)).collect();
        if columns.windows(2).any(|c| c[0] != c[1]) {
            return Vec::new();
        }
        let bound = |i: usize, op: [&str; 2]| {
            taken[i]
                .conditions
                .iter()
                .find(|c| match c {
                    Sql::Infix(_, sign, parts) => {
                        op.contains(sign)
                            && matches!(&parts[0], Sql::Column { name, .. } if Some(name) == columns[i].as_ref())
                            && matches!(parts[1], Sql::Time(_) | Sql::Date(_))
                    }
                    _ => false,
                })
                .cloned()
        };
        let earliest = (0..times.len()).min_by_key(|i| times[*i].start);
        let latest = (0..times.len()).max_by_key(|i| times[*i].end);
        let first = earliest.filter(|i| times[*i].start != i64::MIN).and_then(|i| bound(i, [">", ">="]));
        let last = latest.filter(|i| times[*i].end != i64::MAX).and_then(|i| bound(i, ["<", "<="]));
        first.into_iter().chain(last).collect()
    }

    /// What a measure makes of the records that count; what it is of none; whether it may be unknown.
    pub fn collected(
        &mut self,
        id: MeasureId,
        node: NodeId,
        at: &Place,
        frame: &mut Frame,
    ) -> Result<(Sql, Option<Sql>, bool), Wrong> {
        let measure = self.plan.measure(id);
        let d = self.dialect;
        let Some(argument) = measure.argument else { return Ok((d.count(), Some(Sql::Int(0)), false)) };
        let ty = self.ty(argument).clone();
        let small = self.most(argument) < 1e9;
        Ok(match &measure.kind {
            MeasureKind::Count => (d.count(), Some(Sql::Int(0)), false),
            MeasureKind::Distinct => {
                let key = match self.period_start_of(argument, at, frame)? {
                    Some(day) => day,
                    None => self.key_of(argument, at, frame)?,
                };
                (d.count_distinct(key), Some(Sql::Int(0)), false)
            }
            MeasureKind::Sum => match ty {
                Ty::Money => (d.money_sum(self.expr(argument, at, frame)?), Some(Sql::Int(0)), false),
                Ty::Duration => {
                    (d.whole_sum(self.expr(argument, at, frame)?).cast(Type::Int), Some(Sql::Int(0)), false)
                }
                _ => {
                    let value = self.float(argument, at, frame)?.named(self.each_name(node, id));
                    (d.exact_sum(value, small), Some(Sql::Double(0.0)), !small)
                }
            },
            MeasureKind::Average => match ty {
                Ty::Money | Ty::Duration => {
                    let value = self.expr(argument, at, frame)?;
                    let known = Sql::call("count", [value.clone()]);
                    let units = if ty == Ty::Money { d.ten_thousandths(value) } else { value };
                    let mean = d.divided_by_count(d.whole_sum(units.cast(Type::Huge)), known);
                    (if ty == Ty::Money { d.money_of(mean) } else { mean.cast(Type::Int) }, None, true)
                }
                _ => {
                    let value = self.float(argument, at, frame)?.named(self.each_name(node, id));
                    let known = Sql::call("nullif", [Sql::call("count", [value.clone()]), Sql::Int(0)]);
                    (d.exact_sum(value, small).over(known.cast(Type::Double)), None, true)
                }
            },
            MeasureKind::Min | MeasureKind::Max => {
                let name = if measure.kind == MeasureKind::Min { "min" } else { "max" };
                (Sql::call(name, [self.expr(argument, at, frame)?]), None, true)
            }
            MeasureKind::First | MeasureKind::Last => {
                let last = measure.kind == MeasureKind::Last;
                let value = self.expr(argument, at, frame)?;
                let time = self.lexicon.table(measure.table).time();
                let mut order = Vec::new();
                if let Some(time) = time {
                    order.push(self.field(at, time)?);
                }
                match ty {
                    Ty::Text | Ty::OneOf(_) => {
                        let folded = self.folded(argument, at, frame)?;
                        order.extend([d.by_bytes(folded), d.by_bytes(value.clone())]);
                    }
                    Ty::Key => order.push(d.by_bytes(value.clone())),
                    Ty::Record(_) => order.push(d.by_bytes(value.clone())),
                    Ty::List(_) => return Err(self.lacks("no order of lists".to_owned(), node)),
                    _ => order.push(value.clone()),
                }
                (self.first_of(value, order, last, &ty), None, true)
            }
            MeasureKind::Points { half_life, moment, .. } => {
                if half_life.is_none() && self.whole_points(id) {
                    return Ok((d.whole_sum(self.expr(argument, at, frame)?), Some(Sql::Int(0)), false));
                }
                let large = self.large_points(id);
                let mut points = self.float(argument, at, frame)?;
                if let (Some(half_life), Some(time)) = (half_life, self.lexicon.table(measure.table).time()) {
                    let as_of = self.moment(*moment)?;
                    let mut value = self.field(at, time)?;
                    if self.lexicon.field(measure.table, time).ty == Ty::Date {
                        value = self.day_start(value);
                    }
                    let age = d.between(as_of, value).cast(Type::Double);
                    let halves = age.over(Sql::Double(*half_life as f64));
                    let share = if large { d.power_of_two(halves) } else { d.small_share(halves) };
                    let share = share.named(format!("decay_{}", duration_words(*half_life)));
                    // What leaves the range of a float is more than a score takes, and looked at below.
                    points = if large && self.most(argument) > 1e200 {
                        d.reckoned("*", points.clone(), share).or_else(Sql::when(
                            points.is_known(),
                            Sql::Double(f64::MAX),
                            None,
                        ))
                    } else if points == Sql::Double(1.0) {
                        share
                    } else {
                        points.times(share)
                    };
                }
                let name = self.each_name(node, id);
                if !large {
                    let billionths = points.times(Sql::Double(1e9)).named(name);
                    let small = self.most(argument) < 8e9;
                    let total = if small { d.small_sum(billionths) } else { d.whole_sum(d.to_whole(billionths)) };
                    return Ok((d.float_of(total).over(Sql::Double(1e9)), Some(Sql::Double(0.0)), false));
                }
                let points = points.named(name);
                let size =
                    Sql::compare(Sql::call("abs", [points.clone()]), "<", Sql::Double(4_611_686_018_427_387_904.0));
                let share = d.to_whole(points.clone().times(Sql::Double(1e9)));
                let kept = Sql::when(size.clone(), share, None);
                let total = d.float_of(d.whole_sum(kept)).over(Sql::Double(1e9));
                let lost = Sql::call(
                    "max",
                    [Sql::when(size, Sql::Int(0), Some(Sql::when(points.is_known(), Sql::Int(1), None)))],
                );
                let lost = Sql::compare(lost, "=", Sql::Int(1));
                (Sql::Case(vec![(lost, Sql::Null)], Some(Box::new(total))), Some(Sql::Double(0.0)), true)
            }
            MeasureKind::PointsOf { .. } | MeasureKind::Sequence(_) => (d.count(), Some(Sql::Int(0)), false),
        })
    }

    /// What the column of what a measure takes of each record is called.
    fn each_name(&self, node: NodeId, id: MeasureId) -> String {
        format!("{}_of_each", self.measure_name(node, id))
    }

    /// What the column of a measure is called.
    pub fn measure_name(&self, node: NodeId, id: MeasureId) -> String {
        if let Some((name, _)) = self.called(node) {
            return name;
        }
        let measure = self.plan.measure(id);
        let table = self.lexicon.table(measure.table).name.snake();
        let word = match &measure.kind {
            MeasureKind::Count => "count",
            MeasureKind::Distinct => "distinct",
            MeasureKind::Sum => "sum",
            MeasureKind::Average => "average",
            MeasureKind::Min => "least",
            MeasureKind::Max => "most",
            MeasureKind::First => "first",
            MeasureKind::Last => "last",
            MeasureKind::Points { .. } | MeasureKind::PointsOf { .. } => "points",
            MeasureKind::Sequence(_) => "sequence",
        };
        let of = measure.argument.and_then(|a| self.field_name(a));
        match of {
            Some(field) if *word != *"points" => format!("{table}_{field}_{word}"),
            _ => format!("{table}_{word}"),
        }
    }

    fn field_name(&self, id: NodeId) -> Option<String> {
        let node = self.plan.node(id);
        match (&node.op, node.scope) {
            (Op::Field(FieldId(f)), Scope::Table(t)) => Some(self.lexicon.table(t).fields[*f as usize].name.snake()),
            (Op::OfRecord(inner), _) => self.field_name(*inner),
            _ => None,
        }
    }

    /// A step that adds what was collected to the records of a subject.
    fn take_over(&mut self, subject: TableId, found: &[(&String, &Vec<Taken>)]) -> Result<(), Wrong> {
        let state = self.state(subject)?;
        let (head, key) = (state.head.clone(), state.key.clone().unwrap_or_default());
        let mut frame = Frame::new(&head, subject);
        let mut items = vec![Item::All(head.clone())];
        let limit = self.dialect.name_limit();
        let subject_name = self.lexicon.table(subject).name.snake();
        for (query, taken) in found {
            let alias = frame.alias(query);
            let own = Sql::column(&alias, &subject_name);
            let on = Sql::compare(own.clone(), "=", Sql::column(&head, &key));
            frame.joins.push(Join { kind: JoinKind::Left, relation: Relation::Query(query.to_string()), alias, on });
            for t in taken.iter() {
                let wanted = self.measure_name(t.node, t.measure);
                let (value, said) = match (&t.nothing, t.doubtful) {
                    (Some(nothing), false) => (t.value.clone().or_else(nothing.clone()), Vec::new()),
                    (Some(nothing), true) => {
                        let nobody = own.clone().is_null();
                        (Sql::when(nobody, nothing.clone(), Some(t.value.clone())), Vec::new())
                    }
                    (None, _) => (t.value.clone(), Vec::new()),
                };
                let said = match self.called(t.node) {
                    Some((_, def)) => docs(def),
                    None => said,
                };
                let Some(state) = self.tables.get_mut(&subject) else { continue };
                let column = state.names.fresh(&wanted, limit);
                state.nodes.insert(t.node, column.clone());
                items.push(Item::Value { value, name: column, comment: said });
            }
        }
        let name = self.query_name(&format!("{subject_name}_measured"));
        let select = Select {
            items,
            from: Some((Relation::Query(head.clone()), head)),
            joins: frame.joins,
            ..Select::default()
        };
        self.cte(&name, Vec::new(), select);
        if let Some(state) = self.tables.get_mut(&subject) {
            state.head = name;
        }
        Ok(())
    }
}

/// A total of nothing as NULL, which the records that have none are given a zero for all the same.
pub(crate) fn without_zero(value: Sql) -> Sql {
    value.replaced(&mut |sql| match sql {
        Sql::Call(name, args) if name == "coalesce" && args.len() == 2 && args[1] == Sql::Int(0) => {
            aggregates(&args[0]).then(|| args[0].clone())
        }
        _ => None,
    })
}

/// A duration as the end of a name.
fn duration_words(micros: i64) -> String {
    const HOUR: i64 = 3_600_000_000;
    match micros {
        m if m % (24 * HOUR) == 0 => format!("{}d", m / (24 * HOUR)),
        m if m % HOUR == 0 => format!("{}h", m / HOUR),
        m => format!("{m}us"),
    }
}

/// Every aggregate inside a value over the rows where the conditions are yes.
pub(crate) fn filtered(value: Sql, conditions: &[Sql]) -> Sql {
    if conditions.is_empty() {
        return value;
    }
    value.replaced(&mut |sql| match sql {
        Sql::Filtered(call, own) => Some(Sql::Filtered(call.clone(), [own, conditions].concat())),
        sql if aggregates(sql) => Some(Sql::Filtered(Box::new(sql.clone()), conditions.to_vec())),
        _ => None,
    })
}

/// Whether an expression is a function of many rows.
pub(crate) fn aggregates(sql: &Sql) -> bool {
    match sql {
        Sql::Call(name, _) => is_aggregate(name),
        Sql::Template(_, _, text, _) => is_aggregate(text.split('(').next().unwrap_or_default()),
        _ => false,
    }
}

/// Functions of many rows, in any dialect.
fn is_aggregate(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "count",
        "sum",
        "min",
        "max",
        "bool_or",
        "bool_and",
        "arg_min",
        "arg_max",
        "first",
        "last",
        "min_by",
        "max_by",
        "array_agg",
        "argMin",
        "argMax",
        "sumOrNull",
        "minOrNull",
        "maxOrNull",
        "uniqExact",
    ];
    NAMES.contains(&name)
}
