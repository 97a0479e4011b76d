"""The mirror's addresses, those of the Chat API, below ``api/chat/``."""

from __future__ import annotations

from django.urls import path, re_path

from chatwidget.api import views

urlpatterns = [
    path("start/", views.StartView.as_view(), name="api-start"),
    path("<uuid:session_id>/message/", views.MessageView.as_view(), name="api-message"),
    path("<uuid:session_id>/<uuid:task_id>/poll/", views.TaskView.as_view(), name="api-task"),
    path("<uuid:session_id>/poll/", views.HistoryView.as_view(), name="api-history"),
    path("<uuid:session_id>/upload/", views.UploadView.as_view(), name="api-upload"),
    path("<uuid:session_id>/consent/", views.ConsentView.as_view(), name="api-consent"),
    # Whatever else is asked for below here: JSON too, and no redirect that loses a POST's body.
    re_path("", views.UnknownView.as_view()),
]
