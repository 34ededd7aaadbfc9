//! Spark SQL.

use super::shared::{backticked, beside_extreme, converted, escaped, type_name, week_of};
use super::{Dialect, Fold, Lacks};
use crate::ir::{Sql, Tight, Type};
use crate::regex;

/// Spark 4.0 and later, as it comes: with `spark.sql.ansi.enabled`.
pub struct Spark {
    /// As on the command line.
    pub name: &'static str,
    /// As its makers write it.
    pub title: &'static str,
}

/// Spark itself.
pub const SPARK: Spark = Spark { name: "spark", title: "Spark" };

impl Dialect for Spark {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn quoted(&self, name: &str) -> String {
        backticked(name)
    }

    fn text(&self, text: &str) -> String {
        escaped(text)
    }

    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Text => "STRING",
            Type::Time => "TIMESTAMP_NTZ",
            other => type_name(other),
        }
    }

    fn time(&self, micros: i64) -> String {
        format!("TIMESTAMP_NTZ '{}'", super::time_text(micros))
    }

    fn now(&self) -> Sql {
        Sql::form("convert_timezone('UTC', CAST(current_timestamp() AS TIMESTAMP_NTZ))", [])
    }

    // A capital sigma at the end of a word becomes a letter of its own here.
    fn odd_letters(&self) -> &'static [(&'static str, &'static str)] {
        &[("Σ", "σ")]
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
        Ok(Sql::compare(text, "RLIKE", Sql::Text(regex::java(pattern)?)))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        Sql::call("array", items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::call("array_compact", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::call("array_contains", [list, item]),
            Fold::Case => {
                let folded = self.lower(Sql::form("trim(x)", []));
                Sql::form("exists({}, x -> {} = {})", [list, folded, item])
            }
        })
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("size", [list])
    }

    fn local(&self, time: Sql, zone: &str) -> Sql {
        converted(time, zone)
    }

    // The clock that Spark uses moves times that do not exist forward, and takes the earlier of two.
    fn instant_tries(&self, _local: &Sql, _zone: &str) -> Vec<(&'static str, Sql)> {
        Vec::new()
    }

    fn instant_of(&self, local: Sql, _tries: &[Sql], zone: &str) -> Sql {
        Sql::call("convert_timezone", [Sql::Text(zone.to_owned()), Sql::Text("UTC".to_owned()), local])
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::form("date_add({}, CAST({} AS INT))", [day, days])
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::form("timestampadd(MICROSECOND, {}, {})", [micros, time])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("timestampdiff(MICROSECOND, {}, {})", [from, to])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("datediff", [to, from])
    }

    fn unit_start(&self, day: Sql, unit: super::Unit) -> Sql {
        Sql::call("trunc", [day, Sql::Text(unit.word().to_owned())])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        let part = |part: &str| Sql::form(&format!("extract({part} FROM {{}})"), [day.clone()]);
        Ok(week_of(self, part("YEAROFWEEK"), part("WEEK")))
    }

    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        Sql::Infix(Tight::Multiply, "DIV", vec![n, by])
    }

    fn truncated(&self, n: Sql) -> Sql {
        n.cast(Type::Int).cast(Type::Double)
    }

    fn rounded_even(&self, n: Sql) -> Sql {
        Sql::call("rint", [n])
    }

    fn small_to_whole(&self, n: Sql) -> Sql {
        Sql::form("try_cast({} AS BIGINT)", [self.rounded_even(n)]).cast(Type::Huge)
    }

    // `sign` gives a float here.
    fn sign(&self, n: Sql) -> Sql {
        Sql::call("sign", [n]).cast(Type::Int)
    }

    // A float becomes a decimal by its shortest digits, and a whole number of 64 bits by all of them: two of those hold what is larger.
    fn long_decimal(&self) -> &'static str {
        "transform(\narray({}),\n\
         x -> CAST(try_cast((x - x % 4294967296D) / 4294967296D AS BIGINT) AS DECIMAL(38, 0)) * 4294967296\n\
         + try_cast(x % 4294967296D AS BIGINT)\r)[0]"
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST({} * 0.0001 AS DECIMAL(19, 4))", [whole.cast(Type::Huge)])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        Some(beside_extreme(value, "struct", order, last))
    }
}
