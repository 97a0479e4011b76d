"""The states of a chat, a line each: what the visitor does, and what then shows.

`python -m bench.gallery` photographs them, `test_page_states.py` has axe look at each.

A new state is a `State` more in `STATES`. What it needs of a widget stands in `look`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.chatting import button, composer, log, say
from tests.browser.running import Site

Step = Callable[[Page], None]
PATIENCE = 20_000  # milliseconds


@dataclass(frozen=True)
class State:
    """A state of the chat page.

    ``look`` are fields of a widget made for it; ``before`` is done with the page that is not open
    yet, ``steps`` once it is; ``path`` is put behind the page's address; ``scripts`` says whether
    it runs any; ``is_on_a_page`` whether it is looked at on a page that embeds the widget.
    """

    name: str
    steps: tuple[Step, ...] = ()
    look: Mapping[str, object] = field(default_factory=dict)
    before: Step | None = None
    path: str = ""
    scripts: bool = True
    is_on_a_page: bool = False

    def open(self, page: Page, site: Site) -> None:
        """Bring a visitor who has never been here into it."""
        widget = site.make_widget(**self.look) if self.look else site.widget
        if self.before:
            self.before(page)
        address = f"{site.url}/chatwidget/{widget}/{self.path}"
        page.goto(f"{site.other_url}/shop.html?widget={widget}" if self.is_on_a_page else address)
        for step in self.steps:
            step(page)


def says(*texts: str) -> Step:
    """Send each, once the one before is answered."""

    def act(chat: Page) -> None:
        for text in texts:
            expect(button(chat, "Send")).to_have_attribute(
                "aria-disabled", "false", timeout=PATIENCE
            )
            say(chat, text)

    return act


def types(text: str) -> Step:
    return lambda chat: composer(chat).fill(text)


def presses(name: str) -> Step:
    return lambda chat: button(chat, name).first.click()


def sees(text: str) -> Step:
    """Wait until the log shows it."""
    return lambda chat: expect(log(chat).get_by_text(re.compile(text)).last).to_be_visible(
        timeout=PATIENCE
    )


def settles(chat: Page) -> None:
    """Wait until nothing is under way."""
    expect(chat.locator(".pending")).to_have_count(0, timeout=PATIENCE)
    expect(button(chat, "Send")).to_have_attribute("aria-disabled", "false", timeout=PATIENCE)


def waits(chat: Page) -> None:
    """Wait until the bot is at it."""
    expect(chat.locator(".pending")).to_be_visible(timeout=PATIENCE)


def has(name: str) -> Step:
    """Wait for a button."""
    return lambda chat: expect(button(chat, name).first).to_be_visible(timeout=PATIENCE)


def goes_offline(chat: Page) -> None:
    chat.context.set_offline(True)


def reads_above(chat: Page) -> None:
    """Leave the end of the log, which then says what is new."""
    main = chat.get_by_role("main")
    main.evaluate("(main) => { main.scrollTop = 40; }")


def never_answers(route: Route) -> None:
    """Leave a request open."""


def holds_messages(chat: Page) -> None:
    chat.route("**/messages/", never_answers)


def opens(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Open chat|: ")).last.click()
    expect(page.frame_locator("iframe").get_by_role("textbox")).to_be_visible(timeout=PATIENCE)


def warms_up_and_hangs(page: Page) -> None:
    page.route("**/chatwidget/*/", never_answers)


def breaks(page: Page) -> None:
    page.route(
        re.compile(r"/chatwidget/[0-9a-f-]{36}/(\?|$)"),
        lambda route: route.fulfill(status=502, body="Bad gateway"),
    )


def clicks_launcher(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Open chat")).click()


def says_in_frame(text: str) -> Step:
    def act(page: Page) -> None:
        box = page.frame_locator("iframe").get_by_role("textbox")
        box.fill(text)
        box.press("Enter")

    return act


def closes(page: Page) -> None:
    page.keyboard.press("Escape")


def shows(text: str) -> Step:
    return lambda page: expect(page.get_by_text(re.compile(text)).last).to_be_visible(
        timeout=PATIENCE
    )


def unread(page: Page) -> None:
    expect(page.get_by_role("button", name=re.compile(r"\(1\)$"))).to_be_visible(timeout=PATIENCE)


WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
THEMED = {
    "title": "Stationery & Co.",
    "subtitle": "Here until six",
    "accent": "#b4305a",
    "radius": 2,
    "font": "Georgia, DejaVu Serif, serif",
    "welcome_messages": ["Paper, pens, ink", "Ask about an order, or about **ink** that lasts."],
    "starter_questions": ["Where is my order?", "Which ink is waterproof?"],
}
LONG_FIELDS = {
    "title": "A title that is as long as a title may be, which is sixty!!!",
    "subtitle": "And a subtitle that goes on and on until a hundred characters are used up",
    "welcome_messages": [
        f"{WORD} welcomes you",
        "# A heading\n\n> and a quotation\n\n" + "- a\n" * 9,
    ],
    "starter_questions": [WORD, "😀" * 60, "مرحبا كيف يمكنني المساعدة؟", "?", "Five " * 30],
}

TODAY = datetime.now(UTC)
CLOSED = {"hours": [f"{TODAY + timedelta(days=2):%a} 9:00-17:00"], "hours_zone": "UTC"}
FORM = {
    "form_words": "So that we can write to you if the chat breaks off.",
    "asks_name": "optional",
    "asks_email": "required",
    "form_questions": [
        "topic* | What is it about? | choice | An order; A book; Something else",
        "more | Anything we should know? | long text",
        "news | Send me the newsletter | checkbox",
    ],
}
CONSENT = {
    "consent_text": "We keep what you write for **a week**, to answer you. A person may read it.",
    "consent_link": "https://www.example.com/privacy",
    "consent_version": "1",
}
BANNER = {
    "info": "On **Friday** the shop closes at noon. [Opening hours](https://www.example.com/hours)",
    "success": "The new autumn catalogue is out.",
    "warning": "Parcels take two days longer at the moment, because of the weather.",
    "danger": "We can't take payments by card right now. Nothing is lost: your basket is kept.",
}
FILES = {"takes_files": True, "subtitle": "Replies in a minute"}
NOTE = {"name": "a-very-long-name-of-a-note.txt", "mimeType": "text/plain", "buffer": b"hi " * 700}
LIAR = {"name": "holiday.exe", "mimeType": "image/png", "buffer": b"MZ"}


def picture() -> dict[str, object]:
    cover = Path(__file__).parents[2] / "docs" / "images" / "widget-light.png"
    return {"name": "cover.png", "mimeType": "image/png", "buffer": cover.read_bytes()}


def attaches(*files: object) -> Step:
    """Choose files; those that may go are on the server then."""

    def act(chat: Page) -> None:
        button(chat, "Attach files").click()
        chat.get_by_label("Choose files").set_input_files(list(files))  # type: ignore[arg-type]
        good = [each for each in files if each is not LIAR]
        expect(chat.get_by_text("Ready")).to_have_count(len(good), timeout=PATIENCE)

    return act


def holds_uploads(chat: Page) -> None:
    chat.route("**/files/", never_answers)


def is_sending(chat: Page) -> None:
    button(chat, "Attach files").click()
    chat.get_by_label("Choose files").set_input_files([picture(), NOTE])  # type: ignore[arg-type]
    expect(chat.get_by_role("progressbar").first).to_be_visible()


def asks_for_a_word(chat: Page) -> None:
    expect(chat.get_by_label("Anything to add?")).to_be_visible()


def sees_pictures(chat: Page) -> None:
    expect(log(chat).locator(".content > .files")).to_have_css("list-style-type", "none")
    for image in log(chat).locator("img").all():
        expect(image).to_have_js_property("complete", value=True)


def asks_in(question: str) -> Step:
    """Send it and wait for the answer, in whatever language the page is."""

    def act(chat: Page) -> None:
        box = chat.locator("#composer textarea, textarea#composer, textarea").first
        box.fill(question)
        box.press("Enter")
        answer = chat.locator("#log .message:not(.own, .pending) .content").first
        expect(answer).to_be_visible(timeout=PATIENCE)

    return act


def speaks(language: str, title: str, welcome: str, starters: list[str]) -> Mapping[str, object]:
    return {
        "language": language,
        "title": title,
        "subtitle": "Lantern Books",
        "welcome_messages": [welcome],
        "starter_questions": starters,
        "takes_files": True,
        "asks_feedback": True,
    }


ARABIC = speaks("ar", "مكتبة الفانوس", "مرحبًا، بماذا نساعدك اليوم؟", ["متى تفتحون؟", "أين طلبي؟"])
HINDI = speaks(
    "hi", "लालटेन बुक्स", "नमस्ते, आज हम आपकी क्या मदद करें?", ["आज कब खुला है?", "मेरा ऑर्डर कहाँ है?"]
)
CHINESE = speaks(
    "zh-hans", "灯笼书店", "您好，今天需要什么帮助？", ["今天几点开门？", "我的订单在哪里？"]
)
GERMAN = speaks(
    "de",
    "Buchhandlung zur Laterne",
    "Guten Tag, womit können wir Ihnen helfen?",
    ["Wann haben Sie heute geöffnet?", "Wo bleibt meine Bestellung?"],
)

STATES: tuple[State, ...] = (
    State("launcher", is_on_a_page=True),
    State("launcher-label", look={"label": "Ask us", "icon": "question"}, is_on_a_page=True),
    State(
        "greeting",
        (shows("Looking for"),),
        look={"greeting": "Looking for a book? I know the shelves.", "greeting_delay": 0},
        is_on_a_page=True,
    ),
    State("window", (opens,), is_on_a_page=True),
    State("window-themed", (opens,), look=THEMED, is_on_a_page=True),
    State(
        "loading",
        (clicks_launcher, shows("Loading")),
        before=warms_up_and_hangs,
        is_on_a_page=True,
    ),
    State("not-loaded", (clicks_launcher, shows("t load")), before=breaks, is_on_a_page=True),
    State(
        "unread",
        (opens, says_in_frame("slow 3"), closes, unread),
        is_on_a_page=True,
    ),
    State("welcome"),
    State("short-answer", (says("hello"), settles)),
    State("table", (says("When are you open today?"), settles)),
    State("markdown", (says("markdown"), settles)),
    State("long-answer", (says("long"), settles)),
    State("conversation", (says("hello", "Recommend me a book", "thanks"), settles)),
    State("sending", (says("When are you open today?"),), before=holds_messages),
    State("progress", (says("progress 90"), sees("Looking through"))),
    State("waiting-long", (says("slow 90"), has("Stop waiting"), types("And on Sunday?"))),
    State("stopped", (says("slow 90"), has("Stop waiting"), presses("Stop waiting"))),
    State("failed", (says("crash"), has("Edit"))),
    State("unconfirmed", (says("drop"), has("Send again"))),
    State("unanswered", (says("fail"), has("Try again"))),
    State("refused-by-bot", (says("refuse"), settles)),
    State("offline", (says("hello"), settles, goes_offline, types("Are you there?"))),
    State("connection-lost", (says("slow 90"), waits, goes_offline, sees("Connection"))),
    State("expired", (says("expire"), settles, says("When are you open today?"), settles)),
    State("ended", (says("end"), settles)),
    State("blank", (says("  "),)),
    State("too-long", (types("ä" * 10_001), lambda chat: composer(chat).press("Enter"))),
    State("near-the-limit", (types("A word, and " * 800),)),
    State(
        "new-messages", (says("long"), settles, says("slow 1"), reads_above, has("New messages"))
    ),
    State("your-chats", (says("hello"), settles, presses("Your chats"), has("Print"))),
    State(
        "new-chat",
        (says("hello"), settles, presses("Your chats"), presses("New chat"), has("Back")),
    ),
    State("long-words", (says(WORD), settles)),
    State("emoji", (says("😀🎉👩‍👩‍👧"), settles)),
    State(
        "many-scripts",
        (says("مرحبا، متى تفتحون اليوم؟"), settles, says("आज कब खुला है? 今日は?"), settles),
    ),
    State("themed", (says("hello"), settles), look=THEMED),
    State("themed-welcome", look=THEMED),
    State("dark-theme", (says("hello"), settles), look={"theme": "dark", "accent": "#ffb020"}),
    State("long-fields", look=LONG_FIELDS),
    State("paused", look={"is_active": False}),
    State("plain", path="plain/", scripts=False),
    State("without-scripts", scripts=False),
    *(
        State(
            f"banner-{tone}",
            look={"banner": words, "banner_tone": tone, "banner_place": place},
        )
        for (tone, words), place in zip(BANNER.items(), ("top", "bottom") * 2, strict=True)
    ),
    State("closed", look={**CLOSED, "takes_messages_closed": False}),
    State("closed-leave-a-message", look={**CLOSED, "starter_questions": ["Open?"]}),
    State("read-only", look={"is_read_only": True}),
    State("form", look=FORM),
    State("form-with-consent", look={**FORM, **CONSENT}),
    State(
        "form-not-filled-in",
        (presses("Start the chat"),),
        look={**FORM, **CONSENT},
    ),
    State("consent", look=CONSENT),
    State("files-ready", (attaches(picture(), NOTE),), look=FILES),
    State("files-refused", (attaches(LIAR, NOTE),), look=FILES),
    State("files-on-their-way", (is_sending,), look=FILES, before=holds_uploads),
    State(
        "files-received",
        (attaches(picture(), NOTE), says("return"), settles, sees_pictures),
        look=FILES,
    ),
    State(
        "feedback",
        (says("hello"), settles, presses("Good answer"), asks_for_a_word),
        look={"asks_feedback": True},
    ),
    State(
        "rating",
        (says("hello"), settles, presses("Your chats"), presses("Rate this chat")),
        look={"asks_feedback": True},
    ),
    State("arabic-welcome", look=ARABIC),
    State("arabic", (asks_in("متى تفتحون اليوم؟"),), look=ARABIC),
    State("hindi", (asks_in("आज कब खुला है?"),), look=HINDI),
    State("chinese", (asks_in("今天几点开门？"),), look=CHINESE),
    State("german-welcome", look=GERMAN),
    State("german", (asks_in("markdown"),), look=GERMAN),
)
