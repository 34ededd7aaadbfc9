//! `lead compile`.

use crate::lab::{Lab, MAIN};

#[test]
fn a_statement_for_each_subject_funnel_and_metric_is_written() {
    let lab = Lab::small();
    let ran = lab.lead(&["compile", "small", "--dialect", "duckdb", "--as-of", "2026-06-30", "--output", "sql"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let names: Vec<String> = lab.bytes("sql").into_iter().map(|f| f.0).collect();
    assert_eq!(names, ["contact.sql", "contacts.sql", "journey.sql"]);
    insta::assert_snapshot!("contact.sql", lab.read("sql/contact.sql"));
}

#[test]
fn without_an_as_of_time_windows_follow_from_the_time_of_the_statement() {
    let lab = Lab::small();
    let ran = lab.lead(&["compile", "small", "--dialect", "postgres", "--only", "lead"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!("postgres, as-of time open", ran.out);
}

#[test]
fn a_target_names_the_dialect_the_tables_and_the_parameter() {
    let lab = Lab::small();
    let settings = lab.read("small/lead.toml")
        + "[targets.house]\ndialect = \"postgres\"\nas-of = \":as_of\"\ntables.contact = \"crm.people\"\n\
           [targets.wrong]\ntable = 1\n[targets.sly]\nas-of = \"now(); drop table x\"\n\
           [targets.typo]\ntables.contcat = \"crm.people\"\n\
           [targets.field]\ntables.contact.columns = { emial = \"mail\" }\n\
           [targets.split]\ntables.contact.partition = \"day\"\n";
    lab.write("small/lead.toml", &settings);
    let ran = lab.lead(&["compile", "small", "--target", "house", "--only", "large"]);
    assert!(ran.code == 0 && ran.out.contains("FROM crm.people") && ran.out.contains("(:as_of AS"), "{}", ran.all());
    for (target, said) in [
        ("wrong", "`table` means nothing there"),
        ("sly", "`as-of` is a parameter"),
        ("typo", "is `contact` meant?"),
        ("field", "is `email` meant?"),
        ("split", "`contact` is no event"),
    ] {
        let ran = lab.lead(&["compile", "small", "--target", target, "--dialect", "duckdb"]);
        assert!(ran.code == 1 && ran.err.contains("L0902") && ran.err.contains(said), "{}", ran.all());
    }
    assert_eq!(lab.lead(&["compile", "small", "--target", "none"]).code, 2);
    assert_eq!(lab.lead(&["compile", "small"]).code, 2);
    assert_eq!(lab.lead(&["compile", "small", "--dialect", "oracle"]).code, 2);
    assert_eq!(lab.lead(&["compile", "small", "--dialect", "duckdb", "--only", "leed"]).code, 2);
}

#[test]
fn what_a_dialect_lacks_has_a_code_and_a_place_and_nothing_is_written() {
    let lab = Lab::lone(&format!("{MAIN}\nodd when email matches \"a[ -]?\\bann\"\n"));
    let ran = lab.lead(&["compile", "main.lead", "--dialect", "postgres", "--output", "sql"]);
    assert!(ran.code == 1 && ran.err.contains("L0901") && ran.err.contains("odd when"), "{}", ran.all());
    assert!(!lab.path("sql").exists());
}

#[test]
fn the_stage_is_shown() {
    let ran = Lab::small().lead(&["debug", "sql", "small"]);
    assert!(ran.code == 0 && ran.out.contains("SELECT") && ran.out.contains("moments"), "{}", ran.all());
}

#[test]
fn a_dbt_project_is_written_and_written_again_and_stale_files_go() {
    let lab = Lab::small();
    let compile = |only: &[&str]| {
        lab.lead(
            &[&["compile", "small", "--dialect", "duckdb", "--as-of", "2026-06-30", "--dbt", "house"], only].concat(),
        )
    };
    let ran = compile(&[]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!("files of a dbt project", ran.out.replace('\\', "/"));
    insta::assert_snapshot!("answers.yml", lab.read("house/models/answers/answers.yml"));
    insta::assert_snapshot!("sources.yml", lab.read("house/models/sources.yml"));
    insta::assert_snapshot!("lead_contacts.sql", lab.read("house/models/answers/lead_contacts.sql"));
    assert!(lab.read("house/dbt_project.yml").contains("as_of: \"2026-06-30 21:59:59.999999\""));
    lab.write("house/models/answers/mine.sql", "select 1\n");
    let ran = compile(&["--only", "large"]);
    assert!(ran.code == 0 && ran.out.contains("lead_journey.sql (removed)"), "{}", ran.all());
    assert!(!lab.path("house/models/answers/lead_journey.sql").exists());
    assert_eq!(lab.read("house/models/answers/mine.sql"), "select 1\n");
}

#[test]
fn a_dbt_project_takes_the_place_of_nothing_that_somebody_wrote() {
    let lab = Lab::small().with("house/dbt_project.yml", "name: house\n");
    let ran = lab.lead(&["compile", "small", "--dialect", "duckdb", "--dbt", "house"]);
    assert!(ran.code == 3 && ran.err.contains("dbt_project.yml") && ran.err.contains("packages.yml"), "{}", ran.all());
    assert_eq!(lab.bytes("house").len(), 1);
    let lab = Lab::small().with("house/models/answers/lead_contact.sql", "select 1\n");
    let ran = lab.lead(&["compile", "small", "--dialect", "duckdb", "--dbt", "house"]);
    assert!(ran.code == 3 && ran.err.contains("lead_contact.sql"), "{}", ran.all());
    assert_eq!(lab.read("house/models/answers/lead_contact.sql"), "select 1\n");
    assert!(!lab.path("house/dbt_project.yml").exists());
}

#[test]
fn a_folder_for_spark_is_written_and_written_again_and_stale_files_go() {
    let lab = Lab::small();
    let compile = |more: &[&str]| lab.lead(&[&["compile", "small", "--spark", "house"], more].concat());
    let ran = compile(&["--as-of", "2026-06-30"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    insta::assert_snapshot!("files of a folder for Spark", ran.out.replace('\\', "/"));
    insta::assert_snapshot!("plan.json", lab.read("house/plan.json"));
    insta::assert_snapshot!("README.md", lab.read("house/README.md"));
    let steps = |lab: &Lab| -> String {
        lab.bytes("house/steps").into_iter().map(|f| String::from_utf8_lossy(&f.1).into_owned()).collect()
    };
    assert!(steps(&lab).contains("> :ago_90d"), "{}", steps(&lab));
    lab.write("house/steps/mine.sql", "select 1\n");
    let ran = compile(&["--only", "large"]);
    assert!(ran.code == 0 && ran.out.contains("(removed)"), "{}", ran.all());
    assert!(!lab.path("house/answers/journey.sql").exists());
    assert!(lab.read("house/plan.json").contains("\"as_of\": null"));
    assert_eq!(lab.read("house/steps/mine.sql"), "select 1\n");
}

#[test]
fn a_folder_for_spark_takes_the_place_of_nothing_that_somebody_wrote() {
    let lab = Lab::small().with("house/main.py", "print(1)\n");
    let ran = lab.lead(&["compile", "small", "--spark", "house"]);
    assert!(ran.code == 3 && ran.err.contains("main.py") && ran.err.contains("--spark"), "{}", ran.all());
    assert_eq!(lab.bytes("house").len(), 1);
    let ran = lab.lead(&["compile", "small", "--dialect", "duckdb", "--spark", "other"]);
    assert!(ran.code == 2 && ran.err.contains("DuckDB"), "{}", ran.all());
    assert!(!lab.path("other").exists());
}
