"""Texts that show how the chat sets type: every kind of Markdown, and a very long answer."""

from __future__ import annotations

MARKDOWN = """## What I can write

A paragraph with **bold**, *italic*, ~~struck~~ and `code`, and [a link](https://www.djangoproject.com/).

1. First
2. Second
   - nested
   - and again
3. Third

| Title | Author | Price |
|:--|:--|--:|
| The Lighthouse Keeper's Almanac | Ines Varga | £12.99 |
| Salt Roads | Tomas Lindqvist | £9.99 |
| A Short History of Moss | Priya Raman | £18.00 |

> A book is a lantern that somebody else lit.

```python
def shelf(books: list[str]) -> str:
    return ", ".join(sorted(books))  # a line that is long enough to need a scroll bar of its own
```

![A picture of a lighthouse](https://pictures.example/lighthouse.png)

A very long word: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft

---

That was all of it. 📚"""

MONTHS = (
    ("January", "long evenings", "a Russian novel that nobody finishes before Easter"),
    ("February", "letters", "the collected letters of two painters who never met"),
    ("March", "gardens", "a book about seeds that reads like a thriller"),
    ("April", "rain", "short stories, each as long as a shower"),
    ("May", "walking", "a guide to paths that are no longer on the map"),
    ("June", "the sea", "a diary kept on a lighthouse for eleven years"),
    ("July", "trains", "a crime that is solved between two stations"),
    ("August", "heat", "essays to be read in the shade"),
    ("September", "schools", "the memoir of a teacher on a very small island"),
    ("October", "ghosts", "a haunted house told by the house"),
    ("November", "cooking", "recipes in which the stories are longer than the soup"),
    ("December", "snow", "a picture book that grown-ups buy for themselves"),
)


def long() -> str:
    """About 8,000 characters of Markdown: a year of reading, month by month."""
    return "\n\n".join(["# A year of reading", *(_month(*month) for month in MONTHS)])


def _month(name: str, theme: str, choice: str) -> str:
    return f"""## {name}: {theme}

In {name} our reading group meets around one theme, and this year it is **{theme}**. \
We start with {choice}, because it is the kind of book that makes people argue in the \
friendliest way. Whoever has read ahead is asked to keep quiet about the end, and mostly \
does.

- **First week:** read as far as you get, and mark one sentence.
- **Second week:** bring the sentence, and a cup.
- **Third week:** swap copies, so that everybody reads somebody else's pencil notes.
- **Fourth week:** the bookseller on duty recommends what to read next.

> "I came for {theme} and stayed for the biscuits." (a regular)"""
