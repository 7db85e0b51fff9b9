"""The database itself: engine, schema, migrations, a dump of all tables."""
