"""Placeholders, phrases and languages: pure functions, by example."""

import datetime as dt
import time
import zoneinfo

import pytest

from channels_whatsapp import templates
from tickets import defaults, languages, phrases, placeholders
from tickets.models import ContentType

BERLIN, LISBON, KOLKATA = (zoneinfo.ZoneInfo(name) for name in ("Europe/Berlin", "Europe/Lisbon", "Asia/Kolkata"))


def moment(text: str) -> dt.datetime:
    """Return a moment in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "due", "zone", "en", "de", "fr"),
    [
        (
            "2026-03-02T09:00",
            "2026-03-02T15:40",
            BERLIN,
            "today by 16:40",
            "heute bis 16:40",
            "aujourd’hui avant 16:40",
        ),
        (
            "2026-03-02T09:00",
            "2026-03-02T15:40",
            LISBON,
            "today by 15:40",
            "heute bis 15:40",
            "aujourd’hui avant 15:40",
        ),
        (
            "2026-03-02T09:00",
            "2026-03-02T18:40",
            KOLKATA,
            "tomorrow by 00:10",
            "morgen bis 00:10",
            "demain avant 00:10",
        ),
        ("2026-03-06T17:00", "2026-03-09T08:30", BERLIN, "Monday, 09:30", "Montag, 09:30", "lundi à 09:30"),
        # Rounded up, also over midnight.
        (
            "2026-03-02T09:00",
            "2026-03-02T15:36:01",
            BERLIN,
            "today by 16:40",
            "heute bis 16:40",
            "aujourd’hui avant 16:40",
        ),
        ("2026-03-02T09:00", "2026-03-02T22:58", BERLIN, "tomorrow by 00:00", "morgen bis 00:00", "demain avant 00:00"),
        # The clock goes forward in Berlin on 29 March 2026, and back on 25 October.
        ("2026-03-28T17:00", "2026-03-29T07:30", BERLIN, "tomorrow by 09:30", "morgen bis 09:30", "demain avant 09:30"),
        (
            "2026-10-25T00:30",
            "2026-10-25T01:30",
            BERLIN,
            "today by 02:30",
            "heute bis 02:30",
            "aujourd’hui avant 02:30",
        ),
        (
            "2026-12-23T17:00",
            "2027-01-04T08:30",
            BERLIN,
            "Monday 4 January, 09:30",
            "Montag, 4. Januar, 09:30",
            "lundi 4 janvier à 09:30",
        ),
    ],
)
def test_a_due_time_is_said_as_people_say_it(
    now: str, due: str, zone: zoneinfo.ZoneInfo, en: str, de: str, fr: str
) -> None:
    told = [phrases.until(moment(due), moment(now), zone, language) for language in ("en", "de", "fr")]
    assert told == [en, de, fr]


def test_an_opening_is_said_as_people_say_it() -> None:
    now, opening = moment("2026-03-06T17:00"), moment("2026-03-09T08:00")
    told = [phrases.at(opening, now, BERLIN, language) for language in phrases.LANGUAGES]
    assert told == ["Monday at 09:00", "Montag um 09:00", "lundi à 09:00"]


def test_what_is_no_placeholder_of_ours_comes_out_as_it_is() -> None:
    hostile = "{{settings.SECRET_KEY}} {% load static %} {0.__class__} %(name)s ${name} {{ticket_number}}"
    assert placeholders.fill_in(hostile, {"ticket_number": "#7", "name": "x"}) == hostile.replace(
        "{{ticket_number}}", "#7"
    )
    assert placeholders.fill_in("Hello {{name}}", {"name": "{{ticket_number}}", "ticket_number": "#7"}) == (
        "Hello {{ticket_number}}"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{name}}, thanks", "Hello, thanks"),
        ("Hello, {{ name }}!", "Hello!"),
        ("{{name}}, hello", "hello"),
        ("Thanks\nReply: {{eta}}\nBye", "Thanks\nBye"),
    ],
)
def test_what_is_not_known_is_not_said(text: str, expected: str) -> None:
    assert placeholders.fill_in(text, {"name": "", "eta": ""}) == expected


@pytest.mark.parametrize("text", ["{{" + " " * 9000, "{{" + " a" * 4500, "{{ " * 3000, "{{a" + " " * 9000])
def test_no_text_keeps_the_search_for_placeholders_busy(text: str) -> None:
    begin = time.process_time()
    assert placeholders.fill_in(text, {}) == text.strip()
    assert placeholders.flaws("acknowledgement", text).stray
    assert templates.PLACE.findall(text) == []
    assert time.process_time() - begin < 0.5


def test_flaws_of_a_text_are_named() -> None:
    found = placeholders.flaws("acknowledgement", "Hi {{nam}}, {{settings.SECRET_KEY}} {{")
    assert found == placeholders.Flaws(unknown=("nam", "settings.SECRET_KEY"), missing=("ticket_number",), stray=True)
    assert not any(
        placeholders.flaws(kind, text) for (kind, _), texts in defaults.TEXTS.items() for text in texts.values()
    )


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Aoife Brennan", "Aoife Brennan"),
        ("يوسف المنصوري", "يوسف المنصوري"),
        (" Anna\n Maria ", "Anna Maria"),
        ("🌸🌸", ""),
        ("WIN 500 € www.x.example", ""),
        ("+49 176 555", ""),
        ("", ""),
    ],
)
def test_only_what_looks_like_a_name_is_said_as_one(name: str, spoken: str) -> None:
    assert placeholders.spoken_name(name) == spoken


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Frage zur Abrechnung", "de"),
        ("Die Stiefel sind leider zu eng. Kann ich sie zurückgeben?", "de"),
        ("WO IST MEIN PAKET", "de"),
        ("Bonjour, mon colis NL-48190 est marqué livré", "fr"),
        ("Hi, the tent pole snapped the first time I pitched it 😞 Order NL-48213", "en"),
        ("¿Me podéis mandar la factura de nuevo?", "es"),
        ("Ciao, il fornello va bene anche con cartucce di altre marche?", "it"),
        ("Hoe krijg ik een nieuwe haring voor de tent?", "nl"),
        ("Prefiro uma mochila nova, por favor.", "pt"),
        ("Siparişim nerede?", "tr"),
        ("Gdzie jest moja paczka?", "pl"),
        ("وصلني مقاس خاطئ من الحذاء، كيف أستبدله؟", "ar"),
        ("Hej, var är min beställning?", "sv"),
        # Too short, no words, or nothing that tells.
        ("ok", ""),
        ("Hi", ""),
        ("👋👋👋", ""),
        ("NL-48213", ""),
        ("https://example.com/wo-ist-mein-paket", ""),
        ("", ""),
    ],
)
def test_a_language_is_told_from_the_words_or_not_at_all(text: str, language: str) -> None:
    assert languages.detect(text, ContentType.TEXT) == language


def test_the_title_of_a_tapped_button_tells_nothing() -> None:
    assert languages.detect("Sehr zufrieden mit allem", ContentType.CHOICE) == ""


@pytest.mark.parametrize(
    ("phone", "language"),
    [("+49 176 55501843", "de"), ("4369912345678", "de"), ("+33 6 12 34 56 78", "fr"), ("+1 416 555 0100", "en"),
     ("+971 50 123 4567", "ar"), ("+999", ""), ("", "")],
)  # fmt: skip
def test_a_number_tells_what_most_people_there_speak(phone: str, language: str) -> None:
    assert languages.of_phone(phone) == language
