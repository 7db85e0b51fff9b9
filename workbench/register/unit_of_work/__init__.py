"""Files and register changed as one: what is pending, what follows a commit of files, closing, facts taken in."""
