//! `lead explain`.

use crate::lab::Lab;

#[test]
fn a_page_is_found_by_code_and_by_slug_in_any_case() {
    let lab = Lab::empty();
    let by_code = lab.lead(&["explain", "L0101"]);
    assert_eq!(by_code.code, 0);
    assert!(by_code.out.starts_with("# L0101: broken-statement"), "{}", by_code.out);
    assert_eq!(lab.lead(&["explain", "l0101"]).out, by_code.out);
    assert_eq!(lab.lead(&["explain", "broken-statement"]).out, by_code.out);
}

#[test]
fn an_unknown_code_suggests_the_nearest() {
    let ran = Lab::empty().lead(&["explain", "broken-statment"]);
    insta::assert_snapshot!(ran.all(), @r"
    exit 2
    --- out
    --- err
    error: there is no code `broken-statment`
     help: the nearest is `L0101` (broken-statement)
    ");
}

#[test]
fn without_a_code_all_are_listed() {
    let ran = Lab::empty().lead(&["explain"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.lines().all(|l| l.starts_with('L')) && ran.out.contains("L0101  error    broken-statement"));
}
