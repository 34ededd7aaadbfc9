//! Databricks SQL: that of Spark, under another name.

use super::spark::Spark;

/// Databricks Runtime 15 and later.
pub const DATABRICKS: Spark = Spark { name: "databricks", title: "Databricks" };
