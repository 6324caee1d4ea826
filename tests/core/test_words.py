"""Words that are not allowed: what is found, what is left alone, and what slips through."""

from __future__ import annotations

import pytest

from bot.core.errors import NotAllowed
from bot.core.words import LONGEST, MOST_WORDS, WordNotAllowed, check_words, find, read_words


@pytest.mark.parametrize(
    "text",
    [
        "a badword in the middle",
        "BADWORD",
        "Badword, please",
        "bádwörd",
        "bad\u200bword",
        "b\u00ada\u2060dword",
        "b\u0430dw\u043erd",  # two Cyrillic letters
        "\uff42\uff41\uff44word",  # full width
        "\U0001d5ef\U0001d5ee\U0001d5f1word",  # bold
        "b4dw0rd",
        "b@dword!",
        "8adword",
        "b a d w o r d",
        "b.a.d.w.o.r.d",
        "b-a-d-w-o-r-d",
    ],
)
def test_a_word_is_found_however_it_is_spelled(text: str) -> None:
    """Given spellings that people take for the word, when they are looked through, then found."""
    assert find(text, ["badword"]) is not None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a house in Scunthorpe", "cunt"),
        ("green grass, a classic", "ass"),
        ("a peacock by Hitchcock", "cock"),
        ("an analysis of Essex", "anal"),
        ("a shell on the beach! hello!", "hell"),
        ("a laser at 455 nm", "ass"),
        ("a 3D render in 4K", "ed"),
        ("eine Straße in Gießen", "gie"),
        ("\u0441\u043e\u0440 на улице", "cop"),  # Russian for litter
        ("はか", "ばか"),
        ("therapist", "rapist"),
        ("the pistol", "hep"),
    ],
)
def test_a_word_inside_of_another_is_none(text: str, word: str) -> None:
    """Given harmless texts, when they are looked through, then nothing is found in them."""
    assert find(text, [word]) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a plan: b, a, d", "bad"),  # a list of letters
        ("\u0441\u043e\u0440", "cop"),  # Russian for litter, alone
        ("hel! what a day", "heli"),  # the end of a sentence, read as a letter
        ("the town of Sh1t0n", "shiton"),
        ("an ass and a mule", "ass"),  # the animal
    ],
)
def test_what_is_found_although_it_was_not_meant(text: str, word: str) -> None:
    """Given texts that only look like it, when they are looked through, then they are refused."""
    assert find(text, [word]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "badwords",
        "baaadword",
        "bad word",
        "badwrod",
        "b*dword",
        "drowdab, backwards",
        "mauvais mot",
        "xbadwordx",
    ],
)
def test_what_slips_through(text: str) -> None:
    """Given what a person would understand, when it is looked through, then it is not found."""
    assert find(text, ["badword"]) is None


def test_an_asterisk_stands_for_any_letters() -> None:
    """Given a word with one, when texts are looked through, then so are longer words."""
    assert find("some badwords", ["badword*"]) == "badwords"
    assert find("a superbadword", ["*badword"]) == "superbadword"
    assert find("superb4dw0rds", ["*badword*"]) == "superb4dw0rds"
    assert find("some badwords", ["*badword"]) is None
    assert find("superbadword", ["badword*"]) is None


def test_several_words_are_one_entry() -> None:
    """Given an entry of two words, when texts are looked through, then both have to be there."""
    assert find("a RED   wïne", ["red wine"]) == "RED wïne"
    assert find("red and white wine", ["red wine"]) is None
    assert find("wine, red", ["red wine"]) is None


@pytest.mark.parametrize("text", ["我想要坏词图", "坏词"])
def test_scripts_without_spaces_are_searched_as_they_are(text: str) -> None:
    """Given a script in which words have no ends, when it is looked through, then parts count."""
    assert find(text, ["坏词"]) == "坏词"


def test_who_typed_it_is_told_the_word_and_nobody_else_is() -> None:
    """Given a refusal, when it is said in private and aloud, then only one of them has the word."""
    with pytest.raises(WordNotAllowed) as refused:
        check_words("a b4dw0rd here", ["badword"])

    assert "“b4dw0rd”" in refused.value.say()
    assert "b4dw0rd" not in refused.value.aloud()
    check_words("anything", [])
    check_words("", ["badword"])


def test_a_list_is_read_in_lines_or_with_commas() -> None:
    """Given a list, when it is read, then each entry is there once, in order."""
    assert read_words("wine,  Red   wine\n\nWINE\n*ale*,") == ("*ale*", "Red wine", "wine")
    assert read_words(" ,\n") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fine\n***", "“***” has no letters"),
        ("?!", "“?!” has no letters"),
        ("x" * (LONGEST + 1), "is too long; a word may have 60 characters"),
        ("\n".join(f"word{n}x" for n in range(MOST_WORDS + 1)), "That is 201 words; I can keep"),
    ],
)
def test_a_list_that_cannot_be_is_refused(text: str, sentence: str) -> None:
    """Given entries that would never be found, or too many, when they are read, then it is said."""
    with pytest.raises(NotAllowed) as refused:
        read_words(text)

    assert sentence in refused.value.say()
