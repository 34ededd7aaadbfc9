//! `lead why KEY`: how the answer for one record comes about.

mod json;
mod tree;

use lead_eval::Why;
use lead_hir::hir::{DefId, DefKind, Lexicon, TableId};
use lead_plan::{Explained, Planner};
use serde_json::json;

use crate::args::WhyArgs;
use crate::check::{open, refuse_errors};
use crate::data::{self, Progress};
use crate::run::{nearest, nearest_def, report_text};
use crate::terminal::{Exit, Failure, Outcome, Style, Terminal, eprint, print};
use crate::value;
pub use tree::Teller;

/// Explains the answers of a record.
pub fn why(args: &WhyArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.lexicon)?;
    refuse_errors(&project, terminal)?;
    let lexicon = &project.lexicon;
    let as_of = data::as_of(args.as_of.as_deref(), &project)?;
    let term = args.term.as_deref().map(|t| definition(lexicon, t)).transpose()?;
    let tables = tables(lexicon, args.entity.as_deref(), term)?;

    let mut planner = Planner::new(lexicon, as_of);
    let mut explained: Vec<(TableId, DefId, Explained)> = Vec::new();
    for (id, def) in lexicon.def_ids() {
        let Some(table) = def.subject.filter(|t| tables.contains(t)) else { continue };
        if term.is_none_or(|t| t == id)
            && let Some(tree) = planner.explain(id)
        {
            explained.push((table, id, tree));
        }
    }
    let plan = planner.finish();
    let progress = Progress::new(terminal);
    let opened = data::open_data(&project, &plan, args.data.as_deref(), data::cores(), false, &progress);
    progress.done();
    let opened = opened?;
    if let Some(report) = opened.fatal() {
        eprint(&report_text(&report, |s, t| terminal.paint_err(s, t)));
        return Err(Failure::data("the data cannot be used as they stand; nothing was answered"));
    }
    let (table, row) = find(lexicon, &opened, &tables, &args.key)?;
    let parts: Vec<Explained> = explained.into_iter().filter(|e| e.0 == table).map(|e| e.2).collect();
    let decisions = lead_eval::why(lexicon, &plan, opened.data(), &parts, row).map_err(|e| {
        let shown = lead_diag::render::human(&e.diagnostic(), &project.sources, &terminal.err_options());
        eprint(&format!("{shown}\n"));
        Failure::said(Exit::Data)
    })?;

    let key_of = |table, row| opened.key_of(table, row);
    let teller = Teller { lexicon, sources: &project.sources, key_of: &key_of, terminal };
    let entity = lexicon.table(table).name.text.as_str();
    let key = key_of(table, row).unwrap_or_else(|| args.key.clone());
    let time = value::time(as_of, &lexicon.settings.zone).unwrap_or_default();
    if args.json {
        let decisions: Vec<_> = decisions.iter().map(|d| json::whole(&teller, d)).collect();
        let all = json!({
            "entity": entity,
            "key": key,
            "as_of": time,
            "timezone": lexicon.settings.zone_name,
            "decisions": decisions,
        });
        let text = serde_json::to_string_pretty(&all)
            .map_err(|e| Failure::data(format!("the tree cannot be written as JSON: {e}")))?;
        print(&format!("{text}\n"))?;
        return Ok(Exit::Fine);
    }
    let said = data::as_of_text(as_of, &lexicon.settings.zone, &lexicon.settings.zone_name);
    let head = format!("{entity} {}, {said}", lead_diag::render::clean(&key));
    let body = if term.is_some() {
        decisions.iter().map(|d| teller.tree(d)).collect::<Vec<_>>().join("\n")
    } else {
        listed(&teller, &decisions)
    };
    print(&format!("{}\n\n{body}", terminal.paint(Style::Dim, &head)))?;
    Ok(Exit::Fine)
}

/// All definitions of a record, a line each.
fn listed(teller: &Teller<'_>, decisions: &[Why]) -> String {
    use crate::grid::{Align, Grid};
    let mut grid = Grid::new(0, &[Align::Left, Align::Left, Align::Left]).widest(72);
    for decision in decisions {
        let (name, answer, because) = teller.line(decision);
        let style = match answer.as_str() {
            "yes" => Style::Green,
            "no" => Style::Red,
            "cannot tell" | "unknown" => Style::Yellow,
            _ => Style::Bold,
        };
        grid.row(vec![name.into(), crate::grid::Cell::styled(answer, style), because.into()]);
    }
    let hint = "name one of them behind the key to see how it comes about";
    format!("{}\n{}\n", grid.text(teller.terminal), teller.terminal.paint(Style::Dim, hint))
}

fn definition(lexicon: &Lexicon, name: &str) -> Result<DefId, Failure> {
    let key = lead_syntax::ast::fold_name(name.trim().trim_matches('`'));
    let found = lexicon.def_ids().find(|(_, d)| d.name.key == key);
    let shown = lead_diag::render::clean(name);
    match found {
        Some((id, def)) if def.subject.is_some() && !matches!(def.kind, DefKind::Period(_)) => Ok(id),
        Some(_) => Err(Failure::usage(format!("`{shown}` is no answer for one record"))
            .help("terms, values, choices, scores and funnels are; `lead run` shows metrics")),
        None => Err(match nearest_def(lexicon, name) {
            Some(near) => {
                Failure::usage(format!("no definition is named `{shown}`")).help(format!("did you mean `{near}`?"))
            }
            None => Failure::usage(format!("no definition is named `{shown}`"))
                .help("without a name all definitions of the record are listed"),
        }),
    }
}

/// The entities in which the key is looked for.
fn tables(lexicon: &Lexicon, entity: Option<&str>, term: Option<DefId>) -> Result<Vec<TableId>, Failure> {
    let told = match entity {
        Some(name) => {
            let key = lead_syntax::ast::fold_name(name.trim());
            let found = lexicon.table_ids().find(|(_, t)| t.name.key == key && !t.is_event());
            let Some((id, _)) = found else {
                let entities = lexicon.tables.iter().filter(|t| !t.is_event());
                let near = nearest(&key, entities.map(|t| (t.name.key.as_str(), t.name.text.as_str())));
                let failure = Failure::usage(format!("no entity is named `{}`", lead_diag::render::clean(name)));
                return Err(match near {
                    Some(near) => failure.help(format!("did you mean `{near}`?")),
                    None => failure,
                });
            };
            Some(id)
        }
        None => None,
    };
    let of_term = term.and_then(|t| lexicon.def(t).subject);
    if let (Some(told), Some(of_term), Some(term)) = (told, of_term, term)
        && told != of_term
    {
        let (name, of) = (&lexicon.def(term).name.text, &lexicon.table(of_term).name.text);
        return Err(Failure::usage(format!("`{name}` is asked of each `{of}`"))
            .help(format!("write `--entity \"{of}\"`, or leave it out")));
    }
    if let Some(table) = told.or(of_term) {
        return Ok(vec![table]);
    }
    let mut all: Vec<TableId> = lexicon.defs.iter().filter_map(|d| d.subject).collect();
    all.sort_unstable();
    all.dedup();
    if all.is_empty() {
        return Err(Failure { exit: Exit::Findings, ..Failure::usage("the lexicon defines nothing to answer") });
    }
    Ok(all)
}

/// The record of a key.
fn find(
    lexicon: &Lexicon,
    opened: &data::Opened<'_>,
    tables: &[TableId],
    key: &str,
) -> Result<(TableId, u32), Failure> {
    let wanted = key.trim();
    let mut found = Vec::new();
    for table in tables {
        found.extend(opened.row_of(*table, wanted).map(|row| (*table, row)));
    }
    let name = |table: TableId| lexicon.table(table).name.text.as_str();
    match found[..] {
        [one] => Ok(one),
        [] => {
            let among: Vec<&str> = tables.iter().map(|t| name(*t)).collect();
            let failure =
                Failure::usage(format!("no {} has the key `{}`", among.join(" or "), lead_diag::render::clean(wanted)));
            Err(match tables.iter().find_map(|t| opened.like(lexicon, *t, wanted)) {
                Some(like) => {
                    failure.help(format!("there is `{}`; keys compare exactly", lead_diag::render::clean(&like)))
                }
                None => failure,
            })
        }
        _ => {
            let among: Vec<String> = found.iter().map(|f| format!("`--entity \"{}\"`", name(f.0))).collect();
            Err(Failure::usage(format!("several records have the key `{}`", lead_diag::render::clean(wanted)))
                .help(format!("say which with {}", among.join(" or "))))
        }
    }
}
