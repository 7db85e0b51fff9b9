"""The register: decisions of people, transactional and audited, on SQLite or PostgreSQL. Facts are kept apart."""
