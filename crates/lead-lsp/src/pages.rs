//! Pages of codes, and answers, as files that an editor can open: in the user's cache folder, written when they are needed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use lead_diag::Code;
use tower_lsp::lsp_types::Url;

use crate::shared::lock;

/// The address of a code's page; `None` where no page can be written.
pub fn address(code: Code) -> Option<Url> {
    static WRITTEN: OnceLock<Mutex<HashMap<&'static str, Option<Url>>>> = OnceLock::new();
    let written = WRITTEN.get_or_init(Mutex::default);
    lock(written).entry(code.id()).or_insert_with(|| write(code)).clone()
}

fn write(code: Code) -> Option<Url> {
    put("codes", &format!("{}.md", code.id()), code.info().page)
}

/// The address of an answer that is shown as a document.
pub fn result(name: &str, text: &str) -> Option<Url> {
    put("results", name, text)
}

fn put(group: &str, name: &str, page: &str) -> Option<Url> {
    let folder = cache()?.join("lead").join(group);
    let path = folder.join(name);
    let is_there = std::fs::read_to_string(&path).is_ok_and(|text| text == page);
    if !is_there {
        std::fs::create_dir_all(&folder).ok()?;
        std::fs::write(&path, page).ok()?;
    }
    Url::from_file_path(path).ok()
}

/// The folder that the system has for what can be made again.
fn cache() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || {
        of("HOME").map(|home| match std::env::consts::OS {
            "macos" => home.join("Library/Caches"),
            _ => home.join(Path::new(".cache")),
        })
    };
    of("XDG_CACHE_HOME").or_else(|| of("LOCALAPPDATA")).or_else(home)
}
