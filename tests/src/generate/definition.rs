//! Random definitions of every kind.

use super::expr::{Ctx, E};
use super::schema::{COMPANY, CONTACT, PROJECT, T};
use super::{GDef, Maker};

impl Maker<'_> {
    /// Fifteen to thirty of them, each using earlier ones alone.
    pub fn definitions(&mut self) {
        if self.random.chance(60) {
            let text = *self.random.pick(&["this fiscal year", "next 12mo", "45d", "last 2 quarters", "this quarter"]);
            self.periods.push(("sales period".to_string(), 0));
            self.push(
                "sales period".to_string(),
                CONTACT,
                T::Duration,
                format!("sales period = {text}\n"),
                false,
                false,
                true,
            );
        }
        for (n, (text, ty)) in [
            ("4.5", T::Number),
            ("2026-03-29", T::Date),
            ("now - 30d", T::Time),
            ("[\"Automotive\", \"engineer\", \"PPC\"]", T::List(vec!["PPC".to_string()])),
        ]
        .into_iter()
        .enumerate()
        {
            if self.random.chance(30) {
                let subject = [CONTACT, COMPANY][self.random.below(2)];
                let name = format!("k{n} constant");
                self.push(name.clone(), subject, ty, format!("{name} = {text}\n"), false, false, false);
                self.defs.last_mut().expect("it was pushed").constant = true;
            }
        }
        let count = self.random.between(15, 30);
        for n in 0..count {
            let subject = [CONTACT, COMPANY, PROJECT][self.random.weighted(&[5, 3, 2])];
            match self.random.weighted(&[6, 6, 2, 2, 1, 2]) {
                0 => self.value(n, subject),
                1 => self.term_def(n, subject),
                2 => self.choice(n, subject),
                3 => self.score(n, subject),
                4 => self.funnel(n, subject),
                _ => self.metric(n),
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn push(&mut self, name: String, subject: usize, ty: T, text: String, covers: bool, term: bool, metric: bool) {
        let uses = std::mem::take(&mut self.used);
        self.defs.push(GDef { name, subject, ty, text, covers, term, metric, constant: false, uses });
    }

    fn value(&mut self, n: i64, subject: usize) {
        let ctx = Ctx::of(subject);
        let name = format!("v{n} size");
        let depth = self.random.between(1, 2) as u32;
        let (e, ty) = match self.random.weighted(&[6, 3, 3, 2, 2, 3, 1]) {
            0 => (self.number(&ctx, depth), T::Number),
            1 => (self.money(&ctx, depth), T::Money),
            2 => {
                let (e, values, listed) = self.words(&ctx, depth);
                (e, T::Text(values, listed))
            }
            3 => {
                let e = match self.random.below(2) {
                    0 => self.measure(&ctx, depth, &T::Time),
                    _ => E::new("now - 30d", 5, false),
                };
                (e, T::Time)
            }
            4 => (self.duration(&ctx, depth), T::Duration),
            5 => (self.condition(&ctx, depth), T::YesNo),
            _ => {
                let values: Vec<String> = ["Automotive", "engineer", "PPC"].iter().map(|v| v.to_string()).collect();
                (E::new(format!("[{:?}, {:?}]", values[0], values[1]), 8, false), T::List(values))
            }
        };
        // A value that takes one of the schema's lists may be compared with those values alone.
        let windowed = e.covers && ty != T::Time && e.level >= 2 && self.random.chance(15);
        let (text, covers) = if windowed {
            (format!("{name} = {} {}\n", e.at(4), self.window(super::condition::Wanted::Any)), false)
        } else {
            (format!("{name} = {}\n", e.text), e.covers)
        };
        self.push(name, subject, ty, text, covers, false, false);
    }

    fn term_def(&mut self, n: i64, subject: usize) {
        let ctx = Ctx::of(subject);
        let name = format!("t{n} lead");
        let depth = self.random.between(1, 3) as u32;
        let mut text = format!("{name} when {}", self.condition(&ctx, depth).text);
        for word in ["or when", "unless"] {
            if self.random.chance(30) {
                text += &format!("\n    {word} {} because \"reason {word}\"", self.condition(&ctx, 1).text);
            }
        }
        text.push('\n');
        self.push(name, subject, T::YesNo, text, false, true, false);
    }

    fn choice(&mut self, n: i64, subject: usize) {
        let ctx = Ctx::of(subject);
        let name = format!("c{n} owner");
        let mut text = format!("{name} is\n");
        let numbers = self.random.chance(35);
        let results: Vec<String> = if numbers {
            ["3", "5", "0.5"].iter().map(|v| v.to_string()).collect()
        } else {
            ["field sales", "Inside", "nurture"].iter().map(|v| v.to_string()).collect()
        };
        let shown = |v: &String| if numbers { v.clone() } else { format!("{v:?}") };
        let lines = self.random.between(1, 2) as usize;
        for result in &results[..lines] {
            let condition = self.condition(&ctx, 2);
            text += &format!("    {} when {}\n", shown(result), condition.text);
        }
        let mut said = results[..lines].to_vec();
        if self.random.chance(70) {
            text += &format!("    {} otherwise\n", shown(&results[2]));
            said.push(results[2].clone());
        }
        let ty = if numbers { T::Number } else { T::Text(said, true) };
        self.push(name, subject, ty, text, false, false, false);
    }

    fn score(&mut self, n: i64, subject: usize) {
        let ctx = Ctx::of(subject);
        let name = format!("s{n} points");
        let mut text = format!("score {name}");
        if self.random.chance(50) {
            text += &format!(", half-life {}", self.random.pick(&["30d", "7d", "1mo", "36h"]));
        }
        if self.random.chance(40) {
            text += &format!(", at most {}", self.random.pick(&["20", "100", "5"]));
        }
        if self.random.chance(20) {
            text += ", at least 0";
        }
        text.push('\n');
        for _ in 0..self.random.between(1, 4) {
            let sign = *self.random.pick(&["+", "+", "-"]);
            let points = *self.random.pick(&["1", "10", "2.5", "0.1"]);
            match self.random.weighted(&[5, 4, 1, 1]) {
                3 => {
                    let Some((target, table)) = self.collection(&ctx, |m, t| m.schema.tables[t].event.is_none()) else {
                        continue;
                    };
                    let via = std::mem::take(&mut self.last_via);
                    let (tail, _) = self.tail_of(&ctx, table, &via);
                    text += &format!("    {sign}{points} per {target}{tail}, at least 1\n");
                }
                0 => {
                    let Some((target, table)) = self.collection(&ctx, |m, t| m.schema.tables[t].event.is_some()) else {
                        continue;
                    };
                    let via = std::mem::take(&mut self.last_via);
                    let (tail, _) = self.tail_of(&ctx, table, &via);
                    let field =
                        self.schema.tables[table].fields.iter().find(|f| f.ty == T::Number).map(|f| f.name.clone());
                    let points = match field {
                        Some(field) if self.random.chance(25) => field,
                        Some(field) if self.random.chance(15) => format!("({field} * 2)"),
                        _ => points.to_string(),
                    };
                    text += &format!("    {sign}{points} per {target}{tail}");
                    if self.random.chance(40) {
                        text += &format!(", at most {}", self.random.pick(&["3", "20", "1.5"]));
                    }
                    if self.random.chance(15) {
                        text += &format!(", half-life {}", self.random.pick(&["14d", "1y"]));
                    }
                    text.push('\n');
                }
                1 => text += &format!("    {sign}{points} when {}\n", self.condition(&ctx, 1).text),
                _ => text += &format!("    {sign}{points}\n"),
            }
        }
        if text.lines().count() == 1 {
            text += "    +1\n";
        }
        self.push(name, subject, T::Number, text, false, false, false);
    }

    fn tail_of(&mut self, ctx: &Ctx, table: usize, via: &str) -> (String, bool) {
        self.tail(ctx, table, 1, via, false)
    }

    fn funnel(&mut self, n: i64, subject: usize) {
        let mut terms: Vec<(usize, String)> = self
            .defs
            .iter()
            .enumerate()
            .filter(|(_, d)| d.term && d.subject == subject)
            .map(|(i, d)| (i, d.name.clone()))
            .collect();
        if terms.len() < 2 {
            return;
        }
        self.random.shuffle(&mut terms);
        terms.truncate(4);
        let name = format!("f{n} journey");
        let mut text = format!("funnel {name}\n");
        let values = terms.iter().map(|t| t.1.clone()).collect();
        for (def, term) in terms {
            self.used.insert(def);
            text += &format!("    {term}\n");
        }
        self.push(name, subject, T::Text(values, false), text, false, false, false);
    }

    fn metric(&mut self, n: i64) {
        let nowhere = Ctx { tables: Vec::new() };
        let name = format!("m{n} rate");
        let Some((_, table)) = self.collection(&nowhere, |_, _| true) else { return };
        let one = |m: &mut Self| -> String {
            let only = move |_: &Self, t: usize| t == table;
            if m.random.chance(40) {
                let Some((target, table)) = m.collection(&nowhere, only) else { return "1".to_string() };
                let (tail, _) = m.tail_of(&nowhere, table, "");
                return format!("count({target}{tail})");
            }
            let Some((target, _)) = m.collection(&nowhere, only) else { return "1".to_string() };
            let like = if m.random.chance(50) { T::Number } else { T::Money };
            let Some((text, _)) = m.argument_of(table, &target, &like) else { return format!("count({target})") };
            let (tail, _) = m.tail_of(&nowhere, table, "");
            format!("{}({text}{tail})", m.random.pick(&["sum", "average", "max", "min"]))
        };
        let expr = match self.random.below(3) {
            0 => one(self),
            1 => format!("{} / count({})", one(self), self.schema.tables[table].name),
            _ => format!("{} * 100%", one(self)),
        };
        let mut by: Vec<String> = Vec::new();
        let reaches = self.reaches(&Ctx::of(table));
        let mut dimensions: Vec<_> =
            reaches.into_iter().filter(|r| matches!(r.ty, T::Text(..) | T::YesNo | T::Date | T::Time)).collect();
        self.random.shuffle(&mut dimensions);
        let refs = &self.schema.tables[table].refs;
        if !refs.is_empty() && self.random.chance(20) {
            by.push(self.random.pick(refs).name.clone());
        }
        let count = self.random.below(3);
        for d in dimensions.into_iter().take(count) {
            self.used.extend(d.def);
            let text = match d.ty {
                T::Date | T::Time => {
                    format!("{}({}) as d{}", self.random.pick(&["quarter", "month", "year"]), d.text, by.len())
                }
                _ => d.text,
            };
            by.push(text);
        }
        let event = self.schema.tables[table].event.is_some();
        let open = event
            && !expr.contains("within")
            && !expr.contains("since")
            && !expr.contains("ago")
            && !expr.contains("between");
        let open = open && !expr.contains("before");
        let expr = if open && self.random.chance(40) {
            format!("{expr} {}", self.window(super::condition::Wanted::Any))
        } else {
            expr
        };
        let mut text = format!("metric {name} = {expr}");
        if !by.is_empty() {
            text += &format!(" by {}", by.join(", "));
        }
        text.push('\n');
        self.push(name, table, T::Number, text, false, false, true);
    }
}
