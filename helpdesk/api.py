"""Where the apps' parts of the API meet, under /api/v1/, and the description of all of them."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from agents.api import problems

YAML = "yaml"


@cache
def _schema(form: str) -> bytes:
    """Return the OpenAPI document; it is the same for everybody, so it is made once in a process."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    if form == YAML:
        return bytes(OpenApiYamlRenderer().render(document, renderer_context={}))  # type: ignore[no-untyped-call]
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Describe the API as OpenAPI 3: JSON, or YAML with ?format=yaml."""
    form = YAML if request.GET.get("format") == YAML else "json"
    kind = "application/vnd.oai.openapi" if form == YAML else "application/vnd.oai.openapi+json"
    return HttpResponse(_schema(form), content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "max-age=60"})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the schema as pages to read and try; a token typed there stays in the page's memory."""
    return render(request, "api/docs.html")


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer 404 as a problem for an address that does not exist."""
    del request
    return problems.plain(404, "not_found", _("There is nothing at this address."))


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tickets.api.urls")),
    path("", include("surveys.api.urls")),
    path("", include("analytics.api.urls")),
    path("schema/", schema, name="schema"),
    path("docs/", docs, name="docs"),
    re_path(r"", unknown),
]
