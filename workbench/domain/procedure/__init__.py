"""Who does what, when and in which order: the notice's procedure as data and pure checks. No database."""
