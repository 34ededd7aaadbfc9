//! Ways from records to the subjects that they count for (D7, D8).

use lead_hir::hir::{Hop, TableId, Ty};

use super::{Compiler, Frame, Place, Wrong};
use crate::ir::{Item, Join, JoinKind, Relation, Select, Sql};

impl Compiler<'_> {
    /// The key of the subject of each record of a frame, with the joins that it takes. A record stands there once for each subject.
    pub fn owner(&mut self, subject: TableId, hops: &[Hop], at: &Place, frame: &mut Frame) -> Result<Sql, Wrong> {
        // References at the end lead each record to one row; what stands before them may lead to many.
        let own = hops.iter().rev().take_while(|h| matches!(h, Hop::Back(..))).count();
        let (links, chain) = hops.split_at(hops.len() - own);
        let mut place = at.clone();
        let mut owner = match self.state(at.table)?.key.clone() {
            Some(key) => Sql::column(&at.alias, &key),
            None => Sql::Null,
        };
        for (i, hop) in chain.iter().rev().enumerate() {
            let Hop::Back(table, field) = *hop else { continue };
            if i > 0 {
                // The record that the reference before named.
                place = self.joined(table, owner, JoinKind::Inner, frame)?;
            }
            owner = self.field(&place, field)?;
        }
        if links.is_empty() {
            return Ok(owner);
        }
        let name = self.links(subject, links)?;
        let alias = frame.alias(&name);
        let on = Sql::compare(Sql::column(&alias, "record"), "=", owner);
        frame.joins.push(Join { kind: JoinKind::Inner, relation: Relation::Query(name), alias: alias.clone(), on });
        Ok(Sql::column(&alias, "subject"))
    }

    /// A record of an entity, found by its key.
    fn joined(&mut self, table: TableId, key: Sql, kind: JoinKind, frame: &mut Frame) -> Result<Place, Wrong> {
        let state = self.state(table)?;
        let (relation, own) = (Relation::Query(state.source.clone()), state.key.clone().unwrap_or_default());
        let alias = frame.alias(&self.lexicon.table(table).name.snake());
        let on = Sql::compare(Sql::column(&alias, &own), "=", key);
        frame.joins.push(Join { kind, relation, alias: alias.clone(), on });
        Ok(Place { alias, table })
    }

    /// A query with a row for each record at the end of a way and each subject that leads there, none twice.
    fn links(&mut self, subject: TableId, hops: &[Hop]) -> Result<String, Wrong> {
        let state = self.state(subject)?;
        let (source, key) = (state.source.clone(), state.key.clone().unwrap_or_default());
        let mut frame = Frame::new(&source, subject);
        let mut place = Place { alias: source.clone(), table: subject };
        let mut record = Sql::column(&source, &key);
        let subject_key = record.clone();
        for hop in hops {
            match *hop {
                Hop::Forward(field) => {
                    let reference = self.field(&place, field)?;
                    let Ty::Record(next) = self.lexicon.field(place.table, field).ty else { continue };
                    place = self.joined(next, reference, JoinKind::Inner, &mut frame)?;
                }
                Hop::Back(table, field) => {
                    let relation = Relation::Query(self.state(table)?.source.clone());
                    let alias = frame.alias(&self.lexicon.table(table).name.snake());
                    let next = Place { alias: alias.clone(), table };
                    let on = Sql::compare(self.field(&next, field)?, "=", record);
                    frame.joins.push(Join { kind: JoinKind::Inner, relation, alias, on });
                    place = next;
                }
            }
            let key = self.state(place.table)?.key.clone();
            record = key.map_or(Sql::Null, |k| Sql::column(&place.alias, &k));
        }
        let select = Select {
            distinct: true,
            items: vec![Item::new(subject_key, "subject"), Item::new(record, "record")],
            from: Some((Relation::Query(source.clone()), source)),
            joins: frame.joins,
            ..Select::default()
        };
        let (from, to) = (self.lexicon.table(subject).name.snake(), self.lexicon.table(place.table).name.snake());
        if let Some(made) = self.ctes.iter().find(|c| c.selects.len() == 1 && c.selects[0] == select) {
            return Ok(made.name.clone());
        }
        let name = self.query_name(&format!("{from}_to_{to}"));
        self.cte(&name, Vec::new(), select);
        Ok(name)
    }
}
