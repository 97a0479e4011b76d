"""The app's entry in INSTALLED_APPS: wiring, nothing else."""

from __future__ import annotations

import atexit

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.core.signals import request_finished
from django.db.models.signals import post_delete, post_migrate
from django.utils.translation import gettext_lazy as _


class ChatWidgetConfig(AppConfig):
    name = "chatwidget"
    verbose_name = _("Chat widget")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatwidget import configs
        from chatwidget.checks import check_deployment, check_settings
        from chatwidget.conversation import waiting
        from chatwidget.management import roles
        from chatwidget.models import ChatSession
        from chatwidget.usage import counting, events

        register(check_settings)
        register(check_deployment, Tags.security, deploy=True)
        events.connect()
        configs.connect()
        post_delete.connect(waiting.forget_deleted, ChatSession)
        # After the answer is on its way, so that no visitor waits for it.
        request_finished.connect(counting.flush_if_due)
        atexit.register(counting.flush)
        post_migrate.connect(roles.make_groups, sender=self)
