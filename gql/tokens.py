"""Access tokens and passwords."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gql.errors import Unauthenticated

ISSUER = "caseline"
_hasher = PasswordHash((Argon2Hasher(),))


@dataclass(frozen=True, slots=True)
class Token:
    """What a good token says; whether it was ended since, the database knows."""

    login_id: int
    generation: int
    id: str
    expires_at: datetime


class Tokens:
    """Makes and reads the tokens that one secret signs."""

    def __init__(self, secret: str, *, minutes: int) -> None:
        self._key = OctKey.import_key(secret.encode())
        self._lasting = timedelta(minutes=minutes)

    def issue(self, login_id: int, generation: int, now: datetime) -> tuple[str, datetime]:
        """A new token and when it expires."""
        expires_at = (now + self._lasting).replace(microsecond=0)
        claims = {
            "iss": ISSUER,
            "sub": str(login_id),
            "gen": generation,
            "jti": secrets.token_urlsafe(16),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key, algorithms=["HS256"]), expires_at

    def read(self, text: str, now: datetime) -> Token:
        """What a token says. Raises Unauthenticated."""
        try:
            claims = jwt.decode(text, self._key, algorithms=["HS256"]).claims
            if claims["iss"] != ISSUER:
                raise ValueError
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            token = Token(int(claims["sub"]), int(claims["gen"]), str(claims["jti"]), expires_at)
        except (JoseError, ValueError, KeyError, TypeError, OverflowError):
            raise Unauthenticated("This is no token of this desk.") from None
        if expires_at <= now:
            raise Unauthenticated("The token has expired: sign in again.")
        return token


async def hash_password(password: str) -> str:
    """An argon2 hash, made off the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def fits(password: str, hashed: str | None) -> bool:
    """Whether the password fits the hash; takes as long where there is no hash to compare with."""
    good = await asyncio.to_thread(_hasher.verify, password, hashed or _nobodys_hash())
    return good and hashed is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
