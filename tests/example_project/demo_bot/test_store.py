"""The bot's memory keeps within its bounds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from example_project.demo_bot.limits import MAX_BUCKETS, RateLimits
from example_project.demo_bot.reply import Reply
from example_project.demo_bot.store import Store


def test_the_oldest_session_goes_when_there_are_too_many() -> None:
    store = Store(max_sessions=2)
    first, second, third = (store.start() for _ in range(3))
    assert store.get(first.id) is None
    assert store.get(second.id) is second
    assert store.get(third.id) is third


def test_sessions_go_when_there_is_too_much_in_them_and_so_do_their_tasks() -> None:
    store = Store(max_weight=5_000)
    chatty, quiet = store.start(), store.start()
    task = store.add_task(chatty, "x" * 4_000, Reply("y"))
    store.add_task(quiet, "x", Reply("y"))
    assert store.get(chatty.id) is None
    assert store.owner(task.id) is None
    assert store.get(quiet.id) is quiet


def test_a_session_heavier_than_everything_may_have_goes_too() -> None:
    store = Store(max_weight=5_000)
    session = store.start()
    store.add_task(session, "x" * 6_000, Reply("y"))
    store.add_task(session, "x" * 6_000, Reply("y"))
    assert store.get(session.id) is None
    assert store.weight == 0


def test_threads_lose_no_message() -> None:
    store = Store()
    session = store.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.add_task(session, "x", Reply("y")), range(80)))
    moments = [time for task in session.tasks.values() for time in (task.starts_at, task.ready_at)]
    assert len(set(moments)) == 160


def test_rate_limits_forget_the_bucket_that_was_used_least_lately() -> None:
    limits = RateLimits(clock=lambda: 0.0)
    limits.count("first")
    for number in range(MAX_BUCKETS):
        limits.count(str(number))
    assert len(limits.buckets) == MAX_BUCKETS
    assert limits.count("first").remaining == 299
