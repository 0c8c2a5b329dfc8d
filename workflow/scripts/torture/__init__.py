"""The workflow is killed and ill-treated, and must come to the same results every time."""
