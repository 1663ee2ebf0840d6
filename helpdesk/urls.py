"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from helpdesk import demo, health, styleguide
from surveys import setup_urls as surveys_setup
from tickets import setup_urls as tickets_setup

# Every app has its own set-up pages; together they are one namespace.
setup_pages = [*tickets_setup.urlpatterns, *surveys_setup.urlpatterns]

handler500 = "helpdesk.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="inbox:index"), name="home"),
    path("", include("agents.urls")),
    path("", include("tickets.urls")),
    path("", include("channels_whatsapp.urls")),
    path("", include("surveys.urls")),
    path("alerts/", include("tickets.alerts_urls")),
    path("setup/", include((setup_pages, "setup"))),
    path("api/v1/", include(("helpdesk.api", "api"))),
    path("reports/", include("analytics.urls")),
    path("language/", set_language, name="set_language"),
    path("healthz/live", health.live, name="health_live"),
    path("healthz/ready", health.ready, name="health_ready"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include((demo.urlpatterns, "demo"))))
