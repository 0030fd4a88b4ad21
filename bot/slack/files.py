"""Files that people drop: fetched with the workspace's token, and taken only when they are what Slack says they are."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp

from bot.slack.api import Api, ApiError
from bot.slack.workspaces import Workspaces
from bot.tables import LARGEST
from storage.values.errors import Refused, Unavailable
from tools.inbox.show import size

PATIENCE = 60
_LOGIN = (b"<!doctype html", b"<html")


class Files:
    """One for the process."""

    def __init__(self, api: Api, workspaces: Workspaces) -> None:
        self._api = api
        self._workspaces = workspaces

    async def fetch(self, team: str, file: str) -> tuple[str, bytes]:
        """Name and content. Refused when it is too large, gone, or not ours to read."""
        try:
            about = (await self._api.call(team, "files.info", {"file": file}))["file"]
        except ApiError as error:
            raise Refused("Slack does not let me read that file; drop it into our direct conversation.") from error
        name, length, url = (
            str(about.get("name") or "file"),
            int(about.get("size") or 0),
            about.get("url_private_download"),
        )
        if length > LARGEST:
            raise Refused(f"{name} is too large ({size(length)}, at most {size(LARGEST)}).")
        if not url or not self._is_slacks(str(url)):
            raise Refused(f"{name} is kept outside of Slack, where I do not fetch it; upload the file itself.")
        return name, await self._download(team, name, str(url))

    async def _download(self, team: str, name: str, url: str) -> bytes:
        token = await self._workspaces.token(team)
        headers = {"Authorization": f"Bearer {token}"}
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with self._api.session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as answer:
                if answer.status >= 500:
                    raise Unavailable("Slack did not hand the file out; drop it again in a moment.")
                if answer.status != 200:
                    raise Refused(f"Slack did not hand {name} out; drop it again.")
                content = await _read(answer, name)
                kind = answer.content_type
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("Slack did not hand the file out; drop it again in a moment.") from error
        if kind == "text/html" or content[:200].lstrip().lower().startswith(_LOGIN):
            raise Refused(
                f"Slack asked me to sign in instead of handing {name} out; the app needs the scope files:read."
            )
        return content

    def _is_slacks(self, url: str) -> bool:
        """Whether our token may be shown there: Slack's own hosts, or the one that the settings name."""
        given, base = urlsplit(url), urlsplit(self._api.base_url)
        if given.netloc == base.netloc and given.scheme == base.scheme:
            return True
        host = given.hostname or ""
        return given.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-files.com")))


async def _read(answer: aiohttp.ClientResponse, name: str) -> bytes:
    content = bytearray()
    async for part in answer.content.iter_chunked(1 << 16):
        content += part
        if len(content) > LARGEST:
            raise Refused(f"{name} is larger than Slack said, so I did not take it.")
    return bytes(content)
