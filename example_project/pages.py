"""Pages of a host site, one for each way to have the widget, and what each is served with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from example_project.fixtures import SECOND_ID, WIDGET_ID

# One machine under two names, so that the pages embed the widget from another site, as most do.
OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}
STRICT = (
    "default-src 'none'; script-src {site}; frame-src {site}; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True)
class HostPage:
    """A page: its address below ``pages/``, its words, the tag's attributes, its headers.

    ``extra`` names a template with what it has besides its words.
    """

    name: str
    title: str
    about: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: str = ""
    has_tag: bool = True


PAGES = {
    page.name: page
    for page in (
        HostPage("bubble", "A bubble", "One tag, and a launcher in the corner."),
        HostPage(
            "corner",
            "Another corner, with a label",
            "Words beside the icon, and space around it.",
            {"position": "bottom-left", "label": "Ask us", "offset-x": "32", "offset-y": "48"},
        ),
        HostPage(
            "inline",
            "In the page",
            "The chat fills an element of the page and loads with it.",
            {"mode": "inline", "target": "#chat"},
            extra="inline",
        ),
        HostPage("full", "Full screen", "The chat covers the page.", {"mode": "full"}),
        HostPage(
            "launcher",
            "A launcher of the page's own",
            "A button of the page opens the chat; ours is hidden.",
            {"launcher": "#ask"},
            extra="launcher",
        ),
        HostPage("several", "Two widgets", "Each has its own chats.", extra="several"),
        HostPage(
            "api",
            "The page's API",
            "Buttons that call it, and the events it tells.",
            extra="api",
        ),
        HostPage(
            "strict",
            "A strict policy, with Trusted Types",
            "No inline script or style, no eval, and no policy that may make script of text.",
            headers={"Content-Security-Policy": STRICT},
        ),
        HostPage(
            "coep",
            "Cross-origin isolation",
            "Every frame has to agree to be embedded (COEP); the tag says data-coep.",
            {"coep": ""},
            {
                "Cross-Origin-Embedder-Policy": "require-corp",
                "Cross-Origin-Opener-Policy": "same-origin",
            },
        ),
        HostPage("frame", "In a frame of the page", "The widget stands inside.", extra="frame"),
        HostPage(
            "router",
            "A single-page application",
            "history.pushState, and a view transition where the browser has them.",
            extra="router",
        ),
        HostPage("transition", "View transitions", "Between pages, by CSS.", extra="transition"),
        HostPage("turbo", "Turbo", "Links swap the body.", extra="turbo"),
        HostPage("htmx", "htmx boost", "Links swap the body.", extra="htmx"),
        HostPage("react", "React", "A component of a few lines.", extra="react", has_tag=False),
        HostPage("vue", "Vue", "A component of a few lines.", extra="vue", has_tag=False),
    )
}


def embedding_site(request: HttpRequest) -> str:
    """Where the page has the widget from: this machine's other name, if it has one."""
    name, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://{OTHER_NAME.get(name, name)}{colon}{port}"


def context_of(page: HostPage, site: str) -> dict[str, object]:
    """What the page's template shows."""
    return {
        "page": page,
        "loader": f"{site}/chatwidget/{WIDGET_ID}/embed.js",
        "second": f"{site}/chatwidget/{SECOND_ID}/embed.js",
        "attributes": {f"data-{name}": value for name, value in page.attributes.items()},
        "extra": f"lantern/pages/{page.extra}.html" if page.extra else "",
    }
