"""Gotong Royong: regional cooperation, PSBB policy and COVID-19 outcomes in Greater Jakarta.

Pure functions on tables. Nothing here knows Snakemake, and no path is built inside a method.

The modules stand on floors; each imports only from floors below its own
(`tests/test_floors.py` holds the list and fails when an import climbs):

==========================  ==========================================================
wiring, jobs                what the Snakefile and the scripts call
report                      pages and the manifest of results
areas                       which exhibits and tables another area has
exhibits, validation        one module per figure or table; simulations that try the methods
analyses                    methods applied to the panels: one module per made table
claims                      the verdict on each claim, from the numbers that bear on it
growth, specification       methods built on those below: growth rates, the curve of all choices
cooperation, causal,        methods: arrays and tables in, results out
capacity, inequality
inference                   resampling and permutation, which the methods share
panels                      the join
sources, timeline,          one reader per publisher; periods spread over days; incidence and
epidemic                    R_t from counts
regions, contracts, html,   codes and names; what every table must hold; pages; what the raw
area_check                  tables hold of an area
tables, config, provenance  reading and writing; choices; where a number came from
i18n, style, intervals,     languages; the look of figures; intervals of shares; which rows a
evidence_rows               number was worked out from
errors, decisions, text     what a user is told when something is wrong; claims and their rules;
                            which text may pass
==========================  ==========================================================
"""
