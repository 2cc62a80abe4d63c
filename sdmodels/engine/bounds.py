"""How large may a model become when it is written out?

A sum over four subscripts of 300 elements has eight thousand million terms: a line of text must not fill the
memory. :mod:`sdmodels.readers.bounds` bounds what a file may define, this module what its functions stand for.
"""

from typing import Final

MOST_TERMS: Final = 1_000_000
"""Hidden stocks, terms of sums and elements that functions of arrays look at, all together, in one model."""

MOST_NESTED: Final = 100
"""Terms of a sum in one expression. Python follows an expression some 300 levels down, and a sum has a level
for each term: a longer one is computed in parts, in the same order and so to the same bits."""
