"""Statements with parameters, as `:name`, for engines that are given texts alone."""

import re

# Texts, names in quotes and comments are passed over.
PLAIN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|:([A-Za-z_]\w*)""")
ESCAPED = re.compile(r"""'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.|``)*`|--[^\n]*|:([A-Za-z_]\w*)""", re.DOTALL)


def filled(statement, values, pattern):
    """The statement with what stands for its parameters."""
    return pattern.sub(lambda m: values[m.group(1)] if m.group(1) in values else m.group(0), statement)
