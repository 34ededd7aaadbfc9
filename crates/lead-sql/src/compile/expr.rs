//! Nodes to expressions: logic, comparison, choice, text. Numbers and times have files of their own.
//!
//! Unknown is NULL, and SQL's logic of NULL is that of the language. Where an answer is never unknown, that is written
//! out.

use lead_hir::hir::{CompareOp, FieldId, Ty, Value};
use lead_plan::{NodeId, Op, Scope};

use super::{Compiler, Frame, Place, Wrong};
use crate::dialect::Fold;
use crate::ir::Sql;

impl Compiler<'_> {
    pub fn ty(&self, id: NodeId) -> &Ty {
        &self.plan.node(id).ty
    }

    /// What a node is for a record, or for a pair of a record and its subject.
    pub fn expr(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let plan = self.plan;
        let node = plan.node(id);
        if let Scope::Table(table) = node.scope
            && let Some(column) = self.tables.get(&table).and_then(|s| s.nodes.get(&id))
        {
            return Ok(Sql::column(&at.alias, column));
        }
        match &node.op {
            Op::Const(value) => Ok(self.constant(&value.0)),
            Op::Clock(value, when) => self.clock(&value.0, *when),
            Op::Unknown => Ok(Sql::Null),
            Op::Field(field) => match &node.ty {
                // A reference is known where there is such a record.
                Ty::Record(target) => {
                    let place = self.follow(at, *field, frame)?;
                    let key = self.state(*target)?.key.clone().unwrap_or_default();
                    Ok(Sql::column(&place.alias, &key))
                }
                _ => self.field(at, *field),
            },
            Op::Itself => {
                let key = self.state(at.table)?.key.clone();
                Ok(key.map_or(Sql::Bool(true), |key| Sql::column(&at.alias, &key)))
            }
            Op::Follow { reference, node } => {
                let place = self.follow(at, *reference, frame)?;
                let value = self.expr(*node, &place, frame)?;
                if matches!(value, Sql::Column { .. }) {
                    return Ok(value);
                }
                // Of no record nothing is known, whatever is asked of it.
                let key = self.state(place.table)?.key.clone().unwrap_or_default();
                Ok(Sql::when(Sql::column(&place.alias, &key).is_known(), value, None))
            }
            Op::OfRecord(inner) => match frame.record.clone() {
                Some(place) => self.expr(*inner, &place, frame),
                None => Ok(Sql::Null),
            },
            Op::OfSubject(inner) => match frame.subject.clone() {
                Some(place) => self.expr(*inner, &place, frame),
                None => Ok(Sql::Null),
            },
            Op::Measure(measure) => Ok(frame.globals.get(measure).cloned().unwrap_or(Sql::Null)),
            Op::IsZero(inner) => Ok(Sql::compare(self.expr(*inner, at, frame)?, "=", Sql::Int(0))),
            Op::IsYes(inner) => {
                let inner = self.expr(*inner, at, frame)?;
                Ok(self.surely(inner))
            }
            Op::Not(inner) => self.not(*inner, at, frame),
            Op::And(ids) => Ok(Sql::and(self.all(ids, at, frame)?)),
            Op::Or(ids) => Ok(Sql::or(self.all(ids, at, frame)?)),
            Op::IsKnown(inner) => {
                let value = self.expr(*inner, at, frame)?;
                let is_list = matches!(self.ty(*inner), Ty::List(_));
                Ok(if is_list { self.dialect.list_known(value) } else { value.is_known() })
            }
            Op::Compare(op, a, b) => self.compare(*op, *a, *b, at, frame),
            Op::InList(value, items) => self.in_list(*value, items, at, frame),
            Op::ListContains(list, item) => self.list_contains(*list, *item, at, frame),
            Op::Matches(inner, pattern) => {
                let text = self.expr(*inner, at, frame)?;
                self.dialect.matches(text, pattern).map_err(|l| self.lacks(l, id))
            }
            Op::InRange(inner, range, moments) => {
                let value = self.expr(*inner, at, frame)?;
                let parts = self.in_range(&value, plan.node(*inner).ty == Ty::Date, range, moments)?;
                match parts.is_empty() {
                    // Every time lies in it, and one that is unknown still cannot be told.
                    true => Ok(Sql::when(value.is_known(), Sql::Bool(true), None)),
                    false => Ok(Sql::and(parts)),
                }
            }
            Op::Arithmetic(op, a, b) => self.arithmetic(id, *op, *a, *b, at, frame),
            Op::Shift(inner, by) => self.shift(*inner, *by, at, frame),
            Op::Negate(_) | Op::ToMoney(_) | Op::Call(..) => self.call(id, at, frame),
            Op::List(ids) => self.list(ids, at, frame),
            Op::Term { alternatives, exceptions } => {
                let holds = Sql::or(self.all(alternatives, at, frame)?);
                let mut parts = vec![holds];
                for exception in exceptions {
                    let blocked = self.expr(*exception, at, frame)?;
                    parts.push(Sql::Not(Box::new(self.surely(blocked))));
                }
                Ok(Sql::and(parts))
            }
            Op::Choice(lines) => self.choice(id, lines, at, frame),
            Op::Score { .. } => self.score(id, at, frame),
            Op::Furthest(steps) => {
                let mut arms = Vec::new();
                for (condition, name) in steps.iter().rev() {
                    arms.push((self.expr(*condition, at, frame)?, self.constant(&name.0)));
                }
                Ok(Sql::Case(arms, None))
            }
        }
    }

    pub fn all(&mut self, ids: &[NodeId], at: &Place, frame: &mut Frame) -> Result<Vec<Sql>, Wrong> {
        ids.iter().map(|id| self.expr(*id, at, frame)).collect()
    }

    /// Yes where it is yes, else no.
    fn surely(&self, value: Sql) -> Sql {
        if is_certain(&value) { value } else { value.or_else(Sql::Bool(false)) }
    }

    fn not(&mut self, inner: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let plan = self.plan;
        // `NOT (n = 0)` reads better as `n > 0`, and counts are never negative.
        let own = |id: NodeId| match plan.node(id).scope {
            Scope::Table(table) => self.tables.get(&table).is_some_and(|s| s.nodes.contains_key(&id)),
            _ => false,
        };
        match &plan.node(inner).op {
            Op::IsZero(count) if !own(inner) => Ok(Sql::compare(self.expr(*count, at, frame)?, ">", Sql::Int(0))),
            Op::IsKnown(value) if !own(inner) && !matches!(self.ty(*value), Ty::List(_)) => {
                Ok(self.expr(*value, at, frame)?.is_null())
            }
            Op::Compare(CompareOp::Equal, a, b) if !own(inner) => self.compare(CompareOp::NotEqual, *a, *b, at, frame),
            _ => Ok(Sql::Not(Box::new(self.expr(inner, at, frame)?))),
        }
    }

    pub fn constant(&self, value: &Value) -> Sql {
        match value {
            Value::YesNo(b) => Sql::Bool(*b),
            Value::Number(n) | Value::Percent(n) if n.fract() == 0.0 && n.abs() < 1e15 => Sql::Int(*n as i128),
            Value::Number(n) | Value::Percent(n) => Sql::Double(*n),
            Value::Money(m) => Sql::Money(*m),
            Value::Text(t) => Sql::Text(t.to_string()),
            Value::Date(d) => Sql::Date(*d),
            Value::Time(t) => Sql::Time(*t),
            Value::Duration(d) => Sql::Int(i128::from(*d)),
            Value::List(items) => self.dialect.list(items.iter().map(|i| self.constant(i)).collect()),
        }
    }

    /// The value of a node that is written out.
    pub fn written(&self, id: NodeId) -> Option<&Value> {
        match &self.plan.node(id).op {
            Op::Const(value) => Some(&value.0),
            Op::OfRecord(inner) | Op::OfSubject(inner) => self.written(*inner),
            _ => None,
        }
    }

    fn is_exact(&self, id: NodeId) -> bool {
        match self.ty(id) {
            Ty::Key | Ty::Record(_) => true,
            Ty::List(item) => matches!(**item, Ty::Key | Ty::Record(_)),
            _ => false,
        }
    }

    /// The texts that a field of listed values has: fields are cleaned, so that one of these stands there as it is listed.
    fn listed(&self, id: NodeId) -> Option<Vec<String>> {
        match (&self.plan.node(id).op, self.ty(id)) {
            (Op::Field(_), Ty::OneOf(values)) => Some(values.to_vec()),
            (Op::Follow { node, .. } | Op::OfRecord(node) | Op::OfSubject(node), _) => self.listed(*node),
            _ => None,
        }
    }

    /// A text as it is compared (D16); a column in small letters where there is one.
    pub fn folded(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let plan = self.plan;
        if let Some(Value::Text(text)) = self.written(id) {
            return Ok(Sql::Text(fold_text(text)));
        }
        if let Some(column) = self.looked_up_folded(id, at) {
            return Ok(column);
        }
        let place = match &plan.node(id).op {
            Op::Field(field) => Some((at.clone(), *field)),
            Op::OfRecord(inner) | Op::OfSubject(inner) => {
                let of = matches!(plan.node(id).op, Op::OfRecord(_));
                let place = if of { frame.record.clone() } else { frame.subject.clone() };
                match place {
                    Some(place) => return self.folded(*inner, &place, frame),
                    None => return Ok(Sql::Null),
                }
            }
            Op::Follow { reference, node } => {
                let place = self.follow(at, *reference, frame)?;
                return self.folded(*node, &place, frame);
            }
            _ => None,
        };
        if let Some((place, field)) = place
            && let Some(column) = self.state(place.table)?.folded.get(&field)
        {
            return Ok(Sql::column(&place.alias, column));
        }
        let text = self.expr(id, at, frame)?;
        Ok(self.dialect.lower(text))
    }

    fn compare(&mut self, op: CompareOp, a: NodeId, b: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let sign = match op {
            CompareOp::NotEqual => "<>",
            CompareOp::Less => "<",
            CompareOp::LessEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEqual => ">=",
            _ => "=",
        };
        let (ta, tb) = (self.ty(a).clone(), self.ty(b).clone());
        let is_text = |t: &Ty| matches!(t, Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_));
        if is_text(&ta) && is_text(&tb) {
            return self.compare_texts(op, sign, a, b, at, frame);
        }
        if matches!(ta, Ty::List(_)) || matches!(tb, Ty::List(_)) {
            return Err(self.lacks("no comparison of two lists".to_owned(), a));
        }
        let (left, right) = match (&ta, &tb) {
            // D22: a time beside a date counts as its local day.
            (Ty::Time, Ty::Date) => {
                let left = self.expr(a, at, frame)?;
                (self.local_day(left), self.expr(b, at, frame)?)
            }
            (Ty::Date, Ty::Time) => {
                let right = self.expr(b, at, frame)?;
                (self.expr(a, at, frame)?, self.local_day(right))
            }
            _ => (self.operand(a, at, frame)?, self.operand(b, at, frame)?),
        };
        Ok(Sql::compare(left, sign, right))
    }

    /// A side of a comparison: a number that is written out stays as it is written.
    fn operand(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        match self.written(id) {
            Some(Value::Number(n) | Value::Percent(n)) if crate::print::number(*n).len() <= 15 => Ok(Sql::Number(*n)),
            _ => self.expr(id, at, frame),
        }
    }

    fn compare_texts(
        &mut self,
        op: CompareOp,
        sign: &'static str,
        a: NodeId,
        b: NodeId,
        at: &Place,
        frame: &mut Frame,
    ) -> Result<Sql, Wrong> {
        let exact = self.is_exact(a) || self.is_exact(b);
        let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        for (field, other) in [(a, b), (b, a)] {
            if let (true, false, Some(listed), Some(Value::Text(text))) =
                (equality, exact, self.listed(field), self.written(other).cloned())
            {
                let folded = fold_text(&text);
                if let Some(value) = listed.iter().find(|v| fold_text(v) == folded) {
                    let value = Sql::Text(value.clone());
                    return Ok(Sql::compare(self.expr(field, at, frame)?, sign, value));
                }
            }
        }
        let left = self.compared(a, exact, at, frame)?;
        let right = self.compared(b, exact, at, frame)?;
        Ok(match op {
            CompareOp::Contains => self.dialect.contains(left, right),
            CompareOp::StartsWith => self.dialect.starts_with(left, right),
            CompareOp::EndsWith => self.dialect.ends_with(left, right),
            _ => Sql::compare(left, sign, right),
        })
    }

    /// A text as it is compared: exactly, or folded.
    pub fn compared(&mut self, id: NodeId, exact: bool, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        match (exact, self.written(id)) {
            (true, Some(Value::Text(text))) => Ok(Sql::Text(text.trim().to_owned())),
            (true, _) => self.expr(id, at, frame),
            (false, _) => self.folded(id, at, frame),
        }
    }

    fn in_list(&mut self, value: NodeId, items: &[NodeId], at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let text = matches!(self.ty(value), Ty::Text | Ty::OneOf(_) | Ty::Key | Ty::Record(_));
        let mut exact = matches!(self.ty(value), Ty::Key);
        let (mut constants, mut others) = (Vec::new(), Vec::new());
        for item in items {
            exact |= text && self.is_exact(*item);
            match self.written(*item) {
                Some(Value::List(values)) => constants.extend(values.iter().cloned()),
                Some(value) => constants.push(value.clone()),
                None => match &self.plan.node(*item).op {
                    Op::List(parts) => {
                        for part in parts.clone() {
                            match self.written(part) {
                                Some(value) => constants.push(value.clone()),
                                None => others.push(part),
                            }
                        }
                    }
                    _ => others.push(*item),
                },
            }
        }
        let listed = self.listed(value).filter(|_| !exact);
        let spelled = |t: &str| {
            let folded = fold_text(t);
            listed.as_ref().and_then(|l| l.iter().find(|v| fold_text(v) == folded)).cloned()
        };
        let all_listed =
            listed.is_some() && constants.iter().all(|c| matches!(c, Value::Text(t) if spelled(t).is_some()));
        let left = match (text, all_listed && others.is_empty()) {
            (true, false) => self.compared(value, exact, at, frame)?,
            _ => self.expr(value, at, frame)?,
        };
        let mut parts = Vec::new();
        if !constants.is_empty() {
            let mut list = Vec::new();
            for constant in &constants {
                list.push(match constant {
                    Value::Text(t) if all_listed && others.is_empty() => Sql::Text(spelled(t).unwrap_or_default()),
                    Value::Text(t) if exact => Sql::Text(t.trim().to_owned()),
                    Value::Text(t) => Sql::Text(fold_text(t)),
                    Value::Number(n) | Value::Percent(n) => Sql::Number(*n),
                    other => self.constant(other),
                });
            }
            parts.push(Sql::In(Box::new(left.clone()), list));
        }
        for item in others {
            let same = match self.ty(item).clone() {
                Ty::List(_) => {
                    let list = self.expr(item, at, frame)?;
                    let fold = if text && !exact { Fold::Case } else { Fold::Exact };
                    self.dialect.list_has(list, left.clone(), fold).map_err(|l| self.lacks(l, item))?
                }
                ty => {
                    let right = if text {
                        self.compared(item, exact, at, frame)?
                    } else {
                        let right = self.expr(item, at, frame)?;
                        if ty == Ty::Time && *self.ty(value) == Ty::Date { self.local_day(right) } else { right }
                    };
                    let left = if *self.ty(value) == Ty::Time && ty == Ty::Date {
                        self.local_day(left.clone())
                    } else {
                        left.clone()
                    };
                    Sql::compare(left, "=", right)
                }
            };
            // Items that are unknown never match (D9).
            parts.push(same.or_else(Sql::Bool(false)));
        }
        let certain = matches!(parts.as_slice(), [Sql::In(..)]);
        let found = Sql::or(parts);
        Ok(if certain { found } else { Sql::when(left.is_known(), found, None) })
    }

    fn list_contains(&mut self, list: NodeId, item: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let exact = self.is_exact(list) || self.is_exact(item);
        let text = matches!(self.ty(item), Ty::Text | Ty::OneOf(_) | Ty::Key);
        let haystack = self.expr(list, at, frame)?;
        let (needle, fold) = match (text, exact) {
            (true, false) => (self.folded(item, at, frame)?, Fold::Case),
            (true, true) => (self.compared(item, true, at, frame)?, Fold::Exact),
            _ => (self.expr(item, at, frame)?, Fold::Exact),
        };
        let known = if self.written(item).is_some() {
            self.dialect.list_known(haystack.clone())
        } else {
            Sql::and(vec![self.dialect.list_known(haystack.clone()), needle.clone().is_known()])
        };
        let has = self.dialect.list_has(haystack, needle, fold).map_err(|l| self.lacks(l, list))?;
        Ok(Sql::when(known, has, None))
    }

    fn list(&mut self, ids: &[NodeId], at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        let items = self.all(ids, at, frame)?;
        if ids.iter().any(|id| self.written(*id).is_none()) {
            // Items that are unknown are left out.
            return Ok(self.dialect.known_of(self.dialect.list(items)));
        }
        Ok(self.dialect.list(items))
    }

    fn choice(
        &mut self,
        id: NodeId,
        lines: &[(Option<NodeId>, NodeId)],
        at: &Place,
        frame: &mut Frame,
    ) -> Result<Sql, Wrong> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        let double = matches!(self.ty(id), Ty::Number | Ty::Percent) && !self.is_whole(id);
        for (condition, result) in lines {
            let mut value = self.expr(*result, at, frame)?;
            if double && self.is_whole(*result) {
                value = value.cast(crate::ir::Type::Double);
            }
            match condition {
                Some(condition) => arms.push((self.expr(*condition, at, frame)?, value)),
                None => {
                    otherwise = Some(Box::new(value));
                    break;
                }
            }
        }
        Ok(match (arms.is_empty(), otherwise) {
            (true, Some(value)) => *value,
            (_, otherwise) => Sql::Case(arms, otherwise),
        })
    }

    /// What a value of a type is grouped and told apart by.
    pub fn key_of(&mut self, id: NodeId, at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        match self.ty(id).clone() {
            Ty::Text => self.folded(id, at, frame),
            Ty::OneOf(_) if self.listed(id).is_none() => self.folded(id, at, frame),
            Ty::OneOf(_) => self.folded(id, at, frame),
            Ty::List(_) => Err(self.lacks("no way to tell lists apart".to_owned(), id)),
            _ => self.expr(id, at, frame),
        }
    }

    /// Whether a field is compared in small letters somewhere.
    pub fn is_folded(&self, field: FieldId, table: lead_hir::hir::TableId) -> bool {
        let is = |id: NodeId| {
            let node = self.plan.node(id);
            node.scope == Scope::Table(table) && node.op == Op::Field(field)
        };
        (0..self.plan.nodes.len()).any(|i| is(NodeId(i as u32)))
    }
}

/// Whether a condition is yes or no on every row.
fn is_certain(sql: &Sql) -> bool {
    match sql {
        Sql::Bool(_) | Sql::IsNull(..) => true,
        Sql::Not(inner) => is_certain(inner),
        Sql::Infix(crate::ir::Tight::And | crate::ir::Tight::Or, _, parts) => parts.iter().all(is_certain),
        Sql::Call(name, args) => name == "coalesce" && args.last().is_some_and(|a| *a == Sql::Bool(false)),
        _ => false,
    }
}

/// What texts are compared by (D16).
pub(crate) fn fold_text(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}
