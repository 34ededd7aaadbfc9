//! Redshift: as PostgreSQL was when the two parted.

use super::shared::{dateadd, dateadd_moved, datediff, escaped};
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

    fn has_filter(&self) -> bool {
        false
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

    // `TRUE`: items that are NULL are like any other that does not match. Small letters are made of the text of a whole list.
    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        let list = match fold {
            Fold::Exact => list,
            Fold::Case => Sql::call("json_parse", [self.lower(Sql::call("json_serialize", [list]))]),
        };
        Ok(Sql::form("array_contains({}, {}, TRUE)", [list, item]))
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("get_array_length", [list])
    }

    fn moved(&self, time: Sql, by: Shift) -> Sql {
        dateadd_moved(time, by)
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        dateadd("day", days, day).cast(Type::Date)
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        dateadd("microsecond", micros, time)
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        datediff("microsecond", from, to)
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("to_char", [day, Sql::Text("IYYY\"-W\"IW".to_owned())]))
    }

    fn long_decimal(&self) -> &'static str {
        "CAST({} AS decimal(38, 0))"
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS decimal(30, 0)) * 0.0001 AS decimal(19, 4))", [whole])
    }

    // Among the rows of a group there is no first one.
    fn first(&self, _value: Sql, _order: Vec<Sql>, _last: bool) -> Option<Sql> {
        None
    }
}
