//! Random conditions, windows and aggregates.

use super::Maker;
use super::expr::{Ctx, E};
use super::schema::T;

/// Windows, by what they can stand behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Any.
    Any,
    /// With a start that `became` can ask before.
    Started,
}

impl Maker<'_> {
    /// A window.
    pub fn window(&mut self, wanted: Wanted) -> String {
        let unit = |m: &mut Self| *m.random.pick(&["day", "week", "month", "quarter", "year"]);
        let length = |m: &mut Self| -> String {
            let n = m.random.between(1, 40);
            match m.random.below(7) {
                0 => format!("{}h", n * 5),
                1 => format!("{}w", n % 8 + 1),
                2 => format!("{}mo", n % 14 + 1),
                3 => format!("{}q", n % 5 + 1),
                4 => format!("{}y", n % 2 + 1),
                _ => (*m.random.pick(&["1d", "7d", "14d", "30d", "60d", "90d", "365d"])).to_string(),
            }
        };
        let day = |m: &mut Self| {
            (*m.random.pick(&[
                "2025-12-31",
                "2026-01-01",
                "2026-03-29",
                "2026-03-31T12:00",
                "2026-10-25",
                "2025-06-30",
                "2026-03-29T02:30",
            ]))
            .to_string()
        };
        let choice = self.random.weighted(match wanted {
            Wanted::Any => &[8, 3, 3, 2, 2, 2, 2, 2, 2, 2, 1],
            Wanted::Started => &[8, 3, 3, 0, 2, 2, 0, 2, 2, 0, 0],
        });
        let fiscal =
            |m: &mut Self, u: &str| if matches!(u, "quarter" | "year") && m.random.chance(40) { "fiscal " } else { "" };
        match choice {
            1 => {
                let u = unit(self);
                format!("within this {}{u}", fiscal(self, u))
            }
            2 => {
                let (u, n) = (unit(self), self.random.between(1, 4));
                let f = fiscal(self, u);
                if n == 1 { format!("within last {f}{u}") } else { format!("within last {n} {f}{u}s") }
            }
            3 => {
                if self.random.chance(50) {
                    return format!("within next {}", length(self));
                }
                let (u, n) = (unit(self), self.random.between(1, 3));
                let f = fiscal(self, u);
                if n == 1 { format!("within next {f}{u}") } else { format!("within next {n} {f}{u}s") }
            }
            4 => format!("since {}", day(self)),
            5 => (*self.random.pick(&["since 30d ago", "since today", "since 3mo ago"])).to_string(),
            6 => format!("before {}", day(self)),
            7 => (*self.random.pick(&[
                "between 2026-01-01 and 2026-03-31",
                "between 2025-10-26 and 2026-03-29",
                "between 2026-03-29T02:30 and 2026-05-31T12:00",
                "between 90d ago and today",
                "between 2026-01-01 and now",
            ]))
            .to_string(),
            8 => (*self.random.pick(&[
                "between 90d and 30d ago",
                "between 60d and 1d ago",
                "between 3mo and 1mo ago",
                "between 1y and 90d ago",
            ]))
            .to_string(),
            9 => format!("more than {} ago", length(self)),
            10 => {
                if self.periods.is_empty() {
                    return "within 30d".to_string();
                }
                let at = self.random.below(self.periods.len());
                let (name, def) = self.periods[at].clone();
                self.used.insert(def);
                format!("within {name}")
            }
            _ => format!("within {}", length(self)),
        }
    }

    /// A condition.
    pub fn condition(&mut self, ctx: &Ctx, depth: u32) -> E {
        if depth == 0 {
            return self.atom(ctx, 0);
        }
        match self.random.weighted(&[5, 3, 3, 2, 4]) {
            1 => {
                let (a, b) = (self.condition(ctx, depth - 1), self.condition(ctx, depth - 1));
                let covers = a.covers || b.covers;
                E::new(format!("{} and {}", a.at(2), b.at(3)), 2, covers)
            }
            2 => {
                let (a, b) = (self.condition(ctx, depth - 1), self.condition(ctx, depth - 1));
                let covers = (a.covers && a.level != 1) || (b.covers && b.level != 1);
                E::new(format!("{} or {}", a.at(0), b.at(1)), 0, covers)
            }
            3 => {
                let a = self.condition(ctx, depth - 1);
                E::new(format!("not {}", a.at(3)), 3, a.covers)
            }
            4 => self.windowed(ctx, depth),
            _ => self.atom(ctx, depth),
        }
    }

    /// A chain of conditions and the window that covers it.
    pub fn windowed(&mut self, ctx: &Ctx, depth: u32) -> E {
        let mut parts: Vec<E> = Vec::new();
        let mut wanted = Wanted::Any;
        for _ in 0..self.random.between(1, 3) {
            let part = match self.random.weighted(&[5, 3, 2]) {
                1 => {
                    let a = self.moment(ctx, depth - 1);
                    match self.random.below(5) {
                        0 => E::new(format!("not {}", a.at(8)), 3, true),
                        1 => {
                            let b = self.atom(ctx, 0);
                            E::new(format!("({} or {})", a.at(5), b.at(2)), 8, true)
                        }
                        _ => E { covers: true, ..a },
                    }
                }
                2 => match self.term(ctx) {
                    Some(term) => {
                        wanted = Wanted::Started;
                        E::new(format!("became {term}"), 8, true)
                    }
                    None => self.atom(ctx, depth - 1),
                },
                _ => self.atom(ctx, depth - 1),
            };
            parts.push(part);
        }
        if !parts.iter().any(|p| p.covers) {
            parts.push(E::new(self.counted(ctx), 4, true));
        }
        let texts: Vec<String> = parts.into_iter().map(|p| p.at(3)).collect();
        let window = self.window(wanted);
        // Its own window wins over one further out.
        E::new(format!("{} {window}", texts.join(" and ")), 1, false)
    }

    /// A comparison that surely measures events; where there are none, a test of the as-of time.
    fn counted(&mut self, ctx: &Ctx) -> String {
        let Some((target, _)) = self.collection(ctx, |m, t| m.schema.tables[t].event.is_some()) else {
            return "now".to_string();
        };
        let via = match std::mem::take(&mut self.last_via) {
            via if via.is_empty() => via,
            via => format!(" via {via}"),
        };
        format!("count({target}{via}) > {}", self.random.below(3))
    }

    /// A term that `was` and `became` can ask.
    fn term(&mut self, ctx: &Ctx) -> Option<String> {
        let terms: Vec<_> = self.reaches(ctx).into_iter().filter(|r| r.term).collect();
        if terms.is_empty() {
            return None;
        }
        let term = self.random.pick(&terms).clone();
        self.used.extend(term.def);
        Some(term.text)
    }

    /// A condition without `and`, `or` or a window of its own.
    fn atom(&mut self, ctx: &Ctx, depth: u32) -> E {
        let below = depth.saturating_sub(1);
        let sign = |m: &mut Self| *m.random.pick(&["=", "!=", "<", "<=", ">", ">="]);
        match self.random.weighted(&[5, 3, 5, 2, 2, 4, 2, 1, 4, 1, 1, 2, 1, 1, 1, 1]) {
            1 => {
                let (a, b) = (self.money(ctx, depth), self.money(ctx, 0));
                if self.random.chance(60) {
                    let digits = *self.random.pick(&["0", "5", "100", "0.5", "49.99", "1_000"]);
                    return E::new(format!("{} {} {digits}", a.at(5), sign(self)), 4, a.covers);
                }
                let covers = a.covers || b.covers;
                E::new(format!("{} {} {}", a.at(5), sign(self), b.at(5)), 4, covers)
            }
            2 => self.text_test(ctx, depth),
            3 => {
                let (a, b) = (self.moment(ctx, depth), self.moment(ctx, 0));
                let covers = a.covers || b.covers;
                E::new(format!("{} {} {}", a.at(5), sign(self), b.at(5)), 4, covers)
            }
            4 => {
                let a = self.duration(ctx, below);
                let length = self.length();
                E::new(format!("{} {} {length}", a.at(5), sign(self)), 4, a.covers)
            }
            5 => match self.reaches(ctx).into_iter().filter(|r| r.ty == T::YesNo).collect::<Vec<_>>() {
                all if all.is_empty() => E::new("yes", 8, false),
                all => {
                    let defs: Vec<_> = all.iter().filter(|r| r.def.is_some()).cloned().collect();
                    let from = if !defs.is_empty() && self.random.chance(70) { &defs } else { &all };
                    let r = self.random.pick(from).clone();
                    self.used.extend(r.def);
                    if self.random.chance(15) {
                        let value = *self.random.pick(&["yes", "no"]);
                        return E::new(format!("{} = {value}", r.text), 4, r.covers);
                    }
                    // `company is target` for `company.target`.
                    if r.term
                        && self.random.chance(50)
                        && let Some((record, term)) = r.text.rsplit_once('.')
                    {
                        let not = if self.random.chance(30) { "not " } else { "" };
                        return E::new(format!("{record} is {not}{term}"), 4, r.covers);
                    }
                    E::new(r.text, 8, r.covers)
                }
            },
            6 => {
                let a = match self.random.below(4) {
                    0 => self.number(ctx, below),
                    1 => self.moment(ctx, below),
                    2 => self.money(ctx, below),
                    _ => self.words(ctx, below).0,
                };
                let word = *self.random.pick(&["known", "unknown"]);
                E::new(format!("{} is {word}", a.at(5)), 4, a.covers)
            }
            7 => {
                let lists: Vec<_> = self.reaches(ctx).into_iter().filter(|r| matches!(r.ty, T::List(_))).collect();
                if lists.is_empty() {
                    return self.atom(ctx, depth);
                }
                let r = self.random.pick(&lists).clone();
                self.used.extend(r.def);
                let T::List(values) = &r.ty else { return self.atom(ctx, depth) };
                let value = self.random.pick(values).clone();
                if self.random.chance(30) {
                    return E::new(format!("length({}) > {}", r.text, self.random.below(3)), 4, r.covers);
                }
                E::new(format!("{} contains {:?}", r.text, value.to_uppercase()), 4, r.covers)
            }
            8 => {
                let name = *self.random.pick(&["any", "no", "every"]);
                self.exists(ctx, depth, name)
            }
            9 => match self.term(ctx) {
                Some(term) => {
                    let at = *self.random.pick(&[
                        "30d ago",
                        "1y ago",
                        "2mo ago",
                        "on 2026-01-01",
                        "on 2026-03-29",
                        "12h ago",
                    ]);
                    E::new(format!("was {term} {at}"), 8, false)
                }
                None => self.atom(ctx, depth),
            },
            10 => self.sequence(ctx),
            11 => {
                let a = self.number(ctx, below);
                let (low, high) = (self.random.between(-2, 5), self.random.between(3, 60));
                E::new(format!("{} between {low} and {high}", a.at(5)), 4, a.covers)
            }
            12 => {
                let (a, b) = (self.moment(ctx, below), self.moment(ctx, 0));
                let covers = a.covers || b.covers;
                E::new(format!("{} between {} - 60d and now", a.at(5), b.at(5)), 4, covers)
            }
            13 => {
                // Money beside a number that is not written out.
                let (a, b) = (self.money(ctx, below), self.number(ctx, 0));
                let b = if b.text.ends_with('%') { E::new("7", 8, false) } else { b };
                let covers = a.covers || b.covers;
                E::new(format!("{} {} {}", a.at(5), sign(self), b.at(5)), 4, covers)
            }
            14 => self.key_test(ctx),
            15 => {
                let refs = &self.schema.tables[*ctx.tables.last().expect("a table in scope")].refs;
                if refs.is_empty() {
                    return self.atom(ctx, depth);
                }
                let name = self.random.pick(refs).name.clone();
                match self.random.below(3) {
                    0 => E::new(format!("{name} = \"c1\""), 4, false),
                    1 => E::new(format!("{name} in [\"c0\", \"p1\"]"), 4, false),
                    _ => E::new(format!("{name} is {}", self.random.pick(&["known", "unknown"])), 4, false),
                }
            }
            _ => {
                let (a, b) = (self.number(ctx, depth), self.number(ctx, 0));
                let covers = a.covers || b.covers;
                E::new(format!("{} {} {}", a.at(5), sign(self), b.at(5)), 4, covers)
            }
        }
    }

    fn key_test(&mut self, ctx: &Ctx) -> E {
        let keys: Vec<_> = self.reaches(ctx).into_iter().filter(|r| r.ty == T::Key).collect();
        if keys.is_empty() {
            return E::new("yes", 8, false);
        }
        let key = self.random.pick(&keys).text.clone();
        match self.random.below(4) {
            0 => E::new(format!("{key} in [\"c1\", \"C3\", \"p0\"]"), 4, false),
            1 => E::new(format!("{key} starts with \"C\""), 4, false),
            2 => E::new(format!("{key} = {}", self.random.pick(&keys).text), 4, false),
            _ => E::new(format!("{key} {} \"c1\"", self.random.pick(&["=", "!="])), 4, false),
        }
    }

    fn text_test(&mut self, ctx: &Ctx, depth: u32) -> E {
        let (a, values, listed) = self.words(ctx, depth);
        let value = if values.is_empty() { "x".to_string() } else { self.random.pick(&values).clone() };
        let covers = a.covers;
        let text = a.at(5);
        let lists: Vec<_> = self.reaches(ctx).into_iter().filter(|r| matches!(r.ty, T::List(_))).collect();
        match self.random.weighted(&[5, 2, 2, 1, 1, 1, 1, 1]) {
            7 if !lists.is_empty() && !listed => {
                let list = self.random.pick(&lists).clone();
                self.used.extend(list.def);
                E::new(format!("{text} {} {}", self.random.pick(&["in", "not in"]), list.text), 4, covers)
            }
            1 => {
                let op = *self.random.pick(&["in", "not in"]);
                let other = if values.is_empty() { "y".to_string() } else { self.random.pick(&values).clone() };
                E::new(format!("{text} {op} [{value:?}, {other:?}]"), 4, covers)
            }
            2 if !listed => {
                let part: String = value.chars().skip(1).take(3).collect();
                let part = if part.trim().is_empty() { value } else { part };
                E::new(format!("{text} contains {:?}", part.trim()), 4, covers)
            }
            3 if !listed => {
                let part: String = value.chars().take(2).collect();
                E::new(format!("{text} starts with {:?}", part.to_uppercase()), 4, covers)
            }
            4 if !listed => {
                let part: String = value.chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
                E::new(format!("{text} ends with {part:?}"), 4, covers)
            }
            5 => {
                let pattern = *self.random.pick(&["[A-Z]", "^[a-z ]+$", "e", "Q[12]", "\\d"]);
                E::new(format!("{text} matches \"{pattern}\""), 4, covers)
            }
            6 => {
                let (b, _, _) = self.words(ctx, 0);
                let covers = covers || b.covers;
                // Two lists of values that have nothing in common may be an error.
                if listed {
                    E::new(format!("{text} = {value:?}"), 4, covers)
                } else {
                    E::new(format!("{text} = lower({})", b.text), 4, covers)
                }
            }
            _ => {
                let op = *self.random.pick(&["=", "!="]);
                E::new(format!("{text} {op} {value:?}"), 4, covers)
            }
        }
    }
}
