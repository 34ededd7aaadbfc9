//! All examples of a lexicon, made ready to run.

use std::collections::HashMap;
use std::sync::Arc;

use lead_data::Data;
use lead_hir::hir::{
    Def, DefId, DefKind, Example, ExampleKind, Expr, Field, FieldId, Given, Lexicon, Name, TableId, Ty,
};
use lead_plan::on_a_deep_stack;

use crate::coverage::{Asking, Coverage, tally};
use crate::run::{Outcome, planner, run};
use crate::world::{self, Case};

/// The examples of a lexicon with their worlds. Made once; running one changes nothing.
///
/// Works on a copy of the lexicon that has more: a field for every definition whose answer some table gives, and a definition
/// for every expectation of a story. Ids of the lexicon itself mean the same in the copy.
pub struct Suite {
    lexicon: Lexicon,
    /// Where answers that are given stand.
    given: HashMap<DefId, FieldId>,
    /// By example; `None`: it had an error.
    cases: Vec<Option<Case>>,
    /// For examples that name no time.
    as_of: i64,
}

impl Suite {
    /// The examples of a lexicon without errors; `as_of` (microseconds since 1970 UTC) is for those that name no time.
    pub fn new(lexicon: &Lexicon, as_of: i64) -> Suite {
        Suite::of(lexicon, as_of, |_| true)
    }

    /// The examples that `wanted` names; the others are as if they had an error.
    pub fn of(lexicon: &Lexicon, as_of: i64, wanted: impl Fn(&Example) -> bool) -> Suite {
        let mut suite = Suite { lexicon: lexicon.clone(), given: HashMap::new(), cases: Vec::new(), as_of };
        let mut conditions = Vec::new();
        for example in &lexicon.examples {
            conditions.push(Vec::new());
            if !wanted(example) {
                continue;
            }
            match &example.kind {
                ExampleKind::Table(table) => {
                    for column in &table.columns {
                        if let Given::Def(def) = column.what {
                            suite.give(def);
                        }
                    }
                }
                ExampleKind::Story(story) => {
                    for expectation in &story.expects {
                        let table = story.records.get(expectation.record).map(|r| r.table);
                        let def = suite.define(&expectation.condition, table);
                        conditions.last_mut().into_iter().for_each(|c: &mut Vec<DefId>| c.push(def));
                    }
                }
                ExampleKind::Error => {}
            }
        }
        for (example, conditions) in lexicon.examples.iter().zip(conditions) {
            let case = wanted(example).then(|| world::case(&mut suite, example, &conditions, as_of)).flatten();
            suite.cases.push(case);
        }
        suite
    }

    /// A suite of the same lexicon without examples.
    pub(crate) fn bare(of: &Suite) -> Suite {
        Suite { lexicon: of.lexicon.clone(), given: HashMap::new(), cases: Vec::new(), as_of: of.as_of }
    }

    /// The time of examples that name none.
    pub(crate) fn usual_as_of(&self) -> i64 {
        self.as_of
    }

    /// The lexicon with what was added to it.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The example of a number.
    pub fn example(&self, example: usize) -> Option<&Example> {
        self.lexicon.examples.get(example).map(Arc::as_ref)
    }

    /// The as-of time of an example, microseconds since 1970 UTC; `None`: it had an error.
    pub fn as_of(&self, example: usize) -> Option<i64> {
        Some(self.cases.get(example)?.as_ref()?.as_of)
    }

    /// Runs one example. `None`: there is none of this number, or it had an error.
    pub fn run(&self, example: usize) -> Option<Outcome> {
        on_a_deep_stack(|| self.run_here(example))
    }

    /// Runs examples on so many threads; outcomes in order of the examples that have one.
    pub fn run_all(&self, threads: usize, wanted: impl Fn(&Example) -> bool) -> Vec<Outcome> {
        let numbers: Vec<usize> = (0..self.cases.len()).filter(|i| self.example(*i).is_some_and(&wanted)).collect();
        if numbers.is_empty() {
            return Vec::new();
        }
        let parts: Vec<&[usize]> = numbers.chunks(numbers.len().div_ceil(threads.max(1))).collect();
        let work = |part: &[usize]| part.iter().filter_map(|i| self.run_here(*i)).collect::<Vec<Outcome>>();
        std::thread::scope(|scope| {
            let workers: Vec<_> =
                parts.iter().map(|part| (*part, scope.spawn(move || on_a_deep_stack(|| work(part))))).collect();
            let done = workers.into_iter().map(|(part, worker)| worker.join().unwrap_or_else(|_| work(part)));
            done.flatten().collect()
        })
    }

    fn run_here(&self, example: usize) -> Option<Outcome> {
        run(self, example, self.cases.get(example)?.as_ref()?)
    }

    /// The name of a record of an example: its key, or what tells it apart.
    pub fn record_name(&self, example: usize, table: TableId, row: u32) -> Option<String> {
        self.cases.get(example)?.as_ref()?.names.get(&(table, row)).cloned()
    }

    /// What the examples touch of each definition, worked out on so many threads.
    pub fn coverage(&self, threads: usize) -> Coverage {
        let to_see = on_a_deep_stack(|| Coverage::to_see(&self.lexicon, self.as_of));
        let numbers: Vec<usize> = (0..self.cases.len()).collect();
        let parts: Vec<&[usize]> = numbers.chunks(numbers.len().div_ceil(threads.max(1)).max(1)).collect();
        let work = |part: &[usize]| {
            let mut seen = to_see.clone();
            part.iter().for_each(|i| self.observe(*i, &to_see, &mut seen));
            seen
        };
        let found: Vec<Coverage> = std::thread::scope(|scope| {
            let workers: Vec<_> =
                parts.iter().map(|part| (*part, scope.spawn(move || on_a_deep_stack(|| work(part))))).collect();
            workers.into_iter().map(|(part, worker)| worker.join().unwrap_or_else(|_| work(part))).collect()
        });
        let mut out = to_see.clone();
        found.iter().for_each(|seen| out.add(seen));
        out
    }

    /// Notes what one example shows. An example that stops shows nothing.
    fn observe(&self, example: usize, to_see: &Coverage, seen: &mut Coverage) {
        let Some(case) = self.case(example) else { return };
        let mut planner = planner(self, case);
        let asked = case.asked.iter().filter_map(|a| Some((planner.answer(a.def)?, a.row))).collect();
        let data = Data::made(&self.lexicon, case.world.clone());
        let asking = Asking { lexicon: &self.lexicon, planner, asked, world: &case.world, data: &data };
        let _ = tally(asking, to_see, &mut |def, goal| {
            let Some(def) = seen.defs.get_mut(def) else { return };
            match goal {
                Some((goal, _)) => def.note(goal),
                None => def.examples += 1,
            }
        });
    }

    /// How many examples there are, those with errors among them.
    pub(crate) fn cases(&self) -> usize {
        self.cases.len()
    }

    pub(crate) fn case(&self, example: usize) -> Option<&Case> {
        self.cases.get(example)?.as_ref()
    }

    pub(crate) fn given(&self, def: DefId) -> Option<FieldId> {
        self.given.get(&def).copied()
    }

    /// A field for the answer of a definition.
    pub(crate) fn give(&mut self, id: DefId) {
        let def = self.lexicon.def(id);
        let Some(subject) = def.subject.filter(|_| !self.given.contains_key(&id)) else { return };
        let field =
            Field { name: def.name.clone(), ty: def.ty.clone(), headers: Vec::new(), docs: None, span: def.name_span };
        let Some(table) = self.lexicon.tables.get_mut(subject.0 as usize) else { return };
        self.given.insert(id, FieldId(table.fields.len() as u32));
        table.fields.push(field);
    }

    /// A definition for an expression of an example.
    pub(crate) fn define(&mut self, expr: &Expr, subject: Option<TableId>) -> DefId {
        let id = DefId(self.lexicon.defs.len() as u32);
        // It is never shown by its name, nor looked up by it.
        let name = Name { text: String::new(), key: String::new() };
        let kind = if expr.ty == Ty::Error { DefKind::Error } else { DefKind::Value(expr.clone()) };
        let (span, ty) = (expr.span, expr.ty.clone());
        self.lexicon.defs.push(Arc::new(Def { name, subject, kind, ty, docs: None, span, name_span: span }));
        id
    }
}
