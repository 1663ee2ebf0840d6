"""Moments in the words of a contact: "heute bis 16:40", "Monday, 09:30". Local time of whoever answers.

Contacts read the language they write in, whatever the pages of the house are in; so these few words stand here and
not in the catalogues of the interface. The names of days and months are Django's.
"""

import datetime as dt
import zoneinfo

from django.utils import formats, translation

LANGUAGES = ("en", "de", "fr")
# A time that is told is rounded up to five minutes: nobody promises 16:37.
STEP = dt.timedelta(minutes=5)
UNTIL = {
    "en": ("today by {time}", "tomorrow by {time}", "{day}, {time}", "{day} {date}, {time}"),
    "de": ("heute bis {time}", "morgen bis {time}", "{day}, {time}", "{day}, {date}, {time}"),
    "fr": (
        "aujourd\N{RIGHT SINGLE QUOTATION MARK}hui avant {time}",
        "demain avant {time}",
        "{day} à {time}",
        "{day} {date} à {time}",
    ),
}
AT = {
    "en": ("today at {time}", "tomorrow at {time}", "{day} at {time}", "{day} {date} at {time}"),
    "de": ("heute um {time}", "morgen um {time}", "{day} um {time}", "{day}, {date}, um {time}"),
    "fr": (
        "aujourd\N{RIGHT SINGLE QUOTATION MARK}hui à {time}",
        "demain à {time}",
        "{day} à {time}",
        "{day} {date} à {time}",
    ),
}
DATES = {"en": "j F", "de": "j. F", "fr": "j F"}


def _rounded_up(moment: dt.datetime) -> dt.datetime:
    # In UTC: every offset in use is a multiple of five minutes.
    over = (moment.astimezone(dt.UTC) - dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) % STEP
    return moment + (STEP - over) if over else moment


def _say(forms: tuple[str, str, str, str], moment: dt.datetime, now: dt.datetime, language: str) -> str:
    days = (moment.date() - now.date()).days
    form = forms[0] if days == 0 else forms[1] if days == 1 else forms[2] if days < 7 else forms[3]
    with translation.override(language):
        return form.format(
            time=moment.strftime("%H:%M"),
            day=formats.date_format(moment, "l"),
            date=formats.date_format(moment, DATES[language]),
        )


def until(moment: dt.datetime, now: dt.datetime, zone: zoneinfo.ZoneInfo, language: str) -> str:
    """Say by when, rounded up to five minutes."""
    return _say(UNTIL[language], _rounded_up(moment).astimezone(zone), now.astimezone(zone), language)


def at(moment: dt.datetime, now: dt.datetime, zone: zoneinfo.ZoneInfo, language: str) -> str:
    """Say when, to the minute."""
    return _say(AT[language], moment.astimezone(zone), now.astimezone(zone), language)
