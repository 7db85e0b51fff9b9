"""Words: the language of a page, names, facts and readings as people read them, templates."""
