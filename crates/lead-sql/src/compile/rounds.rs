//! The order of queries: round by round what is measured, then a step for each definition. Definitions of one entity stand together as
//! long as they can, and what several of them ask of a record that they refer to is looked up once, in a step before them.
//!
//! Engines that put a query of `WITH` in at every place that names it would otherwise work out one entity again for every definition of
//! another.

use lead_diag::InOrder;
use std::collections::HashSet;

use lead_hir::hir::{FieldId, TableId, Ty};
use lead_plan::{NodeId, Op, Scope};

use super::{Compiler, Frame, Place, Wrong, docs};
use crate::ir::{Item, Relation, Select, Sql};

/// Nodes that a definition looks up along references, each with its reference.
type LookedUp = Vec<(FieldId, NodeId)>;

impl Compiler<'_> {
    /// Sources, then round by round what is measured and what is made of it.
    pub fn steps(&mut self) -> Result<(), Wrong> {
        self.sources()?;
        for level in 0..=self.levels.most {
            if level > 0 {
                self.measures(level)?;
            }
            let mut open = self.definitions(level);
            while let Some((table, batch)) = self.batch(&open) {
                open.retain(|(_, id)| !batch.contains(id));
                self.look_up(table, &batch)?;
                for id in batch {
                    self.definition(table, id)?;
                }
            }
        }
        Ok(())
    }

    /// Definitions of a round that have a step, in the order in which the plan has them.
    fn definitions(&self, level: usize) -> Vec<(TableId, NodeId)> {
        let mut out = Vec::new();
        for (i, node) in self.plan.nodes.iter().enumerate() {
            let id = NodeId(i as u32);
            let Scope::Table(table) = node.scope else { continue };
            let written = matches!(node.op, Op::Field(_) | Op::Const(_) | Op::Clock(..) | Op::Unknown | Op::Itself);
            let here = self.levels.nodes[i] == Some(level) && self.called(id).is_some();
            if here && !written && !self.lexicon.table(table).is_event() && !self.is_made(id) {
                out.push((table, id));
            }
        }
        out
    }

    /// Whether a node is a column by now.
    fn is_made(&self, id: NodeId) -> bool {
        match self.plan.node(id).scope {
            Scope::Table(table) => self.tables.get(&table).is_some_and(|s| s.nodes.contains_key(&id)),
            _ => false,
        }
    }

    /// The next definitions of one entity: all that wait for no other entity. An entity that is done with them goes first.
    fn batch(&self, open: &[(TableId, NodeId)]) -> Option<(TableId, Vec<NodeId>)> {
        let first = open.first()?.0;
        let undone: HashSet<NodeId> = open.iter().map(|o| o.1).collect();
        let ready = |table: TableId| {
            let mut batch = Vec::new();
            for (_, id) in open.iter().filter(|o| o.0 == table) {
                let waits = |operand: &NodeId| self.waits(*operand, false, &undone, &batch, &mut HashSet::new());
                if !self.operands(*id).iter().any(waits) && !self.leads_to(*id, &undone) {
                    batch.push(*id);
                }
            }
            batch
        };
        let mut tables: Vec<TableId> = Vec::new();
        for (table, _) in open {
            if !tables.contains(table) {
                tables.push(*table);
            }
        }
        for table in tables {
            let batch = ready(table);
            if batch.len() == open.iter().filter(|o| o.0 == table).count() {
                return Some((table, batch));
            }
        }
        // What the first one is made of stands before it, so that it waits for nothing.
        let mut batch = ready(first);
        if batch.is_empty() {
            batch.push(open[0].1);
        }
        Some((first, batch))
    }

    fn operands(&self, id: NodeId) -> Vec<NodeId> {
        let mut out = Vec::new();
        self.plan.node(id).op.operands(&mut |o| out.push(o));
        out
    }

    /// Whether a node that is itself a look-up asks for something undone.
    fn leads_to(&self, id: NodeId, undone: &HashSet<NodeId>) -> bool {
        let Op::Follow { node, .. } = self.plan.node(id).op else { return false };
        self.waits(node, true, undone, &[], &mut HashSet::new())
    }

    /// Whether a node is made of something undone: beyond a reference, of anything; on this side, of what is not in the batch.
    fn waits(
        &self,
        id: NodeId,
        beyond: bool,
        undone: &HashSet<NodeId>,
        batch: &[NodeId],
        seen: &mut HashSet<(NodeId, bool)>,
    ) -> bool {
        if undone.contains(&id) {
            return beyond || !batch.contains(&id);
        }
        if self.is_made(id) || !seen.insert((id, beyond)) {
            return false;
        }
        let beyond = beyond || matches!(self.plan.node(id).op, Op::Follow { .. });
        self.operands(id).iter().any(|o| self.waits(*o, beyond, undone, batch, seen))
    }

    /// What a definition looks up along references of its record.
    fn look_ups(&self, id: NodeId, batch: &[NodeId], out: &mut LookedUp, seen: &mut HashSet<NodeId>) {
        if self.is_made(id) || !seen.insert(id) {
            return;
        }
        let node = self.plan.node(id);
        match &node.op {
            Op::Follow { reference, .. } => out.push((*reference, id)),
            Op::Field(field) if matches!(node.ty, Ty::Record(_)) => out.push((*field, id)),
            _ => {
                for operand in self.operands(id).into_iter().filter(|o| !batch.contains(o)) {
                    self.look_ups(operand, batch, out, seen);
                }
            }
        }
    }

    /// A step with what several definitions ask along the same reference.
    fn look_up(&mut self, table: TableId, batch: &[NodeId]) -> Result<(), Wrong> {
        let asked: Vec<LookedUp> = batch
            .iter()
            .map(|id| {
                let mut own = Vec::new();
                self.look_ups(*id, batch, &mut own, &mut HashSet::new());
                own
            })
            .collect();
        let mut references: Vec<FieldId> = asked.iter().flatten().map(|a| a.0).collect();
        references.in_order();
        references.dedup();
        references.retain(|r| asked.iter().filter(|own| own.iter().any(|a| a.0 == *r)).count() > 1);
        // A definition that is nothing but a look-up is a step of its own.
        let mut nodes: Vec<NodeId> = Vec::new();
        for (reference, id) in asked.iter().flatten() {
            if references.contains(reference) && !nodes.contains(id) && !batch.contains(id) {
                nodes.push(*id);
            }
        }
        if nodes.is_empty() {
            return Ok(());
        }
        let head = self.state(table)?.head.clone();
        let place = Place { alias: head.clone(), table };
        let mut frame = Frame::new(&head, table);
        let limit = self.dialect.name_limit();
        let mut items = vec![Item::All(head.clone())];
        let mut columns = Vec::new();
        for id in nodes {
            let value = self.expr(id, &place, &mut frame)?;
            let is_text = matches!(self.ty(id), Ty::Text | Ty::OneOf(_));
            let folded = if is_text { Some(self.folded(id, &place, &mut frame)?) } else { None };
            let wanted = self.looked_up_name(table, id);
            let Some(state) = self.tables.get_mut(&table) else { continue };
            let column = state.names.fresh(&wanted, limit);
            items.push(Item::new(value, &column));
            let folded = folded.map(|value| (state.names.fresh(&format!("{wanted}_folded"), limit), value));
            if let Some((column, value)) = &folded {
                items.push(Item::new(value.clone(), column));
            }
            columns.push((id, column, folded.map(|f| f.0)));
        }
        let fields = &self.lexicon.table(table).fields;
        let named: Vec<&str> = references.iter().map(|r| fields[r.0 as usize].name.text.as_str()).collect();
        let name = &self.lexicon.table(table).name;
        let comment = vec![format!("What the definitions below ask of each {}'s {}.", name.text, named.join(" and "))];
        let words: Vec<String> = references.iter().map(|r| fields[r.0 as usize].name.snake()).collect();
        let query = self.query_name(&format!("{}_with_{}", name.snake(), words.join("_and_")));
        if let Some(state) = self.tables.get_mut(&table) {
            for (id, column, folded) in columns {
                state.nodes.insert(id, column);
                state.looked_up.extend(folded.map(|f| (id, f)));
            }
            state.head = query.clone();
        }
        let from = Some((Relation::Query(head.clone()), head));
        self.cte(&query, comment, Select { items, from, joins: frame.joins, ..Select::default() });
        Ok(())
    }

    /// What the column of a look-up is called: its references, then what is asked.
    fn looked_up_name(&self, table: TableId, id: NodeId) -> String {
        let node = self.plan.node(id);
        let field = |f: FieldId| self.lexicon.table(table).fields[f.0 as usize].name.snake();
        match &node.op {
            Op::Follow { reference, node } => {
                let of = match self.plan.node(*node).scope {
                    Scope::Table(of) => self.looked_up_name(of, *node),
                    _ => "value".to_owned(),
                };
                format!("{}_{of}", field(*reference))
            }
            Op::Field(f) if matches!(node.ty, Ty::Record(_)) => format!("{}_key", field(*f)),
            Op::Field(f) => field(*f),
            _ => self.called(id).map_or_else(|| "value".to_owned(), |c| c.0),
        }
    }

    /// A step for a definition.
    fn definition(&mut self, table: TableId, id: NodeId) -> Result<(), Wrong> {
        let Some((name, def)) = self.called(id) else { return Ok(()) };
        let head = self.state(table)?.head.clone();
        let mut frame = Frame::new(&head, table);
        let place = Place { alias: head.clone(), table };
        let value = self.expr(id, &place, &mut frame)?;
        let limit = self.dialect.name_limit();
        let query = self.query_name(&name);
        let Some(state) = self.tables.get_mut(&table) else { return Ok(()) };
        let column = state.names.fresh(&name, limit);
        state.nodes.insert(id, column.clone());
        state.head = query.clone();
        let items = vec![Item::All(head.clone()), Item::new(value, &column)];
        let from = Some((Relation::Query(head.clone()), head));
        self.cte(&query, docs(def), Select { items, from, joins: frame.joins, ..Select::default() });
        Ok(())
    }

    /// The column of a look-up in small letters.
    pub fn looked_up_folded(&self, id: NodeId, at: &Place) -> Option<Sql> {
        let Scope::Table(table) = self.plan.node(id).scope else { return None };
        let column = self.tables.get(&table)?.looked_up.get(&id)?;
        Some(Sql::column(&at.alias, column))
    }
}
