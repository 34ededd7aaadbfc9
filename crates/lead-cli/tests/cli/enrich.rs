//! `lead enrich`.

use crate::lab::{Lab, MAIN};
use serde_json::Value as Json;

/// A lab with a company that nobody has described.
fn sizes() -> Lab {
    let main = format!(
        "{MAIN}\nfits when employees > 50 and lead source = \"PPC\" because \"right size\"\n\n\
         rich when budget / employees > 10 or fits\n    unless email contains \"example\"\n\n\
         came when first(visit.at) within 30d\n\n\
         desk is\n    \"big\"   when employees > 50\n    \"small\" when employees <= 50\n"
    );
    let contacts = "id,email,employees,budget,due,joined,lead source\n\
        c1,ann@example.com,120,1000.50,,,PPC\n\
        c2,bo@other.com,,20,,,Referral\n\
        c3,,,,,,PPC\n\
        c4,di@other.com,0,,,,\n\
        c5,,70,500,,,\n";
    Lab::small().with("small/main.lead", &main).with("small/exports/contacts.csv", contacts)
}

fn json(lab: &Lab, args: &[&str]) -> Json {
    let ran = lab.lead(args);
    assert_eq!(ran.code, 0, "{}", ran.all());
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn missing_values_are_listed_with_what_they_decide() {
    insta::assert_snapshot!(sizes().lead(&["enrich", "small"]).all());
}

#[test]
fn every_missing_value_is_written_as_csv() {
    let lab = sizes();
    let printed = lab.lead(&["enrich", "small", "--format", "csv"]);
    assert_eq!(printed.code, 0, "{}", printed.all());
    let written = lab.lead(&["enrich", "small", "--output", "missing.csv"]);
    assert_eq!((written.code, written.out.as_str()), (0, "missing.csv: 9 rows\n"));
    assert_eq!(lab.read("missing.csv"), printed.out);
    insta::assert_snapshot!(printed.out);
}

#[test]
fn a_list_can_be_of_some_terms_alone() {
    let lab = sizes();
    let found = json(&lab, &["enrich", "small", "--only", "came", "--format", "json"]);
    let kinds: Vec<&str> =
        found["kinds"].as_array().expect("a list").iter().filter_map(|k| k["kind"].as_str()).collect();
    assert_eq!(kinds, ["record"]);
    let wrong = lab.lead(&["enrich", "small", "--only", "nobody"]);
    assert_eq!(wrong.code, 2, "{}", wrong.all());
}

/// What a list says that a value decides, it decides, whatever it comes to; and no answer becomes known without one of the list.
#[test]
fn each_value_decides_as_many_answers_as_its_row_says() {
    let lab = sizes();
    let found = json(&lab, &["enrich", "small", "--format", "json"]);
    let unknown = |lab: &Lab| -> usize {
        let ran = json(lab, &["run", "small", "--json"]);
        let answers = ran["subjects"][0]["answers"].as_array().expect("answers").clone();
        answers
            .iter()
            .filter(|a| ["fits", "rich", "large", "lead"].contains(&a["name"].as_str().unwrap_or_default()))
            .map(|a| a["cannot_tell"].as_u64().expect("a count") as usize)
            .sum()
    };
    let before = unknown(&lab);
    let contacts = lab.read("small/exports/contacts.csv");
    let head: Vec<&str> = contacts.lines().next().expect("a header").split(',').collect();
    let mut filled = 0;
    for value in found["values"].as_array().expect("a list").iter().filter(|v| v["kind"] == "value") {
        let text = |key: &str| value[key].as_str().expect("a text").to_owned();
        let (key, name) = (text("key"), text("missing"));
        // Choices are counted apart: their answers are not those of terms.
        let of_desk = value["answers_of"].as_array().expect("a list").iter().any(|d| d == "desk");
        let decides = value["decides"].as_u64().expect("a count") as usize;
        let choices: &[&str] = match name.as_str() {
            "lead source" => &["PPC", "Referral"],
            "email" => &["x@example.com", "x@other.com"],
            _ => &["1", "1000000"],
        };
        for choice in choices {
            let changed: Vec<String> = contacts
                .lines()
                .map(|line| {
                    let mut cells: Vec<&str> = line.split(',').collect();
                    if cells[0] == key {
                        let at = head.iter().position(|h| *h == name).expect("a column");
                        assert_eq!(cells[at], "", "{key} {name} is there already");
                        cells[at] = choice;
                    }
                    cells.join(",")
                })
                .collect();
            lab.write("small/exports/contacts.csv", &(changed.join("\n") + "\n"));
            let now_known = before - unknown(&lab);
            assert!(now_known >= decides, "{key} {name} = {choice}: {now_known} are decided, not {decides}");
            let most = decides + value["helps_with"].as_u64().expect("a count") as usize;
            assert!(
                of_desk || now_known <= most,
                "{key} {name} = {choice}: {now_known} are decided, not {most} at most"
            );
            filled += 1;
        }
    }
    lab.write("small/exports/contacts.csv", &contacts);
    assert!(filled >= 10, "{filled}");
}

#[test]
fn an_export_is_not_overwritten() {
    let lab = sizes();
    let ran = lab.lead(&["enrich", "small", "--output", "small/exports/contacts.csv"]);
    assert_eq!((ran.code, ran.err.contains("one of the exports")), (2, true), "{}", ran.all());
    assert!(lab.read("small/exports/contacts.csv").starts_with("id,email"));
}

#[test]
fn where_nothing_is_missing_the_list_says_so() {
    let lab = Lab::small();
    let ran = lab.lead(&["enrich", "small", "--only", "visitor"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "No value is missing that a term or choice hangs on.\n"));
}
