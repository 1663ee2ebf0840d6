"""What a contact said about consent is never changed; check the new purposes against the rows there are."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

FORWARD = """
CREATE TRIGGER tickets_consentchange_append_only BEFORE UPDATE OR DELETE ON tickets_consentchange
  FOR EACH ROW EXECUTE FUNCTION tickets_refuse_rewriting_history();
"""
BACKWARD = "DROP TRIGGER tickets_consentchange_append_only ON tickets_consentchange"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tickets", "0013_consent")]
    operations = [
        ValidateConstraint(model_name="message", name="tickets_message_purpose_known"),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
