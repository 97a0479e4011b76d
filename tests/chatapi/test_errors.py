"""What an error says of itself."""

from __future__ import annotations

import pickle

import pytest

from chatwidget.chatapi import CallBudget, Consent, errors

LEAVES = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, errors.ChatAPIError)
]


def test_every_error_has_a_kind_of_its_own():
    assert len({cls.kind for cls in LEAVES}) == len(LEAVES)


@pytest.mark.parametrize("cls", LEAVES)
def test_every_error_can_be_made_from_nothing(cls):
    error = cls()
    assert str(error) == cls.kind
    assert error.may_have_arrived
    assert (error.status, error.code, error.detail, error.retry_after) == (None, "", "", None)


def test_a_log_line_holds_our_words_alone():
    error = errors.Rejected(
        "POST message", reason="refused", status=400, code="c", detail="the visitor's own words"
    )
    assert str(error) == "rejected: POST message 400: refused"


def test_an_error_keeps_what_it_was_made_with():
    budget = CallBudget(limit=300, remaining=0, reset_in=60)
    assert errors.RateLimited(budget=budget).budget == budget
    assert errors.AccessDenied(hint="Look at the key.").hint == "Look at the key."
    assert errors.BotError(text="sorry").text == "sorry"
    assert errors.ConsentStale(consent=Consent(required=True)).consent == Consent(required=True)
    assert errors.Rejected().fields == {}


@pytest.mark.parametrize("cls", LEAVES)
def test_every_error_names_its_call(cls):
    assert cls("GET task_poll").call == "GET task_poll"
    assert str(cls("GET task_poll")) == f"{cls.kind}: GET task_poll"


@pytest.mark.parametrize(
    "error",
    [
        errors.BotError("GET task_poll", text="sorry", status=500),
        errors.Rejected("POST message", fields={"message": ["no"]}),
        errors.ConsentRequired("POST message", consent=Consent(required=True)),
    ],
)
def test_an_error_survives_a_trip_between_processes(error):
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)  # noqa: S301 (pickled here)
