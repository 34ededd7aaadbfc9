; Documentation is Markdown.
((doc_comment) @injection.content
  (#set! injection.language "markdown_inline"))
