"""Charts drawn in the browser, and the sketch map of the counties."""
