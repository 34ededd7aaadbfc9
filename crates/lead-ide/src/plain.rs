//! Markdown as plain text, for editors that show nothing else: marks go, what they mean stays.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The text of Markdown without its marks. Names keep their backticks, as they are of several words; code stands in lines
/// of its own; items keep their dashes and numbers; addresses stand behind their text.
pub fn plain_text(markdown: &str) -> String {
    let mut plain = Plain::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        plain.take(event);
    }
    plain.out.trim_end().to_string()
}

#[derive(Default)]
struct Plain {
    out: String,
    /// The numbers of the lists that are open, innermost last; `None` counts nothing.
    lists: Vec<Option<u64>>,
    /// Addresses of links and pictures that are open, and where their texts begin.
    links: Vec<(String, usize)>,
    in_code: bool,
    cells: usize,
}

impl Plain {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.out.push('`');
                self.out.push_str(&code);
                self.out.push('`');
            }
            Event::SoftBreak | Event::HardBreak => self.line(),
            Event::Rule => self.block(),
            Event::TaskListMarker(done) => self.out.push_str(if done { "[x] " } else { "[ ] " }),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&text),
            // Tags say how, not what.
            Event::Html(_) | Event::InlineHtml(_) => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph if self.is_at_item() => {}
            Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) | Tag::BlockQuote(_) => self.block(),
            Tag::CodeBlock(kind) => {
                self.block();
                self.in_code = matches!(kind, CodeBlockKind::Fenced(_) | CodeBlockKind::Indented);
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.line_end();
                self.indent(self.lists.len().saturating_sub(1));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.out.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    _ => self.out.push_str("- "),
                }
            }
            Tag::TableHead | Tag::TableRow => {
                self.line_end();
                self.cells = 0;
            }
            Tag::TableCell => {
                if self.cells > 0 {
                    self.out.push_str(" | ");
                }
                self.cells += 1;
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push((dest_url.into_string(), self.out.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link | TagEnd::Image => {
                let Some((address, from)) = self.links.pop() else { return };
                let shown = self.out.get(from..).unwrap_or("");
                let own = address.strip_prefix("mailto:").unwrap_or(&address);
                // `command:` and `#part` lead nowhere outside of the editor that made them.
                let leads = address.contains("://") && shown != own;
                if leads {
                    self.out.push_str(&format!(" ({address})"));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if !self.in_code {
            self.out.push_str(text);
            return;
        }
        for line in text.split_inclusive('\n') {
            if self.out.is_empty() || self.out.ends_with('\n') {
                self.indent(self.lists.len());
            }
            self.out.push_str(line);
        }
    }

    /// Whether an item has just begun, whose first paragraph stands behind its dash.
    fn is_at_item(&self) -> bool {
        !self.lists.is_empty() && (self.out.ends_with("- ") || self.out.ends_with(". "))
    }

    fn indent(&mut self, depth: usize) {
        self.out.push_str(&"  ".repeat(depth));
    }

    fn line_end(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn line(&mut self) {
        self.line_end();
        self.indent(self.lists.len());
    }

    /// An empty line between what stood before and what follows.
    fn block(&mut self) {
        self.line_end();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.indent(self.lists.len());
    }
}
