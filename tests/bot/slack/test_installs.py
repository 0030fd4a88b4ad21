"""Many workspaces: installed by OAuth with sealed tokens, kept apart, and stopped when they take us out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from storage.values.errors import NeedsPerson
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, Door, open_door
from tests.fakes.slack_methods import file_object
from tests.fakes.slack_server import CLIENT_ID, FakeSlack, open_slack
from tests.fakes.slack_world import Upload
from tools.work import FOLLOW_UP

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # the SDK's own use of aiohttp


@asynccontextmanager
async def opened(house: House, *, socket: bool = False) -> AsyncIterator[tuple[Door, FakeSlack]]:
    """Our app, installed nowhere yet, and two workspaces."""
    async with open_slack() as slack:
        for team in ("T1", "T2"):
            slack.world.add(team, ANA, BEA, channels=("C1",), installed=False)
        async with open_door(house, slack, oauth=True, socket=socket) as door:
            yield door, slack


async def go(door: Door) -> tuple[str, str]:
    """A browser goes to the install page; gives the state and its cookie."""
    page = await door.web.get("/slack/install")
    assert page.status_code == 200
    url = next(part for part in page.text.split('"') if "authorize" in part)
    assert urlsplit(url).netloc == urlsplit(door.slack.root).netloc
    asked = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
    assert asked["client_id"] == [CLIENT_ID]
    cookie = page.headers["set-cookie"].partition(";")[0]
    door.web.cookies.clear()
    return asked["state"][0], cookie


async def install(door: Door, team: str, user: str = ANA) -> int:
    """Somebody installs us; gives the status of the page that they end on."""
    state, cookie = await go(door)
    door.slack.world.codes["code"] = team, user
    answer = await door.web.get(f"/slack/oauth_redirect?code=code&state={state}", headers={"Cookie": cookie})
    return answer.status_code


def said(door: Door, team: str, user: str = ANA) -> list[str]:
    """What we said to a member."""
    space = door.slack.world.workspaces[team]
    return [str(one["text"]) for one in door.slack.world.messages[team, space.direct(user)] if one.get("bot_id")]


async def test_two_workspaces_install_and_each_is_a_tenant_of_its_own(house: House) -> None:
    async with opened(house) as (door, _slack):
        assert await install(door, "T1") == 200
        assert await install(door, "T2") == 200
        await door.say("help", team="T1")
        await door.say("help", team="T2")
        assert (len(said(door, "T1")), len(said(door, "T2"))) == (1, 1)
        rows = await house.sql("SELECT tenant FROM identities WHERE channel = 'slack'")
        assert len({row.tenant for row in rows}) == 2


async def test_who_installed_is_the_admin_and_a_member_moves_in_with_the_first_message(house: House) -> None:
    async with opened(house) as (door, _slack):
        await install(door, "T1")
        await door.say("help", BEA, team="T1")
        rows = await house.sql("SELECT name, role FROM people WHERE name LIKE 'Member%%' ORDER BY created_at")
        assert [(row.name, row.role) for row in rows] == [("Member U1", "admin"), ("Member U2", "user")]
        assert "/undo" in said(door, "T1", BEA)[-1]


async def test_a_token_is_never_stored_in_clear(house: House) -> None:
    async with opened(house) as (door, slack):
        await install(door, "T1")
        (row,) = await house.sql("SELECT * FROM installations")
        assert slack.world.workspaces["T1"].token.encode() not in bytes(row.token)
        assert "xoxb" not in str(row)
        (signed,) = await house.sql("SELECT details FROM audit WHERE action = 'slack_installed'")
        assert b"xoxb" not in bytes(signed.details)


@pytest.mark.parametrize("wrong", ["no cookie", "another state", "used state", "no code", "wrong code"])
async def test_a_way_back_that_is_not_the_way_there_installs_nothing(house: House, wrong: str) -> None:
    async with opened(house) as (door, slack):
        state, cookie = await go(door)
        slack.world.codes["code"] = "T1", ANA
        headers = {} if wrong == "no cookie" else {"Cookie": cookie}
        if wrong == "another state":
            state = "made-up"
        if wrong == "used state":
            await door.web.get(f"/slack/oauth_redirect?state={state}", headers=headers)
        code = {"no code": "", "wrong code": "code=guessed&"}.get(wrong, "code=code&")
        answer = await door.web.get(f"/slack/oauth_redirect?{code}state={state}", headers=headers)
        assert answer.status_code in (400, 401)
        assert await house.one("SELECT count(*) FROM installations") == 0


async def test_a_person_who_declines_installs_nothing(house: House) -> None:
    async with opened(house) as (door, _slack):
        answer = await door.web.get("/slack/oauth_redirect?error=access_denied")
        assert "access_denied" in answer.text
        assert await house.one("SELECT count(*) FROM installations") == 0


@pytest.mark.parametrize("event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["B1"]}}])
async def test_a_workspace_that_takes_us_out_is_forgotten_and_its_people_are_stopped(
    house: House, event: dict[str, object]
) -> None:
    async with opened(house) as (door, slack):
        await install(door, "T1")
        await install(door, "T2")
        await door.say("help", team="T1")
        (ana,) = await house.sql("SELECT tenant, person FROM identities WHERE external = 'T1:U1'")
        async with house.database.acting_as(ana.tenant) as tx:
            await tx.jobs.add(FOLLOW_UP.kind, FOLLOW_UP.queue.name, {}, person=ana.person)
        await door.event(event, team="T1")
        slack.world.workspaces["T1"].installed = False
        assert [row.team for row in await house.sql("SELECT team FROM installations")] == ["T2"]
        assert await house.one("SELECT state FROM jobs WHERE person = %s", ana.person) == "cancelled"
        with pytest.raises(NeedsPerson, match="not installed"):
            await door.platform.api.call("T1", "auth.test", {})
        await door.say("help", team="T1")
        assert len(said(door, "T1")) == 1
        await door.say("help", team="T2")
        assert len(said(door, "T2")) == 1


async def test_tokens_of_people_that_are_taken_back_are_no_reason_to_leave(house: House) -> None:
    async with opened(house) as (door, _slack):
        await install(door, "T1")
        await door.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, team="T1")
        assert await house.one("SELECT count(*) FROM installations") == 1


async def test_installing_again_lets_the_people_in_again(house: House) -> None:
    async with opened(house) as (door, _slack):
        await install(door, "T1")
        await door.event({"type": "app_uninstalled"}, team="T1")
        await install(door, "T1")
        await door.say("help", team="T1")
        assert "/undo" in said(door, "T1")[-1]
        assert await house.one("SELECT count(*) FROM people WHERE suspended <> ''") == 0


async def test_a_member_who_begins_with_a_file_is_let_in_with_it(house: House) -> None:
    async with opened(house) as (door, slack):
        await install(door, "T1")
        upload = Upload("F1", "sales.csv", 30, content=b"month,revenue\n2026-01,100\n2026-")
        slack.world.files["F1"] = upload
        await door.say("", BEA, team="T1", subtype="file_share", files=[file_object(upload, slack.root)])
        assert "sales.csv" in said(door, "T1", BEA)[-1]


@pytest.mark.parametrize(
    "member", [{"is_restricted": True}, {"is_stranger": True}, {"team_id": "T9"}, {"is_bot": True}]
)
async def test_a_guest_or_a_member_of_another_workspace_needs_a_code(house: House, member: dict[str, object]) -> None:
    async with opened(house) as (door, slack):
        await install(door, "T1")
        slack.world.workspaces["T1"].special[BEA] = member
        await door.say("help", BEA, team="T1")
        assert said(door, "T1", BEA)[-1].startswith("I do not know you yet")


async def test_a_second_workspace_is_served_through_the_socket_too(house: House) -> None:
    async with opened(house, socket=True) as (door, _slack):
        await install(door, "T2")
        await door.say("help", team="T2")
        assert len(said(door, "T2")) == 1
