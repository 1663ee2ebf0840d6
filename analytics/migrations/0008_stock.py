"""Which tickets count among the open ones while they are open; until now those that count at all."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0007_kept_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='fact',
            name='is_stock',
            field=models.BooleanField(db_default=False, default=False, help_text='Counts among the open tickets while it is one, whatever becomes of it later.'),
        ),
        migrations.AlterField(
            model_name='fact',
            name='is_counted',
            field=models.BooleanField(help_text='Not of a test contact, not spam, not merged into another ticket, and the contact has written.'),
        ),
        migrations.RunSQL('UPDATE kpi_fact SET is_stock = TRUE WHERE is_counted', migrations.RunSQL.noop),
    ]
