"""What a bookseller knows by heart: hours, delivery, returns, gift cards, and what to read."""

from __future__ import annotations

import re
from datetime import date

from django.utils import timezone

# By weekday, Monday first, as the shop's page has them.
HOURS = (
    ("Monday", "10:00 to 18:00"),
    ("Tuesday", "10:00 to 18:00"),
    ("Wednesday", "10:00 to 18:00"),
    ("Thursday", "10:00 to 20:00"),
    ("Friday", "10:00 to 20:00"),
    ("Saturday", "9:30 to 18:00"),
    ("Sunday", "11:00 to 16:00"),
)

GREETING = "Hello. I'm the assistant of Lantern Books. What are you looking for today?"
THANKS = "You're welcome. Anything else?"
GOODBYE = "Goodbye, and happy reading."
DELIVERY = """We deliver to your door:

| how | when | price |
|---|---|---|
| by bicycle, within the city | the same day, ordered before 14:00 | £2.50 |
| by post | 2 to 3 working days | £3.50, free from £30 |
| abroad | 5 to 10 working days | from £9 |

Or **collect it at the shop** for nothing: we send you a message as soon as it is on the shelf."""
RETURNS = """Bring it back within **30 days**, unread, with the receipt, and you get your money \
back. A book with a printing fault is exchanged at any time, read or not."""
GIFT_CARDS = """Yes. Gift cards come in any amount from **£5**, on thick paper with your words on \
it, or by e-mail within the hour. They never expire."""
EVENTS = """Coming up:

- **Thursday, 19:00**: Ines Varga reads from *The Lighthouse Keeper's Almanac*
- **Saturday, 10:30**: story time for children of 4 to 7, with hot chocolate
- **Sunday, 15:00**: the slow reading group: two chapters, much tea

Events are free. A seat is kept for you if you tell us you are coming."""
WHERE = "We're at **14 Harbour Lane**, three minutes on foot from the tram stop Old Quay."
ORDER = """Nearly always. If a book is in print we have it here in **two working days**, and it \
costs nothing to order. If it is out of print, we look for a good second-hand copy \
and ask you first."""
MYSTERY = """Then take **Salt Roads** by Tomas Lindqvist: a ferry, a fog, and a passenger list \
with one name too many. It is £9.99, and Maya at the till hasn't slept since."""
CHILDREN = """For young readers we love **The Fox Who Kept the Night** by Odile Marchetti (ages 5 \
to 8): a fox collects what other animals lose in the dark. £10.99, with pictures on every page."""
GARDEN = """**A Short History of Moss** by Priya Raman. It is funnier than it sounds, and you will \
never walk past a wall in the same way. £18.00 in hardback."""
RECOMMENDATION = """Three that we put into everybody's hands just now:

1. **The Lighthouse Keeper's Almanac** by Ines Varga: one keeper, 365 nights. *For slow evenings.*
2. **Salt Roads** by Tomas Lindqvist: a mystery on a ferry. *For a weekend.*
3. **A Short History of Moss** by Priya Raman: small plants, large ideas. *For looking up from.*

Tell me what you liked last (a mystery, nature, something for a child) and I'll narrow it down."""


def hours(today: date | None = None) -> str:
    """The week's opening hours, today's first. Today is by the site's time zone."""
    day = (today or timezone.localdate()).weekday()
    name, times = HOURS[day]
    rows = "\n".join(f"| {name} | {times} |" for name, times in HOURS)
    return f"Today, {name}, we're open from **{times}**.\n\n| day | open |\n|---|---|\n{rows}"


# The first that matches answers, so what is narrow stands before what is wide.
ANSWERS: tuple[tuple[str, str], ...] = (
    (r"gift ?(card|voucher|certificate)s?|vouchers?", GIFT_CARDS),
    (r"returns?|refunds?|(bring|send|give) (it|them|a book) back|exchange", RETURNS),
    (r"deliver(y|ies)?|shipping|postage|ship to|by post|collect", DELIVERY),
    (r"mystery|mysteries|crime|thrillers?|detective", MYSTERY),
    (r"child(ren)?|kids?|toddler|year[- ]olds?|daughter|son|niece|nephew", CHILDREN),
    (r"(about|on|love) (nature|gardens?|gardening|plants)|gardener|moss", GARDEN),
    (
        r"recommend(ation)?s?|(what|something) (should i|to|good to) read|good books?",
        RECOMMENDATION,
    ),
    (r"events?|readings?|story ?time|book club|reading group", EVENTS),
    (r"where (are you|is the shop)|(your|the shop's) address|directions|find you", WHERE),
    (r"order (a|an|the|me)|in stock|do you (have|sell)|out of print", ORDER),
)
OPENING = re.compile(
    r"\b(opening (hours|times)|(are|is|do) (you|the shop) (still )?(open|close)|open (today|on|now)"
    r"|(what time|when) (are|do|does|is) (you|the shop)\b.*\b(open|close)|business hours)\b",
    re.I,
)
WHOLE: tuple[tuple[str, str], ...] = (
    (r"(hi|hello|hey|hiya|good (morning|afternoon|evening|day))( there| everyone)?", GREETING),
    (r"(many )?(thanks|thank you|cheers|ta)( (a lot|very much|so much))?", THANKS),
    (r"(good)?bye( bye)?|see you( soon| later)?", GOODBYE),
)


def answer(text: str) -> str:
    """The bookseller's answer in Markdown; "" when the message is about something else."""
    if OPENING.search(text):
        return hours()
    plain = re.sub(r"[^\w\s'-]", " ", text).strip()
    for pattern, words in WHOLE:
        if re.fullmatch(pattern, plain, re.I):
            return words
    for pattern, words in ANSWERS:
        if re.search(rf"\b({pattern})\b", text, re.I):
            return words
    return ""
