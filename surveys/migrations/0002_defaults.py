"""A new installation begins with both surveys, switched off, in five languages."""

from django.db import migrations

from surveys.defaults import install


def forward(apps, schema_editor):
    install(get_model=apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
