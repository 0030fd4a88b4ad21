"""A style in words: for the owner to see, and as the few typed lines that a language model is given."""

from __future__ import annotations

from tools.style.style import LANGUAGES, Style

_NAMED = {"first": "the first name", "full": "the full name", "title": "title and name", "none": "no name"}
_SIGNED = {"first": "your first name", "full": "your full name", "initial": "your initial", "none": "no name"}


def in_words(style: Style) -> str:
    """`greets with “Hi” and the first name; signs off with “Best” and your first name; informal; about 40 words; in English`."""
    greets = f"greets with “{style.greeting}” and {_NAMED[style.named]}" if style.greeting else ""
    greets = greets or (f"begins with {_NAMED[style.named]}" if style.named != "none" else "does not greet")
    signs = f"signs off with “{style.sign_off}” and {_SIGNED[style.signed]}" if style.sign_off else ""
    signs = signs or (f"ends with {_SIGNED[style.signed]}" if style.signed != "none" else "does not sign off")
    return "; ".join(
        part
        for part in (
            greets,
            signs,
            style.formality,
            f"about {style.words} words" if style.words else "",
            f"in {LANGUAGES[style.language]}" if style.language else "",
        )
        if part
    )


def for_a_model(style: Style, own_name: str) -> str:
    """What a model is told: made of words from closed lists and of the owner's name. The reader's name stays in the mail, since
    whoever wrote chose it."""
    closing = style.closing(own_name).replace("\n", " / ")
    greets = f"greets with “{style.greeting}” and {_NAMED[style.named]}" if style.greeting else ""
    greets = greets or (f"begins with {_NAMED[style.named]}" if style.named != "none" else "begins without a greeting")
    lines = [
        greets,
        f"ends “{closing}”" if closing else "ends without a sign-off",
        style.formality,
        f"about {style.words} words" if style.words else "",
        f"in {LANGUAGES[style.language]}, if the mail is" if style.language else "",
    ]
    return "; ".join(line for line in lines if line)
