"""The shop's page, and pages as any other site might have them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from example_project import catalogue, pages
from example_project.demo_bot.smalltalk import HOURS


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """The front page of Lantern Books, with the widget by template tag."""
    context = {
        "books": catalogue.BOOKS,
        "picks": catalogue.PICKS,
        "events": catalogue.EVENTS,
        "hours": HOURS,
        "today": HOURS[timezone.localdate().weekday()][0],
    }
    return render(request, "lantern/shop.html", context)


@require_safe
def embed_demo(request: HttpRequest) -> HttpResponse:
    """A plain page of HTML with the script tag alone, as a site without Django would have it."""
    return render(request, "lantern/embed_demo.html")


@require_safe
def page_list(request: HttpRequest) -> HttpResponse:
    """The list of the pages that show each way to have the widget."""
    return render(request, "lantern/pages/index.html", {"pages": pages.PAGES.values()})


@require_safe
@xframe_options_sameorigin
def host_page(request: HttpRequest, name: str) -> HttpResponse:
    """One of those pages, with the headers that it is about."""
    if name not in pages.PAGES:
        raise Http404
    page, site = pages.PAGES[name], pages.embedding_site(request)
    response = render(request, "lantern/pages/page.html", pages.context_of(page, site))
    for header, value in page.headers.items():
        response[header] = value.format(site=site)
    return response
