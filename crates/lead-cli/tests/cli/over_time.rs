//! `lead trend` and `lead backtest`.

use crate::diff::git;
use crate::lab::{EVENTS, Lab, MAIN};

/// A lab whose contacts order, with a date for the order and an owner that nobody remembers.
fn shop() -> Lab {
    let main = format!(
        "{MAIN}\nevent order of contact from \"orders.csv\"\n    on: date\n\n\
         bought when any(order)\n\nreader when pages >= 3 within 10d\n"
    );
    Lab::small()
        .with("small/main.lead", &main)
        .with("small/exports/orders.csv", "contact id,on\nc1,2026-06-15\nc2,2026-06-29\n")
}

#[test]
fn a_trend_shows_terms_funnels_and_who_ages() {
    let ran = shop().lead(&["trend", "small", "--from", "2026-06-01", "--every", "1w", "--ageing", "3d"]);
    insta::assert_snapshot!(ran.all());
}

#[test]
fn each_time_of_a_trend_is_a_run_at_that_time() {
    let lab = shop();
    let csv = lab.lead(&["trend", "small", "--every", "week", "--from", "2026-06-01", "--format", "csv"]).out;
    let mut reader = csv.lines();
    let head: Vec<&str> = reader.next().expect("a header").split(',').collect();
    let at = |name: &str| head.iter().position(|h| *h == name).expect("a column");
    let mut compared = 0;
    for line in reader {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[at("yes")].is_empty() {
            continue;
        }
        let ran = lab.lead(&["run", "small", "--as-of", cells[at("as_of")], "--json"]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let answers = json["subjects"][0]["answers"].as_array().expect("answers").clone();
        let found = answers.iter().find(|a| a["name"] == cells[at("name")]).expect("the term");
        for (column, key) in [("yes", "yes"), ("no", "no"), ("cannot_tell", "cannot_tell")] {
            assert_eq!(found[key].to_string(), cells[at(column)], "{line}");
        }
        compared += 1;
    }
    assert!(compared >= 20, "{compared} rows were compared\n{csv}");
}

#[test]
fn tables_of_a_trend_are_written_as_csv_or_json() {
    let lab = shop();
    let ran = lab.lead(&[
        "trend",
        "small",
        "--to",
        "2026-06-20",
        "--every",
        "1w",
        "--moves",
        "--ageing",
        "5d",
        "--output",
        "over",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let names: Vec<String> = lab.bytes("over").into_iter().map(|f| f.0).collect();
    assert_eq!(names, ["ageing.csv", "as_today.csv", "moved_records.csv", "moves.csv", "series.csv", "waits.csv"]);
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}",
        lab.read("over/ageing.csv"),
        lab.read("over/moved_records.csv"),
        lab.read("over/waits.csv")
    ));
    let ran = lab.lead(&["trend", "small", "--format", "json", "--output", "over"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let json: serde_json::Value = serde_json::from_str(&lab.read("over/series.json")).expect("JSON");
    assert_eq!(json["times"].as_array().map(Vec::len), Some(13));
    assert_eq!(json["terms"][0]["counts"].as_array().map(Vec::len), Some(13));
}

#[test]
fn what_happens_later_does_not_keep_anybody_from_ageing() {
    // The last visits of c1 are of 11 June; what is known by the 20th lets go of them ten days later, whatever c1 did on the 21st.
    let lab = shop();
    let more = format!(
        "{EVENTS}page_view,c1,2026-06-21 09:00,/a\npage_view,c1,2026-06-21 09:01,/a\npage_view,c1,2026-06-21 09:02,/a\n"
    );
    lab.write("small/exports/events.csv", &more);
    let args = ["trend", "small", "--to", "2026-06-20", "--term", "reader", "--ageing", "3d", "--format", "json"];
    let json: serde_json::Value = serde_json::from_str(&lab.lead(&args).out).expect("JSON");
    let falls = json["ageing"]["falls"].as_array().expect("a list").clone();
    assert_eq!(falls.len(), 1, "{json:#}");
    assert_eq!((&falls[0]["key"], &falls[0]["by"]), (&"c1".into(), &"2026-06-21".into()), "{json:#}");
    assert_eq!(falls[0]["decided_by"][0]["window"], "within 10d", "{json:#}");
}

#[test]
fn a_backtest_counts_what_came() {
    // Reader on 7 and 14 June: c1, who orders on the 15th: two cases, both found. c2 orders on the 29th and never reads.
    let args = [
        "backtest",
        "reader",
        "--against",
        "bought",
        "--horizon",
        "14d",
        "--look",
        "1d",
        "--every",
        "1w",
        "--from",
        "2026-06-07",
        "--to",
        "2026-06-28",
        "--lexicon",
        "small",
        "--by",
        "lead source",
    ];
    let lab = shop();
    let ran = lab.lead(&args);
    insta::assert_snapshot!(ran.all());
    let json: serde_json::Value =
        serde_json::from_str(&lab.lead(&[&args[..], &["--format", "json"]].concat()).out).expect("JSON");
    let all = &json["definitions"][0]["all"];
    // 7 June: c1, c2, c3; 14 June the same. 21 and 28 June run past the end of the data.
    assert_eq!((&all["cases"], &all["yes"], &all["came"], &all["found"]), (&6.into(), &2.into(), &2.into(), &2.into()));
    assert_eq!(json["left_out"], serde_json::json!(["2026-06-21", "2026-06-28"]));
}

#[test]
fn a_backtest_compares_definitions_and_reaches_over_references() {
    let lab = shop();
    let base = lab.read("small/main.lead").replace("reader when pages >= 3 within 10d", "reader when pages >= 1");
    let lab = lab.with("old/lead.toml", &lab_settings()).with("old/main.lead", &base);
    let args = [
        "backtest",
        "reader",
        "--against",
        "bought",
        "--horizon",
        "14d",
        "--every",
        "1w",
        "--from",
        "2026-06-07",
        "--to",
        "2026-06-14",
        "--lexicon",
        "small",
        "--compare",
        "old",
        "--format",
        "json",
    ];
    let ran = lab.lead(&args);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let figures = |i: usize| json["definitions"][i]["all"].clone();
    assert_eq!((&figures(0)["found"], &figures(1)["found"]), (&2.into(), &2.into()), "{json:#}");
    assert_eq!(json["compared"]["missed_by_both"], 0, "{json:#}");
    let human = lab.lead(&args[..args.len() - 2]);
    assert!(human.out.contains("both definitions") && human.out.contains("old alone"), "{}", human.all());
}

#[test]
fn a_backtest_compares_with_a_revision_as_with_a_folder_that_holds_it() {
    let lab = shop();
    let now = lab.read("small/main.lead");
    let before = now.replace("reader when pages >= 3 within 10d", "reader when pages >= 1");
    let lab =
        lab.with("old/lead.toml", &lab_settings()).with("old/main.lead", &before).with("small/main.lead", &before);
    let top = lab.path(".");
    git(&top, &["init", "-q", "-b", "main"]);
    git(&top, &["add", "."]);
    git(&top, &["commit", "-q", "-m", "first"]);
    lab.write("small/main.lead", &now);
    let ask = |base: &str| {
        let args =
            ["backtest", "reader", "--against", "bought", "--horizon", "14d", "--every", "1w", "--to", "2026-06-14"];
        let ran = lab.lead(&[&args[..], &["--lexicon", "small", "--compare", base]].concat());
        assert_eq!(ran.code, 0, "{}", ran.all());
        // Heads are as wide as names; the figures are what counts.
        ran.out
            .replace(&format!("{base} alone"), "before alone")
            .replace(base, "before")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (revision, folder) = (ask("main"), ask("old"));
    assert!(revision.contains("before alone"), "{revision}");
    assert_eq!(revision, folder);
    let wrong = lab.lead(&["backtest", "reader", "--against", "bought", "--lexicon", "small", "--compare", "nowhere"]);
    assert_eq!((wrong.code, wrong.err.contains("neither a folder nor a revision")), (2, true), "{}", wrong.all());
}

#[test]
fn a_backtest_warns_of_fields_that_know_the_future() {
    let lab = shop();
    let ask = |term: &str| {
        lab.lead(&[
            "backtest",
            term,
            "--against",
            "bought",
            "--horizon",
            "14d",
            "--to",
            "2026-06-14",
            "--lexicon",
            "small",
        ])
    };
    let by_field = ask("large");
    assert!(by_field.out.contains("here the past may know the future"), "{}", by_field.all());
    assert!(by_field.out.contains("contact.employees") && by_field.out.contains("main.lead:"), "{}", by_field.all());
    let by_events = ask("reader");
    assert_eq!(by_events.code, 0);
    assert!(!by_events.out.contains("know the future"), "{}", by_events.all());
}

fn lab_settings() -> String {
    crate::lab::SETTINGS.replace("exports", ".")
}

#[test]
fn tables_do_not_land_among_the_exports() {
    let lab = shop();
    for args in [
        &["trend", "small", "--output", "small/exports"][..],
        &["backtest", "reader", "--against", "bought", "--lexicon", "small", "--output", "small/exports"],
    ] {
        let ran = lab.lead(args);
        assert!(ran.code == 2 && ran.err.contains("among the exports"), "{}", ran.all());
    }
}
