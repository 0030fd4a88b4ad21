"""Words that would send, approve or reject. No tool does that: the card's buttons do, and this says so."""

from __future__ import annotations

import re

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Words
from tools.llm.offline.said import Said

SEND_HINT = "Nothing leaves without your click: press Approve & send on the card, or type `approve`."
REJECT_HINT = "Press Reject on the card, or type `reject`; until you decide, nothing is sent."
LATER_HINT = "Press Later on the card and it waits for you; nothing is sent before you approve it."
FORWARD_HINT = "I can't forward mail or write to somebody new: I draft answers to mails you have, and you approve them."

_IT = r"(?:it|that|this|them|all|both|everything|the (?:draft|reply|answer|mail|e-?mail|message|response|letter|note)s?|my (?:draft|reply|answer|response)s?|(?:the )?(?:draft|reply|email|mail|message)(?: (?:number )?\d+)?)"
_TO = r"(?: to (?:him|her|them|[\w.@'-]+(?: [\w.@'-]+)?))?"
_SOON = r"(?:[\s,]+(?:now|off|out|away|already|then|please|immediately|asap|right away|straight away|at once|anyway|as is|as it is|like that|like this|today|for me|through|over|thanks|ok))*"
_ASSENT = r"(?:(?:yes|yep|yeah|yup|ok|okay|sure|great|perfect|good|fine|alright|looks? good|lgtm|go ahead|just|please|go on|cool|right|excellent|nice|that's (?:fine|good|great|perfect)|all good|and|now|then|so|do)[\s,.!;:-]+)*"
_SEND = re.compile(
    rf"^{_ASSENT}(?:(?:can|could|would|will|may) (?:you|we|i) )?(?:please |just |then |now )?(?:(?:re-?)?send|ship|dispatch|fire off|shoot off|submit|deliver|release|transmit|mail|email|post|hit send(?: on)?|press send(?: on)?|approve(?: (?:and|&) send)?|approved|confirm|accept|sign off on|authori[sz]e|green-?light|publish|fire)"
    rf"(?: {_IT})?(?: back)?{_TO}{_SOON}[\s.!?]*$"
)
_GO = re.compile(
    rf"^{_ASSENT}(?:let it (?:go|fly|out)|get {_IT} (?:out|sent)|make {_IT} go out|off it goes|i approve(?: {_IT})?(?: as is)?|it(?:'s| is) approved|you (?:may|can) send {_IT}|ready to (?:send|go)|good to go|go for it|(?:you have|you've got) my (?:ok|okay|approval|blessing)){_SOON}[\s.!?]*$"
)
_YES = re.compile(
    r"^(?:yes|yep|yeah|yup|ok|okay|sure|great|perfect|good|fine|alright|looks? (?:good|great|fine|perfect)(?: to me)?|lgtm|go ahead|go on|do it|proceed|please do|that's (?:fine|good|great|perfect)|all good|approve|approved|yes please|👍|[\s,.!])+$"
)
_SEND_WORDS = re.compile(
    r"^(?:send|approve|confirm|submit|dispatch)\b(?! (?:a|an|him|her|them|\w+ (?:a|an|that|saying))\b)"
)
_REJECT = re.compile(
    rf"^(?:no[\s,]+)?(?:reject|discard|scrap|bin|trash|throw away|cancel|abort|drop|delete|kill)(?: {_IT})?[\s.!?]*$|^(?:no[\s,]+)?(?:don't|do not|never) (?:send|approve|submit)\b.*$"
)
_LATER = re.compile(
    rf"^(?:send|approve|mail) {_IT}{_TO} (?:later|tomorrow|tonight|next \w+|on \w+day|at \d.*|in (?:an?|\d+) \w+|monday|tuesday|wednesday|thursday|friday)\b.*$"
)
_FORWARD = re.compile(r"^(?:forward|fwd|redirect|bcc|cc)\b|^pass (?:it|this|that|\d+|the \w+) (?:on )?to\b")
_CHANGE_FOLLOWS = re.compile(
    r"^(?:.{0,40}?)\b(?:but|except|only|just|after|once|when|as soon as|with one change|provided|if)\b"
)


_GIVEN = re.compile(
    rf"^{_ASSENT}(?:send|mail|e-?mail) (?!me\b|us\b)[\w'.-]+(?: [\w'.-]+)? (?:the|my|that|this) (?:draft|reply|answer|response|mail|message)\b[^:]*$"
)
_TO_MANY = re.compile(
    r"^(?:e?-?mail|write|message|send|tell|inform|notify)\b(?! me\b).{0,30}?\b(?:everyone|everybody|(?:all|every)(?: of)? (?:my|our|the) (?:contacts?|clients?|customers?|friends|colleagues|suppliers|people|team|staff|employees)|my (?:whole |entire )?(?:contacts|address book|contact list|mailing list|team|family))\b"
)
_ADDRESS = re.compile(r"^(?:send|write|e?-?mail|compose|draft|shoot|message)\b.{0,40}?\b([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def _to_stranger(norm: str, facts: Facts) -> bool:
    """A letter to an address that nobody of the known senders has."""
    match = _ADDRESS.match(norm)
    if match is None:
        return False
    return not any(match[1] in sender.casefold() for sender in [*facts.people, *(line.sender for line in facts.shown)])


def claim(said: Said, facts: Facts) -> Words | None:
    """The hint when the words would decide about a card; None for everything else."""
    norm = said.norm
    if _FORWARD.match(norm) or _TO_MANY.match(norm) or _to_stranger(norm, facts):
        return Words(FORWARD_HINT, 0.95)
    if _LATER.match(norm):
        return Words(LATER_HINT, 0.97)
    if _REJECT.match(norm) and (facts.draft or re.search(r"\b(?:reject|draft|reply|send|approve)\b", norm)):
        return Words(REJECT_HINT, 0.97)
    if _SEND.match(norm) or _GIVEN.match(norm) or _GO.match(norm):
        return Words(SEND_HINT, 1.0)
    if facts.draft and _YES.match(norm):
        return Words(SEND_HINT, 0.97)
    return None
