"""What a visitor thinks of an answer or of the chat, as the chat page sends it."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django import forms
from django.http import HttpRequest, HttpResponse

from chatwidget.conversation import feedback as opinions
from chatwidget.models import ChatSession, Feedback
from chatwidget.views.base import fragment, json_refusal, widget_of
from chatwidget.views.visitor import proof_of, session_of, tell, token_of


class Judgement(forms.Form):
    """``liked`` and the answer's time, or ``stars`` for the chat; a word in either case."""

    at = forms.DateTimeField(required=False)
    liked = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=int, required=False)
    stars = forms.IntegerField(min_value=1, max_value=Feedback.MOST_STARS, required=False)
    word = forms.CharField(max_length=Feedback.LONGEST_WORD, required=False)

    def keep(self, session: ChatSession) -> Feedback | None:
        """Keep it, if it is one of both."""
        values = self.cleaned_data
        if values["stars"]:
            return opinions.rate(session, values["stars"], values["word"])
        if values["at"] and values["liked"] != "":
            liked = bool(values["liked"])
            return opinions.judge(session, values["at"], liked=liked, word=values["word"])
        return None


@fragment("POST", refuse=json_refusal)
def feedback(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """Keep it, and answer with nothing, or with words in JSON."""
    widget = widget_of(request, public_id)
    form = Judgement(request.POST)
    if not widget.asks_feedback or not form.is_valid():
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if form.keep(session_of(token_of(request), proof_of(request), widget)) is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return tell(HttpResponse(status=HTTPStatus.NO_CONTENT), "feedback-given")
