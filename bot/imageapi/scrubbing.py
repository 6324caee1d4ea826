"""Takes keys and prompts out of what a service said, before anybody logs it."""

from __future__ import annotations

import re

LONGEST = 500
"""Characters of a service's words that are kept."""

WINDOW = 12
"""So many characters in a row that the prompt has, too, count as quoted from it."""

_KEY = re.compile(r"\b(?:sk|pk|sess)-[\w*.-]{4,}|\bbearer\s+\S+", re.IGNORECASE)


def scrubbed(text: str, *, key: str, prompt: str) -> str:
    """The text without the key, anything that looks like one, and without the prompt's words.

    A relay may quote the prompt whole, cut short, or between its own words, so any passage of
    twelve characters that the prompt has goes; of a shorter prompt, the whole of it.
    """
    if key:
        text = text.replace(key, "[key]")
    text = _without(prompt.strip(), _KEY.sub("[key]", text))
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _without(prompt: str, text: str) -> str:
    width = min(len(prompt), WINDOW)
    if not width:
        return text
    flat_prompt, flat_text = _flat(prompt), _flat(text)
    passages = {flat_prompt[i : i + width] for i in range(len(prompt) - width + 1)}
    kept, shown_until, hidden_until = [], 0, 0
    for i in range(len(text) - width + 1):
        if flat_text[i : i + width] in passages and _whole_words(flat_text, i, width):
            if i >= hidden_until:
                kept += [text[shown_until:i], "[prompt]"]
            shown_until = hidden_until = i + width
    return "".join(kept) + text[shown_until:]


def _whole_words(text: str, start: int, width: int) -> bool:
    """Whether a short passage stands alone: "cat" is not quoted by "category"."""
    if width == WINDOW:
        return True
    return not (
        text[start - 1 : start].isalnum() or text[start + width : start + width + 1].isalnum()
    )


def _flat(text: str) -> str:
    """In lower case and with the same length, which `str.lower` does not promise."""
    return "".join(char.lower()[0] if not char.isspace() else " " for char in text)
