"""The mind: hears what people say, works with the tools, and asks before anything leaves.

assistant     the mind's whole public face: hear, decide, resume
conversation  graph one: think <-> act           approval    graph two: draft -> ask -> do, where the one interrupt is
toolset       shows the tools to the model, checks permission, turns errors into words the model can use
recall        what goes into the prompt          writing     letters and their changes
checkpoints   what LangGraph remembers, and where
chat, cards   the words of a conversation, and every card that is shown
"""
