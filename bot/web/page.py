"""A page of ours: a heading, what is to be said, and a list; nothing from elsewhere, and no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse


@dataclass(frozen=True)
class Asked:
    """A field of a form. A secret one is never filled in by us."""

    name: str
    label: str
    value: str = ""
    secret: bool = False
    needed: bool = True


_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 34rem; padding: 0 1.25rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
p, li { overflow-wrap: anywhere; }
small { color: GrayText; }
label { display: block; margin: 0 0 1rem; }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .4rem; }
button { font: inherit; padding: .5rem 1.25rem; }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page(
    title: str,
    text: str,
    items: Sequence[str],
    end: str,
    *,
    status: int = 200,
    form: Sequence[Asked] = (),
    send: str = "",
) -> HTMLResponse:
    """The page. All of it is text that is escaped here. With a form, its answers come to the page's own address."""
    listed = f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>" if items else ""
    last = f"<p>{escape(end)}</p>" if end else ""
    asked = f"<form method=post>{''.join(map(_field, form))}<button>{escape(send)}</button></form>" if form else ""
    policy = _POLICY.replace("form-action 'none'", "form-action 'self'") if form else _POLICY
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}: Deskhand</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{listed}{asked}{last}<p><small>Deskhand</small></p></main></body></html>"
    )
    return HTMLResponse(body, status_code=status, headers={"content-security-policy": policy})


def _field(one: Asked) -> str:
    kind = "password" if one.secret else "text"
    value = "" if one.secret else f' value="{escape(one.value)}"'
    rest = f'type="{kind}" autocomplete="off" maxlength="300"{value}{" required" if one.needed else ""}'
    return f'<label>{escape(one.label)}<input name="{escape(one.name)}" {rest}></label>'
