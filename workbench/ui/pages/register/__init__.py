"""The register page: the procedure as people work at it."""
