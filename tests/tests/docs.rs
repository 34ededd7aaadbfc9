//! What the documentation says is so: its lexicons check, its links lead somewhere, and nothing of the language, the
//! settings or the commands is left out.
//!
//! Blocks of pages bear marks behind the opening fence: `lead lexicon` is complete and checks without errors; `lead schema` is that
//! too, and every later `lead` block of its page checks together with it; `lead wrong` is a mistake and is reported; `console` shows
//! commands with what they print, and `diff apply` a change on the way.
//! In `docs/codes`, what stands below `## Wrong` or `Wrong:` may be a mistake.

// A test says what is wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lead_diag::{CODES, Diagnostic, FileId};
use lead_tests::command::{lead, root};

/// A page of documentation.
struct Page {
    /// From the root of the project.
    name: String,
    path: PathBuf,
    text: String,
}

fn page(name: &str) -> Page {
    let path = root().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}")).replace("\r\n", "\n");
    Page { name: name.to_owned(), path, text }
}

/// Every page of Markdown that the project has.
fn pages() -> Vec<Page> {
    let mut names: Vec<String> = [
        "README.md",
        "CHANGELOG.md",
        "benches/README.md",
        "crates/README.md",
        "editors/vscode/README.md",
        "tests/meaning/README.md",
    ]
    .map(str::to_owned)
    .to_vec();
    for folder in ["docs", "docs/codes"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                names.push(format!("{folder}/{name}"));
            }
        }
    }
    names.sort();
    names.iter().map(|n| page(n)).collect()
}

/// A fenced block.
struct Block {
    line: usize,
    /// What stands behind the fence.
    mark: String,
    /// The heading above, or the `Wrong:` or `Right:`.
    heading: String,
    text: String,
}

fn blocks(page: &Page) -> Vec<Block> {
    let (mut found, mut heading) = (Vec::new(), String::new());
    let mut open: Option<Block> = None;
    for (i, line) in page.text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(mark)) => {
                open = Some(Block {
                    line: i + 2,
                    mark: mark.trim().to_owned(),
                    heading: heading.clone(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => block.text.push_str(&format!("{line}\n")),
            (None, None) if line.starts_with('#') => heading = line.trim_start_matches('#').trim().to_owned(),
            (None, None) if line.starts_with("Wrong:") => heading = "Wrong".to_owned(),
            (None, None) if line.starts_with("Right:") => heading = "Right".to_owned(),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{}: a block has no end", page.name);
    found
}

/// The errors of a lexicon of one text; with `names`, those of names and types too.
fn errors(text: &str, names: bool) -> Vec<String> {
    let parsed = lead_syntax::parse(FileId(0), text);
    let mut found: Vec<Diagnostic> = parsed.diagnostics;
    if names {
        let lowered = lead_hir::lower(&[(FileId(0), &parsed.file)], &lead_hir::Config::default());
        found.extend(lowered.diagnostics);
    }
    let say = |d: &Diagnostic| {
        let line = d.span().map_or(0, |s| text[..s.start as usize].matches('\n').count() + 1);
        format!("{} in line {line}: {}", d.code.id(), d.message)
    };
    found.iter().filter(|d| d.is_error()).map(say).collect()
}

#[test]
fn the_lexicons_of_all_pages_are_as_their_pages_say() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in pages() {
        let mut schema = String::new();
        for block in blocks(&page).iter().filter(|b| b.mark == "lead" || b.mark.starts_with("lead ")) {
            seen += 1;
            let found = match block.mark.as_str() {
                "lead schema" => {
                    schema.clone_from(&block.text);
                    errors(&block.text, true)
                }
                "lead lexicon" => errors(&block.text, true),
                "lead wrong" if errors(&format!("{schema}\n{}", block.text), true).is_empty() => {
                    vec!["nothing is found to be wrong with it".to_owned()]
                }
                "lead wrong" => Vec::new(),
                "lead" if page.name.starts_with("docs/codes/") && block.heading == "Wrong" => Vec::new(),
                "lead" if schema.is_empty() => errors(&block.text, false),
                "lead" => errors(&format!("{}\n{schema}", block.text), true),
                other => vec![format!("`{other}` is no mark of a block")],
            };
            wrong.extend(found.iter().map(|f| format!("{}:{}: {f}", page.name, block.line)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 60, "only {seen} blocks were seen");
}

/// The anchor that a heading gets where pages are shown.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    text.lines().filter(|l| l.starts_with('#')).map(|l| anchor(l.trim_start_matches('#').trim())).collect()
}

/// The targets of links and pictures outside of blocks.
fn links(text: &str) -> Vec<String> {
    let (mut found, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        }
        if inside {
            continue;
        }
        for part in line.split("](").skip(1) {
            found.extend(part.split_once(')').map(|(target, _)| target.to_owned()));
        }
    }
    found
}

#[test]
fn links_lead_to_pages_and_headings_that_exist() {
    let mut wrong = Vec::new();
    for page in pages() {
        for link in links(&page.text) {
            if link.starts_with("http") {
                continue;
            }
            let (target, heading) = link.split_once('#').map_or((link.as_str(), None), |(t, h)| (t, Some(h)));
            let path = if target.is_empty() { page.path.clone() } else { page.path.parent().unwrap().join(target) };
            if !path.exists() {
                wrong.push(format!("{}: `{link}` leads nowhere", page.name));
            } else if let Some(heading) = heading {
                let text = fs::read_to_string(&path).unwrap_or_default();
                if !anchors(&text).contains(heading) {
                    wrong.push(format!("{}: `{link}` names no heading", page.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words in quotes behind `^` in the grammar: what the language reserves or recognises.
#[test]
fn every_word_of_the_grammar_is_in_the_reference() {
    let grammar = fs::read_to_string(root().join("grammar/lead.pest")).unwrap();
    let reference = page("docs/language.md").text.to_lowercase();
    let known: BTreeSet<&str> = reference.split(|c: char| !c.is_alphanumeric()).collect();
    // Words that are read only to say what should stand there instead, and the plural sign of periods.
    let not_of_the_language = ["null", "nil", "empty", "blank", "missing", "none", "s", "half", "life"];
    let mut missing = BTreeSet::new();
    for part in grammar.split("^\"").skip(1) {
        let word = part.split('"').next().unwrap();
        if !not_of_the_language.contains(&word) && !word.split('/').all(|w| known.contains(w)) {
            missing.insert(word.to_owned());
        }
    }
    assert!(missing.is_empty(), "not in docs/language.md: {missing:?}");
}

#[test]
fn every_code_has_a_page_with_its_title_and_an_example() {
    let mut wrong = Vec::new();
    let pages: BTreeSet<String> = CODES.iter().map(|c| format!("{}.md", c.id())).collect();
    for entry in fs::read_dir(root().join("docs/codes")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if name != "README.md" && !pages.contains(&name) {
            wrong.push(format!("{name}: no code"));
        }
    }
    for code in CODES {
        let text = code.info().page.replace("\r\n", "\n");
        let has = |word: &str| text.lines().any(|l| l == format!("## {word}") || l.starts_with(&format!("{word}:")));
        if !text.starts_with(&format!("# {}: {}\n", code.id(), code.slug())) {
            wrong.push(format!("{}.md: another title", code.id()));
        }
        if !(has("What to do") || has("Wrong") && has("Right")) {
            wrong.push(format!("{}.md: neither `Wrong` and `Right` nor `What to do`", code.id()));
        }
    }
    let list = page("docs/codes/README.md").text;
    wrong.extend(CODES.iter().filter(|c| !list.contains(c.id())).map(|c| format!("{}: not in the list", c.id())));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lint_and_its_level_are_in_the_settings() {
    let text = page("docs/settings.md").text;
    for code in CODES.iter().filter(|c| c.is_lint()) {
        let level = format!("{:?}", code.info().level).to_lowercase();
        let row = format!("| `{}` | [{id}](codes/{id}.md) | {level} |", code.slug(), id = code.id());
        assert!(text.contains(&row), "docs/settings.md lacks the row {row}");
    }
}

/// Settings of a block of `lead.toml`, read as the program does.
#[test]
fn the_settings_shown_are_settings() {
    let mut wrong = Vec::new();
    for page in pages() {
        for block in blocks(&page).iter().filter(|b| b.mark == "toml" && b.heading != "Wrong") {
            let (_, found) = lead_hir::config::parse(FileId(0), &block.text);
            wrong.extend(found.iter().map(|d| format!("{}:{}: {}", page.name, block.line, d.message)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn help(args: &[&str]) -> String {
    let output = Command::new(lead()).args(args).arg("--help").env("NO_COLOR", "1").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_and_option_is_described() {
    let text = page("docs/commands.md").text;
    let top = help(&[]);
    let listed = top.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    let commands: Vec<&str> = listed.filter_map(|l| l.split_whitespace().next()).collect();
    assert!(commands.len() > 5, "{top}");
    for command in commands {
        let heading = format!("\n## lead {command}\n");
        let Some((_, rest)) = text.split_once(&heading) else { panic!("docs/commands.md lacks `lead {command}`") };
        let section = rest.split("\n## ").next().unwrap();
        for word in help(&[command]).split(|c: char| !c.is_alphanumeric() && c != '-') {
            if word.starts_with("--") && word.len() > 2 && !["--help", "--version", "--color"].contains(&word) {
                assert!(section.contains(word), "docs/commands.md does not describe `lead {command} {word}`");
            }
        }
    }
}

/// `lead …` and `cargo run … -- …` in the pages name commands that exist.
#[test]
fn commands_shown_exist() {
    let top = help(&[]);
    for page in pages() {
        for block in blocks(&page).iter().filter(|b| b.mark == "sh") {
            for line in block.text.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                let command = match words.as_slice() {
                    ["lead", command, ..] => command,
                    ["cargo", "run", rest @ ..] if !rest.contains(&"xtask") => {
                        rest.iter().skip_while(|w| **w != "--").nth(1).unwrap_or(&"")
                    }
                    _ => continue,
                };
                assert!(top.contains(&format!("\n  {command} ")), "{}:{}: {line}", page.name, block.line);
            }
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Whether an output is what a page shows, in which `…` stands for any lines.
fn is_shown(output: &[&str], shown: &[&str]) -> bool {
    match shown.split_first() {
        None => output.is_empty(),
        Some((&"…", rest)) => (0..=output.len()).any(|skipped| is_shown(&output[skipped..], rest)),
        Some((line, rest)) => {
            output.first().is_some_and(|o| o.trim_end() == line.trim_end()) && is_shown(&output[1..], rest)
        }
    }
}

/// The words of a command; blanks between quotes part none.
fn words(command: &str) -> Vec<String> {
    let (mut out, mut open) = (vec![String::new()], false);
    for sign in command.chars() {
        match sign {
            '"' => open = !open,
            ' ' if !open => out.push(String::new()),
            _ => out.last_mut().unwrap().push(sign),
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

/// Runs a command of a page and gives all that it prints. Git knows nothing of who runs the tests.
fn printed(program: &Path, args: &[String], folder: &Path, input: &str) -> String {
    let mut command = Command::new(program);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.com");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").env("NO_COLOR", "1");
    command.env_remove("GITHUB_STEP_SUMMARY").args(args).current_dir(folder);
    let pipes = [Stdio::piped(), Stdio::piped(), Stdio::piped()];
    let [stdin, stdout, stderr] = pipes;
    let mut run = command.stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap();
    // A command that reads nothing may have ended already.
    let _ = run.stdin.take().unwrap().write_all(input.as_bytes());
    let run = run.wait_with_output().unwrap();
    String::from_utf8([run.stdout, run.stderr].concat()).unwrap()
}

/// `console` blocks: what stands behind `$ lead` or `$ git` is run, in a copy of the examples, and prints the lines below it. A block
/// `diff apply` changes that copy as it says. With `UPDATE_PAGES=1` in the environment, blocks without `…` are written anew.
#[test]
fn commands_print_what_the_pages_show() {
    let update = std::env::var_os("UPDATE_PAGES").is_some();
    let mut wrong = Vec::new();
    for page in pages() {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("examples"), &folder.path().join("examples"));
        let mut text = page.text.clone();
        for block in blocks(&page) {
            if block.mark == "diff apply" {
                let said = printed(Path::new("git"), &["apply".to_owned(), "-".to_owned()], folder.path(), &block.text);
                if !said.is_empty() {
                    wrong.push(format!("{}:{}: {said}", page.name, block.line));
                }
            }
            if block.mark != "console" {
                continue;
            }
            for part in format!("\n{}", block.text).split("\n$ ").skip(1) {
                let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
                let asked = words(command);
                let program = match asked[0].as_str() {
                    "lead" => lead().to_path_buf(),
                    "git" => Path::new("git").to_path_buf(),
                    other => panic!("{}:{}: `{other}` is not run", page.name, block.line),
                };
                let output = printed(&program, &asked[1..], folder.path(), "");
                let lines: Vec<&str> = output.trim_end().lines().collect();
                if is_shown(&lines, &shown.trim_end().lines().collect::<Vec<_>>()) {
                    continue;
                }
                if update && !shown.lines().any(|l| l == "…") {
                    let (old, new) = (format!("$ {part}"), format!("$ {command}\n{}\n", output.trim_end()));
                    text = text.replacen(old.trim_end(), new.trim_end(), 1);
                } else {
                    wrong.push(format!("{}:{}: `{command}` prints\n{output}", page.name, block.line));
                }
            }
        }
        if text != page.text {
            fs::write(&page.path, text).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
