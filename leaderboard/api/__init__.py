"""/api/v1: the site for programs. An edge like `views`: it answers from the same queries and services.

site.py puts the resources together, edge.py is what every request goes through on its way to one of them.
One file per resource in `resources`, what it answers and takes in the file of the same name in `schemas`.
"""
