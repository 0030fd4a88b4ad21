"""WordPiece: the tokeniser of BERT (uncased) in plain Python, with the vocabulary that lies beside it.

Written after the published description of the algorithm. Special tokens that somebody types ("[SEP]", "[MASK]") are
split like any other text, so a mail cannot smuggle them in.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from storage.values.errors import Unavailable

VOCABULARY = Path(__file__).with_name("vocab.txt")
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
LONGEST_WORD = 100
"""Characters; a longer word is unknown. The value the model was trained with."""

_ASCII_PIECES = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")


@cache
def vocabulary() -> dict[str, int]:
    """Each piece and its number. Unavailable when the file is not the one the model was trained with."""
    raw = VOCABULARY.read_bytes()
    if hashlib.sha256(raw).hexdigest() != VOCABULARY_SHA256:
        raise Unavailable("The vocabulary of the embedding model is damaged: install Deskhand again.")
    return {piece: number for number, piece in enumerate(raw.decode("utf-8").split("\n")) if piece}


def token_ids(text: str, limit: int) -> list[int]:
    """The numbers of the pieces of `text` between start and end mark, at most `limit` of them in all."""
    pieces = vocabulary()
    ids = [pieces[START]]
    for word in words(text):
        ids.extend(_word_ids(word))
        if len(ids) >= limit - 1:
            break
    return [*ids[: limit - 1], pieces[END]]


def words(text: str) -> Iterator[str]:
    """Lower-case words and single punctuation marks, accents removed."""
    if text.isascii():
        lowered = "".join(_ascii(character) for character in text.lower()) if not text.isprintable() else text.lower()
        return (match.group() for match in _ASCII_PIECES.finditer(lowered))
    return iter("".join(_spaced(character) for character in _folded(text)).split())


def _ascii(character: str) -> str:
    if character in "\t\n\r":
        return " "
    return character if character.isprintable() else ""


def _folded(text: str) -> str:
    """Cleaned of control characters, lower-case, without combining marks."""
    cleaned = "".join(_cleaned(character) for character in text)
    decomposed = unicodedata.normalize("NFD", cleaned)
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn").lower()


def _cleaned(character: str) -> str:
    if character in "\t\n\r" or unicodedata.category(character) == "Zs":
        return " "
    if character in "\0\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    return character


def _spaced(character: str) -> str:
    """Punctuation and Chinese characters stand alone."""
    return f" {character} " if _is_punctuation(character) or _is_chinese(character) else character


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum() and character != " "
    return unicodedata.category(character).startswith("P")


def _is_chinese(character: str) -> bool:
    """The CJK Unified Ideographs blocks, as the Unicode standard lists them."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x2CEAF
        or 0x2F800 <= code <= 0x2FA1F
    )


@lru_cache(maxsize=50_000)
def _word_ids(word: str) -> tuple[int, ...]:
    """The longest pieces first, from the left; the unknown mark when some part is in no piece."""
    pieces = vocabulary()
    if (whole := pieces.get(word)) is not None and len(word) <= LONGEST_WORD:
        return (whole,)
    if len(word) > LONGEST_WORD:
        return (pieces[UNKNOWN],)
    ids: list[int] = []
    start = 0
    while start < len(word):
        found = _longest_piece(word, start, pieces)
        if found is None:
            return (pieces[UNKNOWN],)
        number, start = found
        ids.append(number)
    return tuple(ids)


def _longest_piece(word: str, start: int, pieces: dict[str, int]) -> tuple[int, int] | None:
    for end in range(len(word), start, -1):
        number = pieces.get(word[start:end] if start == 0 else "##" + word[start:end])
        if number is not None:
            return number, end
    return None
