"""Trust: how far an act may go by itself, earned by what became of it, ratified by a person, lost at an undo."""
