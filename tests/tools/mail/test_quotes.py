"""New words are told from quoted ones, whatever the language and the program."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.mail.quotes import split_reply

HEADS = (Path(__file__).parent / "quotation_heads.txt").read_text(encoding="utf-8").rstrip("\n").split("\n%\n")
OWN = "Yes, Tuesday works.\nSee you at 10."


@pytest.mark.parametrize("head", HEADS)
def test_a_reply_above_marked_quotation_is_found(head: str) -> None:
    split = split_reply(f"{OWN}\n\n{head}\n> Shall we meet?\n>\n> Ana\n")

    assert split.reply == OWN
    assert "Shall we meet?" in split.quoted


@pytest.mark.parametrize("head", [head for head in HEADS if not head.startswith("Quoting")])
def test_a_reply_above_unmarked_quotation_is_found(head: str) -> None:
    assert split_reply(f"{OWN}\n\n{head}\n\nShall we meet?\n\nAna\n").reply == OWN


@pytest.mark.parametrize("head", HEADS)
def test_a_reply_below_the_quotation_is_found(head: str) -> None:
    assert split_reply(f"{head}\n> Shall we meet?\n>\n> Ana\n\n{OWN}\n").reply == OWN


@pytest.mark.parametrize("head", HEADS)
def test_answers_between_quotations_keep_what_they_answer(head: str) -> None:
    split = split_reply(f"Hi Ana,\n\n{head}\n> Shall we meet?\n\nYes.\n\n> When?\n\nAt 10.\n\n> Ana\n")

    assert split.reply == "Hi Ana,\n\n> Shall we meet?\n\nYes.\n\n> When?\n\nAt 10."


@pytest.mark.parametrize(
    "text",
    [
        "On this day\n\nI wrote something\n\nvery interesting.",
        "On your remote host you can run:\n\n    telnet 127.0.0.1 52698\n\nIt should connect.",
        "Here is the list:\n- eggs\n- milk",
        "From: Lyon\nTo: Paris\nDate: 3 May\n\nIs that right?",
        "> only a quotation\n> of two lines",
        "A fix -- this is no signature.\n\nBye",
        "Code:\n\n```\n--\n# not a signature\n____\n```\n\nEnd.",
        "Title\n-----\n\nText below its heading.",
        "First.\n\n---\n\nSecond part: is that right? Tell me.",
        "Sent from my desk, which is much better than my telephone.",
        "",
    ],
)
def test_plain_words_stay_whole(text: str) -> None:
    assert split_reply(text).reply == text


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my Galaxy, please excuse any typos.",
        "Get Outlook for Android",
        "Get [Outlook for iOS](https://aka.ms/x)",
        "Envoyé de mon iPhone",
        "Von meinem iPad gesendet",
        "Enviado desde mi Android",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Sendt fra min iPhone",
        "Skickat från min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "iPhone'umdan gönderildi",
        "从我的 iPhone 发送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
    ],
)
def test_the_line_of_a_telephone_is_a_signature(line: str) -> None:
    split = split_reply(f"Fine with me.\n\n{line}\n")

    assert (split.reply, split.signature) == ("Fine with me.", line)


def test_a_signature_stands_below_two_dashes() -> None:
    split = split_reply("Done.\n\n-- \nBo Lind\nExample Ltd\n+49 1\n")

    assert (split.reply, split.signature) == ("Done.", "--\nBo Lind\nExample Ltd\n+49 1")


def test_signature_between_reply_and_quotation_goes_too() -> None:
    split = split_reply("Done.\n-- \nBo\n\nOn 3 May 2021, Ana wrote:\n> Please\n")

    assert (split.reply, split.signature) == ("Done.", "--\nBo")


def test_the_footer_of_a_list_below_the_quotation_is_no_reply() -> None:
    footer = "_______________________________________________\nfriends mailing list\nfriends@lists.example.org"

    assert split_reply(f"Agreed.\n\nOn 3 May 2021, Ana wrote:\n> Please\n\n{footer}\n").reply == "Agreed."


def test_a_reply_that_wraps_its_quotation_loses_only_the_quotation() -> None:
    assert split_reply("Yes.\n\nOn 3 May 2021, Ana wrote:\n> Please?\n\nRegards, Bo\n").reply == "Yes.\n\nRegards, Bo"


def test_reply_and_attribution_on_one_line_are_parted() -> None:
    assert split_reply("Thanks! On Wed, 4 Apr 2012 Ana <a@example.org> wrote:\n> Hi\n").reply == "Thanks!"


def test_the_torn_off_end_of_a_quoted_line_is_quoted() -> None:
    long = "> " + "word " * 14
    text = f"Yes.\n\nOn 3 May 2021, Ana wrote:\n{long}\nword\n> and so on\n"

    assert split_reply(text).reply == "Yes."


def test_an_attribution_alone_above_plain_words_is_dropped() -> None:
    assert (
        split_reply('On 8 May 2017 17:34, "Ana" <ana@example.org> wrote:\n\nIt should be two.\n').reply
        == "It should be two."
    )


LINES = [
    "x wrote:",
    "From: a@b.c",
    ">",
    "> a",
    "-- ",
    "On Mon, 3 May 2021 Ana <a@b.c> wrote:",
    "```",
    "____",
    "Sent from my iPhone",
]


@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=40)), max_size=30))
def test_nothing_is_lost_and_nothing_made_up(lines: list[str]) -> None:
    text = "\n".join(lines)
    split = split_reply(text)

    given_letters = sorted("".join(text.split()))
    assert sorted("".join((split.reply + split.quoted + split.signature).split())) == given_letters


HOSTILE = [
    *LINES,
    ":",
    "<",
    "a: b",
    "From: a\nTo: b\n",
    "> " + "a" * 80 + "\nb",
    "",
    "-----Original Message-----",
    "_____\nFrom:",
]
HOSTILE += [
    " On 3 May 2021 x wrote: On 3 May 2021 x wrote:\n> a",
    "gesendet iphone",
    "On 1 ",
    "On Mon, 3 May 2021 x <a:",
    "abc\n---",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_a_megabyte_of_hostile_lines_costs_a_few_seconds_at_most(line: str) -> None:
    def seconds(size: int) -> float:
        text = f"{line}\n" * (size // (len(line) + 1))
        start = process_time()
        split_reply(text)
        return process_time() - start

    assert seconds(1_000_000) < min(5, 20 * max(seconds(125_000), 0.1))
