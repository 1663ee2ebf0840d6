"""A second, slow and simple computation of all figures, from the definitions and the raw rows alone.

It shares nothing with the product's fold: replies count by their delivery columns, office hours are counted minute by
minute and attention second by second, and what was open at the end of a day is what somebody saw who looked then.
"""

from tests.analytics.oracle.figures import Asked, Figure, World

__all__ = ["Asked", "Figure", "World"]
