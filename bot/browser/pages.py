"""The page's own parts, and what a browser is allowed to do with them and with the files that the talk shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from bot.browser.transcript import Entry

FOLDER = Path(__file__).parent / "page"

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

NO_PASS = b'data-pass=""'

CHAT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
"""Only our own parts, no inline script or style, and no way to turn text into markup: browsers refuse `innerHTML` here."""

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""A report brings its styles and pictures inside; it may run nothing, send nothing and is of no origin."""

CLOSED = """This is Deskhand's page, and it does not know this browser.

Open the whole address that Deskhand printed when it started; it ends in ?key=… and opens once.
If it was used already, end Deskhand and start it again: it prints a new one.
"""

APART = {"cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin"}


def chat(page_pass: str = "") -> Response:
    """The page; with the pass for it, when somebody has just been let in."""
    markup = _read("index.html").replace(NO_PASS, f'data-pass="{page_pass}"'.encode())
    return HTMLResponse(markup, headers={"content-security-policy": CHAT_POLICY, **APART})


def closed() -> Response:
    """What somebody sees who is not let in."""
    return PlainTextResponse(CLOSED, status_code=401)


def foreign() -> Response:
    """What a request gets that was meant for another host."""
    return PlainTextResponse("This address is not Deskhand's. Open the one that it printed when it started.\n", 403)


def part(name: str) -> Response:
    """A part of the page by its name."""
    kind = KINDS.get(Path(name).suffix)
    if kind is None or name not in _parts():
        return PlainTextResponse("There is no such part of the page.\n", status_code=404)
    return Response(_read(name), media_type=kind, headers=APART)


def file(path: Path, shown: Entry) -> Response:
    """The bytes of a file that the talk shows. Only images and locked-in pages open; the rest is saved."""
    manner = "attachment" if shown["shown"] == "download" else "inline"
    headers = {
        "content-security-policy": FILE_POLICY,
        "content-disposition": f"{manner}; filename*=utf-8''{quote(str(shown['title']), safe='')}",
        **APART,
    }
    return FileResponse(path, media_type=str(shown["media_type"]), headers=headers)


@cache
def _parts() -> frozenset[str]:
    return frozenset(one.name for one in FOLDER.iterdir())


@cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
