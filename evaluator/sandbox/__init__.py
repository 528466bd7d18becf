"""The sandbox: a cell (isolation, built once), a warm interpreter inside it, a fork per program.

Outside the cell (trusted): `cell` drives one, `probe` says what this machine allows, `values_in` reads
what comes back. Inside: `boot` isolates, `warden` runs the cell, `compiler` compiles, `zygote`
forks, `child` runs the program, `values_out` sends, `sweep` removes what it left.
This file imports nothing: modules inside the cell must stay light.
"""
