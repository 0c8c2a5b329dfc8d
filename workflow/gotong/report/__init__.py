"""The pages that show the exhibits, and the list of all results."""
