"""Django's `i18n` tags, whose constant sentences are looked up once for each language.

A page says a hundred of them, and Django walks its catalogues anew for each.
"""

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils import translation

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Sentence(Node):
    """A sentence that stands in a template as it is."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        # What the node would have written into the page it is asked for here.
        self.name, node.asvar = node.asvar, None
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """Say it in the present language, or keep it there under a name."""
        language = translation.get_language()
        words = self.said.get(language)
        if words is None:
            words = self.node.render(context)
            if not settings.DEBUG:
                self.said[language] = words
        if self.name is None:
            return words
        context[self.name] = words
        return ""


def _is_constant(expression: FilterExpression | None) -> bool:
    """Whether an expression is a quoted text without filters."""
    return expression is None or (
        isinstance(expression.token, str) and expression.token[:1] in {'"', "'"} and not expression.filters
    )


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """Translate like Django's tag, a constant sentence only once."""
    node = i18n.do_translate(parser, token)
    constant = not node.noop and _is_constant(node.filter_expression) and _is_constant(node.message_context)
    return Sentence(node) if constant else node
