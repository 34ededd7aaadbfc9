//! `lead report`: the page that people look at.

use std::io::IsTerminal;

use lead_hir::hir::{DefId, DefKind};
use lead_plan::calendar;
use lead_project::Project;
use lead_report::Facts;
use lead_trend::{Ask, Every, Prepared, Trend};

use crate::args::ReportArgs;
use crate::check::{open, refuse_errors};
use crate::data::{self, Progress};
use crate::doc::put;
use crate::surveyed::{Surveyed, plan, refuse_export, survey};
use crate::terminal::{Exit, Failure, Outcome, Terminal};

/// So many steps back in time.
const STEPS: usize = 12;

/// Makes a report.
pub fn report(args: &ReportArgs, terminal: &Terminal) -> Outcome {
    if args.output.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage("a report is a page for a browser, not for a terminal")
            .help("name a file with `--output report.html`"));
    }
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let lexicon = &project.lexicon;
    let as_of = data::as_of(args.as_of.as_deref(), &project)?;
    if lexicon.defs.is_empty() {
        return Err(Failure { exit: Exit::Findings, ..Failure::usage("the lexicon defines nothing to report on") });
    }
    let planned = plan(&project, as_of);
    let more = lead_report::more_fields(lexicon);
    let Surveyed { opened, survey, problems } = survey(&project, &planned, &more, args.data.as_deref(), terminal)?;
    refuse_export(args.output.as_deref(), args.data.as_deref(), &project, &problems)?;
    let trend = moved(&project, args, as_of, terminal)?;
    let said = data::as_of_text(as_of, &lexicon.settings.zone, &lexicon.settings.zone_name);
    let page = lead_report::report(&Facts {
        lexicon,
        sources: &project.sources,
        survey: &survey,
        data: opened.data(),
        problems: &problems,
        as_of: &said,
        trend: &trend,
        days: &days(&project, &trend.times),
    });
    put(args.output.as_deref(), &page)?;
    Ok(Exit::Fine)
}

/// How terms and funnels moved over the last twelve months, and who stops being what tomorrow.
fn moved(project: &Project, args: &ReportArgs, as_of: i64, terminal: &Terminal) -> Result<Trend, Failure> {
    let lexicon = &project.lexicon;
    let month = Every::parse("1mo").ok_or_else(|| Failure::usage("a month is no step"))?;
    let times = lead_trend::times(None, as_of, month, STEPS, &lexicon.settings);
    let of = |wanted: fn(&DefKind) -> bool| -> Vec<DefId> {
        lexicon.def_ids().filter(|(_, d)| wanted(&d.kind)).map(|(id, _)| id).collect()
    };
    let (terms, funnels) = (of(|k| matches!(k, DefKind::Term(_))), of(|k| matches!(k, DefKind::Funnel(_))));
    let ageing = lead_trend::days_ahead(as_of, 1, &lexicon.settings);
    let prepared = Prepared::new(lexicon, Ask { times, terms, funnels, ageing, moves: false });
    let progress = Progress::new(terminal);
    let opened = data::open_data(project, &prepared.plan, args.data.as_deref(), data::cores(), false, &progress)?;
    let found = prepared.run(lexicon, opened.data());
    progress.done();
    found.map_err(|e| crate::trend::stopped(&e, project, terminal))
}

/// Days of times as people write them: `1 Jul 2025`.
fn days(project: &Project, times: &[i64]) -> Vec<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let zone = &project.lexicon.settings.zone;
    let day = |t: &i64| {
        let date = calendar::date_of_days(calendar::local_day(*t, zone));
        let month = usize::try_from(date.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default();
        format!("{} {month} {}", date.day(), date.year())
    };
    times.iter().map(day).collect()
}
