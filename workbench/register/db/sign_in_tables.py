"""Tables of signing in: tries, machines that people sign in from, sign-ins ended, the key under which names are counted.

None is a record of the procedure: rows come and go with every sign-in, so no event carries their checksum.
"""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from workbench.register.db.engine import Base


class SignInAttempt(Base):
    """A try that has not succeeded, within the last quarter of an hour. `account` is a keyed hash, `at` in Unix seconds."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("attempt_account", "account"), Index("attempt_address", "address"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
    # A keyed hash: what is typed in the place of an account may be a password.
    account: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str | None] = mapped_column(String(64))


class KnownDevice(Base):
    """A browser from which an account signed in: the hash of the token that its cookie bears. `used` in Unix seconds."""

    __tablename__ = "known_device"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(100), index=True)
    # Unix seconds outgrow 32 bits in 2038.
    used: Mapped[int] = mapped_column(BigInteger)


class EndedSession(Base):
    """A sign-in that was signed out, until its cookie would have ended by itself. `at` in Unix seconds."""

    __tablename__ = "ended_session"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)


class AttemptKey(Base):
    """The key under which names are counted: one row, made with the first try."""

    __tablename__ = "attempt_key"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64))
