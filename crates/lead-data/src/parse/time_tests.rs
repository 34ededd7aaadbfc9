//! The spellings of times, one by one.

use jiff::tz::TimeZone;

use super::*;

fn reader(zone: &str, formats: &[&str]) -> TimeReader {
    let settings = Settings {
        zone: TimeZone::get(zone).unwrap(),
        formats: formats.iter().map(|f| (*f).to_owned()).collect(),
        ..Settings::default()
    };
    TimeReader::new(&settings, DayOrder::MonthFirst)
}

fn utc(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

#[test]
fn common_spellings_are_read_without_being_told() {
    let cases = [
        ("2026-03-31T14:00:05Z", "2026-03-31T14:00:05Z"),
        ("2026-03-31 14:00:05", "2026-03-31T14:00:05Z"),
        ("2026-03-31T14:00:05.123Z", "2026-03-31T14:00:05.123Z"),
        ("2026-03-31T14:00:05.123456789", "2026-03-31T14:00:05.123456Z"),
        ("2026-03-31T14:00:05+0000", "2026-03-31T14:00:05Z"),
        ("2026-03-31T14:00:05+02:00", "2026-03-31T12:00:05Z"),
        ("2026-03-31T14:00:05.000+0000", "2026-03-31T14:00:05Z"),
        ("2026-03-31 14:00:05 -0500", "2026-03-31T19:00:05Z"),
        ("2026-03-31 14:00:05.000 UTC", "2026-03-31T14:00:05Z"),
        ("2026-03-31 14:00", "2026-03-31T14:00:00Z"),
        ("2026-03-31T14:00Z", "2026-03-31T14:00:00Z"),
        ("2020-12-30 3:15:52", "2020-12-30T03:15:52Z"),
        ("8/9/14 19:00", "2014-08-09T19:00:00Z"),
        ("8/31/2014 7:05 PM", "2014-08-31T19:05:00Z"),
        ("31/8/2014 12:00 AM", "2014-08-31T00:00:00Z"),
        ("3/4/2026, 12:00 PM", "2026-03-04T12:00:00Z"),
        ("19970101", "1997-01-01T00:00:00Z"),
        ("20260331T140005", "2026-03-31T14:00:05Z"),
        ("202603311400", "2026-03-31T14:00:00Z"),
        ("31.12.2026 14:00", "2026-12-31T14:00:00Z"),
        ("31.12.26", "2026-12-31T00:00:00Z"),
        ("2026-03-31", "2026-03-31T00:00:00Z"),
        ("2026/3/1", "2026-03-01T00:00:00Z"),
        ("Mar 31, 2026", "2026-03-31T00:00:00Z"),
        ("March 1, 2026 at 9:05 am", "2026-03-01T09:05:00Z"),
        ("31 Mar 2026 14:00", "2026-03-31T14:00:00Z"),
        ("31-Mar-26", "2026-03-31T00:00:00Z"),
        ("Tue, 31 Mar 2026 14:00:05 GMT", "2026-03-31T14:00:05Z"),
        ("1586323200", "2020-04-08T05:20:00Z"),
        ("1586323200123", "2020-04-08T05:20:00.123Z"),
        ("1586323200123456", "2020-04-08T05:20:00.123456Z"),
        ("1586323200.5", "2020-04-08T05:20:00.5Z"),
        ("9999-12-31 23:59:59", "9999-12-31T23:59:59Z"),
    ];
    let mut reader = reader("UTC", &[]);
    for (text, want) in cases {
        let want = if text.starts_with("9999") { 253_402_300_799_000_000 } else { utc(want) };
        assert_eq!(reader.time(text), Some(want), "{text}");
    }
}

#[test]
fn what_is_no_time_is_none() {
    let mut reader = reader("UTC", &[]);
    let texts = [
        "",
        "soon",
        "2026-02-30",
        "2026-13-01 10:00:00",
        "2026-03-31 25:00:00",
        "31/31/2026",
        "12:00 PM",
        "5",
        "2026",
        "2026-03-31 14:00:05 CEST",
        "2026-03-31x14:00:05",
        "8/9",
        "2026-03-31 1400",
        "19971301",
        "2026-03-31 14:00:05+25:00",
        "2026-03-31 13:00 PM",
        "----",
        "1/1/1",
        "é",
    ];
    for text in texts {
        assert_eq!(reader.time(text), None, "{text}");
        assert_eq!(reader.date(text), None, "{text}");
    }
}

#[test]
fn times_without_an_offset_are_local() {
    let mut reader = reader("Europe/Berlin", &[]);
    assert_eq!(reader.time("2026-03-31 14:00"), Some(utc("2026-03-31T12:00:00Z")));
    assert_eq!(reader.time("2026-03-31T14:00:00Z"), Some(utc("2026-03-31T14:00:00Z")));
    // D23: in the gap, and at the hour that comes twice.
    assert_eq!(reader.time("2026-03-29 02:30:00"), Some(utc("2026-03-29T01:30:00Z")));
    assert_eq!(reader.time("2026-10-25 02:30:00"), Some(utc("2026-10-25T00:30:00Z")));
    assert_eq!(reader.time("2026-03-31"), Some(utc("2026-03-30T22:00:00Z")));
}

#[test]
fn dates_are_local_days() {
    let mut reader = reader("Europe/Berlin", &[]);
    let day = days(2026, 4, 1).unwrap();
    for text in
        ["2026-04-01", "2026-03-31T22:30:00Z", "2026-04-01 00:30", "1.4.2026", "4/1/2026", "2026-04-01T23:59:59+02:00"]
    {
        assert_eq!(reader.date(text), Some(day), "{text}");
    }
}

#[test]
fn declared_formats_come_first() {
    let mut reader = reader("UTC", &["%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%y %Hh%M", "%Y-%m-%dT%H:%M:%S%:z"]);
    assert_eq!(reader.time("03/04/2026 10:00"), Some(utc("2026-04-03T10:00:00Z")));
    assert_eq!(reader.time("03/04/2026"), Some(utc("2026-04-03T00:00:00Z")));
    assert_eq!(reader.date("03/04/2026"), days(2026, 4, 3));
    assert_eq!(reader.time("03.04.26 10h05"), Some(utc("2026-04-03T10:05:00Z")));
    assert_eq!(reader.time("2026-04-03T10:00:00+02:00"), Some(utc("2026-04-03T08:00:00Z")));
    assert_eq!(reader.time("2026-04-03 10:00:00"), Some(utc("2026-04-03T10:00:00Z")));
}

#[test]
fn the_open_order_is_seen_in_slashes_and_hyphens_alone() {
    assert_eq!(day_and_month("8/9/14 19:00"), Some((8, 9)));
    assert_eq!(day_and_month("31-12-2026"), Some((31, 12)));
    for text in ["31.12.2026", "2026-03-31", "19970101", "8/9", "Mar 31, 2026"] {
        assert_eq!(day_and_month(text), None, "{text}");
    }
}

#[test]
fn clock_times_are_read_as_digit_by_digit() {
    let by_hand = |b: &[u8; 8]| {
        let digit = |i: usize| b[i].is_ascii_digit().then(|| u32::from(b[i] - b'0'));
        let two = |i: usize| Some(digit(i)? * 10 + digit(i + 1)?);
        let (h, m, s) = (two(0)?, two(3)?, two(6)?);
        (b[2] == b':' && b[5] == b':' && h < 24 && m < 60 && s < 60).then_some(h * 3600 + m * 60 + s)
    };
    for clock in 0..100 * 100 * 100u32 {
        let text = format!("{:02}:{:02}:{:02}", clock / 10_000, clock / 100 % 100, clock % 100);
        let Ok(bytes) = <[u8; 8]>::try_from(text.as_bytes()) else { panic!() };
        assert_eq!(seconds(bytes), by_hand(&bytes), "{text}");
    }
    for place in 0..8 {
        for sign in 0..=255 {
            let mut bytes = *b"19:58:07";
            bytes[place] = sign;
            assert_eq!(seconds(bytes), by_hand(&bytes), "{bytes:?}");
        }
    }
}

#[test]
fn many_times_are_read_as_each_alone() {
    let mut cells = Vec::new();
    for day in ["2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26", "1969-12-31", "2026-02-30"] {
        for clock in ["00:00:00", "01:59:59", "02:30:00", "03:00:01", "23:59:59", "24:00:00", "12:60:00", "1a:00:00"] {
            cells.extend([" ", "T", "_"].map(|between| format!("{day}{between}{clock}")));
            cells.push(format!("{day} {clock}Z"));
        }
        cells.extend([format!("{day} 12:00"), format!("{day} 12:00:00.5"), String::new()]);
    }
    let forwards: Vec<&str> = cells.iter().map(String::as_str).collect();
    let mixed: Vec<&str> = (0..cells.len()).map(|i| cells[i * 67 % cells.len()].as_str()).collect();
    for zone in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"] {
        for cells in [&forwards, &mixed] {
            let (mut alone, mut reader) = (reader(zone, &[]), reader(zone, &[]));
            let mut quickly = reader.quickly();
            for cell in cells {
                assert_eq!(quickly.read(cell.as_bytes()), alone.quick(cell.as_bytes()), "{zone} {cell}");
            }
        }
    }
}
