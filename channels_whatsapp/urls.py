"""The one address that Meta calls."""

from django.urls import path

from channels_whatsapp.webhook import PATH, webhook

app_name = "whatsapp"
urlpatterns = [
    path(PATH.removeprefix("/"), webhook, name="webhook"),
]
