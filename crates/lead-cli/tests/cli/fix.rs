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

#[test]
fn fixes_that_change_meaning_are_applied_only_when_asked_for() {
    let text = MAIN.replace("pages = count(page view)", "since = count(page view)").replace("pages >", "visits >");
    let lab = Lab::lone(&text);
    let safe = lab.lead(&["fix"]);
    assert_eq!(safe.code, 1, "{}", safe.all());
    assert_eq!(lab.read("main.lead"), text);
    let risky = lab.lead(&["fix", "--unsafe"]);
    assert!(lab.read("main.lead").contains("`since` = count(page view)"), "{}\n{}", risky.all(), lab.read("main.lead"));
}

#[test]
fn only_the_files_named_are_fixed() {
    let broken = "good when visitz > 1\n";
    let lab = Lab::small().with("small/more.lead", broken).with("small/other.lead", &broken.replace("good", "better"));
    let ran = lab.lead(&["fix", "small/more.lead"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(lab.read("small/more.lead"), "good when visits > 1\n");
    assert_eq!(lab.read("small/other.lead"), "better when visitz > 1\n");
    assert_eq!(lab.lead(&["check", "small/more.lead"]).code, 0);
    assert_eq!(lab.lead(&["check", "small"]).code, 1);
}
