; Each statement of several lines folds.
[
  (entity) (event) (term) (choice) (score) (funnel) (metric) (value) (example) (examples)
] @fold
