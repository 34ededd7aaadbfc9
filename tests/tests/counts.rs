//! Counts that are only compared with constants are counted no further than they need be: their answers are those of counts in
//! full.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use lead_tests::pipeline;

type Comparison = (&'static str, fn(f64, f64) -> bool);

const OPS: [Comparison; 6] = [
    (">", |a, b| a > b),
    (">=", |a, b| a >= b),
    ("<", |a, b| a < b),
    ("<=", |a, b| a <= b),
    ("=", |a, b| a == b),
    ("!=", |a, b| a != b),
];

const BORDERS: [&str; 8] = ["-3", "0", "1", "2.5", "5", "126", "127", "300"];

#[test]
fn counts_are_told_apart_as_far_as_anybody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let mut lexicon = String::from("entity contact from \"contacts.csv\"\n    id: key\n");
    let mut terms = String::from("for contact\n\n");
    // An event for each comparison, so that each has a count, and a limit, of its own; and one that is shown.
    let mut names = Vec::new();
    for (i, border) in BORDERS.iter().enumerate() {
        for (k, (op, _)) in OPS.iter().enumerate() {
            let _ =
                writeln!(lexicon, "event e{i}{k} of contact from \"visits.csv\"\n    contact -> contact\n    at: time");
            let _ = writeln!(terms, "t{i}{k} when count(e{i}{k}) {op} {border}");
            names.push((i, k));
        }
    }
    lexicon.push_str("event visit of contact from \"visits.csv\"\n    contact -> contact\n    at: time\n");
    terms.push_str("n = count(visit)\nsome when any(visit)\nnone when no(visit)\nmany when count(visit) > 5\n");
    let (mut contacts, mut visits) = (String::from("id\n"), String::from("contact,at\n"));
    let counts = [0usize, 1, 2, 3, 4, 5, 6, 7, 8, 125, 126, 127, 128, 129, 255, 256, 299, 300, 301];
    for (i, count) in counts.iter().enumerate() {
        let _ = writeln!(contacts, "c{i}");
        (0..*count).for_each(|_| visits.push_str(&format!("c{i},2025-05-05 10:00\n")));
    }
    std::fs::write(folder.path().join("contacts.csv"), contacts).unwrap();
    std::fs::write(folder.path().join("visits.csv"), visits).unwrap();
    let files = [("a.lead".to_string(), lexicon), ("b.lead".to_string(), terms)];
    let checked = pipeline::check(&files, pipeline::config("UTC", 1));
    assert_eq!(checked.errors, Vec::<String>::new());
    for threads in [1, 2, 8] {
        let answered = pipeline::answer(&checked, folder.path(), 1_750_000_000_000_000, threads).unwrap();
        assert_eq!(answered.defs["n"], counts.map(|n| n.to_string()));
        for (row, count) in counts.iter().enumerate() {
            for (i, k) in &names {
                let holds = OPS[*k].1(*count as f64, BORDERS[*i].parse().unwrap());
                let (wanted, name) = (if holds { "yes" } else { "no" }, format!("t{i}{k}"));
                assert_eq!(answered.defs[&name][row], wanted, "{count} {} {}", OPS[*k].0, BORDERS[*i]);
            }
            let yes = |name: &str| answered.defs[name][row] == "yes";
            assert_eq!((yes("some"), yes("none"), yes("many")), (*count > 0, *count == 0, *count > 5));
        }
    }
}
