"""The work list turns amber when the clock of the answer warns, as its policy says."""

from django.db import migrations, models

# What waits for an answer now has a running clock; what does not has no warning.
FROM_THE_CLOCKS = """
UPDATE tickets_ticket SET warn_at = clock.warn_at
FROM tickets_slaclock AS clock
WHERE clock.ticket_id = tickets_ticket.id AND clock.state = 'running'
  AND clock.metric IN ('first_response', 'next_response') AND clock.due_at = tickets_ticket.due_at
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0015_automatic_texts'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='warn_at',
            field=models.DateTimeField(blank=True, help_text='When the clock of that answer warns, by its policy.', null=True),
        ),
        migrations.RunSQL(FROM_THE_CLOCKS, migrations.RunSQL.noop),
    ]
