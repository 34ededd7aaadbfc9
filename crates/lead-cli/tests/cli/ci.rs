//! Formats of CI services: what `--format` gives for findings and for examples that fail.

use crate::lab::{Lab, MAIN};

const WRONG: &str = "visitz >= 2";

fn wrong() -> Lab {
    Lab::empty().with("my rules/main.lead", &MAIN.replace("visits >= 2", WRONG))
}

fn line_of(text: &str) -> usize {
    MAIN.lines().position(|l| l.contains(text)).map_or(0, |n| n + 1)
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn github_reads_a_command_per_finding_and_a_summary_of_the_job() {
    let lab = wrong();
    let summary = lab.path("summary.md");
    lab.write("summary.md", "before\n");
    let vars = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("a path"))];
    let ran = lab.lead_with(&["check", "my rules", "--format", "github"], &vars, "");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.out);
    insta::assert_snapshot!(lab.read("summary.md"));
}

#[test]
fn paths_are_relative_to_the_folder_of_the_service() {
    let lab = wrong();
    let top = lab.path("").canonicalize().expect("a folder");
    let vars = [("GITHUB_WORKSPACE", top.to_str().expect("a path"))];
    let ran = lab.lead_in("my rules", &["check", "--format", "github"], &vars);
    assert!(ran.out.contains("file=my rules/main.lead,"), "{}", ran.out);
}

#[test]
fn gitlab_reads_a_list_with_fingerprints() {
    let lab = wrong();
    let ran = lab.lead(&["check", "my rules", "--format", "gitlab"]);
    assert_eq!(ran.code, 1);
    let list = json(&ran.out);
    let keys: Vec<&String> = list[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["description", "check_name", "fingerprint", "severity", "location"]);
    assert_eq!(list[0]["location"]["path"], "my rules/main.lead");
    assert_eq!(list[0]["location"]["lines"]["begin"], line_of("visits >= 2"));
    let before = list[0]["fingerprint"].clone();
    lab.write("my rules/main.lead", &format!("# moved\n\n{}", MAIN.replace("visits >= 2", WRONG)));
    let list = json(&lab.lead(&["check", "my rules", "--format", "gitlab"]).out);
    assert_eq!(list[0]["fingerprint"], before, "a finding that moved is the same finding");
    assert_eq!(list[0]["location"]["lines"]["begin"], line_of("visits >= 2") + 2);
    assert_eq!(Lab::small().lead(&["check", "small", "--format", "gitlab"]).out, "[]\n");
}

/// The parts that SARIF's specification requires (3.13, 3.14, 3.19, 3.27, 3.29, 3.30, 3.49), and whose values it restricts.
fn assert_sarif(log: &serde_json::Value) {
    assert_eq!(log["version"], "2.1.0");
    for run in log["runs"].as_array().expect("runs") {
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string());
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&run["columnKind"].as_str().unwrap_or_default()));
        let rules = driver["rules"].as_array().expect("rules");
        for (i, rule) in rules.iter().enumerate() {
            assert!(rule["id"].is_string() && rule["fullDescription"]["text"].is_string(), "{rule}");
            assert!(rules[..i].iter().all(|r| r["id"] != rule["id"]), "ids are unique");
        }
        for result in run["results"].as_array().expect("results") {
            assert!(result["message"]["text"].as_str().is_some_and(|t| !t.is_empty()), "{result}");
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a number");
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap_or_default()));
            for location in result["locations"].as_array().expect("locations") {
                let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a reference");
                assert!(!uri.contains([' ', '\\', '#']) && !uri.starts_with('/'), "{uri}");
                let region = &location["physicalLocation"]["region"];
                for part in ["startLine", "startColumn", "endLine", "endColumn"] {
                    assert!(region[part].as_u64().is_some_and(|n| n >= 1), "{region}");
                }
            }
        }
    }
}

#[test]
fn code_scanning_reads_sarif() {
    let ran = wrong().lead(&["check", "my rules", "--format", "sarif"]);
    assert_eq!(ran.code, 1);
    let log = json(&ran.out);
    assert_sarif(&log);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "L0201");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "my%20rules/main.lead");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], line_of("visits >= 2"));
    let sound = json(&Lab::small().lead(&["check", "small", "--format", "sarif"]).out);
    assert_sarif(&sound);
    assert_eq!(sound["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn junit_has_a_case_per_file_and_markdown_a_row_per_finding() {
    let lab = wrong().with("my rules/other.lead", "# nothing\n");
    insta::assert_snapshot!(lab.lead(&["check", "my rules", "--format", "junit"]).out);
    insta::assert_snapshot!(lab.lead(&["check", "my rules", "--format", "markdown"]).out);
}

#[test]
fn warnings_fail_where_they_are_told_to() {
    let text = format!("{MAIN}\nhot when pages > 5 or visits >= 2 within 90d\n");
    let lab = Lab::lone(&text);
    for (args, code, failures) in [(&[][..], 0, "failures=\"0\""), (&["--strict"][..], 1, "failures=\"1\"")] {
        let ran = lab.lead(&[&["check", "--format", "junit"], args].concat());
        assert!(ran.code == code && ran.out.contains(failures), "{}", ran.all());
    }
}

#[test]
fn examples_that_fail_have_every_format() {
    let text = format!("{MAIN}\nexamples visitor\n    visits | visitor\n    0      | yes\n    1      | yes\n");
    let lab = Lab::lone(&text);
    let of = |format: &str| {
        let ran = lab.lead(&["test", "--format", format]);
        assert_eq!(ran.code, 1, "{}", ran.all());
        ran.out
    };
    let line = text.lines().position(|l| l.starts_with("    0 ")).map_or(0, |n| n + 1);
    assert!(of("github").starts_with(&format!("::error file=main.lead,line={line},")), "{}", of("github"));
    assert_sarif(&json(&of("sarif")));
    assert_eq!(json(&of("sarif"))["runs"][0]["results"][0]["ruleId"], "L0802");
    assert_eq!(json(&of("gitlab"))[0]["location"]["lines"]["begin"], line);
    assert!(of("markdown").starts_with("### `lead test`: 1 error in 1 file\n"), "{}", of("markdown"));
    assert!(of("junit").contains("failures=\"1\""));
}

/// The fingerprints of what a command finds, in SARIF and for GitLab.
fn fingerprints(lab: &Lab, args: &[&str]) -> [Vec<String>; 2] {
    let of = |format: &str| json(&lab.lead(&[args, &["--format", format]].concat()).out);
    let text = |v: &serde_json::Value| v.as_str().expect("a fingerprint").to_owned();
    let (log, list) = (of("sarif"), of("gitlab"));
    let results = log["runs"][0]["results"].as_array().expect("results");
    let sarif = results.iter().map(|r| text(&r["partialFingerprints"]["leadFingerprint/v1"])).collect();
    [sarif, list.as_array().expect("a list").iter().map(|i| text(&i["fingerprint"])).collect()]
}

#[test]
fn check_test_and_diff_have_every_format_and_findings_are_known_again() {
    let old = format!("{MAIN}\nexamples visitor\n    visits | visitor\n    0      | yes\n    1      | no\n");
    let new = old.replace("employees > 100", "employees > 200") + "hot when pages > 5 or visits >= 2 within 90d\n";
    let lab = Lab::empty().with("old/main.lead", &old).with("new/main.lead", &new);
    let vars = [("GITHUB_STEP_SUMMARY", lab.path("summary.md"))];
    let vars = [(vars[0].0, vars[0].1.to_str().expect("a path"))];
    let commands: [(&[&str], &str); 3] =
        [(&["check", "new"], "L0602"), (&["test", "new"], "L0802"), (&["diff", "old", "new"], "L1102")];
    for (args, code) in commands {
        let of = |format: &str| lab.lead_with(&[args, &["--format", format]].concat(), &vars, "").out;
        lab.write("summary.md", "");
        assert!(of("github").lines().any(|l| l.starts_with("::") && l.contains(code)), "{}", of("github"));
        assert!(of("markdown").starts_with("### "), "{}", of("markdown"));
        assert!(
            lab.read("summary.md").starts_with(&of("markdown")),
            "the summary is that text\n{}",
            lab.read("summary.md")
        );
        assert_sarif(&json(&of("sarif")));
        assert!(of("sarif").contains(code) && of("gitlab").contains(code), "{}", of("gitlab"));
        assert!(of("junit").starts_with("<?xml") && of("junit").contains("<testsuite "), "{}", of("junit"));
        assert!(json(&of("json")).is_array() || json(&of("json")).is_object());
        let before = fingerprints(&lab, args);
        assert!(before.iter().all(|f| !f.is_empty()), "{before:?}");
        let mut all = before[0].clone();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), before[0].len(), "no two findings are one");
        lab.write("new/main.lead", &format!("# a note\n\n{new}"));
        assert_eq!(fingerprints(&lab, args), before, "{args:?}: what moved is what it was");
        lab.write("new/main.lead", &new);
    }
}
