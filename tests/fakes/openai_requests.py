"""What an OpenAI-compatible service refuses of a request: every field, message, call and schema that the real one refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_FIELDS = {"model", "messages", "tools", "temperature", "stream", "n", "stop", "max_completion_tokens", "tool_choice"}
_FIELDS |= {"stream_options"}
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
    if "stream_options" in body and not body.get("stream"):
        return "The 'stream_options' parameter is only allowed when 'stream' is enabled."
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
