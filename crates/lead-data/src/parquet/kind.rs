//! What the values of a column of a Parquet file are.

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use ::parquet::schema::types::Type;

/// What the values of a column are, whatever they are stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Flag,
    Int,
    /// Numbers of 64 bits without a sign.
    Unsigned,
    /// Floats of 32 bits.
    Single,
    Double,
    /// Digits behind the point.
    Decimal(u32),
    /// Days since 1970.
    Date,
    /// Moments, or local times.
    Moment {
        unit: Unit,
        utc: bool,
    },
    /// Times of a day.
    Clock(Unit),
    Text,
    Uuid,
}

/// How many of them are a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Milli,
    Micro,
    Nano,
}

impl Unit {
    /// As microseconds, rounded down.
    #[inline]
    pub fn micros(self, value: i64) -> Option<i64> {
        match self {
            Unit::Milli => value.checked_mul(1000),
            Unit::Micro => Some(value),
            Unit::Nano => Some(value.div_euclid(1000)),
        }
    }

    fn of(unit: TimeUnit) -> Unit {
        match unit {
            TimeUnit::MILLIS => Unit::Milli,
            TimeUnit::MICROS => Unit::Micro,
            TimeUnit::NANOS => Unit::Nano,
        }
    }
}

impl Kind {
    /// The kind of a column without parts, if it is one that can be read.
    ///
    /// What the annotations mean: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md>
    pub fn of(ty: &Type) -> Option<Kind> {
        let Type::PrimitiveType { basic_info, physical_type, scale, precision, type_length, .. } = ty else {
            return None;
        };
        let (logical, converted) = (basic_info.logical_type_ref(), basic_info.converted_type());
        if let Some(LogicalType::Decimal(decimal)) = logical {
            return decimal_of(decimal.scale, decimal.precision, *type_length);
        }
        if logical.is_none() && converted == ConvertedType::DECIMAL {
            return decimal_of(*scale, *precision, *type_length);
        }
        Some(match physical_type {
            Physical::BOOLEAN => Kind::Flag,
            Physical::INT32 => match (logical, converted) {
                (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Kind::Date,
                (Some(LogicalType::Time(time)), _) => Kind::Clock(Unit::of(time.unit)),
                (None, ConvertedType::TIME_MILLIS) => Kind::Clock(Unit::Milli),
                _ => Kind::Int,
            },
            Physical::INT64 => match (logical, converted) {
                (Some(LogicalType::Timestamp(time)), _) => {
                    Kind::Moment { unit: Unit::of(time.unit), utc: time.is_adjusted_to_u_t_c }
                }
                (None, ConvertedType::TIMESTAMP_MILLIS) => Kind::Moment { unit: Unit::Milli, utc: true },
                (None, ConvertedType::TIMESTAMP_MICROS) => Kind::Moment { unit: Unit::Micro, utc: true },
                (Some(LogicalType::Time(time)), _) => Kind::Clock(Unit::of(time.unit)),
                (None, ConvertedType::TIME_MICROS) => Kind::Clock(Unit::Micro),
                (Some(LogicalType::Integer(int)), _) if !int.is_signed => Kind::Unsigned,
                (None, ConvertedType::UINT_64) => Kind::Unsigned,
                _ => Kind::Int,
            },
            // The old way to write times, without a word on the zone.
            Physical::INT96 => Kind::Moment { unit: Unit::Micro, utc: false },
            Physical::FLOAT => Kind::Single,
            Physical::DOUBLE => Kind::Double,
            Physical::BYTE_ARRAY => Kind::Text,
            Physical::FIXED_LEN_BYTE_ARRAY => match (logical, converted) {
                (Some(LogicalType::Uuid), _) => Kind::Uuid,
                (None, ConvertedType::NONE) => Kind::Text,
                _ => return None,
            },
        })
    }

    /// Whether numbers of 32 bits have no sign.
    pub fn is_unsigned(ty: &Type) -> bool {
        let info = ty.get_basic_info();
        match info.logical_type_ref() {
            Some(LogicalType::Integer(int)) => !int.is_signed,
            _ => {
                matches!(info.converted_type(), ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32)
            }
        }
    }

    /// Whether values stand in JSON without quotes.
    pub fn is_bare(self) -> bool {
        matches!(self, Kind::Flag | Kind::Int | Kind::Unsigned | Kind::Single | Kind::Double | Kind::Decimal(_))
    }
}

fn decimal_of(scale: i32, precision: i32, length: i32) -> Option<Kind> {
    // What 16 bytes hold.
    const DIGITS: i32 = 38;
    let fits = precision <= DIGITS && length <= size_of::<i128>() as i32;
    u32::try_from(scale).ok().filter(|_| fits).map(Kind::Decimal)
}
