"""The web app: one screen of routes. Channels and callbacks add theirs here."""
