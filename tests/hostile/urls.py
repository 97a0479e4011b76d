"""The app below a language prefix and a path of the site's."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(path("deep/chat/", include("chatwidget.urls")))
