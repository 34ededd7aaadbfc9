//! BigQuery.

use super::shared::{escaped, sum_in_parts, whole_by_64_bits};
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

    fn recursive_union_is_distinct(&self) -> bool {
        false
    }

    fn has_filter(&self) -> bool {
        false
    }

    fn now(&self) -> Sql {
        Sql::form("CURRENT_DATETIME('UTC')", [])
    }

    fn lower(&self, text: Sql) -> Sql {
        Sql::form("lower(replace(replace({}, 'Σ', 'σ'), 'İ', 'i̇'))", [text])
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::call("regexp_contains", [text, Sql::Text(regex::re2(pattern)?)]))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        let places = vec!["{}"; items.len()].join(", ");
        Sql::form(&format!("[{places}]"), items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::form("ARRAY(SELECT x FROM UNNEST({}) AS x WHERE x IS NOT NULL)", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        let value = match fold {
            Fold::Exact => Sql::form("x", []),
            Fold::Case => self.lower(Sql::form("trim(x)", [])),
        };
        Ok(Sql::form("EXISTS (SELECT 1 FROM UNNEST({}) AS x WHERE {} = {})", [list, value, item]))
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

    fn reads_local_times(&self) -> bool {
        false
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
        Sql::form("DATETIME_ADD({}, INTERVAL {} MICROSECOND)", [time, micros])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("DATETIME_DIFF({}, {}, MICROSECOND)", [to, from])
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

    fn to_whole(&self, n: Sql) -> Sql {
        whole_by_64_bits(n, "SAFE_CAST({} AS BIGNUMERIC)")
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        sum_in_parts(self, n, small)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS BIGNUMERIC) / 10000 AS NUMERIC)", [whole])
    }

    fn ten_thousandths(&self, money: Sql) -> Sql {
        money.times(Sql::Int(10_000)).cast(Type::Huge)
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Result<Sql, Lacks> {
        let way = if last { " DESC" } else { "" };
        let keys: Vec<String> = order.iter().map(|_| format!("{{}}{way}")).collect();
        let mut args = vec![value];
        args.extend(order);
        let text = format!("array_agg({{}} IGNORE NULLS ORDER BY {} LIMIT 1)[SAFE_OFFSET(0)]", keys.join(", "));
        Ok(Sql::form(&text, args))
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
