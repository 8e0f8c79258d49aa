"""What the desk is measured beside: other servers of the same rows, each written as its own documentation teaches."""
