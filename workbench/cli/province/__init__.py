"""Commands of a province and its cities: summaries written, proved, and asked."""
