"""A stranger's first hour: the documents followed on a fresh project, until the answer is there."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.chatting import ANSWER, QUESTION
from tests.browser.running import await_answer, free_port, running_site
from tests.packaging.fresh import Project

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.browser]

PAGE = """
{% load chatwidget %}
<!doctype html><html lang="en"><title>Mine</title><body>{% chat_widget "support" %}</body></html>
"""
SETTINGS = """
CHATWIDGET = {"ALLOW_PRIVATE_SERVERS": True}
TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
"""
ADDRESSES = """
from django.views.generic import TemplateView
urlpatterns += [path("", TemplateView.as_view(template_name="home.html"))]
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    """The address of the demo, whose chatbot answers."""
    with running_site(tmp_path_factory.mktemp("bot")) as site:
        yield site.url


@pytest.fixture
def project(wheel, tmp_path):
    made = Project(tmp_path, wheel)
    made.make()
    return made


@contextmanager
def served(project):
    url = f"http://127.0.0.1:{(port := free_port())}"
    log = project.directory / "server.log"
    command = [project.python, "manage.py", "runserver", "--noreload", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=project.directory,
            env=project.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            await_answer(url, server, log)
            yield url
        finally:
            server.terminate()


def ask(url, chromium_path):
    """Open the chat on the page, ask, and read the answer."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("button", name="Open chat").click()
        chat = page.frame_locator("iframe")
        chat.get_by_role("textbox", name="Message").fill(QUESTION)
        chat.get_by_role("textbox", name="Message").press("Enter")
        answer = chat.get_by_role("log", name="Messages").get_by_text(re.compile(ANSWER))
        expect(answer).to_be_visible(timeout=20_000)
        browser.close()


def test_the_tutorial_leads_to_an_answer(project, bot, chromium_path):
    document = (ROOT / "docs/tutorial/first-chat.md").read_text()
    project.follow(document.replace("http://127.0.0.1:8000/demo-bot", f"{bot}/demo-bot"))
    with served(project) as url:
        ask(url, chromium_path)


def test_the_readme_leads_to_an_answer(project, bot, chromium_path):
    """Its server is another's, so the demo's stands in; the page is the reader's own."""
    document = (ROOT / "README.md").read_text()
    for written, here in (
        ("https://chat.example.com", f"{bot}/demo-bot"),
        ("5f3b1c2e-0000-4000-8000-000000000000", "22222222-2222-4222-8222-222222222222"),
        ("https://www.example.com", "http://127.0.0.1"),
    ):
        assert written in document
        document = document.replace(written, here)
    project.append("mysite/settings.py", SETTINGS)
    project.append("mysite/urls.py", ADDRESSES)
    project.append("templates/home.html", PAGE)
    steps = document.partition("## Put it into your site")[2]
    project.follow(steps, typed="demo-embed-key\n")
    assert project.run("python manage.py chatwidget_doctor")
    with served(project) as url:
        ask(url, chromium_path)
