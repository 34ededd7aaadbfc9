//! Help: every command has an example, and every example runs.

use crate::lab::{CONTACTS, EVENTS, Lab, MAIN, SETTINGS};

const COMMANDS: [&str; 15] = [
    "check",
    "run",
    "compile",
    "why",
    "fmt",
    "fix",
    "explain",
    "init",
    "debug",
    "completions",
    "trend",
    "backtest",
    "doc",
    "report",
    "enrich",
];

/// The lines of a help text that call `lead`.
fn examples(help: &str) -> Vec<Vec<String>> {
    help.lines()
        .skip_while(|l| !l.starts_with("Example"))
        .filter_map(|l| l.strip_prefix("  lead "))
        .map(|l| l.split_whitespace().map(String::from).collect())
        .collect()
}

#[test]
fn every_command_has_an_example_that_runs() {
    for command in COMMANDS {
        let help = Lab::empty().lead(&[command, "--help"]);
        assert_eq!(help.code, 0, "{command}");
        let examples = examples(&help.out);
        assert!(!examples.is_empty(), "`lead {command} --help` has no example:\n{}", help.out);
        for example in examples {
            let lab = Lab::empty()
                .with("examples/hello/lead.toml", &SETTINGS.replace("exports", "."))
                .with("examples/hello/main.lead", MAIN)
                .with("examples/hello/contacts.csv", CONTACTS)
                .with("examples/hello/events.csv", EVENTS);
            let args: Vec<&str> = example.iter().map(String::as_str).collect();
            // Layouts and fixes are findings, and no failure.
            let most = i32::from(["fmt", "fix"].contains(&command));
            let ran = lab.lead(&args);
            assert!((0..=most).contains(&ran.code), "lead {}\n{}", example.join(" "), ran.all());
        }
    }
}

#[test]
fn the_help_names_every_command_and_the_exit_codes() {
    let help = Lab::empty().lead(&["--help"]).out;
    assert!(COMMANDS.iter().all(|c| help.contains(&format!("\n  {c} "))), "{help}");
    assert!(help.contains("3 data or files in the way"));
}

#[test]
fn wrong_usage_exits_with_two() {
    let lab = Lab::small();
    for args in [
        &["nothing"][..],
        &["run", "small", "--threads", "0"],
        &["run", "small", "--format", "xls"],
        &["run", "small", "--only", "leed"],
        &["run", "small", "--as-of", "yesterday"],
        &["run", "small", "--reasons"],
        &["trend", "small", "--every", "fortnight"],
        &["trend", "small", "--term", "leed"],
        &["trend", "small", "--term", "pages"],
        &["trend", "small", "--from", "2026-07-30"],
        &["trend", "small", "--from", "1990-01-01", "--every", "1d"],
        &["trend", "small", "--ageing", "2mo"],
        &["backtest", "visitor", "--lexicon", "small"],
        &["backtest", "visitor", "--against", "pages", "--lexicon", "small"],
        &["backtest", "visitor", "--against", "lead", "--horizon", "soon", "--lexicon", "small"],
        &["backtest", "visitor", "--against", "lead", "--by", "employees", "--lexicon", "small"],
        &["backtest", "visitor", "--against", "lead", "--by", "lead sauce", "--lexicon", "small"],
        &[
            "backtest",
            "visitor",
            "--against",
            "lead",
            "--from",
            "2026-06-01",
            "--to",
            "2026-06-30",
            "--lexicon",
            "small",
        ],
        &["why", "c1", "leed", "--lexicon", "small"],
        &["why", "c99", "--lexicon", "small"],
        &[],
    ] {
        let ran = lab.lead(args);
        assert_eq!(ran.code, 2, "{args:?}\n{}", ran.all());
        assert_eq!(ran.out, "", "{args:?}");
    }
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Lab::empty().lead(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("explain"), "{shell}");
    }
}

#[test]
fn colours_come_on_demand_alone() {
    let lab = Lab::lone("lead when when\n");
    let plain = lab.lead(&["check"]).out;
    assert!(!plain.is_empty() && !plain.contains('\u{1b}'));
    let check = |args: &[&str], vars: &[(&str, &str)]| lab.lead_with(args, vars, "").out.contains('\u{1b}');
    assert!(check(&["check", "--color", "always"], &[]));
    assert!(check(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!check(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!check(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(check(&["check", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!check(&["check"], &[("CLICOLOR_FORCE", "0")]));
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let lab = Lab::small();
    for args in [&["run", "small"][..], &["check", "small"], &["explain"], &["completions", "zsh"], &["--help"]] {
        let ran = lab.lead_unread(args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    }
}
