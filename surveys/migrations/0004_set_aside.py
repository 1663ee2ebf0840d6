"""Two more reasons why a survey is not sent: the ticket is spam, or was merged into another one."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0003_who_changed_a_survey'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='surveyinvitation',
            name='surveys_not_sent_has_reason',
        ),
        migrations.AlterField(
            model_name='surveyinvitation',
            name='reason',
            field=models.CharField(blank=True, choices=[('reopened', 'the ticket was reopened'), ('undone', 'resolving was taken back'), ('resolved_again', 'the ticket was resolved once more'), ('cancelled', 'somebody cancelled it'), ('spam', 'the ticket was marked as spam'), ('merged', 'the ticket was merged into another one'), ('capped', 'this contact was asked not long ago'), ('opted_out', 'this contact does not want surveys'), ('no_human_reply', 'no agent had replied'), ('too_short', 'the conversation was too short'), ('sampling', 'only some tickets are asked about'), ('too_old', 'it would have been more than a day late'), ('window_closed', 'the contact wrote more than 24 hours ago and there is no approved template'), ('channel_refused', 'the channel could not take it'), ('broken', 'something went wrong on our side'), ('switched_off', 'the survey was switched off')], db_default='', default='', max_length=16),
        ),
        AddConstraintNotValid(
            model_name='surveyinvitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['reopened', 'undone', 'resolved_again', 'cancelled', 'spam', 'merged', 'capped', 'opted_out', 'no_human_reply', 'too_short', 'sampling', 'too_old', 'window_closed', 'channel_refused', 'broken', 'switched_off']), ('state', 'not_sent')), models.Q(models.Q(('state', 'not_sent'), _negated=True), ('reason', '')), _connector='OR'), name='surveys_not_sent_has_reason'),
        ),
    ]
