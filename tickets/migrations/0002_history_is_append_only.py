"""History refuses UPDATE and DELETE: what happened, happened."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tickets_refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tickets_ticketevent_append_only BEFORE UPDATE OR DELETE ON tickets_ticketevent
  FOR EACH ROW EXECUTE FUNCTION tickets_refuse_rewriting_history();
"""
BACKWARD = """
DROP TRIGGER tickets_ticketevent_append_only ON tickets_ticketevent;
DROP FUNCTION tickets_refuse_rewriting_history();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
