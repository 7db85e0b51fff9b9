"""The trail: the chain of events, the checksums of records that events carry, and its verification."""
