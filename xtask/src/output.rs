//! Generated files: written, or compared with what is there.

use std::fs;
use std::path::Path;

/// A generated file: its name within the folder, and its text.
pub struct Generated {
    /// Name within the folder.
    pub name: &'static str,
    /// All of it.
    pub text: String,
}

/// Writes the files into `folder`; with `check`, compares instead. The error names every file that differs.
pub fn write_or_check(folder: &Path, files: &[Generated], check: bool) -> Result<String, String> {
    let mut stale = Vec::new();
    if !check {
        fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    }
    for file in files {
        let path = folder.join(file.name);
        if check {
            // A checkout may have changed line ends; the content is what counts.
            let there = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
            if there != file.text {
                stale.push(path.display().to_string());
            }
        } else {
            fs::write(&path, &file.text).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        }
    }
    let bytes: usize = files.iter().map(|f| f.text.len()).sum();
    match (stale.is_empty(), check) {
        (true, true) => Ok(format!("{} files are current", files.len())),
        (true, false) => Ok(format!("{} files, {} kB", files.len(), bytes / 1000)),
        (false, _) => Err(format!("not current: {}; the same command without --check writes them", stale.join(", "))),
    }
}

/// A CSV file under construction.
pub struct Csv {
    text: String,
}

impl Csv {
    /// With its header line.
    pub fn new(header: &str) -> Csv {
        Csv { text: format!("{header}\n") }
    }

    /// A row; cells with a comma or a quote are quoted.
    pub fn row(&mut self, cells: &[&str]) {
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            if cell.contains([',', '"']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        self.text.push('\n');
    }

    /// Done.
    pub fn named(self, name: &'static str) -> Generated {
        Generated { name, text: self.text }
    }
}
