from __future__ import annotations

from tests.faults import document, table


def test_the_docs_have_the_table_as_it_is() -> None:
    assert document.DOC.read_text(encoding="utf-8") == document.document(), (
        "Run python -m tests.faults"
    )


def test_every_row_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in table.FAULTS]
    assert len(names) == len(set(names))
