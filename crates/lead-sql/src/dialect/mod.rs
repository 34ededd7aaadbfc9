//! What engines do differently: a trait of small questions with defaults, a file for each dialect.
//!
//! Defaults are what most engines take. An answer is an expression or a word; none knows of plans or lexicons.
//! Invariant *one meaning*: whatever a dialect answers to a question gives the value that the question's comment says,
//! on every row.

mod bigquery;
mod clickhouse;
mod databricks;
mod datafusion;
mod duckdb;
mod postgres;
mod redshift;
mod shared;
mod snowflake;
mod spark;
mod trino;

use jiff::Timestamp;

use crate::ir::{Sql, Tight, Type};

/// Why a dialect cannot say something, in words for people: `no …`.
pub type Lacks = String;

/// A point in time that an expression is moved by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Calendar months.
    pub months: i32,
    /// Calendar days.
    pub days: i32,
}

/// Parts of a day that are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPart {
    /// 1 to 12
    Month,
    /// With all its digits.
    Year,
}

/// Where a calendar unit starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Monday.
    Week,
    /// The first of the month.
    Month,
    /// The first of January, April, July, October.
    Quarter,
    /// The first of January.
    Year,
}

impl Unit {
    /// In English.
    pub fn word(self) -> &'static str {
        match self {
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Year => "year",
        }
    }
}

/// How a value is compared, and what a list of such values holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// As it is.
    Exact,
    /// Texts without regard to case.
    Case,
}

/// The questions.
pub trait Dialect: Sync {
    /// As on the command line.
    fn name(&self) -> &'static str;

    /// As its makers write it.
    fn title(&self) -> &'static str;

    /// A name in quotes.
    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// How many bytes a name may have.
    fn name_limit(&self) -> usize {
        128
    }

    /// A text literal.
    fn text(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// The name of a type.
    fn type_name(&self, ty: Type) -> &'static str {
        shared::type_name(ty)
    }

    /// A value as another type.
    fn cast(&self, text: &str, ty: Type) -> String {
        format!("CAST({text} AS {})", self.type_name(ty))
    }

    /// A 64-bit float.
    fn double(&self, n: f64) -> String {
        format!("{n:e}")
    }

    /// A whole number of more than 64 bits.
    fn long(&self, n: i128) -> String {
        n.to_string()
    }

    /// An amount of money in ten-thousandths.
    fn money(&self, m: i64) -> String {
        crate::print::money(m)
    }

    /// A date literal.
    fn date(&self, days: i32) -> String {
        format!("DATE '{}'", lead_plan::calendar::date_of_days(days))
    }

    /// A literal of a time in UTC.
    fn time(&self, micros: i64) -> String {
        format!("TIMESTAMP '{}'", time_text(micros))
    }

    /// What stands at the end of a statement.
    fn ending(&self) -> &'static str {
        ""
    }

    /// Whether `WITH` says `RECURSIVE` where a query is built from itself.
    fn says_recursive(&self) -> bool {
        true
    }

    /// Whether a query that is built from itself may leave out rows that it has.
    fn recursive_union_is_distinct(&self) -> bool {
        false
    }

    /// Whether `t.*` gives columns under their names where another relation has some of that name.
    fn has_stars(&self) -> bool {
        true
    }

    /// What a relation is called beside others, so that its name is not taken for that of a column.
    fn alias(&self, relation: &str) -> String {
        relation.to_owned()
    }

    /// Whether aggregates take `FILTER (WHERE …)`.
    fn has_filter(&self) -> bool {
        true
    }

    /// What orders the rows of a table as they came in, if the engine keeps that.
    fn row_order(&self, _table: &str) -> Option<Sql> {
        None
    }

    /// The time at which the statement runs, in UTC.
    fn now(&self) -> Sql {
        Sql::Template(Tight::Sign, Tight::Sign, "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'".to_owned(), vec![])
    }

    /// A text without blanks, tabs and ends of lines around it; NULL where nothing is left.
    fn trimmed(&self, text: Sql) -> Sql {
        Sql::call("nullif", [self.trim(text), Sql::Text(String::new())])
    }

    /// A text without blanks, tabs and ends of lines around it.
    fn trim(&self, text: Sql) -> Sql {
        Sql::call("trim", [text])
    }

    /// Letters that the engine's `lower` takes for others, and what they become: `İ` two letters, `Σ` always `σ`.
    fn odd_letters(&self) -> &'static [(&'static str, &'static str)] {
        &[("Σ", "σ"), ("İ", "i̇")]
    }

    /// A text in small letters, letter by letter: no letter looks at its neighbours.
    fn lower(&self, text: Sql) -> Sql {
        let letter = |l: &str| Sql::Text(l.to_owned());
        let replaced = |text, (from, to): &(&str, &str)| Sql::call("replace", [text, letter(from), letter(to)]);
        Sql::call("lower", [self.odd_letters().iter().fold(text, replaced)])
    }

    /// Whether a text holds another.
    fn contains(&self, text: Sql, part: Sql) -> Sql {
        Sql::compare(Sql::call("strpos", [text, part]), ">", Sql::Int(0))
    }

    /// Whether a text begins with another.
    fn starts_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("starts_with", [text, part])
    }

    /// Whether a text ends with another.
    fn ends_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("ends_with", [text, part])
    }

    /// How many characters a text has.
    fn length(&self, text: Sql) -> Sql {
        Sql::call("length", [text])
    }

    /// Whether a regular expression, as Rust's `regex` reads it, matches somewhere.
    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks>;

    /// Texts one behind the other.
    fn joined(&self, parts: Vec<Sql>) -> Sql {
        Sql::Infix(Tight::Add, "||", parts)
    }

    /// A whole number as text of at least so many digits.
    fn digits(&self, n: Sql, at_least: u8) -> Sql {
        if at_least < 2 {
            return n.cast(Type::Text);
        }
        Sql::call("lpad", [n.cast(Type::Text), Sql::Int(i128::from(at_least)), Sql::Text("0".to_owned())])
    }

    /// The list of items.
    fn list(&self, items: Vec<Sql>) -> Sql {
        let places = vec!["{}"; items.len()].join(", ");
        Sql::form(&format!("ARRAY[{places}]"), items)
    }

    /// A list without items that are unknown.
    fn known_of(&self, list: Sql) -> Sql {
        Sql::call("array_remove", [list, Sql::Null])
    }

    /// Whether a list holds an item, which is folded already. Neither is unknown.
    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks>;

    /// Whether a list is known.
    fn list_known(&self, list: Sql) -> Sql {
        list.is_known()
    }

    /// How many items a list has.
    fn list_length(&self, list: Sql) -> Sql;

    /// A time in UTC as the local time of a zone.
    fn local(&self, time: Sql, zone: &str) -> Sql {
        at_zone(at_zone(time, "UTC"), zone)
    }

    /// Whether the engine makes times of local ones: the later of two, and those that do not exist moved forward by the gap. Else the
    /// way from UTC to local times is taken back.
    fn reads_local_times(&self) -> bool {
        false
    }

    /// Times that a local time may be, each with a word for its name.
    fn instant_tries(&self, local: &Sql, zone: &str) -> Vec<(&'static str, Sql)> {
        if !self.reads_local_times() {
            // What clocks were ahead of UTC a day before, and are a day later: one of the two holds, as they change no more than
            // once in two days.
            let by_offset = |days: i32| {
                let near = self.moved(local.clone(), Shift { months: 0, days });
                self.later(local.clone(), self.between(self.local(near.clone(), zone), near))
            };
            return vec![("before", by_offset(-1)), ("after", by_offset(1))];
        }
        // Engines take the later of two. What the offset of the day before makes of it is the earlier, if it stands for that
        // local time at all.
        let day = |days| Shift { months: 0, days };
        let before = at_zone(at_zone(self.moved(local.clone(), day(-1)), zone), "UTC");
        vec![("earlier", self.moved(before, day(1)))]
    }

    /// Which of these times a local time of a zone is, in UTC. One that does not exist moves forward by the gap; of one that exists twice
    /// the earlier is meant.
    fn instant_of(&self, local: Sql, tries: &[Sql], zone: &str) -> Sql {
        let shows = |time: &Sql, op: &'static str| Sql::compare(self.local(time.clone(), zone), op, local.clone());
        match tries {
            [earlier] => {
                let engine = at_zone(at_zone(local.clone(), zone), "UTC");
                Sql::when(shows(earlier, "="), earlier.clone(), Some(engine))
            }
            [before, after] => {
                let later = Sql::and(vec![shows(before, "<>"), shows(after, "=")]);
                Sql::when(later, after.clone(), Some(before.clone()))
            }
            _ => local,
        }
    }

    /// A time without a zone moved by calendar months, then by days; where the day is missing the last of the month.
    fn moved(&self, time: Sql, by: Shift) -> Sql {
        let mut out = time;
        for (n, unit) in [(by.months, "month"), (by.days, "day")] {
            if n != 0 {
                let op = if n < 0 { "-" } else { "+" };
                let text = format!("{{}} {op} INTERVAL '{}' {unit}", n.unsigned_abs());
                out = Sql::Template(Tight::Add, Tight::Add, text, vec![out]);
            }
        }
        out
    }

    /// A day moved likewise.
    fn day_moved(&self, day: Sql, by: Shift) -> Sql {
        self.moved(day, by).cast(Type::Date)
    }

    /// A day moved by a whole number of days.
    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        day.plus(days.cast(Type::Int))
    }

    /// A time some microseconds later.
    fn later(&self, time: Sql, micros: Sql) -> Sql;

    /// Microseconds from one time to another.
    fn between(&self, from: Sql, to: Sql) -> Sql;

    /// Days from one day to another.
    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        to.minus(from)
    }

    /// The first day of the unit that holds a day.
    fn unit_start(&self, day: Sql, unit: Unit) -> Sql {
        Sql::call("date_trunc", [Sql::Text(unit.word().to_owned()), day]).cast(Type::Date)
    }

    /// A part of a day as a whole number.
    fn day_part(&self, day: Sql, part: DayPart) -> Sql {
        let part = match part {
            DayPart::Month => "month",
            DayPart::Year => "year",
        };
        Sql::form(&format!("extract({part} FROM {{}})"), [day])
    }

    /// The ISO week of a day as `2026-W13`.
    fn week(&self, day: Sql) -> Result<Sql, Lacks>;

    /// The remainder of whole numbers that are not negative.
    fn remainder(&self, n: Sql, by: i128) -> Sql {
        Sql::Infix(Tight::Multiply, "%", vec![n, Sql::Int(by)])
    }

    /// The quotient of whole numbers that are not negative, rounded down.
    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        shared::remainder_off(n, by)
    }

    /// A float, NULL where it is not finite.
    fn finite(&self, n: Sql) -> Sql {
        let size = Sql::call("abs", [n.clone()]);
        Sql::when(Sql::compare(size, "<=", Sql::Double(f64::MAX)), n, None)
    }

    /// What `+`, `-`, `*` or `/` makes of two floats, NULL where it is not finite. What a divisor of 0 gives does not matter.
    fn reckoned(&self, op: &'static str, left: Sql, right: Sql) -> Sql {
        let tight = if matches!(op, "+" | "-") { Tight::Add } else { Tight::Multiply };
        self.finite(Sql::Infix(tight, op, vec![left, right]))
    }

    /// A float rounded to a whole one, half away from zero.
    fn rounded(&self, n: Sql) -> Sql {
        Sql::call("round", [n])
    }

    /// A float without what is behind the point.
    fn truncated(&self, n: Sql) -> Sql {
        Sql::call("trunc", [n])
    }

    /// -1, 0 or 1, as a whole number.
    fn sign(&self, n: Sql) -> Sql {
        Sql::call("sign", [n])
    }

    /// A float rounded to a whole one, half to even.
    fn rounded_even(&self, n: Sql) -> Sql {
        shared::half_to_even(n)
    }

    /// A float rounded half to even, as a whole number of 64 bits or more; no error where it is too large for that.
    fn to_whole(&self, n: Sql) -> Sql {
        shared::whole_by_64_bits(self, n)
    }

    /// How a float is written as a long decimal that may not hold it.
    fn long_decimal(&self) -> &'static str {
        "TRY_CAST({} AS DECIMAL(38, 0))"
    }

    /// Likewise of a float that is less than 9e18 in size.
    fn small_to_whole(&self, n: Sql) -> Sql {
        self.rounded_even(n).cast(Type::Int).cast(Type::Huge)
    }

    /// Two to the power of a float.
    fn power_of_two(&self, n: Sql) -> Sql {
        Sql::call("power", [Sql::Int(2), n])
    }

    /// Likewise where it is no more than 1 on all rows that count, and what it is multiplied with less than 2^62 in size; billionths of the
    /// product are what is asked for.
    fn small_share(&self, n: Sql) -> Sql {
        self.power_of_two(n)
    }

    /// The exact total of floats as a float: each rounded to a multiple of 2^-64, half to even. NULL where one is 2^62 or more in size,
    /// or the total leaves 128 bits; 0 of nothing. `small`: neither can be.
    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        shared::sum_in_parts(self, n, small)
    }

    /// The total of whole numbers; 0 of nothing.
    fn whole_sum(&self, n: Sql) -> Sql {
        Sql::call("sum", [n]).or_else(Sql::Int(0))
    }

    /// The total of floats, each rounded half to even; 0 of nothing. All that count are less than 9e18 in size; others are no error.
    fn small_sum(&self, n: Sql) -> Sql {
        self.whole_sum(self.small_to_whole(n))
    }

    /// A whole number of any size as a float, rounded right.
    fn float_of(&self, n: Sql) -> Sql {
        n.cast(Type::Double)
    }

    /// The total of money; 0 of nothing.
    fn money_sum(&self, n: Sql) -> Sql {
        Sql::call("sum", [n]).or_else(Sql::Int(0)).cast(Type::Money)
    }

    /// Money in ten-thousandths.
    fn ten_thousandths(&self, money: Sql) -> Sql {
        money.times(Sql::Int(10_000)).cast(Type::Huge)
    }

    /// Ten-thousandths as money.
    fn money_of(&self, whole: Sql) -> Sql;

    /// A whole number divided by another, rounded half away from zero; NULL by 0. Products of money fit.
    fn divided(&self, n: Sql, by: Sql) -> Sql {
        if matches!(by, Sql::Int(1..)) {
            return self.divided_by_count(n, by);
        }
        let (size, whole) = (Sql::call("abs", [n.clone()]), Sql::call("abs", [by.clone()]));
        let half = self.quotient(whole.clone(), Sql::Int(2));
        let quotient = self.quotient(size.plus(half), Sql::call("nullif", [whole, Sql::Int(0)]));
        quotient.times(self.sign(n)).times(self.sign(by))
    }

    /// Likewise by what is never less than 0.
    fn divided_by_count(&self, n: Sql, by: Sql) -> Sql {
        let size = Sql::call("abs", [n.clone()]);
        let (half, by) = match by {
            Sql::Int(k) => (Sql::Int(k / 2), Sql::Int(k)),
            by => (self.quotient(by.clone(), Sql::Int(2)), Sql::call("nullif", [by, Sql::Int(0)])),
        };
        let size = if half == Sql::Int(0) { size } else { size.plus(half) };
        self.quotient(size, by).times(self.sign(n))
    }

    /// How many rows.
    fn count(&self) -> Sql {
        Sql::form("count(*)", [])
    }

    /// How many distinct known values.
    fn count_distinct(&self, value: Sql) -> Sql {
        Sql::form("count(DISTINCT {})", [value])
    }

    /// The value of the first row of a group, or the last, in the order given; rows without a value are left out. The value is the first
    /// operand. `None`: it is asked for in a step before the one that groups, by a window.
    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql>;

    /// Whether that value has lost its type.
    fn first_is_loose(&self) -> bool {
        false
    }

    /// A text for ordering by its bytes.
    fn by_bytes(&self, text: Sql) -> Sql {
        text
    }

    /// The least or greatest yes/no, no before yes.
    fn extreme_yes_no(&self, value: Sql, greatest: bool) -> Sql {
        Sql::call(if greatest { "bool_or" } else { "bool_and" }, [value])
    }

    /// The lesser of two.
    fn least(&self, a: Sql, b: Sql) -> Sql {
        Sql::call("least", [a, b])
    }

    /// The greater of two.
    fn greatest(&self, a: Sql, b: Sql) -> Sql {
        Sql::call("greatest", [a, b])
    }
}

/// `AT TIME ZONE`: from a time with a zone to one without, and back.
pub fn at_zone(time: Sql, zone: &str) -> Sql {
    let zone = zone.replace('\'', "''");
    Sql::Template(Tight::Sign, Tight::Sign, format!("{{}} AT TIME ZONE '{zone}'"), vec![time])
}

/// A time in UTC in digits, with as many places as it needs.
pub fn time_text(micros: i64) -> String {
    let Ok(at) = Timestamp::from_microsecond(micros) else { return "9999-12-31 00:00:00".to_owned() };
    let text = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let rest = micros.rem_euclid(1_000_000);
    if rest == 0 { text } else { format!("{text}.{rest:06}") }
}

/// The dialect that others are compared with.
pub fn base() -> &'static dyn Dialect {
    &duckdb::DuckDb
}

/// Every dialect.
pub fn all() -> Vec<&'static dyn Dialect> {
    vec![
        &duckdb::DuckDb,
        &postgres::Postgres,
        &datafusion::DataFusion,
        &clickhouse::ClickHouse,
        &spark::SPARK,
        &databricks::DATABRICKS,
        &snowflake::Snowflake,
        &bigquery::BigQuery,
        &redshift::Redshift,
        &trino::Trino,
    ]
}

/// The dialect of a name.
pub fn named(name: &str) -> Option<&'static dyn Dialect> {
    all().into_iter().find(|d| d.name() == name)
}
