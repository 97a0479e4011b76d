"""The pages that are made from the code are as the code is."""

from __future__ import annotations

import pytest

from tests.reference.pages import DIRECTORY, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_made_from_the_code_is_up_to_date(name):
    assert (DIRECTORY / name).read_text(encoding="utf-8") == PAGES[name](), "Run make reference"
