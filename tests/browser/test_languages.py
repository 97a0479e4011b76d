"""A whole conversation in four languages: names by role, direction, digits, and the way on."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Site


@dataclass(frozen=True)
class Speech:
    """What a visitor meets in a language."""

    code: str
    tag: str
    direction: str
    open: str
    close: str
    message: str
    send: str
    blank: str
    copy: str
    chats: str
    new: str
    question: str
    left: str
    digits: str = "0-9"


SPEECHES = [
    Speech(
        code="es",
        tag="es",
        direction="ltr",
        open="Abrir chat: Lantern Books",
        close="Cerrar chat",
        message="Mensaje",
        send="Enviar",
        blank="Escribe primero un mensaje.",
        copy="Copiar",
        chats="Tus chats",
        new="Chat nuevo",
        question="¿Empezar un chat nuevo?",
        left="Caracteres restantes: 500",
    ),
    Speech(
        code="ar",
        tag="ar-EG",
        direction="rtl",
        open="فتح المحادثة: Lantern Books",
        close="إغلاق المحادثة",
        message="الرسالة",
        send="إرسال",
        blank="اكتب رسالة أولًا.",
        copy="نسخ",
        chats="محادثاتك",
        new="محادثة جديدة",
        question="هل تريد بدء محادثة جديدة؟",
        left="الأحرف المتبقية: ٥٠٠",
        digits="٠-٩",
    ),
    Speech(
        code="bn",
        tag="bn",
        direction="ltr",
        open="চ্যাট খুলুন: Lantern Books",
        close="চ্যাট বন্ধ করুন",
        message="বার্তা",
        send="পাঠান",
        blank="আগে একটি বার্তা লিখুন।",
        copy="কপি করুন",
        chats="আপনার চ্যাট",
        new="নতুন চ্যাট",
        question="নতুন চ্যাট শুরু করবেন?",
        left="বাকি অক্ষর: ৫০০",
        digits="০-৯",
    ),
    Speech(
        code="zh-hans",
        tag="zh-CN",
        direction="ltr",
        open="打开对话\uff1aLantern Books",
        close="关闭对话",
        message="消息",
        send="发送",
        blank="请先输入消息。",
        copy="复制",
        chats="您的对话",
        new="新对话",
        question="开始新对话\uff1f",
        left="剩余字符\uff1a500",
    ),
]


@pytest.fixture(params=SPEECHES, ids=lambda speech: speech.code)
def speech(request):
    return request.param


@pytest.fixture
def visitor(new_context, speech, console):
    page = new_context(locale=speech.tag).new_page()
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    return page


def test_a_whole_conversation_is_in_the_visitors_language(
    visitor: Page, site: Site, speech: Speech
):
    visitor.goto(f"{site.url}/embed-demo/")
    # The closed launcher speaks the site's language, as the page around it does.
    launcher = visitor.get_by_role("button", name="Open chat: Lantern Books")
    launcher.hover()
    expect(visitor.get_by_role("button", name=speech.open)).to_be_visible()
    visitor.get_by_role("button", name=speech.open).click()
    chat = visitor.frame_locator("iframe")
    html = chat.locator("html")
    tag = "zh-Hans" if speech.code == "zh-hans" else speech.tag
    expect(html).to_have_attribute("lang", tag)
    expect(html).to_have_attribute("dir", speech.direction)
    expect(visitor.locator("chat-widget .all")).to_have_attribute("dir", speech.direction)

    box = chat.get_by_role("textbox", name=speech.message, exact=True)
    send = chat.get_by_role("button", name=speech.send, exact=True)
    box.fill("x" * 9500)
    expect(box).to_have_accessible_description(speech.left)
    box.fill(" ")
    send.click()
    expect(chat.get_by_role("alert")).to_have_text(speech.blank)
    box.fill("Show me some code, please")
    send.click()
    expect(chat.locator(".message:not(.own, .pending) .content")).to_be_visible()
    expect(chat.locator("time").last).to_have_text(re.compile(f"[{speech.digits}]"))

    chat.get_by_role("button", name=speech.chats, exact=True).click()
    dialog = chat.get_by_role("dialog", name=speech.chats)
    # The words beside it are Latin, and a date of Arabic reads backwards as theirs.
    expect(dialog.locator("li small")).to_have_css("direction", speech.direction)
    dialog.get_by_role("button", name=speech.new, exact=True).click()
    expect(chat.get_by_role("dialog", name=speech.question)).to_be_visible()
    visitor.keyboard.press("Escape")
    chat.get_by_role("button", name=speech.close, exact=True).click()
    expect(visitor.get_by_role("button", name=speech.open)).to_be_focused()
