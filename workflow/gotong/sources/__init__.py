"""One reader per publisher: the bytes of its files in, one tidy table out.

A reader is a pure function ``read_x(files, gazetteer)``. `files` maps each registered path
to its bytes; the table meets its contract in `gotong.contracts` and is sorted by its key.
Whatever cannot be read ends in one `InputError` that names file, place and remedy.
"""
