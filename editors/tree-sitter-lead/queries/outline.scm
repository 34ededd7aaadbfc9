; The outline: kinds of records, definitions and examples.
(entity "entity" @context name: (name) @name) @item
(event "event" @context name: (name) @name) @item
(subject "for" @context name: (name) @name) @item
(value name: (name) @name) @item
(term name: (name) @name) @item
(choice name: (name) @name) @item
(score "score" @context name: (name) @name) @item
(funnel "funnel" @context name: (name) @name) @item
(metric "metric" @context name: (name) @name) @item
(example "example" @context title: (text) @name) @item
(examples "examples" @context name: (name) @name) @item
