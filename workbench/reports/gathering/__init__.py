"""Records of the ledgers and documents, gathered from the facts, the rules and the register."""
