"""What the contender "i" keeps of a chat: the least that lets it know who may write."""

from __future__ import annotations

import uuid

from django.db import models


class Bot(models.Model):
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Chat(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    token = models.CharField(max_length=64)
    bot = models.ForeignKey(Bot, on_delete=models.CASCADE)
    last_active_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.id)
