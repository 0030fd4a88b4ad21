"""Linking Outlook, against a sign-in that speaks https and rotates its tokens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from storage.values.clock import now
from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable
from tests.fakes.graph_entra import CLIENT, SECRET, open_entra
from tests.fakes.graph_house import REDIRECT, SignIn
from tests.fakes.graph_server import open_graph
from tools.mail.linking.link import App, Grant
from tools.mail.linking.microsoft import MicrosoftLink


@pytest.fixture
async def sign_in(tmp_path: Path) -> AsyncIterator[SignIn]:
    async with open_entra(tmp_path) as entra, open_graph() as graph:
        graph.tokens = entra.tokens
        yield SignIn(entra, graph)


async def test_a_consent_becomes_a_grant_whose_owner_graph_names(sign_in: SignIn):
    grant = await sign_in.granted()
    assert grant.fresh(now())
    assert {"Mail.ReadWrite", "Mail.Send"} <= grant.scopes
    assert await sign_in.link.owner(grant) == "ana@example.org"


async def test_the_page_is_asked_with_pkce_and_for_no_more_than_is_needed(sign_in: SignIn):
    begun = await sign_in.link.begin(REDIRECT, "a-ticket")
    asked = dict(parse_qsl(urlsplit(begun.url).query))
    wanted = {"Mail.ReadWrite", "Mail.Send", "User.Read", "offline_access", "openid", "profile"}
    assert set(asked["scope"].split()) == wanted
    assert (asked["code_challenge_method"], asked["state"], asked["redirect_uri"]) == ("S256", "a-ticket", REDIRECT)
    assert SECRET not in begun.url


async def test_nobody_but_the_authority_is_asked_when_discovery_is_off(sign_in: SignIn):
    await sign_in.link.refresh(await sign_in.granted())
    assert set(sign_in.entra.asked) == {"/common/v2.0/.well-known/openid-configuration"}


async def test_a_refresh_rotates_and_the_newest_token_is_kept(sign_in: SignIn):
    grant = await sign_in.granted()
    for _ in range(3):
        grant = await sign_in.link.refresh(Grant.from_text(grant.to_text()))
        assert grant.access in sign_in.entra.tokens
    assert sign_in.entra.refreshes == 3
    assert not sign_in.entra.family_ended


async def test_tokens_that_came_from_another_host_than_the_authority_are_renewed_and_rotate(sign_in: SignIn):
    grant = await sign_in.granted()
    host = urlsplit(sign_in.entra.authority).netloc
    moved = replace(grant, keep=grant.keep.replace(host, "sign-in.example"))
    for _ in range(3):
        moved = await sign_in.link.refresh(moved)
        assert moved.access in sign_in.entra.tokens
    assert not sign_in.entra.family_ended


async def test_an_old_refresh_token_ends_the_access_and_needs_a_person(sign_in: SignIn):
    grant = await sign_in.granted()
    newer = await sign_in.link.refresh(grant)
    with pytest.raises(NeedsPerson):
        await sign_in.link.refresh(grant)
    with pytest.raises(NeedsPerson):
        await sign_in.link.refresh(newer)


async def test_a_code_serves_once(sign_in: SignIn):
    flow, answer = await sign_in.agreed()
    await sign_in.link.finish(flow, REDIRECT, answer)
    with pytest.raises(Refused, match="used once"):
        await sign_in.link.finish(flow, REDIRECT, answer)


@pytest.mark.parametrize(
    ("what", "value"), [("code_verifier", "another" * 8), ("state", "foreign"), ("nonce", "stale")]
)
async def test_an_answer_to_another_flow_is_refused(sign_in: SignIn, what: str, value: str):
    flow, answer = await sign_in.agreed()
    with pytest.raises(Refused):
        await sign_in.link.finish(json.dumps({**json.loads(flow), what: value}), REDIRECT, answer)


@pytest.mark.parametrize(
    "claims", [{"iss": "https://evil.example/v2.0"}, {"aud": "another-app"}, {"exp": 1}, {"tid": "another-tenant"}]
)
async def test_a_token_that_is_not_for_us_is_refused(sign_in: SignIn, claims: dict[str, object]):
    sign_in.entra.claims = claims
    with pytest.raises(Refused, match="not made for this Deskhand"):
        await sign_in.granted()


async def test_reduced_scopes_are_refused_by_name(sign_in: SignIn):
    sign_in.entra.granted = "https://graph.microsoft.com/Mail.ReadWrite User.Read openid"
    with pytest.raises(Refused, match=r"\(Mail.Send is missing\)"):
        await sign_in.granted()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": "access_denied"}, "You did not agree"),
        (
            {"error": "access_denied", "error_description": "AADSTS65004: User declined to consent."},
            "You did not agree",
        ),
        ({"error": "consent_required", "error_description": "AADSTS90094: admin"}, "only its administrator"),
        ({"error": "invalid_request", "error_description": "AADSTS50105: user"}, "not given you Deskhand"),
        ({"error": "strange", "error_description": "AADSTS7777777: secret-of-hers"}, "AADSTS7777777"),
    ],
)
async def test_what_microsoft_declines_is_said_in_words(sign_in: SignIn, answer: dict[str, str], words: str):
    begun = await sign_in.link.begin(REDIRECT, "a-ticket")
    with pytest.raises(Refused, match=words) as trouble:
        await sign_in.link.finish(begun.flow, REDIRECT, {**answer, "state": "a-ticket"})
    assert "secret-of-hers" not in str(trouble.value)


async def test_a_wrong_secret_is_for_whoever_runs_this(sign_in: SignIn):
    flow, answer = await sign_in.agreed()
    with pytest.raises(Refused, match="OUTLOOK_CLIENT_SECRET"):
        await MicrosoftLink(App(CLIENT, "wr0ng", sign_in.app.settings)).finish(flow, REDIRECT, answer)


@pytest.mark.parametrize("kind", ["interaction_required", "invalid_grant"])
async def test_a_grant_that_ended_needs_a_person(sign_in: SignIn, kind: str):
    grant = await sign_in.granted()
    sign_in.entra.says = {"error": kind, "error_description": "AADSTS50173: fresh auth token is needed"}
    with pytest.raises(NeedsPerson, match="link it again"):
        await sign_in.link.refresh(grant)


async def test_a_sign_in_that_is_away_is_tried_again_later(sign_in: SignIn):
    grant = await sign_in.granted()
    sign_in.entra.down = True
    with pytest.raises(Unavailable):
        await sign_in.link.refresh(grant)


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(sign_in: SignIn):
    stranger = {name: value for name, value in sign_in.app.settings.items() if name != "tls_ca"}
    with pytest.raises(Unavailable):
        await MicrosoftLink(App(CLIENT, SECRET, stranger)).begin(REDIRECT, "a-ticket")


async def test_no_error_holds_a_secret(sign_in: SignIn):
    grant = await sign_in.granted()
    sign_in.entra.down = True
    with pytest.raises(Trouble) as trouble:
        await sign_in.link.refresh(grant)
    said = repr(trouble.value) + repr(grant) + repr(trouble.value.__cause__)
    assert not any(secret in said for secret in (SECRET, grant.access, grant.keep))


async def test_giving_back_names_the_page_on_which_a_person_can(sign_in: SignIn):
    with pytest.raises(Refused, match="end the access"):
        await sign_in.link.revoke(await sign_in.granted())


async def test_a_token_without_a_mailbox_has_no_owner(sign_in: SignIn):
    grant = await sign_in.granted()
    with pytest.raises(Refused):
        await sign_in.link.owner(replace(grant, access="none"))
