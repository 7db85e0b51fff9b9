"""What the notice says of a household, as pure functions of facts and figures: criteria, tiers, the edge standard, states, explanations."""
