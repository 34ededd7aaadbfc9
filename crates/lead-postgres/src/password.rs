//! The file of passwords that all clients of PostgreSQL read.

use std::path::{Path, PathBuf};

use crate::trouble::Trouble;

/// The password for a server from a file of them: that of `PGPASSFILE`, else `~/.pgpass`.
pub fn of_file(host: &str, port: u16, database: &str, user: &str) -> Result<Option<String>, Trouble> {
    let named = std::env::var_os("PGPASSFILE").filter(|p| !p.is_empty()).map(PathBuf::from);
    let home = || {
        if cfg!(windows) {
            return std::env::var_os("APPDATA").map(|d| PathBuf::from(d).join("postgresql").join("pgpass.conf"));
        }
        std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".pgpass"))
    };
    let was_named = named.is_some();
    let Some(path) = named.or_else(home) else { return Ok(None) };
    if !path.is_file() {
        if was_named {
            return Err(Trouble::data(format!("`{}` is no file", path.display())).help("PGPASSFILE names it"));
        }
        return Ok(None);
    }
    refuse_open(&path)?;
    let text = std::fs::read_to_string(&path)
        .map_err(|e| Trouble::data(format!("`{}` cannot be read: {}", path.display(), e)))?;
    Ok(find(&text, [host, &port.to_string(), database, user]))
}

/// A file of passwords is for its owner alone.
fn refuse_open(path: &Path) -> Result<(), Trouble> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0) {
            return Err(Trouble::data(format!("`{}` holds passwords, and others may read it", path.display()))
                .help(format!("chmod 600 {}", path.display())));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The password in the first line that fits: `host:port:database:user:password`, `*` for any.
fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
        let mut parts = vec![String::new()];
        let mut signs = line.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => parts.last_mut()?.extend(signs.next()),
                ':' if parts.len() < 5 => parts.push(String::new()),
                other => parts.last_mut()?.push(other),
            }
        }
        let fits = parts.len() == 5 && parts.iter().zip(wanted).all(|(p, w)| p == "*" || p == w);
        if fits { parts.pop() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_file_of_passwords_is_read_as_others_read_it() {
        let text = "# mine\nother:*:*:*:no\nhouse:5432:db:ann:a\\:b\\\\c\n*:*:*:*:last\n";
        assert_eq!(find(text, ["house", "5432", "db", "ann"]).as_deref(), Some("a:b\\c"));
        assert_eq!(find(text, ["house", "5433", "db", "ann"]).as_deref(), Some("last"));
        assert_eq!(find("house:1:db:ann", ["house", "1", "db", "ann"]), None);
    }
}
