"""The page on which people make and revoke their API tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from agents import tokens
from agents.forms import TokenForm
from agents.models import ApiToken, Scope, User
from helpdesk import clock


def _chosen(form: TokenForm) -> dict[str, Any]:
    """Return what the form shows: what was sent, else its beginning."""
    scopes = form["scopes"].value() if form.is_bound else [Scope.TICKETS_READ]
    return {
        "name": form["name"].value() or "",
        "lifetime": form["lifetime"].value() or "",
        "lifetimes": [{"value": value, "text": text} for value, text in form.fields["lifetime"].choices],  # type: ignore[attr-defined]
        "is_bot": bool(form["is_bot"].value()),
        "scopes": [{"value": value, "text": text, "checked": value in scopes} for value, text in Scope.choices],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
def tokens_page(request: HttpRequest) -> HttpResponse:
    """List one's own tokens and make new ones; the answer to the form is the only page that shows the secret."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    at = clock.now()
    form = TokenForm(request.POST if request.method == "POST" else None)
    made, secret = None, ""
    if form.is_bound and form.is_valid():
        made, secret = tokens.issue(
            actor=request.user,
            owner=request.user,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(at),
            is_bot=form.cleaned_data["is_bot"],
        )
        form = TokenForm()
    context = {
        "form": form,
        "chosen": _chosen(form),
        "made": made,
        "secret": secret,
        "tokens": tokens.usable(at).filter(owner=request.user).order_by("-created_at"),
    }
    return render(request, "account/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own tokens."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    try:
        token = tokens.revoke(owner=request.user, token_id=pk)
    except ApiToken.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("account:tokens")
