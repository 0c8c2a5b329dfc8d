"""Inference for few units: permutations, cluster bootstrap, several outcomes, power."""
