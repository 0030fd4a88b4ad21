"""An OpenAI-compatible service on this machine that says what a test wrote down, and refuses what the real one refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from agent.assistant import Assistant
from agent.chat import Reply, Word
from bot.desk import Desk
from jobs.runner import Runner
from tests.fakes.openai_requests import mistake
from tests.fakes.program import House, unhurried
from tools.llm.model import Endpoint
from tools.llm.opening import open_models

KEY = "sk-test"
MODEL = "test-model"

Request = dict[str, Any]


@dataclass
class Says:
    """An answer in words."""

    text: str


@dataclass
class Calls:
    """An answer that calls tools: pairs of name and arguments, these as a mapping or as the very text on the wire."""

    calls: Sequence[tuple[str, Mapping[str, Any] | str]]
    text: str | None = None


@dataclass
class Gate:
    """In the middle of a streamed answer: nothing more until the test lets go."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Pours:
    """An answer in words that comes in these very pieces; only for whoever asks for a stream. After a `None` the line
    breaks."""

    pieces: Sequence[str | Gate | None]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(one for one in self.pieces if isinstance(one, str))


@dataclass
class Fails:
    """An error, as the service words it."""

    status: int
    code: str = "trouble"


@dataclass
class Writes:
    """These very bytes as the body, with status 200."""

    body: bytes


@dataclass
class Cuts:
    """The line breaks in the middle of the answer."""


@dataclass
class Holds:
    """No answer until the test lets go; `reached` tells the test that the request is here."""

    then: Says | Calls = field(default_factory=lambda: Says("At last."))
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)


Line = Says | Calls | Pours | Fails | Writes | Cuts | Holds

PIECE, PACKET = 5, 37
"""Characters of a piece and bytes of a packet, where a test does not say: they cut words, characters and lines."""


def call(name: str, **arguments: Any) -> Calls:
    """One tool call."""
    return Calls([(name, arguments)])


@dataclass
class OpenAI:
    """The service. `script` is used up in order; then `rest` answers, and without one the service fails."""

    base_url: str = ""
    script: list[Line] = field(default_factory=list)
    rest: Callable[[Request], Line] | None = None
    requests: list[Request] = field(default_factory=list)
    streams: bool = True
    """Whether it knows streams; some servers that speak like it do not."""
    whole: bool = False
    """Whether it answers whole though it is asked for a stream; some servers do."""
    usage: dict[str, Any] = field(
        default_factory=lambda: {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    )
    refused: list[str] = field(default_factory=list)
    """Why requests were refused as malformed; empty in a test where the program speaks correctly."""
    _ids: Any = field(default_factory=lambda: count(1))

    def says(self, *lines: Line | str) -> None:
        """What comes next; plain strings are words."""
        self.script += [Says(line) if isinstance(line, str) else line for line in lines]

    @property
    def last(self) -> list[dict[str, Any]]:
        """The messages of the last request."""
        messages: list[dict[str, Any]] = self.requests[-1]["messages"]
        return messages

    @property
    def system(self) -> str:
        """The system message of the last request."""
        return str(self.last[0]["content"])

    @property
    def results(self) -> list[str]:
        """The tool messages of the last request."""
        return [str(one["content"]) for one in self.last if one["role"] == "tool"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection, request by request."""
        try:
            while (request := await _read(reader)) is not None:
                if not await self._answer(request, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _answer(self, request: _Wire, writer: asyncio.StreamWriter) -> bool:
        if request.path != "/v1/chat/completions":
            return await _send(writer, 404, _error("There is no such address."))
        if request.authorization != f"Bearer {KEY}":
            return await _send(writer, 401, _error("Incorrect API key provided."))
        wrong = mistake(request.body)
        if wrong:
            self.refused.append(wrong)
            return await _send(writer, 400, _error(wrong))
        if request.body["model"] != MODEL:
            return await _send(writer, 404, _error(f"The model `{request.body['model']}` does not exist."))
        self.requests.append(request.body)
        streams = bool(request.body.get("stream"))
        if streams and not self.streams:
            return await _send(writer, 400, _error("Streaming is not supported."))
        return await self._perform(self._next(request.body), request.body, writer)

    def _next(self, body: Request) -> Line:
        if self.script:
            return self.script.pop(0)
        return self.rest(body) if self.rest else Fails(500)

    async def _perform(self, line: Line, body: Request, writer: asyncio.StreamWriter) -> bool:
        if isinstance(line, Holds):
            line.reached.set()
            await line.go.wait()
            line = line.then
        if isinstance(line, Fails):
            return await _send(writer, line.status, _error("Something is wrong.", line.code))
        if isinstance(line, Writes):
            return await _send(writer, 200, line.body)
        if isinstance(line, Cuts):
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"id": "c')
            await writer.drain()
            return False
        if body.get("stream") and not self.whole:
            return await self._pour(line, body, writer)
        assert not isinstance(line, Pours), "nobody asked for a stream"
        return await _send(writer, 200, json.dumps(self._completion(line)).encode())

    async def _pour(self, line: Says | Calls | Pours, body: Request, writer: asyncio.StreamWriter) -> bool:
        """The same as a stream of server-sent events."""
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        common = {"id": f"chatcmpl-{next(self._ids)}", "object": "chat.completion.chunk", "created": 1_760_000_000}
        common |= {"model": MODEL, "usage": None}
        for delta, reason in self._deltas(line):
            if delta is None:
                return False
            if isinstance(delta, Gate):
                delta.reached.set()
                await delta.go.wait()
                continue
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
            if not await self._event(writer, json.dumps(common | {"choices": [choice]})):
                return False
        if (body.get("stream_options") or {}).get("include_usage"):
            await self._event(writer, json.dumps(common | {"choices": [], "usage": self.usage}))
        await self._event(writer, "[DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _deltas(self, line: Says | Calls | Pours) -> Iterator[tuple[dict[str, Any] | Gate | None, str | None]]:
        yield {"role": "assistant", "content": "", "refusal": None}, None
        pieces = line.pieces if isinstance(line, Pours) else _cut(line.text or "")
        for piece in pieces:
            yield ({"content": piece} if isinstance(piece, str) else piece), None
        calls = line.calls if isinstance(line, Calls) else ()
        for place, (name, given) in enumerate(calls):
            start = {"id": f"call_{next(self._ids)}", "type": "function", "function": {"name": name, "arguments": ""}}
            yield {"tool_calls": [{"index": place, **start}]}, None
            for piece in _cut(given if isinstance(given, str) else json.dumps(given)):
                yield {"tool_calls": [{"index": place, "function": {"arguments": piece}}]}, None
        yield {}, "tool_calls" if calls else "stop"

    async def _event(self, writer: asyncio.StreamWriter, data: str) -> bool:
        """False when nobody listens any more."""
        raw = f"data: {data}\n\n".encode()
        for at in range(0, len(raw), PACKET):
            if writer.is_closing():
                return False
            part = raw[at : at + PACKET]
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            await writer.drain()
        return True

    def _completion(self, line: Says | Calls) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": line.text, "refusal": None}
        if isinstance(line, Calls):
            message["tool_calls"] = [
                {
                    "id": f"call_{next(self._ids)}",
                    "type": "function",
                    "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
                }
                for name, given in line.calls
            ]
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": "tool_calls" if isinstance(line, Calls) else "stop",
        }
        return {
            "id": f"chatcmpl-{next(self._ids)}",
            "object": "chat.completion",
            "created": 1_760_000_000,
            "model": MODEL,
            "choices": [choice],
            "usage": self.usage,
        }


@dataclass
class Thinking:
    """A house whose mind is the service."""

    house: House
    service: OpenAI

    async def say(self, text: str, *lines: Line | str, external: str = "") -> list[Word]:
        """Says something; the service answers with these lines."""
        self.service.says(*lines)
        return await self.house.say(text, external)

    async def answer(self, text: str, *lines: Line | str) -> str:
        """The same, when the answer is one reply."""
        (word,) = await self.say(text, *lines)
        assert isinstance(word, Reply)
        return word.text


@asynccontextmanager
async def thinking_with(house: House, service: OpenAI, endpoint: Endpoint | None = None) -> AsyncIterator[Thinking]:
    """The same house with the service as its model."""
    models = open_models(endpoint or Endpoint(service.base_url, KEY, MODEL))
    box = replace(house.box, models=models)
    assistant = Assistant(box)
    desk = Desk(assistant, house.delivery)
    yield Thinking(
        replace(house, box=box, assistant=assistant, desk=desk, runner=Runner(box, clock=unhurried)), service
    )
    await models.aclose()


@asynccontextmanager
async def open_openai() -> AsyncIterator[OpenAI]:
    """The service on a free port."""
    service = OpenAI()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(service.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    service.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield service
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def openai() -> AsyncIterator[OpenAI]:
    """The service, with nothing to say yet. In the end it has had nothing to refuse."""
    async with open_openai() as service:
        yield service
    assert service.refused == []


@pytest.fixture
async def thinking(house: House, openai: OpenAI) -> AsyncIterator[Thinking]:
    """A house on a maildir of one mail (Bo asks about the kiln) whose mind is the service."""
    async with thinking_with(house, openai) as thinking:
        yield thinking


def _cut(text: str) -> list[str]:
    """In pieces that end anywhere."""
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


@dataclass
class _Wire:
    path: str
    authorization: str
    body: Any


async def _read(reader: asyncio.StreamReader) -> _Wire | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    named = {name.casefold(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    raw = await reader.readexactly(int(named.get("content-length", 0)))
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    return _Wire(first.split()[1], named.get("authorization", ""), body)


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    head += "" if status == 200 else "Retry-After-Ms: 1\r\n"
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()
    return True


def _error(message: str, code: str = "invalid_request_error") -> bytes:
    return json.dumps({"error": {"message": message, "type": code, "param": None, "code": code}}).encode()
