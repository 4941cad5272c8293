"""Exercise 4, the symbolic debugger."""
