"""Tries to sign in, counted in the register before a password is looked at.

Neither a restart nor a second server process forgets them. They are counted for the account and for the address; those
from a machine that the account uses, apart. After OWASP's "device cookies": a stranger's wrong tries close the door to strangers, not to the machine at which the
account's owner always sits.
"""

import datetime as dt
import hashlib
import ipaddress
import secrets
from dataclasses import asdict, dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select

from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import Register
from workbench.register.access.known_devices import device_of
from workbench.register.db.engine import writing
from workbench.register.db.sign_in_tables import AttemptKey, SignInAttempt

TRIES, TRIES_OF_ADDRESS, MINUTES = 5, 20, 15
"""Wrong passwords within MINUTES: for an account from machines it does not use, or from one it does; from an address."""
MOST_KEPT = 10_000
"""Tries kept at most; a flood from so many addresses closes the door to strangers until some are old."""
_IPV6_NETWORK = 64


class TooManyAttemptsError(RefusedError):
    """So many wrong passwords that the next has to wait."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                f"连续多次密码不对，请 {MINUTES} 分钟后再试，或在平时登录的电脑上登录；忘了密码请找管理员。",
                f"Too many wrong passwords: try again in {MINUTES} minutes, or at the computer where you always sign in; "
                "if you forgot the password, ask the administrator.",
            )
        )


@dataclass(frozen=True)
class Credentials:
    """What somebody typed to sign in, from which address, and the token of the machine where it has one."""

    account: str
    password: str = field(repr=False)
    address: str = ""
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Attempt:
    """A try that was counted: under which hash of a name, from which address, from which machine of the account."""

    account: str
    address: str
    device: str | None


def count_attempt(register: Register, tried: Credentials, now: dt.datetime) -> Attempt:
    """Count a try as a wrong one before it is known to be right; raises TooManyAttemptsError, which counts nothing."""
    at = int(now.timestamp())
    with writing(register.engine) as connection:
        connection.execute(delete(SignInAttempt).where(SignInAttempt.at <= at - MINUTES * 60))
        device = device_of(connection, tried.account, tried.token)
        attempt = Attempt(_counted_name(connection, tried.account), address_block(tried.address), device)
        if _exhausted(connection, attempt):
            raise TooManyAttemptsError
        # In the transaction that counted, under the writer's lock: of many at once none passes uncounted.
        connection.execute(insert(SignInAttempt).values(at=at, **asdict(attempt)))
    return attempt


def forgive(connection: Connection, attempt: Attempt) -> None:
    """Count a try no more, nor the account's earlier ones from the same place: the password was right.

    Those for other accounts stay: else a right password of one's own would make room for tries at others'.
    """
    same = and_(SignInAttempt.account == attempt.account, SignInAttempt.address == attempt.address)
    # A stranger's try has no machine: null has to match null here.
    connection.execute(delete(SignInAttempt).where(same, SignInAttempt.device.is_not_distinct_from(attempt.device)))


def address_block(address: str) -> str:
    """What is counted as one address: a machine may take any address of its own IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        # One line has 2^64 addresses of IPv6: whoever guesses would come from another one each time.
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
    return str(parsed)


def _exhausted(connection: Connection, attempt: Attempt) -> bool:
    # A machine that has signed in before has a count of its own: strangers at the account do not lock its owner out.
    if attempt.device is not None:
        return _tries(connection, SignInAttempt.device == attempt.device) >= TRIES
    stranger = SignInAttempt.device.is_(None)
    return (
        _tries(connection, and_(stranger, SignInAttempt.account == attempt.account)) >= TRIES
        or _tries(connection, and_(stranger, SignInAttempt.address == attempt.address)) >= TRIES_OF_ADDRESS
        or _tries(connection, stranger) >= MOST_KEPT
    )


def _tries(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(SignInAttempt).where(which)).scalar_one()


def _counted_name(connection: Connection, account: str) -> str:
    """A name as it is counted, whether there is such an account or not: what was typed there may be a password."""
    key = connection.execute(select(AttemptKey.key)).scalar()
    if key is None:
        key = secrets.token_hex(32)
        connection.execute(insert(AttemptKey).values(id=1, key=key))
    # Keyed: what is typed in the place of an account may be a password, and must not be guessed from the table.
    return hashlib.blake2b(account.encode(), key=bytes.fromhex(key), digest_size=16).hexdigest()
