"""Slack: the same assistant in direct conversations, threads and on a home page. Only this folder knows Bolt.

platform    opens it: Socket Mode or signed HTTP, OAuth installs     listeners  what Slack may tell us (manifest.yaml names it too)
reception   messages and events, taken to the desk                   presses    buttons, forms, commands, shortcuts
inbound     events and presses, understood                           lobby      what both of them need
channel     words become messages      posting  once, and in place      steps  what is being done, as a stream
render      words -> blocks            forms    inputs -> modals        home   the dashboard -> a view
api         the Web API, paced         workspaces  where we are installed, with sealed tokens
"""

from bot.slack.platform import open_platform

__all__ = ["open_platform"]
