//! Bad data: counted, placed, rejected, and nothing of it depends on threads.
#![allow(clippy::unwrap_used)]

mod support;

use lead_data::RejectKind;
use lead_hir::hir::*;
use support::*;

fn shop() -> Fixture {
    Fixture::new()
        .file("companies.csv", "id,employees\nA,50\nB,many\nC,\n")
        .file(
            "contacts.csv",
            "id,company,lead source,created\n1,A,PPC,2026-01-01\n2,X,ppc,soon\n3,B,Fair,2026-02-30\n4,\"A\",,\n5,A\n6,A,PPC,2026-01-01,7\n",
        )
        .file("visits.csv", "contact,at,url\n1,2026-01-01 10:00,/a\n1,,/b\n9,2026-01-02,/c\n2,\"never\n\",/d\n2,2026-01-03,/e\n")
        .entity("company", &["companies.csv"], &[("id", Ty::Key), ("employees", Ty::Number)])
        .entity(
            "contact",
            &["contacts.csv"],
            &[("id", Ty::Key), ("company", Ty::Record(TableId(0))), ("lead source", one_of(&["PPC"])), ("created", Ty::Date)],
        )
        .event("visit", &["visits.csv"], &[("contact", Ty::Record(TableId(1))), ("at", Ty::Time), ("url", Ty::Text)])
}

#[test]
fn every_finding_is_counted_with_its_places() {
    let fixture = shop();
    assert_eq!(rows(&fixture.open(), 1), ["1|#0|PPC|20454", "2|?|PPC|?", "3|#1|Fair|?", "4|#0|?|?"]);
    let report = fixture.report();
    assert!(!report.is_fatal() && report.has_warnings());
    let mut told = told(&report);
    told.sort();
    assert_eq!(
        told,
        [
            "L0712 contacts.csv - 2: 6  5,A, 7  6,A,PPC,2026-01-01,7",
            "L0713 visits.csv at 2: 3 at , 5 at never",
            "L0714 companies.csv employees 1: 3 employees many",
            "L0718 contacts.csv created 2: 3 created soon, 4 created 2026-02-30",
            "L0720 contacts.csv lead source 1: 4 lead source Fair",
            "L0721 contacts.csv company 1: 3 company X",
            "L0721 visits.csv contact 1: 4 contact 9",
        ]
    );
    insta::assert_snapshot!(
        report
            .problems
            .iter()
            .map(|p| format!("{}: {}\n  {}\n", p.code.id(), p.message, p.help.as_deref().unwrap_or("-")))
            .collect::<String>()
    );
}

#[test]
fn rows_in_are_rows_taken_and_rows_rejected() {
    let report = shop().report();
    let summary: Vec<_> =
        report.sources.iter().map(|s| (s.table.as_str(), s.rows, s.selected, s.taken, s.rejected)).collect();
    assert_eq!(summary, [("company", 3, 3, 3, 0), ("contact", 6, 6, 4, 2), ("visit", 5, 5, 3, 2)]);
    for source in &report.sources {
        let rejected = report.rejects.iter().filter(|r| r.kind == RejectKind::Row && r.table == source.table).count();
        assert_eq!(rejected as u64, source.rejected);
    }
    let rejects: Vec<String> = report
        .rejects
        .iter()
        .map(|r| format!("{}:{} {:?} [{}] {:?} {}", r.file, r.line, r.kind, r.column, r.value, r.reason))
        .collect();
    assert_eq!(
        rejects,
        [
            "companies.csv:3 Value [employees] \"many\" it does not read as a number",
            "contacts.csv:3 Value [company] \"X\" it names no record",
            "contacts.csv:3 Value [created] \"soon\" it does not read as a date",
            "contacts.csv:4 Value [created] \"2026-02-30\" it does not read as a date",
            "contacts.csv:6 Row [] \"5,A\" 2 cells where the header has 4",
            "contacts.csv:7 Row [] \"6,A,PPC,2026-01-01,7\" 5 cells where the header has 4",
            "visits.csv:3 Row [at] \"1,,/b\" it has no time",
            "visits.csv:4 Value [contact] \"9\" it names no record",
            "visits.csv:5 Row [at] \"never\" its time does not read as one",
        ]
    );
}

#[test]
fn keys_and_files_are_fatal_and_all_are_reported() {
    let report = Fixture::new()
        .file("a.csv", "id,x\n1,a\n,b\n1,c\n2,d\n 1 ,e\n")
        .file("b.csv", "")
        .file("d.csv", "id,x\n1,\"open\n2,y\n")
        .file("e.csv.gz", [0x1f, 0x8b, 8, 0])
        .file("f.parquet", "PAR1 not really")
        .file("g.csv", "ID,id_,x\n1,2,3\n")
        .entity("a", &["a.csv"], &[("id", Ty::Key), ("x", Ty::Text), ("y", Ty::Text)])
        .entity("b", &["b.csv"], &[("id", Ty::Key)])
        .entity("c", &["A.csv"], &[("id", Ty::Key)])
        .entity("d", &["d.csv", "../d.csv"], &[("id", Ty::Key)])
        .entity("e", &["e.csv.gz", "nothing_*.csv"], &[("id", Ty::Key)])
        .entity("f", &["f.parquet"], &[("id", Ty::Key)])
        .entity("g", &["g.csv"], &[("id", Ty::Key), ("x", Ty::Text)])
        .filter(equal("type", text("x")))
        .report();
    assert!(report.problems.iter().all(|p| p.severity == lead_diag::Severity::Error));
    let mut told = told(&report);
    told.sort();
    assert_eq!(
        told,
        [
            "L0701 A.csv - 1: ",
            "L0702 nothing_*.csv - 1: ",
            "L0703 ../d.csv - 1: ",
            "L0704 e.csv.gz - 1: ",
            "L0704 f.parquet - 1: ",
            "L0705 b.csv - 1: ",
            "L0707 a.csv y 1: ",
            "L0707 g.csv - 1: ",
            "L0708 g.csv id 1: ",
            "L0709 d.csv - 1: 2  ",
            "L0710 a.csv id 1: 3 id ",
            "L0711 a.csv id 2: 4 id 1, 6 id 1",
        ]
    );
    insta::assert_snapshot!(
        report
            .problems
            .iter()
            .map(|p| format!("{}: {}\n  {}\n", p.code.id(), p.message, p.help.as_deref().unwrap_or("-")))
            .collect::<String>()
    );
}

#[test]
fn a_missing_table_does_not_make_every_reference_dangle() {
    let report = Fixture::new()
        .file("c.csv", "id,company\n1,A\n")
        .entity("contact", &["c.csv"], &[("id", Ty::Key), ("company", Ty::Record(TableId(1)))])
        .entity("company", &["gone.csv"], &[("id", Ty::Key)])
        .report();
    assert_eq!(told(&report), ["L0701 gone.csv - 1: "]);
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_data_folder_are_refused() {
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("c.csv"), "id\n1\n").unwrap();
    let fixture = Fixture::new().entity("c", &["link.csv"], &[("id", Ty::Key)]).entity(
        "d",
        &["folder/*.csv"],
        &[("id", Ty::Key)],
    );
    std::os::unix::fs::symlink(other.path().join("c.csv"), fixture.path().join("link.csv")).unwrap();
    std::os::unix::fs::symlink(other.path(), fixture.path().join("folder")).unwrap();
    let data = fixture.open();
    assert_eq!(data.records(TableId(0)).unwrap().rows, 0);
    assert_eq!(told(&data.report()), ["L0703 link.csv - 1: ", "L0703 folder/*.csv - 1: "]);
}

#[test]
fn several_sources_are_merged_by_key_and_gaps_filled() {
    let fixture = Fixture::new()
        .file("hub.csv", "id,email,phone\n1,a@x.com,\n2,b@x.com,22\n")
        .file("fair.csv", "Badge,Mail,phone\n3,c@x.com,33\n2,B@x.com,99\n1,,11\n")
        .entity(
            "contact",
            &["hub.csv", "fair.csv"],
            &[("id", Ty::Key), ("email", Ty::Text), ("phone", Ty::Text), ("city", Ty::Text)],
        )
        .from("id", "Badge", Some("fair.csv"))
        .from("email", "Mail", Some("fair.csv"));
    let needed = needs(&[(0, &[0, 1, 2])]);
    let data = fixture.open_needs(&needed);
    assert_eq!(rows(&data, 0), ["1|a@x.com|11", "2|b@x.com|22", "3|c@x.com|33"]);
    let report = data.report();
    assert_eq!(told(&report), ["L0723 fair.csv phone 1: 3 phone 99"]);
    assert!(!report.has_warnings());
    assert_eq!(report.sources.iter().map(|s| s.taken).sum::<u64>(), 5);
}

#[test]
fn a_second_key_makes_rows_one_person() {
    let fixture = Fixture::new()
        .file("a.csv", "id,email,name\n1,a@x.com,Ann\n2,,Bob\n,c@x.com,Cid\n")
        .file("b.csv", "id,email,name\n7, A@X.com ,\n8,d@x.com,Dan\n,D@x.com,Dora\n,,Nobody\n")
        .file("v.csv", "contact,at\n7,2026-01-01\n1,2026-01-02\nc@x.com,2026-01-03\n")
        .entity("contact", &["a.csv", "b.csv"], &[("id", Ty::Key), ("email", Ty::Text), ("name", Ty::Text)])
        .same_when("email")
        .event("visit", &["v.csv"], &[("contact", Ty::Record(TableId(0))), ("at", Ty::Time)]);
    let data = fixture.open();
    assert_eq!(rows(&data, 0), ["1|a@x.com|Ann", "2|?|Bob", "c@x.com|c@x.com|Cid", "8|d@x.com|Dan"]);
    assert_eq!((data.find(TableId(0), "7"), data.find(TableId(0), "1")), (Some(0), Some(0)));
    let visits = scan(&data, &fixture.lexicon, TableId(1), i64::MIN..i64::MAX);
    assert_eq!(visits.iter().map(|v| v.split('|').nth(1).unwrap()).collect::<Vec<_>>(), ["#0", "#0", "#2"]);
    assert_eq!(told(&data.report()), ["L0710 b.csv id 1: 5 id ", "L0723 b.csv name 1: 4 name Dora"]);
}

#[test]
fn a_pattern_feeds_one_table_and_a_column_may_be_missing_in_some_files() {
    let fixture = Fixture::new()
        .file("e_2.csv", "id,at\n2,2026-01-02\n")
        .file("e_1.csv", "id,at,url\n1,2026-01-01,/a\n")
        .event("e", &["e_*.csv", "e_1.csv"], &[("id", Ty::Text), ("at", Ty::Time), ("url", Ty::Text)]);
    let data = fixture.open();
    assert_eq!(scan(&data, &fixture.lexicon, TableId(0), i64::MIN..i64::MAX).len(), 2);
    assert_eq!(told(&data.report()), ["L0724 e_2.csv url 1: "]);
}

#[test]
fn reports_and_records_do_not_depend_on_threads() {
    let mut contacts = "id,company,note\n".to_owned();
    let mut visits = "contact,at,\"long\nheader\"\n".to_owned();
    let filler = "x".repeat(200);
    for i in 0..40_000 {
        let company = if i % 977 == 0 { "none".into() } else { format!("co{}", i % 50) };
        contacts.push_str(&format!("c{i},{company},\"{filler}\n{}\"\n", i % 7));
        let at = if i % 1009 == 5 { "when?" } else { "2026-01-01 10:00:00" };
        visits.push_str(&format!("c{},{at},{filler}{}\n", i * 7 % 40_500, i % 3000));
        if i % 5003 == 9 {
            visits.push_str("ragged\n");
        }
    }
    let companies: String = std::iter::once("id\n".to_owned()).chain((0..50).map(|i| format!("co{i}\n"))).collect();
    let run = |threads: usize| {
        let fixture = Fixture::new()
            .file("companies.csv", &companies)
            .file("contacts.csv", &contacts)
            .file("visits.csv", &visits)
            .entity("company", &["companies.csv"], &[("id", Ty::Key)])
            .entity(
                "contact",
                &["contacts.csv"],
                &[("id", Ty::Key), ("company", Ty::Record(TableId(0))), ("note", Ty::Text)],
            )
            .event(
                "visit",
                &["visits.csv"],
                &[("contact", Ty::Record(TableId(1))), ("at", Ty::Time), ("text", Ty::Text)],
            )
            .from("text", "long\nheader", None)
            .threads(threads);
        let data = fixture.open();
        let events = scan(&data, &fixture.lexicon, TableId(2), i64::MIN..i64::MAX);
        (rows(&data, 1), events, serde_json::to_string(&data.report()).unwrap())
    };
    let one = run(1);
    assert_eq!((one.0.len(), one.1.len()), (40_000, 39_960));
    for threads in [2, 5] {
        let many = run(threads);
        assert!(one.0 == many.0 && one.1 == many.1);
        assert_eq!(one.2, many.2);
    }
}

#[test]
fn whatever_a_file_holds_is_no_crash_and_rows_add_up() {
    let mut state = 88_172_645_463_325_252u64;
    let mut next = move |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    let parts: [&[u8]; 24] = [
        b"1",
        b"2",
        b",",
        b",",
        b"\n",
        b"\r\n",
        b"\"",
        b"\"\"",
        b";",
        b"\xff",
        b"\0",
        "é".as_bytes(),
        b"2026-03-31",
        b"T14:00:05",
        b"+02:00",
        b"1e999",
        b"-",
        b"%",
        b"$",
        b"[",
        b"]",
        b"{\"id\":1}",
        b"yes",
        b" ",
    ];
    let types = [
        Ty::YesNo,
        Ty::Number,
        Ty::Percent,
        Ty::Money,
        Ty::Text,
        one_of(&["1", "yes"]),
        Ty::Date,
        Ty::Time,
        Ty::Duration,
        Ty::Record(TableId(0)),
        Ty::List(Box::new(Ty::Time)),
    ];
    for round in 0..400 {
        let mut content = b"id,x,at\n".to_vec();
        for _ in 0..next(60) {
            content.extend_from_slice(parts[next(parts.len())]);
        }
        let name = ["t.csv", "t.jsonl", "t.csv.gz"][round % 3];
        let ty = types[next(types.len())].clone();
        let report = Fixture::new()
            .file(name, &content)
            .entity("t", &[name], &[("id", Ty::Key), ("x", ty.clone())])
            .event("e", &[name], &[("id", Ty::Record(TableId(0))), ("x", ty), ("at", Ty::Time)])
            .report();
        for source in &report.sources {
            assert_eq!(source.selected, source.taken + source.rejected);
            let rows = report.rejects.iter().filter(|r| r.kind == RejectKind::Row && r.table == source.table);
            assert_eq!(rows.count() as u64, source.rejected, "{:?}", String::from_utf8_lossy(&content));
        }
    }
}
