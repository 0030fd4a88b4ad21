"""A chat model behind any OpenAI-compatible endpoint.

The client's typed `create` walks every message of every request (0.24 ms of CPU a message, measured on openai 3.54) and
builds typed answers that LangChain turns into plain ones again. This posts the payload as it is and reads the answer as
it comes. LangChain's own bookkeeping for tracers costs another millisecond a call; it is done only when somebody listens.
Everything else is LangChain's.
"""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, BaseCallbackManager, Callbacks
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult, LLMResult
from langchain_openai import ChatOpenAI
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from storage.values.errors import NeedsPerson, Refused, Unavailable
from storage.values.text import storable, storable_throughout
from tools.llm.meter import note, tokens_of
from tools.llm.model import Endpoint
from tools.llm.prices import Price, price_of
from tools.llm.streamed import CutError, Hear, whole


class EndpointChat(ChatOpenAI):
    """ChatOpenAI with a short way to the wire and our errors."""

    _streams: bool = PrivateAttr(default=True)
    _priced: asyncio.Future[tuple[Price | None, str]] | None = PrivateAttr(default=None)

    async def agenerate(
        self,
        messages: list[list[BaseMessage]],
        stop: list[str] | None = None,
        callbacks: Callbacks = None,
        **kwargs: Any,
    ) -> LLMResult:
        if _listened_to(callbacks) or self.callbacks or self.verbose or self.cache or self.rate_limiter:
            return await super().agenerate(messages, stop=stop, callbacks=callbacks, **kwargs)
        given = {name: value for name, value in kwargs.items() if name not in _FOR_TRACERS}
        results = [await self._agenerate(one, stop=stop, **given) for one in messages]
        return LLMResult(generations=[list(one.generations) for one in results])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        hear: Hear | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """`hear` takes the words as they come; without it nothing is streamed."""
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        pricing = self._pricing()
        try:
            answer = _checked(await self._answer(payload, hear))
        except asyncio.CancelledError:
            note(self.model_name, None, None, "")  # it was asked, and what it took nobody will say
            raise
        except openai.APIError as error:
            raise _translated(error) from error
        except CutError as error:
            raise Unavailable(_CUT) from error
        except (ValueError, RecursionError) as error:  # no JSON, or a bottomless one
            raise Unavailable(_UNREADABLE) from error
        price, table = await asyncio.shield(pricing)
        tokens = tokens_of(answer.get("usage"))
        cost = price(tokens) if price and tokens else None
        note(self.model_name, tokens, cost, table if cost is not None else "")
        return self._create_chat_result(answer)

    async def _answer(self, payload: dict[str, Any], hear: Hear | None) -> object:
        if hear is not None and self._streams:
            try:
                return await self._streamed(payload, hear)
            except openai.BadRequestError:  # an endpoint that does not know streams, or it refuses the rest of it too
                self._streams = False
        return await self.root_async_client.post("/chat/completions", body=payload, cast_to=object)

    async def _streamed(self, payload: dict[str, Any], hear: Hear) -> object:
        body = {**payload, "stream": True, "stream_options": {"include_usage": True}}
        stream: openai.AsyncStream[object] = await self.root_async_client.post(
            "/chat/completions", body=body, cast_to=object, stream=True, stream_cls=openai.AsyncStream[object]
        )
        async with stream:
            if "json" in stream.response.headers.get("content-type", ""):  # it answers whole, whatever it is asked for
                answer: object = json.loads(await stream.response.aread())
                return answer
            return await whole(stream, hear)

    def _pricing(self) -> asyncio.Future[tuple[Price | None, str]]:
        """The price of the model, looked up once and while it thinks for the first time."""
        if self._priced is None:
            lookup = asyncio.to_thread(price_of, self.model_name, self.openai_api_base)
            self._priced = asyncio.ensure_future(lookup)
        return self._priced

    async def aclose(self) -> None:
        """Lets go of connections."""
        await self.root_async_client.close()


_FOR_TRACERS = frozenset(
    ("tags", "metadata", "run_name", "run_id", "ls_structured_output_format", "structured_output_format")
)


def _listened_to(callbacks: Callbacks) -> bool:
    return bool(callbacks.handlers if isinstance(callbacks, BaseCallbackManager) else callbacks)


class _Function(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str
    arguments: str

    @field_validator("arguments")
    @classmethod
    def _an_object(cls, text: str) -> str:
        """Some endpoints write nothing for no arguments. Half characters go, which the next request could not carry. What is
        no JSON object is spoiled as JSON, by which LangChain takes the call for an invalid one; it would trip over a number."""
        try:
            given = json.loads(text.strip() or "{}", strict=False)
            if isinstance(given, dict):
                return json.dumps(storable_throughout(given), ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
        return storable(f"(no JSON object) {text[:LONGEST_SPOILED]}")


class _ToolCall(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: str
    function: _Function


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    content: Annotated[str, AfterValidator(storable)] | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(BaseModel):
    model_config = ConfigDict(extra="allow")

    message: _Message


class _Completion(BaseModel):
    """What we rely on in an answer; the rest is passed on as it is."""

    model_config = ConfigDict(extra="allow")

    choices: list[_Choice] = Field(min_length=1)


LONGEST_SPOILED = 2_000
"""Characters of arguments that are no JSON object, which go back to the model for it to see what it wrote."""

_CUT = "The language model broke off in the middle of its answer; please try again in a moment."
_UNREADABLE = "The language model gave an answer that I cannot read; please say it again."


def _checked(answer: object) -> dict[str, Any]:
    try:
        return _Completion.model_validate(answer).model_dump()
    except ValidationError as error:
        raise Unavailable(_UNREADABLE) from error


def _translated(error: openai.APIError) -> Exception:
    if isinstance(error, openai.APITimeoutError | openai.APIConnectionError):
        return Unavailable("The language model did not answer in time; please try again in a moment.")
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return NeedsPerson("The language model refused our key; check OPENAI_API_KEY.")
    if isinstance(error, openai.NotFoundError):
        return NeedsPerson("The language model is not there; check OPENAI_BASE_URL and OPENAI_MODEL.")
    if isinstance(error, openai.BadRequestError):
        return Refused("The language model could not take that request; please say it differently.")
    return Unavailable("The language model is busy or in trouble; please try again in a moment.")


def open_endpoint(endpoint: Endpoint) -> EndpointChat:
    """A client for the endpoint. It asks no name server and sends nothing until it is used."""
    return EndpointChat(
        model=endpoint.model,
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",  # local endpoints want no key, the client wants one
        timeout=endpoint.timeout,
        http_async_client=openai.DefaultAsyncHttpxClient(),  # our own: LangChain's is shared, so nobody may close it
        max_retries=1,
        use_responses_api=False,
        temperature=0,
    )
