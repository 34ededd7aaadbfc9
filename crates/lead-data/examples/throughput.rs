//! How fast the readers are: `cargo run --release -p lead-data --example throughput -- DIR csv|parquet THREADS`, DIR
//! a folder made by the benchmark's generator, for its contacts and events.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use lead_data::{Batch, Data, EventSink, Needs, Options, ScanRequest};
use lead_diag::{FileId, Span};
use lead_hir::Config;
use lead_hir::hir::*;

struct Count(usize, u64);

impl EventSink for Count {
    fn batch(&mut self, batch: &Batch) {
        self.0 += batch.rows;
        self.1 = batch.times.iter().fold(self.1, |sum, t| sum.wrapping_add(*t as u64));
    }
}

fn table(called: &str, kind: TableKind, source: &str, fields: &[(&str, Ty)]) -> Table {
    let name = |n: &str| Name { text: n.into(), key: n.into() };
    let span = Span::new(FileId(0), 0, 0);
    Table {
        name: name(called),
        kind,
        sources: vec![source.into()],
        filter: None,
        fields: fields
            .iter()
            .map(|(n, ty)| Field { name: name(n), ty: ty.clone(), headers: vec![], docs: None, span })
            .collect(),
        key: fields.iter().position(|f| f.1 == Ty::Key).map(|i| FieldId(i as u32)),
        same_when: vec![],
        docs: None,
        span,
        name_span: span,
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (dir, format, threads) = (&args[1], args[2].as_str(), args[3].parse().unwrap());
    let settings = Settings {
        name: "bench".into(),
        zone: jiff::tz::TimeZone::get(args.get(4).map_or("UTC", String::as_str)).unwrap(),
        zone_name: "UTC".into(),
        fiscal_start: 1,
    };
    let event = TableKind::Event { subject: Some(FieldId(0)), time: FieldId(1) };
    let tables = vec![
        table(
            "contact",
            TableKind::Entity,
            &format!("contacts.{format}"),
            &[("contact id", Ty::Key), ("country", Ty::Text)],
        ),
        table(
            "event",
            event,
            &format!("events.{format}"),
            &[
                ("contact", Ty::Record(TableId(0))),
                ("ts", Ty::Time),
                ("type", Ty::Text),
                ("offer", Ty::Text),
                ("outcome", Ty::Text),
            ],
        ),
    ];
    let lexicon = Lexicon { settings, tables, defs: vec![], examples: vec![] };
    let fields = |n: u32| (0..n).map(FieldId).collect::<BTreeSet<_>>();
    let needs = Needs { tables: [(TableId(0), fields(2)), (TableId(1), fields(5))].into() };
    let config = Config::default();
    let start = Instant::now();
    let data = Data::open(&lexicon, &config, Path::new(dir), &needs, Options { threads, ..Options::default() });
    let opened = start.elapsed();
    let request = ScanRequest { table: TableId(1), fields: fields(5), times: i64::MIN..i64::MAX };
    let start = Instant::now();
    let counts = data.scan(&[request], |_| Count(0, 0));
    let scanned = start.elapsed();
    let bytes = std::fs::metadata(Path::new(dir).join(format!("events.{format}"))).unwrap().len();
    println!(
        "open {:.3} s, scan {:.3} s = {:.0} MB/s, {} events, {:x}",
        opened.as_secs_f64(),
        scanned.as_secs_f64(),
        bytes as f64 / 1e6 / scanned.as_secs_f64(),
        counts.iter().map(|c| c.0).sum::<usize>(),
        counts.iter().fold(0u64, |s, c| s.wrapping_add(c.1)),
    );
    for problem in data.report().problems {
        println!("{} {}", problem.code.id(), problem.message);
    }
}
