"""How far counts can be trusted: incomes measured again, incomes piled up at a ceiling."""
