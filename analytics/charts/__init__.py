"""The geometry of charts: numbers in, coordinates out. The templates draw them as SVG; nothing here knows Django.

Columns and lines are as wide as their card: across they are placed in per cent, up and down in pixels, so that words
keep their size on every screen. A value of None is a gap, never a zero.
"""

from analytics.charts.columns import Bar, Column, Columns, columns
from analytics.charts.lines import Axis, Dot, Line, Lines, Mark, Series, lines
from analytics.charts.scales import Scale, Tick, Value, duration_step, nice_step, scale
from analytics.charts.small import Gauge, Sparkline, gauge, heat_level, sparkline

__all__ = [
    "Axis",
    "Bar",
    "Column",
    "Columns",
    "Dot",
    "Gauge",
    "Line",
    "Lines",
    "Mark",
    "Scale",
    "Series",
    "Sparkline",
    "Tick",
    "Value",
    "columns",
    "duration_step",
    "gauge",
    "heat_level",
    "lines",
    "nice_step",
    "scale",
    "sparkline",
]
