"""A page of ours: a heading, what is to be said, and a list; nothing from elsewhere, and no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 34rem; padding: 0 1.25rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
p, li { overflow-wrap: anywhere; }
small { color: GrayText; }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page(title: str, text: str, items: Sequence[str], end: str, *, status: int = 200) -> HTMLResponse:
    """The page. All of it is text that is escaped here."""
    listed = f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>" if items else ""
    last = f"<p>{escape(end)}</p>" if end else ""
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}: Deskhand</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{listed}{last}<p><small>Deskhand</small></p></main></body></html>"
    )
    return HTMLResponse(body, status_code=status, headers={"content-security-policy": _POLICY})
