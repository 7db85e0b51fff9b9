"""Files in and out: dropping, choosing, downloading, the draft kept in the browser."""
