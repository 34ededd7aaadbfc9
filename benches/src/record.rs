//! Results kept in pages of `docs`, each between marks of its own; the words around them are written by hand.

use std::fs;

use crate::generate::Failure;
use crate::options::root;

/// Puts a result between `<!-- NAME -->` and `<!-- end NAME -->`.
pub fn write(page: &str, name: &str, text: &str) -> Result<(), Failure> {
    let path = root().join(page);
    let before = fs::read_to_string(&path)?;
    let after = replaced(&before, name, text).ok_or_else(|| format!("{page} has no marks for `{name}`"))?;
    fs::write(&path, after)?;
    println!("recorded in {page}");
    Ok(())
}

fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&open)?;
    let (_, after) = rest.split_once(&close)?;
    Some(format!("{before}{open}\n{}\n\n{close}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_result_takes_the_place_of_the_last_one() {
        let page = "a\n<!-- x -->\nold\n<!-- end x -->\nb\n";
        let once = replaced(page, "x", "new\n").unwrap_or_default();
        assert_eq!(once, "a\n<!-- x -->\n\nnew\n\n<!-- end x -->\nb\n");
        assert_eq!(replaced(&once, "x", "new"), Some(once.clone()));
        assert_eq!(replaced(page, "y", "new"), None);
    }
}
