//! Trino.

use super::shared::{remainder_off, sum_in_parts, type_name, whole_by_64_bits};
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

    fn recursive_union_is_distinct(&self) -> bool {
        false
    }

    fn now(&self) -> Sql {
        Sql::form("CURRENT_TIMESTAMP AT TIME ZONE 'UTC'", [])
    }

    // One letter becomes one letter here.
    fn lower(&self, text: Sql) -> Sql {
        Sql::form("lower(replace({}, 'İ', 'i̇'))", [text])
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
        Sql::form("at_timezone(with_timezone({}, 'UTC'), {})", [time, zone]).cast(Type::Time)
    }

    fn reads_local_times(&self) -> bool {
        false
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::form("date_add('day', {}, {})", [days, day])
    }

    // Intervals are whole milliseconds here.
    fn later(&self, time: Sql, micros: Sql) -> Sql {
        let nanos = Sql::form("({}) * 1000", [self.micros(time).plus(micros)]);
        Sql::form("from_unixtime_nanos({}) AT TIME ZONE 'UTC'", [nanos]).cast(Type::Time)
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("({} - {})", [self.micros(to), self.micros(from)])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("date_diff", [Sql::Text("day".to_owned()), from, to])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        let (year, week) = (Sql::call("year_of_week", [day.clone()]), Sql::call("week", [day]));
        Ok(self.joined(vec![self.digits(year, 4), Sql::Text("-W".to_owned()), self.digits(week, 2)]))
    }

    // A quotient of decimals is rounded here.
    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        remainder_off(n, by)
    }

    fn truncated(&self, n: Sql) -> Sql {
        Sql::call("truncate", [n])
    }

    fn to_whole(&self, n: Sql) -> Sql {
        whole_by_64_bits(n, "TRY_CAST({} AS DECIMAL(38, 0))")
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        sum_in_parts(self, n, small)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST(CAST({} AS DECIMAL(30, 0)) * DECIMAL '0.0001' AS DECIMAL(19, 4))", [whole])
    }

    fn ten_thousandths(&self, money: Sql) -> Sql {
        money.times(Sql::Int(10_000)).cast(Type::Huge)
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Result<Sql, Lacks> {
        let name = if last { "max_by" } else { "min_by" };
        let known = value.clone().is_known();
        Ok(Sql::Filtered(Box::new(Sql::call(name, [value, Sql::call("ROW", order)])), vec![known]))
    }
}

impl Trino {
    /// Microseconds since 1970. A float of seconds holds them until 2255.
    fn micros(&self, time: Sql) -> Sql {
        Sql::form("CAST(round(to_unixtime(with_timezone({}, 'UTC')) * 1e6) AS BIGINT)", [time])
    }
}
