"""What templates need to compose components: icons, components with slots, initials and colours."""

import functools
import re
import zlib
from collections.abc import Iterable
from typing import Any

import lucide
from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

HUES = 6
# Any number will do; this one keeps the people of the demo apart.
HUE_SEED = 56005


@functools.cache
def outline(name: str) -> SafeString:
    """Return the shapes of a Lucide icon; size, colour and stroke come from the style sheet."""
    drawing = lucide._render_icon(name, None)
    shapes = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", drawing.strip())
    return mark_safe(re.sub(r"\s+/>", "/>", re.sub(r">\s+<", "><", shapes.strip())))  # noqa: S308


@register.simple_tag
@functools.lru_cache(maxsize=2048, typed=True)  # typed: markup that is safe is not the same text that is not
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Draw a Lucide icon: hidden from assistive technology unless it carries a label."""
    classes = f"icon {css}" if css else "icon"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', classes, label, outline(name)
        )
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', classes, outline(name))


@register.filter
def initials(name: object) -> str:
    """Return one or two letters for an avatar; scripts without capitals show one letter."""
    words = [word for word in re.split(r"[\s·]+", str(name).strip()) if word and word[0].isalnum()]
    if not words:
        return "#"
    first = words[0][0]
    if words[0].isdecimal() or not (first.isupper() or first.islower()):
        return first
    return (first + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def hue(key: object) -> int:
    """Return 1 to 6, always the same for the same key."""
    return zlib.crc32(str(key).encode(), HUE_SEED) % HUES + 1


@functools.lru_cache(maxsize=4096)
def remembered(name: str, language: str | None, values: tuple[tuple[str, type, Any], ...]) -> SafeString:
    """Render a component once for each set of parameters and each language.

    The types are part of the key: 1 is not True, and markup that is safe is not the same text that is not.
    """
    del language
    html = render_to_string(f"components/{name}.html", {key: value for key, _kind, value in values})
    return mark_safe(html.strip())  # noqa: S308


@register.simple_tag
def pure(which: str, **values: Any) -> SafeString:
    """Render a component that depends on nothing but its parameters: a queue shows the same few avatars all day.

    The parameters are numbers, flags and strings. Nothing is remembered while templates are being worked on.
    """
    if settings.DEBUG:
        return render_to_string(f"components/{which}.html", values)
    return remembered(
        which, translation.get_language(), tuple((key, type(value), value) for key, value in values.items())
    )


class SlotNode(Node):
    """A named part of a component's content."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Render where the slot stands, for a component that does not collect it."""
        return self.nodelist.render(context)


class ComponentNode(Node):
    """A template of templates/components/ around a piece of the page."""

    def __init__(self, name: FilterExpression, values: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.values = values
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Render the parts in the page's context, then the component with nothing but its parameters."""
        values: dict[str, Any] = {key: value.resolve(context) for key, value in self.values.items()}
        slots: Iterable[SlotNode] = (node for node in self.nodelist if isinstance(node, SlotNode))
        values.update({slot.name: slot.nodelist.render(context) for slot in slots})
        values["content"] = NodeList(node for node in self.nodelist if not isinstance(node, SlotNode)).render(context)
        assert context.template is not None  # noqa: S101 - a node is rendered by a template
        chosen = context.template.engine.get_template(f"components/{self.name.resolve(context)}.html")
        return chosen.render(context.new(values))


@register.tag("component")
def component(parser: Parser, token: Token) -> ComponentNode:
    """Wrap content: {% component "card" title=_("Targets") %}…{% slot actions %}…{% endslot %}{% endcomponent %}."""
    bits = token.split_contents()[1:]
    if not bits:
        raise template.TemplateSyntaxError("component needs the name of a file in templates/components/")
    name, rest = parser.compile_filter(bits[0]), bits[1:]
    values = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"component takes name=value pairs, not {rest[0]!r}")
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(name, values, nodelist)


@register.tag("slot")
def slot(parser: Parser, token: Token) -> SlotNode:
    """Name a part of a component's content."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("slot takes one name")
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(bits[1], nodelist)
