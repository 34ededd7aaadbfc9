//! Parquet: native types, row groups, statistics, damage.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, ListBuilder, StringBuilder};
use arrow_array::*;
use lead_hir::hir::*;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use support::*;

fn write(batch: &RecordBatch, group: usize) -> Vec<u8> {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    out
}

fn column(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

#[test]
fn native_types_are_read_as_the_types_of_fields() {
    let mut decimals = Decimal128Builder::new().with_precision_and_scale(20, 6).unwrap();
    [Some(1_234_567_891), Some(-500_000), None].iter().for_each(|d| decimals.append_option(*d));
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.values().append_value("a;b");
    lists.values().append_value("c");
    lists.append(true);
    lists.append(true);
    lists.append(false);
    let at = micros("2026-03-31T12:00:00Z");
    let batch = RecordBatch::try_from_iter([
        ("id", column(Int64Array::from(vec![7, 8, 9]))),
        ("int", column(Int32Array::from(vec![Some(5), None, Some(-1)]))),
        ("float", column(Float64Array::from(vec![0.5, f64::NAN, 12.0]))),
        ("decimal", column(decimals.finish())),
        ("flag", column(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("zoned", column(TimestampMillisecondArray::from(vec![at / 1000; 3]).with_timezone("UTC"))),
        ("local", column(TimestampNanosecondArray::from(vec![Some(at * 1000), None, None]))),
        ("day", column(Date32Array::from(vec![20_543, 20_544, 20_545]))),
        ("tags", column(lists.finish())),
        ("text", column(StringArray::from(vec![Some(" x "), Some(""), None]))),
        ("mixed", column(StringArray::from(vec![Some("1,200"), Some("?"), None]))),
        ("self", column(StringArray::from(vec![Some("8"), Some("10"), None]))),
    ])
    .unwrap();
    let fields = [
        ("id", Ty::Key),
        ("int", Ty::Number),
        ("float", Ty::Number),
        ("decimal", Ty::Money),
        ("flag", Ty::YesNo),
        ("zoned", Ty::Time),
        ("local", Ty::Time),
        ("day", Ty::Date),
        ("tags", Ty::List(Box::new(Ty::Text))),
        ("text", Ty::Text),
        ("mixed", Ty::Number),
        ("self", Ty::Record(TableId(0))),
    ];
    let fixture =
        Fixture::in_zone("Europe/Berlin").file("t.parquet", write(&batch, 100)).entity("t", &["t.parquet"], &fields);
    let local = at - 7_200_000_000;
    assert_eq!(
        rows(&fixture.open(), 0),
        [
            format!("7|5|0.5|12345679|yes|{at}|{local}|20543|[a;b,c]|x|1200|#1"),
            format!("8|?|?|-5000|no|{at}|?|20544|?|?|?|?"),
            format!("9|-1|12|?|?|{at}|?|20545|?|?|?|?"),
        ]
    );
    assert_eq!(told(&fixture.report()), ["L0714 t.parquet mixed 1: 2 mixed ?", "L0721 t.parquet self 1: 2 self 10"]);
    // The same columns asked for as other types.
    let other = Fixture::in_zone("Europe/Berlin").file("t.parquet", write(&batch, 2)).entity(
        "t",
        &["t.parquet"],
        &[
            ("float", Ty::Text),
            ("zoned", Ty::Date),
            ("day", Ty::Time),
            ("int", Ty::YesNo),
            ("flag", Ty::Text),
            ("zoned", Ty::Text),
        ],
    );
    let midnight = micros("2026-03-30T22:00:00Z");
    assert_eq!(rows(&other.open(), 0)[0], format!("0.5|20543|{midnight}|?|true|2026-03-31T12:00:00Z"));
}

fn events() -> Vec<u8> {
    let n = 1000i64;
    let day = 86_400_000_000;
    let batch = RecordBatch::try_from_iter([
        ("contact", column(StringArray::from_iter_values((0..n).map(|i| format!("c{}", i % 3))))),
        ("kind", column(StringArray::from_iter_values((0..n).map(|i| ["visit", "page"][(i % 2) as usize])))),
        ("at", column(TimestampMicrosecondArray::from_iter_values((0..n).map(|i| i * day)).with_timezone("UTC"))),
        ("unused", column(StringArray::from_iter_values((0..n).map(|i| format!("text {i}"))))),
    ])
    .unwrap();
    write(&batch, 100)
}

#[test]
fn row_groups_outside_of_the_times_are_passed_over_and_counted() {
    let day = 86_400_000_000;
    for filter in [None, Some(equal("kind", text("visit")))] {
        for threads in [1, 3] {
            let mut fixture = Fixture::new()
                .file("c.csv", "id\nc0\nc1\nc2\n")
                .file("e.parquet", events())
                .entity("c", &["c.csv"], &[("id", Ty::Key)])
                .event(
                    "e",
                    &["e.parquet"],
                    &[("contact", Ty::Record(TableId(0))), ("at", Ty::Time), ("kind", Ty::Text)],
                )
                .threads(threads);
            fixture.lexicon.tables[1].filter = filter.clone();
            let data = fixture.open();
            let found = scan(&data, &fixture.lexicon, TableId(1), 250 * day..450 * day);
            let share = if filter.is_some() { 2 } else { 1 };
            assert_eq!(found.len(), 200 / share);
            assert!(found.contains(&format!("{}|#{}|{}|visit", 300 * day, 300 % 3, 300 * day)), "{found:?}");
            let report = data.report();
            assert!(report.problems.is_empty());
            let source = &report.sources[1];
            assert_eq!((source.rows, source.selected, source.taken), (1000, 1000 / share as u64, 1000 / share as u64));
        }
    }
}

#[test]
fn a_damaged_file_is_a_problem_and_no_crash() {
    let whole = events();
    let fixture = |bytes: &[u8]| {
        Fixture::new().file("e.parquet", bytes).event("e", &["e.parquet"], &[("at", Ty::Time), ("kind", Ty::Text)])
    };
    assert_eq!(told(&fixture(&whole[..whole.len() / 2]).report()), ["L0704 e.parquet - 1: "]);
    let mut fatal = 0;
    for at in (100..whole.len()).step_by(whole.len() / 60) {
        let mut bytes = whole.clone();
        bytes[at..(at + 8).min(whole.len())].fill(0xff);
        fatal += usize::from(fixture(&bytes).report().is_fatal());
    }
    assert!(fatal > 10, "{fatal}");
}
