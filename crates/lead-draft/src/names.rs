//! Names for tables and fields.

use lead_hir::hir::KEYWORDS;

/// Words that would be read as something else at some place of a name, or that stand for a value.
const ODD: [&str; 13] =
    ["in", "by", "on", "starts", "ends", "more", "from", "of", "same", "yes", "no", "true", "false"];

/// A name as it is written in a lexicon.
pub(crate) fn written(name: &str) -> String {
    let plain = name.split(' ').all(|word| {
        let first = word.chars().next().is_some_and(char::is_alphabetic);
        first
            && word.chars().all(|c| c.is_alphanumeric())
            && !KEYWORDS.contains(&word)
            && !ODD.contains(&word)
            && word != "now"
            && word != "today"
    });
    if plain { name.to_owned() } else { format!("`{name}`") }
}

/// A text of the language.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The words of a header or file name, in lower case: `LeadSource` and `lead_source` alike.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut last: Option<char> = None;
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        let inside = last.is_some_and(char::is_alphanumeric) && signs.peek().is_some_and(|n| n.is_alphabetic());
        if c == '-' && inside {
            // `e-mail` is one word.
            word.push(c);
        } else if !c.is_alphanumeric() {
            out.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        } else {
            if c.is_uppercase() && last.is_some_and(char::is_lowercase) {
                out.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            word.extend(c.to_lowercase());
        }
        last = Some(c);
    }
    out.extend((!word.is_empty()).then_some(word));
    out
}

/// One of several things: `companies` are a `company`.
pub(crate) fn singular(word: &str) -> String {
    let ends = |end: &str| word.len() > end.len() + 1 && word.ends_with(end);
    let cut = |n: usize| word[..word.len() - n].to_owned();
    if ends("ies") {
        return cut(3) + "y";
    }
    if ["sses", "shes", "ches", "xes", "zes"].iter().any(|e| ends(e)) {
        return cut(2);
    }
    if ends("s") && !["ss", "us", "is", "sales", "news", "series"].iter().any(|e| word.ends_with(e)) {
        return cut(1);
    }
    word.to_owned()
}

/// Names of the tables of files: without folders, endings, what all begin with, and words such as `export`.
pub(crate) fn of_files(files: &[&str]) -> Vec<String> {
    const NOISE: [&str; 6] = ["data", "export", "exports", "csv", "dump", "extract"];
    let mut all: Vec<Vec<String>> = files
        .iter()
        .map(|file| {
            let base = file.rsplit('/').next().unwrap_or(file);
            words(base.split('.').next().unwrap_or(base))
        })
        .collect();
    while all.len() > 1 && all.iter().all(|w| w.len() > 1 && w[0] == all[0][0]) {
        all.iter_mut().for_each(|w| drop(w.remove(0)));
    }
    let mut names: Vec<String> = Vec::new();
    for mut words in all {
        while words.len() > 1 && words.last().is_some_and(|w| NOISE.contains(&w.as_str())) {
            words.pop();
        }
        if let Some(last) = words.last_mut() {
            *last = singular(last);
        }
        let base = if words.is_empty() { "record".to_owned() } else { words.join(" ") };
        names.push(free(base, &names));
    }
    names
}

/// A name that is not taken, with a number behind it if need be.
pub(crate) fn free(base: String, taken: &[String]) -> String {
    if !taken.contains(&base) {
        return base;
    }
    (2..).map(|n| format!("{base} {n}")).find(|name| !taken.contains(name)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_name_their_tables() {
        let files =
            ["sf_account_data.csv", "sf_opportunity_line_items.csv.gz", "sf_companies.csv", "sf_touches.parquet"];
        assert_eq!(of_files(&files), ["account", "opportunity line item", "company", "touch"]);
        assert_eq!(of_files(&["out/Contacts.csv", "in/contacts.csv"]), ["contact", "contact 2"]);
        assert_eq!(of_files(&["sales_activities.csv"]), ["sales activity"]);
    }

    #[test]
    fn names_are_quoted_where_the_language_needs_it() {
        assert_eq!(written("job title"), "job title");
        for name in ["from", "2 step", "is deleted", "a & b"] {
            assert_eq!(written(name), format!("`{name}`"));
        }
        assert_eq!(words("Lead Source (hs)/LastDate__c"), ["lead", "source", "hs", "last", "date", "c"]);
    }
}
