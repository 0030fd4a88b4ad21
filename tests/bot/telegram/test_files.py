"""Files: tables come in, charts and reports go out, and what is too large is said before anything is fetched."""

from __future__ import annotations

import struct
import zlib

from agent.chat import File
from bot import sample
from bot.telegram.files import ORIGINAL, file_name
from bot.telegram.inbound import OTHER
from storage.values.ids import new_id
from tests.fakes.program import House
from tests.fakes.telegram_driver import PERSON, TelegramTalk
from tools.work import LONG

HERE = str(PERSON)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


async def send(house: House, talk: TelegramTalk, content: bytes, kind: str, name: str, text: str = "A chart.") -> None:
    talk.world.started.add(PERSON)
    blob = new_id()
    await house.box.blobs.put(blob, content)
    await talk.platform.send(HERE, File(name, kind, str(blob), text))


async def test_a_table_comes_in_and_its_chart_goes_out(talk: TelegramTalk, house: House) -> None:
    await talk.drop("sales.csv", sample.sales_csv().read_bytes(), "show revenue by month as a chart")
    await house.runner.drain(queues=frozenset({LONG.name}))
    await talk.work()
    kinds = [one.kind for one in talk.posts]
    assert "photo" in kinds
    photo = next(one for one in talk.posts if one.kind == "photo")
    original = talk.posts[talk.posts.index(photo) + 1]
    assert (original.kind, original.text, original.reply_to) == ("document", ORIGINAL, photo.id)
    assert talk.world.files[original.file] == talk.world.files[photo.file]
    assert photo.text, "what it shows is said in words"
    assert talk.server.refusals == []


async def test_a_file_without_words_is_looked_at(talk: TelegramTalk, house: House) -> None:
    await talk.drop("sales.csv", sample.sales_csv().read_bytes())
    assert await house.one("SELECT count(*) FROM files WHERE name = 'sales.csv'") == 1
    assert "sales.csv" in talk.shown[0]["text"]


async def test_the_same_file_that_comes_again_is_taken_once(talk: TelegramTalk, house: House) -> None:
    update = talk.world.give(talk.who, "sales.csv", sample.sales_csv().read_bytes(), "analyze sales.csv")
    await talk.settle()
    talk.world.again(update)
    await talk.settle()
    assert await house.one("SELECT count(*) FROM files WHERE name = 'sales.csv'") == 1


async def test_what_is_too_large_for_a_bot_is_told_before_it_is_fetched(talk: TelegramTalk) -> None:
    talk.world.give(talk.who, "huge.csv", b"a,b", size=20 * 2**20 + 1)
    await talk.settle()
    assert "huge.csv is too large for Telegram's bots (21.0 MB at most)" in talk.shown[0]["text"]
    assert telegram_calls(talk, "getFile") == 0


async def test_a_size_that_is_a_lie_is_told_too(talk: TelegramTalk) -> None:
    talk.world.give(talk.who, "huge.csv", b"a" * (20 * 2**20 + 1), size=10)
    await talk.settle()
    assert "huge.csv is too large" in talk.shown[0]["text"]


async def test_what_is_no_table_is_refused_in_words(talk: TelegramTalk, house: House) -> None:
    for name, content in (("photo.exe", b"MZ"), ("../../etc/passwd", b"x"), ("archive.zip", b"PK")):
        (told,) = await talk.drop(name, content)
        assert told["text"]
    assert await house.one("SELECT count(*) FROM files") == 0
    assert await house.one("SELECT count(*) FROM jobs WHERE kind = 'run_analysis'") == 0


async def test_what_cannot_be_read_is_told_once(talk: TelegramTalk) -> None:
    talk.world.send_other(talk.who, voice={"file_id": "a", "file_unique_id": "a", "duration": 1})
    await talk.settle()
    assert [one["text"] for one in talk.shown] == [OTHER]


async def test_a_report_goes_out_as_a_document(talk: TelegramTalk, house: House) -> None:
    await send(house, talk, b"%PDF-1.7", "application/pdf", "report.pdf", "Revenue <by> month & more")
    (post,) = talk.posts
    assert (post.kind, post.name, post.text) == ("document", "report.pdf", "Revenue <by> month & more")


async def test_a_picture_that_telegram_cannot_show_goes_as_a_document(talk: TelegramTalk, house: House) -> None:
    await send(house, talk, png(9_000, 2_000), "image/png", "wide.png")
    await send(house, talk, png(4_000, 10), "image/png", "long.png")
    await send(house, talk, b"no picture at all", "image/png", "odd.png")
    assert [one.kind for one in talk.posts] == ["document"] * 3
    assert [one.text for one in talk.posts] == ["A chart."] * 3


async def test_a_long_caption_is_said_before_the_file(talk: TelegramTalk, house: House) -> None:
    await send(house, talk, png(10, 10), "image/png", "chart.png", "A word of many. " * 200)
    said, photo, original = talk.posts
    assert said.text.count("A word of many.") == 200
    assert (photo.kind, photo.text, original.kind) == ("photo", "chart.png", "document")


async def test_what_telegram_cannot_carry_is_said_in_words(talk: TelegramTalk, house: House) -> None:
    await send(house, talk, b"x" * (50 * 2**20 + 1), "text/html", "report.html")
    await send(house, talk, b"", "text/html", "empty.html")
    large, empty = talk.posts
    assert "report.html has 52.4 MB, and Telegram carries 52.4 MB at most" in large.text
    assert "empty.html is empty" in empty.text
    assert talk.server.refusals == []


def test_names_are_one_line_without_folders() -> None:
    assert file_name("../../etc/\npasswd\u202e.png") == ".._.._etc_passwd_.png"
    assert file_name("\n") == "file"
    assert len(file_name("x" * 500 + ".csv")) == 120


def telegram_calls(talk: TelegramTalk, method: str) -> int:
    return len(talk.server.called(method))
