"""The joins: one panel per level, one row per key, a reason beside every missing count."""
