"""Scores samples of code models: reads sample files, runs programs in a sandbox, judges, estimates.

Knows no web framework: everything here works alone (`python -m evaluator`).
"""
