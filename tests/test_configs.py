from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from chatwidget import configs
from chatwidget.models import ChatServer, Widget


@pytest.fixture
def known(widget):
    """A widget that this process has read."""
    configs.get(widget.pk, configs.current())
    return widget


def is_active(widget):
    return configs.get(widget.public_id, configs.current()).is_active


@pytest.mark.parametrize("key", ["pk", "public_id"])
def test_what_is_kept_needs_no_query(known, key, django_assert_num_queries):
    with django_assert_num_queries(0):
        found = configs.get(getattr(known, key), configs.current())
        assert (found, found.server.name) == (known, "Remote")


@pytest.mark.parametrize(
    "pause",
    [
        lambda: Widget.objects.update(is_active=False),
        lambda: Widget.objects.bulk_update([Widget(pk=Widget.objects.get().pk)], ["is_active"]),
    ],
    ids=["update", "bulk_update"],
)
def test_a_change_without_a_save_acts_at_once(known, pause):
    Widget.objects.filter(pk=known.pk).update(is_active=True)
    pause()
    assert is_active(known) == Widget.objects.get().is_active


def test_a_saved_change_acts_at_once(known):
    known.is_active = False
    known.save()
    assert not is_active(known)


def test_a_change_of_the_server_acts_at_once(known):
    ChatServer.objects.update(is_active=False)
    assert not configs.get(known.pk, configs.current()).server.is_active


def change_behind_our_back(widget):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE chatwidget_widget SET is_active = false WHERE id = %s", [widget.pk])


def test_another_process_s_change_acts_at_once(known):
    change_behind_our_back(known)
    assert is_active(known)
    cache.set(configs.MARK, "of another process")
    assert not is_active(known)


def test_a_change_by_sql_acts_within_seconds(known, monkeypatch):
    change_behind_our_back(known)
    monkeypatch.setattr(configs, "FRESH_SECONDS", 0.0)
    assert not is_active(known)


def test_what_was_read_before_a_commit_is_read_again(known, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            Widget.objects.update(is_active=False)
            early = configs.current()
        assert configs.current() == early
    assert configs.current() != early


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_a_transaction_puts_one_mark(known):
    known.save()
    assert configs.current()


def test_a_caller_may_do_with_its_widget_what_it_likes(known):
    configs.get(known.pk, configs.current()).title = "Mine"
    assert configs.get(known.pk, configs.current()).title == known.title


def test_a_widget_that_is_gone_is_not_found(known):
    known.delete()
    with pytest.raises(Widget.DoesNotExist):
        configs.get(known.pk, configs.current())


def test_memory_is_bounded(known, monkeypatch):
    monkeypatch.setattr(configs, "KEPT_WIDGETS", 1)
    configs._kept[0] = configs._kept[known.pk]
    cache.set(configs.MARK, "another")
    configs.get(known.pk, configs.current())
    assert len(configs._kept) == 2


class Silent:
    def get_or_set(self, *_args):
        raise ConnectionError

    set = get_or_set


def test_rows_are_read_while_the_cache_is_silent(known, monkeypatch, caplog):
    monkeypatch.setattr("chatwidget.store.stand_in", Silent())
    known.is_active = False
    known.save()
    assert not is_active(known)
    assert f"a change acts within {configs.FRESH_SECONDS} s: ConnectionError" in caplog.text
