//! Snowflake.

use super::shared::{escaped, remainder_off, sum_in_parts, whole_by_64_bits};
use super::{Dialect, Fold, Lacks, Shift};
use crate::ir::{Sql, Type};
use crate::regex;

/// Snowflake.
pub struct Snowflake;

impl Dialect for Snowflake {
    fn name(&self) -> &'static str {
        "snowflake"
    }

    fn title(&self) -> &'static str {
        "Snowflake"
    }

    fn text(&self, text: &str) -> String {
        escaped(text)
    }

    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Bool => "BOOLEAN",
            Type::Int => "BIGINT",
            Type::Huge => "NUMBER(38, 0)",
            Type::Double => "DOUBLE",
            Type::Money => "NUMBER(19, 4)",
            Type::Text => "VARCHAR",
            Type::Date => "DATE",
            Type::Time => "TIMESTAMP_NTZ(6)",
        }
    }

    fn double(&self, n: f64) -> String {
        format!("CAST({n:e} AS DOUBLE)")
    }

    fn time(&self, micros: i64) -> String {
        format!("CAST('{}' AS TIMESTAMP_NTZ(6))", super::time_text(micros))
    }

    fn recursive_union_is_distinct(&self) -> bool {
        false
    }

    fn has_filter(&self) -> bool {
        false
    }

    fn now(&self) -> Sql {
        Sql::form("SYSDATE()", [])
    }

    fn lower(&self, text: Sql) -> Sql {
        Sql::form("lower(replace(replace({}, 'Σ', 'σ'), 'İ', 'i̇'))", [text])
    }

    fn contains(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("contains", [text, part])
    }

    fn starts_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("startswith", [text, part])
    }

    fn ends_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("endswith", [text, part])
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        let found = Sql::call("regexp_instr", [text, Sql::Text(regex::snowflake(pattern)?)]);
        Ok(Sql::compare(found, ">", Sql::Int(0)))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        Sql::call("array_construct", items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::call("array_compact", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::form("array_contains(CAST({} AS VARIANT), {})", [item, list]),
            Fold::Case => {
                let folded = self.lower(Sql::form("trim(x)", []));
                let text = "array_contains(CAST({} AS VARIANT), transform({}, x -> {}))";
                Sql::form(text, [item, list, folded])
            }
        })
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("array_size", [list])
    }

    fn local(&self, time: Sql, zone: &str) -> Sql {
        Sql::call("convert_timezone", [Sql::Text("UTC".to_owned()), Sql::Text(zone.to_owned()), time])
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
        Sql::form("dateadd(day, {}, {})", [days, day])
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::form("dateadd(microsecond, {}, {})", [micros, time])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("datediff(microsecond, {}, {})", [from, to])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("datediff(day, {}, {})", [from, to])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        let (year, week) = (Sql::call("yearofweekiso", [day.clone()]), Sql::call("weekiso", [day]));
        Ok(self.joined(vec![self.digits(year, 4), Sql::Text("-W".to_owned()), self.digits(week, 2)]))
    }

    // A quotient is rounded to some places here.
    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        remainder_off(n, by)
    }

    fn to_whole(&self, n: Sql) -> Sql {
        whole_by_64_bits(n, "TRY_CAST(CAST({} AS VARCHAR) AS NUMBER(38, 0))")
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        sum_in_parts(self, n, small)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS NUMBER(30, 0)) * 0.0001 AS NUMBER(19, 4))", [whole])
    }

    fn ten_thousandths(&self, money: Sql) -> Sql {
        money.times(Sql::Int(10_000)).cast(Type::Huge)
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Result<Sql, Lacks> {
        let way = if last { " DESC" } else { "" };
        let keys: Vec<String> = order.iter().map(|_| format!("{{}}{way}")).collect();
        let mut args = vec![value];
        args.extend(order);
        // What is NULL does not come into the list.
        Ok(Sql::form(&format!("array_agg({{}}) WITHIN GROUP (ORDER BY {})[0]", keys.join(", ")), args))
    }

    // An item of a list is of any type.
    fn first_is_loose(&self) -> bool {
        true
    }
}
