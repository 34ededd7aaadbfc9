//! Answers read back from files and boiled down to what can be compared: for every column its sum, and its sum weighted by
//! the keys of its rows, so that the right number of wrong records does not pass.
//!
//! Yes counts 1; no and what is missing count 0. Texts count nothing but as keys.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use crate::generate::Failure;

/// By `table.column`: sum, and sum weighted by keys. By `table`: number of rows, and the sum of the weights of their keys.
pub type Digest = BTreeMap<String, [f64; 2]>;

/// Prints the digest of a folder as JSON.
pub fn print(folder: &Path) -> Result<(), Failure> {
    println!("{}", serde_json::to_string(&digest(folder)?)?);
    Ok(())
}

/// The digest of all files of answers in a folder.
fn digest(folder: &Path) -> Result<Digest, Failure> {
    let mut found = Digest::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // Metrics stand in a file each, or all in one.
        let table = if matches!(stem.as_str(), "contact" | "company") { &stem } else { "source" };
        match path.extension().and_then(|e| e.to_str()) {
            // Engines of several machines write a folder of files.
            Some("parquet") if path.is_dir() => {
                for part in fs::read_dir(&path)? {
                    let part = part?.path();
                    if part.extension().is_some_and(|e| e == "parquet") {
                        of_parquet(&part, table, &mut found)?;
                    }
                }
            }
            Some("csv") => of_csv(&path, table, &mut found)?,
            Some("parquet") => of_parquet(&path, table, &mut found)?,
            _ => {}
        }
    }
    Ok(found)
}

/// How much the row with this key weighs: 1 to 1000.
fn weight(key: &[u8]) -> f64 {
    let hash = key.iter().fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01B3));
    (hash % 1000 + 1) as f64
}

/// Which column holds the keys.
fn key_column(names: &[String]) -> usize {
    names.iter().position(|n| n == "id").unwrap_or(0)
}

fn add(found: &mut Digest, table: &str, names: &[String], sums: &[[f64; 2]], rows: [f64; 2]) {
    for (name, sum) in names.iter().zip(sums) {
        let entry = found.entry(format!("{table}.{name}")).or_default();
        *entry = [entry[0] + sum[0], entry[1] + sum[1]];
    }
    if table != "source" {
        let entry = found.entry(table.to_owned()).or_default();
        *entry = [entry[0] + rows[0], entry[1] + rows[1]];
    }
}

fn of_csv(path: &Path, table: &str, found: &mut Digest) -> Result<(), Failure> {
    let mut reader = csv::Reader::from_path(path)?;
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let key = key_column(&names);
    let (mut sums, mut rows) = (vec![[0.0; 2]; names.len()], [0.0; 2]);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let weight = weight(record.get(key).unwrap_or("").as_bytes());
        rows = [rows[0] + 1.0, rows[1] + weight];
        for (i, (cell, sum)) in record.iter().zip(&mut sums).enumerate() {
            let value = match cell {
                _ if i == key => 0.0,
                "yes" | "true" | "True" => 1.0,
                "no" | "false" | "False" => 0.0,
                other => other.parse().unwrap_or(0.0),
            };
            *sum = [sum[0] + value, sum[1] + value * weight];
        }
    }
    add(found, table, &names, &sums, rows);
    Ok(())
}

fn of_parquet(path: &Path, table: &str, found: &mut Digest) -> Result<(), Failure> {
    // Types as Parquet has them: what an engine calls its texts in memory is its own affair.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(path)?, options)?;
    let names: Vec<String> = reader.schema().fields().iter().map(|f| f.name().clone()).collect();
    let key = key_column(&names);
    let (mut sums, mut rows) = (vec![[0.0; 2]; names.len()], [0.0; 2]);
    for batch in reader.build()? {
        let batch = batch?;
        let keys = batch.column(key);
        let weights: Vec<f64> = (0..batch.num_rows()).map(|i| weight(bytes(keys, i))).collect();
        rows = [rows[0] + weights.len() as f64, rows[1] + weights.iter().sum::<f64>()];
        for (i, (column, sum)) in batch.columns().iter().zip(&mut sums).enumerate() {
            if i != key {
                for (value, weight) in values(column).into_iter().zip(&weights) {
                    *sum = [sum[0] + value, sum[1] + value * weight];
                }
            }
        }
    }
    add(found, table, &names, &sums, rows);
    Ok(())
}

fn bytes(column: &ArrayRef, row: usize) -> &[u8] {
    match column.data_type() {
        _ if column.is_null(row) => b"",
        DataType::Utf8 => column.as_string::<i32>().value(row).as_bytes(),
        DataType::Binary => column.as_binary::<i32>().value(row),
        _ => b"",
    }
}

/// A column as numbers.
fn values(column: &ArrayRef) -> Vec<f64> {
    macro_rules! numbers {
        ($ty:ty) => {
            column.as_primitive::<$ty>().iter().map(|v| v.map_or(0.0, |v| v as f64)).collect()
        };
    }
    match column.data_type() {
        DataType::Boolean => column.as_boolean().iter().map(|v| f64::from(u8::from(v == Some(true)))).collect(),
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        _ => vec![0.0; column.len()],
    }
}

/// Where two digests differ: counts must be the same, sums of fractions agree to a millionth.
pub fn differences(ours: &Digest, theirs: &Digest) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        match (ours.get(name), theirs.get(name)) {
            (Some(a), Some(b)) if a.iter().zip(b).all(|(a, b)| same(*a, *b)) => {}
            (a, b) => found.push(format!("{name}: {a:?} and {b:?}")),
        }
    }
    found
}

fn same(a: f64, b: f64) -> bool {
    let whole = |x: f64| x.fract() == 0.0;
    let tolerance = if whole(a) && whole(b) { 0.0 } else { 1e-6 * a.abs().max(b.abs()) };
    (a - b).abs() <= tolerance
}

#[cfg(test)]
mod tests {
    use super::{Digest, differences, same};

    #[test]
    fn counts_must_be_the_same_and_sums_may_differ_by_a_millionth() {
        assert!(same(74_012.0, 74_012.0) && !same(3_000_001.0, 3_000_000.0));
        assert!(same(0.1 + 0.2, 0.3) && !same(100.5, 100.6));
    }

    #[test]
    fn a_column_that_one_of_them_lacks_is_a_difference() {
        let with = Digest::from([("contact.lead".to_owned(), [1.0, 2.0])]);
        assert_eq!(differences(&with, &Digest::new()).len(), 1);
        assert!(differences(&with, &with.clone()).is_empty());
    }
}
