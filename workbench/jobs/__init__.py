"""Work that takes long, as jobs of the server's own: asked for in files of the store, done one at a time by a child process (0041)."""
