"""Tell a thank-you from a request, so that "thanks!" does not reopen a resolved ticket."""

import re
import unicodedata

from tickets.models import ContentType

MAX_WORDS = 3
WORDS = frozenset(
    # English, German, French, Spanish, Portuguese, Italian, Dutch, Turkish, Polish, Arabic
    """
    thanks thank you thx ty cheers great perfect ok okay super cool nice good fine bye very much all done got it
    danke dankeschön dankeschon vielen dank prima klasse passt alles gut tschüss bis dann bitte sehr besten
    merci beaucoup parfait bien d'accord daccord génial au revoir c'est top
    gracias muchas perfecto vale genial adiós muy bien obrigado obrigada muito perfeito
    grazie mille perfetto dank je wel bedankt teşekkürler sağol tamam dziękuję dzięki شكرا شكراً تمام
    """.split()
)


def is_courtesy(text: str, content_type: ContentType) -> bool:
    """Say whether a message is only politeness: at most three known words, or nothing but emoji."""
    if content_type != ContentType.TEXT:
        return False
    plain = text.strip()
    if not plain or len(plain) > 60 or "?" in plain or "؟" in plain:
        return False
    words = re.findall(r"[\w']+", plain.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if not words:
        # Emoji and punctuation: only symbols, marks, joiners and variation selectors.
        return any(unicodedata.category(char) in {"So", "Sk"} for char in plain)
    return len(words) <= MAX_WORDS and all(word in WORDS for word in words)
