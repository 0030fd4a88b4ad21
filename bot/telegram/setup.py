"""What Telegram is told about us at the start: our commands by kind of chat, a description, and where updates go."""

from __future__ import annotations

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    MenuButtonCommands,
)
from telegram.ext import ExtBot

from bot.commands import COMMANDS
from bot.telegram.inbound import IN_GROUPS, UPDATES
from bot.telegram.wire import translated

OWN = (("menu", "your accounts, drafts, mail and jobs at a glance"), ("stop", "stop what is under way"))
"""What the table of commands does not hold, since it is Telegram's own or comes before everything."""

LONGEST_HELP = 256
MOST = 100
ABOUT = (
    "Deskhand works your inbox and your numbers: it finds, labels and drafts mail, analyses tables and reminds you. "
    "Nothing leaves without your click."
)


def commands(*, groups: bool) -> list[BotCommand]:
    """The commands of a private chat, or those that are answered in groups."""
    table = [(one.name, f"{one.help} {one.usage}".strip()) for one in COMMANDS]
    known = {name: words for name, words in [*OWN, *table] if not groups or name in IN_GROUPS}
    return [BotCommand(name, words[:LONGEST_HELP]) for name, words in known.items()][:MOST]


async def introduce(bot: ExtBot[None]) -> None:
    """Registers the commands for each kind of chat, the description and the menu button."""
    with translated():
        scopes: list[tuple[BotCommandScope, bool]] = [
            (BotCommandScopeAllPrivateChats(), False),
            (BotCommandScopeAllGroupChats(), True),
            (BotCommandScopeAllChatAdministrators(), True),
        ]
        for scope, groups in scopes:
            await bot.set_my_commands(commands(groups=groups), scope=scope)
        await bot.set_my_description(ABOUT)
        await bot.set_my_short_description(ABOUT[: ABOUT.index(":")] + ".")
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


async def call_back(bot: ExtBot[None], url: str, secret: str) -> None:
    """Updates come to this address, with the secret. What waits is kept: it may hold a decision."""
    with translated():
        await bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES, drop_pending_updates=False)


async def call_nowhere(bot: ExtBot[None]) -> None:
    """Updates are fetched by us. What waits is kept."""
    with translated():
        await bot.delete_webhook(drop_pending_updates=False)
