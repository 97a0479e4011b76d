"""What an admin can do about an error, in plain words.

The words are English and marked for translation; whoever shows them translates them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatwidget.chatapi import errors
from chatwidget.chatapi.endpoints import TOKEN


def gettext_noop(words: str) -> str:
    """Mark words for `makemessages`, without Django."""
    return words


NO_CREDENTIAL: Final = gettext_noop(
    "The server starts no chat for an API key or without a credential. Choose an embed key with "
    "an origin that the chatbot's channel allows, or client credentials."
)
WRONG_EMBED_KEY: Final = gettext_noop(
    "The server doesn't know this embed key for this chatbot. Copy the key from the chatbot's "
    "widget channel, and check the chatbot id."
)
WRONG_ORIGIN: Final = gettext_noop(
    "The chatbot's channel doesn't allow this origin. Type one that the channel lists, or add this "
    "one there. A channel that wants OAuth takes no embed key: choose client credentials."
)
WANTS_OAUTH: Final = gettext_noop(
    "The chatbot takes no such token. Choose an embed key; if the chatbot's channel wants OAuth, "
    "choose client credentials."
)
WRONG_TOKEN: Final = gettext_noop(
    "The server doesn't take the fetched token. Check that the chatbot's channel wants OAuth, that "
    "the client belongs to the chatbot's team, and that the scope holds chat:start."
)
WRONG_CLIENT: Final = gettext_noop(
    "The token URL refuses the client. Check the client id, its secret and the scope."
)
WRONG_COOKIE: Final = gettext_noop(
    "The server refuses the session cookie. It may have expired: sign in to the server again and "
    "copy it anew. Its owner needs access to the chatbot."
)
FORGERY: Final = gettext_noop(
    "The server takes the call for a forged one. Check that the base URL is the address at which "
    "people sign in, https too."
)
OTHER_PERSON: Final = gettext_noop(
    "With a session cookie the participant is the cookie's owner. Leave the participant's id out, "
    "or send the owner's email address."
)
VERSION: Final = gettext_noop(
    "The server lets this credential choose no version. Leave the version number empty."
)
REFUSED: Final = gettext_noop(
    "The server refuses the credential. Check the secret and the kind of credential."
)
NO_CHATBOT: Final = gettext_noop(
    "No such chatbot, or no Chat API at the base URL. Check both; the chatbot id is that of the "
    "chatbot, not of one of its published versions."
)
NO_TOKEN_URL: Final = gettext_noop("There is nothing at the token URL. Check it.")
NO_TOKEN: Final = gettext_noop("What answers at the token URL gives no token. Check the address.")
NO_CHAT_API: Final = gettext_noop(
    "What answers is no Chat API. Check the base URL, and whether it begins with http or https."
)
REJECTED: Final = gettext_noop("The server refuses to start this chatbot. Check the chatbot id.")
TLS: Final = gettext_noop(
    "The server's TLS certificate isn't accepted. Check the base URL; for an authority of your "
    "own, set REQUESTS_CA_BUNDLE."
)
NO_NAME: Final = gettext_noop("The server's name isn't known. Check the base URL.")
NOT_PUBLIC: Final = gettext_noop(
    "The server is on a private network or speaks no https, and the site allows neither. If it is "
    "your own, set CHATWIDGET['ALLOW_PRIVATE_SERVERS'] = True in the site's settings."
)
PROXY: Final = gettext_noop("The proxy can't be used. Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.")
SLOW: Final = gettext_noop("The server doesn't answer in time. Try again, or allow it more time.")
UNREACHABLE: Final = gettext_noop(
    "The server can't be reached, or is broken. Check the base URL and the network; try again."
)
BUSY: Final = gettext_noop("The server takes no more calls just now. Try again later.")
OTHER: Final = gettext_noop("The server doesn't start a chat.")

# What a server says, in its own words: there is no code for these (A14, L1, L2 in the recordings).
BY_DETAIL: Final = (
    ("Version number requires authentication", VERSION),
    ("CSRF Failed", FORGERY),
    ("Remote ID must match", OTHER_PERSON),
)
BY_REASON: Final = {
    "TLS failed": TLS,
    "name not found": NO_NAME,
    "proxy failed": PROXY,
    "address not public": NOT_PUBLIC,
    "address not https": NOT_PUBLIC,
}
BY_KIND: Final[Sequence[tuple[type[errors.ChatAPIError], str]]] = (
    (errors.TimedOut, SLOW),
    (errors.Unavailable, UNREACHABLE),
    (errors.RateLimited, BUSY),
    (errors.AccessDenied, REFUSED),
    (errors.NotFound, NO_CHATBOT),
    (errors.BadResponse, NO_CHAT_API),
    (errors.Rejected, REJECTED),
)
ON_TOKEN: Final[Sequence[tuple[type[errors.ChatAPIError], str]]] = (
    (errors.NotFound, NO_TOKEN_URL),
    (errors.Rejected, WRONG_CLIENT),
    (errors.BadResponse, NO_TOKEN),
)
DENIED: Final = {
    ("none", 401): NO_CREDENTIAL,
    ("api_key", 401): NO_CREDENTIAL,
    ("bearer", 401): WANTS_OAUTH,
    ("embed_key", 401): WRONG_EMBED_KEY,
    ("embed_key", 403): WRONG_ORIGIN,
    ("session_cookie", 401): WRONG_COOKIE,
    ("session_cookie", 403): WRONG_COOKIE,
    ("client_credentials", 401): WRONG_TOKEN,
    ("client_credentials", 403): WRONG_TOKEN,
}


def hint(error: errors.ChatAPIError) -> str:
    """Say what an admin can do about an error of `ChatAPI.start`, or of the token it needs."""
    if isinstance(error, errors.AccessDenied) and error.hint:
        return error.hint
    special = _by_detail(error) or BY_REASON.get(error.reason)
    table = (*ON_TOKEN, *BY_KIND) if error.call == TOKEN.call else BY_KIND
    return special or next((words for kind, words in table if isinstance(error, kind)), OTHER)


def for_access(error: errors.AccessDenied, scheme: str) -> str:
    """Say what to do about a credential that is refused, or about its origin (facts 2, 3, 29)."""
    if error.call == TOKEN.call:
        return WRONG_CLIENT
    return _by_detail(error) or DENIED.get((scheme, error.status or 0), REFUSED)


def _by_detail(error: errors.ChatAPIError) -> str | None:
    return next((words for begin, words in BY_DETAIL if error.detail.startswith(begin)), None)
