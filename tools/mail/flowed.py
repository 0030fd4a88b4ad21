"""format=flowed (RFC 3676): lines that the sender's program broke softly become one line again."""

from __future__ import annotations


def unflow(text: str, delete_space: bool = False) -> str:
    """The text with soft line breaks joined. Quote marks stay (`> ` per depth); `delete_space` is the DelSp parameter."""
    joined: list[str] = []
    open_depth: int | None = None
    pieces: list[str] = []
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        signature = content == "-- "
        if open_depth is not None and (open_depth != depth or signature):
            joined.append(_line(open_depth, pieces))
            open_depth, pieces = None, []
        soft = content.endswith(" ") and not signature
        pieces.append(content[:-1] if soft and delete_space else content)
        open_depth = depth
        if not soft:
            joined.append(_line(depth, pieces))
            open_depth, pieces = None, []
    if open_depth is not None:
        joined.append(_line(open_depth, pieces))
    return "\n".join(joined)


def _line(depth: int, pieces: list[str]) -> str:
    content = "".join(pieces)
    return f"{'>' * depth} {content}".rstrip(" ") if depth and content != "-- " else "> " * bool(depth) + content
