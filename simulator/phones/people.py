"""Believable customers: names, numbers and a few words in their language."""

import random
from collections.abc import Container

LANGUAGES = ("en", "de", "fr", "es", "pt", "ar")
NAMES = {
    "en": ("Olivia Bennett", "Callum Reid", "Priya Nair", "Grace O'Neill", "Thomas Whitfield", "Hannah Clarke"),
    "de": ("Katharina Vogel", "Jonas Brandt", "Mareike Lüders", "Emre Yıldız", "Sabine Größl", "Felix Hartmann"),
    "fr": ("Camille Fournier", "Théo Lambert", "Inès Benali", "Chloé Marchand", "Hugo Delattre", "Anaïs Perrin"),
    "es": ("Lucía Fernández", "Álvaro Ibáñez", "Marta Soler", "Diego Núñez", "Carmen Ortega", "Iker Zabala"),
    "pt": ("Rafael Monteiro", "Ana Lima", "João Caetano", "Beatriz Nogueira", "Tiago Falcão", "Larissa Prado"),
    "ar": ("ليلى حداد", "عمر المصري", "نور الخطيب", "يوسف السعدي", "سلمى ناصر", "كريم عبد الله"),
}  # fmt: skip
# Prefix and number of digits that follow; British and French ones are reserved for fiction.
NUMBERS = {
    "en": ("447700900", 3),
    "de": ("491520", 7),
    "fr": ("3363998", 4),
    "es": ("34612", 6),
    "pt": ("5511987", 6),
    "ar": ("971501", 6),
}
ARABIC = (
    "مرحبًا، وصلتني الحقيبة لكن السحّاب لا يُغلق. هل يمكنكم مساعدتي؟",
    "مساء الخير، متى يصل طلبي رقم 48213؟",
    "شكرًا لكم! هل لديكم هذه السترة بمقاس L؟",
)


def invent(language: str, taken: Container[str], chance: random.Random | None = None) -> tuple[str, str, str]:
    """Return (number, name, language) of a new customer; any language when none is given."""
    chance = chance or random.Random()
    language = language if language in NAMES else chance.choice(LANGUAGES)
    prefix, size = NUMBERS[language]
    number = ""
    for _ in range(50):
        number = prefix + "".join(chance.choices("0123456789", k=size))
        if number not in taken:
            break
    return number, chance.choice(NAMES[language]), language


def initials(name: str) -> str:
    """Return one or two letters for an avatar."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "#"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
