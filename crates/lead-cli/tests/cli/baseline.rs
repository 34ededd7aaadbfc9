//! Lints that are proved, and `lead check --baseline`: an old lexicon adopts them, and only new ones fail.

use crate::lab::Lab;

const OLD: &str = "entity contact from \"c.csv\"\n    id: key\n    employees: number\n    opted in: yes/no\n\n\
    large when employees > 50\nnever when large and employees < 10\n";

fn lab(more: &str) -> Lab {
    Lab::empty().with("old/main.lead", &format!("{OLD}{more}"))
}

#[test]
fn a_finding_names_a_record_that_shows_it() {
    let ran = lab("").lead(&["check", "old"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    for part in ["warning[L0615] never-true", "`employees` 51 meets all of it but this part"] {
        assert!(ran.out.contains(part), "{}", ran.out);
    }
}

#[test]
fn only_findings_that_are_not_in_the_baseline_fail() {
    let lab = lab("");
    assert_eq!(lab.lead(&["check", "old", "--strict"]).code, 1);
    let ran = lab.lead(&["check", "old", "--strict", "--write-baseline", "known.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "1 finding in `known.json`\n"), "{}", ran.all());
    let ran = lab.lead(&["check", "old", "--strict", "--baseline", "known.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "1 finding of the baseline not shown\n"), "{}", ran.all());
    // Moved and run from elsewhere it is the same finding; another one is new.
    lab.write("old/main.lead", &format!("# a note\n\n{OLD}again when employees > 5 and employees < 2\n"));
    let ran = lab.lead_in("old", &["check", "--strict", "--baseline", "../known.json"], &[]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(ran.out.contains("again") && !ran.out.contains("never-true"), "{}", ran.out);
    // One that is mended is named, so that it stays mended.
    lab.write("old/main.lead", &OLD.replace("< 10", "< 100"));
    let ran = lab.lead(&["check", "old", "--strict", "--baseline", "known.json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.err.contains("1 is gone"), "{}", ran.err);
}

#[test]
fn a_baseline_hides_no_error() {
    let lab = lab("wrong when sise > 2\n");
    let ran = lab.lead(&["check", "old", "--write-baseline", "known.json"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    let ran = lab.lead(&["check", "old", "--baseline", "known.json"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(ran.out.contains("`sise`"), "{}", ran.out);
}

#[test]
fn a_file_that_is_no_baseline_is_said_to_be_none() {
    let lab = lab("").with("other.json", "[]");
    for (file, said) in [("other.json", "is not a baseline"), ("missing.json", "cannot be read")] {
        let ran = lab.lead(&["check", "old", "--baseline", file]);
        assert_eq!(ran.code, 3, "{}", ran.all());
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
