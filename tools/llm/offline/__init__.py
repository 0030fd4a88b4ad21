"""The offline brain: no key, no network. It maps what people say to tool calls with grammar and the bundled embedder.

brain.py       OfflineBrain: the LangChain chat model (import it from there; this door stays light)
facts.py       what it knows of the moment: the list shown, labels, people, files, the open draft
said.py        one utterance, its words mended and their originals kept      words.py, spelling.py: the word tables
courtesy.py    "could you please … for me" taken off
steps.py       "find X and label it Y" into two steps
decide.py      steps -> calls, a question back, or plain words
grammar/       one file a tool: what it claims and how its arguments are filled
router.py      the embedder's vote where the grammar is not sure (examples.yaml, head.npz, train.py)
talk.py        what it says itself: help, small talk, "I only act on mail and tables"
redraft.py, compose.py   letters changed and written from the person's own words
"""
