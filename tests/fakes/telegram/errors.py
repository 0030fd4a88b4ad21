"""How the Bot API refuses: a status, a description, and sometimes parameters."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        plain: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return plain | ({"parameters": self.parameters} if self.parameters else {})


class BadRequest(ApiError):
    """400: what was asked cannot be."""

    def __init__(self, words: str, **parameters: Any) -> None:
        super().__init__(400, f"Bad Request: {words}", **parameters)


class Forbidden(ApiError):
    """403: the person does not want us."""

    def __init__(self, words: str) -> None:
        super().__init__(403, f"Forbidden: {words}")


class Conflict(ApiError):
    """409: somebody else takes the updates."""

    def __init__(self, words: str) -> None:
        super().__init__(409, f"Conflict: {words}")


class TooMany(ApiError):
    """429: wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
