"""Runs GraphQL: declarations, execution, HTTP and sockets; knows nothing of the desk."""
