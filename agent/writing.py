"""Writing: the letter that says what a person wants to say, and the same letter changed."""

from __future__ import annotations

from langchain_core.messages import HumanMessage, SystemMessage

from agent.prompts import prompt
from agent.quoting import quoted
from storage.values.errors import Refused, Unavailable
from tools.llm.meter import spending_on
from tools.llm.model import Models
from tools.mail.email import Email
from tools.style.style import Style
from tools.style.words import for_a_model

MAIL_SHOWN = 6_000
"""Characters of the mail that the model sees: more than nearly every mail has after its quotes are cut off."""

LONGEST = 20_000
"""Characters of a letter; a longer one was not written by somebody who meant it."""


async def letter(models: Models, email: Email, wish: str, own_name: str, style: Style | None = None) -> str:
    """The body of an answer. The offline brain puts the person's words into a letter; a model may write more freely.
    `style`: how the person writes, if they let that be learned."""
    name = email.sender.name if email.sender else ""
    if models.offline:
        from tools.llm.offline.compose import compose

        if style is None:
            return compose(name, wish, own_name)
        return compose(name, wish, own_name, style.opening(name), style.closing(own_name))
    mail = f"From: {email.sender or 'unknown'}\nSubject: {email.subject}\n\n{email.reply[:MAIL_SHOWN]}"
    manner = f"How the owner writes: {for_a_model(style, own_name)}\n" if style else ""
    asked = f"Owner: {own_name}\n{manner}The owner wants to say: {wish}\n\n{quoted(mail)}"
    return await _written(models, "letter", asked)


async def redraft(models: Models, body: str, wish: str) -> str:
    """The body with a change. Refused when the offline brain does not understand the change."""
    if models.offline:
        from tools.llm.offline.redraft import redraft as changed

        text = changed(body, wish)
        if text is None:
            raise Refused(
                "I do not understand that change without a language model. Try “make it shorter”, “say Friday instead”, "
                "“add that …”, or press Edit and write it yourself."
            )
        return text
    return await _written(models, "redraft", f"The change: {wish}\n\n{quoted(body, 'draft')}")


async def _written(models: Models, name: str, asked: str) -> str:
    with spending_on("drafts"):
        answer = await models.chat.ainvoke([SystemMessage(prompt(name)), HumanMessage(asked)])
    text = str(answer.text).strip()
    if not text:
        raise Unavailable("The language model wrote nothing; please try again.")
    if len(text) > LONGEST:
        raise Refused("The language model wrote far too much for a mail; please say it differently.")
    return text
