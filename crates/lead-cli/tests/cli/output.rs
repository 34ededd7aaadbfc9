//! `lead run --output`: the files of answers.

use std::fs;

use crate::lab::{Lab, MAIN};

const RUN: &[&str] = &["run", "small", "--output", "answers"];

fn answered(extra: &[&str]) -> (Lab, crate::lab::Ran) {
    let lab = Lab::small();
    let ran = lab.lead(&[RUN, extra].concat());
    assert_eq!(ran.code, 0, "{}", ran.all());
    (lab, ran)
}

#[test]
fn a_file_per_subject_funnel_and_metric_as_csv() {
    let (lab, ran) = answered(&[]);
    insta::assert_snapshot!(lab.read("answers/contact.csv"));
    insta::assert_snapshot!(lab.read("answers/journey.csv"));
    insta::assert_snapshot!(lab.read("answers/contacts.csv"));
    insta::assert_snapshot!(ran.all());
    assert_eq!(lab.bytes("answers").len(), 3, "nothing else is left behind");
}

#[test]
fn json_lines_have_a_key_for_every_column() {
    let (lab, _) = answered(&["--format", "jsonl"]);
    insta::assert_snapshot!(lab.read("answers/contact.jsonl"));
}

#[test]
fn texts_that_a_spreadsheet_would_run_are_made_harmless_unless_asked_otherwise() {
    let (lab, _) = answered(&["--only", "address,twice budget"]);
    let csv = lab.read("answers/contact.csv");
    assert!(csv.contains("c2,'=cmd|' /C calc'!A0,40\n"), "{csv}");
    assert!(csv.contains(",-6.5\n"), "numbers stay numbers: {csv}");
    let (lab, _) = answered(&["--only", "address", "--raw-cells"]);
    assert!(lab.read("answers/contact.csv").contains("c2,=cmd|' /C calc'!A0\n"));
}

#[test]
fn only_named_definitions_are_answered() {
    let (lab, _) = answered(&["--only", "Lead, contacts"]);
    assert_eq!(lab.read("answers/contact.csv"), "id,lead\nc1,true\nc2,\nc3,false\n");
    assert_eq!(lab.bytes("answers").len(), 2);
}

#[test]
fn only_records_for_which_a_term_is_yes_are_written() {
    let (lab, _) = answered(&["--only", "address", "--where", "Lead"]);
    let csv = lab.read("answers/contact.csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert_eq!(lines[0], "id,address,lead", "the term is answered too: {csv}");
    assert!(lines[1].starts_with("c1,") && lines[1].ends_with(",true"), "{csv}");
    let (all, _) = answered(&["--where", "lead", "--reasons"]);
    let (whole, _) = answered(&["--reasons"]);
    let yes = whole.read("answers/contact.csv");
    let wanted: Vec<&str> = yes.lines().filter(|l| l.starts_with("id,") || l.starts_with("c1,")).collect();
    assert_eq!(all.read("answers/contact.csv").lines().collect::<Vec<_>>(), wanted);
    assert_eq!(all.read("answers/contacts.csv"), whole.read("answers/contacts.csv"), "metrics count all records");
    for (name, said) in [("contacts", "is no term"), ("leed", "did you mean `lead`?")] {
        let ran = lab.lead(&[RUN, &["--where", name]].concat());
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert!(ran.all().contains(said), "{}", ran.all());
    }
}

#[test]
fn the_threads_do_not_change_a_byte() {
    for format in ["csv", "jsonl", "parquet"] {
        let (one, _) = answered(&["--threads", "1", "--format", format]);
        let (many, _) = answered(&["--threads", "7", "--format", format]);
        assert_eq!(one.bytes("answers"), many.bytes("answers"), "{format}");
    }
}

#[test]
fn reasons_stand_beside_their_answers() {
    let (lab, _) = answered(&["--only", "lead", "--reasons"]);
    assert_eq!(
        lab.read("answers/contact.csv"),
        "id,lead,lead_because\nc1,true,comes back and reads\nc2,,\nc3,false,\n"
    );
}

#[test]
fn an_earlier_output_stays_whole_when_a_run_fails() {
    let lab = Lab::small();
    assert_eq!(lab.lead(RUN).code, 0);
    let before = lab.bytes("answers");
    lab.write("small/exports/contacts.csv", "id,email\nc1,a\nc1,b\n");
    assert_eq!(lab.lead(RUN).code, 3);
    assert_eq!(lab.bytes("answers"), before);
    lab.write("small/main.lead", &MAIN.replace("visits >= 2", "visitz >= 2"));
    assert_eq!(lab.lead(RUN).code, 1);
    assert_eq!(lab.bytes("answers"), before);
}

#[test]
fn an_output_folder_that_cannot_be_made_is_a_file_in_the_way() {
    let lab = Lab::small().with("answers", "a file");
    let ran = lab.lead(RUN);
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert!(ran.err.contains("`answers`"), "{}", ran.err);
    assert_eq!(lab.read("answers"), "a file");
}

#[test]
fn answers_never_land_among_the_exports() {
    let lab = Lab::small();
    for args in [&["--output", "small/exports"][..], &["--rejects", "small/exports/contacts.csv"]] {
        let before = lab.bytes("small/exports");
        let ran = lab.lead(&[&["run", "small"], args].concat());
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert_eq!(lab.bytes("small/exports"), before);
    }
}

#[test]
fn other_files_in_the_output_folder_stay() {
    let lab = Lab::small().with("answers/notes.txt", "mine");
    assert_eq!(lab.lead(RUN).code, 0);
    assert_eq!(lab.read("answers/notes.txt"), "mine");
    assert!(fs::metadata(lab.path("answers/contact.csv")).is_ok());
}

#[test]
fn what_a_killed_run_left_behind_is_removed() {
    let lab = Lab::small().with("answers/.lead-aB3dE9/.lock", "").with("answers/.lead-aB3dE9/contact.csv", "half");
    assert_eq!(lab.lead(RUN).code, 0);
    let names: Vec<String> = lab.bytes("answers").into_iter().map(|f| f.0).collect();
    assert!(!names.is_empty() && names.iter().all(|n| !n.starts_with('.')), "{names:?}");
}

/// `/dev/full` takes nothing, as a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_said_and_ends_with_three() {
    let lab = Lab::small();
    let full = fs::File::options().write(true).open("/dev/full").expect("the device");
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_lead"))
        .args(["run", "small", "--json"])
        .current_dir(lab.path("."))
        .stdout(full)
        .output()
        .expect("the binary ends");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(3), "{said}");
    assert!(said.contains("output cannot be written: no space left on device"), "{said}");
}

/// A run that cannot write all of its answers leaves those before as they are.
#[cfg(unix)]
#[test]
fn an_output_that_may_not_grow_leaves_the_answers_before_whole() {
    let lab = Lab::small();
    assert_eq!(lab.lead(RUN).code, 0);
    let before = lab.bytes("answers");
    let many: String = (0..20_000).map(|i| format!("n{i},someone@example.com,1,1,,,PPC\n")).collect();
    lab.write("small/exports/contacts.csv", &format!("{}{many}", crate::lab::CONTACTS));
    // No file may become larger than 64 blocks of 512 bytes; the signal that says so is ignored.
    let ran = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_lead")])
        .args(RUN)
        .current_dir(lab.path("."))
        .output()
        .expect("the binary ends");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(3), "{said}");
    assert!(said.contains("`answers` cannot be written: file too large"), "{said}");
    assert_eq!(lab.bytes("answers"), before);
}

#[test]
fn parquet_has_native_types() {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Decimal128Type, Float64Type, Int64Type};
    let (lab, _) = answered(&["--format", "parquet"]);
    let file = fs::File::open(lab.path("answers/contact.parquet")).expect("the file");
    let mut reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|b| b.build())
        .expect("Parquet");
    let batch = reader.next().expect("a batch").expect("rows");
    let column = |name: &str| batch.column_by_name(name).unwrap_or_else(|| unreachable!("no column {name}"));
    let lead = column("lead").as_boolean();
    assert!(lead.value(0) && lead.is_null(1) && !lead.value(2) && !lead.is_null(2));
    assert_eq!(column("pages").as_primitive::<Float64Type>().value(0), 6.0);
    let budget = column("twice_budget").as_primitive::<Decimal128Type>();
    assert_eq!((budget.value(0), budget.precision(), budget.scale()), (20_010_000, 18, 4));
    assert!(column("age").as_primitive::<Int64Type>().is_null(2));
    assert_eq!(column("owner").as_string::<i32>().value(0), "field sales");
}
