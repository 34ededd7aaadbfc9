//! Events one after the other (D36): from the last step back, which events of a step are followed soon enough by one
//! that is followed itself.

use lead_hir::hir::{Hop, Step, TableId, Ty};
use lead_plan::{Measure, NodeId, Scope, SequenceStep};

use super::{Compiler, Frame, Place, Wrong};
use crate::ir::{Item, Relation, Select, Sql};

impl Compiler<'_> {
    /// The query that counts for each subject, and its column.
    pub fn sequence(
        &mut self,
        node: NodeId,
        measure: &Measure,
        steps: &[SequenceStep],
    ) -> Result<(String, String), Wrong> {
        let Scope::Table(subject) = measure.subject else {
            return Err(self.lacks("no sequences of nothing".to_owned(), node));
        };
        let base = match self.called(node) {
            Some((name, _)) => name,
            None => "sequence".to_owned(),
        };
        let hops = measure.hops.clone().unwrap_or_default();
        let mut names = Vec::new();
        for k in 0..=steps.len() {
            let (table, hops, filter) = match k {
                0 => (measure.table, &hops, measure.filter),
                k => (steps[k - 1].table, &steps[k - 1].hops, steps[k - 1].filter),
            };
            let one = Measure { table, filter, ..measure.clone() };
            let within = steps.get(k).and_then(|s| s.within);
            names.push(self.step_events(&format!("{base}_step_{}", k + 1), subject, hops, &one, within)?);
        }
        let mut good = names.pop().unwrap_or_default();
        for k in (0..steps.len()).rev() {
            let own = names[k].clone();
            good = self.followed(&format!("{base}_followed_{}", k + 1), &own, &good, steps[k].within.is_some())?;
        }
        let subject_name = self.lexicon.table(subject).name.snake();
        let name = self.query_name(&format!("{base}_by_{subject_name}"));
        let owner = Sql::column(&good, "subject");
        let select = Select {
            items: vec![Item::new(owner.clone(), &subject_name), Item::new(self.dialect.count(), "times")],
            from: Some((Relation::Query(good.clone()), good)),
            group: vec![owner],
            ..Select::default()
        };
        self.cte(&name, Vec::new(), select);
        Ok((name, "times".to_owned()))
    }

    /// The events of a step: whose, when, and by when the next has to follow.
    fn step_events(
        &mut self,
        wanted: &str,
        subject: TableId,
        hops: &[Hop],
        measure: &Measure,
        within: Option<Step>,
    ) -> Result<String, Wrong> {
        let head = self.state(measure.table)?.head.clone();
        let mut frame = Frame::new(&head, measure.table);
        let at = Place { alias: head.clone(), table: measure.table };
        let owner = self.owner(subject, hops, &at, &mut frame)?;
        let conditions = self.counted(measure, &at, &mut frame)?;
        let mut time = Sql::Null;
        if let Some(field) = self.lexicon.table(measure.table).time() {
            time = self.field(&at, field)?;
            if self.lexicon.field(measure.table, field).ty == Ty::Date {
                time = self.day_start(time);
            }
        }
        let name = self.query_name(wanted);
        let mut items = vec![Item::new(owner, "subject"), Item::new(time.clone(), "at_time")];
        items.extend(within.map(|by| Item::new(self.stepped(time, by, false), "deadline")));
        let select = Select {
            items,
            from: Some((Relation::Query(head.clone()), head)),
            joins: frame.joins,
            filter: conditions,
            ..Select::default()
        };
        let select = self.over_columns(select, &name);
        self.cte(&name, Vec::new(), select);
        Ok(name)
    }

    /// The events of a step that one of the next step follows, later and soon enough.
    fn followed(&mut self, wanted: &str, own: &str, next: &str, in_time: bool) -> Result<String, Wrong> {
        let name = self.query_name(wanted);
        let column = |of: &str, name: &str| Sql::column(of, name);
        let mut conditions = vec![
            Sql::compare(column(next, "subject"), "=", column(own, "subject")),
            Sql::compare(column(next, "at_time"), ">", column(own, "at_time")),
        ];
        if in_time {
            conditions.push(Sql::compare(column(next, "at_time"), "<=", column(own, "deadline")));
        }
        let inner = Select {
            items: vec![Item::new(Sql::Int(1), "one")],
            from: Some((Relation::Query(next.to_owned()), next.to_owned())),
            filter: conditions,
            ..Select::default()
        };
        let select = Select {
            items: vec![Item::new(column(own, "subject"), "subject"), Item::new(column(own, "at_time"), "at_time")],
            from: Some((Relation::Query(own.to_owned()), own.to_owned())),
            filter: vec![Sql::Exists(Box::new(inner))],
            ..Select::default()
        };
        self.cte(&name, Vec::new(), select);
        Ok(name)
    }
}
