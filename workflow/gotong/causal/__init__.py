"""Effects of policies that regions adopt at different times.

Panels are arrays of units by periods. Each estimator states its source; the tests marked
`oracle` compare it with a package of other authors.
"""
