"""The amounts in yuan that a household's income is made of: in another unit they are all together."""

MONEY = (
    "income_pc",
    "net_income",
    "income_wage",
    "income_business",
    "income_property",
    "income_transfer",
    "cost_business",
)
