"""What Lantern Books has in its window. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Which drawing the style sheet puts on the cover.
Cover = Literal["lighthouse", "waves", "moss", "fox", "train", "moon", "hills", "letters"]


@dataclass(frozen=True, slots=True)
class Book:
    title: str
    author: str
    price: str
    cover: Cover
    kind: str
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """What one of the booksellers says about a book."""

    who: str
    role: str
    words: str
    title: str


@dataclass(frozen=True, slots=True)
class Event:
    day: str
    time: str
    name: str
    about: str


BOOKS = (
    Book(
        "The Lighthouse Keeper's Almanac", "Ines Varga", "£12.99", "lighthouse", "Novel", "Signed"
    ),
    Book("Salt Roads", "Tomas Lindqvist", "£9.99", "waves", "Mystery"),
    Book("A Short History of Moss", "Priya Raman", "£18.00", "moss", "Nature", "New"),
    Book("The Fox Who Kept the Night", "Odile Marchetti", "£10.99", "fox", "Ages 5 to 8"),
    Book("Last Train to Aldermere", "Kwame Osei", "£9.99", "train", "Crime"),
    Book("Tides of the Quiet Moon", "Hana Sato", "£14.50", "moon", "Poems"),
    Book("Paths No Longer on the Map", "Elin Hughes", "£16.99", "hills", "Walking", "New"),
    Book("Yours, in Ultramarine", "Marta Oliveira", "£13.99", "letters", "Letters"),
)

PICKS = (
    Pick(
        "Maya",
        "at the till",
        "I read it on the tram, missed my stop, and read on at the terminus. Nobody on that "
        "ferry is who the list says.",
        "Salt Roads",
    ),
    Pick(
        "Jonas",
        "second-hand and rare",
        "Three hundred pages on a plant nobody looks at, and I have been looking at walls "
        "ever since.",
        "A Short History of Moss",
    ),
    Pick(
        "Ade",
        "children's corner",
        "My class asked for it twice. Then they asked whether the fox is real. I said yes.",
        "The Fox Who Kept the Night",
    ),
)

EVENTS = (
    Event("Thursday", "19:00", "Ines Varga reads", "One keeper, 365 nights, and tea from a flask."),
    Event("Saturday", "10:30", "Story time", "For children of 4 to 7, with hot chocolate."),
    Event("Sunday", "15:00", "Slow reading group", "Two chapters, much tea, no homework."),
)
