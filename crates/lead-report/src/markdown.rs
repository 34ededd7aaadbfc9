//! Documentation, which is Markdown, as HTML: its own markup alone, no HTML of the author's, no pictures, and no links but to pages.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Markdown as HTML.
pub(crate) fn to_html(text: &str) -> Markup {
    let mut out = Html::default();
    for event in Parser::new_ext(text, Options::empty()) {
        out.event(event);
    }
    PreEscaped(out.text)
}

/// Markdown in which no HTML is left.
pub(crate) fn without_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        if matches!(event, Event::Html(_) | Event::InlineHtml(_)) && range.start >= at {
            out.push_str(text.get(at..range.start).unwrap_or(""));
            out.push_str(&text.get(range.clone()).unwrap_or("").replace('<', "\\<"));
            at = range.end;
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

#[derive(Default)]
struct Html {
    text: String,
    /// What closes the links that are open: nothing for those that lead nowhere.
    links: Vec<&'static str>,
}

impl Html {
    fn put(&mut self, markup: Markup) {
        self.text.push_str(&markup.into_string());
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Code(code) => self.put(html! { code { (code.as_ref()) } }),
            Event::SoftBreak => self.text.push('\n'),
            Event::HardBreak => self.text.push_str("<br>"),
            Event::Rule => self.text.push_str("<hr>"),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.put(html! { (text.as_ref()) }),
            Event::TaskListMarker(done) => self.text.push_str(if done { "☑ " } else { "☐ " }),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let open = match tag {
            Tag::Paragraph => "<p>",
            // Headings of the page are the page's own.
            Tag::Heading { .. } => "<p><strong>",
            Tag::BlockQuote(_) => "<blockquote>",
            Tag::CodeBlock(_) => "<pre><code>",
            Tag::List(None) => "<ul>",
            Tag::List(Some(_)) => "<ol>",
            Tag::Item => "<li>",
            Tag::Emphasis => "<em>",
            Tag::Strong => "<strong>",
            Tag::Link { dest_url, .. } => {
                let url = dest_url.as_ref();
                let safe = ["https://", "http://", "mailto:"].iter().any(|s| url.to_ascii_lowercase().starts_with(s));
                self.links.push(if safe { "</a>" } else { "" });
                if safe {
                    let link = html! { a href=(url) rel="noreferrer noopener" {} }.into_string();
                    self.text.push_str(link.strip_suffix("</a>").unwrap_or(&link));
                }
                return;
            }
            _ => "",
        };
        self.text.push_str(open);
    }

    fn end(&mut self, tag: TagEnd) {
        let close = match tag {
            TagEnd::Paragraph => "</p>",
            TagEnd::Heading(_) => "</strong></p>",
            TagEnd::BlockQuote(_) => "</blockquote>",
            TagEnd::CodeBlock => "</code></pre>",
            TagEnd::List(false) => "</ul>",
            TagEnd::List(true) => "</ol>",
            TagEnd::Item => "</li>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Link => self.links.pop().unwrap_or(""),
            _ => "",
        };
        self.text.push_str(close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_markdown_stays_and_that_of_html_becomes_text() {
        let text =
            "Reads *a lot*, see [here](https://a.example/?q=\"x\").\n\n<script>alert(1)</script>\n\n- one <b>two</b>";
        assert_eq!(
            to_html(text).into_string(),
            "<p>Reads <em>a lot</em>, see <a href=\"https://a.example/?q=&quot;x&quot;\" rel=\"noreferrer noopener\">here</a>.</p>\
             &lt;script&gt;alert(1)&lt;/script&gt;\n<ul><li>one &lt;b&gt;two&lt;/b&gt;</li></ul>"
        );
    }

    #[test]
    fn links_that_run_something_and_pictures_lead_nowhere() {
        let text = "[a](javascript:alert) [b](data:text/html,x) ![c](https://x.example/c.png) <javascript:alert(1)>";
        let html = to_html(text).into_string();
        assert!(!html.contains("href") && !html.contains("<img"), "{html}");
    }

    #[test]
    fn markdown_keeps_its_own_markup_and_loses_html() {
        assert_eq!(without_html("*a* `<b>` <i>c</i>"), "*a* `<b>` \\<i>c\\</i>");
    }
}
