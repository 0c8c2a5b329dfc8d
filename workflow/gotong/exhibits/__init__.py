"""One module per figure or table, each a function from data to picture.

A module of a figure holds ``TITLE``, ``CAPTION`` and ``ALT`` (messages with fields), and

``prepare(tables, choices)``
    the plotted data, exactly, as one tidy table;
``facts(data)``
    the numbers and dates that fill the messages;
``draw(data, language)``
    the figure.

A module of a table has ``COLUMNS`` (column, heading) in the place of ``draw``. What is written
beside a figure (CSV, provenance) is made from the same table that the figure is drawn from.
"""
