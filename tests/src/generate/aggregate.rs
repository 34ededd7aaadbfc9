//! Random aggregates and sequences.

use super::Maker;
use super::condition::Wanted;
use super::expr::{Ctx, E};
use super::schema::T;

impl Maker<'_> {
    /// A collection that can be reached from a place, and its table.
    pub fn collection(&mut self, ctx: &Ctx, fits: impl Fn(&Self, usize) -> bool) -> Option<(String, usize)> {
        let mut found: Vec<(String, String, usize, Option<usize>)> = Vec::new();
        let Some(&from) = ctx.tables.last() else {
            for t in 0..self.schema.tables.len() {
                found.push((self.schema.tables[t].name.clone(), String::new(), t, None));
            }
            return self.choose(found, fits);
        };
        let own = &self.schema.tables[from];
        let mut starts = vec![(String::new(), from)];
        starts.extend(own.refs.iter().map(|r| (format!("{}.", r.name), r.to)));
        for (prefix, start) in starts {
            for (t, table) in self.schema.tables.iter().enumerate() {
                // A first name that is a reference, or hides the table, means something else.
                let taken = |at: usize| {
                    let at = &self.schema.tables[at];
                    at.refs.iter().any(|r| r.name == table.name) || at.fields.iter().any(|f| f.name == table.name)
                };
                let in_scope = |at: usize| {
                    let subject = self.schema.tables[at].event.map(|of| self.schema.tables[at].refs[of].to);
                    taken(at) || subject.is_some_and(taken)
                };
                let hidden = if prefix.is_empty() {
                    ctx.tables.iter().rev().take(2).any(|t| in_scope(*t))
                } else {
                    taken(start)
                };
                if hidden {
                    continue;
                }
                for via in ["", "role", "contact", "project", "company"] {
                    let ways = self.ways(start, t, via);
                    let plain = self.ways(start, t, "");
                    // `via` only where it is needed, or now and then.
                    if ways == 1 && (via.is_empty() || plain != 1) {
                        found.push((format!("{prefix}{}", table.name), via.to_string(), t, None));
                    }
                }
            }
        }
        // Members of terms.
        for (i, def) in self.defs.iter().enumerate() {
            if def.term && self.ways(from, def.subject, "") == 1 {
                found.push((def.name.clone(), String::new(), def.subject, Some(i)));
            }
        }
        self.choose(found, fits)
    }

    fn choose(
        &mut self,
        mut found: Vec<(String, String, usize, Option<usize>)>,
        fits: impl Fn(&Self, usize) -> bool,
    ) -> Option<(String, usize)> {
        found.retain(|f| fits(self, f.2));
        if found.is_empty() {
            return None;
        }
        let weights: Vec<u32> = found.iter().map(|f| if f.0.contains('.') { 1 } else { 3 }).collect();
        let at = self.random.weighted(&weights);
        let (name, via, table, def) = found[at].clone();
        self.used.extend(def);
        self.last_via = via;
        Some((name, table))
    }

    fn ways(&self, from: usize, to: usize, via: &str) -> usize {
        self.reference.ways(from, to, if via.is_empty() { None } else { Some(via) }).len()
    }

    /// What may stand behind a target: `via`, a window of its own, a `where`. Also whether a window outside covers something.
    pub fn tail(&mut self, ctx: &Ctx, table: usize, depth: u32, via: &str, must_filter: bool) -> (String, bool) {
        let event = self.schema.tables[table].event.is_some();
        let mut tail = String::new();
        let own = event && self.random.chance(30);
        if own {
            tail += &format!(" {}", self.window(Wanted::Any));
        }
        if !via.is_empty() {
            tail += &format!(" via {via}");
        }
        let mut covers = event && !own;
        if must_filter || (depth > 0 && self.random.chance(50)) {
            let inner = ctx.inside(self.schema, table);
            let filter = self.condition(&inner, depth.saturating_sub(1));
            if !event {
                covers |= filter.covers;
            }
            // A window at the end of a `where` that covers nothing there belongs to the events.
            if event && !own && !filter.covers && filter.level >= 2 && self.random.chance(20) {
                tail += &format!(" where {} {}", filter.at(2), self.window(Wanted::Any));
                covers = false;
            } else {
                tail += &format!(" where {}", filter.text);
            }
        }
        (tail, covers)
    }

    /// `any(…)`, `no(…)`, `every(…)`.
    pub fn exists(&mut self, ctx: &Ctx, depth: u32, name: &str) -> E {
        let Some((target, table)) = self.collection(ctx, |_, _| true) else { return E::new("yes", 8, false) };
        let via = std::mem::take(&mut self.last_via);
        if name == "every"
            && self.random.chance(20)
            && let Some((text, _)) = self.argument(&Ctx::of(table), &target, |t| *t == T::YesNo)
        {
            let via = if via.is_empty() { via } else { format!(" via {via}") };
            let covers = self.last_covers || self.schema.tables[table].event.is_some();
            return E::new(format!("every({text}{via})"), 8, covers);
        }
        let (tail, covers) = self.tail(ctx, table, depth, &via, name == "every");
        E::new(format!("{name}({target}{tail})"), 8, covers)
    }

    /// An aggregate that gives a value of a type. For texts the values worth comparing to are left in `last_values`.
    pub fn measure(&mut self, ctx: &Ctx, depth: u32, ty: &T) -> E {
        let below = depth.saturating_sub(1);
        if ty.like(&T::Number) && self.random.chance(55) {
            let distinct = self.random.chance(25);
            let Some((target, table)) = self.collection(ctx, |_, _| true) else { return self.plain(ctx, ty) };
            let via = std::mem::take(&mut self.last_via);
            let inner = Ctx::of(table);
            let target = match distinct
                .then(|| self.argument(&inner, &target, |t| !matches!(t, T::List(_) | T::Duration)))
                .flatten()
            {
                Some((text, T::Time | T::Date)) if self.random.chance(70) => {
                    let name = *self.random.pick(&["quarter", "month", "week", "day", "year", "fiscal quarter"]);
                    format!("distinct {name}({text})")
                }
                Some((text, _)) => format!("distinct {text}"),
                None => target,
            };
            let (tail, covers) = self.tail(ctx, table, below, &via, false);
            return E::new(format!("count({target}{tail})"), 8, covers || self.last_covers);
        }
        let wanted = ty.clone();
        let has = move |m: &Self, t: usize| {
            let inner = Ctx::of(t);
            let event = m.schema.tables[t].event.is_some();
            // Texts have no order, so they are measured by time alone.
            (event || !matches!(wanted, T::Text(..) | T::YesNo)) && m.reaches(&inner).iter().any(|r| r.ty.like(&wanted))
        };
        let Some((target, table)) = self.collection(ctx, has) else { return self.plain(ctx, ty) };
        let via = std::mem::take(&mut self.last_via);
        let event = self.schema.tables[table].event.is_some();
        let wanted = ty.clone();
        let Some((text, found)) = self.argument(&Ctx::of(table), &target, |t| t.like(&wanted)) else {
            return self.plain(ctx, ty);
        };
        let argument_covers = !event && self.last_covers;
        if let T::Text(values, listed) = found {
            self.last_values = (values, listed);
        }
        let mut names: Vec<&str> = Vec::new();
        if event {
            names.extend(["first", "last"]);
        }
        if !matches!(ty, T::Text(..) | T::YesNo) {
            names.extend(["min", "max"]);
        }
        if matches!(ty, T::Number | T::Money | T::Duration) {
            names.extend(["sum", "sum", "average"]);
        }
        let name = *self.random.pick(&names);
        let text = match (ty, self.random.below(8)) {
            (T::Number, 0) => format!("{text} * {text}"),
            (T::Number, 1) => format!("abs({text})"),
            (T::Money, 0) => format!("{text} * 2"),
            (T::Money, 1) => format!("{text} / 3"),
            _ => text,
        };
        let (tail, covers) = self.tail(ctx, table, below, &via, false);
        E::new(format!("{name}({text}{tail})"), 8, covers || argument_covers)
    }

    /// What is measured of a record of a collection: a path behind its name. Leaves in `last_covers` whether windows reach through.
    fn argument(&mut self, inner: &Ctx, target: &str, fits: impl Fn(&T) -> bool) -> Option<(String, T)> {
        let mut all = self.reaches(inner);
        let table = *inner.tables.last()?;
        // Only what is the record's own: behind a name no subject is looked for.
        let own = &self.schema.tables[table];
        all.retain(|r| {
            let first = r.text.split('.').next().unwrap_or("");
            let mine = own.fields.iter().any(|f| f.name == first)
                || own.refs.iter().any(|f| f.name == first)
                || r.def.is_some_and(|d| self.defs[d].subject == table && self.defs[d].name == first);
            mine && fits(&r.ty)
        });
        if all.is_empty() {
            return None;
        }
        let found = self.random.pick(&all).clone();
        self.used.extend(found.def);
        self.last_covers = found.covers && own.event.is_none();
        Some((format!("{target}.{}", found.text), found.ty))
    }

    /// What is measured of a record of a table in a metric.
    pub fn argument_of(&mut self, table: usize, target: &str, like: &T) -> Option<(String, T)> {
        self.argument(&Ctx::of(table), target, |t| t.like(like))
    }

    /// Something plain, where nothing can be measured.
    fn plain(&mut self, ctx: &Ctx, ty: &T) -> E {
        self.last_covers = false;
        let path = self.reaches(ctx).into_iter().find(|r| r.ty.like(ty));
        if let Some(r) = path {
            self.used.extend(r.def);
            if let T::Text(values, listed) = &r.ty {
                self.last_values = (values.clone(), *listed);
            }
            return E::new(r.text, 8, r.covers);
        }
        match ty {
            T::Money => E::new("sum(spend.amount)", 8, false),
            T::Time => E::new("now", 8, false),
            T::Date => E::new("today", 8, false),
            T::Text(..) => E::new("quarter(today)", 8, false),
            T::YesNo => E::new("yes", 8, false),
            _ => E::new("3", 8, false),
        }
    }

    /// Events one after the other.
    pub fn sequence(&mut self, ctx: &Ctx) -> E {
        let event = |m: &Self, t: usize| m.schema.tables[t].event.is_some();
        let mut text = String::new();
        let mut start: Option<String> = None;
        let count = self.random.between(2, 3);
        for n in 0..count {
            let mut step = None;
            for _ in 0..8 {
                let found = self.collection(ctx, event);
                let Some((name, _)) = &found else { break };
                // All events belong to one record.
                let before = name.rsplit_once('.').map_or(String::new(), |n| n.0.to_string());
                // A step has no `via`.
                if self.last_via.is_empty() && start.as_ref().is_none_or(|s| *s == before) {
                    start = Some(before);
                    step = found;
                    break;
                }
            }
            self.last_via.clear();
            let Some((name, table)) = step else { return E::new("yes", 8, false) };
            if n > 0 {
                text += " then ";
                if self.random.chance(60) {
                    text += &format!("within {} ", self.random.pick(&["1d", "14d", "3mo", "36h", "1y"]));
                }
            }
            text += &name;
            if self.random.chance(40) {
                // Said of the event alone.
                let condition = self.condition(&Ctx::of(table), 0);
                text += &format!(" where {}", condition.at(3));
            }
        }
        let name = *self.random.pick(&["any", "no"]);
        if self.random.chance(20) {
            return E::new(format!("count({text}) > 1"), 4, true);
        }
        E::new(format!("{name}({text})"), 8, true)
    }
}
