"""A session's row by our own statements, held against the model's."""

from __future__ import annotations

import uuid

import pytest
from django.db.models import F
from django.forms.models import model_to_dict
from django.utils import timezone

from chatwidget.conversation import rows, waiting
from chatwidget.models import ChatSession

KEPT = {
    "turn": 3,
    "client_id": "c'3\"%s",
    "task_id": uuid.uuid4(),
    "claimed_at": timezone.now(),
    "recent": [{"client_id": "c2", "mark": "né"}, {"client_id": "c1"}],
    "answers": {"name": "Ada"},
    "is_identified": True,
}


def everything(session: ChatSession) -> dict[str, object]:
    """What a row holds, by attribute."""
    return {field.attname: getattr(session, field.attname) for field in session._meta.fields}


@pytest.mark.parametrize("kept", [{}, KEPT], ids=["new", "in use"])
def test_a_row_is_read_as_the_model_reads_it(session, kept, django_assert_num_queries):
    ChatSession.objects.filter(pk=session.pk).update(**kept)
    rows.read(session.pk)
    with django_assert_num_queries(1):
        found = rows.read(session.pk)
    assert everything(found) == everything(ChatSession.objects.get(pk=session.pk))
    assert found == session
    assert not found._state.adding
    assert not waiting.is_copy(found)


def test_a_row_that_is_not_there_is_the_models_own_error(db):
    with pytest.raises(ChatSession.DoesNotExist):
        rows.read(uuid.uuid4())


def test_what_is_written_is_what_the_model_writes(session, widget, django_assert_num_queries):
    other = ChatSession.objects.create(widget=widget)
    ChatSession.objects.filter(pk=other.pk, turn=0).update(
        **KEPT, message_count=F("message_count") + 1
    )
    with django_assert_num_queries(1):
        assert rows.update(session.pk, {"turn": 0}, KEPT, counts=["message_count"])
    written, meant = (ChatSession.objects.get(pk=each.pk) for each in (session, other))
    assert model_to_dict(written, KEPT) == model_to_dict(meant, KEPT)
    assert everything(written).items() >= KEPT.items()
    assert written.message_count == meant.message_count == 1


def test_a_value_that_is_nothing_is_written_as_nothing(session):
    ChatSession.objects.filter(pk=session.pk).update(**KEPT)
    assert rows.update(session.pk, {}, {"task_id": None, "claimed_at": None})
    session.refresh_from_db()
    assert (session.task_id, session.claimed_at) == (None, None)


@pytest.mark.parametrize(
    "expected", [{"turn": 1}, {"task_id": uuid.uuid4()}, {"turn": 0, "state": "ended"}]
)
def test_a_row_that_is_not_as_expected_stays_as_it_is(session, expected):
    before = everything(ChatSession.objects.get(pk=session.pk))
    assert not rows.update(session.pk, expected, {"flight": "sending"}, counts=["message_count"])
    assert everything(ChatSession.objects.get(pk=session.pk)) == before


def test_no_other_row_is_written(session, widget):
    other = ChatSession.objects.create(widget=widget)
    assert rows.update(session.pk, {"turn": 0}, {"turn": 1})
    other.refresh_from_db()
    assert other.turn == 0
