"""A city's key: it signs the summaries that leave the store, and whoever has the public half can tell whose they are.

Ed25519. The private half stays in the store, readable by its owner only; it is in no backup and no summary. A store that lost
it makes another, and tells the province the new public half.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Any

from workbench.errors import InputError, StoreError, Words
from workbench.safeguards.given_files import read_small, read_small_yaml
from workbench.store.files import write_file

_KEY = Path("keys") / "summary.key"
_BYTES = 32
"""Of either half of a key."""
_EXAMPLE = "六安市: 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def public_key_of(root: Path) -> str:
    """The public half of a store's key, in base64; the key is made where there is none.

    Raises StoreError where what stands in its place is no key.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 - as below

    public = _private_key(root).public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def signature_of(root: Path, content: bytes) -> bytes:
    """The signature of bytes by a store's key, 64 bytes; the key is made where there is none."""
    signature: bytes = _private_key(root).sign(content)
    return signature


def is_signed(content: bytes, signature: bytes, public: str) -> bool:
    """Whether the signature of bytes is that of the key whose public half is given in base64."""
    # Late: only who signs or verifies loads the library.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def read_public_keys(path: Path) -> dict[str, str]:
    """The public keys of cities by their names from a YAML file; raises InputError, with an example, for anything else."""
    given = read_small_yaml(path)
    if not isinstance(given, dict) or not given or not all(map(_is_entry, given.items())):
        message = Words(
            f"应为每个市一行，市名和公钥（由该市运行 workbench summary key 得出）：{_EXAMPLE}",
            f"expected a line a city, its name and public key (which `workbench summary key` prints there): {_EXAMPLE}",
            code="store.keys-of-cities",
        )
        raise InputError(message.after(f"{path}: "))
    return {str(name): key for name, key in given.items()}


def _is_entry(entry: tuple[Any, Any]) -> bool:
    name, key = entry
    if not isinstance(name, str) or not isinstance(key, str):
        return False
    try:
        return len(base64.b64decode(key, validate=True)) == _BYTES
    except binascii.Error:
        return False


def _private_key(root: Path) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above

    path = root / _KEY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(path, os.urandom(_BYTES))
    seed = read_small(path)
    if len(seed) != _BYTES:
        message = Words(
            "不是本数据目录的签名密钥；请移开此文件，生成新的密钥（workbench summary key），把新的公钥告诉省里",
            "is no key of this store; move the file away, have a new one made (workbench summary key), and tell the province its "
            "public part",
            code="store.not-a-signing-key",
        )
        raise StoreError(message.after(f"{path}: "))
    return Ed25519PrivateKey.from_private_bytes(seed)
