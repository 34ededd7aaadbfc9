//! Reading rules, seen from outside: files in, columns out.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::sync::Arc;

use lead_hir::SourceConfig;
use lead_hir::hir::*;
use support::*;

fn contacts(content: impl AsRef<[u8]>) -> Fixture {
    Fixture::new().file("c.csv", content).entity("contact", &["c.csv"], &[("id", Ty::Key), ("email", Ty::Text)])
}

const PLAIN: &str = "id,email\n1,a@example.com\n2,\n";
const WANT: [&str; 2] = ["1|a@example.com", "2|?"];

#[test]
fn delimiters_line_ends_and_marks_make_no_difference() {
    for content in [
        PLAIN.to_owned(),
        PLAIN.replace('\n', "\r\n"),
        PLAIN.replace('\n', "\r"),
        PLAIN.replacen('\n', "\r\n", 1),
        PLAIN.replace(',', ";"),
        PLAIN.replace(',', "\t"),
        PLAIN.replace(',', "|"),
        format!("\u{feff}{PLAIN}"),
        PLAIN.trim_end().to_owned(),
        "sep=;\nid;email\n1; a@example.com \n2;\"\"\n".to_owned(),
        "\"id\",\"email\"\n\"1\",\"a@example.com\"\n\n\"2\",\" \"\n".to_owned(),
    ] {
        let fixture = contacts(&content);
        assert_eq!(rows(&fixture.open(), 0), WANT, "{content:?}");
        assert_eq!(told(&fixture.report()), Vec::<String>::new());
    }
}

#[test]
fn encodings_are_found_by_their_mark_or_declared() {
    let utf16 = |order: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let text = if mark { "\u{feff}id,email\n1,Müller\n" } else { "id,email\n1,Müller\n" };
        text.encode_utf16().flat_map(order).collect()
    };
    for content in [
        utf16(u16::to_le_bytes, true),
        utf16(u16::to_be_bytes, true),
        utf16(u16::to_le_bytes, false),
        utf16(u16::to_be_bytes, false),
    ] {
        assert_eq!(rows(&contacts(content).open(), 0), ["1|Müller"]);
    }
    let latin = b"id,email\n1,M\xfcller\n";
    let declared = contacts(latin).config(|c| c.defaults.encoding = Some("windows-1252".into()));
    assert_eq!(rows(&declared.open(), 0), ["1|Müller"]);
    let fixture = contacts(latin);
    assert_eq!(told(&fixture.report()), ["L0706 c.csv - 1: 2  "]);
    let japanese =
        contacts(b"id,email\n1,\x82\xa0\n2,\x82\n").config(|c| c.defaults.encoding = Some("shift_jis".into()));
    assert_eq!(told(&japanese.report()), ["L0706 c.csv - 1: 3  "]);
}

#[test]
fn compressed_files_are_read_and_cut_off_ones_reported() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let whole = gzip(PLAIN);
    assert_eq!(rows(&contacts(&whole).open(), 0), WANT);
    // Two parts, one after the other, are one file.
    let joined = [gzip("id,email\n1,a@example.com\n"), gzip("2,\n")].concat();
    assert_eq!(rows(&contacts(joined).open(), 0), WANT);
    let zstd = zstd::encode_all(PLAIN.as_bytes(), 3).unwrap();
    assert_eq!(rows(&contacts(&zstd).open(), 0), WANT);
    for cut in [&whole[..whole.len() - 9], &zstd[..zstd.len() - 4]] {
        let report = contacts(cut).report();
        assert!(report.is_fatal());
        assert_eq!(report.problems[0].code.id(), "L0704", "{report:?}");
    }
}

#[test]
fn quoted_cells_hold_line_ends_quotes_delimiters_and_json() {
    let content = "id,email\n1,\"two\nlines\"\n2,\"say \"\"hi\"\"\"\n3,\"{\"\"a\"\": [1, 2]}\"\n4,12\" valve\n";
    let fixture = contacts(content);
    assert_eq!(rows(&fixture.open(), 0), ["1|two\nlines", "2|say \"hi\"", "3|{\"a\": [1, 2]}", "4|12\" valve"]);
}

#[test]
fn every_type_is_read() {
    let fixture = Fixture::in_zone("Europe/Berlin")
        .file(
            "t.csv",
            "id,yn,num,pct,cash,day,at,len,src,tags,nums\n\
             1,TRUE,\"1,234.5\",20%,\"$1,200.00\",2026-03-31,2026-03-31 14:00,36h,ppc,a; b ;,1;2\n\
             2,n,,,,,,,,,\n\
             3,0,-3,0.5,0.00005,2026-03-31T22:30:00Z,3/31/2026 2:00 PM,1:30:00, Trade  show,\"[\"\"x\"\", \"\"y;z\"\"]\",\n",
        )
        .entity(
            "thing",
            &["t.csv"],
            &[
                ("id", Ty::Key),
                ("yn", Ty::YesNo),
                ("num", Ty::Number),
                ("pct", Ty::Percent),
                ("cash", Ty::Money),
                ("day", Ty::Date),
                ("at", Ty::Time),
                ("len", Ty::Duration),
                ("src", one_of(&["PPC", "Trade  show"])),
                ("tags", Ty::List(Box::new(Ty::Text))),
                ("nums", Ty::List(Box::new(Ty::Number))),
            ],
        );
    let at = micros("2026-03-31T12:00:00Z");
    assert_eq!(
        rows(&fixture.open(), 0),
        [
            format!("1|yes|1234.5|0.2|12000000|20543|{at}|129600000000|PPC|[a,b]|[1,2]"),
            "2|no|?|?|?|?|?|?|?|?|?".to_owned(),
            format!("3|no|-3|0.5|1|20544|{at}|5400000000|Trade  show|[x,y;z]|?"),
        ]
    );
    assert_eq!(told(&fixture.report()), Vec::<String>::new());
}

#[test]
fn settings_of_a_source_change_how_it_is_read() {
    let fixture = Fixture::new()
        .file("deals.csv", "Report\nid#at#amount#stage#tags\n1#31/03/2026 14h00#1.200,50#closedwon#a,b\n2#select#n/a#Select#\nTotal 2\n")
        .entity(
            "deal",
            &["deals.csv"],
            &[
                ("id", Ty::Key),
                ("at", Ty::Time),
                ("amount", Ty::Money),
                ("stage", one_of(&["Closed won"])),
                ("tags", Ty::List(Box::new(Ty::Text))),
            ],
        )
        .config(|c| {
            let own = SourceConfig {
                timezone: Some("America/New_York".into()),
                time_formats: Some(vec!["%d/%m/%Y %Hh%M".into()]),
                null: Some(vec!["SELECT".into(), "n/a".into()]),
                list_separator: Some(",".into()),
                delimiter: Some("#".into()),
                decimal: Some(",".into()),
                skip_lines: Some(1),
                footer_lines: Some(1),
                labels: [("stage".to_owned(), [("closedwon".to_owned(), "Closed Won".to_owned())].into())].into(),
                encoding: None,
            };
            c.sources.push(("deals.csv".into(), own));
        });
    let at = micros("2026-03-31T18:00:00Z");
    assert_eq!(rows(&fixture.open(), 0), [format!("1|{at}|12005000|Closed won|[a,b]"), "2|?|?|?|?".to_owned()]);
    assert_eq!(told(&fixture.report()), Vec::<String>::new());
}

#[test]
fn labels_say_what_other_words_for_yes_mean() {
    let fixture = Fixture::new()
        .file("c.csv", "id,opted_in\n1,Subscribed\n2,unsubscribed\n3,?\n")
        .entity("contact", &["c.csv"], &[("id", Ty::Key), ("opted in", Ty::YesNo)])
        .config(|c| {
            let labels = [("subscribed".to_owned(), "yes".to_owned()), ("unsubscribed".to_owned(), "no".to_owned())];
            c.defaults.labels.insert("Opted In".into(), labels.into());
        });
    assert_eq!(rows(&fixture.open(), 0), ["1|yes", "2|no", "3|?"]);
    assert_eq!(told(&fixture.report()), ["L0716 c.csv opted in 1: 4 opted_in ?"]);
}

#[test]
fn headers_match_as_the_language_says() {
    let fixture = Fixture::new()
        .file("companies.csv", "Record ID,Number of Employees\nA,5\n")
        .file("c.csv", "RECORD-ID,Job_Title,Associated Company\n1,Boss,A\n")
        .file("visits.csv", "contact_id,at\n1,2026-01-01\n")
        .file("calls.csv", "Record ID,at\n1,2026-01-01\n")
        .entity("company", &["companies.csv"], &[("id", Ty::Key), ("employees", Ty::Number)])
        .from("id", "record id", None)
        .from("employees", "Number of Employees", None)
        .entity(
            "contact",
            &["c.csv"],
            &[("record id", Ty::Key), ("job title", Ty::Text), ("company", Ty::Record(TableId(0)))],
        )
        .from("company", "Associated Company", None)
        .event("visit", &["visits.csv"], &[("contact", Ty::Record(TableId(1))), ("at", Ty::Time)])
        .event("call", &["calls.csv"], &[("contact", Ty::Record(TableId(1))), ("at", Ty::Time)]);
    let data = fixture.open();
    assert_eq!(rows(&data, 0), ["A|5"]);
    assert_eq!(rows(&data, 1), ["1|Boss|#0"]);
    let at = micros("2026-01-01T00:00:00Z");
    assert_eq!(scan(&data, &fixture.lexicon, TableId(2), i64::MIN..i64::MAX), [format!("{at}|#0|{at}")]);
    assert_eq!(scan(&data, &fixture.lexicon, TableId(3), i64::MIN..i64::MAX), [format!("{at}|#0|{at}")]);
    assert_eq!(told(&data.report()), Vec::<String>::new());
}

#[test]
fn a_reference_does_not_take_the_tables_own_key() {
    let fixture = Fixture::new()
        .file("companies.csv", "id\nA\n")
        .file("c.csv", "id,other\n1,x\n")
        .entity("company", &["companies.csv"], &[("id", Ty::Key)])
        .entity("contact", &["c.csv"], &[("id", Ty::Key), ("company", Ty::Record(TableId(0)))]);
    let report = fixture.report();
    assert_eq!(told(&report), ["L0707 c.csv company 1: "]);
    assert_eq!(report.problems[0].message, "`c.csv` has no column for `contact`'s `company`; it has `id`, `other`");
}

#[test]
fn filters_follow_three_valued_logic() {
    let content =
        "id,type,amount,day,ok\n1,Page_View,5,2026-01-01,yes\n2, page_view ,,2026-02-01,no\n3,visit,7,,\n4,,9,x,1\n";
    let run = |filter: SourceFilter| {
        let fixture = Fixture::new().file("e.csv", content).entity("e", &["e.csv"], &[("id", Ty::Key)]).filter(filter);
        let found = rows(&fixture.open(), 0).join(" ");
        let report = fixture.report();
        assert!(report.problems.is_empty(), "{report:?}");
        assert_eq!(report.sources[0].rows, 4);
        assert_eq!(report.sources[0].selected, report.sources[0].taken);
        found
    };
    let number = |n| vec![Value::Number(n)];
    assert_eq!(run(equal("type", text("page_view"))), "1 2");
    assert_eq!(run(compare("Type", CompareOp::NotEqual, vec![text("page_view")])), "3");
    assert_eq!(run(compare("type", CompareOp::In, vec![text("visit"), text("x")])), "3");
    assert_eq!(run(compare("type", CompareOp::NotIn, vec![text("visit"), text("x")])), "1 2");
    assert_eq!(run(compare("type", CompareOp::StartsWith, vec![text("PAGE")])), "1 2");
    assert_eq!(run(compare("type", CompareOp::Matches, vec![text("^P")])), "1");
    assert_eq!(run(compare("amount", CompareOp::Greater, number(5.0))), "3 4");
    assert_eq!(run(compare("day", CompareOp::GreaterEqual, vec![Value::Date(20_454)])), "1 2");
    assert_eq!(run(compare("day", CompareOp::Less, vec![Value::Date(20_455)])), "1");
    let known = |negated| SourceFilter::Known { header: "amount".into(), negated, span: span() };
    assert_eq!((run(known(false)), run(known(true))), ("1 3 4".to_owned(), "2".to_owned()));
    let yes = || SourceFilter::Yes { header: "ok".into(), span: span() };
    assert_eq!(run(yes()), "1 4");
    assert_eq!(run(SourceFilter::Not(Box::new(yes()))), "2");
    assert_eq!(run(SourceFilter::And(vec![yes(), equal("type", text("page_view"))])), "1");
    assert_eq!(run(SourceFilter::Or(vec![yes(), equal("type", text("visit"))])), "1 3 4");
    // Cannot tell, and no: no. Cannot tell, or yes: yes.
    assert_eq!(
        run(SourceFilter::Not(Box::new(SourceFilter::And(vec![yes(), equal("amount", Value::Number(1.0))])))),
        "1 2 3 4"
    );
}

#[test]
fn json_lines_are_read_by_names_and_ways() {
    let fixture = Fixture::new()
        .file("c.jsonl", "{\"id\": 1, \"who\": {\"mail\": \"a@example.com\"}, \"tags\": [\"x\", \"y\"], \"ok\": true}\n\n{\"id\": \"2\", \"tags\": null}\n7\n")
        .entity(
            "contact",
            &["c.jsonl"],
            &[("id", Ty::Key), ("mail", Ty::Text), ("tags", Ty::List(Box::new(Ty::Text))), ("ok", Ty::YesNo)],
        )
        .from("mail", "who.mail", None);
    assert_eq!(rows(&fixture.open(), 0), ["1|a@example.com|[x,y]|yes", "2|?|?|?"]);
    let report = fixture.report();
    assert_eq!(told(&report), ["L0726 c.jsonl - 1: 4  7"]);
    assert_eq!((report.sources[0].rows, report.sources[0].taken, report.sources[0].rejected), (3, 2, 1));
}

#[test]
fn only_files_of_needed_tables_are_opened() {
    let fixture = Fixture::new()
        .file("c.csv", "id,email\n1,a\n")
        .entity(
            "contact",
            &["c.csv"],
            &[("id", Ty::Key), ("email", Ty::Text), ("gone", Ty::Text), ("company", Ty::Record(TableId(1)))],
        )
        .entity("company", &["nowhere.csv"], &[("id", Ty::Key)]);
    let data = fixture.open_needs(&needs(&[(0, &[1])]));
    assert!(data.report().problems.is_empty());
    assert!(data.records(TableId(1)).is_none());
    // The key is read though nobody asked.
    assert_eq!((data.key(TableId(0), 0), data.find(TableId(0), " 1 ")), (Some("1"), Some(0)));
    assert!(data.records(TableId(0)).unwrap().columns[2].is_none());
}

#[test]
fn day_or_month_first_is_decided_by_the_column() {
    let read = |a: &str, b: &str| {
        let fixture = Fixture::new().file("e.csv", format!("id,at\n1,{a}\n2,{b}\n")).entity(
            "e",
            &["e.csv"],
            &[("id", Ty::Key), ("at", Ty::Date)],
        );
        let rows = rows(&fixture.open(), 0);
        (rows[0].clone(), told(&fixture.report()))
    };
    let (april, march) = (20_546, 20_516); // 3 April and 4 March 2026
    assert_eq!(read("3/4/2026", "31/12/2026"), (format!("1|{april}"), vec![]));
    assert_eq!(read("3/4/2026", "12/31/2026"), (format!("1|{march}"), vec![]));
    let (row, problems) = read("3/4/2026", "5/5/2026");
    assert_eq!(row, format!("1|{march}"));
    assert_eq!(problems, ["L0722 e.csv at 1: 2 at 3/4/2026"]);
    let declared = Fixture::new()
        .file("e.csv", "id,at\n1,3/4/2026\n")
        .entity("e", &["e.csv"], &[("id", Ty::Key), ("at", Ty::Date)])
        .config(|c| c.defaults.time_formats = Some(vec!["%d/%m/%Y".into()]));
    assert_eq!(rows(&declared.open(), 0), [format!("1|{april}")]);
}

#[test]
fn references_become_rows_and_lists_of_references_too() {
    let fixture = Fixture::new().file("c.csv", "id,parent,friends\nA,,B;C\nB,A,X;A\nC,X,\n").entity(
        "c",
        &["c.csv"],
        &[("id", Ty::Key), ("parent", Ty::Record(TableId(0))), ("friends", Ty::List(Box::new(Ty::Record(TableId(0)))))],
    );
    assert_eq!(rows(&fixture.open(), 0), ["A|?|[#1,#2]", "B|#0|[#0]", "C|?|?"]);
    let told = told(&fixture.report());
    assert_eq!(told[0], "L0721 c.csv parent 1: 4 parent X");
    assert!(told[1].starts_with("L0721 c.csv friends 1: 3 friends"), "{told:?}");
}

#[test]
fn tables_over_one_file_are_read_in_one_pass() {
    let mut content = "id,contact,kind,at\n".to_owned();
    for i in 0..1000 {
        content.push_str(&format!("{i},{},{},2026-01-01 00:00:{:02}\n", i % 3, ["visit", "page"][i % 2], i % 60));
    }
    let fields = [("contact", Ty::Record(TableId(0))), ("at", Ty::Time)];
    let fixture = Fixture::new()
        .file("c.csv", "id\n0\n1\n")
        .file("e.csv", content)
        .entity("contact", &["c.csv"], &[("id", Ty::Key)])
        .event("visit", &["e.csv"], &fields)
        .filter(equal("kind", text("visit")))
        .event("page", &["e.csv"], &fields)
        .filter(equal("kind", text("page")));
    let data = fixture.open();
    let counts = std::sync::Mutex::new([0; 3]);
    struct Count<'a>(&'a std::sync::Mutex<[usize; 3]>);
    impl lead_data::EventSink for Count<'_> {
        fn batch(&mut self, batch: &lead_data::Batch) {
            self.0.lock().unwrap()[batch.table.0 as usize] += batch.rows;
        }
    }
    let request = |table| lead_data::ScanRequest {
        table: TableId(table),
        fields: [FieldId(0)].into(),
        times: i64::MIN..i64::MAX,
    };
    data.scan(&[request(1), request(2)], |_| Count(&counts));
    assert_eq!(*counts.lock().unwrap(), [0, 500, 500]);
    let report = data.report();
    let dangling: u64 = report.problems.iter().filter(|p| p.code.id() == "L0721").map(|p| p.count).sum();
    assert_eq!(dangling, 333);
    let visits = report.sources.iter().find(|s| s.table == "visit").unwrap();
    assert_eq!((visits.rows, visits.selected, visits.taken, visits.rejected), (1000, 500, 500, 0));
    // A second scan counts nothing twice.
    data.scan(&[request(1), request(2)], |_| Count(&counts));
    let again = data.report();
    assert_eq!(format!("{:?}", again), format!("{report:?}"));
}

/// What several tables of a file share is worked out once; none may see anything of the others.
#[test]
fn tables_over_one_file_get_what_each_would_get_alone() {
    let mut content = String::from("kind,contact,at,amount,what\n");
    for i in 0..3000 {
        let kind = ["visit", "page", "Visit ", "", "call"][i * i % 5];
        let contact = if i % 7 == 0 { String::new() } else { (i % 13).to_string() };
        let at = match i % 11 {
            3 => "soon".to_owned(),
            4 => String::new(),
            _ => format!("2026-01-{:02} 10:00:00", i % 28 + 1),
        };
        let amount = if i % 17 == 0 { "much".to_owned() } else { (i % 50).to_string() };
        content += &format!("{kind},{contact},{at},{amount},{}\n", ["ad", "\"a,b\"", "mail"][i % 3]);
        if i % 500 == 0 {
            content += "cut,off\n";
        }
    }
    let contact = Ty::Record(TableId(0));
    let fields = [("contact", contact), ("at", Ty::Time), ("amount", Ty::Number), ("what", Ty::Text)];
    let either = SourceFilter::Or(vec![equal("kind", text("call")), equal("what", text("mail"))]);
    let filters = [
        Some(equal("kind", text("visit"))),
        Some(compare("kind", CompareOp::NotEqual, vec![text("visit")])),
        None,
        Some(compare("kind", CompareOp::In, vec![text("page"), text("call")])),
        Some(either),
        Some(equal("kind", text("call"))),
        Some(equal("what", text("ad"))),
    ];
    let mut fixture = Fixture::new()
        .file("e.csv", content)
        .file("c.csv", "id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")
        .entity("contact", &["c.csv"], &[("id", Ty::Key)])
        .threads(2);
    for (i, filter) in filters.into_iter().enumerate() {
        // Tables that want different fields share some of them.
        fixture = fixture.event(&format!("event {i}"), &["e.csv"], &fields[..4 - i % 2]);
        fixture = if let Some(filter) = filter { fixture.filter(filter) } else { fixture };
    }
    let request = |table: u32| {
        let fields = (0..fixture.lexicon.table(TableId(table)).fields.len() as u32).map(FieldId).collect();
        let days = if table == 4 { 5..9 } else { 1..40 };
        let first = micros("2026-01-01T00:00:00Z");
        let times = first + days.start * 86_400_000_000..first + days.end * 86_400_000_000;
        lead_data::ScanRequest { table: TableId(table), fields, times }
    };
    let of_table = |report: &lead_data::Report, table: u32| {
        let name = Some(format!("event {}", table - 1));
        let problems: Vec<_> = report.problems.iter().filter(|p| p.table == name).collect();
        let sources: Vec<_> = report.sources.iter().filter(|s| Some(&s.table) == name.as_ref()).collect();
        let rejects: Vec<_> = report.rejects.iter().filter(|r| Some(&r.table) == name.as_ref()).collect();
        format!("{problems:#?}\n{sources:#?}\n{rejects:#?}")
    };
    let together = LinesOfTables::default();
    let data = fixture.open();
    data.scan(&(1..8).map(request).collect::<Vec<_>>(), |_| together.clone());
    let report = data.report();
    for table in 1..8 {
        let alone = LinesOfTables::default();
        let data = fixture.open();
        data.scan(&[request(table)], |_| alone.clone());
        let sorted = |lines: &LinesOfTables| {
            let mut lines = lines.0.lock().unwrap().get(&table).cloned().unwrap_or_default();
            lines.sort();
            lines
        };
        assert!(sorted(&alone).len() > 50);
        assert_eq!(sorted(&together), sorted(&alone), "table {table}");
        assert_eq!(of_table(&report, table), of_table(&data.report(), table), "table {table}");
    }
}

#[test]
fn progress_is_told() {
    #[derive(Default)]
    struct Seen(std::sync::Mutex<(u64, u64)>);
    impl lead_data::Progress for Seen {
        fn file(&self, _: &str, bytes: u64) {
            self.0.lock().unwrap().0 += bytes;
        }
        fn advance(&self, bytes: u64) {
            self.0.lock().unwrap().1 += bytes;
        }
    }
    let fixture = contacts(PLAIN);
    let seen = Arc::new(Seen::default());
    let options = lead_data::Options { threads: 2, keep_rejects: false, progress: Some(seen.clone()) };
    lead_data::Data::open(&fixture.lexicon, &fixture.config, fixture.path(), &fixture.all(), options);
    assert_eq!(*seen.0.lock().unwrap(), (PLAIN.len() as u64, PLAIN.len() as u64));
}

#[test]
fn a_preview_shows_the_first_rows() {
    let fixture = Fixture::new().file("a.csv", "id,x\n1,\n2,b\n3,c\n");
    let preview = |most| lead_data::raw::preview(fixture.path(), "a.csv", &lead_hir::Config::default(), most);
    let two = preview(2).unwrap();
    assert_eq!((two.headers.len(), two.rows.len(), two.total), (2, 2, None));
    assert_eq!(two.rows[0], [Some("1".to_owned()), None]);
    assert_eq!(preview(9).unwrap().total, Some(3));
    let missing = lead_data::raw::preview(fixture.path(), "b.csv", &lead_hir::Config::default(), 1).unwrap_err();
    assert_eq!(missing.code.id(), "L0701");
}
