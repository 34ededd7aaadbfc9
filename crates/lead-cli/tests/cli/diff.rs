//! `lead diff`: between revisions, folders and the working tree.

use std::path::Path;
use std::process::Command;

use crate::lab::{Lab, MAIN, Ran};

/// Runs git in a folder, knowing nothing of who runs the tests.
pub fn git(folder: &Path, args: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git is there");
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A repository whose lexicon is in a folder with a blank, committed on `main`.
fn repository() -> Lab {
    let lab = Lab::empty()
        .with("my rules/lead.toml", crate::lab::SETTINGS)
        .with("my rules/sub/main.lead", MAIN)
        .with("my rules/exports/contacts.csv", crate::lab::CONTACTS)
        .with("my rules/exports/events.csv", crate::lab::EVENTS)
        .with("readme.md", "not a lexicon\n");
    let top = lab.path("");
    git(&top, &["init", "-q", "-b", "main"]);
    git(&top, &["add", "."]);
    git(&top, &["commit", "-q", "-m", "first"]);
    lab
}

fn edit(lab: &Lab, from: &str, to: &str) {
    let text = lab.read("my rules/sub/main.lead");
    assert!(text.contains(from), "{from}");
    lab.write("my rules/sub/main.lead", &text.replace(from, to));
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn the_working_tree_beside_a_revision() {
    let lab = repository();
    edit(&lab, "pages > 5", "pages > 8");
    edit(&lab, "address = email\n", "");
    edit(&lab, "visitor", "caller");
    edit(&lab, "age = now - joined", "# whole\nage =\n    now - joined");
    let ran = lab.lead(&["diff", "main", "--lexicon", "my rules"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!(ran.out);
    insta::assert_snapshot!(lab.lead(&["diff", "main", "--lexicon", "my rules", "--format", "markdown"]).out);
    let inside = lab.lead_in("my rules/sub", &["diff", "main", "--format", "json"], &[]);
    assert_eq!(json(&inside)["counts"]["breaking"], 2, "{}", inside.all());
}

#[test]
fn two_revisions_and_the_place_where_they_parted() {
    let lab = repository();
    let top = lab.path("");
    git(&top, &["checkout", "-q", "-b", "change"]);
    edit(&lab, "pages > 5", "pages > 8");
    git(&top, &["commit", "-q", "-a", "-m", "second"]);
    git(&top, &["checkout", "-q", "main"]);
    edit(&lab, "large when employees > 100", "large when employees > 200");
    git(&top, &["commit", "-q", "-a", "-m", "third"]);
    let changed = |args: &[&str]| -> Vec<String> {
        let ran = lab.lead(&[&["diff", "--lexicon", "my rules", "--format", "json"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.all());
        let all = json(&ran);
        let list = all["changes"].as_array().expect("a list").iter().filter(|c| c["how"] == "changed");
        list.map(|c| c["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(changed(&["main", "change"]), ["lead", "large"]);
    assert_eq!(changed(&["main...change"]), ["lead"]);
    assert_eq!(changed(&["change..."]), ["large"]);
    assert_eq!(changed(&["main:my rules", "change:my rules"]), ["lead", "large"]);
    assert_eq!(changed(&["HEAD~1"]), ["large"]);
}

#[test]
fn two_folders_need_no_git() {
    let lab = Lab::small().with("other/lead.toml", crate::lab::SETTINGS).with("other/main.lead", MAIN);
    let ran = lab.lead_with(&["diff", "small", "other"], &[("PATH", "")], "");
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.out.contains("no definition differs"), "{}", ran.all());
}

#[test]
fn what_stands_in_the_way_is_said_plainly() {
    let lab = repository();
    let top = lab.path("");
    let wrong = |args: &[&str], vars: &[(&str, &str)], code: i32, said: &str| {
        let ran = lab.lead_with(args, vars, "");
        assert!(ran.code == code && ran.err.contains(said) && ran.out.is_empty(), "{args:?}\n{}", ran.all());
    };
    let rules = "--lexicon=my rules";
    wrong(&["diff", "nowhere", rules], &[], 2, "`nowhere` is neither a folder nor a revision that git knows");
    wrong(&["diff", "--", "-x"], &[], 2, "`-x` is neither a folder nor a revision");
    wrong(&["diff", "./nowhere", rules], &[], 2, "`./nowhere` is neither");
    wrong(&["diff", "main", rules], &[("PATH", "")], 3, "the program `git` cannot be started");
    lab.write("late/main.lead", MAIN);
    wrong(&["diff", "main", "--lexicon=late"], &[], 3, "there is no lexicon in `late` at `main`");
    lab.write("main/main.lead", MAIN);
    wrong(&["diff", "main", rules], &[], 2, "`main` is both a folder and a revision");
    git(&top, &["checkout", "-q", "--orphan", "alone"]);
    git(&top, &["commit", "-q", "-m", "alone"]);
    wrong(&["diff", "main...alone", rules], &[], 2, "have no commit in common");
    let outside = Lab::small();
    let ran = outside.lead_with(&["diff", "main", "--lexicon", "small"], &[("GIT_CEILING_DIRECTORIES", "/")], "");
    assert!(ran.code == 2 && ran.err.contains("is not in a git repository"), "{}", ran.all());
}

#[test]
fn a_lexicon_with_errors_is_refused_and_an_older_one_with_errors_is_not() {
    let lab = repository();
    edit(&lab, "visits >= 2", "visitz >= 2");
    let ran = lab.lead(&["diff", "main", "--lexicon", "my rules"]);
    assert!(ran.code == 1 && ran.err.contains("visitz"), "{}", ran.all());
    git(&lab.path(""), &["commit", "-q", "-a", "-m", "broken"]);
    edit(&lab, "visitz >= 2", "visits >= 2");
    let ran = lab.lead(&["diff", "HEAD", "--lexicon", "my rules", "--format", "json"]);
    assert!(ran.code == 0 && ran.err.contains("`HEAD` has 1 error"), "{}", ran.all());
    assert_eq!(json(&ran)["changes"][0]["name"], "lead");
}

#[test]
fn classes_make_it_fail_where_they_are_told_to() {
    let lab = repository();
    edit(&lab, "address = email\n", "");
    let code = |classes: &str| lab.lead(&["diff", "main", "--lexicon", "my rules", "--fail-on", classes]).code;
    assert_eq!(code("narrower,breaking"), 1);
    assert_eq!(code("narrower,wider,changed,added,cosmetic"), 0);
    assert_eq!(code("nonsense"), 2);
}

#[test]
fn services_see_each_change_at_its_line() {
    let lab = repository();
    edit(&lab, "visitor when", "caller when");
    edit(&lab, "    visitor\n", "    caller\n");
    let summary = lab.path("summary.md");
    let vars = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("a path"))];
    let args = ["diff", "main", "--lexicon", "my rules", "--fail-on", "breaking", "--format"];
    let ran = lab.lead_with(&[&args[..], &["github"]].concat(), &vars, "");
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("::error file=my rules/sub/main.lead,line="), "{}", ran.all());
    assert!(
        ran.out.contains("title=L1101 breaking-change::`visitor` of the answers at `main` is now called `caller`"),
        "{}",
        ran.out
    );
    assert!(lab.read("summary.md").contains("#### 🔴 breaking"), "{}", lab.read("summary.md"));
    let log = json(&lab.lead(&[&args[..], &["sarif"]].concat()));
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "L1101");
    let quality = json(&lab.lead(&[&args[..], &["gitlab"]].concat()));
    assert_eq!(quality[0]["severity"], "major");
    assert!(lab.lead(&[&args[..], &["junit"]].concat()).out.contains("failures=\"1\""));
}

/// What is said of one change.
fn change<'j>(all: &'j serde_json::Value, name: &str) -> &'j serde_json::Value {
    let list = all["changes"].as_array().expect("a list");
    list.iter().find(|c| c["name"] == name).unwrap_or(&serde_json::Value::Null)
}

#[test]
fn logic_says_which_records_enter_and_leave() {
    let lab = repository();
    let verdict = |from: &str, to: &str| -> (String, String) {
        let before = lab.read("my rules/sub/main.lead");
        edit(&lab, from, to);
        let all = json(&lab.lead(&["diff", "main", "--lexicon", "my rules", "--format", "json"]));
        lab.write("my rules/sub/main.lead", &before);
        let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
        (text(&change(&all, "large")["logic"]["verdict"]), text(&change(&all, "large")["class"]))
    };
    let of = |verdict: &str, class: &str| (verdict.to_owned(), class.to_owned());
    assert_eq!(verdict("employees > 100", "employees > 200"), of("narrower", "narrower"));
    assert_eq!(verdict("employees > 100", "employees > 50"), of("wider", "wider"));
    assert_eq!(verdict("employees > 100", "not employees <= 100"), of("same", "cosmetic"));
    assert_eq!(verdict("employees > 100", "employees < 150"), of("overlapping", "narrower"));
    assert_eq!(verdict("employees > 100", "employees < 50"), of("disjoint", "narrower"));
}

#[test]
fn with_data_it_says_who_enters_and_who_leaves_and_why() {
    let lab = repository();
    edit(&lab, "pages > 5 and visits >= 2 within 90d", "pages > 5 and visits >= 2 within 7d");
    edit(&lab, "employees > 100", "employees > 5");
    edit(&lab, "twice budget = budget * 2", "twice budget = budget * 3");
    let args = ["diff", "main", "--lexicon", "my rules", "--data", "my rules/exports", "--by", "lead source"];
    let ran = lab.lead(&args);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!(ran.out);
    insta::assert_snapshot!(lab.lead(&[&args[..], &["--format", "markdown"]].concat()).out);
    let all = json(&lab.lead(&[&args[..], &["--format", "json"]].concat()));
    let lead = &change(&all, "lead")["people"];
    assert_eq!((&lead["enter"], &lead["leave"]), (&0.into(), &1.into()), "{lead}");
    assert_eq!(lead["first_to_leave"][0]["key"], "c1");
    let conditions = &lead["causes"][0]["conditions"];
    assert_eq!(conditions[0]["before"], "pages > 5 within 90d", "{conditions}");
    assert_eq!(conditions[0]["after"], "pages > 5 within 7d", "{conditions}");
    assert_eq!(change(&all, "large")["people"]["enter"], 1);
    assert_eq!(change(&all, "owner")["people"]["ways"][0]["before"], "field sales");
}

#[test]
fn a_condition_that_is_new_or_gone_is_what_moved_a_record() {
    let lab = repository();
    let causes = |from: &str, to: &str| -> Vec<String> {
        let before = lab.read("my rules/sub/main.lead");
        edit(&lab, from, to);
        let ran = lab.lead(&["diff", "main", "--lexicon=my rules", "--data=my rules/exports", "--format=json"]);
        lab.write("my rules/sub/main.lead", &before);
        let all = json(&ran);
        let list = change(&all, "lead")["people"]["causes"].as_array().cloned().unwrap_or_default();
        let text = |v: &serde_json::Value| v.as_str().unwrap_or("-").to_owned();
        let one = |c: &serde_json::Value| format!("{}: {} → {}", text(&c["in"]), text(&c["before"]), text(&c["after"]));
        list.iter().flat_map(|c| c["conditions"].as_array().cloned().unwrap_or_default()).map(|c| one(&c)).collect()
    };
    let rule = "pages > 5 and visits >= 2";
    assert_eq!(causes(rule, "pages > 5 and visits >= 2 and employees > 500"), ["lead: - → employees > 500"]);
    assert_eq!(causes(rule, "pages > 6 and visits >= 2"), ["lead: pages > 5 → pages > 6"]);
    assert_eq!(
        causes("visits = count(visit)", "visits = count(visit where at is unknown)"),
        ["visits: count(visit) → count(visit where at is unknown)"]
    );
    assert_eq!(causes(rule, "pages > 5 and (visits >= 2 or large)"), [""; 0], "nobody moves");
    let unless = "\"large\"\n    unless large because \"too large\"\n";
    assert_eq!(causes("\"large\"\n", unless), ["lead: - → large"]);
}

#[test]
fn what_it_is_split_by_must_be_known_and_data_must_be_there() {
    let lab = repository();
    edit(&lab, "pages > 5", "pages > 8");
    let wrong = |more: &[&str], code: i32, said: &str| {
        let ran = lab.lead(&[&["diff", "main", "--lexicon=my rules"], more].concat());
        assert!(ran.code == code && ran.err.contains(said), "{}", ran.all());
    };
    wrong(&["--data=my rules/exports", "--by=lead sauce"], 2, "did you mean `lead source`?");
    wrong(&["--data=nowhere"], 3, "`nowhere`");
    wrong(&["--by=email"], 2, "--data");
    let by_def = lab.lead(&["diff", "main", "--lexicon=my rules", "--data=my rules/exports", "--by=large"]);
    assert!(by_def.out.contains("c1 (true)"), "{}", by_def.all());
}

#[test]
fn what_is_read_from_elsewhere_is_not_proved_to_be_the_same() {
    let lab = repository();
    edit(&lab, "employees: number", "employees: number from \"Staff\"");
    let args = ["diff", "main", "--lexicon=my rules"];
    let all = json(&lab.lead(&[&args[..], &["--format=json"]].concat()));
    let large = change(&all, "large");
    assert_eq!((&large["how"], &large["logic"]["verdict"]), (&"affected".into(), &"undecided".into()), "{large}");
    let why = "it rests on `employees`, which changed; by its conditions alone it is the same";
    assert_eq!(large["logic"]["why"], why);
    assert_eq!(lab.lead(&[&args[..], &["--fail-on=narrower"]].concat()).code, 1);
}

#[test]
fn what_cannot_be_decided_counts_as_no_more_than_it_may_be() {
    let rules = |least: u32| {
        format!(
            "entity company from \"a.csv\"\n    id: key\n\nentity contact from \"b.csv\"\n    id: key\n    company -> company\n\n\
             event page view of contact from \"c.csv\"\n    at: time\n\nfor contact\n\nreader when count(page view) > {least}\n\n\
             for company\n\nbusy when count(contact where reader) >= 2\n"
        )
    };
    let lab = Lab::empty().with("old/main.lead", &rules(5)).with("new/main.lead", &rules(3));
    let ran = lab.lead(&["diff", "old", "new", "--format=json", "--fail-on=narrower"]);
    let all = json(&ran);
    let busy = change(&all, "busy");
    assert_eq!((ran.code, &busy["classes"]), (0, &serde_json::json!(["wider"])), "{busy}");
    assert_eq!((&busy["logic"]["verdict"], &busy["logic"]["may_be"]), (&"undecided".into(), &"wider".into()));
    let shown = "`count(contact where reader)` before 0, `count(contact where reader)` now 2";
    assert_eq!(busy["logic"]["matches_now"], shown);
    assert!(
        lab.lead(&["diff", "old", "new"])
            .out
            .contains("whatever matched still does; whether more do cannot be decided")
    );
    let narrower = lab.lead(&["diff", "new", "old", "--fail-on=narrower"]);
    assert!(narrower.code == 1 && narrower.out.contains("whatever matches did before"), "{}", narrower.all());
}

#[test]
fn a_hook_of_git_may_run_it() {
    let lab = repository();
    edit(&lab, "pages > 5", "pages > 8");
    // As git tells hooks; seen from the folder of the lexicon it leads nowhere.
    let vars = [("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index"), ("GIT_PREFIX", "")];
    let ran = lab.lead_with(&["diff", "main", "--lexicon", "my rules", "--fail-on", "narrower"], &vars, "");
    assert!(ran.code == 1 && ran.out.contains("narrower: what matches did before"), "{}", ran.all());
}
