//! `lead run --on`, as far as no database is needed: `cargo run -p xtask -- live` has the rest.

use crate::lab::Lab;

#[test]
fn places_that_nobody_knows_are_named_without_their_password() {
    let lab = Lab::small();
    for place in ["mysql://ann:hush@house/db", "house.duckdb", "postgres://ann:hush@house:port/db"] {
        let ran = lab.lead(&["run", "small", "--on", place]);
        assert!(ran.code == 2 && ran.err.contains("help:") && !ran.all().contains("hush"), "{}", ran.all());
    }
}

#[test]
fn a_server_that_is_not_there_and_a_file_that_is_missing_are_told() {
    let lab = Lab::small();
    let ran = lab.lead(&["run", "small", "--on", "postgres://ann:hush@127.0.0.1:1/db"]);
    let told = ran.err.contains("127.0.0.1:1") && ran.err.contains("help:");
    assert!(ran.code == 3 && told && !ran.all().contains("hush"), "{}", ran.all());
    let ran = lab.lead(&["run", "small", "--on", "duckdb:none.duckdb"]);
    assert!(ran.code == 3 && ran.err.contains("none.duckdb"), "{}", ran.all());
}

#[test]
fn the_program_duckdb_is_named_where_it_is_missing() {
    let lab = Lab::small().with("house.duckdb", "");
    let ran =
        lab.lead_with(&["run", "small", "--on", "duckdb:house.duckdb"], &[("LEAD_DUCKDB", "no-such-program")], "");
    assert!(ran.code == 3 && ran.err.contains("no-such-program") && ran.err.contains("LEAD_DUCKDB"), "{}", ran.all());
}

#[test]
fn the_program_that_asks_postgres_is_named_where_it_is_missing_or_breaks_off() {
    let lab = Lab::small();
    let asked = |program: &str| {
        lab.lead_with(&["run", "small", "--on", "postgres://ann:hush@house/db"], &[("LEAD_POSTGRES", program)], "")
    };
    let ran = asked("no-such-program");
    assert!(ran.code == 3 && ran.err.contains("no-such-program") && ran.err.contains("LEAD_POSTGRES"), "{}", ran.all());
    // A program that is another one says nothing that is understood.
    let ran = asked(env!("CARGO_BIN_EXE_lead"));
    assert!(ran.code == 3 && ran.err.contains("`lead-postgres`") && !ran.all().contains("hush"), "{}", ran.all());
}

#[test]
fn nobody_asks_postgres_by_hand() {
    let mut asked = std::process::Command::new(env!("CARGO_BIN_EXE_lead-postgres"));
    let ran = asked.stdin(std::process::Stdio::null()).output().expect("the program");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.code() == Some(1) && said.starts_with("\\!{") && said.contains("lead run"), "{said}");
}

#[test]
fn what_only_exports_have_is_refused_and_so_is_a_target_of_another_dialect() {
    let lab = Lab::small();
    for more in [["--data", "small"], ["--rejects", "x.csv"]] {
        let ran = lab.lead(&["run", "small", "--on", "postgres://ann:hush@house/db", more[0], more[1]]);
        assert!(ran.code == 2 && !ran.all().contains("hush"), "{}", ran.all());
    }
    let settings = lab.read("small/lead.toml") + "[targets.house]\ndialect = \"postgres\"\n";
    lab.write("small/lead.toml", &settings);
    lab.write("house.duckdb", "");
    let ran = lab.lead(&["run", "small", "--on", "duckdb:house.duckdb", "--target", "house"]);
    assert!(ran.code == 2 && ran.err.contains("postgres"), "{}", ran.all());
}
