"""Controls and lists: fields, panes, panels that open, lists of households, long work."""
