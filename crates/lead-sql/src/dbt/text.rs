//! Texts in files that dbt reads: first Jinja looks at them, in properties YAML does before that.

/// A text that Jinja gives back as it is: no brace begins anything.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('{', Some('{' | '%' | '#')) => out.push_str("{{ '{' }}"),
            _ => out.push(sign),
        }
    }
    out
}

/// A text in YAML, between double quotes, in which Jinja finds nothing either.
pub fn quoted(text: &str) -> String {
    scalar(&plain(text))
}

/// A text in YAML, between double quotes, whose braces are meant for Jinja.
pub fn scalar(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What YAML takes for the end of a line, and what no reader of it takes at all.
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(sign)));
            }
            sign if sign.is_control() => out.push_str(&format!("\\x{:02X}", u32::from(sign))),
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}

/// A text as a string of Jinja, between single quotes.
pub fn jinja(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A name of letters, digits and `_` of ASCII alone, which begins with a letter.
pub fn word(text: &str) -> String {
    let mut out = String::new();
    for sign in text.to_lowercase().chars() {
        let sign = if sign.is_ascii_alphanumeric() { sign } else { '_' };
        if sign != '_' || !out.ends_with('_') {
            out.push(sign);
        }
    }
    out.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{plain, quoted, word};

    #[test]
    fn nothing_begins_for_jinja() {
        assert_eq!(plain("a {b} c"), "a {b} c");
        assert_eq!(plain("{{ x }}"), "{{ '{' }}{ x }}");
        assert_eq!(plain("{{{%#"), "{{ '{' }}{{ '{' }}{{ '{' }}%#");
        assert_eq!(plain("{"), "{");
    }

    #[test]
    fn yaml_is_quoted() {
        assert_eq!(quoted("a: \"b\"\n# {{ c }}"), "\"a: \\\"b\\\"\\n# {{ '{' }}{ c }}\"");
        assert_eq!(quoted("\u{85}\u{2028}\u{1}\\"), "\"\\x85\\u2028\\x01\\\\\"");
    }

    #[test]
    fn words_are_plain() {
        assert_eq!(word("Halvern Industrial – 2"), "halvern_industrial_2");
        assert_eq!(word("客户"), "");
    }
}
