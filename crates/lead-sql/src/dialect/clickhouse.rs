//! ClickHouse.

use super::shared::{backticked, bracketed, escaped, half_away};
use super::{Dialect, Fold, Lacks, Unit};
use crate::ir::{Sql, Type};
use crate::regex;

/// ClickHouse 25.8 and later.
pub struct ClickHouse;

impl Dialect for ClickHouse {
    fn name(&self) -> &'static str {
        "clickhouse"
    }

    fn title(&self) -> &'static str {
        "ClickHouse"
    }

    fn quoted(&self, name: &str) -> String {
        backticked(&name.replace('\\', "\\\\"))
    }

    fn text(&self, text: &str) -> String {
        escaped(text)
    }

    // A type holds NULL only where it says so.
    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Bool => "Nullable(Bool)",
            Type::Int => "Nullable(Int64)",
            Type::Huge => "Nullable(Int128)",
            Type::Double => "Nullable(Float64)",
            Type::Money => "Nullable(Decimal(19, 4))",
            Type::Text => "Nullable(String)",
            Type::Date => "Nullable(Date32)",
            Type::Time => "Nullable(DateTime64(6, 'UTC'))",
        }
    }

    // A number with digits behind the point is a float here.
    fn money(&self, m: i64) -> String {
        let digits = crate::print::money(m);
        if digits.contains('.') { format!("toDecimal128('{digits}', 4)") } else { digits }
    }

    fn date(&self, days: i32) -> String {
        format!("toDate32('{}')", lead_plan::calendar::date_of_days(days))
    }

    fn time(&self, micros: i64) -> String {
        format!("toDateTime64('{}', 6, 'UTC')", super::time_text(micros))
    }

    // Rows without a partner are filled with zeros, names of results stand for columns, days before 1970 become others, the least of no
    // constants is 0, and the last digit of a float that is read may be another, where statements do not ask for less.
    fn ending(&self) -> &'static str {
        "\nSETTINGS join_use_nulls = 1, prefer_column_name_to_alias = 1,\n    enable_extended_results_for_datetime_functions = 1, aggregate_functions_null_for_empty = 1, precise_float_parsing = 1"
    }

    fn has_stars(&self) -> bool {
        false
    }

    // `contact.id` may be a part of a column `contact` here.
    fn alias(&self, relation: &str) -> String {
        format!("{relation}_row")
    }

    fn now(&self) -> Sql {
        Sql::form("now64(6, 'UTC')", [])
    }

    // A capital sigma at the end of a word becomes a letter of its own here.
    fn lower(&self, text: Sql) -> Sql {
        Sql::form("lowerUTF8(replaceAll({}, 'Σ', 'σ'))", [text])
    }

    fn contains(&self, text: Sql, part: Sql) -> Sql {
        Sql::compare(Sql::call("position", [text, part]), ">", Sql::Int(0))
    }

    fn starts_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("startsWith", [text, part])
    }

    fn ends_with(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("endsWith", [text, part])
    }

    fn length(&self, text: Sql) -> Sql {
        Sql::form("toInt64(lengthUTF8({}))", [text])
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::call("match", [text, Sql::Text(regex::re2(pattern)?)]))
    }

    fn digits(&self, n: Sql, at_least: u8) -> Sql {
        Sql::call("leftPad", [n.cast(Type::Text), Sql::Int(i128::from(at_least)), Sql::Text("0".to_owned())])
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        bracketed(items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::form("arrayFilter(x -> x IS NOT NULL, {})", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::call("has", [list, item]),
            Fold::Case => {
                let folded = self.lower(Sql::form("trim(x)", []));
                Sql::form("has(arrayMap(x -> {}, {}), {})", [folded, list, item])
            }
        })
    }

    // A list is never NULL here: an empty one is unknown.
    fn list_known(&self, list: Sql) -> Sql {
        Sql::call("notEmpty", [list])
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::form("nullIf(toInt64(length({})), 0)", [list])
    }

    // A zone belongs to a type here, and not to a time: local times are those of UTC, moved.
    fn local(&self, time: Sql, zone: &str) -> Sql {
        let ahead = Sql::form(&format!("timeZoneOffset(toTimeZone({{}}, {}))", self.text(zone)), [time.clone()]);
        Sql::call("addSeconds", [time, ahead])
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::call("addDays", [day, days.cast(Type::Int)])
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::call("addMicroseconds", [time, micros])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("dateDiff", [Sql::Text("microsecond".to_owned()), from, to])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("dateDiff", [Sql::Text("day".to_owned()), from, to])
    }

    fn unit_start(&self, day: Sql, unit: Unit) -> Sql {
        let name = match unit {
            Unit::Week => "toMonday",
            Unit::Month => "toStartOfMonth",
            Unit::Quarter => "toStartOfQuarter",
            Unit::Year => "toStartOfYear",
        };
        Sql::call(name, [day])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("formatDateTime", [day, Sql::Text("%G-W%V".to_owned())]))
    }

    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        Sql::call("intDivOrNull", [n, by])
    }

    // `round` takes the even one of two that are as near.
    fn rounded(&self, n: Sql) -> Sql {
        half_away(n)
    }

    fn to_whole(&self, n: Sql) -> Sql {
        Sql::call("if", [n.clone().is_null(), Sql::Null, exactly(n, "toInt128")])
    }

    fn small_to_whole(&self, n: Sql) -> Sql {
        whole(n, &|n| Sql::call("round", [n]), Type::Huge)
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        let step = || Sql::Double(18_446_744_073_709_551_616.0);
        let total = |n: Sql| Sql::call("sum", [exactly(n.times(step()), "toInt256")]).or_else(Sql::Int(0));
        if small {
            return self.float_of(total(n)).over(step());
        }
        let limit = || Sql::Double(4_611_686_018_427_387_904.0);
        let size = Sql::call("abs", [n.clone()]);
        let kept = total(Sql::when(Sql::compare(size.clone(), "<", limit()), n, None));
        let large = Sql::compare(Sql::call("max", [size]), ">=", limit());
        let most = Sql::form("toInt256('170141183460469231731687303715884105727')", []);
        let most = Sql::compare(Sql::call("abs", [kept.clone()]), ">=", most);
        let sum = self.float_of(kept).over(step());
        Sql::Case(vec![(large, Sql::Null), (most, Sql::Null)], Some(Box::new(sum)))
    }

    fn whole_sum(&self, n: Sql) -> Sql {
        Sql::form("toInt128({})", [Sql::call("sum", [n]).or_else(Sql::Int(0))])
    }

    fn float_of(&self, n: Sql) -> Sql {
        n.cast(Type::Text).cast(Type::Double)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        let whole = whole.cast(Type::Int);
        Sql::form("CAST(CAST({} AS Nullable(Decimal(38, 4))) / 10000 AS Nullable(Decimal(19, 4)))", [whole])
    }

    // Counts have no sign, and nothing is taken from numbers without one.
    fn count(&self) -> Sql {
        Sql::form("toInt64({})", [Sql::form("count(*)", [])])
    }

    fn count_distinct(&self, value: Sql) -> Sql {
        Sql::form("toInt64({})", [Sql::call("uniqExact", [value])])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        let name = if last { "argMax" } else { "argMin" };
        let keys = Sql::form(&format!("tuple({})", vec!["{}"; order.len()].join(", ")), order);
        Some(Sql::call(name, [value, keys]))
    }

    fn extreme_yes_no(&self, value: Sql, greatest: bool) -> Sql {
        Sql::call(if greatest { "max" } else { "min" }, [value])
    }
}

/// A float as a whole number of more than 64 bits, half to even; 0 of what is not finite and of NULL, behind which such may stand. A float of
/// more than 64 bits is taken in two parts: the engine's own cast is a few off there.
fn exactly(n: Sql, cast: &str) -> Sql {
    let form = format!(
        "arrayMap(\nx -> {cast}(trunc(x / 1.8446744073709552e19)) * {cast}('18446744073709551616')\n\
         + {cast}(x - trunc(x / 1.8446744073709552e19) * 1.8446744073709552e19),\n\
         arrayMap(x -> if(isFinite(x), round(x), 0), [{{}}])\r)[1]"
    );
    Sql::form(&form, [n])
}

/// A float as a whole number. What is not finite is an error even where it is not asked for, and what stands behind a NULL may be such.
fn whole(n: Sql, rounded: &dyn Fn(Sql) -> Sql, ty: Type) -> Sql {
    let finite = Sql::call("if", [Sql::call("isFinite", [n.clone()]), rounded(n.clone()), Sql::Int(0)]);
    Sql::call("if", [n.is_null(), Sql::Null, finite.cast(ty)])
}
