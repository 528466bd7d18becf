"""The sandbox: a cell (isolation, built once), a warm interpreter inside it, a fork per program.

Outside the cell (trusted): `cell` drives one, `probe` says what this machine allows, `results` reads
what comes back. Inside: `boot` isolates, `zygote` forks, `child` runs the program, `values_out` sends.
This file imports nothing: modules inside the cell must stay light.
"""
