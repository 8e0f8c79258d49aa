"""Access tokens, tokens of letters, and passwords."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gql.errors import Unauthenticated

ISSUER = "caseline"
RATING_ISSUER = "caseline rating"
"""Of tokens that let one contact grade one case; another issuer, so that neither kind is taken for the other."""
INVITATION_ISSUER = "caseline invitation"
"""Of tokens that set a password; another issuer, so that neither kind is taken for the other."""
INVITED_FOR = timedelta(days=3)
_hasher = PasswordHash((Argon2Hasher(),))


@dataclass(frozen=True, slots=True)
class Token:
    """What a good token says; whether it was ended since, the database knows."""

    login_id: int
    generation: int
    id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RatingToken:
    """Lets one contact grade one case, without a login."""

    case_id: int
    contact_id: int
    expires_at: datetime


UNREADABLE = (JoseError, ValueError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Lets the owner of a login set its password once: whatever changes the login's generation ends it."""

    login_id: int
    generation: int
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
        return self._signed(claims), expires_at

    def invite(self, login_id: int, generation: int, now: datetime) -> tuple[str, datetime]:
        """A token to set a password by, for somebody to hand over, and when it expires."""
        expires_at = (now + INVITED_FOR).replace(microsecond=0)
        claims = {
            "iss": INVITATION_ISSUER,
            "sub": str(login_id),
            "gen": generation,
            "exp": int(expires_at.timestamp()),
        }
        return self._signed(claims), expires_at

    def read_invitation(self, text: str, now: datetime) -> Invitation | None:
        """What a token to set a password by says; None for what is none, or has expired."""
        try:
            claims, expires_at = self._claims(text, INVITATION_ISSUER)
            invitation = Invitation(int(claims["sub"]), int(claims["gen"]), expires_at)
        except UNREADABLE:
            return None
        return invitation if expires_at > now else None

    def read(self, text: str, now: datetime) -> Token:
        """What a token says. Raises Unauthenticated."""
        try:
            claims, expires_at = self._claims(text, ISSUER)
            token = Token(int(claims["sub"]), int(claims["gen"]), str(claims["jti"]), expires_at)
        except UNREADABLE:
            raise Unauthenticated("This is no token of this desk.") from None
        if expires_at <= now:
            raise Unauthenticated("The token has expired: sign in again.")
        return token

    def issue_rating(self, asked: RatingToken) -> str:
        """A token that lets a contact grade a case, and nothing else (R-90)."""
        claims = {
            "iss": RATING_ISSUER,
            "sub": str(asked.contact_id),
            "case": asked.case_id,
            "exp": int(asked.expires_at.timestamp()),
        }
        return self._signed(claims)

    def read_rating(self, text: str, now: datetime) -> RatingToken | None:
        """What a token to grade by says; None for what is none, or has expired."""
        try:
            claims, expires_at = self._claims(text, RATING_ISSUER)
            token = RatingToken(int(claims["case"]), int(claims["sub"]), expires_at)
        except UNREADABLE:
            return None
        return token if expires_at > now else None

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "HS256"}, claims, self._key, algorithms=["HS256"])

    def _claims(self, text: str, issuer: str) -> tuple[dict[str, Any], datetime]:
        """The claims, and until when they hold. Raises one of UNREADABLE."""
        claims = jwt.decode(text, self._key, algorithms=["HS256"]).claims
        if claims["iss"] != issuer:
            raise ValueError
        return claims, datetime.fromtimestamp(claims["exp"], UTC)


async def hash_password(password: str) -> str:
    """An argon2 hash, made off the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def fits(password: str, hashed: str | None) -> bool:
    """Whether the password fits the hash; takes as long where there is no hash to compare with."""
    good = await asyncio.to_thread(_hasher.verify, password, hashed or _nobodys_hash())
    return good and bool(hashed)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
