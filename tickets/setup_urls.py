"""Addresses of the core's set-up pages; `helpdesk.urls` mounts them at /setup/ beside those of upper apps."""

from django.urls import path

from tickets.views.setup import hours, index, rules, sla, tags, teams, texts

urlpatterns = [
    path("", index.index, name="index"),
    path("hours/", hours.index, name="hours"),
    path("hours/new/", hours.new, name="hours_new"),
    path("hours/<int:pk>/", hours.edit, name="hours_edit"),
    path("hours/<int:pk>/removal/", hours.removal, name="hours_removal"),
    path("sla/", sla.index, name="sla"),
    path("sla/new/", sla.new, name="sla_new"),
    path("sla/<int:pk>/", sla.edit, name="sla_edit"),
    path("sla/<int:pk>/position/", sla.position, name="sla_position"),
    path("sla/<int:pk>/removal/", sla.removal, name="sla_removal"),
    path("rules/", rules.index, name="rules"),
    path("rules/new/", rules.new, name="rules_new"),
    path("rules/<int:pk>/", rules.edit, name="rules_edit"),
    path("rules/<int:pk>/position/", rules.position, name="rules_position"),
    path("rules/<int:pk>/activity/", rules.activity, name="rules_activity"),
    path("rules/<int:pk>/removal/", rules.removal, name="rules_removal"),
    path("rules/<int:pk>/restoration/", rules.restoration, name="rules_restoration"),
    path("texts/", texts.index, name="texts"),
    path("texts/switches/", texts.switches, name="texts_switches"),
    path("texts/bots/<int:pk>/", texts.bots, name="texts_bots"),
    path("texts/<int:pk>/", texts.edit, name="texts_edit"),
    path("tags/", tags.index, name="tags"),
    path("tags/<int:pk>/skill/", tags.skill, name="tags_skill"),
    path("teams/", teams.index, name="teams"),
    path("teams/new/", teams.new, name="teams_new"),
    path("teams/<int:pk>/", teams.edit, name="teams_edit"),
    path("teams/<int:pk>/archive/", teams.archive, name="teams_archive"),
    path("teams/<int:pk>/restoration/", teams.restoration, name="teams_restoration"),
    path("teams/<int:pk>/removal/", teams.removal, name="teams_removal"),
]
