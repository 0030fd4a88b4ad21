"""Sign-ins that are not what they seem: each is refused in words, and links nothing."""

from __future__ import annotations

import asyncio
import base64
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from agent.chat import Reply
from storage.values.errors import Refused
from storage.values.ids import new_id
from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import Browser
from tests.fakes.google_oauth import Consent
from tests.fakes.program import House
from tools.mail.linking import LINKS
from tools.mail.linking.finish import finish
from tools.mail.linking.link import Linking
from tools.mail.linking.start import begin

HERE = "http://127.0.0.1:8000"
CALLBACK = f"{HERE}/oauth/gmail/callback"


async def address(house: House) -> str:
    """The address that the chat gives."""
    (word,) = await house.say("/link gmail")
    assert isinstance(word, Reply)
    return next(line for line in word.text.splitlines() if line.startswith("http"))


def changed(address_: str, /, **fields: str) -> str:
    """The address with other parameters."""
    given = {name: one for name, (one,) in parse_qs(urlsplit(address_).query).items()}
    return f"{address_.partition('?')[0]}?{urlencode({**given, **fields})}"


def parameter(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query)[name][0]


async def refused(house: House, page: httpx.Response, words: str) -> None:
    assert page.status_code == httpx.codes.BAD_REQUEST
    assert "Nothing was linked" in page.text
    assert words in page.text
    assert await house.sql("SELECT 1 FROM accounts WHERE provider = 'gmail'") == []
    assert await house.sql("SELECT 1 FROM outbox WHERE body->>'text' LIKE 'Linked%%'") == []


async def test_a_state_that_we_never_gave(linking_house: House, browser: Browser) -> None:
    tenant = linking_house.caller.tenant.bytes
    own = parameter(await address(linking_house), "ticket")
    forged = [
        "",
        "x",
        "../../etc/passwd",
        base64.urlsafe_b64encode(tenant + bytes(32)).decode(),
        base64.urlsafe_b64encode(new_id().bytes + base64.urlsafe_b64decode(own)[16:]).decode(),
        f"{own[:-1]}{'A' if own[-1] != 'A' else 'B'}",
        f"{own}\n",
        own * 500,
    ]
    for state in forged:
        page = await browser.open(f"{HERE}/oauth/gmail/start?{urlencode({'ticket': state})}")
        await refused(linking_house, page, "was not begun with me")
        page = await browser.open(f"{CALLBACK}?{urlencode({'code': '4/0x', 'state': state})}")
        await refused(linking_house, page, "was not begun with me")


async def test_a_state_of_another_provider(linking_house: House, browser: Browser) -> None:
    answer = await browser.answer_to(await address(linking_house))
    for url in (answer.replace("/gmail/", "/outlook/"), answer.replace("/gmail/", "/pigeon/")):
        await refused(linking_house, await browser.open(url), "was not begun with me")


async def test_a_state_is_good_for_its_own_provider_only(
    linking_house: House, google: Google, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LINKS, "other", LINKS["gmail"])
    both = Linking({"gmail": google.app, "other": google.app})
    answer = await browser.answer_to(await address(linking_house))
    given = {name: one for name, (one,) in parse_qs(urlsplit(answer).query).items()}

    async def nobody(*_: object) -> None:
        raise AssertionError

    with pytest.raises(Refused, match="was not begun with me"):
        await finish(linking_house.database, both, "other", given, nobody)
    with pytest.raises(Refused, match="was not begun with me"):
        await begin(linking_house.database, both, "other", given["state"])
    assert (await browser.open(answer)).status_code == httpx.codes.OK


async def test_an_answer_twice(linking_house: House, browser: Browser) -> None:
    url = await address(linking_house)
    answer = await browser.answer_to(url)
    kept = dict(browser.client.cookies)
    assert (await browser.open(answer)).status_code == httpx.codes.OK
    browser.client.cookies.update(kept)
    again = await browser.open(answer)
    assert (again.status_code, "was used already" in again.text) == (httpx.codes.BAD_REQUEST, True)
    assert "was used already" in (await browser.open(url)).text
    assert len(await linking_house.sql("SELECT 1 FROM accounts WHERE provider = 'gmail'")) == 1


async def test_two_answers_at_once_link_once(linking_house: House, google: Google, browser: Browser) -> None:
    answer = await browser.answer_to(await address(linking_house))
    pages = await asyncio.gather(*(browser.get(answer) for _ in range(5)))
    assert sorted(page.status_code for page in pages) == [200, 400, 400, 400, 400]
    assert len(google.oauth.families) == 1


async def test_somebody_elses_code_in_ones_own_sign_in(linking_house: House, browser: Browser) -> None:
    stolen = parameter(await browser.answer_to(await address(linking_house)), "code")
    own = await browser.answer_to(await address(linking_house))
    page = await browser.open(changed(own, code=stolen))
    await refused(linking_house, page, "did not accept the sign-in")


async def test_an_answer_in_another_persons_browser(linking_house: House, browsers: tuple[Browser, Browser]) -> None:
    ana, victim = browsers
    answer = await ana.answer_to(await address(linking_house))
    await refused(linking_house, await victim.open(answer), "was not begun with me")
    posted = await victim.client.post(
        "/oauth/gmail/callback", data={"code": "4/0x", "state": parameter(answer, "state")}
    )
    await refused(linking_house, await victim.open(HERE + posted.headers["location"]), "was not begun with me")
    assert (await ana.open(answer)).status_code == httpx.codes.OK


async def test_a_sign_in_without_the_proof(linking_house: House, google: Google, browser: Browser) -> None:
    begun = (await browser.get(await address(linking_house))).headers["location"]
    given = {name: one for name, (one,) in parse_qs(urlsplit(begun).query).items()}
    for missing in ("code_challenge", "code_challenge_method"):
        bare = {name: one for name, one in given.items() if name != missing}
        assert (await browser.outside.get(f"{google.url}/o/oauth2/v2/auth?{urlencode(bare)}")).status_code == 400
    other = changed(begun, code_challenge="A" * 43)
    answer = (await browser.outside.get(other)).headers["location"]
    await refused(linking_house, await browser.open(answer), "did not accept the sign-in")


async def test_an_answer_of_another_issuer(linking_house: House, browser: Browser) -> None:
    answer = await browser.answer_to(await address(linking_house))
    await refused(
        linking_house, await browser.open(changed(answer, iss="https://evil.example")), "did not come from Google"
    )


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iss": "https://evil.example"}, "not made for this Deskhand"),
        ({"aud": "another.apps.example"}, "not made for this Deskhand"),
        ({"exp": 1}, "not made for this Deskhand"),
        ({"nonce": "another"}, "not made for this Deskhand"),
        ({"nonce": None}, "not made for this Deskhand"),
        ({"email_verified": False}, "has not verified the address"),
        ({"email": ""}, "has not verified the address"),
    ],
)
async def test_an_identity_that_is_not_for_us(
    linking_house: House, google: Google, browser: Browser, claims: dict[str, object], words: str
) -> None:
    google.oauth.claims = claims
    await refused(linking_house, await browser.open(await address(linking_house)), words)
    assert google.oauth.revoked == [ADDRESS]


async def test_fewer_rights_than_are_needed(linking_house: House, google: Google, browser: Browser) -> None:
    google.oauth.consent = Consent(ADDRESS, untick=frozenset({"https://www.googleapis.com/auth/gmail.modify"}))
    await refused(linking_house, await browser.open(await address(linking_house)), "leave every box ticked")
    assert google.oauth.revoked == [ADDRESS]


async def test_a_person_who_declines(linking_house: House, google: Google, browser: Browser) -> None:
    google.oauth.consent = Consent(ADDRESS, declines=True)
    await refused(linking_house, await browser.open(await address(linking_house)), "You did not agree")


@pytest.mark.parametrize("name", ["next", "redirect_uri", "redirect", "return_to", "continue", "url"])
async def test_no_parameter_leads_elsewhere(linking_house: House, google: Google, browser: Browser, name: str) -> None:
    evil = {name: "https://evil.example/"}
    begun = await browser.get(changed(await address(linking_house), **evil))
    assert begun.headers["location"].startswith(f"{google.url}/o/oauth2/v2/auth?")
    assert "evil" not in begun.headers["location"]
    answer = (await browser.outside.get(begun.headers["location"])).headers["location"]
    page = await browser.get(changed(answer, **evil))
    assert (page.status_code, page.headers.get("location")) == (200, None)
    posted = await browser.client.post("/oauth/gmail/callback", data=evil)
    assert posted.headers["location"].startswith("/oauth/gmail/callback?")


async def test_a_sign_in_that_took_longer_than_ten_minutes(linking_house: House, browser: Browser) -> None:
    url = await address(linking_house)
    answer = await browser.answer_to(url)
    await linking_house.sql("UPDATE oauth_states SET expires_at = now() - interval '1 second'")
    await refused(linking_house, await browser.open(answer), "older than ten minutes")
    await refused(linking_house, await browser.open(url), "older than ten minutes")


async def test_somebody_who_was_suspended_meanwhile(linking_house: House, browser: Browser) -> None:
    answer = await browser.answer_to(await address(linking_house))
    await linking_house.sql("UPDATE people SET suspended = 'Left the company.'")
    await refused(linking_house, await browser.open(answer), "Your access is suspended")


async def test_what_a_provider_says_is_shown_as_text(linking_house: House, google: Google, browser: Browser) -> None:
    from tests.fakes.google_accounts import GoogleAccount

    name = '"<img src=x onerror=alert(1)>"@gmail.example'
    google.accounts[name] = GoogleAccount(name)
    google.oauth.consent = Consent(name)
    page = await browser.open(await address(linking_house))
    assert page.status_code == 200
    assert "<img" not in page.text


async def test_no_answer_of_ours_holds_a_secret(
    linking_house: House, google: Google, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    secret, google.oauth.secret = google.oauth.secret, "another"
    page = await browser.open(await address(linking_house))
    await refused(linking_house, page, "whoever runs it checks GMAIL_CLIENT_ID")
    assert secret not in page.text + caplog.text
    assert all(secret not in url for url in browser.visited)
