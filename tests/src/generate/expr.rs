//! Random well-typed expressions, as text.

use super::Maker;
use super::schema::{GField, GSchema, T};

/// A text of an expression, how tightly it binds, and whether a window behind it would cover something.
#[derive(Clone, Debug)]
pub struct E {
    /// The text.
    pub text: String,
    /// 0 or, 1 window, 2 and, 3 not, 4 comparison, 5 sum, 6 product, 7 sign, 8 primary.
    pub level: u8,
    /// Whether a window would cover something in it.
    pub covers: bool,
}

impl E {
    /// An expression.
    pub fn new(text: impl Into<String>, level: u8, covers: bool) -> E {
        E { text: text.into(), level, covers }
    }

    /// In parentheses, unless it binds at least as tightly as `level`.
    pub fn at(&self, level: u8) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// Where an expression stands.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Tables in scope; the innermost is the last.
    pub tables: Vec<usize>,
}

impl Ctx {
    /// Of a definition's subject.
    pub fn of(table: usize) -> Ctx {
        Ctx { tables: vec![table] }
    }

    /// Inside of an aggregate. What an event says cannot be named in the `where` of an aggregate inside of its own.
    pub fn inside(&self, schema: &GSchema, table: usize) -> Ctx {
        let outer = self.tables.last().copied().filter(|t| schema.tables[*t].event.is_none());
        Ctx { tables: outer.into_iter().chain([table]).collect() }
    }
}

/// A path to a value: its text, its type, whether it is open to windows.
#[derive(Clone, Debug)]
pub struct Reach {
    /// As written.
    pub text: String,
    /// What it gives.
    pub ty: T,
    /// Whether a window reaches through it to events.
    pub covers: bool,
    /// Definitions it uses.
    pub def: Option<usize>,
    /// Whether it is a term, that `was` and `became` may ask.
    pub term: bool,
}

impl Maker<'_> {
    /// Everything that can be asked of a record of a table, with a prefix.
    fn members(&self, table: usize, prefix: &str) -> Vec<Reach> {
        let fields = self.schema.tables[table].fields.iter().map(|f: &GField| Reach {
            text: format!("{prefix}{}", f.name),
            ty: f.ty.clone(),
            covers: false,
            def: None,
            term: false,
        });
        let defs = self.defs.iter().enumerate().filter(|(_, d)| d.subject == table && !d.metric).map(|(i, d)| Reach {
            text: format!("{prefix}{}", d.name),
            ty: d.ty.clone(),
            covers: d.covers,
            def: Some(i),
            term: d.term,
        });
        fields.chain(defs).collect()
    }

    /// Every path to a value from a place, of up to two references.
    pub fn reaches(&self, ctx: &Ctx) -> Vec<Reach> {
        let mut found: Vec<Reach> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for table in ctx.tables.iter().rev().take(2) {
            let subject = self.schema.tables[*table].event.map(|of| self.schema.tables[*table].refs[of].to);
            for at in std::iter::once(*table).chain(subject) {
                let mut here = self.members(at, "");
                for r in &self.schema.tables[at].refs {
                    let prefix = format!("{}.", r.name);
                    here.extend(self.members(r.to, &prefix));
                    for s in &self.schema.tables[r.to].refs {
                        here.extend(self.members(s.to, &format!("{prefix}{}.", s.name)));
                    }
                }
                // A name further in hides one further out.
                here.retain(|r| !seen.iter().any(|s| r.text.split('.').next() == Some(s.as_str())));
                found.extend(here);
                let table = &self.schema.tables[at];
                seen.extend(table.fields.iter().map(|f| f.name.clone()));
                seen.extend(table.refs.iter().map(|r| r.name.clone()));
            }
        }
        // Constants of other subjects.
        let here: Vec<usize> = found.iter().filter_map(|r| r.def).collect();
        for (i, d) in self.defs.iter().enumerate().filter(|(i, d)| d.constant && !here.contains(i)) {
            found.push(Reach { text: d.name.clone(), ty: d.ty.clone(), covers: false, def: Some(i), term: false });
        }
        found
    }

    /// A path to a value of a type.
    fn reach(&mut self, ctx: &Ctx, fits: impl Fn(&T) -> bool) -> Option<Reach> {
        let mut all = self.reaches(ctx);
        all.retain(|r| fits(&r.ty));
        if all.is_empty() {
            return None;
        }
        // Definitions and near fields more often than far ones.
        let weights: Vec<u32> =
            all.iter().map(|r| if r.def.is_some() { 4 } else { 3 - r.text.matches('.').count() as u32 }).collect();
        let reach = all[self.random.weighted(&weights)].clone();
        self.used.extend(reach.def);
        Some(reach)
    }

    fn path(&mut self, ctx: &Ctx, like: &T) -> Option<E> {
        self.reach(ctx, |t| t.like(like)).map(|r| E::new(r.text, 8, r.covers))
    }

    /// A number.
    pub fn number(&mut self, ctx: &Ctx, depth: u32) -> E {
        let choice = if depth == 0 {
            self.random.weighted(&[2, 6, 3])
        } else {
            self.random.weighted(&[2, 6, 6, 2, 1, 1, 1, 1, 1])
        };
        match choice {
            0 => E::new(self.digits(), 8, false),
            2 => self.measure(ctx, depth, &T::Number),
            3 => {
                let op = *self.random.pick(&["+", "-", "*", "/"]);
                let level = if matches!(op, "+" | "-") { 5 } else { 6 };
                let (a, b) = (self.number(ctx, depth - 1), self.number(ctx, depth - 1));
                let covers = a.covers || b.covers;
                E::new(format!("{} {op} {}", a.at(level), b.at(level + 1)), level, covers)
            }
            4 => {
                let name = *self.random.pick(&["round", "abs"]);
                let a = self.number(ctx, depth - 1);
                E::new(format!("{name}({})", a.text), 8, a.covers)
            }
            5 => {
                let name = *self.random.pick(&["hours", "days"]);
                let a = self.duration(ctx, depth - 1);
                E::new(format!("{name}({})", a.text), 8, a.covers)
            }
            6 => {
                let name = *self.random.pick(&["year", "fiscal year"]);
                let a = self.moment(ctx, depth - 1);
                E::new(format!("{name}({})", a.text), 8, a.covers)
            }
            7 => {
                let a = self.number(ctx, depth - 1);
                E::new(format!("-{}", a.at(8)), 7, a.covers)
            }
            8 => {
                let (a, b) = (self.money(ctx, depth - 1), self.money(ctx, depth - 1));
                let covers = a.covers || b.covers;
                E::new(format!("{} / {}", a.at(6), b.at(7)), 6, covers)
            }
            9 => {
                let (a, b) = (self.duration(ctx, 0), self.duration(ctx, depth - 1));
                let covers = a.covers || b.covers;
                E::new(format!("{} / {}", a.at(6), b.at(7)), 6, covers)
            }
            10 => {
                let (a, _, _) = self.words(ctx, depth - 1);
                E::new(format!("length({})", a.text), 8, a.covers)
            }
            _ => self.path(ctx, &T::Number).unwrap_or_else(|| E::new(self.digits(), 8, false)),
        }
    }

    /// Digits of a number.
    pub fn digits(&mut self) -> String {
        match self.random.below(8) {
            0 => "0".to_string(),
            1 => "2.5".to_string(),
            2 => "0.1".to_string(),
            3 => "1_000".to_string(),
            4 => format!("{}%", self.random.pick(&["20", "12.5", "100"])),
            _ => self.random.between(0, 12).to_string(),
        }
    }

    /// Money.
    pub fn money(&mut self, ctx: &Ctx, depth: u32) -> E {
        let choice =
            if depth == 0 { self.random.weighted(&[6, 3]) } else { self.random.weighted(&[6, 5, 1, 2, 1, 1, 1]) };
        match choice {
            1 => self.measure(ctx, depth, &T::Money),
            2 => {
                let op = *self.random.pick(&["+", "-"]);
                let (a, b) = (self.money(ctx, depth - 1), self.money(ctx, depth - 1));
                let covers = a.covers || b.covers;
                E::new(format!("{} {op} {}", a.at(5), b.at(6)), 5, covers)
            }
            3 => {
                let op = *self.random.pick(&["*", "/"]);
                let a = self.money(ctx, depth - 1);
                let b = *self.random.pick(&["2", "0.5", "3", "20%", "12.5%", "1.1", "0.00001", "7"]);
                let b = if op == "/" && b == "0.00001" { "3" } else { b };
                E::new(format!("{} {op} {b}", a.at(6)), 6, a.covers)
            }
            4 => {
                // What a record has as a number is small enough to multiply with.
                let a = self.money(ctx, 0);
                let field = self.reach(ctx, |t| t.like(&T::Number)).filter(|r| r.def.is_none());
                let Some(b) = field else { return a };
                let op = *self.random.pick(&["*", "/"]);
                if op == "*" && self.random.chance(50) {
                    return E::new(format!("{} * {}", b.text, a.at(7)), 6, a.covers);
                }
                E::new(format!("{} {op} {}", a.at(6), b.text), 6, a.covers)
            }
            5 => {
                let (a, b) = (self.money(ctx, depth - 1), *self.random.pick(&["5", "0.1", "2.55555", "1_000"]));
                let op = *self.random.pick(&["+", "-"]);
                E::new(format!("{} {op} {b}", a.at(5)), 5, a.covers)
            }
            6 => {
                let a = self.money(ctx, depth - 1);
                E::new(format!("{}({})", self.random.pick(&["abs", "round"]), a.text), 8, a.covers)
            }
            _ => self.path(ctx, &T::Money).unwrap_or_else(|| self.measure(ctx, 0, &T::Money)),
        }
    }

    /// A text, and the values worth comparing it to.
    pub fn words(&mut self, ctx: &Ctx, depth: u32) -> (E, Vec<String>, bool) {
        let choice = if depth == 0 { 0 } else { self.random.weighted(&[6, 2, 2, 1]) };
        match choice {
            1 => {
                let name = *self.random.pick(&["quarter", "month", "week", "fiscal quarter"]);
                let a = self.moment(ctx, depth - 1);
                let values = match name {
                    "quarter" => vec!["2026-Q1", "2026-Q2", "2025-Q4"],
                    "month" => vec!["2026-03", "2026-10"],
                    "week" => vec!["2026-W13", "2026-W01"],
                    _ => vec!["FY2026-Q1", "FY2027-Q4"],
                };
                let values = values.into_iter().map(String::from).collect();
                (E::new(format!("{name}({})", a.text), 8, a.covers), values, false)
            }
            2 => {
                let e = self.measure(ctx, depth, &T::Text(Vec::new(), false));
                let values = std::mem::take(&mut self.last_values);
                (e, values.0, values.1)
            }
            3 => {
                let (a, values, _) = self.words(ctx, depth - 1);
                (E::new(format!("lower({})", a.text), 8, a.covers), values, false)
            }
            _ => match self.reach(ctx, |t| matches!(t, T::Text(..))) {
                Some(r) => {
                    let (values, listed) = match r.ty {
                        T::Text(values, listed) => (values, listed),
                        _ => (Vec::new(), false),
                    };
                    (E::new(r.text, 8, r.covers), values, listed)
                }
                None => (E::new("quarter(today)", 8, false), vec!["2026-Q2".to_string()], false),
            },
        }
    }

    /// A time or a date.
    pub fn moment(&mut self, ctx: &Ctx, depth: u32) -> E {
        let choice = if depth == 0 { self.random.weighted(&[6, 3, 1]) } else { self.random.weighted(&[6, 3, 1, 4, 2]) };
        match choice {
            1 => match self.path(ctx, &T::Date) {
                Some(e) => e,
                None => E::new("today", 8, false),
            },
            2 => E::new(
                *self.random.pick(&["now", "today", "2026-03-29", "2026-03-31T14:00", "2026-10-25T02:30"]),
                8,
                false,
            ),
            3 => {
                let like = if self.random.chance(70) { T::Time } else { T::Date };
                self.measure(ctx, depth, &like)
            }
            4 if self.random.chance(30) => {
                let (a, b) = (self.moment(ctx, 0), self.duration(ctx, 0));
                let covers = a.covers || b.covers;
                E::new(format!("{} + {}", a.at(5), b.at(6)), 5, covers)
            }
            4 => {
                let (a, op) = (self.moment(ctx, 0), *self.random.pick(&["+", "-"]));
                let by = *self.random.pick(&["1d", "2w", "1mo", "1q", "1y", "30d", "36h"]);
                E::new(format!("{} {op} {by}", a.at(5)), 5, a.covers)
            }
            _ => self.path(ctx, &T::Time).unwrap_or_else(|| E::new("now", 8, false)),
        }
    }

    /// A duration.
    pub fn duration(&mut self, ctx: &Ctx, depth: u32) -> E {
        if self.random.chance(15)
            && let Some(e) = self.path(ctx, &T::Duration)
        {
            return e;
        }
        let (a, b) = (self.moment(ctx, depth), self.moment(ctx, depth));
        let covers = a.covers || b.covers;
        let between = E::new(format!("{} - {}", a.at(5), b.at(6)), 5, covers);
        match self.random.below(10) {
            0 => E::new(format!("{} * 0.5", between.at(6)), 6, covers),
            1 => E::new(format!("{} / 3", between.at(6)), 6, covers),
            2 => E::new(format!("{} + 36h", between.text), 5, covers),
            3 => E::new(format!("abs({})", between.text), 8, covers),
            _ => between,
        }
    }

    /// A duration written out, for comparing.
    pub fn length(&mut self) -> &'static str {
        self.random.pick::<&'static str>(&["30d", "36h", "1mo", "1y", "2w", "90min", "1q"])
    }
}
