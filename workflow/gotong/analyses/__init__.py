"""What the rules make between the raw tables and the exhibits: one module per made table.

A module's function ``make(tables, choices)`` takes the tables and the choices that the
catalogue names for it and returns one table that meets its contract.
"""
