//! The picture of the README: what the command prints, with its colours, as SVG.

use std::path::Path;
use std::process::Command;

use crate::output::Generated;

const WIDTH: usize = 84;
/// Size of a character in the picture.
const CELL: (f64, usize) = (8.4, 19);

/// Runs the command over the industrial example and draws its terms about contacts and its funnels.
pub fn files(root: &Path) -> Result<Vec<Generated>, String> {
    // All targets: with the features of the development dependencies, so that tests and pictures share what is built.
    let build = ["build", "--quiet", "--package", "lead-cli", "--all-targets"];
    let built = Command::new(env!("CARGO")).args(build).current_dir(root).status();
    if !built.is_ok_and(|s| s.success()) {
        return Err("the command does not build".to_owned());
    }
    let lead = root.join(format!("target/debug/lead{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(lead)
        .args(["run", "examples/industrial", "--color", "always"])
        .current_dir(root)
        .env("COLUMNS", WIDTH.to_string())
        .output()
        .map_err(|e| format!("the command does not start: {e}"))?;
    if !output.status.success() {
        return Err(format!("the command fails: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(vec![Generated { name: "run.svg", text: draw("lead run examples/industrial", &text) }])
}

/// A piece of a line in one style.
struct Piece {
    text: String,
    column: usize,
    color: &'static str,
    bold: bool,
}

fn draw(command: &str, output: &str) -> String {
    let lines = excerpt(output);
    let height = (lines.len() + 3) * CELL.1;
    let width = WIDTH as f64 * CELL.0 + 32.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height}\" viewBox=\"0 0 {width:.0} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1d2027\"/>\n"
    );
    let prompt = Piece { text: format!("$ {command}"), column: 0, color: "#8fd694", bold: true };
    svg.push_str(&show(&prompt, 1));
    let (mut color, mut bold) = (PLAIN, false);
    for (i, line) in lines.iter().enumerate() {
        for piece in pieces(line, &mut color, &mut bold) {
            svg.push_str(&show(&piece, i + 2));
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// The head, the first table and the funnels; blank lines stand between the parts of the output.
fn excerpt(output: &str) -> Vec<&str> {
    let parts: Vec<&str> = output.trim_end().split("\n\n").collect();
    let funnels = parts.iter().filter(|p| p.trim_start_matches("\u{1b}[1m").starts_with("funnel"));
    let shown = parts.iter().take(2).chain(funnels);
    let mut lines: Vec<&str> = shown.flat_map(|p| p.lines().chain([""])).collect();
    lines.pop();
    lines
}

fn show(piece: &Piece, line: usize) -> String {
    let text = piece.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let weight = if piece.bold { " font-weight=\"bold\"" } else { "" };
    let (x, y) = (16.0 + piece.column as f64 * CELL.0, (line + 1) * CELL.1);
    let length = piece.text.chars().count() as f64 * CELL.0;
    format!(
        "<text x=\"{x:.1}\" y=\"{y}\" fill=\"{}\"{weight} textLength=\"{length:.1}\" xml:space=\"preserve\">{text}</text>\n",
        piece.color
    )
}

const PLAIN: &str = "#d6d9e0";

/// Splits a line at its control sequences for colour.
fn pieces(line: &str, color: &mut &'static str, bold: &mut bool) -> Vec<Piece> {
    let (mut found, mut column) = (Vec::new(), 0);
    for (i, part) in line.split("\u{1b}[").enumerate() {
        let mut text = part;
        if i > 0 {
            let Some((codes, rest)) = part.split_once('m') else { continue };
            text = rest;
            for code in codes.split(';') {
                match code {
                    "" | "0" => (*color, *bold) = (PLAIN, false),
                    "1" => *bold = true,
                    "2" | "90" => *color = "#8a909e",
                    "31" | "91" => *color = "#f28b82",
                    "32" | "92" => *color = "#8fd694",
                    "33" | "93" => *color = "#f2cf7a",
                    "34" | "94" => *color = "#8ab4f8",
                    "35" | "95" => *color = "#d7aefb",
                    "36" | "96" => *color = "#78d9ec",
                    "39" => *color = PLAIN,
                    "22" => *bold = false,
                    _ => {}
                }
            }
        }
        // Blanks are left to the columns: a picture stretches them otherwise.
        let mut at = column;
        for word in text.split_inclusive("  ") {
            let size = word.chars().count();
            let kept = word.trim_end();
            let lead = kept.chars().count() - kept.trim_start().chars().count();
            if !kept.trim().is_empty() {
                let text = kept.trim_start().to_owned();
                found.push(Piece { text, column: at + lead, color, bold: *bold });
            }
            at += size;
        }
        column = at;
    }
    found
}
