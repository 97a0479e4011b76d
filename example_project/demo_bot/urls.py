"""The Chat API's addresses, below wherever the site mounts the bot."""

from __future__ import annotations

from django.urls import path

from example_project.demo_bot import views

app_name = "demo_bot"

urlpatterns = [
    path("api/chat/start/", views.start, name="start"),
    path("api/chat/<uuid:session_id>/message/", views.message, name="message"),
    path("api/chat/<uuid:session_id>/<uuid:task_id>/poll/", views.poll_task, name="poll_task"),
    path("api/chat/<uuid:session_id>/poll/", views.poll_session, name="poll_session"),
    path("api/chat/<uuid:session_id>/upload/", views.upload, name="upload"),
    path("api/files/<int:file_id>/content", views.content, name="content"),
]
