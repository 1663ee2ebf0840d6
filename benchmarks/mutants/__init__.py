"""Errors that the random histories must find: each breaks one rule of the figures."""

from benchmarks.mutants.mutant import ROOT, Mutant
from benchmarks.mutants.others import OTHERS
from benchmarks.mutants.times import TIMES

MUTANTS = (*TIMES, *OTHERS)

__all__ = ["MUTANTS", "ROOT", "Mutant"]
