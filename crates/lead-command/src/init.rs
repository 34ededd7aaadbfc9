//! `lead init`: a lexicon to begin with, from exports or from nothing.
//!
//! Nothing that is there is ever written over.

use lead_diag::InOrder;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lead_draft::DraftOptions;

use crate::args::InitArgs;
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, counted, eprint, plain, print};

/// The folder of the exports in a new lexicon.
const EXPORTS: &str = "exports";

/// Files of a lexicon that shows how one is made.
const STARTER: [(&str, &str); 4] = [
    ("schema.lead", include_str!("init/schema.lead")),
    ("definitions.lead", include_str!("init/definitions.lead")),
    ("exports/contacts.csv", include_str!("init/contacts.csv")),
    ("exports/web.csv", include_str!("init/web.csv")),
];

/// Drafts a lexicon.
pub fn init(args: &InitArgs, terminal: &Terminal) -> Outcome {
    let zone = args.timezone.as_deref().map(time_zone).transpose()?;
    for name in ["lead.toml", "schema.lead"] {
        let path = args.dir.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(Failure::data(format!("`{}` is there already, and is not written over", path.display()))
                .help("name another folder, or move the file away"));
        }
    }
    fs::create_dir_all(&args.dir).map_err(|e| in_the_way(&args.dir, &e))?;
    let name = lexicon_name(&args.dir);
    if args.from.is_empty() {
        starter(&args.dir, &name, zone.as_deref())
    } else {
        drafted(args, &name, zone.as_deref(), terminal)
    }
}

/// A lexicon drafted from exports. Exports that lie outside the new folder are brought into it, because a lexicon reads
/// nothing outside of its own.
fn drafted(args: &InitArgs, name: &str, zone: Option<&str>, terminal: &Terminal) -> Outcome {
    let dir = real(&args.dir)?;
    let given: Vec<PathBuf> = args.from.iter().map(|p| real(p)).collect::<Result<_, _>>()?;
    let inside = given.iter().all(|p| p.starts_with(&dir));
    let mut brought = Vec::new();
    let (folder, files) = match &given[..] {
        [one] if inside && one.is_dir() => (one.clone(), Vec::new()),
        _ if inside => (dir.clone(), exports(&given)?.into_iter().map(|e| relative(&e.0, &dir)).collect()),
        _ => {
            let folder = dir.join(EXPORTS);
            let found = exports(&given)?;
            let names: Vec<String> = found.iter().map(|e| e.1.clone()).collect();
            for (from, name) in &found {
                let to = folder.join(name);
                match bring(from, &to) {
                    Ok(()) => brought.push(to),
                    Err(failure) => {
                        take_back(&brought);
                        return Err(failure);
                    }
                }
            }
            (folder, names)
        }
    };
    let data = relative(&folder, &dir);
    let options = DraftOptions {
        name: Some(name.to_owned()),
        timezone: zone.map(String::from),
        data: (!data.is_empty()).then_some(data),
    };
    let draft = lead_draft::draft(&folder, &files, &options);
    let reasons: String = draft.left_out.iter().map(|(f, why)| format!("left out `{f}`: {why}\n")).collect();
    if draft.entities.is_empty() && draft.events.is_empty() {
        take_back(&brought);
        eprint(&shown_lines(&reasons));
        return Err(
            Failure::data("nothing here reads as an export").help("exports are CSV, TSV, Parquet or JSON lines files")
        );
    }
    let schema = lead_syntax::format(&draft.schema).unwrap_or(draft.schema);
    create(&args.dir.join("schema.lead"), &schema)?;
    create(&args.dir.join("lead.toml"), &draft.lead_toml)?;
    let mut out = String::new();
    for (kind, names) in [("entities", &draft.entities), ("events", &draft.events)] {
        if !names.is_empty() {
            out.push_str(&format!("{} {}\n", terminal.paint(Style::Bold, &format!("{kind}:")), names.join(", ")));
        }
    }
    if !brought.is_empty() {
        let to = args.dir.join(EXPORTS);
        out.push_str(&format!("{} brought into {}\n", counted(brought.len(), "export", "exports"), to.display()));
    }
    out.push_str(&format!("{}\n", listing(&args.dir, &["lead.toml", "schema.lead"])));
    print(&out)?;
    eprint(&shown_lines(&reasons));
    next(&args.dir);
    Ok(Exit::Fine)
}

/// Lines with nothing in them that a terminal would act on.
fn shown_lines(text: &str) -> String {
    text.lines().map(|l| lead_diag::render::clean(l) + "\n").collect()
}

fn real(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|e| Failure::data(format!("`{}` cannot be opened: {}", path.display(), plain(&e))))
}

/// A path below `base`, with `/` between its parts; empty for `base` itself.
fn relative(path: &Path, base: &Path) -> String {
    let rest = path.strip_prefix(base).unwrap_or(path);
    rest.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Folders below this many others are not looked into.
const DEEPEST: usize = 3;

/// The exports among files and folders, each with its name in the new lexicon.
fn exports(given: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    for path in given {
        if path.is_dir() {
            below(path, path, 0, &mut found)?;
        } else {
            found.push((path.clone(), path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()));
        }
    }
    found.in_order_by(|a, b| a.1.cmp(&b.1));
    found.dedup();
    if let Some(twice) = found.windows(2).find(|w| w[0].1 == w[1].1) {
        return Err(Failure::usage(format!("two exports are named `{}`", lead_diag::render::clean(&twice[0].1)))
            .help("rename one of them"));
    }
    if found.is_empty() {
        return Err(Failure::data("no export is there").help("exports are CSV, TSV, Parquet or JSON lines files"));
    }
    Ok(found)
}

fn below(base: &Path, folder: &Path, depth: usize, found: &mut Vec<(PathBuf, String)>) -> Result<(), Failure> {
    let fail = |e: io::Error| Failure::data(format!("`{}` cannot be listed: {}", folder.display(), plain(&e)));
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() && !path.is_symlink() && depth < DEEPEST {
            below(base, &path, depth + 1, found)?;
        } else if path.is_file() && lead_data::profile::looks_like_export(&name) {
            found.push((real(&path)?, relative(&path, base)));
        }
    }
    Ok(())
}

/// Copies an export into the lexicon. Never a second name for one file: who edits the copy must not change the original.
fn bring(from: &Path, to: &Path) -> Result<(), Failure> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|e| in_the_way(folder, &e))?;
    }
    if to.symlink_metadata().is_ok() {
        return Err(Failure::data(format!("`{}` is there already, and is not written over", to.display())));
    }
    fs::copy(from, to).map(|_| ()).map_err(|e| {
        let _ = fs::remove_file(to);
        in_the_way(to, &e)
    })
}

/// Removes what was brought into a lexicon that did not come about.
fn take_back(brought: &[PathBuf]) {
    for path in brought {
        let _ = fs::remove_file(path);
    }
}

/// A lexicon of a few lines, with data to run it on.
fn starter(dir: &Path, name: &str, zone: Option<&str>) -> Outcome {
    let settings = format!(
        "[lexicon]\nname = {}\ntimezone = {}\ndata = \"exports\"\n# The moment that answers are for; without this line, now.\nas-of = \"2026-07-01\"\n",
        toml::Value::from(name),
        toml::Value::from(zone.unwrap_or("UTC")),
    );
    for (file, _) in STARTER {
        let path = dir.join(file);
        if path.symlink_metadata().is_ok() {
            return Err(Failure::data(format!("`{}` is there already, and is not written over", path.display()))
                .help("`lead init --from` drafts a lexicon from exports"));
        }
    }
    for (file, text) in STARTER {
        create(&dir.join(file), text)?;
    }
    create(&dir.join("lead.toml"), &settings)?;
    print(&format!("{}\n", listing(dir, &["lead.toml", "schema.lead", "definitions.lead", "exports/"])))?;
    next(dir);
    Ok(Exit::Fine)
}

fn listing(dir: &Path, names: &[&str]) -> String {
    names.iter().map(|n| dir.join(n).display().to_string()).collect::<Vec<_>>().join("\n")
}

fn next(dir: &Path) {
    let dir = dir.display();
    eprint(&format!("next: `lead check {dir}`, then `lead run {dir}`\n"));
}

/// Writes a file that must not be there yet.
fn create(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| in_the_way(folder, &e))?;
    }
    let mut file = fs::File::create_new(path).map_err(|e| in_the_way(path, &e))?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(|e| in_the_way(path, &e))
}

fn in_the_way(path: &Path, error: &io::Error) -> Failure {
    Failure::data(format!("`{}` cannot be written: {}", path.display(), plain(error)))
}

/// A time zone by its IANA name, as the database spells it.
fn time_zone(name: &str) -> Result<String, Failure> {
    if let Ok(zone) = jiff::tz::TimeZone::get(name)
        && let Some(known) = zone.iana_name()
    {
        return Ok(known.to_owned());
    }
    let wanted = name.to_lowercase();
    let names: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
    let lowered: Vec<(String, &str)> = names.iter().map(|n| (n.to_lowercase(), n.as_str())).collect();
    let near = crate::run::nearest(&wanted, lowered.iter().map(|(l, n)| (l.as_str(), *n)));
    let failure = Failure::usage(format!("`{}` is no time zone", lead_diag::render::clean(name)));
    Err(failure.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "time zones have names such as `Europe/Berlin`".to_owned(),
    }))
}

/// The folder's own name as a title: `my-lexicon` is `My lexicon`.
fn lexicon_name(dir: &Path) -> String {
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name = real.file_name().map(|n| n.to_string_lossy().replace(['-', '_'], " ")).unwrap_or_default();
    let mut chars = name.trim().chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => "Lexicon".to_owned(),
    }
}
