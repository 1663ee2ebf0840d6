"""Leave what contacts answered to those who may read the ticket that it is about."""

from django.db import migrations

ANSWERS = """
UPDATE tickets_message m SET about_id = i.ticket_id
FROM surveys_surveyanswer a JOIN surveys_surveyresponse r ON r.id = a.response_id
JOIN surveys_surveyinvitation i ON i.id = r.invitation_id
WHERE a.message_id = m.id AND m.ticket_id IS NULL
"""
COMMENTS = """
UPDATE tickets_message m SET about_id = i.ticket_id
FROM surveys_surveyresponse r JOIN surveys_surveyinvitation i ON i.id = r.invitation_id
WHERE r.comment_message_id = m.id AND m.ticket_id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0005_set_aside_checked'),
        ('tickets', '0030_answers_are_about_tickets'),
    ]

    operations = [
        migrations.RunSQL(ANSWERS, migrations.RunSQL.noop),
        migrations.RunSQL(COMMENTS, migrations.RunSQL.noop),
    ]
