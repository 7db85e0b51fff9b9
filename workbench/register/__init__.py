"""The register: decisions of people, transactional and audited, on SQLite or PostgreSQL. The only room that speaks SQL; facts are kept apart."""
