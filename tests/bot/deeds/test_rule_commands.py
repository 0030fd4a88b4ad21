"""/rules, /templates and /autoreply, as a person uses them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.chat import Card, Reply
from storage.values.access import Role
from tests.fakes.program import House, letter, maildir, open_house, shown_card, token
from tests.fakes.unattended import answers_kiln_mail, comes, has_rule, has_template

WHEN = "/rules when a mail from kiln.example mentions kiln, label it Pottery"
PARTS = letter("Kiln parts", "Are they in?", at=datetime.now(UTC), message_id="parts")


async def said(house: House, text: str) -> str:
    """What is answered, as text."""
    return "\n".join(word.text for word in await house.say(text) if isinstance(word, Reply | Card))


async def test_a_rule_in_words_is_rehearsed_on_a_card_and_saved_by_a_press(house: House) -> None:
    card = shown_card(await house.say(WHEN))
    told = {one.label: one.value for one in card.fields}
    assert told["Then"] == "label it Pottery"
    assert "1 fit" in told["Rehearsal"]
    assert "Bo Lind: Kiln" in told["Rehearsal"]
    assert (await house.mail("Kiln")).labels == []
    assert "no rules yet" in await said(house, "/rules")
    await house.press(card, "Save & switch on")
    assert "label it Pottery" in await said(house, "/rules")
    await comes(house, PARTS)
    assert (await house.mail("Kiln parts")).labels == ["Pottery"]


async def test_a_card_is_settled_once(house: House) -> None:
    card = shown_card(await house.say(WHEN))
    await house.press(card, "Discard")
    (word,) = await house.press(card, "Save & switch on")
    assert "decided already" in word.text  # type: ignore[union-attr]
    assert "no rules yet" in await said(house, "/rules")


async def test_only_watching_is_a_shadow(house: House) -> None:
    card = shown_card(await house.say(WHEN))
    await house.press(card, "Only watch for 7 days")
    await comes(house, PARTS)
    assert (await house.mail("Kiln parts")).labels == []
    listed = await said(house, "/rules")
    assert "only watching until" in listed
    assert "1 mail in 30 days" in listed


async def test_yaml_is_taken_as_it_is_and_refused_with_its_line(house: House) -> None:
    card = shown_card(
        await house.say(
            "/rules add\nid: a\nconditions:\n- {field: subject, operator: contains, value: x}\nactions:\n- {type: flag}"
        )
    )
    assert card.title == "Save the rule “a”?"
    wrong = await said(
        house, "/rules add\nid: a\nconditions:\n- {field: subjekt, operator: contains, value: x}\nactions: []"
    )
    assert wrong == "Line 3: the field `subjekt` is unknown; did you mean `subject`?"


async def test_rules_are_switched_ordered_exported_and_removed(house: House) -> None:
    await has_rule(house)
    await has_rule(
        house, "id: flags\nconditions: [{field: subject, operator: contains, value: x}]\nactions: [{type: flag}]"
    )
    assert "Rule away is off." in await said(house, "/rules off away")
    assert "applies first now" in await said(house, "/rules first 2")
    listed = await said(house, "/rules")
    assert listed.index("1. flags") < listed.index("2. away (off)")
    assert "- id: flags" in await said(house, "/rules export")
    assert "Nothing was done. Of 1 mail of" in await said(house, "/rules test away 30")
    assert "is gone" in await said(house, "/rules remove away")
    assert "no rule “away”" in await said(house, "/rules show away")


async def test_a_rehearsal_tells_hits_near_misses_and_what_would_have_been_sent(house: House) -> None:
    await answers_kiln_mail(house)
    for number, subject in enumerate(["Kiln one", "Kiln refund please", "Oven"]):
        await house.deliver(letter(subject, "Hm.", sender=f"P{number} <p{number}@x.example>", message_id=f"m{number}"))
    await house.sql("UPDATE emails SET category = 'personal', confidence = 0.99")
    told = await said(house, "/rules test away")
    assert "3 fit" in told
    assert "2 auto-replies would have left without a click" in told
    assert "1 would not: a sensitive topic: refund" in told
    near = await said(house, "/rules test when a mail from x.example has kiln in the subject, label it X")
    assert "2 fit, 2 nearly" in near
    assert "Oven (but not: subject contains “kiln”)" in near


async def test_a_template_is_written_shown_approved_and_changed(house: House) -> None:
    first = await house.say("/templates add away: Hello {{sender_name | there}}, back on Monday.")
    card = shown_card(first)
    assert card.title == "Approve template “away” v1?"
    await house.press(card, "Approve for sending without a click")
    assert "away v1 (approved" in await said(house, "/templates")
    changed = await said(house, "/templates add away: Hello {{sender_name | there}}, back on Tuesday.")
    assert "The approval of the version before does not hold" in changed
    assert "away v2 (not approved yet)" in await said(house, "/templates")
    (word,) = await house.press(card, "Approve for sending without a click")
    assert "newer version" in word.text  # type: ignore[union-attr]


async def test_who_may_not_approve_sees_no_button_and_is_refused(house: House) -> None:
    await house.sql("UPDATE people SET role = %s", Role.USER)
    card = shown_card(await house.say("/templates add away: Back on Monday."))
    assert card.buttons == ()
    assert "needs approve_templates" in await said(house, "/templates approve away")


async def test_the_templates_of_others_are_for_who_may_approve(house: House) -> None:
    await has_template(house)
    await has_template(house, name="thanks", approved=False)
    place = maildir(house.servers.home / "other", [letter("Glaze")])
    async with open_house(house.servers, "maildir", place, "Cy") as other:
        assert "thanks of Ana Sousa v1 (not approved yet)" in await said(other, "/templates")
        await house.sql("UPDATE people SET role = %s WHERE name = 'Cy'", Role.USER)
        assert "thanks" not in await said(other, "/templates")
        assert "There is no template" in await said(other, "/templates revoke away")
        assert "There is no template" in await said(other, "/templates remove away")
        assert await house.one("SELECT state FROM templates WHERE name = 'away'") == "approved"
        await house.sql("UPDATE people SET role = %s WHERE name = 'Cy'", Role.APPROVER)
        assert "not sent without a click any more" in await said(other, "/templates revoke away")
    actions = [row.action for row in await house.sql("SELECT action FROM audit ORDER BY number")]
    assert actions[-1] == "template_revoked"


async def test_whoever_approves_a_template_stands_in_the_audit_with_its_text(house: House) -> None:
    card = shown_card(await house.say("/templates add away: Back on Monday."))
    await house.press(card, "Approve for sending without a click")
    async with house.database.acting_as(house.caller) as tx:
        (row,) = await tx.audit.page("template_approved", 0, 5)
        assert (await tx.audit.details(row))["body"] == "Back on Monday."
        assert row.person == house.caller.person


async def test_a_forged_press_of_an_approval_is_refused_by_role(house: House) -> None:
    card = shown_card(await house.say("/templates add away: Back on Monday."))
    assert token(card, "Approve for sending without a click")
    await house.sql("UPDATE people SET role = %s", Role.USER)
    async with house.beside() as other:
        (word,) = await other.press(card, "Approve for sending without a click")
    assert "does not allow that" in word.text  # type: ignore[union-attr]
    assert await house.one("SELECT state FROM templates") == "draft"


@pytest.mark.parametrize(
    "text", ["Hello [Your Name]", "Hi {{nobody}}", "Dear {name}", "{{sender_name}} owes XXX", "Hi <<first name>>"]
)
async def test_what_is_left_open_in_a_template_is_refused(house: House, text: str) -> None:
    assert "Line 1:" in await said(house, f"/templates add away: {text}")
    assert await house.one("SELECT count(*) FROM templates") == 0


async def test_an_approval_can_be_taken_back(house: House) -> None:
    await has_template(house)
    assert "not sent without a click any more" in await said(house, "/templates revoke away")
    assert await house.one("SELECT state FROM templates") == "revoked"


async def test_the_limits_are_set_by_their_owner_and_never_below_the_floor(house: House) -> None:
    assert "Auto-replies are off; 0 of 10" in await said(house, "/autoreply")
    assert "Auto-replies are on" in await said(house, "/autoreply on")
    assert "0 of 3" in await said(house, "/autoreply limit 3")
    assert "never laxer" in await said(house, "/autoreply sure 0.5")
    assert "warranty" in await said(house, "/autoreply sensitive add warranty")
    assert "dispute" not in await said(house, "/autoreply sensitive drop dispute")
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'auto_reply_settings_changed'") == 4
