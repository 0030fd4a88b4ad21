"""A language model that answers at once: an OpenAI-compatible endpoint on loopback, in a process of its own.

The person's last words begin with `[3]`: three tools are then called one after another before the answer comes.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

TOOL = "look_up"
"""The tool that it calls; both agents offer it."""

ANSWER = (
    "A steady wind carried small boats past the grey harbour wall while three children counted gulls aloud and an old man "
    "mended his red net beside the quiet lamp until evening came over the water slowly"
)
"""33 words, about 200 bytes, as long as the messages in the history."""

_CALLS = re.compile(r"\[(\d+)\]")


@asynccontextmanager
async def endpoint() -> AsyncIterator[str]:
    """Runs it in a child process and gives its base URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "bot.bench.endpoint", str(listening.fileno())]
        child = await asyncio.create_subprocess_exec(*command, pass_fds=(listening.fileno(),))
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        child.terminate()
        await child.wait()


async def serve(listening: socket.socket) -> None:
    """Answers until the process is ended."""
    server = await asyncio.start_server(_connection, sock=listening, limit=2**24)
    async with server:
        await server.serve_forever()


async def _connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(one[15:]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:"))
            request = json.loads(await reader.readexactly(length))
            streams = bool(request.get("stream"))
            body = streamed(completion(request)) if streams else json.dumps(completion(request)).encode()
            kind = b"text/event-stream" if streams else b"application/json"
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n" % (kind, len(body)))
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def completion(request: dict[str, Any]) -> dict[str, Any]:
    """What the model says to this request."""
    messages = request["messages"]
    last = max(place for place, one in enumerate(messages) if one["role"] == "user")
    wanted = _CALLS.match(str(messages[last]["content"]))
    called = sum(one["role"] == "tool" for one in messages[last:])
    if wanted and called < int(wanted[1]):
        return _answered({"content": None, "tool_calls": [_call(called)]}, "tool_calls")
    return _answered({"content": ANSWER}, "stop")


def streamed(whole: dict[str, Any]) -> bytes:
    """The same as a stream: everything in its first piece."""
    (choice,) = whole["choices"]
    calls = [{"index": place, **call} for place, call in enumerate(choice["message"].get("tool_calls") or ())]
    delta = choice["message"] | ({"tool_calls": calls} if calls else {})
    head = {name: whole[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    pieces = [
        head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        head | {"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]},
        head | {"choices": [], "usage": whole["usage"]},
    ]
    return b"".join(b"data: %b\n\n" % json.dumps(one).encode() for one in pieces) + b"data: [DONE]\n\n"


def _call(number: int) -> dict[str, Any]:
    arguments = json.dumps({"words": "quiet lamp"})
    return {"id": f"call_{number}", "type": "function", "function": {"name": TOOL, "arguments": arguments}}


def _answered(message: dict[str, Any], reason: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "bench",
        "choices": [{"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140},
    }


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
