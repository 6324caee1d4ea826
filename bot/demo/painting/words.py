"""What a prompt asks for: place, subjects, time, weather, colours and manner, by its words."""

import hashlib
import random
import re
from dataclasses import dataclass

from bot.demo.painting.colour import Colour, rgb


@dataclass(frozen=True, kw_only=True)
class Theme:
    """What was understood of a prompt; empty strings and tuples where it says nothing.

    ``coats`` has the colour of each subject; ``colours`` are those meant for the whole picture.
    """

    seed: str
    place: str = ""
    subjects: tuple[str, ...] = ()
    coats: tuple[Colour | None, ...] = ()
    time: str = ""
    weather: tuple[str, ...] = ()
    colours: tuple[Colour, ...] = ()
    manners: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything to draw was named."""
        return bool(self.place or self.subjects or self.time or self.weather)

    def dice(self, part: str) -> random.Random:
        """Randomness of its own for each part of a picture.

        Separate streams keep the composition when one part draws more often, as at a higher
        quality.
        """
        return random.Random(int.from_bytes(_digest(f"{self.seed}/{part}")))


def read(prompt: str, variation: int) -> Theme:
    """Find the words of a prompt that the painter knows.

    Args:
        prompt: In plain words; what follows "avoid" and single words after "no" are left out.
        variation: 0 for the first picture of a prompt, other numbers for its siblings.
    """
    wanted = re.split(r"\bavoid\b", prompt.lower())[0]
    wanted = wanted.replace("black and white", "monochrome").replace("red fox", "fox")
    wanted = re.sub(r"\b(no|not|without)\s+(any\s+|a\s+)?[a-z]+", " ", wanted)
    found: dict[str, list[str]] = {kind: [] for kind in _WORDS}
    coats: list[Colour | None] = []
    colours: list[Colour] = []
    for word in re.findall(r"[a-z]+", wanted):
        stem = _stem(word)
        if stem in _COLOURS:
            colours.append(rgb(_COLOURS[stem]))
        for kind, words in _WORDS.items():
            meaning = words.get(stem)
            if meaning is None or meaning in found[kind]:
                continue
            found[kind].append(meaning)
            if kind == "subject":
                # A colour belongs to the subject that follows it, else to the whole picture.
                implied = rgb(_IMPLIED[stem]) if stem in _IMPLIED else None
                coats.append(colours.pop() if colours else implied)
    if len(coats) > 1 and "sitter" in found["subject"]:
        # A portrait shows whoever else is named.
        at = found["subject"].index("sitter")
        del found["subject"][at], coats[at]
    return Theme(
        seed=_digest(f"{prompt}\0{variation}").hex(),
        place=_one_place(found["place"]),
        subjects=tuple(found["subject"][:3]),
        coats=tuple(coats[:3]),
        time=found["time"][0] if found["time"] else "",
        weather=tuple(found["weather"]),
        colours=tuple(colours[:2]),
        manners=tuple(found["manner"]),
    )


def _one_place(named: list[str]) -> str:
    """A place for a prompt that names several: water in front of mountains makes a lake."""
    if {"sea", "lake"} & set(named) and {"mountain", "forest"} & set(named):
        return "lake"
    return named[0] if named else ""


def _digest(text: str) -> bytes:
    # The built-in hash() differs from process to process.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _stem(word: str) -> str:
    for known in (word, word.removesuffix("s"), word.removesuffix("es"), word[:-3] + "y"):
        if known in _COLOURS or any(known in words for words in _WORDS.values()):
            return known
    return word


def _table(text: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in text.strip().splitlines():
        meaning, words = line.split(":")
        table |= {word: meaning.strip() for word in (meaning.strip(), *words.split())}
    return table


_WORDS: dict[str, dict[str, str]] = {
    "place": _table("""
        sea: ocean coast coastal beach shore harbor harbour bay island wave tide seaside
        lake: river pond lagoon fjord
        mountain: peak alp alpine summit cliff hike volcano everest
        forest: wood woods woodland jungle grove pine pines taiga
        city: town street skyline downtown cyberpunk metropolis skyscraper tokyo york urban
        desert: dune sahara canyon mesa
        meadow: field hill valley prairie countryside farm garden grass pasture village
        space: galaxy nebula cosmos cosmic orbit planet astronaut mars starship
        underwater: reef coral aquarium undersea submarine
        studio: portrait closeup icon logo sticker emblem badge product isolated mascot
        abstract: pattern geometric bauhaus shapes kandinsky generative
    """),
    "subject": _table("""
        lighthouse: beacon
        boat: ship sailboat sail yacht vessel galleon
        house: cabin cottage hut home barn farmhouse
        castle: fortress palace citadel tower
        tree: oak maple sakura
        fox: vixen
        cat: kitten kitty feline
        dog: puppy wolf corgi hound
        owl: owlet
        bird: seagull gull swallow crow raven
        fish: goldfish koi tuna salmon
        whale: orca dolphin
        flower: rose tulip daisy sunflower lily bouquet blossom poppy
        rocket: spaceship shuttle
        robot: android mech cyborg droid
        woman: girl lady queen
        man: boy king wizard samurai
        person: people someone human child
        sitter: portrait face
        balloon: airship
        cactus: cacti
        mushroom: toadstool
        cup: coffee tea mug teacup espresso cocoa
        deer: stag elk reindeer
        planet: saturn jupiter mars
    """),
    "time": _table("""
        dawn: sunrise morning
        day: noon daytime sunny summer spring afternoon
        sunset: dusk evening twilight golden autumn fall
        night: midnight moon moonlit moonlight starry star nocturnal neon cyberpunk aurora dark
    """),
    "weather": _table("""
        fog: mist misty foggy haze hazy
        snow: snowy winter blizzard snowfall ice icy frozen christmas
        rain: rainy drizzle downpour
        storm: stormy thunder lightning tempest
        cloud: cloudy overcast
        sun: sunny sunlight sunrise sunset sunshine
        moon: moonlit moonlight
        aurora: borealis
    """),
    "manner": _table("""
        pixel: bit retrogame sprite
        watercolour: watercolor aquarelle gouache
        oil: impressionist impasto monet gogh painting painterly
        ink: monochrome noir sketch pencil charcoal woodcut linocut
        vintage: retro sepia poster film polaroid
        neon: cyberpunk synthwave vaporwave glowing
        sticker: icon emblem badge mascot
    """),
}
_COLOURS: dict[str, str] = {
    "red": "#d62839",
    "crimson": "#a4133c",
    "scarlet": "#e5383b",
    "orange": "#f3722c",
    "amber": "#f8961e",
    "gold": "#e9b44c",
    "yellow": "#f9c74f",
    "lime": "#a7c957",
    "green": "#43aa8b",
    "emerald": "#0f9d6b",
    "olive": "#7f8f3a",
    "mint": "#a8e6cf",
    "teal": "#1b998b",
    "turquoise": "#2ec4b6",
    "cyan": "#27c4e8",
    "blue": "#2a6fdb",
    "azure": "#3a86ff",
    "navy": "#14213d",
    "indigo": "#3f37c9",
    "purple": "#7b2cbf",
    "violet": "#8e5bd6",
    "lavender": "#b8a1e3",
    "magenta": "#d6247f",
    "pink": "#ff7fa8",
    "coral": "#ff6f61",
    "brown": "#7f4f24",
    "beige": "#e6d5b8",
    "cream": "#fdf0d5",
    "white": "#f4f1ea",
    "grey": "#8d99a6",
    "gray": "#8d99a6",
    "silver": "#b9c2cc",
    "black": "#1b1b22",
    "copper": "#b87333",
}

_IMPLIED: dict[str, str] = {
    "sunflower": "#f6b81f",
    "rose": "#c9184a",
    "poppy": "#e63946",
    "tulip": "#ef476f",
    "lily": "#f7ede2",
    "daisy": "#fbfaf5",
    "blossom": "#ffb3c6",
    "sakura": "#ffa6c1",
    "maple": "#d9480f",
    "goldfish": "#f3722c",
    "koi": "#f3722c",
    "clownfish": "#f3722c",
    "crow": "#23232e",
    "raven": "#23232e",
    "orca": "#20242e",
    "coffee": "#d9b38c",
    "wolf": "#7d8590",
    "corgi": "#d9863d",
}
