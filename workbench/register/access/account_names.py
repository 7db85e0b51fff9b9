"""Who did something and when, as a message says it: a person's name and the hour, not an account and a stamp."""

from sqlalchemy import Connection, select

from workbench.clock import hour_in_words
from workbench.errors import Words
from workbench.register.db.procedure_tables import Account


def name_of_account(connection: Connection, account: str) -> str:
    """The name of whose account it is; the account itself where it has no name."""
    # Of somebody who can be asked: an account's name is what few people know each other by.
    return connection.execute(select(Account.name).where(Account.account == account)).scalar() or account


def who_and_when(connection: Connection, account: str, stamp: str) -> tuple[str, Words]:
    """The name of an account's person, and the moment in words."""
    return name_of_account(connection, account), hour_in_words(stamp)
