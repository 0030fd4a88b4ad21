"""Sensitive topics: in several languages, in subject, text and file names, whatever the disguise."""

from __future__ import annotations

import pytest

from tools.autoreply.sensitive import sensitive_topic

SENSITIVE = """
I want a refund|Money back please|this is a complaint|my lawyer will write|We dispute the invoice
Ich möchte eine Rückerstattung|Beschwerde über Ihren Dienst|Unser Rechtsanwalt meldet sich|Widerspruch gegen die Rechnung
Je demande un remboursement|une plainte contre vous|notre avocat|Exijo un reembolso|una queja formal|mi abogado
Quero um reembolso|uma reclamação|o meu advogado|Voglio un rimborso|un reclamo|il mio avvocato
Ik wil mijn geld terug|een klacht|mijn advocaat|прошу вернуть деньги|это жалоба|请给我退款|返金してください|환불해 주세요
"""

DISGUISED = """
REFUND|Re-fund|r e f u n d|ref\u200bund|r.e.f.u.n.d|ｒｅｆｕｎｄ|r\u0435fund|REFÚND|r3fund|ref\u00adund|l\u0430wyer
l\u2060awyer|c0mplaint|re_fund
"""

HARMLESS = """
Does Thursday suit you?|Thank you for the plates|Are you open on Saturday?|The kiln parts are in|Danke für die Einladung
On se voit jeudi ?|Gracias por todo|See you at the table at eight|Can you send the price list?
"""


def each(texts: str) -> list[str]:
    """The texts, one by one."""
    return [one for line in texts.strip().splitlines() for one in line.split("|")]


@pytest.mark.parametrize("text", [*each(SENSITIVE), *each(DISGUISED)])
def test_a_sensitive_topic_is_found(text: str) -> None:
    assert sensitive_topic([text]) is not None
    assert sensitive_topic(["Hello", f"Dear all,\n\n{text}.\n\nBye", ""]) is not None
    assert sensitive_topic(["Hello", "nothing here", f"{text}.pdf"]) is not None


@pytest.mark.parametrize("text", each(HARMLESS))
def test_ordinary_mail_is_not_sensitive(text: str) -> None:
    assert sensitive_topic([text]) is None


def test_the_list_is_its_owners_to_change() -> None:
    assert sensitive_topic(["about the warranty"]) is None
    found = sensitive_topic(["about the Wárranty"], added=["warranty"])
    assert found is not None
    assert found.name == "your own list"
    assert sensitive_topic(["a complaint"], removed=["complaint"]) is None
    assert sensitive_topic(["in court"], removed=["court"]) is None
    assert sensitive_topic(["a refund"], removed=["complaint"]) is not None
