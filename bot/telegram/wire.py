"""Wire: what goes wrong on the way to Telegram, in our words. A token is in none of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from storage.values.errors import NeedsPerson, Refused, Unavailable

ASK_AGAIN = timedelta(hours=1)
"""How long words for a closed chat stay in the outbox before it is looked at again."""

_CLOSED = ("chat not found", "user is deactivated", "not enough rights", "have no rights", "topic_closed")


class ClosedError(Exception):
    """Nobody can be reached in that chat: the bot was blocked or taken out."""


class MovedError(Exception):
    """The group goes on under another number."""

    def __init__(self, chat: int) -> None:
        super().__init__(str(chat))
        self.chat = chat


class VanishedError(Exception):
    """The message is not there any more, or can no longer be edited."""


class UnreadableError(Exception):
    """Telegram could not read the markup."""


@contextmanager
def translated() -> Iterator[None]:
    """Calls within raise our errors. What is no trouble at all (a text that is that way already) is none here."""
    try:
        yield
    except ChatMigrated as error:
        raise MovedError(error.new_chat_id) from None
    except Forbidden as error:
        raise ClosedError(error.message) from None
    except BadRequest as error:
        _translate(error.message)
    except InvalidToken:
        raise NeedsPerson("Telegram does not know the bot's token; check TELEGRAM_BOT_TOKEN.") from None
    except TelegramError as error:
        raise Unavailable(f"Telegram does not answer ({type(error).__name__}).") from None


def _translate(message: str) -> None:
    words = message.casefold()
    if "message is not modified" in words:
        return
    if "can't parse entities" in words:
        raise UnreadableError(message) from None
    if any(one in words for one in ("message to edit not found", "message can't be edited", "message_id_invalid")):
        raise VanishedError(message) from None
    if any(one in words for one in _CLOSED):
        raise ClosedError(message) from None
    raise Refused(f"Telegram does not take that: {message}.") from None


def closed() -> Unavailable:
    """What the delivery is told of a closed chat: nothing is lost, and nobody is pestered."""
    return Unavailable("The Telegram chat is closed: the bot was blocked or taken out.", ASK_AGAIN)
