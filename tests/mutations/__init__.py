"""Damaged sample files, made of whole ones by chance and seed; and what the site does with them.

`seeds.py` has the whole files, `packing.py` puts contents into containers, the others damage bytes, JSON
and archives. `mutant.py` draws one; `trial.py` sends it through the site's services and looks what is left.
"""
