from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from chatwidget.models import Widget

SECRET = "a-secret-that-is-as-long-as-it-must-be"


def run(*arguments, stderr=None):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=stderr or io.StringIO(), no_color=True)
    return out.getvalue().strip()


def test_the_tag_by_slug_or_public_id(widget):
    address = f"https://s.example{reverse('chatwidget:embed', args=[widget.public_id])}"
    for name in (widget.slug, str(widget.public_id)):
        tag = run("chatwidget_tag", name, "--site", "https://s.example/")
        assert tag == f'<script src="{address}" async></script>'


def test_a_pinned_tag_names_a_script_that_is_kept_for_good(widget, client):
    tag = run("chatwidget_tag", widget.slug, "--pinned")
    address = re.search(r'src="([^"]+)"', tag).group(1)
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert str(widget.public_id) not in response.content.decode()
    assert str(widget.public_id) in tag
    assert client.get(reverse("chatwidget:pinned", args=["older"])).status_code == 404


@pytest.mark.parametrize("site", ["garbage", "https://s.example/shop", "ftp://s.example"])
def test_a_site_that_is_none_makes_no_tag(widget, site):
    with pytest.raises(CommandError, match="--site: .* is not an origin"):
        run("chatwidget_tag", widget.slug, "--site", site)


@pytest.mark.parametrize("pinned", [[], ["--pinned"]])
def test_a_tag_that_works_on_this_site_alone_says_so_beside_itself(widget, settings, pinned):
    said = io.StringIO()
    assert 'src="/' in run("chatwidget_tag", widget.slug, *pinned, stderr=said)
    assert said.getvalue().startswith("It works on this site's own pages.")
    absolute = io.StringIO()
    run("chatwidget_tag", widget.slug, *pinned, "--site", "https://s.example", stderr=absolute)
    settings.CHATWIDGET = {"PUBLIC_URL": "https://s.example"}
    run("chatwidget_tag", widget.slug, *pinned, stderr=absolute)
    assert absolute.getvalue() == ""


@pytest.mark.parametrize("command", ["chatwidget_tag", "chatwidget_secret"])
def test_an_unknown_widget_is_named_as_such(db, command):
    with pytest.raises(CommandError, match="No widget has that public id or slug"):
        run(command, "gone")


def test_a_secret_is_read_from_standard_input_and_stored_encrypted(widget, monkeypatch):
    for typed, words in ((SECRET, "Stored."), ("", "Removed.")):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        assert run("chatwidget_secret", widget.slug) == words
        stored = Widget.objects.get()
        assert stored.identity_secret == typed
        assert SECRET not in stored.encrypted_identity_secret
        assert stored.asks_who == bool(typed)


def test_a_short_secret_is_refused(widget, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="32 bytes"):
        run("chatwidget_secret", widget.slug)


def test_a_pipe_that_brings_no_line_keeps_the_secret(widget, monkeypatch):
    widget.set_identity_secret(SECRET)
    widget.save()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="Nothing came on standard input"):
        run("chatwidget_secret", widget.slug)
    assert Widget.objects.get().identity_secret == SECRET
