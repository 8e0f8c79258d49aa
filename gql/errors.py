"""Every reason the desk gives for not doing something."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """Every reason the desk gives for not doing something. A client may meet new ones."""

    REQUIRED = "REQUIRED"
    """A field needs a value."""
    INVALID = "INVALID"
    """A value is not acceptable."""
    NOT_FOUND = "NOT_FOUND"
    """There is no such thing, or not for the viewer."""
    FORBIDDEN = "FORBIDDEN"
    """The viewer may see it but not do this to it."""
    NOT_NOW = "NOT_NOW"
    """The case's present state does not allow it."""
    CHANGED = "CHANGED"
    """Someone changed it since the viewer read it."""
    LIMIT = "LIMIT"
    """Too much, too large or too often."""


class DeskError(Exception):
    """Something a person can act on: data in a payload of a mutation, a coded top-level error elsewhere.

    `field` is the path from the input down, in the input's own names: `("accountId",)`. It is given with dots.
    """

    code: ClassVar[str]

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field: tuple[str, ...] = tuple(field.split(".")) if field else ()


class Required(DeskError):
    code = ErrorCode.REQUIRED


class Invalid(DeskError):
    code = ErrorCode.INVALID


class NotFound(DeskError):
    code = ErrorCode.NOT_FOUND

    def __init__(self, what: str = "case", *, field: str | None = None) -> None:
        super().__init__(f"There is no such {what}.", field=field)


class Forbidden(DeskError):
    code = ErrorCode.FORBIDDEN


class NotNow(DeskError):
    code = ErrorCode.NOT_NOW


class Changed(DeskError):
    """`now` is what somebody else changed, as it is now; a case is shown in any event."""

    code = ErrorCode.CHANGED

    def __init__(self, message: str, *, field: str | None = None, now: object = None) -> None:
        super().__init__(message, field=field)
        self.now = now


class Limit(DeskError):
    code = ErrorCode.LIMIT


class Unauthenticated(DeskError):
    """Always a top-level error: the request carries no token, or one that is no longer good."""

    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "Sign in first: send the token of `signIn` as `Authorization: Bearer <token>`, on a socket as "
            "`authorization` in the payload of `connection_init`."
        )


class ResyncRequired(DeskError):
    """Always a top-level error: a stream cannot be resumed from the cursor; read anew, then subscribe."""

    code = "RESYNC_REQUIRED"
