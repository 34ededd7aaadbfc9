//! Times and dates in the spellings of exports.

use jiff::fmt::strtime::BrokenDownTime;
use lead_hir::MONTHS;

use crate::parse::civil::{DAY, days};
use crate::parse::zone::{Stretch, Zone};
use crate::settings::Settings;

const SECOND: i64 = 1_000_000;

/// What comes first in `8/9/14`, where neither is over 12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DayOrder {
    #[default]
    MonthFirst,
    DayFirst,
}

/// Reads the times of one column.
#[derive(Clone, Debug)]
pub(crate) struct TimeReader {
    zone: Zone,
    formats: Vec<String>,
    order: DayOrder,
    /// The last day that was read: events come in order mostly.
    last: ([u8; 10], i32),
}

/// A time as written: a local day, microseconds of that day if there is a clock time, an offset in microseconds if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    day: i32,
    clock: Option<i64>,
    offset: Option<i64>,
}

/// Reads times as [`TimeReader::quick`] does, quicker where the next one is of the same day.
pub(crate) struct QuickTimes<'r> {
    reader: &'r mut TimeReader,
    /// The day of the last one and what stands behind it.
    day: [u8; 11],
    /// Where that day begins, in local microseconds.
    start: i64,
    stretch: Stretch,
}

impl QuickTimes<'_> {
    #[inline(always)]
    pub fn read(&mut self, cell: &[u8]) -> Option<i64> {
        if let Some((day, clock)) = cell.split_first_chunk::<11>()
            && let Ok(clock) = <[u8; 8]>::try_from(clock)
            && *day == self.day
            && let Some(seconds) = seconds(clock)
        {
            let local = self.start + i64::from(seconds) * SECOND;
            if let Some(moment) = self.stretch.moment(local) {
                return Some(moment);
            }
        }
        self.read_of_another_day(cell)
    }

    #[inline(never)]
    fn read_of_another_day(&mut self, cell: &[u8]) -> Option<i64> {
        let moment = self.reader.quick(cell)?;
        if let (Some(day), 19) = (cell.first_chunk(), cell.len()) {
            self.day = *day;
            self.start = i64::from(self.reader.last.1) * DAY;
            self.stretch = self.reader.zone.stretch();
        }
        Some(moment)
    }
}

impl TimeReader {
    pub fn new(settings: &Settings, order: DayOrder) -> TimeReader {
        TimeReader {
            zone: Zone::new(settings.zone.clone()),
            formats: settings.formats.clone(),
            order,
            last: ([0; 10], 0),
        }
    }

    /// A moment in microseconds; a date is its first moment.
    #[inline]
    pub fn time(&mut self, text: &str) -> Option<i64> {
        self.quick(text.as_bytes()).or_else(|| self.time_by_any_way(text))
    }

    /// The same for `YYYY-MM-DD hh:mm:ss`, without or with a `Z` behind it, where nothing else stands in the cell.
    #[inline]
    pub fn quick(&mut self, cell: &[u8]) -> Option<i64> {
        if !self.formats.is_empty() {
            return None;
        }
        match iso(cell, &mut self.last)? {
            (local, b"") => Some(self.zone.moment(local)),
            (local, b"Z") => Some(local),
            _ => None,
        }
    }

    /// To read many times one after the other.
    pub fn quickly(&mut self) -> QuickTimes<'_> {
        QuickTimes { reader: self, day: [0; 11], start: 0, stretch: Stretch::default() }
    }

    fn time_by_any_way(&mut self, text: &str) -> Option<i64> {
        if let Some(found) = self.by_formats(text) {
            return Some(self.moment(found));
        }
        if let Some(moment) = epoch(text) {
            return Some(moment);
        }
        written(text, self.order).map(|w| self.moment(w))
    }

    /// A day since 1970; of a time, the local one.
    pub fn date(&mut self, text: &str) -> Option<i32> {
        if self.formats.is_empty()
            && text.len() == 10
            && let Some(day) = iso_day(text.as_bytes())
        {
            return Some(day);
        }
        if let Some(moment) = self.by_formats(text).is_none().then(|| epoch(text)).flatten() {
            return Some(self.zone.day(moment));
        }
        let found = self.by_formats(text).or_else(|| written(text, self.order))?;
        Some(match found.offset {
            Some(_) => self.zone.day(self.moment_of(found)),
            None => found.day,
        })
    }

    /// The local day of a moment.
    pub fn day_of(&self, moment: i64) -> i32 {
        self.zone.day(moment)
    }

    /// The first moment of a day.
    pub fn start_of(&mut self, day: i32) -> i64 {
        self.zone.moment(i64::from(day) * DAY)
    }

    /// The moment of a local time in microseconds as if it were UTC.
    pub fn local(&mut self, micros: i64) -> i64 {
        self.zone.moment(micros)
    }

    fn moment(&mut self, w: Written) -> i64 {
        match w.offset {
            Some(_) => self.moment_of(w),
            None => self.zone.moment(i64::from(w.day) * DAY + w.clock.unwrap_or(0)),
        }
    }

    fn moment_of(&self, w: Written) -> i64 {
        i64::from(w.day) * DAY + w.clock.unwrap_or(0) - w.offset.unwrap_or(0)
    }

    fn by_formats(&self, text: &str) -> Option<Written> {
        self.formats.iter().find_map(|format| {
            let parts = BrokenDownTime::parse(format, text).ok()?;
            if let Some(offset) = parts.offset()
                && let Ok(moment) = parts.to_timestamp()
            {
                let offset = i64::from(offset.seconds()) * SECOND;
                let local = moment.as_microsecond() + offset;
                return Some(Written {
                    day: local.div_euclid(DAY) as i32,
                    clock: Some(local.rem_euclid(DAY)),
                    offset: Some(offset),
                });
            }
            let date = parts.to_date().ok()?;
            let clock = parts.hour().is_some().then(|| parts.to_time().ok()).flatten().map(|t| {
                (i64::from(t.hour()) * 3600 + i64::from(t.minute()) * 60 + i64::from(t.second())) * SECOND
                    + i64::from(t.subsec_nanosecond()) / 1000
            });
            let day = days(date.year().into(), date.month() as u32, date.day() as u32)?;
            Some(Written { day, clock, offset: None })
        })
    }
}

/// Two digits at `i`.
#[inline(always)]
fn two(b: &[u8], i: usize) -> Option<u32> {
    let (a, c) = (b[i].wrapping_sub(b'0'), b[i + 1].wrapping_sub(b'0'));
    (a < 10 && c < 10).then(|| u32::from(a) * 10 + u32::from(c))
}

/// `YYYY-MM-DD` at the start.
#[inline(always)]
fn iso_day(b: &[u8]) -> Option<i32> {
    if b.len() < 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    days((two(b, 0)? * 100 + two(b, 2)?) as i32, two(b, 5)?, two(b, 8)?)
}

/// `hh:mm:ss` in seconds; all signs are looked at together.
#[inline(always)]
fn seconds(written: [u8; 8]) -> Option<u32> {
    // Digits become 0 to 9, colons 0.
    let signs = u64::from_le_bytes(written) ^ 0x3030_3a30_303a_3030;
    // The highest bit of a byte is set where a digit is 10 or more, or a colon not 0.
    if ((signs.wrapping_add(0x7676_7f76_767f_7676)) | signs) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    // Each byte ten times, and the next one.
    let pairs = signs * 10 + (signs >> 8);
    let (h, m, s) = (pairs as u8, (pairs >> 24) as u8, (pairs >> 48) as u8);
    (h < 24 && m < 60 && s < 60).then_some(u32::from(h) * 3600 + u32::from(m) * 60 + u32::from(s))
}

/// `YYYY-MM-DD hh:mm:ss` at the start: local microseconds, and what follows.
#[inline(always)]
fn iso<'b>(b: &'b [u8], last: &mut ([u8; 10], i32)) -> Option<(i64, &'b [u8])> {
    let (written, rest) = b.split_first_chunk::<10>()?;
    let ([between], rest) = rest.split_first_chunk::<1>()?;
    let (clock, rest) = rest.split_first_chunk::<8>()?;
    if *between != b' ' && *between != b'T' {
        return None;
    }
    if *written != last.0 {
        *last = (*written, iso_day(b)?);
    }
    Some((i64::from(last.1) * DAY + i64::from(seconds(*clock)?) * SECOND, rest))
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn epoch(text: &str) -> Option<i64> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().all(|b| b.is_ascii_digit()) || !places.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if whole.len() == 12 && compact(whole.as_bytes()).is_some() {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let scale = match whole.len() {
        9 | 10 => SECOND,
        12 | 13 => 1000,
        15 | 16 => 1,
        18 | 19 => return Some(value / 1000),
        _ => return None,
    };
    let fraction = if places.is_empty() { 0.0 } else { format!("0.{places}").parse::<f64>().ok()? };
    value.checked_mul(scale)?.checked_add((fraction * scale as f64).round() as i64)
}

/// `YYYYMMDD`, with `hhmm` or `hhmmss` perhaps, `T` between them perhaps.
fn compact(b: &[u8]) -> Option<Written> {
    let digits: Vec<u8> = b.iter().copied().filter(|c| *c != b'T').collect();
    if !digits.iter().all(u8::is_ascii_digit) || !matches!(digits.len(), 8 | 12 | 14) || !(b"12".contains(&digits[0])) {
        return None;
    }
    if b.contains(&b'T') && b.get(8) != Some(&b'T') {
        return None;
    }
    let year = (two(&digits, 0)? * 100 + two(&digits, 2)?) as i32;
    let day = (1800..2300).contains(&year).then(|| days(year, two(&digits, 4)?, two(&digits, 6)?)).flatten()?;
    let clock = if digits.len() > 8 {
        let s = if digits.len() == 14 { two(&digits, 12)? } else { 0 };
        Some(clock(two(&digits, 8)?, two(&digits, 10)?, s)?)
    } else {
        None
    };
    Some(Written { day, clock, offset: None })
}

fn clock(h: u32, m: u32, s: u32) -> Option<i64> {
    // A leap second is the last moment before the next minute.
    (h < 24 && m < 60 && s < 61).then(|| i64::from(h * 3600 + m * 60 + s.min(59)) * SECOND)
}

/// Signs of a text, taken from the front.
struct Signs<'a>(&'a [u8]);

impl Signs<'_> {
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let n = self.0.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        if n == 0 || self.0.get(n).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let value = self.0[..n].iter().fold(0, |v, b| v * 10 + u32::from(b - b'0'));
        self.0 = &self.0[n..];
        Some((value, n))
    }

    fn sign(&mut self, wanted: u8) -> bool {
        let there = self.0.first() == Some(&wanted);
        if there {
            self.0 = &self.0[1..];
        }
        there
    }

    fn blanks(&mut self) -> bool {
        let n = self.0.iter().take_while(|b| **b == b' ').count();
        self.0 = &self.0[n..];
        n > 0
    }

    fn word(&mut self) -> &[u8] {
        let n = self.0.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = &self.0[..n];
        self.0 = &self.0[n..];
        word
    }
}

/// Any of the common spellings.
fn written(text: &str, order: DayOrder) -> Option<Written> {
    if let Some(found) = compact(text.as_bytes()) {
        return Some(found);
    }
    let mut signs = Signs(text.as_bytes());
    let day = day_part(&mut signs, order)?;
    if signs.0.is_empty() {
        return Some(Written { day, clock: None, offset: None });
    }
    let comma = signs.sign(b',');
    let blanks = signs.blanks();
    if signs.0.len() > 3 && signs.0[..3].eq_ignore_ascii_case(b"at ") {
        signs.0 = &signs.0[3..];
    } else if !(signs.sign(b'T') || signs.sign(b't') || comma || blanks) {
        return None;
    }
    signs.blanks();
    let clock = clock_part(&mut signs)?;
    let offset = offset_part(&mut signs)?;
    signs.0.is_empty().then_some(Written { day, clock: Some(clock), offset })
}

fn day_part(signs: &mut Signs, order: DayOrder) -> Option<i32> {
    if signs.0.first().is_some_and(u8::is_ascii_alphabetic) {
        // `Mar 31, 2026`, perhaps behind a weekday.
        let mut month = month(signs.word());
        if month.is_none() {
            signs.sign(b',');
            signs.blanks();
            if signs.0.first().is_some_and(u8::is_ascii_digit) {
                return day_part(signs, order);
            }
            month = self::month(signs.word());
        }
        signs.sign(b'.');
        signs.blanks();
        let (day, _) = signs.number(2)?;
        signs.sign(b',');
        signs.blanks();
        let (year, digits) = signs.number(4)?;
        return days(full_year(year, digits)?, month?, day);
    }
    let (first, length) = signs.number(4)?;
    let mark = *signs.0.first()?;
    if mark == b' ' || mark == b'-' && signs.0.get(1).is_some_and(u8::is_ascii_alphabetic) {
        // `31 Mar 2026`, `31-Mar-26`
        signs.0 = &signs.0[1..];
        let month = month(signs.word())?;
        signs.sign(b'.');
        signs.sign(b',');
        if !signs.blanks() && !signs.sign(b'-') {
            return None;
        }
        let (year, digits) = signs.number(4)?;
        return days(full_year(year, digits)?, month, first);
    }
    if !matches!(mark, b'-' | b'/' | b'.') {
        return None;
    }
    signs.0 = &signs.0[1..];
    let (second, _) = signs.number(2)?;
    if !signs.sign(mark) {
        return None;
    }
    if length == 4 {
        return days(first as i32, second, signs.number(2)?.0);
    }
    let (year, digits) = signs.number(4)?;
    let year = full_year(year, digits)?;
    let day_first = mark == b'.' || first > 12 || second <= 12 && order == DayOrder::DayFirst;
    if day_first { days(year, second, first) } else { days(year, first, second) }
}

fn full_year(year: u32, digits: usize) -> Option<i32> {
    match digits {
        4 => Some(year as i32),
        2 => Some(if year < 70 { 2000 + year as i32 } else { 1900 + year as i32 }),
        _ => None,
    }
}

fn month(word: &[u8]) -> Option<u32> {
    let lower = word.to_ascii_lowercase();
    let lower: &[u8] = if lower == b"sept" { b"sep" } else { &lower };
    let found =
        MONTHS.iter().position(|n| n.as_bytes() == lower || lower.len() == 3 && n.as_bytes().starts_with(lower));
    found.map(|i| i as u32 + 1)
}

/// `14:00`, `3:15:52`, `14:00:05.123`, `12:00 PM`, `3 pm`.
fn clock_part(signs: &mut Signs) -> Option<i64> {
    let (mut hour, _) = signs.number(2)?;
    let (mut minute, mut second, mut fraction, mut bare) = (0, 0, 0i64, true);
    if signs.sign(b':') {
        bare = false;
        minute = signs.number(2).filter(|m| m.1 == 2)?.0;
        if signs.sign(b':') {
            second = signs.number(2).filter(|s| s.1 == 2)?.0;
            if signs.sign(b'.') || signs.sign(b',') {
                let n = signs.0.iter().take_while(|b| b.is_ascii_digit()).count();
                if n == 0 {
                    return None;
                }
                for i in 0..6 {
                    fraction = fraction * 10 + signs.0.get(i).filter(|_| i < n).map_or(0, |b| i64::from(b - b'0'));
                }
                signs.0 = &signs.0[n..];
            }
        }
    }
    let before = signs.0;
    signs.blanks();
    let word = signs.0.get(..2).map(<[u8]>::to_ascii_uppercase);
    match word.as_deref() {
        Some(b"AM" | b"PM") if !signs.0.get(2).is_some_and(u8::is_ascii_alphanumeric) => {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if word.as_deref() == Some(b"PM") { 12 } else { 0 };
            signs.0 = &signs.0[2..];
        }
        _ if bare => return None,
        _ => signs.0 = before,
    }
    Some(clock(hour, minute, second)? + fraction)
}

/// Nothing, `Z`, ` UTC`, `+0200`, `+02:00`, `-05`.
fn offset_part(signs: &mut Signs) -> Option<Option<i64>> {
    signs.blanks();
    if signs.0.is_empty() {
        return Some(None);
    }
    if signs.0.eq_ignore_ascii_case(b"z") {
        signs.0 = &[];
        return Some(Some(0));
    }
    for name in [&b"UTC"[..], b"GMT"] {
        if signs.0.len() >= 3 && signs.0[..3].eq_ignore_ascii_case(name) {
            signs.0 = &signs.0[3..];
            if signs.0.is_empty() {
                return Some(Some(0));
            }
            break;
        }
    }
    let west = match signs.0.first()? {
        b'+' => false,
        b'-' => true,
        _ => return None,
    };
    signs.0 = &signs.0[1..];
    let (value, digits) = signs.number(4)?;
    let (hours, minutes) = match digits {
        4 => (value / 100, value % 100),
        1 | 2 if signs.sign(b':') => (value, signs.number(2).filter(|m| m.1 == 2)?.0),
        1 | 2 => (value, 0),
        _ => return None,
    };
    if hours > 18 || minutes > 59 {
        return None;
    }
    let size = i64::from(hours * 3600 + minutes * 60) * SECOND;
    Some(Some(if west { -size } else { size }))
}

/// Of a text such as `8/9/2014 …`: the two numbers whose order is not fixed by the spelling.
pub(crate) fn day_and_month(text: &str) -> Option<(u32, u32)> {
    let mut signs = Signs(text.as_bytes());
    let (first, length) = signs.number(4)?;
    let mark = *signs.0.first()?;
    if length > 2 || !matches!(mark, b'-' | b'/') {
        return None;
    }
    signs.0 = &signs.0[1..];
    let (second, _) = signs.number(2)?;
    (signs.sign(mark) && signs.number(4).is_some_and(|(_, digits)| digits == 4 || digits == 2))
        .then_some((first, second))
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
