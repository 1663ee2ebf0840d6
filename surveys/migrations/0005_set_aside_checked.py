"""Check the old rows without holding up who writes."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('surveys', '0004_set_aside'),
    ]

    operations = [
        ValidateConstraint(model_name='surveyinvitation', name='surveys_not_sent_has_reason'),
    ]
