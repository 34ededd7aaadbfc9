//! `lead fmt`.

use std::fs;

use crate::lab::Lab;

const MESSY: &str = "pages   =   count( page view )\nlead when pages>5\n";

fn tidied() -> String {
    let ran = Lab::empty().lead_with(&["fmt", "-"], &[], MESSY);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.all());
    ran.out
}

#[test]
fn standard_input_comes_back_laid_out() {
    let tidy = tidied();
    assert!(tidy.contains("lead when pages > 5"), "{tidy}");
    assert_eq!(Lab::empty().lead_with(&["fmt", "-"], &[], &tidy).out, tidy);
    assert_eq!(Lab::empty().lead_with(&["fmt", "-", "x"], &[], &tidy).code, 2);
}

#[test]
fn check_and_diff_write_nothing_and_exit_with_one() {
    let lab = Lab::empty().with("a.lead", MESSY).with("sub/b.lead", &tidied());
    let check = lab.lead(&["fmt", "--check"]);
    assert_eq!((check.code, check.out.as_str()), (1, "a.lead\n"));
    let diff = lab.lead(&["fmt", "--diff", "."]);
    assert_eq!(diff.code, 1);
    assert!(diff.out.contains("-lead when pages>5\n") && diff.out.contains("+lead when pages > 5\n"), "{}", diff.out);
    assert_eq!(lab.read("a.lead"), MESSY);
}

#[test]
fn files_are_written_with_their_permissions_and_unchanged_ones_are_left_alone() {
    let lab = Lab::empty().with("a.lead", MESSY).with("b.lead", &tidied());
    let before = fs::metadata(lab.path("b.lead")).and_then(|m| m.modified()).expect("a time");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(lab.path("a.lead"), fs::Permissions::from_mode(0o640)).expect("permissions");
    }
    let ran = lab.lead(&["fmt"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(lab.read("a.lead").contains("lead when pages > 5"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(lab.path("a.lead")).expect("the file").permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(fs::metadata(lab.path("b.lead")).and_then(|m| m.modified()).expect("a time"), before);
    assert_eq!(lab.bytes(".").len(), 2, "nothing else is left behind");
    assert_eq!(lab.lead(&["fmt", "--check"]).code, 0);
}

#[test]
fn a_broken_file_is_said_and_kept_while_others_are_laid_out() {
    let broken = "lead when when\n";
    let lab = Lab::empty().with("a.lead", broken).with("b.lead", MESSY);
    let ran = lab.lead(&["fmt"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(ran.err.contains("a.lead: a statement that cannot be read"), "{}", ran.err);
    assert_eq!(lab.read("a.lead"), broken);
    assert_ne!(lab.read("b.lead"), MESSY);
}

#[test]
fn files_that_are_not_there_are_files_in_the_way() {
    let ran = Lab::empty().lead(&["fmt", "none.lead"]);
    insta::assert_snapshot!(ran.all(), @r"
    exit 3
    --- out
    --- err
    error: `none.lead` cannot be opened: no such file or directory
    ");
}
