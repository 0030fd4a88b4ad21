"""The small readers beneath `parse`: charsets, header words, addresses, packing, flowed text, structure."""

from __future__ import annotations

import pytest

from tools.mail.addresses import addresses, message_id
from tools.mail.charsets import clean, codec, decode
from tools.mail.email import Address
from tools.mail.flowed import unflow
from tools.mail.structure import split
from tools.mail.transfer import unpack, uuencoded
from tools.mail.words import parameters, raw_text, words

GERMAN = "Grüße aus Köln, schöne Tage und viel Spaß beim Lesen dieser Nachricht über Bücher"
RUSSIAN = "Добрый день, коллеги! Высылаю вам отчет за прошлый месяц, посмотрите пожалуйста."


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"plain", "", "plain"),
        (GERMAN.encode("utf-8"), "utf-8", GERMAN),
        (GERMAN.encode("utf-8"), "", GERMAN),
        (GERMAN.encode("utf-8"), "iso-8859-1", GERMAN),
        (GERMAN.encode("latin-1"), "us-ascii", GERMAN),
        (GERMAN.encode("latin-1"), "x-unknown", GERMAN),
        (GERMAN.encode("latin-1"), "utf-8", GERMAN),
        (RUSSIAN.encode("koi8-r"), "KOI8-R", RUSSIAN),
        (RUSSIAN.encode("cp1251"), "", RUSSIAN),
        ("“Euro” €".encode("cp1252"), "iso-8859-1", "“Euro” €"),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語"),
        ("한국어".encode("cp949"), "ks_c_5601-1987", "한국어"),
        ("中文龍".encode("gb18030"), "gb2312", "中文龍"),
        ("שלום".encode("iso-8859-8"), "iso-8859-8-i", "שלום"),
    ],
)
def test_text_is_read_whatever_charset_it_claims(data: bytes, charset: str, text: str) -> None:
    assert decode(data, charset)[0] == text


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "base64", "rot13", "zip", "", "\0", "a" * 500])
def test_codecs_that_are_no_charsets_are_refused(name: str) -> None:
    assert codec(name) == ""


def test_a_damaged_text_keeps_its_charset_and_says_so() -> None:
    text, problem = decode((GERMAN * 3).encode("utf-8") + b"\xff", "utf-8")

    assert text == GERMAN * 3 + "\ufffd"
    assert problem == "bytes that are not utf-8"


def test_what_no_store_can_hold_is_taken_out() -> None:
    assert clean("a\0b\r\nc\rd\x1b[31m\ud800\ufffee\U000e0041\tf") == "ab\nc\nd[31me\tf"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?= Ana", "Grüße Ana"),
        ("=?utf-8?b?4g==?= =?utf-8?b?nJM=?=", "✓"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E4?=", "aä"),
        ("=?utf-8?q?a b?=", "a b"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?nonsense?q?a?=", "a"),
        ("=?utf-8?q?Really?_Yes?=", "Really? Yes"),
        ("=?utf-8*en?q?a_b?=", "a b"),
        ("=?broken", "=?broken"),
        ("two  spaces", "two spaces"),
    ],
)
def test_encoded_words_are_read_even_when_broken(value: str, read: str) -> None:
    assert words(value) == read


def test_raw_eight_bit_headers_are_guessed() -> None:
    assert raw_text("Grüße\r\n aus Köln".encode("latin-1")) == "Grüße  aus Köln"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('attachment; filename="plan.pdf"', "plan.pdf"),
        ("attachment; filename=my plan.pdf", "my plan.pdf"),
        ("attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        ("attachment; filename*0*=utf-8''Gr%C3; filename*1*=%BC%C3%9Fe; filename*2=.txt", "Grüße.txt"),
        ('attachment; filename*1="b.txt"; filename*0="a"', "ab.txt"),
        ('attachment; filename="=?utf-8?q?Gr=C3=BC=C3=9Fe.txt?="', "Grüße.txt"),
        ('attachment;\n filename="a\\"b.txt"', 'a"b.txt'),
        ('attachment filename="x.txt"', "x.txt"),
    ],
)
def test_file_names_are_read(value: str, name: str) -> None:
    assert parameters(value)["filename"] == name


def test_a_file_name_brings_no_folders_along() -> None:
    parts, _ = split(b'Content-Disposition: attachment; filename="../../etc/passwd"\n\nx')

    assert parts[0].name == "passwd"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("ana@example.org", [Address("", "ana@example.org")]),
        ("Ana Berg <Ana@Example.org>", [Address("Ana Berg", "ana@example.org")]),
        ('"Berg, Ana" <a@x.org>, b@x.org', [Address("Berg, Ana", "a@x.org"), Address("", "b@x.org")]),
        ("=?utf-8?q?Berg=2C_=C3=84na?= <a@x.org>", [Address("Berg, Äna", "a@x.org")]),
        ("a@x.org (Ana Berg)", [Address("Ana Berg", "a@x.org")]),
        ("Friends: a@x.org, Bo <b@x.org>;", [Address("", "a@x.org"), Address("Bo", "b@x.org")]),
        ("undisclosed-recipients:;", []),
        ("a@x.org; b@x.org", [Address("", "a@x.org"), Address("", "b@x.org")]),
        ("<a@x.org>", [Address("", "a@x.org")]),
        ("Moderator", [Address("Moderator", "")]),
        ("", []),
    ],
)
def test_addresses_are_read(value: str, read: list[Address]) -> None:
    assert list(addresses(value)) == read


@pytest.mark.parametrize(("value", "read"), [("<a@b>", "a@b"), ("a@b (x)", "a@b"), ("", ""), ("x <a@b> y", "a@b")])
def test_message_ids_are_read(value: str, read: str) -> None:
    assert message_id(value) == read


@pytest.mark.parametrize(
    ("body", "encoding", "data"),
    [
        (b"aGVs\r\nbG8=", "base64", b"hello"),
        (b"aGVsbG8", "BASE64", b"hello"),
        (b"aGVs!bG8gaGVsbG8gaGVsbG8gaGVsbG8=", "base64", b"hello hello hello hello"),
        (b"_-8=", "base64", b"\xff\xef"),
        (b"a=3D=\nb=ZZ", "quoted-printable", b"a=b=ZZ"),
        (b"begin 644 x\n%:&5L;&\\ \n`\nend\n", "x-uuencode", b"hello"),
        (b"no begin", "x-uuencode", b"no begin"),
        (b"as is", "7bit", b"as is"),
        (b"as is", "who knows", b"as is"),
    ],
)
def test_bodies_are_unpacked_even_when_badly_packed(body: bytes, encoding: str, data: bytes) -> None:
    assert unpack(body, encoding)[0] == data


def test_a_line_that_begins_with_begin_is_no_file() -> None:
    assert uuencoded(b"begin 644 things at once\nand then go on with many more words than fit\n") == []


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a \nb\nc", "a b\nc"),
        (" >not a quote", ">not a quote"),
        ("> a \n> b\nc", "> a b\nc"),
        ("> a \n>> b", "> a\n>> b"),
        ("a \n-- \nb", "a \n-- \nb"),
        ("a \n", "a "),
    ],
)
def test_flowed_text_is_joined(text: str, joined: str) -> None:
    assert unflow(text) == joined


def test_flowed_text_that_deletes_its_spaces_joins_without_them() -> None:
    assert unflow("日本 \n語", delete_space=True) == "日本語"


def _shape(raw: bytes) -> list[tuple[str, bytes]]:
    return [(part.media_type, part.body) for part in split(raw)[0]]


def test_parts_are_numbered_depth_first() -> None:
    raw = (
        b'Content-Type: multipart/mixed; boundary="o"\r\n\r\npreamble\r\n--o\r\n'
        b"Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\none\r\n"
        b"--i\r\nContent-Type: text/html\r\n\r\ntwo\r\n--i--\r\n"
        b"--o\r\nContent-Type: image/png\r\n\r\n3\r\n--o--\r\nepilogue"
    )

    assert _shape(raw) == [
        ("multipart/mixed", b""),
        ("multipart/alternative", b""),
        ("text/plain", b"one"),
        ("text/html", b"two"),
        ("image/png", b"3"),
    ]


def test_an_outer_boundary_ends_inner_parts_that_were_never_closed() -> None:
    inner = b"--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\na\n"
    raw = b"Content-Type: multipart/mixed; boundary=o\n\n" + inner + b"--o\n\nb\n--o--\n"

    parts, _ = split(raw)

    assert [part.body for part in parts if not part.children] == [b"a", b"b"]
    assert [len(part.children) for part in parts] == [2, 1, 0, 0]


def test_the_parts_of_a_digest_are_messages() -> None:
    parts, _ = split(b"Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: x\n\ny\n--d--\n")

    assert parts[1].media_type == "message/rfc822"


def test_a_stray_line_in_the_header_does_not_end_it() -> None:
    parts, _ = split(b"Subject: a\nwhich was not folded\nFrom: b\n\nbody")

    assert ([name for name, _ in parts[0].fields], parts[0].body) == (["subject", "from"], b"body")


def test_a_header_that_just_stops_leaves_its_words_to_the_body() -> None:
    parts, defects = split(b"Subject: a\nDear Bo,\nhow are you?\n")

    assert parts[0].body == b"Dear Bo,\nhow are you?\n"
    assert defects == ["a header without the empty line after it"]


def test_nesting_without_end_is_cut() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (level, level) for level in range(5_000))

    parts, defects = split(raw)

    assert len(parts) <= 1_000
    assert "multiparts nested deeper than 100" in defects
