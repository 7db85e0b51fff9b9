"""What a browser brings when a password is asked for: the address it comes from, and the token of its machine."""

import hashlib
from typing import Any

from workbench.register.access.sign_in_attempts import Credentials

# Half a year; the register takes a token back earlier, with a new password or a closed account (0024).
DEVICE_DAYS = 180


def remote_address(handler: Any) -> str:
    """Where a request comes from: the other end of the connection, whatever headers say.

    Behind a proxy that the server was told of, tornado itself puts there what that proxy says.
    """
    return str(handler.request.remote_ip or "")


def credentials(handler: Any, account: str, password: str) -> Credentials:
    """Return what was typed, with address and machine."""
    return Credentials(account, password, remote_address(handler), handler.get_cookie(_cookie_name(account)))


def keep_device(handler: Any, account: str, token: str) -> None:
    """Let the browser bear the token of its machine: one cookie for each account that signs in there."""
    secure = handler.request.protocol == "https"
    options = {"httponly": True, "samesite": "Strict", "path": handler.base_url, "secure": secure}
    handler.set_cookie(_cookie_name(account), token, expires_days=DEVICE_DAYS, **options)


def _cookie_name(account: str) -> str:
    # An account may have characters that a cookie's name cannot.
    return f"workbench-device-{hashlib.sha256(account.encode()).hexdigest()[:12]}"
