//! A lexicon surveyed over its exports, for the commands that look at answers as a whole.

use std::path::Path;

use lead_data::{Needs, Report};
use lead_eval::Survey;
use lead_plan::{Plan, Planner};
use lead_project::Project;

use crate::data::{self, Opened, Progress};
use crate::run::data_folder;
use crate::terminal::{Failure, Terminal};
use crate::trend::{stopped, usable};

/// Everything that a lexicon defines, planned with the lines of scores apart.
pub fn plan(project: &Project, as_of: i64) -> Plan {
    let lexicon = &project.lexicon;
    lead_plan::on_a_deep_stack(|| {
        let mut planner = Planner::new(lexicon, as_of);
        planner.want(&|_| true);
        planner.finish()
    })
}

/// A survey, and the data that it is of.
pub struct Surveyed<'a> {
    /// The data.
    pub opened: Opened<'a>,
    /// What they came to.
    pub survey: Survey,
    /// What was wrong with them.
    pub problems: Report,
}

/// Surveys. `more`: fields that are shown besides those of the definitions.
pub fn survey<'a>(
    project: &'a Project,
    plan: &'a Plan,
    more: &[(lead_hir::hir::TableId, lead_hir::hir::FieldId)],
    folder: Option<&Path>,
    terminal: &Terminal,
) -> Result<Surveyed<'a>, Failure> {
    let mut needs = Needs { tables: plan.needs(&project.lexicon) };
    for (table, field) in more {
        needs.tables.entry(*table).or_default().insert(*field);
    }
    let progress = Progress::new(terminal);
    let opened = data::open_needs(project, needs, folder, data::cores(), false, &progress)?;
    let survey = lead_eval::survey(&project.lexicon, plan, opened.data());
    progress.done();
    usable(&opened, terminal)?;
    let problems = opened.data().report();
    let survey = survey.map_err(|e| stopped(&e, project, terminal))?;
    Ok(Surveyed { opened, survey, problems })
}

/// A page or list must not take the place of an export.
pub fn refuse_export(
    output: Option<&Path>,
    folder: Option<&Path>,
    project: &Project,
    problems: &Report,
) -> Result<(), Failure> {
    let Some(Ok(output)) = output.map(Path::canonicalize) else { return Ok(()) };
    let folder = data_folder(folder, project)?;
    let is_export = |name: &String| folder.join(name).canonicalize().is_ok_and(|export| export == output);
    if problems.sources.iter().any(|s| is_export(&s.file)) {
        return Err(Failure::usage("`--output` names one of the exports").help("name another file"));
    }
    Ok(())
}
