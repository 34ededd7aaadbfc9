; Names for code navigation.
(entity name: (name) @name) @definition.class
(event name: (name) @name) @definition.class
(value name: (name) @name) @definition.constant
(term name: (name) @name) @definition.function
(choice name: (name) @name) @definition.function
(score name: (name) @name) @definition.function
(funnel name: (name) @name) @definition.function
(metric name: (name) @name) @definition.function
(path (name) @name) @reference.call
