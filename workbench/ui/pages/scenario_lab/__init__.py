"""The scenario lab: several standards compared under other conditions."""
