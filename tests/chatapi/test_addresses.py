"""What an admin may type as the address of a server."""

from __future__ import annotations

import pytest

from chatwidget.chatapi import normalise_base_url
from chatwidget.chatapi.addresses import is_public, own_address, path_segment


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://host", "https://host"),
        (" https://host/ ", "https://host"),
        ("HTTPS://Host.Example.com", "https://host.example.com"),
        ("https://host/api/chat", "https://host"),
        ("https://host/api/chat/", "https://host"),
        ("https://host/api/v1/chat//", "https://host"),
        ("https://host/Prefix/api/chat", "https://host/Prefix"),
        ("http://127.0.0.1:8000/demo-bot", "http://127.0.0.1:8000/demo-bot"),
        ("https://host:443", "https://host"),
        ("http://host:80/x/", "http://host/x"),
        ("http://host:443", "http://host:443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://host/rapi/chat", "https://host/rapi/chat"),
        ("https://host/my%20api/", "https://host/my%20api"),
    ],
)
def test_an_address_has_one_way_of_being_written(typed, meant):
    assert normalise_base_url(typed) == meant
    assert normalise_base_url(meant) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "whole address"),
        ("host", "whole address"),
        ("host.example.com/api/chat", "whole address"),
        ("ftp://host", "whole address"),
        ("https://", "whole address"),
        ("https:///path", "whole address"),
        ("https://[::1", "host and a port"),
        ("https://user:pass@host", "user name"),
        ("https://host/?a=b", r"\?"),
        ("https://host/?", r"\?"),
        ("https://host/#top", "#"),
        ("https://host:99999", "host and a port"),
        ("https://host:0", "host and a port"),
        ("https://host:http", "host and a port"),
        ("https://host/a/../b", r"\.\."),
        ("https://host/a b", "blanks"),
        ("https://host/\x00", "blanks"),
        ("https://höst", "ASCII"),
        ("https:\\\\host", "ASCII"),
    ],
)
def test_anything_else_is_refused_in_words_that_say_what_to_type(typed, words):
    with pytest.raises(ValueError, match=words) as caught:
        normalise_base_url(typed)
    assert str(caught.value).startswith("Type ")
    assert "pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("", "https://chat.example.com/"),
        ("/files/1", "https://chat.example.com/files/1"),
        ("/files/1?size=2", "https://chat.example.com/files/1?size=2"),
        ("https://chat.example.com?a=b", "https://chat.example.com/?a=b"),
    ],
)
def test_a_link_of_the_server_leads_where_it_says(link, leads_to):
    assert own_address("https://chat.example.com", link) == leads_to


def test_a_path_segment_is_encoded_whole():
    assert path_segment("a/b?c#d%e f") == "a%2Fb%3Fc%23d%25e%20f"


PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:0:7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "fe80::1%eth0",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_a_private_network_is_not_public_however_it_is_wrapped(address):
    assert not is_public(address)
