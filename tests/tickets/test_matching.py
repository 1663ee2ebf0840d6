"""Words in messages: what counts as the same word, in which scripts, how fast, and who asks for a person."""

import random
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.folding import MAX_TEXT, MAX_WORD, fold, fold_word
from tickets.matching import MatchMode, matches, wants_human
from tickets.searching import LONGEST_PART, PLAIN_COMPARISONS, Search

WORD, CONTAINS, EXACT = MatchMode.WORD, MatchMode.CONTAINS, MatchMode.EXACT


def found(text: str, *words: str, mode: MatchMode = WORD, all_of_them: bool = False) -> list[str]:
    """Return the stretches of a text that the words were found in."""
    folded = fold(text)
    hits = matches(folded, words, mode=mode, all_of_them=all_of_them)
    return [folded.shown[hit.begin : hit.end] for hit in hits]


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("Ihre ZAHLUNG ist da", "Zahlung", "ZAHLUNG"),
        ("Frage (Zahlung)?", "zahlung", "Zahlung"),
        ("Große STRASSE 5", "Straße", "STRASSE"),
        ("straße", "STRASSE", "straße"),
        ("GROẞ", "gross", "GROẞ"),
        ("Ma facture réglée", "reglee", "réglée"),
        ("ma facture reglee", "réglée", "reglee"),
        ("re\u0301gle\u0301e", "réglée", "réglée"),
        ("l\u2019abonnement", "abonnement", "abonnement"),
        ("annuler l\u2019abonnement", "l'abonnement", "l\u2019abonnement"),
        ("„Rechnung“", "rechnung", "Rechnung"),
        ("*_Rechnung_*", "rechnung", "Rechnung"),
        ("E\u2011Mail fehlt", "e-mail", "E\u2011Mail"),
        ("offene\n\n  Rechnung", "offene Rechnung", "offene\n\n  Rechnung"),
        ("Ab\u00adrechnung", "Abrechnung", "Ab\u00adrechnung"),
        ("ｒｅｆｕｎｄ", "refund", "ｒｅｆｕｎｄ"),
        ("😡refund😡", "refund", "refund"),
        ("Bin so 😡", "😡", "😡"),
        ("Где мой счёт?", "СЧЕТ", "счёт"),
        ("أين الفاتورة؟", "الفاتورة", "الفاتورة"),
        ("أين الفَاتُورَة", "الفاتورة", "الفَاتُورَة"),
        ("TEMSİLCİ", "temsilci", "TEMSİLCİ"),
        ("MÜŞTERI", "müşteri", "MÜŞTERI"),
        ("我想退款谢谢", "退款", "退款"),
        ("ขอคืนเงินครับ", "คืนเงิน", "คืนเงิน"),
        ("Łódź", "lodz", "Łódź"),
    ],
)
def test_a_whole_word_is_found_however_it_is_written(text: str, word: str, shown: str) -> None:
    assert found(text, word) == [shown]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Zahlungen", "Zahlung"),
        ("Anzahlung", "Zahlung"),
        ("Agentur", "Agent"),
        ("NL-482301", "48230"),
        ("счета", "счет"),
        ("والفاتورة", "الفاتورة"),
        ("か", "が"),
        ("a.c", "a?c"),
        ("aXc", "a.c"),
        ("", "x"),
    ],
)
def test_a_word_is_not_found_inside_another_or_as_a_pattern(text: str, word: str) -> None:
    assert found(text, word) == []


def test_part_of_a_word_finds_what_languages_join() -> None:
    assert found("Die Abrechnungsfrage", "rechnung", mode=CONTAINS) == ["rechnung"]
    assert found("والفاتورة", "فاتورة", mode=CONTAINS) == ["فاتورة"]
    assert found("Fuß", "s", mode=CONTAINS) == ["ß"]


def test_the_whole_message_may_have_spaces_and_punctuation_around_it() -> None:
    assert found(" STOP!! ", "stop", mode=EXACT) == ["STOP"]
    assert found("¿Factura?", "factura", mode=EXACT) == ["Factura"]
    assert found("?", "?", mode=EXACT) == ["?"]
    assert found("Bitte nicht STOP drücken", "stop", mode=EXACT) == []


def test_any_of_the_words_or_all_of_them() -> None:
    text = "Die Rechnung zur Zahlung"
    assert found(text, "Mahnung", "Zahlung", "Rechnung") == ["Zahlung"]
    assert found(text, "Zahlung", "Rechnung", all_of_them=True) == ["Zahlung", "Rechnung"]
    assert found(text, "Zahlung", "Mahnung", all_of_them=True) == []


def test_only_the_first_4096_characters_are_read() -> None:
    assert found("x " * (MAX_TEXT // 2 - 4) + "refund", "refund") == ["refund"]
    assert found("x " * MAX_TEXT + "refund", "refund") == []


@pytest.mark.parametrize("text", ["a" * 100_000 + "!", "a " * 50_000, "ß" * 100_000, "\u0301\u0323" * 50_000])
@pytest.mark.parametrize("mode", list(MatchMode))
def test_a_long_message_costs_two_hundred_rules_no_more_than_a_short_one_of_the_cut_length(
    text: str, mode: MatchMode
) -> None:
    words = ["a", "aa!", "rechnung", "offene zahlung", "ß", "é!"]

    def cost(message: str) -> float:
        times = []
        for _ in range(3):
            begin = time.process_time()
            folded = fold(message)
            for _ in range(200):
                matches(folded, words, mode=mode, all_of_them=False)
            times.append(time.process_time() - begin)
        return min(times)

    cost(text)
    # 20 ms on a machine of its own; here others may be at work.
    assert cost(text) < max(4 * cost(text[:MAX_TEXT]), 0.08)


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(st.text(st.characters(codec="utf-8"), max_size=80), words)
@settings(max_examples=150, deadline=None)
def test_a_word_is_found_between_spaces_in_any_case_and_normal_form(text: str, word: str) -> None:
    if not fold_word(word):
        return
    for written in (word, unicodedata.normalize("NFD", word), unicodedata.normalize("NFC", word)):
        assert found(f"{text[:40]} {written} {text[40:]}", word, mode=CONTAINS)
        assert found(f"{text[:40]} {written} {text[40:]}", word)


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_folding_ends_and_points_into_the_text_it_shows(text: str) -> None:
    folded = fold(text)
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= place < len(folded.shown) for place in folded.origins)
    assert fold(folded.text).text == folded.text
    wants_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "agent",
        "AGENT!!",
        "Agent bitte",
        "I want to talk to a human",
        "can I speak with a real person?",
        "Mitarbeiter",
        "Ich möchte mit einem Mitarbeiter sprechen",
        "Gibt es hier einen echten Menschen?",
        "Mensch",
        "humain",
        "un conseiller svp",
        "Je veux parler à quelqu’un, un humain",
        "persona",
        "quiero hablar con una persona",
        "agente por favor",
        "operatore",
        "vorrei parlare con un operatore",
        "medewerker",
        "ik wil een mens spreken",
        "atendente",
        "quero falar com uma pessoa",
        "temsilci",
        "müşteri temsilcisine bağlanmak istiyorum",
        "gerçek bir kişi",
    ],
)
def test_who_asks_for_a_person_is_heard(text: str) -> None:
    assert wants_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "Agentur",
        "Können Sie die Agentur anrufen?",
        "My travel agency booked it",
        "Ihr Mitarbeiter war gestern sehr freundlich",
        "Mensch, das ist ja ein tolles Zelt geworden",
        "Somebody stole my parcel",
        "personal",
        "La personnalisation est belle",
        "humanity",
        "Mijn tent is kapot",
    ],
)
def test_who_only_mentions_such_words_is_not_taken_to_ask(text: str) -> None:
    assert not wants_human(text)


@given(st.text("ab", max_size=60), st.text("ab", min_size=1, max_size=40), st.integers(0, 59))
def test_the_index_finds_the_same_place_as_a_plain_search(text: str, word: str, begin: int) -> None:
    for wanted in filter(None, (word, text[begin:], text[: begin + 1])):
        assert Search(text, work=PLAIN_COMPARISONS).find(wanted) == text.find(wanted)


@pytest.mark.parametrize("mode", [MatchMode.CONTAINS, MatchMode.WORD])
@pytest.mark.parametrize("text", ["a" * 100_000 + "!", "a " * 100 + "b " + "a " * 50_000])
def test_ten_thousand_words_that_nearly_fit_cost_a_few_steps_each(text: str, mode: MatchMode) -> None:
    folded = fold(text)
    words = [f"{'a ' * (n % 10) + 'a' * (30 + n % 17)} b a{n}"[-MAX_WORD:] for n in range(5000)]
    words += [f"{'a ' * (10 + n % 15)}b a b" for n in range(5000)]
    assert not matches(folded, words, mode=mode, all_of_them=False)
    search = folded.search if mode == MatchMode.CONTAINS else folded.bounded_search
    # Five sizes of parts to index, then at most one look per sixteen characters of a word.
    assert search.work < PLAIN_COMPARISONS + 20 * len(search.text) + len(words) * (2 * MAX_WORD // LONGEST_PART + 1)


def test_many_keywords_find_what_each_alone_finds() -> None:
    chance = random.Random(5)
    letters = "abé ß.漢-"

    def some(least: int, most: int) -> str:
        return "".join(chance.choice(letters) for _ in range(chance.randrange(least, most)))

    for _number in range(300):
        text, words = some(0, 60), [some(1, 7) for _ in range(chance.randrange(9, 30))]
        for mode in MatchMode:
            alone = [n for n, word in enumerate(words) if matches(fold(text), [word], mode=mode, all_of_them=False)]
            together = matches(fold(text), words, mode=mode, all_of_them=False)
            assert [hit.index for hit in together] == alone[:1], (text, words, mode)
