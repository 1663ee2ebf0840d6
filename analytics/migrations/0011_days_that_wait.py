"""When a day that could not be counted is tried again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0010_contacts_by_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='dirty',
            name='not_before',
            field=models.DateTimeField(null=True),
        ),
    ]
