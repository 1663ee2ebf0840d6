"""The one address that Meta calls."""

from django.urls import path

from channels_whatsapp.webhook import webhook

app_name = "whatsapp"
urlpatterns = [
    # Without a trailing slash: Meta's POST would lose its body on a redirect.
    path("webhooks/whatsapp", webhook, name="webhook"),
]
