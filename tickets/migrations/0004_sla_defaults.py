"""A new installation begins with office hours and a promise for each priority."""

from django.conf import settings
from django.db import migrations

from tickets.defaults import install


def forward(apps, schema_editor):
    install(time_zone=settings.TIME_ZONE, get_model=apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_sla")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
