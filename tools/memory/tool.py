"""What the agent can do with memory: remember, recall, forget."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from storage.values.access import Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox import show
from tools.memory.undo import FORGOTTEN, REMEMBERED
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox

LONGEST = 1_000
"""Characters of one fact; a fact is a sentence or two, and a longer text is a document."""

RELATED = 0.25
"""Cosine from which a fact may have to do with what was asked; MiniLM puts unrelated sentences near 0.05."""

MEANT = 0.45
"""Cosine from which a fact is taken to be the very one that is to be forgotten."""


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def remember(
    box: Toolbox, ask: Ask, fact: Annotated[str, Field(description="The fact or preference, as the person said it.")]
) -> Result:
    """Keeps a fact or a preference of the person's for later talks."""
    words = " ".join(fact.split())
    if not words:
        raise Refused("What should I remember? Say it in a sentence.")
    if len(words) > LONGEST:
        raise Refused(f"That is too long to remember ({len(words):,} characters, at most {LONGEST:,}); say the gist.")
    vector = await box.models.meaning.of_one(words)
    async with box.database.acting_as(ask.caller) as tx:
        source = f"you said so on {show.moment(now(), ask.caller.zone)}"
        memory = await tx.memories.add(ask.caller.person, words, source, vector, ask.request)
        await tx.receipts.add(
            person=ask.caller.person,
            conversation=ask.conversation,
            request=ask.request,
            action=REMEMBERED,
            words=f"Remembered: {words}",
            before={"memory": str(memory)},
            reversible=True,
        )
    return Result(f"I will remember: {show.plain(words)}")


@tool(Permission.VIEW_OWN_EMAILS)
async def recall(
    box: Toolbox, ask: Ask, query: Annotated[str, Field(description="What it is about; empty lists everything.")] = ""
) -> Result:
    """Tells what was remembered, all of it or what has to do with a topic."""
    vector = await box.models.meaning.of_one(query) if query.strip() else None
    async with box.database.acting_as(ask.caller) as tx:
        if vector is None:
            found = await tx.memories.list(ask.caller.person)
        else:
            found = await tx.memories.near(ask.caller.person, vector, 5, RELATED)
    if not found:
        return Result(
            f"I remember nothing about {query}." if query.strip() else "I have not been told anything to remember yet."
        )
    lines = [f"{number}. {row.fact} ({row.source})" for number, row in enumerate(found, start=1)]
    return Result(show.plain("\n".join(["I remember:", *lines])))


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def forget(
    box: Toolbox, ask: Ask, query: Annotated[str, Field(description="What to forget, in the person's words.")]
) -> Result:
    """Forgets a remembered fact, the one that comes nearest to what the person says."""
    if not query.strip():
        raise Refused("What should I forget? Say what it is about, or ask “what do you remember?” first.")
    vector = await box.models.meaning.of_one(query)
    async with box.database.acting_as(ask.caller) as tx:
        found = await tx.memories.near(ask.caller.person, vector, 3, RELATED)
        if not found:
            return Result(f"I remember nothing about {query}.")
        if found[0].cosine < MEANT and len(found) > 1:
            options = "\n".join(f"- {row.fact}" for row in found)
            return Result(show.plain(f"Which of these should I forget?\n{options}"))
        fact = found[0]
        same = [row.id for row in await tx.memories.list(ask.caller.person) if row.fact == fact.fact]
        await tx.memories.forget(same)
        for memory in same:
            await tx.receipts.rewrite({"memory": str(memory)}, "Remembered a fact that was forgotten since.")
        await tx.receipts.add(
            person=ask.caller.person,
            conversation=ask.conversation,
            request=ask.request,
            action=FORGOTTEN,
            words="Forgot a fact.",
            before={},
            reversible=False,
        )
    return Result(show.plain(f"Forgotten: {fact.fact}"))
