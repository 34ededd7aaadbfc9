; Colours. Later patterns win.

(comment) @comment
(doc_comment) @comment.documentation

(text) @string
[(number) (percent)] @number
[(duration) (date) (time) (period) (rolling)] @number
(boolean) @boolean
[(now) (today)] @constant.builtin
(known) @constant.builtin

[
  "entity" "event" "for" "score" "funnel" "metric" "example" "examples"
] @keyword
[
  "when" "or when" "unless" "because" "otherwise" "where" "via" "then" "from" "of" "same when" "as of" "expect" "per" "by" "as"
  "at most" "at least" "half-life" "distinct" "on"
] @keyword
["and" "or" "not" "is" "in" "contains" "matches" "starts with" "ends with"] @keyword.operator
["within" "since" "before" "between" "more than" "ago" "was" "became"] @keyword
["=" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "->"] @operator
["(" ")" "[" "]"] @punctuation.bracket
["," ":" "." "|"] @punctuation.delimiter

(aggregate_function) @function.builtin
(call function: (name) @function)

(path (name) @variable)
(path (name) (name) @property)

(entity name: (name) @type)
(event name: (name) @type)
(event subject: (name) @type)
(subject name: (name) @type)
(field name: (name) @property)
(field reference: (name) @type)
(same_when (name) @property)
(type ["key" "text" "number" "money" "yes/no" "time" "date" "duration" "list of" "one of"] @type.builtin)

(value name: (name) @function)
(term name: (name) @function)
(choice name: (name) @function)
(score name: (name) @function)
(funnel name: (name) @function)
(metric name: (name) @function)
(funnel_step (name) @variable)
(term_test (name) @variable)
(because (text) @string.special)

(example title: (text) @string.special)
(examples name: (name) @function)
(example_record entity: (name) @type)
(example_event event: (name) @type)
(example_field name: (name) @property)
