"""An OpenAI-compatible service on this machine that says what a test wrote down, and refuses what the real one refuses."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from agent.assistant import Assistant
from agent.chat import Reply, Word
from bot.desk import Desk
from jobs.runner import Runner
from tests.fakes.program import House
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


Line = Says | Calls | Fails | Writes | Cuts | Holds


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
        return await self._perform(self._next(request.body), writer)

    def _next(self, body: Request) -> Line:
        if self.script:
            return self.script.pop(0)
        return self.rest(body) if self.rest else Fails(500)

    async def _perform(self, line: Line, writer: asyncio.StreamWriter) -> bool:
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
        return await _send(writer, 200, json.dumps(self._completion(line)).encode())

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
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        return {
            "id": f"chatcmpl-{next(self._ids)}",
            "object": "chat.completion",
            "created": 1_760_000_000,
            "model": MODEL,
            "choices": [choice],
            "usage": usage,
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
    yield Thinking(replace(house, box=box, assistant=assistant, desk=desk, runner=Runner(box)), service)
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


_FIELDS = {"model", "messages", "tools", "temperature", "stream", "n", "stop", "max_completion_tokens", "tool_choice"}
_KEYS = {
    "system": {"role", "content", "name"},
    "developer": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "tool_calls", "refusal"},
    "tool": {"role", "content", "tool_call_id"},
}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}


def mistake(body: Any) -> str:
    """Why the real service would refuse this request with 400; empty when it would not."""
    if not isinstance(body, dict):
        return "We could not parse the JSON body of your request."
    if not isinstance(body.get("model"), str) or not body["model"]:
        return "you must provide a model parameter"
    if set(body) - _FIELDS:
        return f"Unrecognized request argument supplied: {sorted(set(body) - _FIELDS)[0]}"
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        return "[] is too short - 'messages'"
    return _wrong_messages(body["messages"]) or next(filter(None, map(_wrong_tool, body.get("tools", []))), "")


def _wrong_messages(messages: Sequence[Any]) -> str:
    asked: list[str] = []
    for place, one in enumerate(messages):
        if one.get("role") not in _KEYS:
            return f"Invalid value: '{one.get('role')}' - 'messages.[{place}].role'"
        if set(one) - _KEYS[one["role"]]:
            return f"Additional properties are not allowed - 'messages.[{place}]'"
        if one["role"] == "tool":
            if one.get("tool_call_id") not in asked:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
            asked.remove(one["tool_call_id"])
        elif asked:
            return f"An assistant message with 'tool_calls' must be followed by tool messages: {asked}"
        calls = one.get("tool_calls")
        if not isinstance(one.get("content"), str | list) and not (calls and one.get("content") is None):
            return f"Invalid value for 'content': expected a string, got null - 'messages.[{place}].content'"
        if calls is not None:
            wrong = "[] is too short - 'tool_calls'" if not calls else next(filter(None, map(_wrong_call, calls)), "")
            if wrong:
                return wrong
            asked = [call["id"] for call in calls]
    return f"An assistant message with 'tool_calls' must be followed by tool messages: {asked}" if asked else ""


def _wrong_call(call: Any) -> str:
    function = call.get("function", {})
    if set(call) != {"id", "type", "function"} or call["type"] != "function" or not isinstance(call["id"], str):
        return "Invalid tool call."
    if not isinstance(function.get("arguments"), str) or not _NAME.fullmatch(str(function.get("name"))):
        return "Invalid 'function' of a tool call."
    return ""


def _wrong_tool(tool: Any) -> str:
    function = tool.get("function", {})
    if tool.get("type") != "function" or not _NAME.fullmatch(str(function.get("name"))):
        return "Invalid 'tools': a function needs a name."
    if not isinstance(function.get("description", ""), str) or len(function.get("description", "")) > 1_024:
        return f"Invalid 'tools': the description of {function['name']} is no string of at most 1024 characters."
    parameters = function.get("parameters")
    if not isinstance(parameters, dict) or parameters.get("type") != "object":
        return f"Invalid schema for function '{function['name']}': schema must have type 'object'."
    return _wrong_schema(parameters, str(function["name"]))


def _wrong_schema(schema: Any, name: str) -> str:
    if not isinstance(schema, dict) or not (schema.keys() & {"type", "anyOf", "enum", "const"}):
        return f"Invalid schema for function '{name}': {schema!r} is no schema."
    kinds = schema.get("type", [])
    if not set([kinds] if isinstance(kinds, str) else kinds) <= _TYPES:
        return f"Invalid schema for function '{name}': {kinds!r} is no type."
    properties = schema.get("properties", {})
    if not set(schema.get("required", [])) <= set(properties):
        return f"Invalid schema for function '{name}': 'required' names what is no property."
    inner = [*properties.values(), *schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    if kinds == "array" and "items" not in schema:
        return f"Invalid schema for function '{name}': array schema missing items."
    return next(filter(None, (_wrong_schema(one, name) for one in inner)), "")


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
