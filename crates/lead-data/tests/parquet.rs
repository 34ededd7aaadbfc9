//! Parquet: native types, row groups, statistics, damage.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Int32Builder, ListBuilder, MapBuilder, StringBuilder, StructBuilder};
use arrow_array::types::Int32Type;
use arrow_array::*;
use arrow_schema::{DataType, Field, Schema};
use lead_hir::hir::*;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::schema::types::ColumnPath;
use support::*;

fn write(batch: &RecordBatch, group: usize) -> Vec<u8> {
    write_as(batch, WriterProperties::builder().set_max_row_group_row_count(Some(group)))
}

fn write_as(batch: &RecordBatch, properties: WriterPropertiesBuilder) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties.build())).unwrap();
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

/// Pages of 37 rows, in all the ways that writers have.
fn every_way() -> impl Iterator<Item = (String, WriterPropertiesBuilder)> {
    let encodings = [
        ("plain", Some(Encoding::PLAIN), false, 0),
        ("lengths", Some(Encoding::DELTA_LENGTH_BYTE_ARRAY), false, 0),
        ("differences", Some(Encoding::DELTA_BYTE_ARRAY), false, 0),
        ("dictionary", None, true, 1 << 20),
        // Full after some pages, and given up for those that follow.
        ("dictionary and plain", Some(Encoding::PLAIN), true, 600),
        ("dictionary and differences", Some(Encoding::DELTA_BYTE_ARRAY), true, 600),
    ];
    let versions = [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0];
    let compressions = [Compression::UNCOMPRESSED, Compression::SNAPPY];
    encodings.into_iter().flat_map(move |(name, encoding, dictionary, most)| {
        versions.into_iter().flat_map(move |version| {
            compressions.into_iter().map(move |compression| {
                let builder = WriterProperties::builder()
                    .set_writer_version(version)
                    .set_compression(compression)
                    .set_dictionary_enabled(dictionary)
                    .set_dictionary_page_size_limit(most)
                    .set_write_batch_size(37)
                    .set_data_page_row_count_limit(37)
                    .set_max_row_group_row_count(Some(400));
                let texts = ["text", "bytes", "optional", "tags.list.item", "records.list.item.t", "record.t"];
                let builder = texts.into_iter().fold(builder, |builder, path| match encoding {
                    Some(encoding) => builder.set_column_encoding(
                        ColumnPath::from(path.split('.').map(String::from).collect::<Vec<_>>()),
                        encoding,
                    ),
                    None => builder,
                });
                (format!("{name}, {version:?}, {compression:?}"), builder)
            })
        })
    })
}

#[test]
fn texts_are_the_same_however_they_are_written() {
    let rows_of = 1000;
    // Some are long, some are no ASCII, some are long and no ASCII, and some are nothing.
    let text = |i: usize| {
        format!("{}{}{}", i % 211, "é".repeat(i % 13), if i.is_multiple_of(17) { "x".repeat(150) } else { "".into() })
    };
    let some = |i: usize| (i % 7 != 3).then(|| text(i));
    let mut tags = ListBuilder::new(StringBuilder::new());
    for i in 0..rows_of {
        (0..i % 4).for_each(|n| tags.values().append_value(text(i + n)));
        tags.append(i % 5 != 1);
    }
    let texts = StringArray::from_iter_values((0..rows_of).map(text));
    let bytes = BinaryArray::from_iter_values((0..rows_of).map(text));
    let optional: StringArray = (0..rows_of).map(some).collect();
    let columns: Vec<(&str, bool, ArrayRef)> = vec![
        ("id", false, column(Int32Array::from_iter_values(0..rows_of as i32))),
        ("text", false, column(texts)),
        ("bytes", false, column(bytes)),
        ("optional", true, column(optional)),
        ("tags", true, column(tags.finish())),
    ];
    let fields: Vec<Field> = columns.iter().map(|(n, null, c)| Field::new(*n, c.data_type().clone(), *null)).collect();
    let arrays = columns.into_iter().map(|(_, _, c)| c).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let list = |i: usize| {
        let items: Vec<String> = (0..i % 4).map(|n| text(i + n)).collect();
        if i % 5 == 1 || items.is_empty() { "?".to_owned() } else { format!("[{}]", items.join(",")) }
    };
    let row = |i| format!("{i}|{0}|{0}|{1}|{2}", text(i), some(i).unwrap_or("?".into()), list(i));
    let expected: Vec<String> = (0..rows_of).map(row).collect();
    for (way, properties) in every_way() {
        let file = write_as(&batch, properties);
        let list = Ty::List(Box::new(Ty::Text));
        let fields = [("id", Ty::Key), ("text", Ty::Text), ("bytes", Ty::Text), ("optional", Ty::Text), ("tags", list)];
        // By several threads the last row groups are read in parts, which begin within pages.
        for threads in [1, 2] {
            let fixture = Fixture::new().file("t.parquet", &file).entity("t", &["t.parquet"], &fields).threads(threads);
            assert_eq!(rows(&fixture.open(), 0), expected, "{way}");
            assert!(fixture.report().problems.is_empty(), "{way}");
        }
    }
}

#[test]
fn values_with_parts_are_put_together() {
    let parts = || {
        StructBuilder::from_fields(
            vec![Field::new("n", DataType::Int32, true), Field::new("t", DataType::Utf8, true)],
            0,
        )
    };
    let mut records = ListBuilder::new(parts());
    let mut push = |n: Option<i32>, t: Option<&str>, there: bool| {
        records.values().field_builder::<Int32Builder>(0).unwrap().append_option(n);
        records.values().field_builder::<StringBuilder>(1).unwrap().append_option(t);
        records.values().append(there);
    };
    push(Some(1), Some("a"), true);
    push(None, Some("b \"c\""), true);
    push(None, None, false);
    records.append(true);
    records.append(true);
    records.append(false);
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([
        Some(vec![Some(1), None]),
        Some(vec![]),
        Some(vec![Some(3)]),
    ]);
    let mut nested = ListBuilder::new(ListBuilder::new(Int32Builder::new()));
    nested.values().append_value([Some(1), Some(2)]);
    nested.values().append_value([]);
    nested.values().append(false);
    nested.values().append_value([None, Some(4)]);
    nested.append(true);
    nested.append(false);
    nested.append(true);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    for (keys, there) in [(vec![("k", 1), ("l", 2)], true), (vec![], true), (vec![], false)] {
        for (key, value) in keys {
            map.keys().append_value(key);
            map.values().append_value(value);
        }
        map.append(there).unwrap();
    }
    let mut record = parts();
    for (n, t, there) in [(Some(5), Some("x"), true), (None, None, true), (None, None, false)] {
        record.field_builder::<Int32Builder>(0).unwrap().append_option(n);
        record.field_builder::<StringBuilder>(1).unwrap().append_option(t);
        record.append(there);
    }
    let batch = RecordBatch::try_from_iter([
        ("records", column(records.finish())),
        ("lists", column(lists)),
        ("nested", column(nested.finish())),
        ("map", column(map.finish())),
        ("record", column(record.finish())),
        ("last", column(Int32Array::from(vec![7, 8, 9]))),
    ])
    .unwrap();
    let fields = ["records", "lists", "nested", "map", "record", "last"].map(|name| (name, Ty::Text));
    for (way, properties) in every_way() {
        let fixture =
            Fixture::new().file("t.parquet", write_as(&batch, properties)).entity("t", &["t.parquet"], &fields);
        assert_eq!(
            rows(&fixture.open(), 0),
            [
                concat!(
                    r#"[{"n":1,"t":"a"},{"n":null,"t":"b \"c\""},null]|[1,null]|[[1,2],[],null,[null,4]]|"#,
                    r#"[{"key":"k","value":1},{"key":"l","value":2}]|{"n":5,"t":"x"}|7"#
                ),
                r#"?|?|?|?|{"n":null,"t":null}|8"#,
                "?|[3]|?|?|?|9",
            ],
            "{way}"
        );
    }
}

#[test]
fn a_column_of_a_type_that_cannot_be_read_is_named() {
    let odd = IntervalDayTimeArray::from(vec![arrow_array::types::IntervalDayTimeType::make_value(1, 2)]);
    let batch = RecordBatch::try_from_iter([("id", column(Int32Array::from(vec![1]))), ("odd", column(odd))]).unwrap();
    let fixture = |name: &str| {
        let fields = [("id", Ty::Key), (name, Ty::Text)];
        Fixture::new().file("t.parquet", write(&batch, 10)).entity("t", &["t.parquet"], &fields)
    };
    assert!(fixture("id").report().problems.is_empty());
    let report = fixture("odd").report();
    assert!(report.is_fatal());
    assert!(report.problems[0].message.contains("`odd` is of type INTERVAL, which cannot be read"), "{report:?}");
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
