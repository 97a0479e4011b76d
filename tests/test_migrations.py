"""The migrations build what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_the_migrations_are_up_to_date_with_the_models():
    call_command("makemigrations", "chatwidget", check=True, dry_run=True, verbosity=0)
