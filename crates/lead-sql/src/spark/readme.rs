//! What people are told of a folder: how to run it, what it reads and what it writes.

use lead_hir::hir::Lexicon;

use super::{Job, Read, kept, kind_in_words};
use crate::compile::Steps;
use crate::dialect::time_text;

/// A text in a cell of a table, as it is.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '|' | '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '&' | '#' => {
                out.push('\\');
                out.push(sign);
            }
            sign if sign.is_control() => out.push(' '),
            sign => out.push(sign),
        }
    }
    out
}

/// The page.
pub fn text(lexicon: &Lexicon, job: &Job<'_>, head: &str, tables: &[Read], stems: &[String], steps: &Steps) -> String {
    let name = cell(&lexicon.settings.name);
    let as_of = match job.as_of {
        Some(t) => format!("{} UTC, as this folder was compiled", time_text(t)),
        None => "the time at which the program starts".to_owned(),
    };
    let mut out = format!(
        "<!-- {head} -->\n# {name} on Spark\n\n\
         ```sh\n\
         spark-submit main.py --tables s3a://bucket/exports --output s3a://bucket/answers\n\
         ```\n\n\
         It takes Spark 4 and nothing besides. Paths are any that Spark reads and writes: `s3a://`, `abfss://`, `gs://`, `hdfs://`, `file://`.\n\n\
         | argument | meaning |\n| --- | --- |\n\
         | `--tables PATH` | each table is `PATH/NAME.parquet` or `PATH/NAME`, a file or a folder; without it tables come from Spark's catalog |\n\
         | `--table NAME=PATH` | where one table stands; may be repeated |\n\
         | `--output PATH` | a folder of files for each answer, `NAME.parquet`; what an earlier run left there is replaced |\n\
         | `--format parquet\\|csv\\|jsonl` | Parquet unless told |\n\
         | `--as-of TIME` | the time that answers hold for: `2026-06-30` (the end of that day), `2026-06-30T14:00` ({}); {as_of} unless told |\n\
         | `--work PATH` | a folder for rows that several statements read, as Parquet; replaced by the next run. Without it executors keep them, and one that is lost ends the run |\n\
         | `--folder PATH` | this folder where Spark reads it. Needed where the program runs without the files beside it, as in cluster mode |\n",
        cell(&lexicon.settings.zone_name),
    );
    out.push_str("\n## What it reads\n\n| table | column | holds |\n| --- | --- | --- |\n");
    for table in tables {
        for column in &table.raw.columns {
            let (name, column, ty) = (cell(&table.raw.name.join(".")), cell(&column.name), kind_in_words(&column.ty));
            out.push_str(&format!("| {name} | {column} | {ty} |\n"));
        }
    }
    out.push_str(
        "\nNames of columns match without regard to case, blanks, `_` and `-`. Times without a zone are local ones of the source. A value that cannot be \
         read as what its column holds stops the run. `labels` and `null` of `lead.toml` are for exports alone.\n",
    );
    out.push_str("\n## What it writes\n\nThe files of `lead run`, in any order of records. Durations are microseconds.\n\n| answers | columns |\n| --- | --- |\n");
    for (stem, answer) in stems.iter().zip(&steps.answers) {
        let columns: Vec<String> = answer.columns.iter().map(|c| cell(&c.0)).collect();
        out.push_str(&format!("| {} | {} |\n", cell(stem), columns.join(", ")));
    }
    out.push_str(&format!(
        "\n## How it works\n\n\
         `plan.json` lists what there is, in order. `moments` works out from the as-of time when windows begin and end; these times are parameters of all \
         other statements. `steps` has {} queries, each a view under its name; {} of them are read by several others and worked out once. `answers` has the last \
         query of each answer.\n",
        steps.steps.len(),
        kept(steps),
    ));
    out
}
