"""Log in, log out, and the preferences of one's own pages."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from agents import presence
from agents.forms import LoginForm, PreferencesForm
from agents.live import announce_access
from agents.models import Membership, PresenceState, User
from helpdesk import clock


class LoginView(auth_views.LoginView):
    """Show the log-in page; in the demo it lists the log-ins."""

    template_name = "account/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's people, so that a newcomer need not look for them."""
        people = User.objects.none()
        if settings.DEMO:
            leads = Membership.objects.filter(user=OuterRef("pk"), is_lead=True)
            people = User.objects.filter(is_active=True).annotate(leads=Exists(leads)).order_by("pk")[:8]
        return super().get_context_data(demo_people=people, demo_password=settings.DEMO_SEED_AGENT_PASSWORD, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let who logs in be available, whatever they were when they left."""
        response = super().form_valid(form)
        presence.set_state(form.get_user().pk, PresenceState.ONLINE, clock.now())
        return response


class LogoutView(auth_views.LogoutView):
    """Log out; nobody is available behind a closed door."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session and the presence."""
        user_id = request.user.pk
        response = super().post(request, *args, **kwargs)
        if user_id is not None:
            presence.leave(user_id, clock.now())
            announce_access([user_id])
        return response


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, **_: Any) -> HttpResponse:
    """Answer 429 after too many wrong passwords, with the same page for names that exist and names that do not."""
    del credentials
    form = LoginForm(request)
    return render(request, "account/login.html", {"form": form, "throttled": True}, status=429)


@login_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Store language and theme of the person, then go back to the page they came from."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required
    form = PreferencesForm(request.POST)
    if form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        User.objects.filter(pk=request.user.pk).update(**chosen)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return redirect(back)
