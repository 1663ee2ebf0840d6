"""Check the new constraints against the rows there are, without holding up who writes."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY tickets_one_acknowledgement_per_ticket ON tickets_message (ticket_id)
WHERE purpose = 'acknowledgement'
"""
DROP = "DROP INDEX CONCURRENTLY IF EXISTS tickets_one_acknowledgement_per_ticket"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tickets", "0006_automatic_messages")]
    operations = [
        ValidateConstraint(model_name="message", name="tickets_message_purpose_known"),
        ValidateConstraint(model_name="ticketevent", name="tickets_event_kind_known"),
        migrations.SeparateDatabaseAndState(
            # An attempt that was broken off leaves an invalid index behind.
            database_operations=[migrations.RunSQL(DROP, migrations.RunSQL.noop), migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="message",
                    constraint=models.UniqueConstraint(
                        fields=["ticket"],
                        condition=models.Q(purpose="acknowledgement"),
                        name="tickets_one_acknowledgement_per_ticket",
                    ),
                )
            ],
        ),
    ]
