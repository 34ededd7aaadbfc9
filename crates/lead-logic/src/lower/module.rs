//! Definitions lowered once, and brought into the worlds of those that are built on them.
//!
//! Invariant *as if lowered there*: bringing in a definition leaves a world as lowering it there does. So only definitions are kept
//! that are asked of a record by itself, under no window and at no other time, and that are not built too high.

use std::sync::{Mutex, OnceLock};

use lead_hir::hir::{DefId, DefKind, Lexicon, Ty};

use super::text::{Ctx, Env};
use super::{Counted, DEEPEST, Info, Kind, Lowering, MOST_FORMS, Operand, World};
use crate::prove::Room;
use crate::space::{Form, FormId, VarId};

/// A definition in a world of its own.
#[derive(Debug)]
pub(super) struct Module {
    world: World,
    operand: Operand,
}

/// Definitions of a lexicon, each lowered when it is first asked for.
#[derive(Debug)]
pub(crate) struct Modules<'l> {
    lexicon: &'l Lexicon,
    /// By [`DefId`].
    made: Vec<OnceLock<Option<Box<Module>>>>,
    /// By [`DefId`]: how many definitions stand on each other in it.
    heights: Vec<u32>,
    /// Empty worlds and rooms that were used before.
    spare: Mutex<Vec<(World, Room)>>,
}

impl<'l> Modules<'l> {
    /// None yet. `heights`: how many definitions stand on each other in each; a larger number for what is not to be looked into.
    pub fn new(lexicon: &'l Lexicon, heights: Vec<u32>) -> Modules<'l> {
        let made = heights.iter().map(|_| OnceLock::new()).collect();
        Modules { lexicon, made, heights, spare: Mutex::default() }
    }

    /// Works on conditions in a world of their own.
    pub fn in_world<T>(&'l self, work: impl FnOnce(&mut World, &mut Room) -> T) -> T {
        let (mut world, mut room) = self.begin();
        let done = work(&mut world, &mut room);
        self.end(world, room);
        done
    }

    #[inline(never)]
    fn begin(&self) -> (World, Room) {
        self.spare.lock().ok().and_then(|mut spare| spare.pop()).unwrap_or_default()
    }

    #[inline(never)]
    fn end(&self, mut world: World, room: Room) {
        world.clear();
        if let Ok(mut spare) = self.spare.lock() {
            spare.push((world, room));
        }
    }

    /// Where they are from.
    pub fn lexicon(&self) -> &'l Lexicon {
        self.lexicon
    }

    /// Lowers into a world with their help.
    pub fn lowering<'w>(&'l self, world: &'w mut World) -> Lowering<'w, 'l> {
        let mut lowering = Lowering::new(world, self.lexicon, 0);
        lowering.modules = Some(self);
        lowering
    }

    fn get(&'l self, id: DefId) -> Option<&'l Module> {
        let at = id.0 as usize;
        if self.heights.get(at).is_none_or(|height| *height as usize > DEEPEST) {
            return None;
        }
        let make = |world: &mut World, _: &mut Room| {
            let mut lowering = self.lowering(world);
            let env = lowering.env_of(id)?;
            let operand = lowering.lower_definition(id, &env, &Ctx::default());
            drop(lowering);
            Some(Box::new(Module { world: world.settle(), operand }))
        };
        self.made.get(at)?.get_or_init(|| self.in_world(make)).as_deref()
    }
}

impl<'l> Lowering<'_, 'l> {
    /// A definition as a value, if it can be brought in.
    pub(super) fn bring_in(&mut self, id: DefId, env: &Env, ctx: &Ctx) -> Option<Operand> {
        let def = self.lexicon.def(id);
        let alone = env.outer.is_none() && env.label.is_empty() && def.subject == Some(env.table);
        let kept = match &def.kind {
            DefKind::Value(_) | DefKind::Term(_) => true,
            DefKind::Choice(_) | DefKind::Score(_) | DefKind::Funnel(_) => def.ty != Ty::YesNo,
            DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => false,
        };
        if !alone || !kept || ctx.window.is_some() || !ctx.moves.is_empty() {
            return None;
        }
        let module = self.modules?.get(id)?;
        if self.world.space.size() + module.world.space.size() > MOST_FORMS {
            return None;
        }
        let mut bringing = Bringing {
            from: &module.world,
            to: self.world,
            vars: vec![None; module.world.infos.len()],
            forms: vec![None; module.world.space.size()],
            roots: vec![None; module.world.root_names.len()],
        };
        let operand = bringing.operand(&module.operand);
        for (folded, spelled) in &module.world.spelled {
            if !self.world.spelled.contains_key(folded) {
                self.world.spelled.insert(folded.clone(), spelled.clone());
            }
        }
        Some(operand)
    }
}

/// What was brought from one world into another, by its number in the first.
struct Bringing<'a> {
    from: &'a World,
    to: &'a mut World,
    vars: Vec<Option<VarId>>,
    forms: Vec<Option<FormId>>,
    roots: Vec<Option<u32>>,
}

impl Bringing<'_> {
    fn operand(&mut self, operand: &Operand) -> Operand {
        match operand {
            Operand::Const(value) => Operand::Const(value.clone()),
            Operand::Var(var) => Operand::Var(self.var(*var)),
            Operand::Form(form) => Operand::Form(self.form(*form)),
            Operand::Pick(lines) => {
                Operand::Pick(lines.iter().map(|(when, then)| (self.form(*when), self.operand(then))).collect())
            }
        }
    }

    fn form(&mut self, id: FormId) -> FormId {
        if let Some(Some(done)) = self.forms.get(id.0 as usize) {
            return *done;
        }
        let from = self.from;
        let form = match from.space.form(id) {
            Form::Const(truth) => self.to.space.constant(*truth),
            Form::Test(var, test) => {
                let var = self.var(*var);
                self.to.space.test(var, test.clone())
            }
            Form::Not(of) => {
                let of = self.form(*of);
                self.to.space.not(of)
            }
            Form::And(parts) => {
                let parts = parts.iter().map(|p| self.form(*p)).collect();
                self.to.space.and(parts)
            }
            Form::Or(parts) => {
                let parts = parts.iter().map(|p| self.form(*p)).collect();
                self.to.space.or(parts)
            }
            Form::Is(of, truth) => {
                let of = self.form(*of);
                self.to.space.is(of, *truth)
            }
            Form::IsKnown(of) => {
                let of = self.form(*of);
                self.to.space.is_known(of)
            }
        };
        if let Some(place) = self.forms.get_mut(id.0 as usize) {
            *place = Some(form);
        }
        form
    }

    fn var(&mut self, id: VarId) -> VarId {
        if let Some(Some(done)) = self.vars.get(id.0 as usize) {
            return *done;
        }
        let from = self.from;
        let info = from.info(id);
        let var = match self.to.find_marked(info.mark, &info.key) {
            Some(var) => {
                self.name(var, info);
                var
            }
            None => {
                let kind = self.kind(&info.kind);
                let mut roots: Vec<u32> = info.roots.iter().map(|r| self.root(*r)).collect();
                roots.sort_unstable();
                // Every measurement of a space has its values.
                let variable = &from.space.vars[id.0 as usize];
                self.to.var(info.with(kind, roots), variable.domain.clone(), variable.unknowable)
            }
        };
        if let Some(place) = self.vars.get_mut(id.0 as usize) {
            *place = Some(var);
        }
        var
    }

    /// The first name stays, but for one that only says whether there is any.
    fn name(&mut self, var: VarId, named: &Info) {
        let Some(info) = self.to.infos.get_mut(var.0 as usize) else { return };
        let stays = info.name.is_some() && (named.as_any || !info.as_any);
        if named.name.is_some() && !stays && !matches!(info.kind, Kind::Record) {
            info.label.clone_from(&named.label);
            info.name.clone_from(&named.name);
            info.window.clone_from(&named.window);
            info.as_any = named.as_any;
        }
    }

    fn kind(&mut self, kind: &Kind) -> Kind {
        match kind {
            Kind::Plain => Kind::Plain,
            Kind::Record => Kind::Record,
            Kind::Count(Counted { family, range, filter, parts, distinct }) => Kind::Count(Counted {
                family: self.root(*family),
                range: range.clone(),
                filter: filter.map(|f| self.form(f)),
                parts: parts.iter().map(|p| self.form(*p)).collect(),
                distinct: *distinct,
            }),
            Kind::Measure(of) => Kind::Measure(self.var(*of)),
            Kind::Text(of, test) => Kind::Text(self.var(*of), test.clone()),
            Kind::Within(of, range) => Kind::Within(self.var(*of), range.clone()),
            Kind::Has(of) => Kind::Has(self.var(*of)),
            Kind::Day(of) => Kind::Day(self.var(*of)),
            Kind::Made(of) => Kind::Made(of.iter().map(|v| self.var(*v)).collect()),
        }
    }

    fn root(&mut self, root: u32) -> u32 {
        let from = self.from;
        let (Some(name), Some(known)) = (from.root_names.get(root as usize), self.roots.get_mut(root as usize)) else {
            return root;
        };
        *known.get_or_insert_with(|| self.to.root_of(name))
    }
}
