//! `lead explain CODE`: the page of a code.

use lead_diag::{CODES, Code, Level};

use crate::args::ExplainArgs;
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, print};

/// Prints the page of a code, or the list of codes.
pub fn explain(args: &ExplainArgs, terminal: &Terminal) -> Outcome {
    let Some(wanted) = &args.code else {
        let mut out = String::new();
        for code in CODES {
            let level = match code.info().level {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Allow => "allowed",
            };
            out.push_str(&format!("{}  {:<7}  {}\n", terminal.paint(Style::Bold, code.id()), level, code.slug()));
        }
        print(&out)?;
        return Ok(Exit::Fine);
    };
    let Some(code) = Code::find(wanted) else {
        let failure = Failure::usage(format!("there is no code `{}`", lead_diag::render::clean(wanted)));
        return Err(match nearest(wanted) {
            Some(code) => failure.help(format!("the nearest is `{}` ({})", code.id(), code.slug())),
            None => failure.help("`lead explain` lists all codes"),
        });
    };
    print(&page(code.info().page, terminal))?;
    Ok(Exit::Fine)
}

/// The code whose id or slug is written most alike, if any is near.
fn nearest(wanted: &str) -> Option<Code> {
    let wanted = wanted.trim().to_lowercase();
    let score =
        |c: &Code| strsim::jaro_winkler(&wanted, c.slug()).max(strsim::jaro_winkler(&wanted, &c.id().to_lowercase()));
    let best = CODES.iter().max_by(|a, b| score(a).total_cmp(&score(b)).then(b.id().cmp(a.id())))?;
    (score(best) > 0.75).then_some(*best)
}

/// Markdown for a terminal: headings bold, code in colour, all else as written.
fn page(markdown: &str, terminal: &Terminal) -> String {
    if !terminal.color_out {
        let end = if markdown.ends_with('\n') { "" } else { "\n" };
        return format!("{markdown}{end}");
    }
    let (mut out, mut fenced) = (String::new(), false);
    for line in markdown.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let shown = if fenced {
            terminal.paint(Style::Cyan, &format!("    {line}"))
        } else if let Some(title) = line.strip_prefix('#') {
            terminal.paint(Style::Bold, title.trim_start_matches('#').trim())
        } else {
            line.to_owned()
        };
        out.push_str(&shown);
        out.push('\n');
    }
    out
}
