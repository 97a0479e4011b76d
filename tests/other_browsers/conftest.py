"""One visitor in each browser, on the two sites that `tests/browser` uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.running import Site, running_site
from tests.other_browsers import visitors
from tests.other_browsers.visitors import Visitor

ENGINES = {
    "firefox": visitors.firefox,
    "firefox without storage": visitors.firefox_without_storage,
    "webkit": visitors.webkit,
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example project with the demo loaded, in a process of its own."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(params=ENGINES)
def visitor(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Somebody who has never been here."""
    if reason := visitors.missing(request.param):
        pytest.skip(reason)
    with ENGINES[request.param]() as somebody:
        yield somebody
