//! Trino.

use super::shared::{beside_extreme, type_name, week_of};
use super::{Dialect, Fold, Lacks};
use crate::ir::{Sql, Type};
use crate::regex;

/// Trino 450 and later.
pub struct Trino;

impl Dialect for Trino {
    fn name(&self) -> &'static str {
        "trino"
    }

    fn title(&self) -> &'static str {
        "Trino"
    }

    // Times are to the millisecond unless they are told not to be.
    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Time => "TIMESTAMP(6)",
            other => type_name(other),
        }
    }

    fn long(&self, n: i128) -> String {
        format!("DECIMAL '{n}'")
    }

    fn now(&self) -> Sql {
        Sql::form("CURRENT_TIMESTAMP AT TIME ZONE 'UTC'", [])
    }

    // One letter becomes one letter here.
    fn odd_letters(&self) -> &'static [(&'static str, &'static str)] {
        &[("İ", "i̇")]
    }

    fn ends_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::compare(Sql::form("substr({}, -length({}))", [text, part.clone()]), "=", part)
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::call("regexp_like", [text, Sql::Text(regex::java(pattern)?)]))
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::form("filter({}, x -> x IS NOT NULL)", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::call("contains", [list, item]),
            Fold::Case => {
                let folded = self.lower(Sql::form("trim(x)", []));
                Sql::form("any_match({}, x -> {} = {})", [list, folded, item])
            }
        })
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("cardinality", [list])
    }

    fn local(&self, time: Sql, zone: &str) -> Sql {
        let zone = Sql::Text(zone.to_owned());
        Sql::form("at_timezone(\nwith_timezone({}, 'UTC'),\n{}\r)", [time, zone]).cast(Type::Time)
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::form("date_add('day', {}, {})", [days, day])
    }

    // Intervals are whole milliseconds here.
    fn later(&self, time: Sql, micros: Sql) -> Sql {
        let nanos = Sql::form("(\n{}\r) * 1000", [self.micros(time).plus(micros)]);
        Sql::form("from_unixtime_nanos({}) AT TIME ZONE 'UTC'", [nanos]).cast(Type::Time)
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("({}\n- {})", [self.micros(to), self.micros(from)])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("date_diff", [Sql::Text("day".to_owned()), from, to])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(week_of(self, Sql::call("year_of_week", [day.clone()]), Sql::call("week", [day])))
    }

    fn truncated(&self, n: Sql) -> Sql {
        Sql::call("truncate", [n])
    }

    fn small_to_whole(&self, n: Sql) -> Sql {
        Sql::form("TRY_CAST({} AS BIGINT)", [self.rounded_even(n)]).cast(Type::Huge)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS DECIMAL(30, 0)) * DECIMAL '0.0001' AS DECIMAL(19, 4))", [whole])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        Some(beside_extreme(value, "ROW", order, last))
    }
}

impl Trino {
    /// Microseconds since 1970. A float of seconds holds them until 2255.
    fn micros(&self, time: Sql) -> Sql {
        Sql::form("CAST(round(\nto_unixtime(with_timezone({}, 'UTC')) * 1e6\r) AS BIGINT)", [time])
    }
}
