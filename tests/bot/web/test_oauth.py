"""A person links a mailbox from the chat: the address, Google's page, our page, and the word in the chat."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from agent.chat import Card, Reply
from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import Browser
from tests.fakes.program import House, letter
from tools.work import QUICK, STEADY


async def said(house: House, text: str) -> str:
    return "\n".join(one.text for one in await house.say(text) if isinstance(one, Reply | Card))


async def address(house: House, provider: str = "gmail") -> str:
    """The address that the chat gives."""
    words = await said(house, f"/link {provider}")
    return next(line for line in words.splitlines() if line.startswith("http"))


async def told(house: House) -> str:
    """What came into the chat by itself."""
    return "\n".join(one.text for one in await house.work(QUICK, STEADY) if isinstance(one, Reply))


async def linked(house: House) -> list[str]:
    return [row.address for row in await house.sql("SELECT address FROM accounts WHERE provider = 'gmail'")]


async def test_a_person_links_gmail_from_the_chat(linking_house: House, google: Google, browser: Browser) -> None:
    google.account.deliver(letter("Glaze", to=ADDRESS))
    page = await browser.open(await address(linking_house))
    assert page.status_code == 200
    assert f"{ADDRESS} is linked" in page.text
    assert "Deskhand of Ana Sousa" in page.text
    assert "write drafts, and send what you approve" in page.text
    assert f"Linked {ADDRESS} (Gmail)" in await told(linking_house)
    assert (await linking_house.mail("Glaze")).labels == []
    assert f"{ADDRESS} (gmail): read just now" in await said(linking_house, "/accounts")


async def test_the_page_is_ours_alone(linking_house: House, browser: Browser) -> None:
    page = await browser.open(await address(linking_house))
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text
    assert "http-equiv" not in page.text


async def test_what_is_asked_of_google_is_the_least_and_proved(linking_house: House, browser: Browser) -> None:
    begun = await browser.get(await address(linking_house))
    asked = {name: one for name, (one,) in parse_qs(urlsplit(begun.headers["location"]).query).items()}
    assert asked["scope"] == "openid email https://www.googleapis.com/auth/gmail.modify"
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/oauth/gmail/callback"
    cookie = begun.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_an_answer_that_comes_as_a_form_is_taken_too(linking_house: House, browser: Browser) -> None:
    answer = urlsplit(await browser.answer_to(await address(linking_house)))
    fields = {name: one for name, (one,) in parse_qs(answer.query).items()}
    posted = await browser.client.post(answer.path, data=fields)
    assert posted.status_code == 303
    page = await browser.open(f"http://127.0.0.1:8000{posted.headers['location']}")
    assert page.status_code == 200
    assert await linked(linking_house) == [ADDRESS]


async def test_linking_again_mends_the_account_and_makes_no_second_one(
    linking_house: House, google: Google, browser: Browser
) -> None:
    for _ in range(2):
        assert (await browser.open(await address(linking_house))).status_code == 200
    assert await linked(linking_house) == [ADDRESS]


async def test_an_address_may_be_looked_at_before_it_is_used(linking_house: House, browser: Browser) -> None:
    url = await address(linking_house)
    for _ in range(3):  # as chat programs do, to show a preview
        await browser.outside.get(str((await browser.client.get(url)).headers["location"]))
    assert (await browser.open(url)).status_code == 200


async def test_several_accounts_live_side_by_side(linking_house: House, google: Google, browser: Browser) -> None:
    from tests.fakes.google_accounts import GoogleAccount
    from tests.fakes.google_oauth import Consent

    google.accounts["work@gmail.example"] = GoogleAccount("work@gmail.example")
    await browser.open(await address(linking_house))
    google.oauth.consent = Consent("work@gmail.example")
    await browser.open(await address(linking_house))
    assert sorted(await linked(linking_house)) == [ADDRESS, "work@gmail.example"]


async def test_unlinking_ends_the_access_at_google(linking_house: House, google: Google, browser: Browser) -> None:
    google.account.deliver(letter("Glaze", to=ADDRESS))
    await browser.open(await address(linking_house))
    await told(linking_house)
    words = await said(linking_house, f"/accounts unlink {ADDRESS}")
    assert "ended at the provider too" in words
    assert google.oauth.revoked == [ADDRESS]
    assert await linked(linking_house) == []
    assert await linking_house.sql("SELECT 1 FROM emails WHERE subject = 'Glaze'") == []
    assert [row.action for row in await linking_house.sql("SELECT action FROM audit ORDER BY number")][-2:] == [
        "email_account_linked",
        "email_account_unlinked",
    ]


async def test_unlinking_while_google_is_away_is_said(linking_house: House, google: Google, browser: Browser) -> None:
    await browser.open(await address(linking_house))
    await google.go_away()
    assert "I could not end my access" in await said(linking_house, f"/accounts unlink {ADDRESS}")
    assert await linked(linking_house) == []


@pytest.mark.parametrize(
    ("said_", "answer"),
    [
        ("/accounts unlink nobody@example.org", "No mailbox nobody@example.org is linked for you"),
        ("/accounts sell", "Say /accounts to see"),
        ("/link outlook", "not registered for outlook"),
        ("/link pigeon", "I do not know “pigeon”"),
    ],
)
async def test_what_cannot_be_is_said_in_words(linking_house: House, said_: str, answer: str) -> None:
    assert answer in await said(linking_house, said_)


async def test_an_installation_without_a_registration_says_what_to_set(house: House) -> None:
    assert "GMAIL_CLIENT_ID" in await said(house, "/link gmail")


async def test_google_being_away_is_said_and_the_next_try_works(
    linking_house: House, google: Google, browser: Browser
) -> None:
    google.oauth.down = True
    page = await browser.open(await address(linking_house))
    assert (page.status_code, "Google does not answer" in page.text) == (httpx.codes.SERVICE_UNAVAILABLE, True)
    google.oauth.down = False
    assert (await browser.open(await address(linking_house))).status_code == 200
