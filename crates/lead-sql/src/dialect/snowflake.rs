//! Snowflake.

use super::shared::{converted, dateadd, dateadd_moved, datediff, escaped, ordered, week_of};
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

    fn has_filter(&self) -> bool {
        false
    }

    fn now(&self) -> Sql {
        Sql::form("SYSDATE()", [])
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
                let text = "array_contains(\nCAST({} AS VARIANT),\ntransform({}, x -> {})\r)";
                Sql::form(text, [item, list, folded])
            }
        })
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("array_size", [list])
    }

    fn local(&self, time: Sql, zone: &str) -> Sql {
        converted(time, zone)
    }

    fn moved(&self, time: Sql, by: Shift) -> Sql {
        dateadd_moved(time, by)
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        dateadd("day", days, day)
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        dateadd("microsecond", micros, time)
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        datediff("microsecond", from, to)
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        datediff("day", from, to)
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(week_of(self, Sql::call("yearofweekiso", [day.clone()]), Sql::call("weekiso", [day])))
    }

    fn long_decimal(&self) -> &'static str {
        "TRY_CAST(CAST({} AS VARCHAR) AS NUMBER(38, 0))"
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS NUMBER(30, 0)) * 0.0001 AS NUMBER(19, 4))", [whole])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        // What is NULL does not come into the list.
        Some(ordered("array_agg({})\nWITHIN GROUP (ORDER BY {ORDER})[0]", value, order, last))
    }

    // An item of a list is of any type.
    fn first_is_loose(&self) -> bool {
        true
    }
}
