"""Opening the models: which one thinks is decided here, and only that one is imported."""

from __future__ import annotations

from storage.values.errors import Refused
from tools.llm.model import OFFLINE, Endpoint, Meaning, Models


def open_models(endpoint: Endpoint | None) -> Models:
    """The endpoint's model, or the offline brain when there is none."""
    meaning = Meaning()
    if endpoint is None:
        from tools.llm.offline.brain import OfflineBrain

        return Models(OfflineBrain(), OFFLINE, meaning)
    if not endpoint.model:
        raise Refused("OPENAI_MODEL is empty; set it to the name of a model that your endpoint serves.")
    from tools.llm.endpoint import open_endpoint

    chat = open_endpoint(endpoint)
    return Models(chat, endpoint.model, meaning, chat.aclose)
