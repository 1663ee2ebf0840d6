"""Every address of the simulator."""

from django.urls import path, re_path

from simulator.control import views as control
from simulator.graph import views as graph
from simulator.http import methods
from simulator.phones import views as phones
from simulator.static_files import static_file

VERSION = r"^v\d{1,2}\.\d/"

urlpatterns = [
    re_path(VERSION + r"(?P<number>\d+)/messages/?$", graph.graph(POST=graph.send)),
    re_path(VERSION + r"(?P<number>\d+)/media/?$", graph.graph(POST=graph.upload)),
    re_path(VERSION + r"(?P<account>\d+)/message_templates/?$", graph.graph(GET=graph.templates)),
    re_path(VERSION + r"(?P<account>\d+)/phone_numbers/?$", graph.graph(GET=graph.numbers)),
    re_path(VERSION + r"(?P<identity>\d+)/?$", graph.graph(GET=graph.node, DELETE=graph.remove)),
    re_path(VERSION + r"(?P<path>.*)$", graph.graph(GET=graph.unknown, POST=graph.unknown)),
    path("media/<str:token>", graph.graph(GET=graph.download)),
    path("", methods(GET=phones.home)),
    path("phone/", methods(GET=phones.customers, POST=phones.create)),
    path("phone/events/", methods(GET=phones.list_events)),
    path("phone/media/<str:media_id>", methods(GET=phones.file)),
    path("phone/<str:wa_id>/", methods(GET=phones.chat)),
    path("phone/<str:wa_id>/events/", methods(GET=phones.chat_events)),
    path("phone/<str:wa_id>/messages/", methods(POST=phones.write)),
    path("phone/<str:wa_id>/failure/", methods(POST=phones.fail_next)),
    path("static/simulator/<str:name>", methods(GET=static_file)),
    path("control/health", methods(GET=control.health)),
    path("control/inbound", methods(POST=control.inbound)),
    path("control/history", methods(POST=control.history)),
    path("control/faults", methods(GET=control.faults, POST=control.set_faults, DELETE=control.clear_faults)),
    path("control/log", methods(GET=control.log)),
    path("control/reset", methods(POST=control.reset)),
]
