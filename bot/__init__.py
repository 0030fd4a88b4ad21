"""The people's door: platforms on the outside, one desk behind them.

desk      seen before? who is it? then stop, command, button or talk; here errors become words
commands  slash commands, one table for every platform
channel   what a platform must be able to do       delivery  carries waiting words from the outbox to the right channel
front     every platform that is set up               showing   a card is redrawn wherever it is seen
strangers who is let in, and what the others are told    dashboard what a person sees at a glance
console   the same assistant on a terminal         cli       the `deskhand` command
"""

from __future__ import annotations

CHANNELS: dict[str, str] = {
    "slack": "bot.slack",
    "telegram": "bot.telegram",
    "browser": "bot.browser",
}
"""Platform -> the package that opens it: `open_platform(program)` gives an async context with the platform, or with None
where it is not set up. A platform is a folder here and a line here; the terminal needs no line, since `chat` opens it."""
