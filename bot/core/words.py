"""Words that a server does not allow, found however they are spelled.

Whole words are compared, so that “ass” is not found in “grass”. Before that, what looks alike is
made alike: case, accents, letters of other shapes (full width, bold), what is invisible, letters
of other alphabets among Latin ones, and digits and signs among letters (b4dw0rd). Letters that
stand alone (b a d) are read together.

An asterisk at the end or at the beginning of a word that is not allowed stands for any letters.
Scripts that put no spaces between words are searched without regard to where words end.

It keeps honest people from slipping and makes the others work for it. Who wants to get around it
will: with a synonym, with a word written twice, or in another language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.errors import Moment, NotAllowed, iso

MOST_WORDS = 200
LONGEST = 60
"""Characters of one entry."""

LOOKALIKES = dict(
    zip(
        "аеорсухіјѕкмтвнԁԛԝһӏαοενικρτυχβϲ",
        "aeopcyxijskmtbhdqwhlaoevikptuxbc",
        strict=True,
    )
)
"""Cyrillic and Greek letters that are taken for Latin ones."""

LEET = dict(zip("01345789@$!|+€l", "oieastbgasiitei", strict=True))
"""Digits and signs that are read as letters; what may be i or l is i."""

ALL_SIGNS = "@$!|+€"
SIGNS = frozenset(ALL_SIGNS)

SHORTEST_LEET = 3
"""Letters: `3D` and `4K` are what they look like."""

INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Shown as nothing, and yet counted as letters or signs."""

ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F))
"""Marks that can be left out; those of other scripts make another letter."""

UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""How the names of letters begin in scripts that put no spaces between words."""


class WordNotAllowed(NotAllowed):
    """A prompt has a word in it that the server does not allow.

    Args:
        typed: The word as it was typed; shown to whoever typed it, and to nobody else.
    """

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"This server does not allow “{typed}” in prompts. Say it another way; if you think "
            "that this is a mistake, ask someone who manages this server."
        )

    def aloud(self, moment: Moment = iso) -> str:  # noqa: ARG002 -- no time stands in it
        """Without the word."""
        return "Your words have one among them that this server does not allow. Say it another way."


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text.

    Attributes:
        typed: As it was typed, without what is invisible.
        plain: With case, accents and shapes of letters levelled.
        leet: With digits and signs read as letters, in each way that makes sense; none where it
            has none of them, or nothing else.
    """

    typed: str
    plain: str
    leet: tuple[str, ...] = ()


def read_words(text: str) -> tuple[str, ...]:
    """The entries of a list that somebody wrote, one in a line or with commas between.

    Raises:
        NotAllowed: It is too long, or an entry has nothing in it that could be found.
    """
    entries = [" ".join(each.split()) for line in text.splitlines() for each in line.split(",")]
    known = {each.casefold(): each for each in reversed(entries) if each}
    found = tuple(sorted(known.values(), key=str.casefold))
    if len(found) > MOST_WORDS:
        raise NotAllowed(f"That is {len(found)} words; I can keep {MOST_WORDS}.")
    for each in found:
        if len(each) > LONGEST:
            raise NotAllowed(f"“{each[:20]}…” is too long; a word may have {LONGEST} characters.")
        if not tokens(each.strip("*")):
            raise NotAllowed(f"“{each}” has no letters in it, so it would never be found.")
    return found


def check_words(text: str, words: Iterable[str]) -> None:
    """Let a text pass only if it has none of the words.

    Raises:
        WordNotAllowed: It has one.
    """
    every = tuple(words)
    found = find(text, every) if every else None
    if found is not None:
        raise WordNotAllowed(found)


def find(text: str, words: Iterable[str]) -> str | None:
    """The first of the words in a text, as it was typed there."""
    said = tokens(text)
    together = "".join(token.plain for token in said)
    forms = frozenset(form for token in said for form in (token.plain, *token.leet))
    for word in words:
        sought = tokens(word.strip("*"))
        if not sought:
            continue
        if _is_unspaced(sought[0].plain[0]):
            if sought[0].plain in together:
                return sought[0].typed
            continue
        ends = (word.startswith("*"), word.endswith("*"))
        if _may_be(sought[0].plain, forms, ends):
            found = _place(said, sought, ends)
            if found:
                return " ".join(token.typed for token in found)
    return None


def _may_be(wanted: str, forms: frozenset[str], ends: tuple[bool, bool]) -> bool:
    """Whether any of all words of a text may be the wanted one, which most are not."""
    either = (wanted, _leet(wanted))
    if any(ends):
        return any(_fits(form, each, ends) for form in forms for each in either)
    return not forms.isdisjoint(either)


def _place(said: list[Token], sought: list[Token], ends: tuple[bool, bool]) -> list[Token]:
    """The first words of a text that are those that are sought, in their order."""
    last = len(sought) - 1
    for start in range(len(said) - last):
        part = said[start : start + last + 1]
        if all(
            _matches(have, want, (ends[0] and i == 0, ends[1] and i == last))
            for i, (have, want) in enumerate(zip(part, sought, strict=True))
        ):
            return part
    return []


def _matches(have: Token, want: Token, ends: tuple[bool, bool]) -> bool:
    """Whether a word is the one that is sought, in any reading of it."""
    return _fits(have.plain, want.plain, ends) or any(
        _fits(each, _leet(want.plain), ends) for each in have.leet
    )


def _fits(have: str, want: str, ends: tuple[bool, bool]) -> bool:
    """Whether they are the same, or one has more before or after it where it may."""
    before, after = ends
    if before and after:
        return want in have
    return have == want or (before and have.endswith(want)) or (after and have.startswith(want))


def tokens(text: str) -> list[Token]:
    """The words of a text, in order; letters that stand alone are one word."""
    cleaned = "".join(each for each in text if not _is_invisible(each))
    latin = not any(_is_other_alphabet(each) for each in cleaned.casefold())
    return list(_joined(_token(word, latin=latin) for word in _split(cleaned)))


def _split(text: str) -> Iterator[str]:
    word = ""
    for each in unicodedata.normalize("NFC", text) + " ":
        if each in SIGNS or unicodedata.category(each)[0] in "LMN":
            word += each
            continue
        if any(part not in SIGNS for part in word):
            yield word
        word = ""


def _joined(every: Iterable[Token]) -> Iterator[Token]:
    """The same with three or more letters in a row as one word."""
    row: list[Token] = []
    for token in every:
        if len(token.plain) == 1 and not _is_unspaced(token.plain):
            row.append(token)
            continue
        yield from _together(row)
        row = []
        yield token
    yield from _together(row)


def _together(row: list[Token]) -> list[Token]:
    if len(row) < 3:
        return row
    typed, plain = " ".join(each.typed for each in row), "".join(each.plain for each in row)
    return [Token(typed, plain, _read_leet(plain))]


def _token(word: str, *, latin: bool) -> Token:
    plain = _levelled(word)
    if latin or any("a" <= each <= "z" for each in plain):
        plain = "".join(LOOKALIKES.get(each, each) for each in plain)
    return Token(word, plain.strip(ALL_SIGNS), _read_leet(plain))


def _levelled(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold()).casefold()
    return "".join(each for each in apart if not _is_accent(each)).replace(
        "\u0131", "i"
    )  # Turkish, without a dot


def _read_leet(plain: str) -> tuple[str, ...]:
    letters = any(each.isalpha() for each in plain)
    if not letters or plain.isalpha() or len(plain) < SHORTEST_LEET:
        return ()
    # A sign at the end may as well be the end of a sentence.
    bare = (plain, plain.rstrip("!"), plain.strip(ALL_SIGNS))
    return tuple(dict.fromkeys(_leet(each) for each in bare))


def _leet(plain: str) -> str:
    return "".join(LEET.get(each, each) for each in plain)


def _is_accent(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in ACCENTS)


def _is_invisible(letter: str) -> bool:
    return letter in INVISIBLE or unicodedata.category(letter) == "Cf"


def _is_other_alphabet(letter: str) -> bool:
    """Whether it is Cyrillic or Greek and nobody takes it for a Latin letter."""
    name = unicodedata.name(letter, "")
    return name.startswith(("CYRILLIC", "GREEK")) and letter not in LOOKALIKES


def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(UNSPACED)
