"""The Web API methods of a fake Slack, each refusing what the real one refuses, under the documented names."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.fakes.slack_blocks import faults, view_faults
from tests.fakes.slack_world import STREAM_LIVES, Dict, SlackError, Upload, Workspace, World

Method = Callable[[World, Workspace, Dict], Dict]
STATUSES = ("pending", "in_progress", "complete", "error")


def _blocks(arguments: Dict) -> list[Dict] | None:
    blocks = arguments.get("blocks")
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    if blocks is not None and (wrong := faults(blocks)):
        raise SlackError(
            "invalid_blocks", errors=wrong, response_metadata={"messages": [f"[ERROR] {one}" for one in wrong]}
        )
    return blocks


def _channel(space: Workspace, arguments: Dict) -> str:
    channel = str(arguments.get("channel") or arguments.get("channel_id"))
    if channel in space.users:
        channel = space.direct(channel)
    if channel not in space.channels:
        raise SlackError("channel_not_found")
    return channel


def post_message(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, blocks = _channel(space, arguments), _blocks(arguments)
    text = arguments.get("text", "")
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > 40_000:
        raise SlackError("msg_too_long")
    thread = arguments.get("thread_ts")
    if thread and not world.in_thread(space.team, channel, thread):
        raise SlackError("thread_not_found")
    message = {
        "type": "message",
        "ts": world.new_ts(),
        "user": space.bot,
        "bot_id": space.bot_id,
        "text": text,
        "blocks": blocks or [],
        **({"thread_ts": thread} if thread else {}),
        **({"metadata": arguments["metadata"]} if "metadata" in arguments else {}),
        "arguments": arguments,
    }
    world.messages[space.team, channel].append(message)
    return {"channel": channel, "ts": message["ts"], "message": message}


def update(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, blocks = _channel(space, arguments), _blocks(arguments)
    message = world.find(space.team, channel, str(arguments.get("ts")))
    if message.get("bot_id") != space.bot_id:
        raise SlackError("cant_update_message")
    if _streams(world, message):
        raise SlackError("streaming_state_conflict")
    text = arguments.get("text", "")
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > 4_000:
        raise SlackError("msg_too_long")
    message.update(text=text, blocks=blocks or [], edited=True, arguments=arguments)
    message.pop("markdown", None)
    return {"channel": channel, "ts": message["ts"], "text": text}


def delete(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel = _channel(space, arguments)
    message = world.find(space.team, channel, str(arguments.get("ts")))
    world.messages[space.team, channel].remove(message)
    return {"channel": channel, "ts": message["ts"]}


def _streams(world: World, message: Dict) -> bool:
    started = message.get("streaming_since")
    return started is not None and world.clock.now - started < STREAM_LIVES


def _chunks(arguments: Dict) -> list[Dict]:
    chunks = arguments.get("chunks") or []
    for one in chunks:
        kind = one.get("type")
        good = (
            (kind == "markdown_text" and 1 <= len(one.get("text", "")) <= 12_000)
            or (kind == "plan_update" and 1 <= len(one.get("title", "")) <= 256)
            or (kind == "blocks" and not faults(one.get("blocks")))
            or (kind == "task_update" and one.get("id") and one.get("title") and one.get("status") in STATUSES)
        )
        if not good or len(one.get("title", "")) > 256:
            raise SlackError("invalid_chunks", chunk=one)
    if len(arguments.get("markdown_text") or "") > 12_000:
        raise SlackError("msg_too_long")
    return list(chunks)


def _stream_on(message: Dict, chunks: list[Dict]) -> None:
    for one in chunks:
        if one["type"] == "blocks":
            message["blocks"] += one["blocks"]
        elif one["type"] == "task_update":
            message["tasks"][one["id"]] = one
        elif one["type"] == "plan_update":
            message["plan"] = one["title"]
        elif one["type"] == "markdown_text":
            message["markdown"] = message.get("markdown", "") + one["text"]


def start_stream(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, chunks = _channel(space, arguments), _chunks(arguments)
    thread = arguments.get("thread_ts")
    if not thread or not world.in_thread(space.team, channel, thread):
        raise SlackError("invalid_thread_ts")
    if not channel.startswith("D") and not arguments.get("recipient_user_id"):
        raise SlackError("missing_recipient_user_id")
    if not channel.startswith("D") and not arguments.get("recipient_team_id"):
        raise SlackError("missing_recipient_team_id")
    answer = post_message(world, space, {"channel": channel, "thread_ts": thread, "text": "…"})
    message = answer["message"]
    message.update(text="", tasks={}, plan="", streaming_since=world.clock.now)
    _stream_on(message, chunks)
    return {"channel": channel, "ts": message["ts"]}


def append_stream(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, chunks = _channel(space, arguments), _chunks(arguments)
    message = world.find(space.team, channel, str(arguments.get("ts")))
    if not _streams(world, message):
        raise SlackError("message_not_in_streaming_state")
    if not chunks and not arguments.get("markdown_text"):
        raise SlackError("no_text")
    _stream_on(message, chunks)
    return {"channel": channel, "ts": message["ts"]}


def stop_stream(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, chunks, blocks = _channel(space, arguments), _chunks(arguments), _blocks(arguments)
    message = world.find(space.team, channel, str(arguments.get("ts")))
    if not _streams(world, message):
        raise SlackError("message_not_in_streaming_state")
    _stream_on(message, chunks)
    message["blocks"] += blocks or []
    message["streaming_since"] = None
    return {"channel": channel, "ts": message["ts"], "message": message}


def post_ephemeral(world: World, space: Workspace, arguments: Dict) -> Dict:
    _channel(space, arguments)
    _blocks(arguments)
    if arguments.get("user") not in space.users:
        raise SlackError("user_not_in_channel")
    return {"message_ts": world.new_ts()}


def history(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel = _channel(space, arguments)
    if not channel.startswith("D"):
        raise SlackError("missing_scope", needed="channels:history", provided="im:history")
    found = world.in_thread(space.team, channel, arguments.get("ts"))
    return {"messages": found[-int(arguments.get("limit", 100)) :][::-1], "has_more": False}


def _view(world: World, arguments: Dict) -> Dict:
    view = arguments.get("view")
    view = json.loads(view) if isinstance(view, str) else view
    if wrong := view_faults(view):
        raise SlackError("invalid_arguments", response_metadata={"messages": wrong})
    return dict(view or {})


def _stored(world: World, space: Workspace, view: Dict, identity: str) -> Dict:
    kept = {**view, "id": identity, "hash": f"{world.number()}.hash", "team_id": space.team}
    kept.setdefault("private_metadata", "")
    kept.setdefault("callback_id", "")
    return kept


def views_open(world: World, space: Workspace, arguments: Dict) -> Dict:
    view = _view(world, arguments)
    world.use_trigger(str(arguments.get("trigger_id")))
    kept = _stored(world, space, view, f"V{world.number()}")
    world.views[kept["id"]] = kept
    return {"view": kept}


def views_update(world: World, space: Workspace, arguments: Dict) -> Dict:
    view, identity = _view(world, arguments), str(arguments.get("view_id"))
    old = world.views.get(identity)
    if old is None or old["team_id"] != space.team:
        raise SlackError("not_found")
    if arguments.get("hash") not in (None, old["hash"]):
        raise SlackError("hash_conflict")
    world.views[identity] = _stored(world, space, view, identity)
    return {"view": world.views[identity]}


def views_publish(world: World, space: Workspace, arguments: Dict) -> Dict:
    view, user = _view(world, arguments), str(arguments.get("user_id"))
    if user not in space.users:
        raise SlackError("user_not_found")
    old = world.homes.get((space.team, user))
    if arguments.get("hash") is not None and (old is None or arguments["hash"] != old["hash"]):
        raise SlackError("hash_conflict")
    world.homes[space.team, user] = _stored(world, space, view, old["id"] if old else f"VH{world.number()}")
    return {"view": world.homes[space.team, user]}


def set_status(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, thread = _channel(space, arguments), arguments.get("thread_ts")
    if arguments.get("status") not in ("active", "processing", "suspended", "closed"):
        raise SlackError("invalid_arguments")
    if not thread or not world.in_thread(space.team, channel, thread) or len(arguments.get("title") or "") > 200:
        raise SlackError("invalid_arguments")
    session = world.sessions.setdefault(
        (space.team, channel, thread), {"title": arguments.get("title", ""), "seen": []}
    )
    session["status"] = arguments["status"]
    session["seen"].append(arguments["status"])
    return {"status": session["status"], "title": session["title"]}


def set_prompts(world: World, space: Workspace, arguments: Dict) -> Dict:
    channel, prompts = _channel(space, arguments), arguments.get("prompts") or []
    if not 1 <= len(prompts) <= 4 or any(not one.get("title") or not one.get("message") for one in prompts):
        raise SlackError("invalid_arguments")
    world.prompts[space.team, channel] = prompts
    return {}


def auth_test(world: World, space: Workspace, arguments: Dict) -> Dict:
    return {"team_id": space.team, "team": space.name, "user_id": space.bot, "bot_id": space.bot_id, "user": "deskhand"}


def users_info(world: World, space: Workspace, arguments: Dict) -> Dict:
    user = str(arguments.get("user"))
    if user not in space.users:
        raise SlackError("user_not_found")
    member = {"id": user, "real_name": space.users[user], "tz": "Europe/Lisbon", "team_id": space.team}
    return {"user": {**member, **space.special.get(user, {})}}


def conversations_open(world: World, space: Workspace, arguments: Dict) -> Dict:
    user = str(arguments.get("users"))
    if user not in space.users:
        raise SlackError("user_not_found")
    return {"channel": {"id": space.direct(user)}}


def upload_url(world: World, space: Workspace, arguments: Dict) -> Dict:
    name, length = arguments.get("filename"), int(arguments.get("length") or 0)
    if not name or length <= 0:
        raise SlackError("invalid_arguments")
    upload = Upload(
        f"F{world.number()}", str(name), length, str(arguments.get("alt_txt") or arguments.get("alt_text") or "")
    )
    world.files[upload.id] = upload
    return {"file_id": upload.id, "upload_url": f"{arguments['_root']}/upload/{upload.id}"}


def complete_upload(world: World, space: Workspace, arguments: Dict) -> Dict:
    files = arguments.get("files")
    done = []
    for one in json.loads(files) if isinstance(files, str) else files or []:
        upload = world.files.get(one["id"])
        if upload is None or upload.content is None:
            raise SlackError("file_not_found")
        upload.done = True
        done.append({"id": upload.id, "title": one.get("title"), "name": upload.name})
    channel = _channel(space, {"channel": arguments.get("channel_id")})
    message = {
        "type": "message",
        "subtype": "file_share",
        "ts": world.new_ts(),
        "user": space.bot,
        "bot_id": space.bot_id,
        "text": arguments.get("initial_comment", ""),
        "blocks": [],
        "files": done,
        **({"thread_ts": arguments["thread_ts"]} if arguments.get("thread_ts") else {}),
    }
    world.messages[space.team, channel].append(message)
    return {"files": done}


def file_info(world: World, space: Workspace, arguments: Dict) -> Dict:
    upload = world.files.get(str(arguments.get("file")))
    if upload is None:
        raise SlackError("file_not_found")
    about = file_object(upload, arguments["_root"])
    return {"file": about | ({"url_private_download": upload.kept_at} if upload.kept_at else {})}


def file_object(upload: Upload, root: str) -> Dict:
    """A file as events and files.info show it."""
    url = f"{root}/files-pri/{upload.id}/{upload.name}"
    return {"id": upload.id, "name": upload.name, "size": upload.length, "mode": "hosted", "url_private_download": url}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "users.info": users_info,
    "conversations.open": conversations_open,
    "conversations.history": history,
    "conversations.replies": history,
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.startStream": start_stream,
    "chat.appendStream": append_stream,
    "chat.stopStream": stop_stream,
    "views.open": views_open,
    "views.update": views_update,
    "views.publish": views_publish,
    "agents.sessions.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": file_info,
}
