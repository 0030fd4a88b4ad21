"""Gmail calls us through Pub/Sub: only what Google signed for us counts, and being told often is being told once."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

from bot.program import Program
from bot.settings import Settings
from bot.web.app import build
from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import linked_before
from tests.fakes.program import House, Servers, letter, open_house
from tools.mail.linking.link import App, Linking
from tools.mail.listening import keep_listening
from tools.work import STEADY

PUBLIC = "https://desk.example"
TOPIC = "projects/desk-1/topics/mail"
ACCOUNT = "push@desk-1.iam.gserviceaccount.example"


class Signer:
    """Somebody with a key and its certificate."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def certificate(self) -> str:
        own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        begins = datetime.now(UTC) - timedelta(days=1)
        made = (
            x509.CertificateBuilder()
            .subject_name(own)
            .issuer_name(own)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=9))
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode()

    def token(self, **changed: Any) -> str:
        """Google's token for us, with these claims changed."""
        claims = {
            "iss": "https://accounts.google.com",
            "aud": f"{PUBLIC}/hooks/gmail",
            "email": ACCOUNT,
            "email_verified": True,
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
            **changed,
        }
        plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        signer = crypt.RSASigner.from_string(self._key.private_bytes(*plain).decode(), self.name)
        return str(jwt.encode(signer, claims).decode())


@pytest.fixture(scope="module")
def signers() -> tuple[Signer, Signer]:
    """Google, and somebody else."""
    return Signer("google-1"), Signer("google-1")


@dataclass
class Called:
    """A house that Google reaches by its public address."""

    house: House
    google: Google
    signer: Signer
    web: httpx.AsyncClient
    told: dict[str, Any] = field(default_factory=lambda: {"emailAddress": ADDRESS, "historyId": 99})

    async def call(self, token: str | None = None, body: bytes | None = None) -> int:
        data = base64.b64encode(json.dumps(self.told).encode()).decode()
        message = {"message": {"data": data, "messageId": "1"}, "subscription": "projects/desk-1/subscriptions/s"}
        headers = {"Authorization": f"Bearer {self.signer.token() if token is None else token}"}
        content = json.dumps(message).encode() if body is None else body
        return (await self.web.post("/hooks/gmail", content=content, headers=headers)).status_code

    async def polls(self) -> int:
        return int(await self.house.one("SELECT count(*) FROM jobs WHERE kind = 'poll_mail' AND state = 'pending'"))


@pytest.fixture
async def called(servers: Servers, google: Google, signers: tuple[Signer, Signer]) -> AsyncIterator[Called]:
    google.oauth.certs = {"google-1": signers[0].certificate()}
    google.account.deliver(letter(to=ADDRESS))
    app = google.app
    pushed = App(app.client_id, app.client_secret, {**app.settings, "push_topic": TOPIC})
    registered = replace(servers, linking=Linking({"gmail": pushed}, PUBLIC))
    async with open_house(registered, "gmail", linked_before(google)) as house:
        settings = Settings(
            deskhand_home=servers.home,
            public_url=PUBLIC,
            gmail_push_topic=TOPIC,
            gmail_push_account=ACCOUNT,
            google_certs_uri=f"{google.url}/oauth2/v1/certs",
            _env_file=None,  # type: ignore[call-arg]
        )
        asgi = build(Program(settings, house.box, house.database, servers.redis_url, servers.admin_url))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=asgi), base_url=PUBLIC) as web:
            yield Called(house, google, signers[0], web)


async def test_being_told_ten_times_asks_for_one_poll_which_reads(called: Called) -> None:
    called.google.account.deliver(letter("Glaze", to=ADDRESS))
    assert [await called.call() for _ in range(10)] == [204] * 10
    assert await called.polls() == 1
    await called.house.work(STEADY)
    assert (await called.house.mail("Glaze")).folder == "INBOX"
    assert called.google.oauth.asked["/certs"] == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "https://other.example/hooks/gmail"},
        {"email": "somebody@evil.example"},
        {"email_verified": False},
        {"exp": 1000, "iat": 1},
        {"iat": 4102444800, "exp": 4102448400},
    ],
)
async def test_a_token_that_is_not_for_us_is_not_believed(called: Called, claims: dict[str, Any]) -> None:
    assert await called.call(called.signer.token(**claims)) == 401
    assert await called.polls() == 0


async def test_a_token_that_google_did_not_sign_is_not_believed(called: Called, signers: tuple[Signer, Signer]) -> None:
    head, body, signature = called.signer.token().split(".")
    nothing = base64.urlsafe_b64encode(b'{"alg":"none","kid":"google-1"}').decode()
    for token in (
        signers[1].token(),
        "",
        "x",
        f"{head}.{body}.",
        f"{nothing}.{body}.",
        f"{head}.{head}.{signature}",
        "a" * 9000,
    ):
        assert await called.call(token) == 401
    assert await called.polls() == 0


async def test_a_key_that_nobody_knows_is_asked_for_once_a_minute(called: Called) -> None:
    stranger = Signer("made-up")
    assert [await called.call(stranger.token()) for _ in range(5)] == [401] * 5
    assert called.google.oauth.asked["/certs"] == 1


async def test_without_certificates_it_is_told_again_later(called: Called) -> None:
    called.google.oauth.down = True
    assert await called.call() == 503
    called.google.oauth.down = False
    assert await called.call() == 204


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'{"message": {"data": "eA=="}}', b"[" * 50_000, b"{" + b" " * 70_000]
)
async def test_nonsense_asks_for_nothing(called: Called, body: bytes) -> None:
    assert await called.call(body=body) in (204, 400)
    assert await called.polls() == 0


async def test_somebody_elses_mailbox_asks_for_nothing(called: Called) -> None:
    called.told["emailAddress"] = "stranger@gmail.example"
    assert await called.call() == 204
    assert await called.polls() == 0


async def test_gmail_is_asked_to_tell_and_again_in_time(called: Called) -> None:
    house, gmail = called.house, called.google.gmail
    for _ in range(3):
        await keep_listening(house.box.mailboxes, house.caller.tenant, house.account)
    assert gmail.watched == {ADDRESS: TOPIC}
    assert gmail.calls["POST /watch"] == 1
    await house.sql("UPDATE subscriptions SET until = now() + interval '1 day'")
    await keep_listening(house.box.mailboxes, house.caller.tenant, house.account)
    assert gmail.calls["POST /watch"] == 2
    assert await house.one("SELECT until > now() + interval '5 days' FROM subscriptions")


async def test_where_push_is_not_set_up_nobody_listens(house: House) -> None:
    settings = Settings(deskhand_home=house.servers.home, _env_file=None)  # type: ignore[call-arg]
    asgi = build(Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=asgi), base_url=PUBLIC) as web:
        assert (await web.post("/hooks/gmail", content=b"{}")).status_code == 404
