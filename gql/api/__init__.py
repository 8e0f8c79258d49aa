"""The desk's GraphQL types, a file for each noun."""
