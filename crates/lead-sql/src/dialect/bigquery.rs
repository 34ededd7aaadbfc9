//! BigQuery.

use super::shared::{bracketed, escaped, ordered};
use super::{DayPart, Dialect, Fold, Lacks, Shift, Unit};
use crate::ir::{Sql, Type};
use crate::regex;

/// BigQuery.
pub struct BigQuery;

impl Dialect for BigQuery {
    fn name(&self) -> &'static str {
        "bigquery"
    }

    fn title(&self) -> &'static str {
        "BigQuery"
    }

    fn quoted(&self, name: &str) -> String {
        format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
    }

    fn text(&self, text: &str) -> String {
        escaped(text)
    }

    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Bool => "BOOL",
            Type::Int => "INT64",
            Type::Huge => "BIGNUMERIC",
            Type::Double => "FLOAT64",
            Type::Money => "NUMERIC",
            Type::Text => "STRING",
            Type::Date => "DATE",
            Type::Time => "DATETIME",
        }
    }

    fn long(&self, n: i128) -> String {
        format!("BIGNUMERIC '{n}'")
    }

    // A number with digits behind the point is a float here.
    fn money(&self, m: i64) -> String {
        let digits = crate::print::money(m);
        if digits.contains('.') { format!("NUMERIC '{digits}'") } else { digits }
    }

    fn time(&self, micros: i64) -> String {
        format!("DATETIME '{}'", super::time_text(micros))
    }

    fn has_filter(&self) -> bool {
        false
    }

    fn now(&self) -> Sql {
        Sql::form("CURRENT_DATETIME('UTC')", [])
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::call("regexp_contains", [text, Sql::Text(regex::re2(pattern)?)]))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        bracketed(items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::form("ARRAY(SELECT x FROM UNNEST({}) AS x WHERE x IS NOT NULL)", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        let value = match fold {
            Fold::Exact => Sql::form("x", []),
            Fold::Case => self.lower(Sql::form("trim(x)", [])),
        };
        Ok(Sql::form("EXISTS (\nSELECT 1 FROM UNNEST({}) AS x\nWHERE {} = {}\r)", [list, value, item]))
    }

    // A list that is stored is never NULL here: an empty one is unknown.
    fn list_known(&self, list: Sql) -> Sql {
        Sql::compare(Sql::call("array_length", [list]), ">", Sql::Int(0))
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::form("nullif(array_length({}), 0)", [list])
    }

    fn local(&self, time: Sql, zone: &str) -> Sql {
        Sql::form("DATETIME(TIMESTAMP({}, 'UTC'), {})", [time, Sql::Text(zone.to_owned())])
    }

    fn moved(&self, time: Sql, by: Shift) -> Sql {
        shifted("DATETIME_ADD", time, by)
    }

    fn day_moved(&self, day: Sql, by: Shift) -> Sql {
        shifted("DATE_ADD", day, by)
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::form("DATE_ADD({}, INTERVAL {} DAY)", [day, days.cast(Type::Int)])
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::form("DATETIME_ADD(\n{},\nINTERVAL {} MICROSECOND\r)", [time, micros])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("DATETIME_DIFF(\n{},\n{},\nMICROSECOND\r)", [to, from])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("DATE_DIFF({}, {}, DAY)", [to, from])
    }

    fn unit_start(&self, day: Sql, unit: Unit) -> Sql {
        let unit = match unit {
            Unit::Week => "ISOWEEK",
            Unit::Month => "MONTH",
            Unit::Quarter => "QUARTER",
            Unit::Year => "YEAR",
        };
        Sql::form(&format!("DATE_TRUNC({{}}, {unit})"), [day])
    }

    fn day_part(&self, day: Sql, part: DayPart) -> Sql {
        let part = match part {
            DayPart::Month => "MONTH",
            DayPart::Year => "YEAR",
        };
        Sql::form(&format!("EXTRACT({part} FROM {{}})"), [day])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("FORMAT_DATE", [Sql::Text("%G-W%V".to_owned()), day]))
    }

    fn remainder(&self, n: Sql, by: i128) -> Sql {
        Sql::call("mod", [n, Sql::Int(by)])
    }

    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        Sql::call("div", [n, by])
    }

    fn long_decimal(&self) -> &'static str {
        "SAFE_CAST({} AS BIGNUMERIC)"
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS BIGNUMERIC) / 10000 AS NUMERIC)", [whole])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        Some(ordered("array_agg(\n{} IGNORE NULLS\nORDER BY {ORDER}\nLIMIT 1\r)[SAFE_OFFSET(0)]", value, order, last))
    }

    fn extreme_yes_no(&self, value: Sql, greatest: bool) -> Sql {
        Sql::call(if greatest { "logical_or" } else { "logical_and" }, [value])
    }
}

fn shifted(function: &str, time: Sql, by: Shift) -> Sql {
    let add = |time: Sql, n: i32, unit: &str| match n {
        0 => time,
        n => Sql::form(&format!("{function}({{}}, INTERVAL {n} {unit})"), [time]),
    };
    add(add(time, by.months, "MONTH"), by.days, "DAY")
}
