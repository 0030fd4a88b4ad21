"""What msal asks the web with: httpx, which trusts what we trust, under the name of the library it was written for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx


class MsalHttp(httpx.Client):
    """A client that leaves out what is None, as msal expects."""

    def post(self, url: Any, **asked: Any) -> httpx.Response:
        """Posts a form."""
        return super().post(url, **_without_none(asked))

    def get(self, url: Any, **asked: Any) -> httpx.Response:
        """Gets a document."""
        return super().get(url, **_without_none(asked))


def _without_none(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {one: each for one, each in value.items() if each is not None} if isinstance(value, dict) else value
        for name, value in asked.items()
        if value is not None
    }
