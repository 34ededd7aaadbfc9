; What stands below a statement is indented once.
[
  (entity) (event) (term) (choice) (score) (funnel) (example) (examples)
] @indent
