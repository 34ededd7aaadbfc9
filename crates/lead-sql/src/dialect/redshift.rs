//! Redshift: as PostgreSQL was when the two parted.

use super::shared::{escaped, remainder_off, sum_in_parts, whole_by_64_bits};
use super::{Dialect, Fold, Lacks, Shift};
use crate::ir::{Sql, Type};
use crate::regex;

/// Redshift.
pub struct Redshift;

impl Dialect for Redshift {
    fn name(&self) -> &'static str {
        "redshift"
    }

    fn title(&self) -> &'static str {
        "Redshift"
    }

    fn name_limit(&self) -> usize {
        127
    }

    fn text(&self, text: &str) -> String {
        escaped(text)
    }

    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Bool => "boolean",
            Type::Int => "bigint",
            Type::Huge => "decimal(38, 0)",
            Type::Double => "double precision",
            Type::Money => "decimal(19, 4)",
            Type::Text => "varchar(65535)",
            Type::Date => "date",
            Type::Time => "timestamp",
        }
    }

    // A number with digits behind the point is a decimal here.
    fn double(&self, n: f64) -> String {
        format!("CAST({} AS double precision)", crate::print::number(n))
    }

    fn recursive_union_is_distinct(&self) -> bool {
        false
    }

    fn has_filter(&self) -> bool {
        false
    }

    fn lower(&self, text: Sql) -> Sql {
        Sql::form("lower(replace(replace({}, 'Σ', 'σ'), 'İ', 'i̇'))", [text])
    }

    fn starts_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::compare(Sql::form("left({}, length({}))", [text, part.clone()]), "=", part)
    }

    fn ends_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::compare(Sql::form("right({}, length({}))", [text, part.clone()]), "=", part)
    }

    // `p`: with the signs of Perl.
    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        let found = Sql::form("regexp_instr({}, {}, 1, 1, 0, 'p')", [text, Sql::Text(regex::java(pattern)?)]);
        Ok(Sql::compare(found, ">", Sql::Int(0)))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        Sql::call("array", items)
    }

    fn list_has(&self, _list: Sql, _item: Sql, _fold: Fold) -> Result<Sql, Lacks> {
        Err("no way to look for an item in a list".to_owned())
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("get_array_length", [list])
    }

    fn reads_local_times(&self) -> bool {
        false
    }

    fn moved(&self, time: Sql, by: Shift) -> Sql {
        let add = |time: Sql, n: i32, unit: &str| match n {
            0 => time,
            n => Sql::form(&format!("dateadd({unit}, {n}, {{}})"), [time]),
        };
        add(add(time, by.months, "month"), by.days, "day")
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::form("dateadd(day, {}, {})", [days, day]).cast(Type::Date)
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::form("dateadd(microsecond, {}, {})", [micros, time])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("datediff(microsecond, {}, {})", [from, to])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("to_char", [day, Sql::Text("IYYY\"-W\"IW".to_owned())]))
    }

    // A quotient of decimals has places here.
    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        remainder_off(n, by)
    }

    fn to_whole(&self, n: Sql) -> Sql {
        whole_by_64_bits(n, "CAST({} AS decimal(38, 0))")
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        sum_in_parts(self, n, small)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS decimal(30, 0)) * 0.0001 AS decimal(19, 4))", [whole])
    }

    fn ten_thousandths(&self, money: Sql) -> Sql {
        money.times(Sql::Int(10_000)).cast(Type::Huge)
    }

    fn first(&self, _value: Sql, _order: Vec<Sql>, _last: bool) -> Result<Sql, Lacks> {
        Err("no first and no last value among the rows of a group".to_owned())
    }
}
