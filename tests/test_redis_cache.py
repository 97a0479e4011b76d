"""Django's Redis cache with its connections kept, and several keys written in one trip."""

from __future__ import annotations

import os
import uuid

import pytest
from django.core.cache.backends.redis import RedisCache as DjangosCache
from redis import Redis

from chatwidget.redis_cache import RedisCache


@pytest.fixture
def params() -> dict[str, str]:
    """Keys of this test's own."""
    return {"KEY_PREFIX": uuid.uuid4().hex}


def test_a_client_is_kept_for_reading_and_one_for_writing(redis_url):
    client = RedisCache([redis_url, f"{redis_url}?client_name=reader"], {})._cache
    writer, reader = client.get_client(write=True), client.get_client("key")
    assert client.get_client("other", write=True) is writer
    assert client.get_client("other") is reader
    assert writer.connection_pool is not reader.connection_pool


def test_of_one_server_a_thread_keeps_one_connection(redis_url):
    client = RedisCache(redis_url, {})._cache
    assert client.get_client("key") is client.get_client("key", write=True)


def test_a_connection_that_was_lost_is_made_anew(redis_url, params):
    cache = RedisCache(redis_url, params)
    cache.set("words", "kept", 60)
    with Redis.from_url(redis_url) as other:
        other.client_kill_filter(_id=cache._cache.get_client().client_id())
    assert cache.get("words") == "kept"
    assert not cache.count({"a": 2}, 60)


def test_a_process_that_was_forked_has_connections_of_its_own(redis_url, params, monkeypatch):
    client = RedisCache(redis_url, params)._cache
    before = client.get_client("key")
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert client.get_client("key") is not before


@pytest.mark.parametrize("seconds", [60, None, 0])
def test_many_are_set_as_djangos_own_sets_them(redis_url, params, seconds):
    values, found = {"text": "a", "number": 1, "nothing": None}, []
    for cache in (RedisCache(redis_url, params), DjangosCache(redis_url, params)):
        cache.set_many(values, seconds)
        client = cache._cache.get_client(write=True)
        found.append({key: client.ttl(cache.make_key(key)) for key in values})
        assert cache.get_many(values) == (values if seconds != 0 else {})
        assert cache.incr("number") == 2 if seconds != 0 else True
        cache.delete_many(values)
    assert found[0] == found[1]


def test_either_reads_what_the_other_wrote(redis_url, params):
    own, djangos = RedisCache(redis_url, params), DjangosCache(redis_url, params)
    own.set("words", ("a", 1), 60)
    assert djangos.get("words") == ("a", 1)
    own.count({"number": 5}, 60)
    assert djangos.incr("number") == 2


def test_counters_behind_one_that_is_over_are_not_touched(redis_url, params):
    cache = RedisCache(redis_url, params)
    assert [cache.count({"a": 2, "b": 9}, 60) for _message in range(4)] == [
        False,
        False,
        True,
        True,
    ]
    assert cache.get_many(["a", "b"]) == {"a": 4, "b": 2}


def test_a_counter_is_forgotten_so_long_after_its_first(redis_url, params):
    cache = RedisCache(redis_url, params)
    cache.count({"a": 9}, 60)
    client, key = cache._cache.get_client(write=True), cache.make_key("a")
    assert 0 < client.ttl(key) <= 60
    client.expire(key, 30)
    cache.count({"a": 9}, 60)
    assert client.ttl(key) <= 30
