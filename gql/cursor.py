"""Cursors: places in the desk's log, sealed so that clients can neither read nor make them."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gql.errors import Invalid, ResyncRequired

MARK = b"c1"
"""Begins every cursor's text; another beginning is no cursor of this desk."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position of the log and, where the cursor was read with a row, the `version_of` the row (else 0)."""

    position: int
    version: int = 0


NOWHERE = Place(0, -1)
"""A place in another log: every row has changed since."""


def version_of(kind: str, id: int, version: int) -> int:
    """A row's version as cursors hold it: another version of the row is another number, and so is, but for a chance of
    one in four thousand million, any version of another row."""
    return version ^ zlib.crc32(f"{kind} {id}".encode())


def version_of_value(name: str, value: str) -> int:
    """The same of what is no row: another value is another number."""
    return zlib.crc32(f"{name} {value}".encode())


class Cursors:
    """Seals and opens the cursors of one epoch of the log.

    A cursor is one block of 16 bytes: mark, epoch, position, version. One block of a block cipher is neither readable
    nor malleable, and equal places give equal cursors.
    """

    def __init__(self, secret: str, epoch: str) -> None:
        key = hashlib.sha256(b"caseline cursor " + secret.encode()).digest()
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # one block only, so there is nothing to chain
        self._epoch = hashlib.sha256(epoch.encode()).digest()[:4]

    def seal(self, position: int, version: int = 0) -> str:
        """The cursor of a place."""
        block = MARK + self._epoch + position.to_bytes(6, "big") + version.to_bytes(4, "big")
        return _text(self._cipher.encryptor().update(block))

    def open(self, cursor: str, field: str) -> Place:
        """The place of a cursor. Raises Invalid for what is none, ResyncRequired for one of another epoch."""
        try:
            sealed = base64.b64decode(cursor + "==", altchars=b"-_", validate=True)
        except ValueError:
            sealed = b""
        whole = len(sealed) == 16 and _text(sealed) == cursor
        block = self._cipher.decryptor().update(sealed) if whole else b""
        if not block.startswith(MARK):
            raise Invalid("This is no cursor of this desk.", field=field)
        if block[2:6] != self._epoch:
            raise ResyncRequired("The log was put back since: read anew, then subscribe after what you read.")
        return Place(int.from_bytes(block[6:12], "big"), int.from_bytes(block[12:16], "big"))


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the log stood before the first statement of an answer."""

    cursors: Cursors
    position: int

    def cursor(self, version: int = 0) -> str:
        """The cursor to subscribe after, and to overwrite from."""
        return self.cursors.seal(self.position, version)

    def cursor_at(self, position: int) -> str:
        """The cursor of one entry of the log."""
        return self.cursors.seal(position)
