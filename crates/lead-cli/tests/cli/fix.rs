//! `lead fix`.

use crate::lab::{Lab, MAIN};

#[test]
fn fixes_are_applied_until_none_is_left() {
    let lab = Lab::lone(&MAIN.replace("visits >= 2", "visitz >= 2").replace("when employees >", "when employes >"));
    let diff = lab.lead(&["fix", "--diff"]);
    assert_eq!(diff.code, 1, "{}", diff.all());
    assert!(diff.out.contains("-lead when pages > 5 and visitz"), "{}", diff.out);
    let ran = lab.lead(&["fix"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(lab.read("main.lead"), MAIN);
}

#[test]
fn what_cannot_be_fixed_stays_and_is_said() {
    let text = "lead when when\n";
    let lab = Lab::lone(text);
    let ran = lab.lead(&["fix"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert_eq!(lab.read("main.lead"), text);
}
