"""A letter in its three parts: greeting, paragraphs of sentences, sign-off with name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|(?:good )?morning|good (?:afternoon|evening|day)|greetings|to whom"
    r"|hallo|moin|servus|lieber?|sehr geehrter?|guten (?:tag|morgen|abend)|bonjour|bonsoir|salut|ch(?:er|ère)"
    r"|hola|buen[oa]s (?:d[íi]as|tardes)|estimad[oa]|querid[oa]|ol[áa]|oi|bom dia|boa tarde|car[ao]|car[íi]ssim[oa]"
    r"|ciao|buongiorno|buonasera|salve|gentile|hoi|dag|beste|geachte|goede(?:morgen|middag))\b[^.?\n]{0,60}$",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"^(?:(?:best|kind|kindest|warm|warmest|many|with)?[ -]*(?:regards|wishes|greetings|thanks)|cheers|sincerely|yours\b.*|thanks|thank you|best|all the best|take care|love|see you|talk soon|respectfully|cordially|(?:with )?best regards"
    r"|(?:(?:viele|liebe|beste|freundliche|herzliche|schöne|mit freundlichen) )?gr(?:üße|üßen|uß)|[lv]g|mfg|bis bald"
    r"|(?:bien )?cordialement|bien à (?:vous|toi)|bonne journée|à bientôt|amicalement|bises|(?:un (?:cordial )?)?saludos?(?: cordiales)?"
    r"|(?:um |un )?abra[çz]os?|atentamente|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|beijin?h?os|até breve"
    r"|(?:cordiali |distinti |un (?:caro )?)?salut[io]|a presto|(?:(?:met )?vriendelijke |hartelijke )?groet(?:en|jes)?|ciao)"
    r"[ \w]{0,20}[,.!]?$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])(?<!\b[A-Z]\.)(?<!Mr\.)(?<!Ms\.)(?<!Dr\.)(?<!e\.g\.)(?<!i\.e\.)\s+(?=[\"'(A-Z0-9ÀÁÉÍÓÚÄÖÜÇ])"
)


@dataclass(frozen=True)
class Letter:
    """`paragraphs` hold sentences; `closing` is the sign-off phrase, `name` what stands under it."""

    greeting: str
    paragraphs: tuple[tuple[str, ...], ...]
    closing: str
    name: str
    after: str = ""

    @property
    def sentences(self) -> list[str]:
        """All sentences of the middle, in order."""
        return [sentence for paragraph in self.paragraphs for sentence in paragraph]

    def keeping(self, kept: set[int]) -> Letter:
        """Only the sentences with these places."""
        place = 0
        paragraphs = []
        for paragraph in self.paragraphs:
            left = tuple(sentence for at, sentence in enumerate(paragraph, place) if at in kept)
            place += len(paragraph)
            paragraphs.append(left)
        return replace(self, paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph))

    def adding(self, sentence: str) -> Letter:
        """One sentence more at the end of the middle."""
        if not self.paragraphs:
            return replace(self, paragraphs=((sentence,),))
        return replace(self, paragraphs=(*self.paragraphs[:-1], (*self.paragraphs[-1], sentence)))

    def text(self) -> str:
        """The letter as text, a blank line between its parts, one line end at the end."""
        middle = "\n\n".join(" ".join(paragraph) for paragraph in self.paragraphs)
        ending = "\n".join(part for part in (self.closing, self.name) if part)
        return "\n\n".join(part for part in (self.greeting, middle, ending, self.after) if part) + "\n"


def letter(body: str) -> Letter:
    """Reads a text as a letter; a part that is not there is empty."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", body.strip()) if block.strip()]
    greeting, blocks = _greeting(blocks)
    after = ""
    if len(blocks) > 1 and re.match(r"p\.?\s?s\.?\b", blocks[-1], re.IGNORECASE):
        after = blocks.pop()
    closing, name, blocks = _ending(blocks)
    return Letter(greeting, tuple(_split(block) for block in blocks), closing, name, after)


def _split(block: str) -> tuple[str, ...]:
    joined = " ".join(line.strip() for line in block.splitlines())
    return tuple(part for part in _SENTENCE_END.split(joined) if part)


def _greeting(blocks: list[str]) -> tuple[str, list[str]]:
    if not blocks:
        return "", blocks
    first, _, rest = blocks[0].partition("\n")
    if not _GREETING.match(first.strip()):
        return "", blocks
    return first.strip(), ([rest.strip(), *blocks[1:]] if rest.strip() else blocks[1:])


def _ending(blocks: list[str]) -> tuple[str, str, list[str]]:
    if not blocks:
        return "", "", blocks
    lines = blocks[-1].splitlines()
    for at in range(max(0, len(lines) - 4), len(lines)):
        if _SIGN_OFF.match(lines[at].strip()):
            rest = "\n".join(lines[:at]).strip()
            name = "\n".join(line.strip() for line in lines[at + 1 :])
            return lines[at].strip(), name, [*blocks[:-1], *([rest] if rest else [])]
    return "", "", blocks
