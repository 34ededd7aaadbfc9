//! `lead debug`: what each stage makes of a lexicon.

use crate::args::{DebugArgs, Stage};
use crate::check::{filtered, open};
use crate::fix::same_file;
use crate::terminal::{Exit, Outcome, Terminal, eprint, print};

/// Prints a stage.
pub fn debug(args: &DebugArgs, terminal: &Terminal) -> Outcome {
    let project = open(&args.file)?;
    let one_file = (!args.file.is_dir()).then(|| vec![args.file.clone()]);
    let text = match args.stage {
        Stage::Ast => {
            let mut out = String::new();
            for (file, tree) in &project.asts {
                let name = project.sources.file(*file).name();
                if one_file.is_some() && !same_file(std::path::Path::new(name), &args.file) {
                    continue;
                }
                out.push_str(&format!("# {name}\n{}", lead_syntax::debug(tree)));
            }
            out
        }
        Stage::Hir => lead_hir::debug(&project.lexicon),
        Stage::Plan => {
            let as_of = crate::data::as_of(args.as_of.as_deref(), &project)?;
            lead_plan::debug(&lead_plan::plan(&project.lexicon, as_of, |_| true), &project.lexicon)
        }
        Stage::Sql => {
            crate::check::refuse_errors(&project, terminal)?;
            let as_of = match &args.as_of {
                Some(told) => lead_sql::AsOf::At(crate::data::as_of(Some(told), &project)?),
                None => lead_sql::AsOf::Open,
            };
            let target = lead_sql::Target::default();
            let options = lead_sql::Options { dialect: lead_sql::dialect::base(), target: &target, as_of };
            let statements = crate::compile::statements(&project, &options, &|_| true, terminal)?;
            statements.iter().map(|s| s.sql.as_str()).collect::<Vec<_>>().join("\n")
        }
    };
    for diagnostic in filtered(&project.diagnostics, &project.sources, one_file.as_deref()) {
        let shown = lead_diag::render::human(diagnostic, &project.sources, &terminal.err_options());
        eprint(&format!("{shown}\n"));
    }
    print(&text)?;
    Ok(if project.diagnostics.iter().any(|d| d.is_error()) { Exit::Findings } else { Exit::Fine })
}
