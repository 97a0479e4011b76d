"""Every address of the app, below wherever the site includes them (design, "Fixed")."""

from __future__ import annotations

from django.urls import include, path

from chatwidget.views import (
    attachments,
    embed,
    feedback,
    files,
    gate,
    identity,
    messages,
    page,
    plain,
    preview,
    replies,
    starting,
    transcript,
)

app_name = "chatwidget"

urlpatterns = [
    path("api/chat/", include("chatwidget.api.urls")),
    path("attachments/<str:link>/", attachments.attachment, name="attachment"),
    path("more.js", embed.rest, name="more"),
    path("move.js", embed.late, {"name": "move"}, name="move"),
    path("hold.js", embed.late, {"name": "hold"}, name="hold"),
    path("loader/<slug:version>.js", embed.pinned, name="pinned"),
    path("page/<slug:version>/<str:name>", embed.asset, name="asset"),
    path("<uuid:public_id>/embed.js", embed.loader, name="embed"),
    path("<uuid:public_id>/greeting.js", embed.greeting, name="greeting"),
    path("<uuid:public_id>/", page.chat_page, name="page"),
    path("<uuid:public_id>/messages/", messages.messages, name="messages"),
    path("<uuid:public_id>/replies/<uuid:task_id>/", replies.reply, name="reply"),
    path("<uuid:public_id>/gate/", gate.gate, name="gate"),
    path("<uuid:public_id>/identity/", identity.who, name="identity"),
    path("<uuid:public_id>/work/", starting.start_work, name="work"),
    path("<uuid:public_id>/files/", files.upload, name="files"),
    path("<uuid:public_id>/feedback/", feedback.feedback, name="feedback"),
    path("<uuid:public_id>/tools/", transcript.tools, name="tools"),
    path("<uuid:public_id>/transcript/", transcript.transcript, name="transcript"),
    path("<uuid:public_id>/plain/", plain.plain_page, name="plain"),
    path("preview/<str:draft>/", preview.host_page, name="preview"),
    path("preview/<str:draft>/<uuid:public_id>/", preview.chat_page, name="preview-page"),
    path("preview/<str:draft>/more.js", embed.rest, name="preview-more"),
    path("preview/<str:draft>/move.js", embed.late, {"name": "move"}, name="preview-move"),
    path("preview/<str:draft>/hold.js", embed.late, {"name": "hold"}, name="preview-hold"),
    path("preview/<str:draft>/<uuid:public_id>/embed.js", preview.loader, name="preview-embed"),
    path(
        "preview/<str:draft>/<uuid:public_id>/greeting.js",
        preview.greeting,
        name="preview-greeting",
    ),
]
