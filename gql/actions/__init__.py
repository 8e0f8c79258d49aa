"""Does: one function is one action of a person or of the desk, in one transaction."""
