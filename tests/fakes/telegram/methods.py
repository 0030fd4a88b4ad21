"""The methods of the Bot API that Deskhand uses: each refuses what the real one refuses, in its words."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram import entities
from tests.fakes.telegram.errors import ApiError, BadRequest, Forbidden
from tests.fakes.telegram.world import BOT, Plain, Post, World

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_DATA, MOST_BUTTONS, MOST_IN_ROW = 4_096, 1_024, 64, 100, 8
LARGEST_PHOTO, LARGEST_UPLOAD, LARGEST_DOWNLOAD = 10 * 2**20, 50 * 2**20, 20 * 2**20
SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"}
ACTIONS = {
    "typing",
    "upload_photo",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video",
    "record_voice",
}


@dataclass
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes


@dataclass
class Call:
    """One call: the world, the parameters, and the files."""

    world: World
    method: str
    given: Mapping[str, str]
    files: Mapping[str, Upload]

    def number(self, name: str) -> int:
        """A whole number."""
        try:
            return int(self.given[name])
        except (KeyError, ValueError):
            raise BadRequest(f'parameter "{name}" is required') from None

    def plain(self, name: str) -> Any:
        """A value that is written as JSON."""
        try:
            return json.loads(self.given[name]) if self.given.get(name) else None
        except ValueError:
            raise BadRequest(f"can't parse {name} JSON object") from None

    def words(self, name: str, longest: int, too_long: str) -> tuple[str, list[entities.Entity]]:
        """A text with its entities."""
        raw = self.given.get(name, "")
        try:
            raw.encode()
        except UnicodeEncodeError:
            raise BadRequest("strings must be encoded in UTF-8") from None
        if self.world.chokes and self.given.get("parse_mode"):
            raise BadRequest('can\'t parse entities: Unsupported start tag "x" at byte offset 0')
        text, found = entities.read(raw, self.given.get("parse_mode", ""))
        if self.given.get("entities"):
            found = [entities.Entity(one["type"], one["offset"], one["length"]) for one in self.plain("entities")]
        if entities.units(text) > longest:
            raise BadRequest(too_long)
        if len(found) > entities.MOST:
            raise BadRequest("ENTITIES_TOO_LONG")
        return text, found

    def chat(self) -> Plain:
        """The chat that is meant, if the bot may write there now."""
        identity = self.number("chat_id")
        if identity in self.world.moved:
            raise BadRequest(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.world.moved[identity]
            )
        chat = self.world.chats.get(identity)
        if chat is None:
            raise BadRequest("chat not found")
        if identity in self.world.blocked:
            raise Forbidden(
                "bot was blocked by the user" if identity > 0 else "bot was kicked from the supergroup chat"
            )
        if identity > 0 and identity not in self.world.started:
            raise Forbidden("bot can't initiate conversation with a user")
        return chat

    def markup(self) -> Plain:
        """The keyboard, or what asks for a reply."""
        markup = self.plain("reply_markup") or {}
        rows = markup.get("inline_keyboard", [])
        buttons = [one for row in rows for one in row]
        if any(len(row) > MOST_IN_ROW for row in rows) or len(buttons) > MOST_BUTTONS:
            raise BadRequest("REPLY_MARKUP_TOO_LONG")
        for one in buttons:
            if not one.get("text", "").strip():
                raise BadRequest("can't parse inline keyboard button: Text is empty")
            if "callback_data" in one and not 1 <= len(one["callback_data"].encode()) <= LONGEST_DATA:
                raise BadRequest("BUTTON_DATA_INVALID")
            if len({"callback_data", "url", "copy_text"} & one.keys()) != 1:
                raise BadRequest("text buttons are unallowed in the inline keyboard")
            if "copy_text" in one and not 1 <= len(one["copy_text"]["text"]) <= 256:
                raise BadRequest("BUTTON_COPY_TEXT_INVALID")
            if one.get("style", "primary") not in ("primary", "success", "danger"):
                raise BadRequest("BUTTON_STYLE_INVALID")
        if len(markup.get("input_field_placeholder", "")) > 64:
            raise BadRequest("input field placeholder is too long")
        return dict(markup)

    @property
    def thread(self) -> int | None:
        """The topic."""
        return int(self.given["message_thread_id"]) if self.given.get("message_thread_id") else None

    @property
    def answers(self) -> int | None:
        """The message that is answered."""
        meant = self.plain("reply_parameters")
        if meant is None:
            return None
        found = self.world.find(self.number("chat_id"), meant["message_id"])
        if found is None and not meant.get("allow_sending_without_reply"):
            raise BadRequest("message to be replied not found")
        return meant["message_id"]


def _get_me(call: Call) -> Plain:
    return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


def _send_message(call: Call) -> Plain:
    chat, text, found, quiet = _text_of(call)
    call.world.flood.check(call.method, chat["id"])
    markup, thread, reply_to = call.markup(), call.thread, call.answers
    values = {"text": text, "entities": found, "markup": markup, "thread": thread, "reply_to": reply_to}
    return call.world.message(call.world.post(chat=chat["id"], quiet_links=quiet, **values))


def _text_of(call: Call) -> tuple[Plain, str, list[entities.Entity], bool]:
    chat = call.chat()
    text, found = call.words("text", LONGEST_TEXT, "message is too long")
    if entities.is_void(text):
        raise BadRequest("message text is empty")
    quiet = bool((call.plain("link_preview_options") or {}).get("is_disabled"))
    addresses = [one.url for one in entities.live(text, found) if one.kind in ("url", "text_link")]
    if not quiet:
        call.world.fetched += addresses[:1]
    return chat, text, found, quiet


def _edit_message_text(call: Call) -> Plain:
    chat, text, found, quiet = _text_of(call)
    post = _editable(call, chat)
    markup = call.markup()
    if (post.text, post.entities, post.markup) == (text, found, markup):
        raise _unmodified()
    call.world.flood.check(call.method, chat["id"])
    post.text, post.entities, post.markup, post.quiet_links = text, found, markup, quiet
    return call.world.message(post)


def _edit_message_reply_markup(call: Call) -> Plain:
    post, markup = _editable(call, call.chat()), call.markup()
    if post.markup == markup:
        raise _unmodified()
    call.world.flood.check(call.method, post.chat)
    post.markup = markup
    return call.world.message(post)


def _editable(call: Call, chat: Plain) -> Post:
    post = call.world.find(chat["id"], call.number("message_id"))
    if post is None:
        raise BadRequest("message to edit not found")
    if post.sender is not BOT:
        raise BadRequest("message can't be edited")
    if call.method == "editMessageText" and post.kind != "text":
        raise BadRequest("there is no text in the message to edit")
    return post


def _unmodified() -> ApiError:
    return BadRequest(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    )


def _delete_message(call: Call) -> bool:
    post = call.world.find(call.chat()["id"], call.number("message_id"))
    if post is None:
        raise BadRequest("message to delete not found")
    call.world.posts.remove(post)
    return True


def _answer_callback_query(call: Call) -> bool:
    query = call.world.queries.get(call.given.get("callback_query_id", ""))
    if len(call.given.get("text", "")) > 200:
        raise BadRequest("MESSAGE_TOO_LONG")
    if query is None or query.answer is not None or call.world.clock.now() - query.at > call.world.query_lives:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    query.answer = {"text": call.given.get("text", ""), "alert": call.given.get("show_alert") == "true"}
    return True


def _send_message_draft(call: Call) -> bool:
    chat = call.chat()
    if chat["type"] != "private":
        raise BadRequest("TEXTDRAFT_PEER_INVALID")
    if call.number("draft_id") == 0:
        raise BadRequest("RANDOM_ID_INVALID")
    text, found = call.words("text", LONGEST_TEXT, "message is too long")
    call.world.live_drafts += entities.live(text, found)
    call.world.flood.pause(("draft", chat["id"]), call.method, chat["id"])
    call.world.drafts.append((chat["id"], text))
    return True


def _send_chat_action(call: Call) -> bool:
    chat = call.chat()
    if call.given.get("action") not in ACTIONS:
        raise BadRequest("wrong parameter action in request")
    call.world.actions.append((chat["id"], call.given["action"]))
    return True


def _send_photo(call: Call) -> Plain:
    upload = _uploaded(call, "photo")
    if len(upload.content) > LARGEST_PHOTO:
        raise ApiError(413, "Request Entity Too Large")
    width, height = _picture_size(upload.content)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise BadRequest("PHOTO_INVALID_DIMENSIONS")
    return _sent_file(call, "photo", upload)


def _send_document(call: Call) -> Plain:
    return _sent_file(call, "document", _uploaded(call, "document"))


def _uploaded(call: Call, name: str) -> Upload:
    upload = call.files.get(name) or next(iter(call.files.values()), None)
    if upload is None:
        raise BadRequest(f"there is no {name} in the request")
    if len(upload.content) > LARGEST_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if not upload.content:
        raise BadRequest("file must be non-empty")
    return upload


def _sent_file(call: Call, kind: str, upload: Upload) -> Plain:
    chat = call.chat()
    text, found = call.words("caption", LONGEST_CAPTION, "message caption is too long")
    markup, reply_to = call.markup(), call.answers
    call.world.flood.check(call.method, chat["id"])
    key = call.world.keep(upload.content)
    post = call.world.post(
        chat=chat["id"], kind=kind, text=text, entities=found, markup=markup, thread=call.thread, reply_to=reply_to,
        file=key, name=upload.name, size=len(upload.content),
    )  # fmt: skip
    return call.world.message(post)


def _picture_size(content: bytes) -> tuple[int, int]:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        raise BadRequest("IMAGE_PROCESS_FAILED")
    width, height = struct.unpack(">II", content[16:24])
    return max(1, width), max(1, height)


def _get_file(call: Call) -> Plain:
    key = call.given.get("file_id", "")
    content = call.world.files.get(key)
    if content is None:
        raise BadRequest("wrong file_id or the file is temporarily unavailable")
    if len(content) > LARGEST_DOWNLOAD:
        raise BadRequest("file is too big")
    return {"file_id": key, "file_unique_id": key, "file_size": len(content), "file_path": f"documents/{key}"}


def _set_my_commands(call: Call) -> bool:
    commands = call.plain("commands") or []
    scope = (call.plain("scope") or {"type": "default"})["type"]
    if scope not in SCOPES:
        raise BadRequest("unsupported bot command scope type")
    if len(commands) > 100:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", one["command"]):
            raise BadRequest("BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    call.world.commands[scope] = commands
    return True


def _set_webhook(call: Call) -> bool:
    url, secret = call.given.get("url", ""), call.given.get("secret_token", "")
    if not url:
        return _delete_webhook(call)
    if not url.startswith("https://"):
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"https://[^/:]+(:(443|80|88|8443))?/.*", url):
        raise BadRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise BadRequest("secret token contains unallowed characters")
    call.world.webhook = {"url": url, "secret": secret, "allowed": call.plain("allowed_updates")}
    _dropped(call)
    return True


def _delete_webhook(call: Call) -> bool:
    call.world.webhook = {}
    _dropped(call)
    return True


def _dropped(call: Call) -> None:
    if call.given.get("drop_pending_updates") == "true":
        call.world.updates.clear()


def _kept(name: str, longest: int = 512) -> Callable[[Call], bool]:
    def keep(call: Call) -> bool:
        value = call.given.get(name, "")
        if len(value) > longest:
            raise BadRequest(f"{name} is too long")
        call.world.settings[name] = value
        return True

    return keep


METHODS: dict[str, Callable[[Call], Any]] = {
    "getMe": _get_me,
    "sendMessage": _send_message,
    "editMessageText": _edit_message_text,
    "editMessageReplyMarkup": _edit_message_reply_markup,
    "deleteMessage": _delete_message,
    "answerCallbackQuery": _answer_callback_query,
    "sendMessageDraft": _send_message_draft,
    "sendChatAction": _send_chat_action,
    "sendPhoto": _send_photo,
    "sendDocument": _send_document,
    "getFile": _get_file,
    "setMyCommands": _set_my_commands,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "setMyDescription": _kept("description"),
    "setMyShortDescription": _kept("short_description", 120),
    "setChatMenuButton": _kept("menu_button"),
}
