"""Do the methods keep what they promise? Simulated epidemics of the shape of these panels.

`epidemics` makes the data, one module per group of methods asks the questions, `experiments`
says how an answer is judged, and `document` writes docs/validation.md.
"""
